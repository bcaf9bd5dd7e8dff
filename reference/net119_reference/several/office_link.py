"""A relay's connection to the office: questions, and the seats of its connected clients.

While the office is away the chats go on; what needs it is refused, to be tried again.  When it is
back it is told again of everybody who is connected here.
"""

import asyncio
import contextlib
import itertools
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from pydantic import TypeAdapter

from net119_reference.clock import SettableClock
from net119_reference.logs import get_log
from net119_reference.ports import Refused, Sink, StorageFailed
from net119_reference.several.channel import Channel, ChannelLost, Head, Message

PATIENCE_S = 5.0
"""How long the office is waited for: well below what a page waits before it tells its caller of
other means (10 s)."""
_AGAIN_S = 0.2
_FIRST_S = 10.0
FILE = "office.sock"
log = get_log("relay")


class Seat:
    """One connected client, as the office knows it."""

    def __init__(
        self, link: "OfficeLink", number: int, head: Head, sink: Sink, frames: "TypeAdapter[Any]"
    ) -> None:
        self._link = link
        self.number = number
        self.head = head
        self.frames = frames
        self._sink = sink
        self._held: list[WireModel] | None = []

    def open(self) -> None:
        """The client has had its welcome: from here on it is shown what the office sends."""
        held, self._held = self._held or (), None
        for frame in held:
            self._sink.send(frame)

    def show(self, frame: WireModel) -> None:
        """A frame that only the office knows of; nothing comes before the welcome."""
        if self._held is None:
            self._sink.send(frame)
        else:
            self._held.append(frame)

    def end(self, code: Refusal, detail: str) -> None:
        """Have the client's connection ended."""
        self._sink.end(code, detail)

    def leave(self) -> None:
        """The client is gone."""
        self._link.left(self)


class OfficeLink:
    """Connects, and connects again, until it is stopped.

    Args:
        path: the office's Unix socket.
        name: of this relay, for the logs and metrics.
        metrics: what the office may ask for.
        clock: goes as the office's does.
    """

    def __init__(
        self, path: Path, name: str, metrics: Callable[[], bytes], clock: SettableClock
    ) -> None:
        self._clock = clock
        self._path = path
        self._name = name
        self._metrics = metrics
        self._channel: Channel | None = None
        self._up = asyncio.Event()
        self.patience_s = PATIENCE_S
        self._seats: dict[int, Seat] = {}
        self._arriving: dict[int, Seat] = {}
        """Those that the office is being told of: it may have something for them already."""
        self._numbers = itertools.count(1)
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Connect; returns when the office is there.

        Raises:
            ChannelLost: it is not there within some seconds.
        """
        self._task = asyncio.create_task(self._keep(), name="office")
        try:
            async with asyncio.timeout(_FIRST_S):
                await self._up.wait()
        except TimeoutError:
            await self.stop()
            raise ChannelLost from None

    async def stop(self) -> None:
        """Leave the office."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    async def wait(self) -> None:
        """Return when the office is there, and knows of everybody who is connected here."""
        await self._up.wait()

    async def ask(self, head: Head, body: bytes = b"") -> Message:
        """The office's answer.

        While it is being started again, it is waited for: nothing was asked yet, and people who
        press a button need not press it twice.

        Raises:
            Refused: it refused.
            StorageFailed: it could not store it, or is away.
        """
        if self._channel is None:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self.patience_s):
                    await self._up.wait()
        if self._channel is None:
            raise ChannelLost
        return await self._channel.ask(head, body)

    def tell(self, head: Head) -> None:
        """Tell the office something that needs no answer."""
        if self._channel is not None:
            self._channel.tell(head)

    async def sit(self, head: Head, sink: Sink, frames: "TypeAdapter[Any]") -> Seat:
        """Have the office know of a client; frames that only it knows of go to ``sink``.

        They wait until the seat is opened (:meth:`Seat.open`).

        Raises:
            Refused, StorageFailed: the client may not sit there.
        """
        seat = Seat(self, next(self._numbers), head, sink, frames)
        self._arriving[seat.number] = seat
        try:
            await self.ask({**head, "seat": seat.number})
        except BaseException:
            # Cancelled, too: it may sit there all the same.
            self.tell({"do": "leave", "seat": seat.number})
            raise
        finally:
            del self._arriving[seat.number]
        self._seats[seat.number] = seat
        return seat

    def left(self, seat: Seat) -> None:
        """A client is gone."""
        self._seats.pop(seat.number, None)
        self.tell({"do": "leave", "seat": seat.number})

    # --- the connection -----------------------------------------------------------------------

    async def _keep(self) -> None:
        while True:
            try:
                reader, writer = await asyncio.open_unix_connection(str(self._path))
            except OSError:
                await asyncio.sleep(_AGAIN_S)
                continue
            channel = Channel(reader, writer, self._answer, self._told)
            serving = asyncio.create_task(channel.run(), name="office channel")
            try:
                with contextlib.suppress(StorageFailed):
                    hello, _ = await channel.ask({"do": "hello", "name": self._name})
                    self._set_clock(hello)
                    self._channel = channel
                    await self._sit_again(channel)
                    self._up.set()
                    log.info("the office is there")
                await serving
            finally:
                self._channel = None
                self._up.clear()
                channel.close()
                serving.cancel()
                await asyncio.wait({serving})
            log.warning("the office is away; connecting again")
            await asyncio.sleep(_AGAIN_S)

    async def _sit_again(self, channel: Channel) -> None:
        seats = tuple(self._seats.values())
        await asyncio.gather(*(self._one_again(channel, seat) for seat in seats))

    async def _one_again(self, channel: Channel, seat: Seat) -> None:
        try:
            await channel.ask({**seat.head, "seat": seat.number})
        except Refused as refused:
            seat.end(refused.code, refused.detail)
        except ChannelLost:
            raise
        except StorageFailed as failed:
            seat.end(Refusal.STORAGE_FAILED, failed.detail)

    async def _answer(self, head: Head, body: bytes) -> Message:
        if head["do"] == "metrics":
            return {}, self._metrics()
        raise StorageFailed(f"unknown question {head['do']!r}")

    def _told(self, head: Head, body: bytes) -> None:
        if head["do"] == "clock":
            self._set_clock(head)
            return
        seat = self._seats.get(head["seat"]) or self._arriving.get(head["seat"])
        if seat is None:
            return
        if head["do"] == "end":
            seat.end(Refusal(head["code"]), head["detail"])
            return
        frame: WireModel = seat.frames.validate_json(body)
        seat.show(frame)

    def _set_clock(self, head: Head) -> None:
        self._clock.ahead = timedelta(seconds=head["ahead"])
