"""Who is named after one of two systems died: nobody, where it may be the fault of others."""

from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.environment import Sut
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.reconnecting import Absence
from net119_conformance.interop.world import PairWorld
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_protocol.codes import WithdrawReason
from net119_protocol.interconnect import bodies
from net119_simulators.errors import Waited

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy
from tests.conformance.interop.test_blame import ACCEPT, ASSIGN, CALL, Spoken, offer, wire

A, B = Side.ORIGINATING, Side.RECEIVING
CODES = {A: "aoba", B: "midori"}
GIVEN: Sequence[Spoken] = [(A, offer(), 0), (B, ACCEPT, 1), (A, ASSIGN, 1)]
HOME: Spoken = (A, bodies.CallWithdraw(reason=WithdrawReason.TAKEN_HOME), 40)
AGAIN: Spoken = (A, bodies.CallAssign(department="d", last_seq=2), 50)
SEEN = Text(en="is not there", ja="いません")


class Desk:
    """A console that shows a call as its own, or does not know it."""

    def __init__(self, mine: bool) -> None:
        self._mine = mine

    async def wait_for_call(self, *_arguments: Any) -> Any:
        if not self._mine:
            raise Waited("the call", 0.0, "no call")
        return SimpleNamespace(mine=True)


class World(PairWorld):
    """Two systems that have said this to each other, and are not connected in these ways."""

    def __init__(
        self, trial: Trial, spoken: Sequence[Spoken], missing: Sequence[Absence] = ()
    ) -> None:
        async def absences(*_arguments: Any) -> list[Absence]:
            return list(missing)

        self.trial = trial
        self.patience = 0.1
        self.again_s = 0.1
        timers: Any = SimpleNamespace(t3_s=0.1)
        self.timers = timers
        found: dict[Side, Any] = {
            side: SimpleNamespace(key=code, code=code) for side, code in CODES.items()
        }
        self.members = found
        self.wire = wire(*spoken)
        self.faults: list[Fault] = []
        links: Any = SimpleNamespace(are_up=lambda _pair: True, absences=absences)
        self._links = links
        self._pair = frozenset(CODES.values())


def played(
    folder: Path, make: Callable[[Trial], World], act: Callable[[World], Any]
) -> tuple[ItemRecord, list[Side]]:
    """What comes of a purpose that does this, and who is named."""
    faults: list[Fault] = []

    async def body(trial: Trial, _world: ToyWorld) -> None:
        world = make(trial)
        world.faults = faults
        trial.check("it began", True, expected="it", seen="it")
        await act(world)

    purpose = toy("TOY-UNDER-TEST", body)
    record = judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), folder)
    return record, [fault.side for fault in faults]


@pytest.mark.parametrize(
    ("spoken", "here", "there", "verdict", "named"),
    [
        (GIVEN, None, True, Verdict.PASS, []),
        (GIVEN, False, True, Verdict.PASS, []),
        ([*GIVEN, HOME], True, False, Verdict.PASS, []),
        # Withdrawn, and nobody can look at home: who owns it there is not seen.
        ([*GIVEN, HOME], None, False, Verdict.INCONCLUSIVE, []),
        ([*GIVEN, HOME], None, True, Verdict.INCONCLUSIVE, []),
        ([*GIVEN, HOME, AGAIN], None, True, Verdict.PASS, []),
        # Nobody owns it: whoever was the last to be given it has lost it.
        (GIVEN, None, False, Verdict.FAIL, [B]),
        (GIVEN, False, False, Verdict.FAIL, [B]),
        ([*GIVEN, HOME], False, False, Verdict.FAIL, [A]),
        ([*GIVEN, HOME, AGAIN], False, False, Verdict.FAIL, [B]),
        ([*GIVEN, HOME, AGAIN], None, False, Verdict.FAIL, [B]),
        # Both own it: whoever owns it against what the anchor said last.
        (GIVEN, True, True, Verdict.FAIL, [A]),
        ([*GIVEN, HOME], True, True, Verdict.FAIL, [B]),
        ([*GIVEN, HOME, AGAIN], True, True, Verdict.FAIL, [A]),
    ],
)
def test_what_the_anchor_said_last_tells_who_has_to_own_a_call(
    spoken: Sequence[Spoken],
    here: bool | None,
    there: bool,
    verdict: Verdict,
    named: list[Side],
    tmp_path: Path,
) -> None:
    async def look(world: World) -> None:
        home: Any = None if here is None else Desk(here)
        away: Any = Desk(there)
        await world.one_owner(CALL, home, away, "now", "いま")

    record, sides = played(tmp_path, lambda trial: World(trial, spoken), look)
    assert (record.verdict, sides) == (verdict, named), record.reasons
    if verdict is Verdict.INCONCLUSIVE:
        (reason,) = record.reasons
        assert "aoba withdrew the call" in reason.en
        assert "aoba は通報を" in reason.ja


CLIENT_OF = {side: Absence(code, SEEN) for side, code in CODES.items()}
ENDPOINT_OF = {side: Absence(code, SEEN, endpoint=True) for side, code in CODES.items()}


@pytest.mark.parametrize(
    ("missing", "killed", "named"),
    [
        # Whoever should have started it again may not have done so: then nothing of it is there.
        ([ENDPOINT_OF[B]], B, []),
        ([CLIENT_OF[B], ENDPOINT_OF[B]], B, []),
        ([ENDPOINT_OF[A], CLIENT_OF[A]], A, []),
        # It is there, and does not connect; or the other one is not there; or nobody was killed.
        ([CLIENT_OF[B]], B, [B]),
        ([CLIENT_OF[B], ENDPOINT_OF[B]], A, [B, B]),
        ([CLIENT_OF[A], ENDPOINT_OF[B]], B, [A]),
        ([CLIENT_OF[B], ENDPOINT_OF[A]], B, [B, A]),
        ([CLIENT_OF[B], ENDPOINT_OF[B]], None, [B, B]),
    ],
)
def test_a_system_that_may_not_run_is_not_called_at_fault(
    missing: Sequence[Absence], killed: Side | None, named: list[Side], tmp_path: Path
) -> None:
    record, sides = played(
        tmp_path,
        lambda trial: World(trial, GIVEN, missing),
        lambda world: world.linked_again(killed=killed),
    )
    assert sides == named
    assert record.verdict is (Verdict.FAIL if named else Verdict.INCONCLUSIVE), record.reasons
