"""What must always hold can fail; what must never happen is looked at until the end."""

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any
from uuid import UUID, uuid4

import pytest
from net119_protocol.codes import CallState, Mode
from net119_simulators.line_log import Violation

from tests.scenarios.acted.fakes import CALL, FakeConsole, FakeTroupe, console_view
from tests.scenarios.acted.test_expectations import gone, in_japanese, judged, record


def stored(text: str) -> Any:
    """A line that was acknowledged, under a number that the caller has not."""
    return SimpleNamespace(seq=3, client_id="c-3", text=text)


def nobodys(troupe: FakeTroupe, **shown: Any) -> None:
    """An open call that every console shows as somebody else's; ``shown`` to the caller."""
    vars(troupe.phone.view).update({"state": CallState.ANSWERED} | shown)
    for console in troupe.consoles.values():
        console.views[CALL] = [console_view(mine=False, state=CallState.ANSWERED)]


def rings(troupe: FakeTroupe, call_id: UUID = CALL) -> None:
    troupe.consoles["aso"].views[call_id] = [console_view(state=CallState.RINGING)]


def out_of_reach(troupe: FakeTroupe, *, closed: bool) -> None:
    """The phone is gone, and still shows the call as answered."""
    nobodys(troupe)
    troupe.phone.connected = False
    state = CallState.CLOSED if closed else CallState.ANSWERED
    for console in troupe.consoles.values():
        console.views[CALL] = [console_view(mine=False, state=state)]


def test_a_phone_that_is_gone_shows_what_was() -> None:
    over = judged("{check: order, texts: [胸が]}", lambda t: out_of_reach(t, closed=True))
    assert over.ok, over.checks
    # It is no excuse for a call that nobody has while it is open.
    lost = judged("{check: order, texts: [胸が]}", lambda t: out_of_reach(t, closed=False))
    assert [each.name for each in lost.checks if not each.held] == ["one-owner"]


@pytest.mark.parametrize(
    ("must", "happens"),
    [
        ("never-rang, actor: aso", rings),
        ("nothing-else-rang, actor: aso", lambda t: rings(t, uuid4())),
        ("no-dispatch", record(dispatches=(SimpleNamespace(units="救急隊"),))),
    ],
)
def test_what_must_never_happen_is_looked_at_for_some_time(
    must: str, happens: Callable[[FakeTroupe], object], monkeypatch: pytest.MonkeyPatch
) -> None:
    """It happens after all the other checks, and after a first look at this one."""
    there: list[FakeTroupe] = []

    async def pause(_seconds: float) -> None:
        happens(there[0])

    monkeypatch.setattr(asyncio, "sleep", pause)
    result = judged(f"{{check: {must}}}", there.append, quiet_s=60.0)
    assert [each.name for each in result.checks if not each.held] == [must.partition(",")[0]]


@pytest.mark.parametrize(
    ("name", "words", "arrange"),
    [
        (
            "rules",
            "chitose: lines came in a wrong way (Violation(rule='I3', what='a line is missing')",
            lambda t: t.consoles["chitose"].violations.append(Violation("I3", "a line is missing")),
        ),
        (
            "rules",
            "tourist: lines came in a wrong way (Violation(rule='I4'",
            lambda t: t.phone.violations.append(Violation("I4", "twice")),
        ),
        (
            "rules",
            "midori: lines came in a wrong way (Violation(rule='n'",
            lambda t: t.peers.update(midori=SimpleNamespace(violations=[Violation("n", "a gap")])),
        ),
        (
            "acknowledged",
            "tourist: line 3 was acknowledged",
            lambda t: setattr(t.phone, "unseen", lambda: (stored("胸が苦しい"),)),
        ),
        ("mode", "tourist: Live, not Drill", lambda t: setattr(t.phone.view, "mode", Mode.LIVE)),
        (
            "mode",
            "chitose: Live, not Drill",
            lambda t: setattr(t.consoles["chitose"].views[CALL][0], "mode", Mode.LIVE),
        ),
        (
            "acknowledged",
            "chitose: line 3 was acknowledged",
            lambda t: t.consoles["chitose"].unseen.append(stored("救急車が")),
        ),
        (
            "acknowledged",
            "chitose: line 3 was acknowledged",
            lambda t: gone(t, "chitose", stored("救急車が")),
        ),
        (
            "one-owner",
            "had it at once, under epoch 2",
            lambda t: t.consoles.update(
                # Over by now: at the end only one has it.
                chitose=FakeConsole(console_view(state=CallState.ANSWERED), console_view()),
                aso=FakeConsole(console_view(state=CallState.RINGING), console_view(mine=False)),
            ),
        ),
        ("one-owner", "open, the caller is shown chitose", lambda t: nobodys(t)),
        (
            "one-owner",
            "nobody who has the open call",
            lambda t: nobodys(t, receiver=None),
        ),
        (
            "one-owner",
            "have it at once now",
            lambda t: t.consoles.update(
                chitose=FakeConsole(console_view(state=CallState.ANSWERED)),
                aso=FakeConsole(console_view(state=CallState.RINGING, epoch=3)),
            ),
        ),
    ],
)
def test_what_must_always_hold_can_fail(
    name: str, words: str, arrange: Callable[[FakeTroupe], object]
) -> None:
    result = judged("{check: order, texts: [胸が]}", arrange)
    (check,) = (each for each in result.checks if not each.held)
    assert check.name == name
    assert words in check.seen
    in_japanese(check)
