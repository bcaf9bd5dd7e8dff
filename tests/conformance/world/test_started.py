"""What a purpose starts beside itself may fail for want of an operator: then nothing is judged."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.environment import Sut
from net119_conformance.errors import DriverFailed
from net119_conformance.judge import judge_item
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.world import World
from net119_simulators.errors import NotConnected

from tests.conformance.engine.toy_world import toy

LACKING = DriverFailed("the hook has no `transfer`", "フックに transfer がありません")
FOREVER_S = 30.0


class Idle:
    """A driver that owes no answer; it operates nothing."""

    def owed(self) -> DriverFailed | None:
        return None


class Bench:
    """Opens a world in which nothing is but the trial."""

    def open(self, _purpose: Any, _sut: Any, trial: Trial) -> Any:
        @asynccontextmanager
        async def opened() -> AsyncIterator[World]:
            nothing: Any = None
            async with AsyncExitStack() as stack:
                driver: Any = Idle()
                yield World(trial, "toy", driver, *(nothing,) * 4, stack)

        return opened()


def judged(function: Callable[[Trial, World], Awaitable[None]], folder: Path) -> ItemRecord:
    """What comes of a purpose."""
    return judge_item(toy("TOY-STARTED", function), Sut(key="toy", name="Toy"), Bench(), folder)


async def cannot() -> None:
    """A console act that the hook does not offer."""
    await asyncio.sleep(0)
    raise LACKING


async def waits_for_what_it_causes(t: Trial, w: World) -> None:
    """As a purpose that waits for the peer's offer of a transfer."""
    w.start(cannot())
    with t.waiting("transfer.request"):
        await asyncio.sleep(FOREVER_S)


async def observes_what_it_causes(t: Trial, w: World) -> None:
    """As a purpose that would find fault with the system for what did not come."""
    w.start(cannot())
    await t.observe("it comes", asyncio.sleep(FOREVER_S), 0.2, expected="something")


async def observes_the_act(t: Trial, w: World) -> None:
    """As a purpose that looks what came of the act."""
    asking = w.start(cannot())
    await t.observe("it ends", w.ended(asking), 5.0, expected="an end")


async def swallows(t: Trial, w: World) -> None:
    """As a purpose that tidies up, whatever happens."""
    w.start(cannot())
    try:
        await asyncio.sleep(FOREVER_S)
    except asyncio.CancelledError:
        t.check("something held before", True, expected="it", seen="it")


@pytest.mark.parametrize(
    "purpose",
    [waits_for_what_it_causes, observes_what_it_causes, observes_the_act, swallows],
)
def test_what_cannot_be_started_ends_the_purpose_as_inconclusive(
    purpose: Callable[[Trial, World], Awaitable[None]], tmp_path: Path
) -> None:
    record = judged(purpose, tmp_path)
    assert record.verdict is Verdict.INCONCLUSIVE
    assert [(each.en, each.ja) for each in record.reasons] == [(str(LACKING), LACKING.ja)]
    assert all(check.passed for check in record.checks)


def test_the_systems_own_word_is_left_to_the_purpose(tmp_path: Path) -> None:
    """A refusal is what it waits for, or not; it does not end the purpose by itself."""

    async def refused() -> None:
        raise NotConnected("the console", "the system has closed it")

    async def purpose(t: Trial, w: World) -> None:
        asking = w.start(refused())
        await t.observe("it ends", w.ended(asking), 5.0, expected="an end")
        t.check("the purpose went on", True, expected="on", seen="on")

    record = judged(purpose, tmp_path)
    assert record.verdict is Verdict.FAIL
    assert [check.passed for check in record.checks] == [False, True]
