"""Which lines of a call fit on a page, newest first, and which question waits for its answer.

Plain functions.  A page stays below 20 kB whatever was written (half of it is left to the rest);
what is not on it is behind a link, never lost.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from net119_protocol.chat import ChatLine, Option
from net119_protocol.codes import SenderRole

LINE_CUT = 400
"""Characters of one line on the page of the chat; the whole is behind a link."""
PAGE_BYTES = 8_000
"""Bytes of lines on a page, as HTML in UTF-8, which is never shorter than in Shift_JIS."""
ABOVE_FORM = 6
"""Lines that may stand between the state of the call and the form."""
LABEL_CUT = 30
"""Characters of an option on its button."""
PART = 1_000
"""Characters of a long line on a page of its own."""
KEYS = 7
"""So many options can be answered by pressing one digit."""


@dataclass(frozen=True)
class Question:
    """A question with answers to choose from."""

    seq: int
    text: str
    options: tuple[Option, ...]


@dataclass(frozen=True)
class Extract:
    """The lines of one page, newest first."""

    lines: tuple[ChatLine, ...]
    older: int | None
    """Lines below this number come next; ``None`` if there are no more."""


def extract(lines: Sequence[ChatLine], before: int | None = None) -> Extract:
    """The newest lines, or the newest below ``before``, as many as fit; at least one."""
    found: list[ChatLine] = []
    size = 0
    rest = [line for line in lines if before is None or line.seq < before]
    for line in reversed(rest):
        size += _size(line)
        if found and size > PAGE_BYTES:
            return Extract(tuple(found), found[-1].seq)
        found.append(line)
    return Extract(tuple(found), None)


def _size(line: ChatLine) -> int:
    text = line.text[:LINE_CUT] + "".join(each.label for each in line.options)[:LINE_CUT]
    return len(escape(text).encode()) + len(line.sender_name.encode()) + 200


def open_question(lines: Sequence[ChatLine]) -> Question | None:
    """The newest question that the caller has not answered by a choice."""
    answered = {line.choice.seq for line in lines if line.choice is not None}
    for line in reversed(lines):
        if line.options and line.seq not in answered:
            return Question(line.seq, line.text, line.options)
    return None


def chosen_label(lines: Sequence[ChatLine], line: ChatLine) -> str:
    """What the caller chose in a line; the option's id if its question is not known."""
    choice = line.choice
    if choice is None:
        return ""
    for asked in lines:
        if asked.seq == choice.seq:
            for option in asked.options:
                if option.id == choice.option_id:
                    return option.label
    return choice.option_id


def unread(lines: Sequence[ChatLine]) -> int:
    """How many of the newest lines stand above the form: down to the dispatcher's last one.

    At least one, and not so many that the form is out of reach.
    """
    newest = list(reversed(lines[-ABOVE_FORM:]))
    said = [n for n, line in enumerate(newest, 1) if line.sender is SenderRole.DISPATCHER]
    return said[0] if said else 1
