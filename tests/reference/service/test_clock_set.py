"""The machine's clock is set back, or ahead, while calls wait: no timer waits with it (I1, I7)."""

import asyncio
from datetime import timedelta

import pytest
from net119_protocol.codes import CallState

from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.test_kernel import Bench

BACK = -3600.0


async def later(pair: Pair, seconds: float, *, flowing: bool = False) -> None:
    await pair.link.advance(seconds, flowing=flowing)
    await pair.a.look_for_lost_peers()


def test_an_offer_that_nobody_answers_comes_home_in_time() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await later(pair, 1)
        pair.a.clock.is_set(BACK)
        await later(pair, 10)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner) == (CallState.RINGING, call.home)

    on_pair(work)


def test_a_silent_peer_loses_the_call_in_time() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        pair.a.clock.is_set(BACK)
        pair.link.down()
        await later(pair, 31)
        assert pair.a.live(call_id).known().owner.provider == "aoba"

    on_pair(work)


def test_a_clock_set_ahead_makes_no_peer_silent() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        pair.a.clock.is_set(3600)
        await pair.a.look_for_lost_peers()
        assert pair.a.live(call_id).known().owner.provider == "midori"

    on_pair(work)


@pytest.mark.parametrize("ringing", [False, True])
def test_no_deadline_of_before_is_waited_for_longer_than_its_timer(ringing: bool) -> None:
    """A provider that starts again with a clock set back reads deadlines of a later time."""

    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        if ringing:
            await pair.link.flow()
        pair.link.down()
        await pair.a.service.stop()
        pair.a.clock.is_set(BACK)
        await pair.a.start()
        await pair.a.console(pair.home)
        if ringing:
            pair.link.up()
        await later(pair, 121 if ringing else 10)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner) == (CallState.RINGING, call.home)

    on_pair(work)


def test_what_is_due_is_done_by_the_time_that_passes_and_by_a_clock_set_ahead() -> None:
    async def main() -> None:
        bench = Bench()
        bench.kernel.start()
        done: list[str] = []

        def due(seconds: float, what: str) -> None:
            when = bench.clock.now() + timedelta(seconds=seconds)
            bench.kernel.at(when, lambda _tx: done.append(what))

        async def look() -> list[str]:
            bench.kernel.wake()
            for _ in range(20):
                await asyncio.sleep(0)
            return done

        due(10, "ten")
        bench.clock.is_set(BACK)
        due(5, "five")
        bench.clock.advance(4.9)
        assert await look() == []
        bench.clock.advance(0.1)
        assert await look() == ["five"]
        bench.clock.advance(5)
        assert await look() == ["five", "ten"]
        due(1800, "half an hour")
        bench.clock.is_set(-BACK + 1800)
        assert await look() == ["five", "ten", "half an hour"]
        await bench.kernel.stop()

    asyncio.run(main())
