"""The peer's client at the SUT's endpoint, or at the broker that is its own."""

import asyncio
import contextlib
import ssl
from collections.abc import Callable

from net119_protocol.interconnect import caller_queue
from net119_protocol.stomp import (
    ClientEvent,
    ClientSession,
    Closed,
    Connected,
    ErrorReceived,
    Frame,
    HeartBeatOffer,
    Limits,
    MessageReceived,
    PeerDead,
    ProtocolFailed,
    ReceiptReceived,
    SessionState,
)

from net119_simulators.peer.evidence import FrameTape
from net119_simulators.peer.habits import Habits
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Duties, SutEndpoint
from net119_simulators.peer.wire import Wire
from net119_simulators.waiting import Watch

CONNECT_S = 10.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 1.0
LEAVE_S = 1.0
GIVE_UP_AFTER = 5
"""A message written this often, each time with the connection lost, is given up."""


class Client:
    """Keeps one session at the SUT's endpoint while it is on, from the peer's own address.

    It reads ``queue``, by default the one in which the SUT leaves what is for the peer.
    ``on_message`` gets each MESSAGE, ``on_ready`` is told when the subscription stands.
    ``stomp_errors`` are the ERROR frames of the SUT, ``faults`` what else it broke of STOMP.
    """

    def __init__(
        self,
        me: str,
        sut: SutEndpoint,
        address: str,
        tls: ssl.SSLContext,
        *,
        tape: FrameTape,
        duties: Duties,
        habits: Habits,
        heart_beat_ms: int,
        watch: Watch,
        on_message: Callable[[bytes, Frame], None],
        on_ready: Callable[[], None],
        queue: str | None = None,
    ) -> None:
        self.ready = False
        self.stomp_errors: list[Frame] = []
        self.faults: list[str] = []
        self._me = me
        self._sut = sut
        self._address = address
        self._tls = tls
        self._tape = tape
        self._duties = duties
        self._habits = habits
        self._heart_beat = HeartBeatOffer(heart_beat_ms, heart_beat_ms)
        self._watch = watch
        self._on_message = on_message
        self._on_ready = on_ready
        self._queue = queue or caller_queue(me)
        self._failure = "not tried yet"
        self._unconfirmed: list[Sent] = []
        self._in_flight: dict[str, Sent] = {}  # by receipt id
        self._subscribe_receipt: str | None = None
        self._was_ready = False
        self._session: ClientSession | None = None
        self._wire: Wire[ClientEvent] | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def is_on(self) -> bool:
        """Whether it has a session, or tries to get one."""
        return self._task is not None

    def state(self) -> str:
        """What there is, in words."""
        if self.ready:
            return f"own session at {self._sut.url} up"
        if self._task is None:
            return "own client off"
        return f"no session at {self._sut.url} ({self._failure})"

    def on(self) -> None:
        """Connect, and again whenever the connection is lost."""
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"peer-client-{self._me}")

    async def off(self) -> None:
        """Cut the connection, and leave it so."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        self._watch.changed()

    async def leave(self) -> None:
        """Say DISCONNECT if there is a session, then as ``off``."""
        session, wire = self._session, self._wire
        if session is not None and wire is not None and session.state is SessionState.OPEN:
            self.ready = False
            session.disconnect()
            wire.pump()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(LEAVE_S):
                    await wire.lost()
        await self.off()

    async def cut(self) -> None:
        """Cut the connection; while the client is on, it connects again."""
        wire = self._wire
        if wire is not None:
            wire.abort()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(1.0):
                    await wire.lost()

    def put(self, item: Sent) -> None:
        """Send a message, or keep it until there is a session."""
        self._unconfirmed.append(item)
        if self.ready:
            self._write(item)

    # --- the connection -----------------------------------------------------------------------

    async def _run(self) -> None:
        pause = FIRST_PAUSE_S
        while True:
            if await self._connect_once():
                pause = FIRST_PAUSE_S
            self._watch.changed()
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)

    async def _connect_once(self) -> bool:
        """One connection from its beginning to its end; whether it was ever ready."""
        self._session = ClientSession(
            limits=Limits(max_body=1024 * 1024),
            connect_timeout=CONNECT_S,
            observer=self._tape,
        )
        wire = self._wire = Wire(
            self._session, self._on_event, self._say_hello, lambda: self._habits.client
        )
        self._was_ready = False
        try:
            async with asyncio.timeout(CONNECT_S):
                await asyncio.get_running_loop().create_connection(
                    lambda: wire,
                    self._sut.host,
                    self._sut.port,
                    ssl=self._tls,
                    server_hostname=self._sut.tls_name,
                    local_addr=(self._address, 0),
                    ssl_shutdown_timeout=1.0,
                )
            await wire.lost()
        except (OSError, TimeoutError) as failure:
            self._failure = str(failure) or type(failure).__name__
        finally:
            wire.abort()
            if wire.opened:
                await wire.lost()  # at once: it is cut
        return self._was_ready

    def _say_hello(self) -> None:
        if self._session is not None:
            now = asyncio.get_running_loop().time()
            self._session.connect(self._sut.operator, self._heart_beat, now=now)

    def _on_event(self, event: ClientEvent) -> None:
        match event:
            case Connected():
                self._subscribe()
            case ReceiptReceived():
                self._on_receipt(event)
            case MessageReceived():
                self._take(event)
            case ErrorReceived():
                self.stomp_errors.append(event.frame)
                item = self._in_flight.get(event.receipt_id) if event.receipt_id else None
                if item is not None:
                    self._give_up(item, f"ERROR: {event.frame.get('message')}")
            case ProtocolFailed():
                self.faults.append(str(event.cause))
            case PeerDead():
                self.faults.append(f"silent for {event.silent_for:.1f} s")
            case Closed():
                self._on_closed(event)
        self._watch.changed()

    def _subscribe(self) -> None:
        if self._session is not None:
            name = self._session.subscribe(self._queue, receipt=True)
            self._subscribe_receipt = f"subscribe-{name}"

    def _on_receipt(self, event: ReceiptReceived) -> None:
        if event.receipt_id == self._subscribe_receipt:
            self._subscribe_receipt = None
            self.ready = self._was_ready = True
            # What is already under way stays before what the start of a session brings.
            for waiting in self._unconfirmed:
                self._write(waiting)
            self._on_ready()
            return
        item = self._in_flight.pop(event.receipt_id, None)
        if item is not None:
            self._unconfirmed.remove(item)
            item.confirm()
        elif not event.expected:
            self.faults.append(f"RECEIPT {event.receipt_id[:60]!r} that nobody asked for")

    def _take(self, event: MessageReceived) -> None:
        session = self._session
        if session is None or event.late:
            return
        self._on_message(event.frame.body, event.frame)
        may_ack = self._duties.stomp_acks and session.state is SessionState.OPEN
        if may_ack and event.ack_id is not None:
            session.ack(event.ack_id)

    def _on_closed(self, event: Closed) -> None:
        self._failure = event.reason
        self.ready = False
        wire = self._wire
        if wire is not None and not event.clean and not wire.failed:
            self._tape.broken(event.reason, by_us=wire.aborted)
        self._in_flight.clear()
        for item in tuple(self._unconfirmed):
            if item.times and not item.keep:
                self._give_up(item, f"the connection broke before the RECEIPT: {event.reason}")
            elif item.times >= GIVE_UP_AFTER:
                self._give_up(item, f"written {item.times} times, never confirmed")

    def _give_up(self, item: Sent, why: str) -> None:
        if item in self._unconfirmed:
            self._unconfirmed.remove(item)
            item.fail(why)

    def _write(self, item: Sent) -> None:
        if self._session is None or self._wire is None:
            return
        item.times += 1
        receipt_id = self._session.send(item.destination, item.payload, item.headers)
        if receipt_id is not None:
            self._in_flight[receipt_id] = item
        self._wire.pump()
