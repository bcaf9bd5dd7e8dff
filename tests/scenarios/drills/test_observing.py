"""What counts as a person's deed, and what does not."""

import asyncio
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.codes import CallState, Presence, SenderRole, TrailCause
from net119_scenarios.acted.deeds import Deed, Step
from net119_scenarios.drills.observing import Observer
from net119_simulators.errors import Unreachable
from pydantic import TypeAdapter

CALL = uuid4()
DEED: TypeAdapter[Step] = TypeAdapter(Deed)


class Console:
    """Shows what it is given; its record may be out of reach."""

    def __init__(self, record: Any = None, *, views: Any = (), presences: Any = ()) -> None:
        self._record = record
        lines = [SimpleNamespace(sender=each) for each in (SenderRole.CALLER, SenderRole.SYSTEM)]
        self._call = SimpleNamespace(
            views=list(views),
            view=views[-1] if views else None,
            presences=list(presences),
            log=SimpleNamespace(lines=lines),
        )

    def call(self, _call_id: object) -> Any:
        """Whatever call is asked for."""
        return self._call

    async def record(self, _call_id: object) -> Any:
        """As given."""
        if self._record is None:
            raise Unreachable("down", "here")
        return self._record


def times(step: dict[str, Any], console: Console) -> int:
    troupe: Any = SimpleNamespace(consoles={"tomakomai": console}, people={}, calls={})
    placed: Any = SimpleNamespace(id=CALL, phones=[])
    given = DEED.validate_python({"actor": "tomakomai"} | step)
    return asyncio.run(Observer(troupe).times(given, placed))


def view(state: CallState, **other: Any) -> SimpleNamespace:
    values = {"mine": True, "state": state, "answered_at": None, "closed_at": None}
    return SimpleNamespace(**(values | other))


def of(**parts: Any) -> Console:
    empty = dict.fromkeys(
        (
            "transfers",
            "callbacks",
            "dispatches",
            "disclosures",
            "discrepancies",
            "history",
            "trail",
        ),
        (),
    )
    return Console(SimpleNamespace(**(empty | parts)))


def transfer(failure: object = None, *, ended: bool = True) -> SimpleNamespace:
    return SimpleNamespace(ended_at="then" if ended else None, failure=failure)


def back(state: str) -> SimpleNamespace:
    return SimpleNamespace(state=state)


TRANSFER = {"do": "transfer", "to": "chitose"}
CALL_BACK = {"do": "call-back"}
DISPATCH = {"do": "dispatch", "units": "救急1"}


@pytest.mark.parametrize(
    ("step", "console", "wanted"),
    [
        (TRANSFER, of(transfers=(transfer(), transfer("silent"))), 1),
        (TRANSFER, of(transfers=(transfer("rejected"),)), 0),
        (TRANSFER, of(transfers=(transfer(ended=False),)), 0),
        (TRANSFER | {"fails": "rejected"}, of(transfers=(transfer("silent"),)), 1),
        (TRANSFER | {"fails": "rejected"}, of(transfers=(transfer(),)), 0),
        (CALL_BACK, of(callbacks=(back("queued"),)), 0),
        (CALL_BACK, of(callbacks=(back("failed"),)), 0),
        (CALL_BACK, of(callbacks=(back("failed"), back("sent"), back("opened"))), 2),
        (CALL_BACK | {"fails": "undeliverable"}, of(callbacks=(back("sent"),)), 0),
        (CALL_BACK | {"fails": "undeliverable"}, of(callbacks=(back("failed"),)), 1),
        (DISPATCH, of(), 0),
        (DISPATCH, of(disclosures=(1,), transfers=(transfer(),)), 0),
        (DISPATCH, of(dispatches=(1, 2)), 2),
        (DISPATCH, Console(), 0),
        (
            {"do": "block", "reason": "いたずら"},
            of(
                history=(SimpleNamespace(what="dispatched"), SimpleNamespace(what="caller blocked"))
            ),
            1,
        ),
        ({"do": "ask-position"}, of(trail=(SimpleNamespace(cause=TrailCause.MOVED),)), 0),
        ({"do": "ask-position"}, of(trail=(SimpleNamespace(cause=TrailCause.ASKED),)), 1),
        ({"do": "choose", "option": "yes"}, Console(), 1),
    ],
)
def test_only_the_like_of_it_counts(step: dict[str, Any], console: Console, wanted: int) -> None:
    assert times(step, console) == wanted


@pytest.mark.parametrize(
    ("views", "answers", "closes"),
    [
        ((view(CallState.RINGING),), 0, 0),
        (
            (view(CallState.ANSWERED, answered_at=1), view(CallState.INTERRUPTED, answered_at=1)),
            1,
            0,
        ),
        ((view(CallState.INTERRUPTED),), 0, 0),
        ((view(CallState.ANSWERED, answered_at=1, mine=False),), 0, 0),
        ((view(CallState.ANSWERED, answered_at=1), view(CallState.ANSWERED, answered_at=5)), 2, 0),
        (
            (
                view(CallState.ANSWERED, answered_at=1),
                view(CallState.CLOSED, answered_at=1, closed_at=2),
                view(CallState.RINGING, answered_at=None),
                view(CallState.CLOSED, answered_at=1, closed_at=9),
            ),
            1,
            2,
        ),
        ((view(CallState.CLOSED, closed_at=3, mine=False),), 0, 0),
    ],
)
def test_answers_and_closes_of_this_center_count_each_once(
    views: tuple[SimpleNamespace, ...], answers: int, closes: int
) -> None:
    assert times({"do": "answer"}, Console(views=views)) == answers
    assert times({"do": "close", "outcome": "dispatched"}, Console(views=views)) == closes


def test_a_phone_that_is_gone_and_back_counts_by_its_changes() -> None:
    seen = (Presence.CONNECTED, Presence.GONE, Presence.CONNECTED, Presence.GONE)
    console = Console(presences=seen)
    assert times({"do": "lose"}, console) == 2
    assert times({"do": "return"}, console) == 1
