"""Who owns a call, looked at for long enough to believe it.

One look says little: a console may show a moment later what it does not show yet. So that a side
does not own a call, or is the only one that does, is believed once it was so for a while.
"""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import UUID

from net119_simulators.errors import Waited

from net119_conformance.drivers.actors import Console
from net119_conformance.interop.blame import Side

LOOK_AGAIN_S = 0.1
_LOOK_S = 0.2
Look = Callable[[], Awaitable[list[Side]]]


async def owns_now(console: Console, call_id: UUID) -> bool:
    """Whether a console shows a call as its own now; one look, so False proves nothing."""
    try:
        return (await console.wait_for_call(call_id, _LOOK_S)).mine
    except Waited:
        return False


async def comes_to_own(console: Console, call_id: UUID, within: float) -> bool:
    """Whether a console shows a call as its own at some time within so many seconds."""
    try:
        await console.wait_for_call(call_id, within, lambda seen: seen.mine)
    except Waited:
        # What came while this process stood still is read only now.
        return await owns_now(console, call_id)
    return True


async def only_owner(look: Look, *, steady_s: float, within: float) -> tuple[Side | None, str]:
    """The one side that a call belongs to, by every look of ``steady_s`` seconds on end.

    ``look`` says which sides own it. Returns the side, or None if it did not come to that within
    so many seconds (and ``steady_s``); and in words what the last looks showed.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within + steady_s
    alone: Side | None = None
    since = loop.time()
    changes = 0
    while True:
        owners = await look()
        now = loop.time()
        one = owners[0] if len(owners) == 1 else None
        if one is not alone:
            alone, since, changes = one, now, changes + 1
        if alone is not None and now - since >= steady_s:
            return alone, alone.value
        if now >= deadline:
            shown = " and ".join(each.value for each in owners) or "none"
            return None, f"{shown}, after {changes} changes"
        await asyncio.sleep(LOOK_AGAIN_S)
