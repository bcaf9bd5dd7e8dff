"""The short way of WebSocket frames: whatever way the stream is cut, the messages are the same."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
import uvicorn
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.api.common import AckFrame, LineFrame
from net119_protocol.chat import ChatLine
from net119_protocol.codes import SenderRole
from net119_protocol.model import WireModel
from net119_reference.connected import ShownLine
from net119_reference.direct_socket import DirectSocket
from net119_reference.web.encoding import Encoder
from net119_reference.web.wire import text_frame, wire_of
from uvicorn.server import ServerState
from websockets.frames import Frame, Opcode

LIMIT = 100_000
HANDSHAKE = (
    b"GET /chat HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)
BINARY = b"\x00binary"


class Transport(asyncio.Transport):
    """Keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written = b""
        self.closing = False
        self.reading = True
        self.aborted = asyncio.Event()

    def write(self, data: Any) -> None:
        self.written += data

    def close(self) -> None:
        self.closing = True

    def abort(self) -> None:
        self.closing = True
        self.aborted.set()

    def is_closing(self) -> bool:
        return self.closing

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True


class Messages:
    """A reader that keeps everything, and holds back each time after ``hold_after`` messages."""

    def __init__(self, socket: DirectSocket, hold_after: int = 0) -> None:
        self.seen: list[bytes] = []
        self.codes: list[int] = []
        self._socket = socket
        self._hold_after = hold_after

    def text(self, data: bytes) -> None:
        self.seen.append(data)
        if self._hold_after and len(self.seen) % self._hold_after == 0:
            self._socket.hold()

    def binary(self) -> None:
        self.seen.append(BINARY)

    def gone(self, code: int) -> None:
        self.codes.append(code)

    def writable(self, now: bool) -> None:
        """Not of interest here."""


async def opened(early: bytes = b"", hold_after: int = 0) -> tuple[DirectSocket, Messages]:
    """A connection that the application has accepted; ``early`` came before that."""
    ready: asyncio.Future[Messages] = asyncio.get_running_loop().create_future()

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        await send({"type": "websocket.accept"})
        messages = Messages(socket, hold_after)
        wire_of(scope).begin(messages)
        ready.set_result(messages)
        await asyncio.Event().wait()

    config = uvicorn.Config(app, ws_max_size=LIMIT, ws_per_message_deflate=False, log_config=None)
    config.load()
    socket = DirectSocket(config=config, server_state=ServerState(), app_state={})
    socket.connection_made(Transport())
    socket.data_received(HANDSHAKE)
    if early:
        socket.data_received(early)
    return socket, await ready


def masked(opcode: Opcode, data: bytes, *, fin: bool = True) -> bytes:
    return Frame(opcode, data, fin=fin).serialize(mask=True)


def as_frames(messages: list[bytes]) -> bytes:
    """The messages on the wire; every third in fragments with a ping among them."""
    out = b""
    for number, data in enumerate(messages):
        if data is BINARY:
            out += masked(Opcode.BINARY, data)
        elif number % 3 == 2:
            half = len(data) // 2
            out += masked(Opcode.TEXT, data[:half], fin=False) + masked(Opcode.PING, b"?")
            out += masked(Opcode.CONT, data[half:])
        else:
            out += masked(Opcode.TEXT, data)
    return out


def test_a_peer_that_does_not_answer_our_closing_is_cut_off() -> None:
    """Closing would wait for it to read, and TLS for its reply."""

    async def work() -> None:
        socket, _ = await opened()
        socket.close_timeout = 0.0
        socket.close(1000, "")
        transport: Any = socket.transport
        async with asyncio.timeout(5):
            await transport.aborted.wait()

    asyncio.run(work())


TEXT = st.binary(max_size=200) | st.sampled_from([b"x" * 126, b"x" * 65_535, b"x" * 65_536])


@settings(max_examples=40)
@given(
    st.lists(TEXT | st.just(BINARY), max_size=8),
    st.lists(st.integers(1, 300), min_size=1, max_size=20),
    st.booleans(),
    st.integers(0, 3),
)
def test_messages_are_the_same_however_they_are_cut(
    messages: list[bytes], cuts: list[int], early: bool, hold_after: int
) -> None:
    stream = as_frames(messages)

    async def run() -> list[bytes]:
        first = cuts[0] if early else 0
        socket, seen = await opened(stream[:first], hold_after)
        at, turn = first, 0
        while at < len(stream):
            size = cuts[turn % len(cuts)] * (1 if len(stream) < 10_000 else 50)
            socket.data_received(stream[at : at + size])
            at, turn = at + size, turn + 1
            socket.go_on()
        while len(seen.seen) < len(messages):
            before = len(seen.seen)
            socket.go_on()
            assert len(seen.seen) > before, "nothing more comes"
        return seen.seen

    assert asyncio.run(run()) == messages


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (Frame(Opcode.TEXT, b"not masked").serialize(mask=False), 1002),
        (b"\xc1" + masked(Opcode.TEXT, b"reserved bit")[1:], 1002),
        (masked(Opcode.TEXT, b"a", fin=False) + masked(Opcode.TEXT, b"b"), 1002),
        (masked(Opcode.TEXT, b"x" * (LIMIT + 1))[:14], 1009),
        (masked(Opcode.CLOSE, b"\x0f\xa1"), 4001),
    ],
    ids=["unmasked", "reserved bit", "text among fragments", "too large", "closed by the client"],
)
def test_what_breaks_the_protocol_ends_the_connection(sent: bytes, code: int) -> None:
    async def run() -> None:
        socket, seen = await opened()
        socket.data_received(masked(Opcode.TEXT, b"before") + sent)
        socket.data_received(masked(Opcode.TEXT, b"after"))
        assert (seen.seen, set(seen.codes)) == ([b"before"], {code})
        assert socket.transport.is_closing()

    asyncio.run(run())


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_a_frame_of_ours_is_as_the_library_writes_it(size: int) -> None:
    payload = b"x" * size
    assert text_frame(payload) == Frame(Opcode.TEXT, payload).serialize(mask=False)


def test_lines_and_acknowledgements_are_written_as_their_models_are() -> None:
    call_id = UUID(int=7)
    line = ChatLine.model_validate(
        {"seq": 3, "clientId": 'a"\\', "sender": SenderRole.CALLER, "text": "𠮷\n",
         "at": "2026-04-01T00:00:00.250Z"}
    )  # fmt: skip
    ack = AckFrame(call_id=call_id, client_id='a"\\', seq=3, at=line.at)
    encoder = Encoder()

    def plain(model: WireModel) -> bytes:
        return text_frame(model.model_dump_json(by_alias=True, exclude_none=True).encode())

    wanted = plain(LineFrame(call_id=call_id, line=line))
    assert [encoder.frame(ShownLine(call_id, line)) for _ in range(2)] == [wanted] * 2
    assert encoder.frame(ack) == plain(ack)
