"""Looking for what must not come, for as long as this system takes for what must."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from net119_simulators.lookout import Lookout, long_enough

from net119_conformance.world.world import World

T = TypeVar("T")


def looking(w: World) -> Lookout:
    """To be made where that begins of which something forbidden might come.

    It is long enough for this system if the purpose observes, before the last look, something that
    the system does later in the same place.
    """
    return Lookout(lambda: long_enough(w.trial.slowest_s, w.patience))


async def timed(w: World, awaitable: Awaitable[T]) -> T:
    """What must come before anything can be judged: how long it took counts for later looks."""
    clock = asyncio.get_running_loop().time
    began = clock()
    got = await awaitable
    w.trial.slowest_s = max(w.trial.slowest_s, clock() - began)
    return got


def quiet_s(w: World) -> float:
    """Seconds without anything new after which, by what was observed, nothing is under way."""
    return long_enough(w.trial.slowest_s, w.patience)
