"""The peer's own STOMP endpoint, at which the SUT is the client."""

import asyncio
import contextlib
import errno
import itertools
import ssl
from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass

from net119_protocol.interconnect import SENDER_HEADER, callee_queue, caller_queue
from net119_protocol.stomp import (
    Acked,
    Closed,
    DisconnectRequested,
    ErrorSent,
    Frame,
    HeartBeatOffer,
    Limits,
    Nacked,
    SendReceived,
    ServerEvent,
    ServerSession,
    Subscribed,
    Unsubscribed,
)

from net119_simulators.peer.errors import CannotListen
from net119_simulators.peer.evidence import FrameTape, frame_label, frame_text
from net119_simulators.peer.habits import Habits
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Duties, SutEndpoint
from net119_simulators.peer.wire import Wire
from net119_simulators.waiting import Watch

NACK_PAUSE_S = 0.3
"""Before a message that the SUT gave back is delivered again."""
FREED_S = 2.0
"""So long a port that is in use is tried again: once in 20 whole runs its socket of before was."""
_LOOK_EVERY_S = 0.02
TLS_S = 10.0
REDELIVERED_HEADER = "redelivered"
MAX_FRAME_BODY = 1024 * 1024


@dataclass(frozen=True)
class QueuesOfPeer:
    """What the SUT may use here: send to the peer's callee queue, read its own two queues."""

    me: str

    def send_refusal(self, operator: str, destination: str) -> str | None:
        """See DestinationPolicy."""
        allowed = callee_queue(self.me)
        return None if destination == allowed else f"Only {allowed} can be sent to here"

    def subscribe_refusal(self, operator: str, destination: str) -> str | None:
        """See DestinationPolicy."""
        allowed = (caller_queue(operator), callee_queue(operator))
        if destination in allowed:
            return None
        return f"{operator} can subscribe to {' and '.join(allowed)} only"


class Endpoint:
    """Listens while it is on; keeps the queue ``/queue/{sut}.caller`` in memory, on or off.

    ``on_message`` gets each SEND of the SUT, ``on_subscribed`` is told when the SUT begins to
    listen to its queue.  ``refusals`` are the faults for which the SUT got an ERROR,
    ``turned_away`` the addresses of others who tried to connect; ``arrivals`` counts how often the
    SUT did.
    """

    def __init__(
        self,
        me: str,
        sut: SutEndpoint,
        address: str,
        port: int,
        tls: ssl.SSLContext,
        *,
        tape: FrameTape,
        duties: Duties,
        habits: Habits,
        heart_beat_ms: int,
        watch: Watch,
        on_message: Callable[[bytes, Frame], None],
        on_subscribed: Callable[[], None],
    ) -> None:
        self.me = me
        self.sut = sut
        self.address = address
        self.port = port
        self.tape = tape
        self.duties = duties
        self.habits = habits
        self.watch = watch
        self.heart_beat = HeartBeatOffer(heart_beat_ms, heart_beat_ms)
        self.on_message = on_message
        self.on_subscribed = on_subscribed
        self.refusals: list[str] = []
        self.turned_away: list[str] = []
        self.arrivals = 0
        self.tls = tls
        self._numbers = itertools.count(1)
        self._waiting: list[Sent] = []
        self._connections: list[Connection] = []
        self._subscribers: list[tuple[Connection, str]] = []
        self._server: asyncio.Server | None = None

    @property
    def is_on(self) -> bool:
        """Whether it listens."""
        return self._server is not None

    @property
    def subscribed(self) -> bool:
        """Whether the SUT listens to its queue here."""
        return bool(self._subscribers)

    def state(self) -> str:
        """What there is, in words."""
        if not self.is_on:
            return "own endpoint off"
        listens = "has" if self.subscribed else "has not"
        return (
            f"{sum(each.is_of_sut for each in self._connections)} connections of "
            f"{self.sut.operator} at the own endpoint, where it "
            f"{listens} subscribed to {caller_queue(self.sut.operator)}"
        )

    async def on(self) -> None:
        """Begin to listen; the port stays the same from the first time on.

        Raises:
            CannotListen: the address or port cannot be had.
        """
        if self._server is not None:
            return
        loop = asyncio.get_running_loop()
        deadline = loop.time() + FREED_S
        while self._server is None:
            try:
                self._server = await loop.create_server(
                    lambda: Connection(self).wire,
                    self.address,
                    self.port,
                    ssl=self.tls,
                    ssl_handshake_timeout=TLS_S,
                    ssl_shutdown_timeout=1.0,
                )
            except OSError as wrong:
                if wrong.errno != errno.EADDRINUSE or loop.time() >= deadline:
                    raise CannotListen(
                        f"{self.address}:{self.port}", wrong.strerror or str(wrong)
                    ) from wrong
                # A socket of before may take a moment to be gone.
                await asyncio.sleep(_LOOK_EVERY_S)
        self.port = self._server.sockets[0].getsockname()[1]
        self.watch.changed()

    async def off(self) -> None:
        """Stop listening and cut all connections; what was not acknowledged stays queued."""
        server, self._server = self._server, None
        if server is not None:
            server.close()
            await self.cut()
            await server.wait_closed()
        self.watch.changed()

    async def cut(self) -> None:
        """Cut all connections."""
        connections = list(self._connections)
        for connection in connections:
            connection.wire.abort()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(1.0):
                for connection in connections:
                    await connection.wire.lost()

    def put(self, item: Sent) -> None:
        """Queue a message for the SUT; it is delivered while the SUT listens."""
        item.number = next(self._numbers)
        self._waiting.append(item)
        self.deliver_waiting()

    def deliver_waiting(self) -> None:
        """Hand out what waits, to the newest subscription that has room."""
        for connection, name in reversed(self._subscribers):
            while self._waiting and connection.session.can_deliver(name):
                item = self._waiting.pop(0)
                connection.deliver(name, item)
            connection.wire.pump()

    # --- what connections tell ----------------------------------------------------------------

    def opened(self, connection: "Connection") -> None:
        """A connection is there."""
        self._connections.append(connection)
        self.watch.changed()

    def listens(self, connection: "Connection", name: str) -> None:
        """The SUT subscribed to its queue."""
        self._subscribers.append((connection, name))
        self.on_subscribed()
        self.deliver_waiting()
        self.watch.changed()

    def listens_no_more(self, connection: "Connection", name: str) -> None:
        """A subscription ended."""
        self._subscribers = [each for each in self._subscribers if each != (connection, name)]
        self.watch.changed()

    def gone(self, connection: "Connection") -> None:
        """A connection is over."""
        self._connections = [each for each in self._connections if each is not connection]
        self._subscribers = [each for each in self._subscribers if each[0] is not connection]
        self.watch.changed()

    def give_back(self, tokens: Iterable[Hashable]) -> None:
        """These were not acknowledged: deliver them again, in their order."""
        for item in _items(tokens):
            if item.keep:
                self._waiting.append(item)
            else:
                item.fail("the connection broke before the SUT acknowledged it")
        self._waiting.sort(key=lambda item: item.number)
        self.deliver_waiting()


class Connection:
    """One connection of the SUT."""

    def __init__(self, endpoint: Endpoint) -> None:
        self._endpoint = endpoint
        self._loop = asyncio.get_running_loop()
        self.is_of_sut = False
        self.session = ServerSession(
            endpoint.sut.operator,
            QueuesOfPeer(endpoint.me),
            now=self._loop.time(),
            server_name="net119-simulated-peer",
            limits=Limits(max_body=MAX_FRAME_BODY),
            heart_beat=endpoint.heart_beat,
            observer=endpoint.tape,
        )
        self.wire: Wire[ServerEvent] = Wire(
            self.session, self._on_event, self._on_open, lambda: endpoint.habits.endpoint
        )

    def deliver(self, name: str, item: Sent) -> None:
        """Write a message to a subscription of this connection."""
        headers = {SENDER_HEADER: self._endpoint.me, **item.headers}
        if item.times:
            headers[REDELIVERED_HEADER] = "true"
        item.times += 1
        message_id = f"{self._endpoint.me}-{item.number}"
        ack_id = self.session.deliver(
            name, message_id, item.destination, item.payload, headers, token=item
        )
        if ack_id is None:
            item.confirm()  # mode auto: nothing more will be heard of it

    def _on_open(self) -> None:
        source, endpoint = self.wire.source, self._endpoint
        self.is_of_sut = endpoint.sut.connects_from(source)
        endpoint.opened(self)
        if self.is_of_sut:
            endpoint.arrivals += 1
            return
        endpoint.turned_away.append(source)
        error = Frame("ERROR", {"message": f"no operator is known here at {source}"})
        endpoint.tape.recorder.sent(f"{frame_label(error)} to {source}", frame_text(error))
        self.wire.turn_away(error)
        endpoint.watch.changed()

    def _on_event(self, event: ServerEvent) -> None:
        endpoint = self._endpoint
        match event:
            case SendReceived() if endpoint.habits.lose:
                endpoint.habits.lose -= 1
            case SendReceived():
                endpoint.on_message(event.frame.body, event.frame)
                if endpoint.duties.stomp_receipts:
                    self.session.confirm(event.receipt_id)
            case Subscribed():
                if event.destination == caller_queue(endpoint.sut.operator):
                    endpoint.listens(self, event.subscription)
            case Unsubscribed():
                endpoint.listens_no_more(self, event.subscription)
                endpoint.give_back(event.unacked)
            case Acked():
                for item in _items(event.tokens):
                    item.confirm()
                self.session.confirm(event.receipt_id)
                endpoint.deliver_waiting()
            case Nacked():
                self.session.confirm(event.receipt_id)
                self._loop.call_later(NACK_PAUSE_S, endpoint.give_back, event.tokens)
            case DisconnectRequested():
                self.session.confirm(event.receipt_id)
            case ErrorSent():
                endpoint.refusals.append(str(event.cause))
            case Closed():
                if self.is_of_sut and not event.clean and not self.wire.failed:
                    endpoint.tape.broken(event.reason, by_us=self.wire.aborted)
                endpoint.gone(self)
                endpoint.give_back(event.unacked)


def _items(tokens: Iterable[Hashable]) -> list[Sent]:
    return [token for token in tokens if isinstance(token, Sent)]
