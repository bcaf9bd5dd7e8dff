"""Asking a system under test again until it answers what is waited for."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

from net119_conformance.world.world import World

T = TypeVar("T")

_LOOK_EVERY_S = 0.05


async def until(
    w: World, ask: Callable[[], Awaitable[T]], wanted: Callable[[T], object], after: float = 0.0
) -> T:
    """The first answer that is as wanted (truthy); it is not due before ``after`` seconds.

    Raises:
        TimeoutError: there was none within these and the world's patience; the text holds the last
            answer.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + after + w.patience
    while True:
        answer = await ask()
        if wanted(answer):
            return answer
        if loop.time() >= deadline:
            raise TimeoutError(f"the last answer was {answer!r}"[:500])
        await asyncio.sleep(_LOOK_EVERY_S)
