"""What a phone does by itself while its radio fails: place the call again, connect again."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import TypeVar

from net119_simulators.errors import NotConnected, Unreachable
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall

T = TypeVar("T")
_PAUSE_S = 0.5


async def until_reached(place: Callable[[], Awaitable[T]], within: float) -> T:
    """What ``place`` returns, tried again while the provider cannot be reached.

    Raises:
        Unreachable: it could not be reached for ``within`` seconds.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while True:
        try:
            return await place()
        except Unreachable:
            if loop.time() + _PAUSE_S > deadline:
                raise
        await asyncio.sleep(_PAUSE_S)


@asynccontextmanager
async def kept_connected(call: PhoneCall, within: float) -> AsyncIterator[None]:
    """Resume the call whenever its connection is gone, until the block is left.

    Whoever waits for something of the call meanwhile learns by its own deadline that the
    connection did not come back in time.
    """

    async def keep() -> None:
        while True:
            await call.wait_for_drop(float("inf"))
            await call.resume(within=within)

    keeping = asyncio.create_task(keep(), name="kept connected")
    try:
        yield
    finally:
        keeping.cancel()
        await asyncio.gather(keeping, return_exceptions=True)


async def said(call: PhoneCall, say: Callable[[str], Awaitable[object]], within: float) -> None:
    """Say something until it is acknowledged; ``say`` gets the line's identifier.

    A line that meets a lost connection is said again under the same identifier when it is back.

    Raises:
        Waited: no connection, or no acknowledgement, in time.
        CallRefused: the provider refused the line.
    """
    client_id = new_client_id()
    while True:
        try:
            await say(client_id)
        except NotConnected:
            await call.wait_for_view(lambda _view: call.connected, within)
        else:
            return
