"""A hook of one of the two that has not answered yet: that neither of them is at fault for."""

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from net119_conformance.environment import Sut
from net119_conformance.errors import DriverFailed
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.judging import PairJudging
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_protocol.codes import CloseOutcome

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy
from tests.conformance.world.test_hook_that_hangs import (
    SOON_S,
    Scene,
    hanging,
    judge_inconclusive,
    judged,
)

OWED = DriverFailed("the hook owes an answer", "フックが応答していません")


class Pair(PairJudging):
    """Two systems that are linked, whose drivers owe an answer or do not."""

    def __init__(self, trial: Trial, **owing: DriverFailed) -> None:
        one, other = (
            SimpleNamespace(owed=lambda side=side: owing.get(side.name.lower())) for side in Side
        )
        members: Any = {side: SimpleNamespace(key=side.name, code=side.name) for side in Side}
        driver: Any = one
        partner: Any = other
        wire: Any = SimpleNamespace(heard=True)
        self.trial = trial
        self.driver, self._partner = driver, partner
        self.members = members
        self.wire = wire
        self.faults: list[Fault] = []


async def shows(pair: Pair, what: Any, within: float) -> None:
    await pair.shows(
        "it is shown",
        what,
        within,
        expected="it",
        side=Side.RECEIVING,
        steps=lambda: (),
        ja="表示される",
    )


@pytest.mark.parametrize("owes", ["originating", "receiving", None])
def test_nobody_is_at_fault_while_a_hook_owes_an_answer(owes: str | None, tmp_path: Path) -> None:
    """Whichever of the two it operates; where none does, the one that shows nothing is."""
    faults: list[Fault] = []

    async def body(trial: Trial, world: ToyWorld) -> None:
        pair = Pair(trial, **({owes: OWED} if owes else {}))
        pair.faults = faults
        await shows(pair, asyncio.Future(), 0.01)

    purpose = toy("TOY-UNDER-TEST", body)
    record: ItemRecord = judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), tmp_path)
    if owes is None:
        assert record.verdict is Verdict.FAIL, record
        assert [each.side for each in faults] == [Side.RECEIVING]
        return
    assert record.verdict is Verdict.INCONCLUSIVE, record
    assert record.reasons[0].en == str(OWED)
    assert not record.checks
    assert not faults


@pytest.mark.parametrize("request_", ["answer", "close"])
def test_a_request_that_is_not_answered_in_time(request_: str, tmp_path: Path) -> None:
    """The hook may take longer than what comes of it is waited for."""

    async def body(t: Trial, s: Scene) -> None:
        acts = {
            "answer": lambda: s.console.answer(s.call.id),
            "close": lambda: s.console.close(s.call.id, CloseOutcome.PRACTICE_DONE),
        }
        await shows(Pair(t), acts[request_](), SOON_S)

    with hanging(request_) as url:
        judge_inconclusive(judged(url, tmp_path, body), request_)
