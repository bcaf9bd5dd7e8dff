"""uvicorn's WebSocket connection with a short way for what it carries most: whole text messages.

The handshake, pings, closing, fragments and every breach of the protocol stay with uvicorn and
the `websockets` library.  This module cuts the stream into frames; a text message that is one
masked frame goes to the reader at once, each other frame, whole, to the library.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from uvicorn.protocols.utils import ClientDisconnected
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.http11 import Request
from websockets.protocol import State

from net119_reference.web.wire import WIRE_KEY, Reader

try:
    from websockets.speedups import apply_mask
except ImportError:  # the library was installed without its compiled part
    from websockets.utils import apply_mask

_TEXT = 0x81
_FIN, _MASK, _OPCODE = 0x80, 0x80, 0x0F
_SHORT, _MIDDLE = 125, 126
_MOST_UNREAD = 64 * 1024


class DirectSocket(WebSocketsSansIOProtocol):
    """One WebSocket connection; also the :class:`~net119_reference.web.wire.Wire` of its scope."""

    def __init__(self, *arguments: Any, **settings: Any) -> None:
        super().__init__(*arguments, **settings)
        self._reader: Reader | None = None
        self._rest = b""
        self._held = False
        self._in_fragments = False
        self._astray = False
        """The stream is not what RFC 6455 allows: the library has it as it comes, and says so."""

    def handle_connect(self, event: Request) -> None:
        """Leave the wire where the application finds it."""
        super().handle_connect(event)
        if self.handshake_initiated and not self.close_sent:
            extensions: Any = self.scope["extensions"]
            extensions[WIRE_KEY] = self

    async def run_asgi(self) -> None:
        """As uvicorn's own, but that a connection which a reader has taken over goes on."""
        failed = False
        try:
            await self.app(self.scope, self.receive, self.send)
        except ClientDisconnected:
            pass
        except BaseException:
            failed = True
            self.logger.exception("Exception in ASGI application\n")
            self.send_500_response()
        else:
            if not self.handshake_complete:
                self.logger.error("ASGI callable returned without completing handshake.")
                self.send_500_response()
        if self._reader is None or failed:
            if self.close_timer is None:
                self.transport.close()
            return
        # Of the handshake nothing is needed any more, and there are thousands of connections.
        del self.scope, self.request, self.response
        self.app_state = {}

    # --- the wire -----------------------------------------------------------------------------

    def begin(self, reader: Reader) -> None:
        """Deliver what has come, and what will, to ``reader``."""
        came = self.queue
        self._reader = reader
        self.queue = _AtOnce(self)  # type: ignore[assignment]  # has what is used of a queue
        while not came.empty():
            self.queue.put_nowait(came.get_nowait())
        self._held = self.read_paused
        self.read_paused = False
        if self._held:
            self.go_on()
        else:
            self._cut(b"")

    def write(self, frames: bytes) -> None:
        """Send whole frames."""
        if self.conn.state is State.OPEN and not self.close_sent and not self.disconnected:
            self.transport.write(frames)

    def run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        """Run something that a server which stops waits for."""
        task = self.loop.create_task(work)
        self.tasks.add(task)
        task.add_done_callback(self.on_task_complete)
        return task

    def close(self, code: int, reason: str) -> None:
        """Begin the closing handshake, unless the connection is closing."""
        if self.conn.state is not State.OPEN or self.close_sent or self.transport.is_closing():
            return
        self.conn.send_close(code, reason)
        self.transport.write(b"".join(self.conn.data_to_send()))
        self.close_sent = True
        self.go_on()
        self.close_timer = self.loop.call_later(self.close_timeout, self.abort)

    def abort(self) -> None:
        """End the connection at once.

        A transport that is closed waits until its peer has read everything, and TLS its reply: for
        ever, or half a minute, with one that does not read.
        """
        self.transport.abort()

    def hold(self) -> None:
        """Deliver no more for the present."""
        if not self._held:
            self._held = True
            self.transport.pause_reading()

    def go_on(self) -> None:
        """Deliver again, what was held back first."""
        if not self._held:
            return
        self._held = False
        self._cut(b"")
        if not self._held and not self.transport.is_closing():
            self.transport.resume_reading()

    def not_utf8(self) -> None:
        """Fail the connection, as uvicorn does with text that it reads itself."""
        self.conn.send_close(1007)
        self.handle_parser_exception()

    # --- what comes ---------------------------------------------------------------------------

    def data_received(self, data: bytes) -> None:
        """Octets have come."""
        if self._reader is not None and not self._held:
            self._cut(data)
        elif self.handshake_initiated:
            # Before the application has the wire, or on its way when reading was paused.
            self._rest += data
            if len(self._rest) > _MOST_UNREAD and not (self._held or self.read_paused):
                self.read_paused = True
                self.transport.pause_reading()
        else:
            super().data_received(data)

    def _cut(self, data: bytes) -> None:
        """Deliver the whole frames there are, keep the rest."""
        data = self._rest + data
        self._rest = b""
        size = len(data)
        at = 0
        while not self._held and size - at >= 2:
            length = data[at + 1] & ~_MASK
            head = 6
            if length > _SHORT:
                head = 8 if length == _MIDDLE else 14
                if size - at < head:
                    break
                length = int.from_bytes(data[at + 2 : at + head - 4])
            if self._astray or not data[at + 1] & _MASK or length > self.config.ws_max_size:
                self._astray = True
                super().data_received(data[at:])
                at = size
                break
            end = at + head + length
            if end > size:
                break
            if data[at] == _TEXT and not self._in_fragments:
                body = at + head
                self._text(apply_mask(data[body:end], data[body - 4 : body]))
            else:
                self._other(data[at], data[at:end])
            at = end
        self._rest = data[at:]

    def _text(self, payload: bytes) -> None:
        # After a close frame, of either side, nobody reads what is still said.
        if self._reader is not None and self.conn.state is State.OPEN:
            self._reader.text(payload)

    def _other(self, first: int, frame: bytes) -> None:
        if not first & 0x08:  # not a control frame: these may stand among fragments
            self._in_fragments = not first & _FIN
        super().data_received(frame)

    def send_receive_event_to_app(self) -> None:
        """A message that the library put together."""
        if self._reader is None:
            super().send_receive_event_to_app()
            return
        data = b"".join(self.frames)
        self.frames = []
        if self.close_sent:
            return
        if self.curr_msg_data_type == "text":
            self._reader.text(data)
        else:
            self._reader.binary()

    # --- what the transport tells -------------------------------------------------------------

    def pause_writing(self) -> None:
        """The transport holds as much as it should."""
        if self._reader is None:
            super().pause_writing()
        else:
            self._reader.writable(False)

    def resume_writing(self) -> None:
        """The transport takes more."""
        super().resume_writing()
        if self._reader is not None:
            self._reader.writable(True)

    def deliver(self, event: Any) -> None:
        """What uvicorn has for the application."""
        if self._reader is None:
            return
        if event["type"] == "websocket.disconnect":
            self._reader.gone(event["code"])
        elif event["type"] == "websocket.receive":
            text = event.get("text")
            if text is None:
                self._reader.binary()
            else:
                self._reader.text(text.encode())


class _AtOnce:
    """In place of the queue from which an application takes its events: nothing waits."""

    def __init__(self, socket: DirectSocket) -> None:
        self._socket = socket

    def put_nowait(self, event: Any) -> None:
        """Deliver an event."""
        self._socket.deliver(event)

    def empty(self) -> bool:
        """Whether nothing waits."""
        return True

    async def get(self) -> Any:
        """Nothing ever comes this way."""
        await asyncio.get_running_loop().create_future()
