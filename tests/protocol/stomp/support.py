"""Shared by the STOMP tests: one-call parsing, and a client and a server joined in memory."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from net119_protocol.stomp import (
    ClientEvent,
    ClientSession,
    Frame,
    FrameParser,
    HeartBeat,
    Limits,
    OwnQueues,
    Section,
    ServerEvent,
    ServerSession,
    StompProtocolError,
)

EventT = TypeVar("EventT")

CONNECT = b"CONNECT\naccept-version:1.2\nhost:aoba\n\n\0"


def parse(
    data: bytes,
    *,
    chunk: int | None = None,
    sender: Literal["client", "server"] | None = None,
    limits: Limits | None = None,
    strict: bool = False,
) -> tuple[list[Frame | HeartBeat], StompProtocolError | None]:
    """What a fresh parser makes of ``data``, fed at once or in pieces of ``chunk`` octets."""
    parser = FrameParser(limits, sender=sender, strict=strict)
    step = chunk or max(len(data), 1)
    for at in range(0, len(data), step):
        parser.receive_data(data[at : at + step])
    return parser.events(), parser.error


def frames(data: bytes, *, chunk: int | None = None) -> list[Frame]:
    """The frames in ``data``, which must be free of faults."""
    items, error = parse(data, chunk=chunk)
    assert error is None, error
    return [item for item in items if isinstance(item, Frame)]


def one_frame(data: bytes) -> Frame:
    """The only frame in ``data``."""
    (frame,) = frames(data)
    return frame


def fault(data: bytes, section: Section, *, strict: bool = False) -> StompProtocolError:
    """The fault in ``data``: the same section whether fed at once or octet by octet."""
    _, at_once = parse(data, strict=strict)
    _, by_octet = parse(data, chunk=1, strict=strict)
    assert at_once is not None, "no fault when fed at once"
    assert by_octet is not None, "no fault when fed octet by octet"
    assert at_once.section is section
    assert by_octet.section is section
    return at_once


@dataclass
class Pair:
    """A client session and a server session whose octets are carried by ``pump``.

    ``cut`` turns the octets of one direction into the pieces that arrive.
    """

    client: ClientSession = field(default_factory=ClientSession)
    server: ServerSession = field(
        default_factory=lambda: ServerSession(
            "midori", OwnQueues("aoba"), now=0.0, session_id="s1", max_unacked=3
        )
    )
    now: float = 0.0
    cut: Callable[[bytes], list[bytes]] = lambda data: [data]
    client_events: list[ClientEvent] = field(default_factory=list)
    server_events: list[ServerEvent] = field(default_factory=list)

    def pump(self) -> None:
        """Carry octets both ways until there are none; collect events."""
        moved = True
        while moved:
            moved = False
            for piece in self.cut(self.client.data_to_send(self.now)):
                moved = moved or bool(piece)
                self.server.receive_data(piece, self.now)
            for piece in self.cut(self.server.data_to_send(self.now)):
                moved = moved or bool(piece)
                self.client.receive_data(piece, self.now)
        self.client_events += self.client.events()
        self.server_events += self.server.events()

    def connected(self) -> "Pair":
        """Do the handshake."""
        self.client.connect("aoba", now=self.now)
        self.pump()
        self.client_events.clear()
        self.server_events.clear()
        return self

    def take_client(self, kind: type[EventT]) -> EventT:
        """Remove and return the oldest client event, which must be of ``kind``."""
        event = self.client_events.pop(0)
        assert isinstance(event, kind), event
        return event

    def take_server(self, kind: type[EventT]) -> EventT:
        """Remove and return the oldest server event, which must be of ``kind``."""
        event = self.server_events.pop(0)
        assert isinstance(event, kind), event
        return event


def open_server(**options: object) -> ServerSession:
    """A server session whose peer (operator midori) has connected, events and output drained."""
    options = {"now": 0.0, "session_id": "s1", **options}
    server = ServerSession("midori", OwnQueues("aoba"), **options)  # type: ignore[arg-type]  # a table of options
    server.receive_data(CONNECT, 0.0)
    server.events()
    server.data_to_send()
    return server


def open_client() -> ClientSession:
    """A client session that was accepted, events and output drained."""
    client = ClientSession()
    client.connect("aoba")
    client.receive_data(b"CONNECTED\nversion:1.2\n\n\0", 0.0)
    client.events()
    client.data_to_send()
    return client
