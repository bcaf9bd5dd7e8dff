"""When the cyclic garbage collector looks through everything.

By itself it does so whenever a quarter of all objects is new: with tens of thousands of chat lines
in memory that was 0.2 s, during which nobody is served, more than once a second. What is young is
collected as ever; all of it only as often as that takes a two-hundredth of the time.
"""

import asyncio
import gc
import time
from collections.abc import Awaitable, Callable

_AT_LEAST_S = 30.0
_SHARE = 1 / 200
_NEVER = 1_000_000_000


def only_the_young() -> None:
    """Switch the collector on, for all but the oldest generation."""
    young, middle, _ = gc.get_threshold()
    gc.set_threshold(young, middle, _NEVER)
    gc.enable()


async def collect_all_seldom(
    collect: Callable[[], object] = gc.collect,
    clock: Callable[[], float] = time.perf_counter,
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
) -> None:
    """Look through everything now and then, until cancelled.

    Connections and calls that have gone may hold each other; without this they would stay.
    """
    pause = _AT_LEAST_S
    while True:
        await sleep(pause)
        began = clock()
        collect()
        pause = max(_AT_LEAST_S, (clock() - began) / _SHARE)
