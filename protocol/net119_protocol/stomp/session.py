"""What the client's and the server's session have in common: buffers, timers, closing."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from enum import Enum
from typing import Generic, Literal, TypeVar

from .errors import SessionStateError, StompProtocolError
from .events import PeerDead
from .frame import Frame, HeartBeat
from .heartbeat import HeartBeatIntervals, HeartBeatMonitor, HeartBeatOffer
from .parser import FrameParser

EventT = TypeVar("EventT")
Observer = Callable[[Literal["in", "out"], Frame], None]


class SessionState(Enum):
    """Life of a session; it only moves down this list."""

    NEW = "new"
    CONNECTING = "connecting"
    OPEN = "open"
    DISCONNECTING = "disconnecting"
    CLOSED = "closed"


class Session(ABC, Generic[EventT]):
    """One connection, without socket and clock.

    Feed ``receive_data``, ``receive_eof`` and ``handle_timer``; after each of them, and after
    each verb, write ``data_to_send`` to the network and act on ``events``. ``next_timer`` says
    when to call ``handle_timer`` at the latest. ``now`` is seconds of one monotonic clock.
    None of these raises for anything the other side did.

    ``observer`` is called with every frame in and out, in order (for logs and evidence).
    """

    def __init__(
        self,
        parser: FrameParser,
        *,
        heart_beat: HeartBeatOffer,
        dead_after: float,
        connect_timeout: float,
        observer: Observer | None,
    ) -> None:
        self.state = SessionState.NEW
        self.heart_beats_received = 0
        self._parser = parser
        self._offer = heart_beat
        self._dead_after = dead_after
        self._connect_timeout = connect_timeout
        self._connect_by: float | None = None
        self._observer = observer
        self._monitor: HeartBeatMonitor | None = None
        self._out: list[bytes] = []
        self._events: list[EventT] = []

    def receive_data(self, data: bytes | bytearray | memoryview, now: float) -> None:
        """Take in octets from the network. After ``Closed`` they are discarded."""
        if self.state is SessionState.CLOSED:
            return
        if self._monitor is not None:
            self._monitor.data_received(now)
        self._parser.receive_data(data)
        for item in self._parser.events():
            if isinstance(item, HeartBeat):
                self.heart_beats_received += item.count
                continue
            if self._observer is not None:
                self._observer("in", item)
            try:
                self._on_frame(item, now)
            except StompProtocolError as fault:
                self._on_fault(fault, item)
            if self._is_closed():
                return
        if self._parser.error is not None:
            self._on_fault(self._parser.error, None)

    def receive_eof(self) -> None:
        """The other side closed the connection, or it was lost."""
        if self.state is SessionState.CLOSED:
            return
        self._parser.receive_eof()
        cut = self._parser.error
        self._close(False, str(cut) if cut else "the connection ended without DISCONNECT")

    def data_to_send(self, now: float | None = None) -> bytes:
        """Octets to write, once. Give ``now`` to save heart-beats that traffic makes needless."""
        if not self._out:
            return b""
        data = b"".join(self._out)
        self._out.clear()
        if now is not None and self._monitor is not None:
            self._monitor.data_sent(now)
        return data

    def events(self) -> list[EventT]:
        """What happened since the last call, in order."""
        events, self._events = self._events, []
        return events

    def next_timer(self) -> float | None:
        """When to call ``handle_timer``, or None; ask again after every other call."""
        if self.state is SessionState.CLOSED:
            return None
        times = [self._connect_by, self._monitor.next_timer() if self._monitor else None]
        return min((time for time in times if time is not None), default=None)

    def handle_timer(self, now: float) -> None:
        """Do what is due: send a heart-beat, or give the peer up. Harmless when nothing is."""
        if self.state is SessionState.CLOSED:
            return
        if self._connect_by is not None and now >= self._connect_by:
            self._on_connect_timeout()
            return
        monitor = self._monitor
        if monitor is None:
            return
        if monitor.peer_dead(now):
            silent = monitor.silent_for(now)
            self._emit_peer_dead(PeerDead(silent, "heart-beat"))
            self._close(False, f"nothing received for {silent:.1f} s, heart-beats were agreed")
        elif monitor.must_send(now):
            self._out.append(b"\n")
            monitor.data_sent(now)

    @abstractmethod
    def _on_frame(self, frame: Frame, now: float) -> None:
        """Process one frame; StompProtocolError goes to ``_on_fault``."""

    @abstractmethod
    def _on_fault(self, fault: StompProtocolError, offending: Frame | None) -> None:
        """The other side broke a rule: report it and close."""

    @abstractmethod
    def _on_connect_timeout(self) -> None:
        """The handshake did not end in time: report it and close."""

    @abstractmethod
    def _emit_peer_dead(self, event: PeerDead) -> None: ...

    @abstractmethod
    def _emit_closed(self, clean: bool, reason: str) -> None: ...

    def _is_closed(self) -> bool:
        return self.state is SessionState.CLOSED

    def _write(self, frame: Frame) -> None:
        self._out.append(frame.encode())
        if self._observer is not None:
            self._observer("out", frame)

    def _start_heart_beats(self, theirs: HeartBeatIntervals, now: float) -> None:
        self._connect_by = None
        self._monitor = HeartBeatMonitor(theirs, now, dead_after=self._dead_after)

    def _close(self, clean: bool, reason: str) -> None:
        self.state = SessionState.CLOSED
        self._emit_closed(clean, reason)

    def _require_open(self, verb: str) -> None:
        if self.state is not SessionState.OPEN:
            raise SessionStateError(
                f"cannot {verb}: the session is {self.state.value}, not open "
                "(nothing may be sent before CONNECTED or after DISCONNECT)"
            )
