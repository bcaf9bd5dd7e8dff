"""A TCP proxy that puts a radio link between a simulated phone and a provider."""

import asyncio
import contextlib
import json
import socket
import struct
from collections import Counter
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from net119_simulators.radio.course import Course, Event, Happening, NoNetwork, RadioProfile
from net119_simulators.radio.model import Connection, Direction, LinkModel, Opening
from net119_simulators.radio.pump import pump
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.wiretap import Interface, Wiretap

_BEFORE_BEGIN_S = 1e6
"""Before its course begins, a radio is that far ahead of it: nothing happens."""
_LINGER = struct.pack("ii", 1, 0)
"""A socket closed with this sends RST, as nobody reads what was under way (socket(7))."""


class RadioProxy:
    """Listens where a phone connects, and passes its bytes to ``to`` as the radio lets them.

    TLS, WebSockets and SMTP go through as they are. Listen on the provider's own address (with
    another port), and its certificate stays valid. ``scale`` multiplies all times: 0.1 makes a
    tunnel of 20 s one of 2 s. The course begins with :meth:`begin`, until then the link is the
    profile's, and nothing happens. What vanishes is taken and never answered (TCP's own refusal
    to answer needs the kernel). ``source_address`` binds the way to the provider.

    Raises:
        SafetyInterlock: one of the two ends is not on this machine.
    """

    def __init__(
        self,
        profile: RadioProfile,
        to: tuple[str, int],
        *,
        seed: int = 1,
        host: str = "127.0.0.1",
        port: int = 0,
        scale: float = 1.0,
        source_address: str | None = None,
        wiretap: Wiretap | None = None,
    ) -> None:
        check_target(f"tcp://{host}:{port or 1}")
        check_target(f"tcp://{to[0]}:{to[1]}")
        if scale <= 0:
            raise ValueError(f"the scale of time must be more than 0, not {scale:g}")
        self.host = host
        self.port = port
        self.profile = profile
        self.model = LinkModel(Course(profile, seed))
        self.counts: Counter[str] = Counter()
        """Connections ``opened``, ``refused``, ``vanished``, ``unreachable``, ``reset``."""
        self._to = to
        self._scale = scale
        self._source = source_address
        self._recorder = Recorder(wiretap, Interface.A, "radio", "phone")
        self._epoch = 0.0
        self._held: socket.socket | None = None
        self._server: asyncio.Server | None = None
        self._pairs: set[_Pair] = set()
        self._course: asyncio.Task[None] | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._changed = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._epoch = asyncio.get_running_loop().time() + _BEFORE_BEGIN_S
        self._hold()
        await self._listen()
        self._course = asyncio.create_task(self._keep_course(), name="radio course")
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._course is not None:
            self._course.cancel()
            await asyncio.gather(self._course, return_exceptions=True)
        self._close_listener()
        for pair in tuple(self._pairs):
            self._reset(pair)
        await asyncio.gather(*self._serving, return_exceptions=True)
        if self._held is not None:
            self._held.close()

    def url(self, scheme: str = "https") -> str:
        """Where a phone reaches the provider over this radio."""
        return f"{scheme}://{self.host}:{self.port}"

    @property
    def now(self) -> float:
        """Seconds of the course; below 0 before its begin."""
        return (asyncio.get_running_loop().time() - self._epoch) / self._scale

    # --- what happens -------------------------------------------------------------------------

    def begin(self) -> None:
        """Let the course begin now."""
        self._epoch = asyncio.get_running_loop().time()
        self._changed.set()

    def tunnel(self, for_s: float) -> None:
        """No byte gets through for so many seconds, from now on."""
        self._intervene(Event.TUNNEL, for_s)

    def out_of_area(self, for_s: float, new: NoNetwork = NoNetwork.REFUSE) -> None:
        """No network for so many seconds, from now on; then the connections are reset."""
        self._intervene(Event.OUT_OF_AREA, for_s, new)

    def hand_over(self) -> None:
        """Reset every connection, now."""
        self._intervene(Event.HAND_OVER, 0.0)
        for pair in tuple(self._pairs):
            self._reset(pair)

    def _intervene(self, event: Event, for_s: float, new: NoNetwork = NoNetwork.REFUSE) -> None:
        now = self.now
        happening = Happening(event, now, now + for_s, new)
        self.model.intervene(happening)
        self._tell(happening)
        if event is Event.OUT_OF_AREA and new is NoNetwork.REFUSE:
            self._close_listener()
        self._changed.set()

    async def _keep_course(self) -> None:
        """Do what the course says at each of its moments: reset, stop and resume listening."""
        loop = asyncio.get_running_loop()
        while True:
            now = self.now
            for pair in tuple(self._pairs):
                if self.model.reset(pair.connection.born, now):
                    self._reset(pair)
            if self.model.refuses(now):
                self._close_listener()
            elif self._server is None:
                await self._listen()
            change = self.model.course.next_change(now)
            # The next event may begin so long after the begin of a course that has not begun.
            pause = None if change is None else self._epoch + change * self._scale - loop.time()
            self._changed.clear()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(None if pause is None else max(pause, 0.0)):
                    await self._changed.wait()
            for each in self.model.course.begun(now, self.now):
                self._tell(each)

    def _tell(self, happening: Happening) -> None:
        seconds = round(happening.end - happening.begin, 1)
        payload = json.dumps({"radio": happening.event.value, "seconds": seconds})
        self._recorder.sent(str(happening), payload)

    # --- connections --------------------------------------------------------------------------

    def _hold(self) -> None:
        """Keep the port while nobody listens, so that it refuses and nobody else takes it."""
        held = socket.socket()
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((self.host, self.port))
        self.port = held.getsockname()[1]
        self._held = held

    async def _listen(self) -> None:
        self._server = await asyncio.start_server(self._arrived, self.host, self.port, limit=65_536)

    def _close_listener(self) -> None:
        server, self._server = self._server, None
        if server is not None:
            server.close()

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio complains of its own ones when they are cancelled.
        task = asyncio.create_task(self._serve(reader, writer), name="radio connection")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        found = self.model.open(self.now)
        self.counts[found.opening.value] += 1
        if found.opening is Opening.REFUSED:
            # It came in the moment between the event and the closing of the listener.
            _abort(writer)
            return
        pair = _Pair(self.model.connection(self.now), asyncio.current_task(), [writer])
        self._pairs.add(pair)
        whole = False
        try:
            if found.opening is Opening.VANISHED:
                await asyncio.Event().wait()
            await self.until(found.at)
            whole = await self._pass(pair, reader, writer)
        finally:
            self._pairs.discard(pair)
            for each in pair.writers:
                if whole:
                    each.close()
                else:
                    # One side broke off: the other is told in the same way.
                    _abort(each)

    async def _pass(
        self, pair: "_Pair", reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Pass everything both ways; whether it came to its end in good order."""
        try:
            answers, to = await asyncio.open_connection(
                *self._to, local_addr=(self._source, 0) if self._source else None
            )
        except OSError:
            self.counts["unreachable"] += 1
            return False
        pair.writers.append(to)
        streams = pair.connection.streams
        try:
            async with asyncio.TaskGroup() as both_ways:
                both_ways.create_task(pump(reader, to, streams[Direction.UP], self))
                both_ways.create_task(pump(answers, writer, streams[Direction.DOWN], self))
        except BaseExceptionGroup as broken:
            if broken.split(OSError)[1] is not None:
                raise
            return False
        return True

    def _reset(self, pair: "_Pair") -> None:
        if pair not in self._pairs:
            return
        self._pairs.discard(pair)
        self.counts["reset"] += 1
        for each in pair.writers:
            _abort(each)
        if pair.task is not None:
            pair.task.cancel()

    async def until(self, at: float) -> None:
        """Wait until a moment of the course."""
        await asyncio.sleep(max(0.0, (at - self.now) * self._scale))


@dataclass(eq=False)
class _Pair:
    """A connection of the phone, with the one to the provider that belongs to it."""

    connection: Connection
    task: asyncio.Task[Any] | None
    writers: list[asyncio.StreamWriter]


def _abort(writer: asyncio.StreamWriter) -> None:
    """Close with RST, as a connection ends whose phone is gone."""
    found = writer.get_extra_info("socket")
    if found is not None:
        with contextlib.suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    writer.transport.abort()
