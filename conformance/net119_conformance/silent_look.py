"""A look for what must not come, and how far its silence can be believed."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from net119_conformance.checks import show
from net119_conformance.standstill import Standstill

_MOMENT_S = 0.1
"""Much more than it takes from an answer that came to whoever waits for what it shows."""
_AGAIN_S = 1.5
"""Within it, whoever looks again and again has been answered once more, or is owed an answer."""


@dataclass(frozen=True)
class Looked:
    """What came of a look. ``doubtful``: the suite stood still meanwhile, and either missed the end
    of the look or saw what came only when the time was over in which it must not come."""

    came: bool
    seen: str
    doubtful: bool


async def look_for(
    awaitable: Awaitable[object],
    within: float,
    *,
    limited: Callable[[asyncio.Timeout], AbstractAsyncContextManager[None]],
    owed: Callable[[], object | None],
    standstill: Standstill,
) -> Looked:
    """Await it for `within` seconds; longer while what operates the SUT owes an answer (``owed``),
    which may show it, and for as long as the suite itself stood still.

    A wait of `awaitable` that ends before `within` is no silence, and raised as TimeoutError.
    """
    limit = asyncio.timeout(within)
    began, still_s = asyncio.get_running_loop().time(), 0.0
    look = asyncio.ensure_future(awaitable)
    try:
        async with limited(limit):
            await asyncio.wait({look})
            look.result()
    except TimeoutError:
        if not limit.expired():
            raise
        if owed() is not None:
            await _while_owed(look, owed)
        still_s = standstill.missed_s(began) if standstill.bounded else 0.0
        if still_s:
            await asyncio.wait({look}, timeout=still_s)
    finally:
        ended_itself = look.done()
        await _give_up(look)
    came = not look.cancelled() and not isinstance(look.exception(), TimeoutError)
    seen = show(look.result()) if came else f"nothing within {within:g} s"
    return Looked(came, seen, doubtful=bool(still_s) and ended_itself)


async def _while_owed(look: asyncio.Future[object], owed: Callable[[], object | None]) -> None:
    # The answer may tell what was found before the end; the next one tells what is there now.
    for more_s in (_AGAIN_S, _MOMENT_S):
        while owed() is not None and not look.done():
            await asyncio.wait({look}, timeout=_MOMENT_S)
        await asyncio.wait({look}, timeout=more_s)


async def _give_up(look: asyncio.Future[object]) -> None:
    """Cancel it, and see it end."""
    look.cancel()
    await asyncio.wait({look})
    if not look.cancelled():
        look.exception()  # Else it would be called one that nobody looked at.
