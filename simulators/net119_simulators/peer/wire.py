"""Carries octets between a socket and a sans-I/O STOMP session, and keeps its timers."""

import asyncio
from collections.abc import Callable
from typing import Generic, TypeVar, cast

from net119_protocol.stomp import ErrorReceived, ErrorSent, Frame, SessionState
from net119_protocol.stomp.session import Session

from net119_simulators.peer.habits import Spoil

E = TypeVar("E")

LINGER_S = 0.3
"""Time for the other side to read an ERROR before the connection is closed."""
PIECE_S = 0.001
"""Pause between the pieces of spoilt octets, lest they are put together again on their way."""


class Wire(asyncio.Protocol, Generic[E]):
    """One connection of a session.

    ``on_open`` is told once TLS stands, ``on_event`` every event of the session.  After a verb of
    the session call ``pump``.  ``opened``, ``aborted`` (by us) and ``failed`` (an ERROR went either
    way) tell what became of the connection.
    """

    def __init__(
        self,
        session: Session[E],
        on_event: Callable[[E], None],
        on_open: Callable[[], None] = lambda: None,
        spoil: Callable[[], Spoil | None] = lambda: None,
    ) -> None:
        self._session = session
        self._on_event = on_event
        self._on_open = on_open
        self._spoil = spoil
        self._pieces: list[bytes] = []
        self._loop = asyncio.get_running_loop()
        self._transport: asyncio.Transport | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._lost = asyncio.Event()
        self._pumping = False
        self.opened = False
        self.aborted = False
        self.failed = False
        self._sent_error = False
        self._turned_away = False

    @property
    def source(self) -> str:
        """Address of the other side; empty if there is no connection."""
        name = self._transport.get_extra_info("peername") if self._transport else None
        return str(name[0]) if name else ""

    def pump(self) -> None:
        """Write what the session has to say, and pass its events on."""
        if self._pumping:
            return  # a callee of the loop below; the loop goes on with what is new
        self._pumping = True
        try:
            self._write()
            while events := self._session.events():
                for event in events:
                    self._sent_error |= isinstance(event, ErrorSent)
                    self.failed |= isinstance(event, ErrorSent | ErrorReceived)
                    self._on_event(event)
                self._write()
        finally:
            self._pumping = False
        self._set_timer()
        if self._session.state is SessionState.CLOSED:
            self._end()

    def turn_away(self, error: Frame) -> None:
        """Answer whatever the other side may say with this ERROR, and close."""
        self._turned_away = True
        if self._transport is not None:
            self._transport.write(error.encode())
            self._loop.call_later(LINGER_S, self.close)

    def close(self) -> None:
        """Close the connection once everything written is out."""
        if self._transport is not None and not self._transport.is_closing():
            self._transport.close()

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self.aborted = True
            self._transport.abort()

    async def lost(self) -> None:
        """Return when the connection is gone."""
        await self._lost.wait()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = cast(asyncio.Transport, transport)
        self.opened = True
        self._on_open()
        self.pump()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if not self._turned_away:
            self._session.receive_data(data, self._loop.time())
            self.pump()

    def eof_received(self) -> None:
        """See asyncio.Protocol; the transport then closes itself."""
        self._session.receive_eof()
        self.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = None
        self._session.receive_eof()
        self.pump()
        if self._timer is not None:
            self._timer.cancel()
        self._lost.set()

    def _write(self) -> None:
        octets = self._session.data_to_send(self._loop.time())
        if not octets:
            return
        spoil = self._spoil()
        if spoil is None and not self._pieces:
            self._put(octets)
            return
        under_way = bool(self._pieces)
        self._pieces += spoil(octets) if spoil is not None else [octets]
        if not under_way:
            self._write_piece()

    def _write_piece(self) -> None:
        self._put(self._pieces[0])
        self._loop.call_later(PIECE_S, self._next_piece)

    def _next_piece(self) -> None:
        del self._pieces[0]
        if self._pieces:
            self._write_piece()

    def _put(self, octets: bytes) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(octets)

    def _set_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        due = self._session.next_timer()
        if due is not None and self._transport is not None:
            self._timer = self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        self._session.handle_timer(self._loop.time())
        self.pump()

    def _end(self) -> None:
        if self._sent_error:
            # Closing over unread octets resets the connection under the ERROR.
            self._loop.call_later(LINGER_S, self.close)
        else:
            self.close()
