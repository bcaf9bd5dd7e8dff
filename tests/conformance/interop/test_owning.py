"""Who owns a call is believed after looks of some length, and a crash once connections broke."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from net119_conformance.environment import Sut
from net119_conformance.interop.blame import Side
from net119_conformance.interop.judging import PairJudging
from net119_conformance.interop.owning import comes_to_own, only_owner
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_simulators.waiting import Watch

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy

CALL = UUID(int=1)
BOTH = [Side.RECEIVING, Side.ORIGINATING]
STEADY_S = 0.25


class Desk:
    """A console that shows a call, and from some time on as its own."""

    def __init__(self, own_after_s: float | None) -> None:
        self._watch = Watch()
        self._mine = False
        if own_after_s is not None:
            asyncio.get_running_loop().call_later(own_after_s, self._own)

    def _own(self) -> None:
        self._mine = True
        self._watch.changed()

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[Any], bool] = lambda _: True,
    ) -> Any:
        def shown() -> Any:
            seen = SimpleNamespace(mine=self._mine)
            return seen if wanted(seen) else None

        return await self._watch.until(shown, "the call", within, lambda: "not its own")


@pytest.mark.parametrize(("after", "owned"), [(0.0, True), (0.3, True), (None, False)])
def test_a_console_that_owns_a_call_only_later_is_seen(after: float | None, owned: bool) -> None:
    """0.3 s is after the first look, which is over after 0.2 s."""

    async def scene() -> bool:
        desk: Any = Desk(after)
        return await comes_to_own(desk, CALL, 0.6)

    assert asyncio.run(scene()) is owned


@pytest.mark.parametrize(
    ("looks", "owner"),
    [
        ([[Side.RECEIVING]], Side.RECEIVING),
        ([[], BOTH, [Side.ORIGINATING]], Side.ORIGINATING),
        ([[Side.RECEIVING], [Side.ORIGINATING]], Side.ORIGINATING),
        # The first look gives one, and a moment later there are two, or there is none.
        ([[Side.RECEIVING], BOTH], None),
        ([[Side.RECEIVING], []], None),
    ],
)
def test_one_owner_is_one_that_stays_the_only_one(
    looks: list[list[Side]], owner: Side | None
) -> None:
    """The last of the looks is what is seen from then on."""
    left = list(looks)

    async def look() -> list[Side]:
        return left.pop(0) if len(left) > 1 else left[0]

    found, seen = asyncio.run(only_owner(look, steady_s=STEADY_S, within=0.3))
    assert found is owner
    assert owner is not None or seen.startswith(" and ".join(looks[-1]) or "none")


def test_an_owner_that_changes_all_the_time_is_none() -> None:
    turn = 0

    async def look() -> list[Side]:
        nonlocal turn
        turn += 1
        return [BOTH[turn % 2]]

    found, seen = asyncio.run(only_owner(look, steady_s=STEADY_S, within=0.3))
    assert found is None
    assert "changes" in seen


class Pair(PairJudging):
    """Two systems, and a line between them that breaks when ``linked`` says so."""

    def __init__(self, trial: Trial, crash: Callable[[], Coroutine[Any, Any, None]]) -> None:
        self.trial = trial
        self.up = True
        self.patience = 0.1
        one: Any = SimpleNamespace(key="acme", crash=None)
        other: Any = SimpleNamespace(key="aoba", crash=None)
        self.members = {Side.ORIGINATING: one, Side.RECEIVING: other}
        driver: Any = SimpleNamespace(crash=crash)
        self.driver = driver
        self._pair = frozenset()
        links: Any = SimpleNamespace(are_up=lambda _pair: self.up, release=self._released)
        self._links = links
        self.released = 0

    async def _released(self, _pair: frozenset[str]) -> None:
        self.released += 1


@pytest.mark.parametrize("dies", [True, False])
def test_a_driver_whose_crash_does_nothing_is_not_believed(dies: bool, tmp_path: Path) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        async def crash() -> None:
            pair.up = not dies

        pair = Pair(trial, crash)
        await pair.crash_of(Side.ORIGINATING)
        assert pair.released
        trial.check("it went on", True, expected="it", seen="it")

    purpose = toy("TOY-UNDER-TEST", body)
    record: ItemRecord = judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), tmp_path)
    if dies:
        assert record.verdict is Verdict.PASS
        return
    assert record.verdict is Verdict.INCONCLUSIVE
    (reason,) = record.reasons
    assert "acme is said to have been killed" in reason.en
    assert "強制終了したはず" in reason.ja


def test_waiting_in_vain_is_told_from_another_fault() -> None:
    """A console that fails says so, instead of not owning the call."""

    class Gone:
        async def wait_for_call(self, *_arguments: Any) -> Any:
            raise ConnectionError("gone")

    async def scene() -> None:
        gone: Any = Gone()
        await comes_to_own(gone, CALL, 0.1)

    with pytest.raises(ConnectionError, match="gone"):
        asyncio.run(scene())
