"""Moves the bytes of one direction of a connection when the radio link lets them arrive."""

import asyncio
from typing import Protocol

from net119_simulators.radio.model import PACKET, Stream

_WAITING = 128
"""Packets under way at most; then the sender has to wait, as with TCP's window."""


class Clock(Protocol):
    """The time of the course."""

    @property
    def now(self) -> float:
        """Seconds of the course."""

    async def until(self, at: float) -> None:
        """Wait until a moment of the course."""


async def pump(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, stream: Stream, clock: Clock
) -> None:
    """Pass everything on, in order, and at last the end of the stream.

    Raises:
        OSError: one of the two sides broke off; in a group, with those of the other task.
    """
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue(_WAITING)

    async def read() -> None:
        while data := await reader.read(16 * PACKET):
            begin = 0
            for packet in stream.send(clock.now, len(data)):
                await under_way.put((packet.at, data[begin : begin + packet.size]))
                begin += packet.size
        await under_way.put((stream.close(clock.now), b""))

    async def write() -> None:
        while True:
            at, data = await under_way.get()
            await clock.until(at)
            if not data:
                writer.write_eof()
                return
            writer.write(data)
            await writer.drain()

    async with asyncio.TaskGroup() as both:
        both.create_task(read())
        both.create_task(write())
