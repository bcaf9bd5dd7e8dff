"""The two sessions with each peer: our endpoint, to which it connects, and our client at its own.

What is to be sent waits here, in order, until the other side has confirmed it (ACK or RECEIPT),
over any number of connections.
"""

import asyncio
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from tests.minimal_provider.contract import Json, written
from tests.minimal_provider.stomp import BadFrame, Frame, Stream, beats

AGAIN_S = 0.3
"""Pause before a connection that failed is tried again, and before a NACKed message comes again."""
HELLO_S = 5.0
"""For the first frame of a connection."""
_receipts = count(1)


@dataclass(frozen=True)
class Peer:
    """Another provider: its operator code, its address, and where its endpoint listens."""

    operator: str
    address: str
    port: int


@dataclass
class Waiting:
    """A message that the other side has not confirmed yet."""

    key: str
    message: Json
    sent_on: object = None


@dataclass
class Settings:
    """What the links need: our operator code, our address, the pace, and TLS in both roles."""

    me: str
    address: str
    port: int
    heartbeat_s: float
    t3_s: float
    server: ssl.SSLContext
    client: ssl.SSLContext

    @property
    def pace(self) -> tuple[int, int]:
        """Heart-beats that we offer and want, milliseconds."""
        every = int(self.heartbeat_s * 1000)
        return every, every


@dataclass
class Outbox:
    """What waits for one queue of one peer."""

    waiting: list[Waiting] = field(default_factory=list)

    def put(self, message: Json) -> Waiting:
        """One more."""
        made = Waiting(f"m{next(_receipts)}", message)
        self.waiting.append(made)
        return made

    def confirmed(self, key: str) -> None:
        """The other side has it."""
        self.waiting = [each for each in self.waiting if each.key != key]


@dataclass(frozen=True)
class Subscription:
    """A peer's subscription to its own queue; ``auto``: it acknowledges nothing."""

    stream: Stream
    id: str
    auto: bool


OnBytes = Callable[[str, str, bytes], None]
"""Takes what a peer sent: its operator code, the queue it came by, and the bytes."""


class Client:
    """Our session at one peer's endpoint, kept up until `stop`."""

    def __init__(
        self,
        peer: Peer,
        settings: Settings,
        on_bytes: OnBytes,
        on_up: Callable[[str], None],
        on_refused: Callable[[str, str, str], None],
    ) -> None:
        self.peer = peer
        self.outbox = Outbox()
        self._settings = settings
        self._on_bytes = on_bytes
        self._on_up = on_up
        self._on_refused = on_refused
        self.broken_since: float | None = None
        """Since when nothing came from the peer but frames that cannot be read (monotonic)."""
        self._stream: Stream | None = None
        self._task = asyncio.create_task(self._stay())

    def age(self) -> float | None:
        """Seconds since the peer's last byte; None while the session is down."""
        return None if self._stream is None else time.monotonic() - self._stream.heard

    def send(self, message: Json) -> None:
        """Send to the peer's callee queue, now or when the session is up."""
        self._write(self.outbox.put(message))

    async def stop(self) -> None:
        """Give the session up."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    def _write(self, waiting: Waiting) -> None:
        if self._stream is None:
            return
        waiting.sent_on = self._stream
        headers = {
            "destination": f"/queue/{self.peer.operator}.callee",
            "receipt": waiting.key,
            "content-type": "application/json",
            "net119-type": str(waiting.message["type"]),
        }
        self._stream.send(Frame("SEND", headers, written(waiting.message)))

    async def _stay(self) -> None:
        while True:
            try:
                with suppress(OSError, TimeoutError):
                    await self._session()
            except BadFrame as wrong:
                self.broken_since = self.broken_since or time.monotonic()
                self._on_refused(self.peer.operator, "bad-frame", str(wrong))
            await asyncio.sleep(AGAIN_S)

    async def _session(self) -> None:
        me, peer = self._settings.me, self.peer
        async with asyncio.timeout(HELLO_S):
            reader, writer = await asyncio.open_connection(
                peer.address,
                peer.port,
                ssl=self._settings.client,
                server_hostname=peer.address,
                local_addr=(self._settings.address, 0),
            )
        stream = Stream(reader, writer)
        try:
            every, want = self._settings.pace
            hello = {
                "accept-version": "1.2",
                "host": peer.operator,
                "heart-beat": f"{every},{want}",
            }
            stream.send(Frame("CONNECT", hello))
            answer = await stream.next(HELLO_S)
            if answer is None or answer.command != "CONNECTED":
                return
            send, expected = beats(self._settings.pace, answer.headers.get("heart-beat", "0,0"))
            stream.beat(send)
            mine = f"/queue/{me}.caller"
            stream.send(
                Frame("SUBSCRIBE", {"id": "0", "destination": mine, "ack": "client-individual"})
            )
            self._stream = stream
            self._on_up(peer.operator)
            for waiting in self.outbox.waiting:
                if waiting.sent_on is not stream:
                    self._write(waiting)
            await self._read(stream, self._settings.t3_s if expected else None)
        finally:
            self._stream = None
            await stream.close()

    async def _read(self, stream: Stream, silence_s: float | None) -> None:
        while (frame := await stream.next(silence_s)) is not None:
            if frame.command == "RECEIPT":
                self.outbox.confirmed(frame.headers.get("receipt-id", ""))
            elif frame.command == "MESSAGE":
                self.broken_since = None
                if frame.headers.get("net119-sender") == self.peer.operator:
                    self._on_bytes(self.peer.operator, "caller", frame.body)
                stream.send(Frame("ACK", {"id": frame.headers.get("ack", "")}))
            else:
                return


class Endpoint:
    """Our own endpoint: peers are known by their address, and use their own queues only."""

    def __init__(
        self,
        settings: Settings,
        peers: Callable[[], dict[str, Peer]],
        on_bytes: OnBytes,
        on_up: Callable[[str], None],
        on_refused: Callable[[str, str, str], None],
    ) -> None:
        self._settings = settings
        self._peers = peers
        self._on_bytes = on_bytes
        self._on_up = on_up
        self._on_refused = on_refused
        self._outboxes: dict[str, Outbox] = {}
        self._subscribed: dict[str, list[Subscription]] = {}
        self._sessions: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(
            self._accept,
            self._settings.address,
            self._settings.port,
            ssl=self._settings.server,
            ssl_handshake_timeout=HELLO_S,
        )

    async def stop(self) -> None:
        """Stop listening, and end all sessions."""
        if self._server is not None:
            self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)

    def send(self, operator: str, message: Json) -> None:
        """Send to the peer's caller queue, now or when it subscribes."""
        outbox = self._outboxes.setdefault(operator, Outbox())
        waiting = outbox.put(message)
        self._deliver(operator, waiting)

    def _deliver(self, operator: str, waiting: Waiting) -> None:
        """To the oldest subscription; the others get it only if that one ends without an ACK."""
        if not self._subscribed.get(operator):
            return
        to = self._subscribed[operator][0]
        waiting.sent_on = to.stream
        headers = {
            "subscription": to.id,
            "message-id": waiting.key,
            "ack": waiting.key,
            "destination": f"/queue/{operator}.caller",
            "content-type": "application/json",
            "net119-sender": self._settings.me,
            "net119-type": str(waiting.message["type"]),
        }
        to.stream.send(Frame("MESSAGE", headers, written(waiting.message)))
        if to.auto:
            self._outboxes[operator].confirmed(waiting.key)

    def _ended(self, stream: Stream) -> None:
        """Give what this connection has not acknowledged to one that is left."""
        for operator, subscriptions in self._subscribed.items():
            left = [each for each in subscriptions if each.stream is not stream]
            self._subscribed[operator] = left
            for waiting in list(self._outboxes.setdefault(operator, Outbox()).waiting):
                if waiting.sent_on is stream:
                    self._deliver(operator, waiting)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._sessions.add(task)
        stream = Stream(reader, writer)
        source = stream.address
        try:
            await self._serve(stream)
        except BadFrame as wrong:
            self._on_refused(source, "bad-frame", str(wrong))
            stream.send(Frame("ERROR", {"message": "bad frame"}, str(wrong).encode()))
        except _Refuse as wrong:
            self._on_refused(source, wrong.code, wrong.detail)
            headers = {"message": wrong.detail}
            if wrong.receipt:
                headers["receipt-id"] = wrong.receipt
            stream.send(Frame("ERROR", headers, wrong.detail.encode()))
        except TimeoutError:
            self._on_refused(source, "silent", f"nothing came for {self._settings.t3_s:g} s")
        finally:
            self._sessions.discard(task)
            self._ended(stream)
            await stream.close()

    async def _serve(self, stream: Stream) -> None:
        known = {peer.address: peer.operator for peer in self._peers().values()}
        operator = known.get(stream.address)
        if operator is None:
            raise _Refuse("unknown-address", f"{stream.address} is the address of no operator")
        hello = await stream.next(HELLO_S)
        if hello is None:
            return
        if hello.command not in ("CONNECT", "STOMP"):
            raise _Refuse("not-connected", "the first frame must be CONNECT")
        if "1.2" not in hello.headers.get("accept-version", "").split(","):
            raise _Refuse("version", "only STOMP 1.2 is spoken here")
        send, expected = beats(self._settings.pace, hello.headers.get("heart-beat", "0,0"))
        every, want = self._settings.pace
        headers = {"version": "1.2", "heart-beat": f"{every},{want}"}
        stream.send(Frame("CONNECTED", headers))
        stream.beat(send)
        silence_s = self._settings.t3_s if expected else None
        while (frame := await stream.next(silence_s)) is not None:
            if frame.command == "DISCONNECT":
                self._receipt(stream, frame)
                return
            self._frame(stream, operator, frame)
            await stream.sent()

    def _frame(self, stream: Stream, operator: str, frame: Frame) -> None:
        receipt = frame.headers.get("receipt", "")
        if frame.command in ("BEGIN", "COMMIT", "ABORT") or "transaction" in frame.headers:
            raise _Refuse("transaction", "transactions are not used here", receipt)
        if frame.command == "SEND":
            wanted = f"/queue/{self._settings.me}.callee"
            if frame.headers.get("destination") != wanted:
                raise _Refuse("destination", f"send to {wanted} only", receipt)
            self._on_bytes(operator, "callee", frame.body)
        elif frame.command == "SUBSCRIBE":
            self._subscribe(stream, operator, frame, receipt)
        elif frame.command == "UNSUBSCRIBE":
            kept = [each for each in self._subscribed[operator] if each.stream is not stream]
            self._subscribed[operator] = kept
        elif frame.command == "ACK":
            self._outboxes.setdefault(operator, Outbox()).confirmed(frame.headers.get("id", ""))
        elif frame.command == "NACK":
            asyncio.get_running_loop().call_later(AGAIN_S, self._again, operator, frame.headers)
        else:
            raise _Refuse("unexpected-frame", f"{frame.command} is not for a client", receipt)
        self._receipt(stream, frame)
        if frame.command == "SUBSCRIBE":
            self._on_up(operator)
            live = [each.stream for each in self._subscribed[operator]]
            for waiting in list(self._outboxes.setdefault(operator, Outbox()).waiting):
                if waiting.sent_on not in live:
                    self._deliver(operator, waiting)

    def _subscribe(self, stream: Stream, operator: str, frame: Frame, receipt: str) -> None:
        own = f"/queue/{operator}.caller"
        if frame.headers.get("destination") != own:
            raise _Refuse("destination", f"subscribe to {own} only", receipt)
        if "id" not in frame.headers:
            raise _Refuse("subscription", "a subscription needs an id", receipt)
        auto = frame.headers.get("ack", "auto") == "auto"
        made = Subscription(stream, frame.headers["id"], auto)
        self._subscribed.setdefault(operator, []).append(made)

    def _again(self, operator: str, headers: dict[str, str]) -> None:
        for waiting in self._outboxes.setdefault(operator, Outbox()).waiting:
            if waiting.key == headers.get("id"):
                self._deliver(operator, waiting)

    @staticmethod
    def _receipt(stream: Stream, frame: Frame) -> None:
        if "receipt" in frame.headers:
            stream.send(Frame("RECEIPT", {"receipt-id": frame.headers["receipt"]}))


class _Refuse(Exception):
    """A frame that ends the connection with ERROR."""

    def __init__(self, code: str, detail: str, receipt: str = "") -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.receipt = receipt


def contexts(folder: Path, stem: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """TLS 1.2 or later in both roles; ``folder`` has ca.pem, and our STEM.pem and STEM.key."""
    own = folder / f"{stem}.pem", folder / f"{stem}.key"
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_2
    server.load_cert_chain(*own)
    client = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    client.minimum_version = ssl.TLSVersion.TLSv1_2
    client.load_cert_chain(*own)
    return server, client
