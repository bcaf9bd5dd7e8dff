"""Work that Ctrl-C or SIGTERM ends, so that what was judged until then is still reported."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def unless_interrupted(interrupted: asyncio.Event, work: Awaitable[T]) -> T | None:
    """What ``work`` gives, or None, with ``work`` cancelled, once ``interrupted`` is set.

    Raises:
        Exception: whatever ``work`` raised, unless it was interrupted.
    """
    task = asyncio.ensure_future(work)
    stop = asyncio.ensure_future(interrupted.wait())
    try:
        await asyncio.wait({task, stop}, return_when=asyncio.FIRST_COMPLETED)
    finally:
        stop.cancel()
        if not task.done():
            task.cancel()
            await asyncio.wait({task})
    if task.cancelled() or (interrupted.is_set() and task.exception()):
        return None
    return task.result()
