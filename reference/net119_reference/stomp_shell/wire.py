"""One connection: carries octets between a socket and a sans-I/O session, and keeps its timers."""

import asyncio
import socket
from typing import Generic, Protocol, TypeVar, cast

from net119_protocol.stomp import ErrorSent, PeerDead, SessionState
from net119_protocol.stomp.session import Session

EventT = TypeVar("EventT")
EventT_contra = TypeVar("EventT_contra", contravariant=True)

SHUTDOWN_S = 2.0
"""How long the other side may take to answer our closing of TLS."""


class WireOwner(Protocol[EventT_contra]):
    """What a wire tells; every method returns at once and may use the session's verbs."""

    def on_open(self) -> None:
        """The connection, TLS included, is there."""

    def on_event(self, event: EventT_contra) -> None:
        """Something happened in the session; its last event is ``Closed``."""

    def on_octets(self) -> None:
        """Something came in, be it a heart-beat."""

    def on_writable(self) -> None:
        """The network takes octets again."""

    def on_stalled(self) -> None:
        """The other side did not read for so long that the connection is cut."""


class Wire(asyncio.Protocol, Generic[EventT]):
    """An asyncio protocol around a session.

    After using a verb of the session, call ``pump``.  Reading pauses while somebody holds it;
    ``congested`` tells that nothing more should be written.
    """

    def __init__(
        self,
        session: Session[EventT],
        owner: WireOwner[EventT],
        *,
        stall_s: float,
        linger_s: float,
        write_buffer: int,
        read_while_congested: bool,
    ) -> None:
        self.congested = False
        self._loop = asyncio.get_running_loop()
        self._session = session
        self._owner = owner
        self._stall_s = stall_s
        self._linger_s = linger_s
        self._write_buffer = write_buffer
        self._read_while_congested = read_while_congested
        self._transport: asyncio.Transport | None = None
        self._lost: asyncio.Future[None] = self._loop.create_future()
        self._holds: set[str] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = 0.0
        """When the timer is due; it cannot be asked: uvloop's for a moment that has come is a
        plain handle without ``when``."""
        self._stall_timer: asyncio.TimerHandle | None = None
        self._close_timer: asyncio.TimerHandle | None = None
        self._pumping = False
        self._deaf = False
        self._told_of_error = False
        self._peer_is_dead = False

    # --- for the owner ------------------------------------------------------------------------

    @property
    def transport(self) -> asyncio.Transport | None:
        """The transport while connected."""
        return self._transport

    def pump(self) -> None:
        """Write what the session has to say and hand its events to the owner."""
        if self._pumping:
            return  # the loop further up the stack carries on
        self._pumping = True
        try:
            while True:
                octets = self._session.data_to_send(self._loop.time())
                if octets and self._transport is not None and not self._transport.is_closing():
                    self._transport.write(octets)
                events = self._session.events()
                if not events:
                    break
                for event in events:
                    self._told_of_error |= isinstance(event, ErrorSent)
                    self._peer_is_dead |= isinstance(event, PeerDead)
                    self._owner.on_event(event)
        finally:
            self._pumping = False
        self._set_timer()
        if self._session.state is SessionState.CLOSED:
            self._end()

    def hold(self, reason: str) -> None:
        """Stop reading until ``release(reason)``."""
        self._holds.add(reason)
        if self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()

    def release(self, reason: str) -> None:
        """Read again, unless another reason holds."""
        if reason not in self._holds:
            return
        self._holds.discard(reason)
        if self._holds or self._transport is None or self._transport.is_closing():
            return
        self._session.receive_data(b"", self._loop.time())  # the silence was ours
        self._transport.resume_reading()

    def close(self) -> None:
        """Close the connection; what is written goes out first, what still comes is discarded."""
        self._deaf = True
        if self._transport is not None and not self._transport.is_closing():
            # TLS cannot end properly behind octets that nobody reads.
            self._transport.resume_reading()
            self._transport.close()
        self._abort_after(SHUTDOWN_S)

    def abort(self) -> None:
        """Cut the connection."""
        if self._transport is not None:
            self._transport.abort()

    async def lost(self) -> None:
        """Return when the socket is gone."""
        await asyncio.shield(self._lost)

    # --- for asyncio --------------------------------------------------------------------------

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = cast(asyncio.Transport, transport)
        self._transport.set_write_buffer_limits(high=self._write_buffer)
        sock = transport.get_extra_info("socket")
        if sock is not None:
            # A side that declines heart-beats and vanishes would else never be missed.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self._owner.on_open()
        self.pump()

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        if self._deaf:
            return
        self._session.receive_data(data, self._loop.time())
        self._owner.on_octets()
        self.pump()

    def eof_received(self) -> None:
        """See asyncio.Protocol; the transport closes itself."""
        self._session.receive_eof()
        self.pump()

    def pause_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        self.congested = True
        self._stall_timer = self._loop.call_later(self._stall_s, self._stalled)
        if not self._read_while_congested:
            # Every frame read may add an answer to a buffer that is full already.
            self.hold("congested")

    def resume_writing(self) -> None:
        """See asyncio.BaseProtocol."""
        self.congested = False
        if self._stall_timer is not None:
            self._stall_timer.cancel()
        self.release("congested")
        self._owner.on_writable()
        self.pump()

    def connection_lost(self, exc: Exception | None) -> None:
        """See asyncio.BaseProtocol."""
        self._transport = None
        self._session.receive_eof()
        self.pump()
        for timer in (self._timer, self._stall_timer, self._close_timer):
            if timer is not None:
                timer.cancel()
        self._timer = self._close_timer = None
        if not self._lost.done():
            self._lost.set_result(None)

    # --- timers and ending --------------------------------------------------------------------

    def _set_timer(self) -> None:
        due = self._session.next_timer()
        if self._timer is not None:
            # One that is early asks again; only one that would be late is replaced.
            if due is not None and self._timer_at <= due:
                return
            self._timer.cancel()
            self._timer = None
        if due is not None and self._transport is not None:
            self._timer_at = due
            self._timer = self._loop.call_at(due, self._on_timer)

    def _on_timer(self) -> None:
        self._timer = None
        now = self._loop.time()
        if self._holds:
            self._session.receive_data(b"", now)  # who does not listen cannot call it silence
        self._session.handle_timer(now)
        self.pump()

    def _stalled(self) -> None:
        self._owner.on_stalled()
        self.abort()

    def _end(self) -> None:
        if self._transport is None or self._close_timer is not None:
            return
        if self._told_of_error:
            # Closing with unread octets would reset the connection under the ERROR; so read on,
            # discarding, until the other side has gone.
            self._close_timer = self._loop.call_later(self._linger_s, self._close_now)
        elif self._peer_is_dead:
            self.abort()
        else:
            self.close()

    def _close_now(self) -> None:
        self._close_timer = None
        self.close()

    def _abort_after(self, seconds: float) -> None:
        if self._transport is not None and self._close_timer is None:
            self._close_timer = self._loop.call_later(seconds, self.abort)
