"""A bare STOMP connection to the SUT's endpoint, on which anything can be sent."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable, Collection, Mapping
from types import TracebackType
from typing import Self, cast

from net119_protocol.interconnect import callee_queue
from net119_protocol.interconnect.mapping import Chosen, load_mapping
from net119_protocol.stomp import Frame, FrameParser, HeartBeat, Limits

from net119_simulators.errors import NotConnected, Unreachable
from net119_simulators.peer.errors import ConnectionEnded
from net119_simulators.peer.evidence import FrameTape, frame_label
from net119_simulators.peer.speaker import check_not_live
from net119_simulators.peer.specs import SutEndpoint
from net119_simulators.recorder import Recorder
from net119_simulators.waiting import Watch
from net119_simulators.wiretap import Interface, Wiretap

CONNECT_S = 10.0


class RawSession(asyncio.Protocol):
    """Connects over TLS on entering ``async with``, and says nothing by itself.

    ``source`` is the address it connects from; ``me`` its name in the evidence.  ``frames`` are all
    frames that came, ``unreadable`` says what was wrong with octets that are no frame.

    Raises:
        SafetyInterlock: the SUT is neither on loopback nor declared to be a test system.
        Unreachable: on entering; the connection or the TLS handshake failed.
    """

    def __init__(
        self,
        sut: SutEndpoint,
        tls: ssl.SSLContext,
        *,
        source: str,
        me: str = "raw client",
        wiretap: Wiretap | None = None,
        declared_test_hosts: Collection[str] = (),
        mapping: Chosen | None = None,
    ) -> None:
        sut.check_safe(declared_test_hosts)
        self._mapping = mapping or load_mapping()
        self.frames: list[Frame] = []
        self.unreadable: str | None = None
        self.heart_beats = 0
        self.is_closed = False
        self._sut = sut
        self._tls = tls
        self._source = source
        self._tape = FrameTape(Recorder(wiretap, Interface.B, me, sut.operator), self._mapping)
        self._parser = FrameParser(Limits(max_body=1024 * 1024), sender="server")
        self._watch = Watch()
        self._expected: set[int] = set()  # places in frames
        self._transport: asyncio.Transport | None = None
        self._lost = asyncio.Event()

    async def __aenter__(self) -> Self:
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().create_connection(
                    lambda: self,
                    self._sut.host,
                    self._sut.port,
                    ssl=self._tls,
                    server_hostname=self._sut.tls_name,
                    local_addr=(self._source, 0),
                    ssl_shutdown_timeout=1.0,
                )
        except (OSError, TimeoutError) as failure:
            why = str(failure) or type(failure).__name__
            raise Unreachable(f"no connection from {self._source}: {why}", self._sut.url) from None
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._transport is not None:
            self._transport.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await self._lost.wait()

    # --- sending ------------------------------------------------------------------------------

    async def connect(
        self, headers: Mapping[str, str] | None = None, *, within: float = 5.0
    ) -> Frame:
        """Send CONNECT without heart-beats; returns CONNECTED; raises as ``expect``."""
        defaults = {"accept-version": "1.2", "host": self._sut.operator, "heart-beat": "0,0"}
        self.send(Frame("CONNECT", defaults | dict(headers or {})))
        return await self.expect("CONNECTED", within=within)

    def send(self, frame: Frame) -> None:
        """Send a frame; raises FrameEncodeError for one that STOMP cannot write."""
        if frame.body:
            check_not_live(self._sut, frame.body, self._mapping)
        self._write(frame.encode())
        self._tape("out", frame)

    def send_message(
        self,
        body: bytes,
        destination: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        """SEND a body, to the SUT's callee queue unless said otherwise."""
        to = destination or callee_queue(self._sut.operator)
        self.send(Frame("SEND", {"destination": to, **(headers or {})}, body))

    def send_octets(self, octets: bytes) -> None:
        """Send any octets, a frame or not."""
        if b"SEND" in octets:
            # What a message in it says is not known, so it counts as live unless the form is ours.
            check_not_live(self._sut, octets, self._mapping)
        self._write(octets)
        self._tape.recorder.sent(f"{len(octets)} octets", octets)

    # --- receiving ----------------------------------------------------------------------------

    async def expect(
        self,
        command: str,
        within: float = 5.0,
        where: Callable[[Frame], bool] | None = None,
    ) -> Frame:
        """The next frame of this command that fits and was not expected before.

        Raises:
            ConnectionEnded: the SUT closed the connection before.
            Waited: it did not come in time.
        """
        what = f"{command} of {self._sut.url}"

        def look() -> Frame | None:
            for place, frame in enumerate(self.frames):
                fits = frame.command == command and (where is None or where(frame))
                if fits and place not in self._expected:
                    self._expected.add(place)
                    return frame
            if self.is_closed:
                raise ConnectionEnded(what, self._seen())
            return None

        return await self._watch.until(look, what, within, self._seen)

    async def beats(self, count: int, within: float = 5.0) -> None:
        """Return once this many heart-beats came since the start; raises Waited."""
        await self._watch.until(
            lambda: self.heart_beats >= count or None,
            f"{count} heart-beats of {self._sut.url}",
            within,
            lambda: f"{self.heart_beats} heart-beats; {self._seen()}",
        )

    async def closed(self, within: float = 5.0) -> None:
        """Return once the SUT has closed the connection; raises Waited."""
        await self._watch.until(
            lambda: self.is_closed or None, f"the end of {self._sut.url}", within, self._seen
        )

    # --- for asyncio --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = cast(asyncio.Transport, transport)

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        known = self._parser.error
        self._parser.receive_data(data)
        for item in self._parser.events():
            if isinstance(item, HeartBeat):
                self.heart_beats += item.count
            else:
                self.frames.append(item)
                self._tape("in", item)
        if self._parser.error is not known:
            self.unreadable = str(self._parser.error)
            self._tape.recorder.received(f"no frame: {self.unreadable}", data)
        self._watch.changed()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = None
        self.is_closed = True
        self._lost.set()
        self._tape.recorder.received("connection closed", str(exc or ""))
        self._watch.changed()

    def _write(self, octets: bytes) -> None:
        check_not_live(self._sut, octets, load_mapping())
        if self._transport is None or self._transport.is_closing():
            raise NotConnected(self._sut.url, "the connection is closed")
        self._transport.write(octets)

    def _seen(self) -> str:
        came = ", ".join(frame_label(frame, self._mapping) for frame in self.frames) or "no frame"
        wrong = f", then octets that are no frame: {self.unreadable}" if self.unreadable else ""
        return f"{came}{wrong}; the connection is {'closed' if self.is_closed else 'open'}"
