"""Stands between two providers at interface B, and writes down what they say to each other.

It listens where one of them looks for the other, and connects to the other from where that looks
for the first; so each sees the address and the certificate that it was told of. What comes is
passed on octet by octet.
"""

import asyncio
import socket
import ssl
import struct
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

from net119_protocol.interconnect.mapping import Chosen
from net119_protocol.stomp import Frame

from net119_simulators.peer.attempt import Attempt, Reached
from net119_simulators.peer.errors import CannotListen
from net119_simulators.peer.evidence import FrameTape
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap

NO_FRAME = "no frame: "
"""Begins what is written down of octets that are no frame."""
_OCTETS = 65_536
_MOST_ATTEMPTS = 200
_LINGER = struct.pack("ii", 1, 0)
"""A socket closed with this sends RST (socket(7)): the link is gone, nobody said good-bye."""


@dataclass(frozen=True)
class Bank:
    """One side of a crossing: a provider, as it is met there.

    ``name`` is its operator code. ``host`` and ``port``: where the crossing listens for the client,
    or where the server's endpoint is; ``tls`` the context for that side. For the server,
    ``tls_name`` is what its certificate must be for, and ``source`` the address from which the
    crossing connects.
    """

    name: str
    host: str
    port: int
    tls: ssl.SSLContext
    tls_name: str = ""
    source: str | None = None


class Crossing:
    """The way of one provider's client to another's endpoint, inside ``async with``.

    ``is_client`` tells whether an address is the client's; whoever else comes is turned away.
    ``wiretap`` gets every frame, with the names of the two.

    Raises:
        SafetyInterlock: the endpoint is neither on loopback nor declared to be a test system.
        CannotListen: on entering.
    """

    def __init__(
        self,
        client: Bank,
        server: Bank,
        *,
        is_client: Callable[[str], bool],
        wiretap: Wiretap,
        mapping: Chosen,
        declared_test_hosts: tuple[str, ...] = (),
    ) -> None:
        host = f"[{server.host}]" if ":" in server.host else server.host
        check_target(f"stomps://{host}:{server.port}", declared_test_hosts)
        self.client = client
        self.server = server
        self._is_client = is_client
        self._tape = FrameTape(Recorder(wiretap, Interface.B, client.name, server.name), mapping)
        self._watch = Watch()
        self._listener: asyncio.Server | None = None
        self._serving: set[asyncio.Task[None]] = set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._ready: set[int] = set()
        self._links: deque[Attempt] = deque(maxlen=_MOST_ATTEMPTS)
        self._last = "nothing has connected yet"
        self._held = False

    async def __aenter__(self) -> Self:
        await self.on()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.off()

    @property
    def port(self) -> int:
        """Where it listens for the client; of port 0, which one that is."""
        sockets = self._listener.sockets if self._listener is not None else ()
        return int(sockets[0].getsockname()[1]) if sockets else self.client.port

    @property
    def is_up(self) -> bool:
        """Whether the client has a session at the endpoint, and has subscribed there."""
        return bool(self._ready)

    @property
    def state(self) -> str:
        """What became of the client's connection, in words."""
        return "up" if self.is_up else self._last

    async def on(self) -> None:
        """Listen; raises CannotListen."""
        try:
            self._listener = await asyncio.start_server(
                self._arrived, self.client.host, self.client.port, ssl=self.client.tls
            )
        except OSError as problem:
            place = f"{self.client.host}:{self.client.port}"
            raise CannotListen(place, problem.strerror or str(problem)) from problem

    async def off(self) -> None:
        """Refuse new connections and cut those that are there."""
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        await self.cut()

    async def cut(self) -> None:
        """Cut every connection, as when the link breaks; the client may connect again."""
        for writer in tuple(self._writers):
            _reset(writer)
        for task in tuple(self._serving):
            task.cancel()
        await asyncio.gather(*self._serving, return_exceptions=True)

    def hold(self) -> None:
        """Let no frame through from now on, though connections stand; frames are lost.

        Heart-beats pass, so that neither side takes the connection for dead.
        """
        self._held = True

    async def release(self) -> None:
        """Cut what was held, and let everything through again."""
        if self._held:
            await self.cut()
            self._held = False

    @property
    def attempts(self) -> list[Reached]:
        """How far each connection of the client got since `forget`, or standing then."""
        return [link.reached for link in self._links]

    def forget(self) -> None:
        """Count `attempts` anew."""
        for link in tuple(self._links):
            if link.over:
                self._links.remove(link)

    async def unreachable(self, within: float) -> str:
        """Why nobody can connect to the endpoint with TLS; empty: it can be done."""
        try:
            async with asyncio.timeout(within):
                _, writer = await self._to_server()
        except (OSError, TimeoutError) as problem:
            return _why(problem)
        _reset(writer)
        return ""

    async def up(self, within: float) -> None:
        """Return once a session is up; raises Waited, which tells what became of it."""
        await self._watch.until(
            lambda: self.is_up or None,
            f"the session of {self.client.name} at {self.server.name}",
            within,
            lambda: self.state,
        )

    def _arrived(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        # A task of our own: asyncio complains of its own ones when they are cancelled.
        task = asyncio.create_task(self._serve(reader, writer), name="crossing")
        self._serving.add(task)
        task.add_done_callback(self._serving.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        source = str((writer.get_extra_info("peername") or ("",))[0])
        if not self._is_client(source):
            self._last = f"a connection came from {source}, which is not {self.client.name}"
            _reset(writer)
            return
        self._writers.add(writer)
        link = Attempt(self.server.name, self._record, self._broken)
        self._links.append(link)
        try:
            await self._pass(link, reader, writer)
        finally:
            self._ready.discard(id(link))
            self._writers.discard(writer)
            link.over = True
            _end(writer, whole=link.whole)
            self._watch.changed()

    async def _pass(
        self, link: Attempt, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        server = self.server
        try:
            there, to = await self._to_server()
        except OSError as problem:
            self._last = (
                f"{self.client.name} connects, but the endpoint of {server.name} at "
                f"{server.host}:{server.port} does not answer ({_why(problem)})"
            )
            return
        link.taken()
        self._writers.add(to)
        try:
            both = [
                asyncio.create_task(self._pump(link, reader, to, link.from_client)),
                asyncio.create_task(self._pump(link, there, writer, link.from_server)),
            ]
            try:
                await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
                link.ended(by_server=not both[0].done())
            finally:
                for task in both:
                    task.cancel()
                await asyncio.gather(*both, return_exceptions=True)
        finally:
            self._writers.discard(to)
            _end(to, whole=link.whole)
            if link.said_error:
                self._last = link.said_error
            elif not link.subscribed:
                self._last = f"{self.client.name} connected and did not subscribe"
            else:
                self._last = "the connection ended"

    async def _to_server(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        server = self.server
        return await asyncio.open_connection(
            server.host,
            server.port,
            ssl=server.tls,
            server_hostname=server.tls_name or server.host,
            local_addr=(server.source, 0) if server.source else None,
        )

    async def _pump(
        self,
        link: Attempt,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        seen: Callable[[bytes], Any],
    ) -> None:
        with suppress(OSError):
            while octets := await reader.read(_OCTETS):
                if self._held and octets.strip(b"\r\n"):
                    continue  # read all the same: the end of the connection is to be noticed
                seen(octets)
                if link.ready:
                    self._subscribed(link)
                writer.write(octets)
                await writer.drain()

    def _subscribed(self, link: Attempt) -> None:
        if id(link) not in self._ready:
            self._ready.add(id(link))
            self._watch.changed()

    def _record(self, frame: Frame, by_client: bool) -> None:
        self._tape("out" if by_client else "in", frame)

    def _broken(self, why: str, by_client: bool) -> None:
        self._tape.broken(f"{NO_FRAME}{why}", by_us=by_client)


def _why(problem: OSError | TimeoutError) -> str:
    return getattr(problem, "strerror", None) or str(problem) or type(problem).__name__


def _end(writer: asyncio.StreamWriter, *, whole: bool) -> None:
    if whole:
        writer.close()  # what is under way still arrives
    else:
        _reset(writer)


def _reset(writer: asyncio.StreamWriter) -> None:
    found = writer.get_extra_info("socket")
    if found is not None:
        with suppress(OSError):
            found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _LINGER)
    writer.transport.abort()
