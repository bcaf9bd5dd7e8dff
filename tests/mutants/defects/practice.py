"""Modes: practice, drill, test, live."""

from typing import Any

from net119_protocol.codes import Mode, Refusal
from net119_protocol.interconnect import MessageType
from net119_reference import app
from net119_reference.ports import Refused
from net119_reference.service import views
from net119_reference.service.handsets import HandsetDesk
from net119_reference.service.outbox import Outbox

from tests.mutants.registry import Patch, mutant


@mutant("practice-looks-like-a-test", kills={"PRACTICE-MARK": "the console says practice"})
def practice_looks_like_a_test(patch: Patch) -> None:
    """The console is not told that a call is for practice."""

    def for_console(original: Any, call: Any, *arguments: Any) -> Any:
        return original(call, *arguments).model_copy(update={"mode": Mode.TEST})

    patch.around(views, "for_console", for_console)


@mutant(
    "mark-lost-on-the-way",
    kills={"PRACTICE-MARK": "every message of the call says practice"},
)
def mark_lost_on_the_way(patch: Patch) -> None:
    """Lines go to other providers without the practice mark."""

    def send(original: Any, outbox: Any, tx: Any, peer: str, *what: Any, **named: Any) -> Any:
        _channel, kind, _body = what
        if kind is MessageType.CHAT_MESSAGE:
            named["mode"] = Mode.TEST
        return original(outbox, tx, peer, *what, **named)

    patch.around(Outbox, "send", send)


@mutant(
    "every-mode-accepted",
    kills={
        "MODE-NOT-ACCEPTED": "the live call is refused",
        "OFFER-MODE": "the offer is rejected as mode-not-accepted",
    },
)
def every_mode_accepted(patch: Patch) -> None:
    """The list of accepted modes is read and not obeyed."""
    _accept_every_mode(patch)


def _accept_every_mode(patch: Patch) -> None:
    def load_config(original: Any, *arguments: Any) -> Any:
        config = original(*arguments)
        modes = config.modes.model_copy(update={"accepted": frozenset(Mode)})
        return config.model_copy(update={"modes": modes})

    patch.around(app, "load_config", load_config)


@mutant(
    "live-refused-too-late",
    kills={"MODE-NOT-ACCEPTED": "no refused call is at the center"},
)
def live_refused_too_late(patch: Patch) -> None:
    """A live call on a system for tests is refused once it has been placed, and rings on."""
    _accept_every_mode(patch)

    async def place_call(original: Any, desk: Any, who: Any, body: Any, link: Any) -> Any:
        placed = await original(desk, who, body, link)
        if body.mode is Mode.LIVE:
            raise Refused(Refusal.MODE_NOT_ACCEPTED, "live calls are not accepted here")
        return placed

    patch.around(HandsetDesk, "place_call", place_call)
