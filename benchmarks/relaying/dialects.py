"""What the servers of a run speak: how a connection enters, and what a frame that comes means.

All carry the same lines: an acknowledgement to the writer, the line to the other side.
"""

import asyncio
from collections.abc import Sequence
from typing import Protocol

from picows import WSFrame, WSListener, WSMsgType, WSTransport

from benchmarks.relaying.seats import NAME, Step

_OURS = b"bench-"
_TEXT = "救急車をお願いします。二階の寝室にいます。"


class Takes(Protocol):
    """What is told of the lines that come."""

    def acked(self, number: int, line: int) -> None:
        """The server has a line."""

    def shown(self, number: int, line: int, *, own: bool) -> None:
        """A line came to the other side, or back to its writer."""

    def fail(self, why: str) -> None:
        """Something came that must not."""


def say_frame(call_id: str) -> str:
    """How a line is written in the handset and console API; the body of all other dialects, too."""
    return f'{{"type":"say","callId":"{call_id}","text":"{_TEXT}","clientId":"{NAME}"}}'


class End(WSListener):
    """A connection: of a handset (side 0) with its call, or of a console (side 1) with many."""

    def __init__(self, load: Takes, side: int, enters: Sequence[Step]) -> None:
        super().__init__()
        self._load = load
        self._side = side
        self._enters = [(sent.encode(), awaited.encode()) for sent, awaited in enters]
        self.transport: WSTransport
        self.entered: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def on_ws_connected(self, transport: WSTransport) -> None:
        """Begin to enter."""
        self.transport = transport
        transport.send(WSMsgType.TEXT, self._enters[0][0])

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        """Go on entering, or take what the server sends."""
        if frame.msg_type != WSMsgType.TEXT:
            if frame.msg_type == WSMsgType.CLOSE:
                self._load.fail(f"closed: {frame.get_close_code()} {frame.get_close_message()!r}")
            elif frame.msg_type == WSMsgType.BINARY:
                self._load.fail("a binary frame")
            return
        data = frame.get_payload_as_bytes()
        if self._enters:
            if self._enters[0][1] in data:
                self._next_step()
            elif self.refused(data):
                self._load.fail(f"not let in: {data.decode()}")
            return
        self.take(data)

    def _next_step(self) -> None:
        del self._enters[0]
        if self._enters:
            self.transport.send(WSMsgType.TEXT, self._enters[0][0])
        elif not self.entered.done():
            self.entered.set_result(None)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        """Nobody is to leave before the end."""
        self._load.fail("disconnected")

    def refused(self, data: bytes) -> bool:
        """Whether the server says no."""
        raise NotImplementedError

    def take(self, data: bytes) -> None:
        """Tell the load what came."""
        raise NotImplementedError

    def _acked(self, name: tuple[int, int] | None, data: bytes) -> None:
        if name is None:
            self._load.fail(f"acknowledged what nobody wrote: {data.decode()}")
        else:
            self._load.acked(*name)

    def _shown(self, name: tuple[int, int]) -> None:
        self._load.shown(*name, own=name[0] % 2 == self._side)


class Net119(End):
    """The handset and console API, as the provider and the bare relays speak it."""

    def refused(self, data: bytes) -> bool:
        """A `refused` frame."""
        return data.startswith(b'{"type":"ref')

    def take(self, data: bytes) -> None:
        """`ack` and `line` frames."""
        kind = data[9:12]
        if kind == b"ack":
            self._acked(_name_after(data, b'"clientId":"', b'"'), data)
        elif kind == b"lin":
            # The machine's own lines, at the beginning of a call, are named otherwise.
            name = _name_after(data, b'"clientId":"', b'"')
            if name is not None:
                self._shown(name)
        elif kind == b"ref":
            self._load.fail(data.decode())


class Stomp(End):
    """STOMP 1.2: a line is a SEND with a receipt; the RECEIPT acknowledges it."""

    def refused(self, data: bytes) -> bool:
        """An ERROR frame."""
        return data.startswith(b"ERROR")

    def take(self, data: bytes) -> None:
        """RECEIPT and MESSAGE frames."""
        if data.startswith(b"RECEIPT"):
            self._acked(_name_after(data, b"receipt-id:", b"\n"), data)
        elif data.startswith(b"MESSAGE"):
            name = _name_after(data, b'"clientId":"', b'"')
            if name is None:
                self._load.fail(f"a line that nobody wrote: {data.decode()}")
            else:
                self._shown(name)
        elif data.strip():
            self._load.fail(data.decode())


class Xmpp(End):
    """XMPP, a room for each call: a line that comes back from the room is acknowledged."""

    def refused(self, data: bytes) -> bool:
        """Any error or failure."""
        return b"type='error'" in data or b"<failure" in data or b"<stream:error" in data

    def take(self, data: bytes) -> None:
        """Messages of rooms; presences of others are none of ours."""
        if data.startswith(b"<presence"):
            return
        head = data[: data.index(b">")]
        if not head.startswith(b"<message") or b"type='groupchat'" not in head:
            self._load.fail(data.decode())
            return
        name = _name_after(head, b" id='", b"'")
        if name is None:
            # A room's subject, which it tells everybody who comes.
            if b"<body>" in data:
                self._load.fail(f"a line that nobody wrote: {data.decode()}")
            return
        if b"<stanza-id " not in data:
            self._load.fail(f"a line that the archive does not name: {data.decode()}")
            return
        if name[0] % 2 == self._side:
            self._load.acked(*name)
        self._shown(name)


DIALECTS: dict[str, type[End]] = {"net119": Net119, "stomp": Stomp, "xmpp": Xmpp}


def _name_after(data: bytes, before: bytes, after: bytes) -> tuple[int, int] | None:
    """The speaker and the number of the line that stand between two texts, if we named it."""
    begin = data.find(before)
    if begin < 0:
        return None
    begin += len(before)
    if data[begin : begin + len(_OURS)] != _OURS:
        return None
    speaker, _, number = data[begin + len(_OURS) : data.index(after, begin)].partition(b"-")
    return int(speaker), int(number)
