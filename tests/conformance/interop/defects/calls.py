"""What goes wrong with a call from the other one's area, and with its lines."""

import dataclasses
from typing import Any

from net119_protocol.codes import Kind, Refusal
from net119_reference.calls import anchor, callee, offers
from net119_reference.calls.effects import Change, Send
from net119_reference.calls.model import Call, Side
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.handsets import HandsetDesk

from tests.conformance.interop.bad import bad, known
from tests.conformance.interop.defects.sides import A, B
from tests.mutants.registry import Patch


def without(change: Change, kind: type) -> Change:
    """A change that asks for nothing of this kind."""
    kept = tuple(each for each in change.effects if not isinstance(each, kind))
    return dataclasses.replace(change, effects=kept)


def _offers(patch: Patch, spoil: Any) -> None:
    def offer_body(original: Any, *arguments: Any, **named: Any) -> Any:
        body = original(*arguments, **named)
        return body.model_copy(update=spoil(body))

    patch.around(offers, "offer_body", offer_body)


@bad(
    "names-cut",
    A,
    {"PAIR-ROUTE": "the console shows the caller as registered"},
    "did not put it into its call.offer",
)
def names_cut(patch: Patch) -> None:
    """Of a name only the first character is offered."""

    def spoil(body: Any) -> dict[str, Any]:
        return {"registrant": body.registrant.model_copy(update={"name": body.registrant.name[:1]})}

    _offers(patch, spoil)


@bad(
    "places-rounded",
    A,
    {"PAIR-ROUTE": "the console shows where the caller is"},
    "did not put it into its call.offer",
)
def places_rounded(patch: Patch) -> None:
    """A place is offered to a tenth of a degree."""

    def rounded(place: Any) -> Any:
        at = {"lat": round(place.lat, 1), "lon": round(place.lon, 1)}
        return place.model_copy(update=at)

    def spoil(body: Any) -> dict[str, Any]:
        place = body.place
        coarse = {name: rounded(getattr(place, name)) for name in ("fix", "point")}
        return {"place": place.model_copy(update=coarse)}

    _offers(patch, spoil)


@bad(
    "kinds-lost",
    A,
    {"PAIR-ROUTE": "the console shows the kind"},
    "did not put it into its call.offer",
)
def kinds_lost(patch: Patch) -> None:
    """Every call is offered as one of another kind."""
    _offers(patch, lambda _body: {"kind": Kind.OTHER})


@bad("answers-refused", B, {"PAIR-ROUTE": "the dispatcher can answer"})
def answers_refused(patch: Patch) -> None:
    """Nobody can take a call."""

    async def answer(*_: Any) -> Any:
        raise Refused(Refusal.WRONG_STATE, "nobody can take it")

    patch(ConsoleDesk, "answer", answer)


@bad(
    "answers-kept",
    B,
    {"PAIR-ROUTE": "the caller sees the answer"},
    "sent no call.answered",
)
def answers_kept(patch: Patch) -> None:
    """The anchor is not told that somebody has answered."""
    patch.around(callee, "answer", lambda original, *given: without(original(*given), Send))


@bad("home-keeps-all", A, {"PAIR-ROUTE": "the home console does not own the call"})
def home_keeps_all(patch: Patch) -> None:
    """The home console shows every call of its registrants as its own, whoever has it."""

    def with_holder(original: Any, call: Call, operator: str) -> Call:
        kept: Call = original(call, operator)
        if call.side is not Side.ANCHOR or call.home.center in kept.centers:
            return kept
        return kept.model_copy(update={"centers": (*kept.centers, call.home.center)})

    def for_console(original: Any, call: Call, last_seq: int, center: str, operator: str) -> Any:
        shown = original(call, last_seq, center, operator)
        home = call.side is Side.ANCHOR and center == call.home.center
        return shown.model_copy(update={"mine": True}) if home else shown

    patch.around(Call, "with_holder", with_holder)
    patch.around(views, "for_console", for_console)


@bad("callers-not-heard", A, {"PAIR-CHAT": "the caller's line is acknowledged: …"})
def callers_not_heard(patch: Patch) -> None:
    """No line of a caller is taken."""

    def say(*_: Any) -> Any:
        raise Refused(Refusal.TOO_MANY, "say it again")

    patch(HandsetDesk, "_say", say)


@bad(
    "records-incomplete",
    B,
    {"PAIR-CHAT": "the caller's chat and the receiving console's record agree"},
)
def records_incomplete(patch: Patch) -> None:
    """The record of a call lacks its last line."""

    async def call_record(original: Any, *given: Any) -> Any:
        record = await original(*given)
        return record.model_copy(update={"lines": record.lines[:-1]})

    patch.around(ConsoleDesk, "call_record", call_record)


LINES_STAY = known(
    "caller-lines-stay-at-home",
    A,
    {"PAIR-CHAT": "the dispatcher reads the caller's line: …"},
    "sent no chat.message",
)


@bad(
    "closes-without-a-word",
    A,
    {"PAIR-CLOSE": "the receiving system's call.close is answered"},
    "did not answer the call.close",
)
def closes_without_a_word(patch: Patch) -> None:
    """A call ends for its caller as it should, and who asked for that is told nothing."""

    def close(original: Any, *arguments: Any, **named: Any) -> Change:
        return without(original(*arguments, **named), Send)

    patch.around(anchor, "close", close)
