"""What came in on a connection, worked through one after the other in order."""

import asyncio
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Generic, TypeVar

from net119_reference.logs import get_log
from net119_reference.stomp_shell.wire import Wire

ItemT = TypeVar("ItemT")

ITEM_COST = 1024
"""Octets that an item counts besides its body."""
HOLD = "intake"

log = get_log("stomp.intake")


class Intake(Generic[ItemT]):
    """One worker for one connection; reading pauses while more than ``limit`` octets wait.

    ``handle`` gets one item at a time, or a run of neighbouring items of type ``together``.  It
    must not raise.  Afterwards the wire is pumped, so ``handle`` may use the session's verbs.
    Should anything be raised all the same, the connection is cut: a living one on which nothing
    is worked through would hold back all that its peer sends, for ever (I2).
    """

    def __init__(
        self,
        wire: Wire[Any],
        handle: Callable[[Sequence[ItemT]], Awaitable[None]],
        *,
        limit: int,
        together: type | None = None,
        name: str,
    ) -> None:
        self._wire = wire
        self._handle = handle
        self._limit = limit
        self._together = together
        self._waiting: deque[tuple[ItemT, int]] = deque()
        self._cost = 0
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._ended = False
        self._failed = False
        self._task = asyncio.create_task(self._work(), name=name)

    def put(self, item: ItemT, size: int = 0) -> None:
        """Add an item with a body of ``size`` octets."""
        if self._failed:
            return  # nothing is told to its sender, who sends it again on another connection
        self._waiting.append((item, size + ITEM_COST))
        self._cost += size + ITEM_COST
        self._idle.clear()
        self._changed.set()
        if self._cost > self._limit:
            self._wire.hold(HOLD)

    def drop(self) -> None:
        """Forget what waits; what is being handled is brought to its end."""
        self._waiting.clear()
        self._cost = 0

    async def idle(self) -> None:
        """Return when nothing waits and nothing is being handled."""
        await self._idle.wait()

    async def finish(self) -> None:
        """Work off what waits, and end."""
        self._ended = True
        self._changed.set()
        await asyncio.gather(self._task, return_exceptions=True)

    def abandon(self) -> None:
        """End at once, in the middle of an item if need be; harmless afterwards."""
        self._task.cancel()
        self._idle.set()

    async def _work(self) -> None:
        try:
            await self._work_through()
        except Exception:
            log.exception("intake-failed", what_next="the connection is cut")
            self._failed = True
            self.drop()
            self._idle.set()
            self._wire.abort()

    async def _work_through(self) -> None:
        while True:
            while self._waiting:
                await self._handle(self._take())
                self._wire.pump()
            self._idle.set()
            if self._ended:
                return
            self._changed.clear()
            await self._changed.wait()

    def _take(self) -> Sequence[ItemT]:
        items = [self._pop()]
        if self._together is not None and isinstance(items[0], self._together):
            while self._waiting and isinstance(self._waiting[0][0], self._together):
                items.append(self._pop())
        if self._cost <= self._limit:
            self._wire.release(HOLD)
        return items

    def _pop(self) -> ItemT:
        item, cost = self._waiting.popleft()
        self._cost -= cost
        return item
