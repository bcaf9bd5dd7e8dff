"""Waits that heed the leader, by a clock that only the waits themselves move."""

import asyncio

import pytest
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from net119_scenarios.drills.changes import Pacing, TooLate, why_not
from net119_scenarios.drills.control import Control
from net119_simulators.errors import CallRefused, Waited


class Stepping(Pacing):
    """A wait of so many seconds is over at once, and that much later."""

    def __init__(self, control: Control) -> None:
        super().__init__(control)
        self.time = 0.0
        self.waits: list[float | None] = []

    @property
    def now(self) -> float:
        """As far as the waits have moved it."""
        return self.time

    async def change(self, within: float | None) -> None:
        """Let the time go by."""
        self.waits.append(within)
        if within is None:
            await super().change(None)
            return
        await asyncio.sleep(0)
        self.time += within


def started(pace: float = 1.0) -> tuple[Control, Stepping]:
    control = Control(1, pace=pace)
    control.start(0.0)
    return control, Stepping(control)


@pytest.mark.parametrize(("pace", "seconds"), [(1, 30), (2, 15), (8, 3.75), (0, 0)])
def test_a_time_comes_as_fast_as_the_pace(pace: float, seconds: float) -> None:
    control, pacing = started(pace)
    asyncio.run(pacing.until(30))
    assert pacing.time == seconds
    assert control.script(pacing.time) == 30


@pytest.mark.parametrize(("pace", "seconds"), [(1, 6), (4, 1.5), (0, 0)])
def test_writing_takes_as_long_as_the_pace_allows(pace: float, seconds: float) -> None:
    _, pacing = started(pace)
    asyncio.run(pacing.takes(6))
    assert pacing.time == seconds


def test_nothing_goes_on_in_a_pause() -> None:
    control, pacing = started()

    async def run() -> None:
        control.pause(0.0)
        waiting = asyncio.create_task(pacing.until(10))
        writing = asyncio.create_task(pacing.takes(5))
        for _ in range(10):
            await asyncio.sleep(0)
        assert not waiting.done()
        assert not writing.done()
        assert pacing.time == 0
        control.resume(0.0)
        pacing.changed()
        async with asyncio.timeout(10):
            await asyncio.gather(waiting, writing)
        assert pacing.time >= 10

    asyncio.run(run())


def test_a_wait_is_cancelled_even_as_something_changes() -> None:
    control = Control(1)
    control.start(0.0)

    async def run() -> None:
        pacing = Pacing(control)
        waiting = asyncio.create_task(pacing.change(60))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        pacing.changed()
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        assert waiting.cancelled()

    asyncio.run(run())


def test_what_takes_too_long_is_given_up() -> None:
    control = Control(1)
    pacing = Pacing(control)
    given_up = []

    async def never() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            given_up.append(True)

    async def run() -> None:
        control.start(pacing.now)
        await pacing.limited(never(), 0.05)

    with pytest.raises(TooLate, match=r"within 0\.05 s"):
        asyncio.run(run())
    assert given_up


def test_what_is_done_in_time_passes_on_its_error() -> None:
    control, pacing = started()

    async def fails() -> None:
        raise Waited("a line", 1, "nothing")

    async def fine() -> None:
        await asyncio.sleep(0)

    asyncio.run(pacing.limited(fine(), 5))
    asyncio.run(pacing.limited(fine(), None))
    with pytest.raises(Waited):
        asyncio.run(pacing.limited(fails(), None))
    assert control.elapsed(pacing.time) == 0


def test_why_a_step_failed_is_told_in_both_languages() -> None:
    problem = Problem(
        title="x", status=409, code=Refusal.CALL_CLOSED, message_ja="終了した通報です"
    )
    assert why_not(CallRefused(problem, "POST x")) == ("終了した通報です", "x")
    assert why_not(TooLate(20)).ja == "20秒以内に起こらなかった"
    assert why_not(LookupError("no call was placed")).en == "no call was placed"
