"""A provider's service in memory, certificates, and a peer that writes frames by hand."""

import asyncio
import atexit
import functools
import shutil
import ssl
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast
from uuid import uuid4

import trustme
from net119_protocol.api.admin import PeerOperator
from net119_protocol.interconnect import callee_queue, caller_queue
from net119_protocol.stomp import Frame, FrameParser
from net119_reference.config import Config
from net119_reference.ports import Channel, Outgoing, PeerLinks, ProviderService, StorageFailed
from net119_reference.stomp_shell import Bounds, EndpointServer

WITHIN_S = 20.0
"""Deadline of everything that is waited for."""
QUICK = Bounds(linger_s=0.05, nack_pause_s=0.02)

CALLER = "/queue/midori.caller"
AOBA, MIDORI, AKANE, STRANGER = "127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.9"


@dataclass(frozen=True)
class Certificates:
    """Files of a throw-away CA, and of one certificate for all addresses of the tests."""

    ca: Path
    cert: Path
    key: Path


@functools.cache
def certificates() -> Certificates:
    folder = Path(tempfile.mkdtemp(prefix="net119-tls-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    ca = trustme.CA()
    leaf = ca.issue_cert("127.0.0.1", AOBA, MIDORI, AKANE, STRANGER)
    made = Certificates(folder / "ca.pem", folder / "cert.pem", folder / "key.pem")
    ca.cert_pem.write_to_path(made.ca)
    made.cert.write_bytes(b"".join(blob.bytes() for blob in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(made.key)
    return made


def config(operator: str, host: str, **more: Any) -> Config:
    """Settings with quick timers; ``stomp`` and ``timers`` in ``more`` are added to them."""
    files = certificates()
    stomp = {"host": host, "port": 0, "cert": files.cert, "key": files.key, "ca": files.ca}
    timers = {"heartbeat_s": 5.0, "t3_s": 15.0, "reconnect_s": 0.05, "stop_s": 5.0}
    return Config.model_validate(
        {
            "operator": operator,
            "stomp": stomp | more.pop("stomp", {}),
            "timers": timers | more.pop("timers", {}),
            **more,
        }
    )


def peer(operator: str, address: str, port: int = 61614, **more: Any) -> PeerOperator:
    return PeerOperator.model_validate(
        {"operator": operator, "address": address, "port": port, **more}
    )


class FakeService:
    """What the shells ask of a provider, in memory; every change can be waited for.

    ``fail`` holds what the next calls of ``receive`` do instead: an exception to raise, or None.
    """

    def __init__(self, operator: str, *peers: PeerOperator) -> None:
        self.operator = operator
        self.listed = list(peers)
        self.received: list[tuple[str, str, Channel]] = []
        self.fail: list[Exception | None] = []
        self.confirm_fails = 0
        self.gate = asyncio.Event()
        self.gate.set()
        self.receiving = 0
        self.stored: dict[int, Outgoing] = {}
        self.confirmations: list[int] = []
        self.sessions: list[tuple[str, Channel, bool]] = []
        self.refused: list[tuple[str, str, str, str]] = []
        self.heard = 0
        self.links: PeerLinks | None = None
        self._changed = asyncio.Condition()

    # --- for the tests --------------------------------------------------------------------

    def as_service(self) -> ProviderService:
        return cast(ProviderService, self)

    def queue(self, to: str, text: str, channel: Channel = Channel.QUEUE) -> int:
        number = max((*self.stored, *self.confirmations), default=0) + 1
        theirs = callee_queue if channel is Channel.CLIENT else caller_queue
        self.stored[number] = Outgoing(
            number, to, channel, theirs(to), uuid4(), "chat.message", text.encode()
        )
        if self.links is not None:
            self.links.wake(to, channel)
        return number

    def texts(self) -> list[str]:
        return [text for _, text, _ in self.received]

    def codes(self) -> list[str]:
        return [code for _, _, code, _ in self.refused]

    async def until(self, condition: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(WITHIN_S), self._changed:
                await self._changed.wait_for(condition)
        except TimeoutError:
            raise AssertionError(
                f"not within {WITHIN_S} s: received {self.received}, confirmed "
                f"{self.confirmations}, sessions {self.sessions}, refused {self.refused}"
            ) from None

    def _tell(self) -> None:
        async def notify() -> None:
            async with self._changed:
                self._changed.notify_all()

        self.telling = asyncio.ensure_future(notify())

    # --- for the shells -------------------------------------------------------------------

    def bind_links(self, links: PeerLinks) -> None:
        self.links = links

    def peers(self) -> Sequence[PeerOperator]:
        return self.listed

    async def receive(self, sender: str, payload: bytes, channel: Channel) -> None:
        self.receiving += 1
        self._tell()
        await self.gate.wait()
        await asyncio.sleep(0)
        failure = self.fail.pop(0) if self.fail else None
        if failure is not None:
            raise failure
        self.received.append((sender, payload.decode(), channel))
        self._tell()

    async def outgoing(
        self, peer: str, channel: Channel, after: int, limit: int
    ) -> Sequence[Outgoing]:
        await asyncio.sleep(0)
        found = (
            item
            for number, item in sorted(self.stored.items())
            if number > after and (item.peer, item.channel) == (peer, channel)
        )
        return [item for _, item in zip(range(limit), found, strict=False)]

    async def confirmed(self, numbers: Sequence[int]) -> None:
        await asyncio.sleep(0)
        if self.confirm_fails:
            self.confirm_fails -= 1
            raise StorageFailed("no space")
        for number in numbers:
            self.stored.pop(number)
            self.confirmations.append(number)
        self._tell()

    def peer_session(self, peer: str, channel: Channel, up: bool) -> None:
        self.sessions.append((peer, channel, up))
        self._tell()

    def peer_frame(self, peer: str) -> None:
        self.heard += 1
        self._tell()

    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        self.refused.append((interface, source, code, detail))
        self._tell()


class _Wakes:
    """The service's links, here only the endpoint."""

    def __init__(self, server: EndpointServer) -> None:
        self.server = server

    def wake(self, peer: str, channel: Channel) -> None:
        self.server.wake(peer)

    def operators_changed(self, peers: Sequence[PeerOperator]) -> None:
        self.server.operators_changed(peers)


def service() -> FakeService:
    """Provider aoba, which knows midori and akane."""
    return FakeService("aoba", peer("midori", MIDORI), peer("akane", AKANE))


@asynccontextmanager
async def endpoint(
    fake: FakeService, settings: Config | None = None, bounds: Bounds = QUICK
) -> AsyncIterator[int]:
    """An endpoint of aoba; gives its port."""
    server = EndpointServer(fake.as_service(), settings or config("aoba", AOBA), bounds)
    await server.start()
    fake.bind_links(_Wakes(server))
    try:
        yield server.port
    finally:
        await server.stop()


class HandPeer:
    """A client that writes what it is told, octet by octet, and reads frames."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._parser = FrameParser(sender="server")
        self._frames: list[Frame] = []

    async def write(self, data: bytes | Frame) -> None:
        self.writer.write(data.encode() if isinstance(data, Frame) else data)
        await self.writer.drain()

    async def read(self) -> Frame:
        """The next frame; EOFError at the end of the connection."""
        async with asyncio.timeout(WITHIN_S):
            while not self._frames:
                data = await self.reader.read(65536)
                if not data:
                    raise EOFError("the endpoint closed the connection")
                self._parser.receive_data(data)
                assert self._parser.error is None
                self._frames += [each for each in self._parser.events() if isinstance(each, Frame)]
        return self._frames.pop(0)

    async def expect(self, command: str) -> Frame:
        frame = await self.read()
        assert frame.command == command, frame
        return frame

    async def ended(self) -> None:
        """Nothing more comes: the endpoint closes."""
        try:
            frame = await self.read()
        except (EOFError, ConnectionError, ssl.SSLError):
            return
        raise AssertionError(f"a frame instead of the end: {frame}")

    async def connect(self, **headers: str) -> Frame:
        await self.write(Frame("CONNECT", {"accept-version": "1.2", "host": "aoba"} | headers))
        return await self.expect("CONNECTED")

    async def subscribe(self, destination: str, name: str = "0", ack: str = "") -> None:
        headers = {"id": name, "destination": destination, "ack": ack or "client-individual"}
        await self.write(Frame("SUBSCRIBE", headers | {"receipt": f"sub-{name}"}))
        receipt = await self.expect("RECEIPT")
        assert receipt.get("receipt-id") == f"sub-{name}"

    async def ack(self, message: Frame, verb: str = "ACK") -> None:
        await self.write(Frame(verb, {"id": message.headers["ack"]}))

    def abort(self) -> None:
        self.writer.transport.abort()


def send(text: str, receipt: str | None = None, to: str = "/queue/aoba.callee") -> Frame:
    headers = {"destination": to, "content-type": "application/json;charset=utf-8"}
    return Frame("SEND", headers | ({"receipt": receipt} if receipt else {}), text.encode())


@asynccontextmanager
async def hand_peer(port: int, source: str = MIDORI, host: str = AOBA) -> AsyncIterator[HandPeer]:
    """A TLS connection from ``source`` to the endpoint at ``host``."""
    context = ssl.create_default_context(cafile=str(certificates().ca))
    async with asyncio.timeout(WITHIN_S):
        reader, writer = await asyncio.open_connection(
            host,
            port,
            ssl=context,
            local_addr=(source, 0),
            ssl_shutdown_timeout=1.0,
        )
    try:
        yield HandPeer(reader, writer)
    finally:
        writer.transport.abort()
        await asyncio.gather(writer.wait_closed(), return_exceptions=True)


def open_descriptors() -> set[str]:
    """Sockets of this process."""
    found = set()
    for entry in Path("/proc/self/fd").iterdir():
        try:
            target = str(entry.readlink())
        except OSError:
            continue
        if target.startswith("socket:"):
            found.add(target)
    return found
