"""What waits to be sent over one WebSocket: bounded, and written together where it is little."""

import asyncio
from collections import deque
from collections.abc import Callable

from net119_reference.web.wire import Wire

_AT_A_TIME = 64
"""Frames that are written together."""


class Outgoing:
    """The queue of one connection.

    What is queued in one turn of the loop is written once at its end: an acknowledgement and its
    line, or the lines of many calls for one console, cost one system call and one TLS record.

    Args:
        most: frames that may wait for a client which reads too slowly.
        most_octets: how much these may be together, in octets.
    """

    def __init__(self, wire: Wire, most: int, most_octets: int) -> None:
        self._wire = wire
        self._most = most
        self._most_octets = most_octets
        self._loop = asyncio.get_running_loop()
        self._queue: deque[bytes] = deque()
        self._octets = 0
        self._due = False
        self._blocked = False
        self._waiting: list[Callable[[], None]] = []
        self._emptied: asyncio.Future[None] | None = None

    def put(self, frame: bytes) -> bool:
        """Queue a frame; False: too many wait already, and this one was not taken."""
        if self._full():
            # Perhaps only since one batch of the service held so many lines for one console.
            self._flush()
            if self._full():
                return False
        self._queue.append(frame)
        self._octets += len(frame)
        if not self._due:
            self._due = True
            self._loop.call_soon(self._flush)
        return True

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        """Whether more of a long transcript may be queued.

        That never fills more than half of the queue, and so is no reason to close: what goes on
        meanwhile has the other half.

        Args:
            again: called once there is room, if there is none now.
        """
        if self._half_full():
            self._flush()
            if self._half_full():
                if again is not None:
                    self._waiting.append(again)
                return False
        return True

    def _full(self) -> bool:
        return len(self._queue) >= self._most or self._octets >= self._most_octets

    def _half_full(self) -> bool:
        return 2 * len(self._queue) >= self._most or 2 * self._octets >= self._most_octets

    def writable(self, now: bool) -> None:
        """The transport takes more, or has as much as it should hold."""
        self._blocked = not now
        if now:
            self._flush()

    def drop(self) -> None:
        """Nobody will read what waits."""
        self._queue.clear()
        self._waiting.clear()
        self._octets = 0
        self._flush()

    async def emptied(self) -> None:
        """Until nothing waits any more."""
        self._flush()
        if self._queue:
            self._emptied = self._loop.create_future()
            await self._emptied

    def _flush(self) -> None:
        self._due = False
        queue = self._queue
        while queue and not self._blocked:
            some = [queue.popleft() for _ in range(min(len(queue), _AT_A_TIME))]
            frames = some[0] if len(some) == 1 else b"".join(some)
            self._octets -= len(frames)
            self._wire.write(frames)
        if self._waiting and not self._half_full():
            waiting, self._waiting = self._waiting, []
            for again in waiting:
                self._loop.call_soon(again)
        if self._emptied is not None and not queue and not self._emptied.done():
            self._emptied.set_result(None)
