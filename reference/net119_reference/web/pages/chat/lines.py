"""The lines of a call as the page shows them, and a line that its form sends."""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from net119_protocol.api.common import NewLine
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from pydantic import ValidationError

from net119_reference.ports import Refused
from net119_reference.web.pages.forms import Form
from net119_reference.web.pages.rendering import JAPAN


@dataclass(frozen=True)
class ShownLine:
    """One line with what stands around its text."""

    line: ChatLine
    clock: str
    """Hours and minutes in Japan."""
    answered: str | None
    """Label of the option that the caller chose, if this is a question with an answer."""
    chosen: str | None
    """Label of the option that this line chooses, if it is an answer."""


def shown(lines: Sequence[ChatLine]) -> list[ShownLine]:
    """The lines with their answers; of several answers to one question the last counts."""
    questions = {line.seq: line.options for line in lines if line.options}
    answers: dict[int, str] = {}
    for line in lines:
        if line.choice is not None:
            answers[line.choice.seq] = _label(questions, line.choice)
    return [
        ShownLine(
            line,
            clock_of(line.at),
            answers.get(line.seq) if line.options else None,
            _label(questions, line.choice) if line.choice else None,
        )
        for line in lines
    ]


def _label(questions: dict[int, tuple[Option, ...]], choice: Choice) -> str:
    options: Iterable[Option] = questions.get(choice.seq, ())
    return next((each.label for each in options if each.id == choice.option_id), choice.option_id)


def clock_of(moment: datetime) -> str:
    """Hours and minutes in Japan."""
    return f"{moment.astimezone(JAPAN):%H:%M}"


def new_client_id() -> str:
    """An id for the line that a form will send, so that sending it twice says it once."""
    return f"form-{secrets.token_hex(10)}"


def line_of(form: Form) -> NewLine:
    """The line that a form sends: ``text``, or ``choice`` as ``{seq}:{option id}``.

    Raises:
        Refused: it says nothing, is too long, or lacks what the page gave it; ``field`` names
            which.
    """
    client_id = form.get("client_id")
    if not client_id:
        raise Refused(Refusal.INVALID, "client_id is missing; reload the page", field="client_id")
    try:
        if chosen := form.get("choice"):
            return NewLine(client_id=client_id, choice=_choice(chosen))
        text = form.fields.get("text", "")
        if not text.strip():
            raise Refused(Refusal.INVALID, "the line is empty", field="text")
        if len(text) > TEXT_LIMIT:
            detail = f"the line has {len(text)} characters, {TEXT_LIMIT} are allowed"
            raise Refused(Refusal.TOO_LONG, detail, field="text")
        return NewLine(client_id=client_id, text=text)
    except ValidationError as wrong:
        error = wrong.errors()[0]
        place = str(error["loc"][-1]) if error["loc"] else "text"
        field = place if place in ("client_id", "text") else "choice"
        raise Refused(Refusal.INVALID, f"{field}: {error['msg']}", field=field) from None


def _choice(written: str) -> Choice:
    seq, _, option_id = written.partition(":")
    # More digits than any count has: what is cut off was no number of a line.
    if not (seq.isascii() and seq.isdecimal()):
        raise Refused(Refusal.INVALID, "choice is not {seq}:{option id}", field="choice")
    return Choice(seq=int(seq[:17]), option_id=option_id)
