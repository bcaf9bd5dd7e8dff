"""One peer's connection to our endpoint: its SENDs to the service, its queue's messages to it."""

import asyncio
from collections.abc import Callable, Iterable, Sequence

from net119_protocol.api.admin import PeerOperator
from net119_protocol.interconnect import SENDER_HEADER, caller_queue
from net119_protocol.stomp import (
    Acked,
    Closed,
    DisconnectRequested,
    ErrorSent,
    Nacked,
    PeerConnected,
    PeerDead,
    SendReceived,
    ServerEvent,
    ServerSession,
    SessionState,
    Subscribed,
    Unsubscribed,
)

from net119_reference.config import Config
from net119_reference.logs import get_log
from net119_reference.ports import Channel, Outgoing, ProviderService, StorageFailed
from net119_reference.stomp_shell.bounds import (
    CONTENT_TYPE,
    FRAME_LIMITS,
    TYPE_HEADER,
    Bounds,
    dead_after,
    heart_beat,
)
from net119_reference.stomp_shell.caller_queue import CallerQueue
from net119_reference.stomp_shell.identity import certificate_refusal
from net119_reference.stomp_shell.intake import Intake
from net119_reference.stomp_shell.policy import EndpointPolicy
from net119_reference.stomp_shell.refusal import refusal_code
from net119_reference.stomp_shell.wire import Wire

REDELIVERED_HEADER = "redelivered"
_TRY_AGAIN = "Nothing can be stored at the moment. Connect again later and send it again"
_INTERNAL = "The message could not be processed because of a fault at this endpoint; see its log"

_Work = SendReceived | DisconnectRequested | Acked | Nacked

log = get_log("stomp.endpoint")


class EndpointConnection:
    """Runs a ServerSession for the peer ``peer``; ``wire`` is the asyncio protocol to connect.

    What was received whole is processed even if the connection has gone, except behind a message
    that was refused.
    """

    def __init__(
        self,
        service: ProviderService,
        config: Config,
        bounds: Bounds,
        peer: PeerOperator,
        queue: CallerQueue,
        on_connected: Callable[[str], None] | None,
    ) -> None:
        self.peer = peer
        self._service = service
        self._queue = queue
        self._on_connected = on_connected
        self._check_certificate = config.stomp.client_certificates
        self._session = ServerSession(
            peer.operator,
            EndpointPolicy(service.operator),
            now=asyncio.get_running_loop().time(),
            limits=FRAME_LIMITS,
            heart_beat=heart_beat(config.timers),
            dead_after=dead_after(config.timers),
            connect_timeout=bounds.hello_s,
            max_unacked=bounds.window,
        )
        self.wire: Wire[ServerEvent] = Wire(
            self._session,
            self,
            stall_s=config.timers.t3_s,
            linger_s=bounds.linger_s,
            write_buffer=bounds.write_buffer,
            read_while_congested=False,
        )
        self._intake: Intake[_Work] = Intake(
            self.wire,
            self._handle,
            limit=bounds.inbox,
            together=Acked,
            name=f"endpoint-{peer.operator}",
        )
        self._subscriptions: dict[str, QueueSubscription] = {}
        self._refused: str | None = None  # code, once something was refused here

    async def run(self) -> None:
        """Return when the socket is gone and everything received before is worked through."""
        await self.wire.lost()
        await self._intake.finish()

    async def stop(self) -> None:
        """Give the receipts that are due, and close; the caller has stopped reading."""
        await self._intake.idle()
        self.wire.close()

    def kill(self) -> None:
        """Cut the connection and give up what is not worked through; the peer sends it again."""
        self.wire.abort()
        self._intake.abandon()

    def deliver(self, name: str, item: Outgoing, redelivered: bool) -> None:
        """Write a stored message to a subscription of this connection."""
        headers = {
            "content-type": CONTENT_TYPE,
            SENDER_HEADER: self._service.operator,
            TYPE_HEADER: item.type,
        }
        if redelivered:
            headers[REDELIVERED_HEADER] = "true"
        ack_id = self._session.deliver(
            name,
            f"{self._service.operator}-{item.number}",
            item.destination,
            item.payload,
            headers,
            token=item.number,
        )
        if ack_id is None:  # mode auto: the client counts as having it
            self._queue.acknowledged([item.number])
            self._intake.put(Acked(name, (item.number,), None))
        self.wire.pump()

    def has_room(self, name: str) -> bool:
        """Whether a subscription of this connection takes a message now."""
        return not self.wire.congested and self._session.can_deliver(name)

    # --- what the wire tells ------------------------------------------------------------------

    def on_open(self) -> None:
        """See WireOwner."""
        if self._check_certificate and self.wire.transport is not None:
            certificate = self.wire.transport.get_extra_info("peercert")
            refusal = certificate_refusal(certificate, self.peer)
            if refusal is not None:
                self._refuse("certificate-refused", None, refusal)

    def on_octets(self) -> None:
        """See WireOwner."""

    def on_writable(self) -> None:
        """See WireOwner."""
        self._queue.wake()

    def on_stalled(self) -> None:
        """See WireOwner."""
        self._service.note_refused(
            "B",
            self.peer.operator,
            "slow-reader",
            "the peer did not read what it is sent; the connection was cut, "
            "unacknowledged messages stay in its queue",
        )

    def on_event(self, event: ServerEvent) -> None:
        """See WireOwner."""
        match event:
            case PeerConnected():
                log.info("peer-connected", peer=self.peer.operator)
                if self._on_connected is not None:
                    self._on_connected(self.peer.operator)
            case SendReceived():
                self._intake.put(event, len(event.frame.body))
            case DisconnectRequested() | Nacked():
                self._intake.put(event)
            case Acked():
                self._queue.acknowledged(_numbers(event.tokens))
                self._intake.put(event)
            case Subscribed():
                # Our own workers read the callee queue; a subscriber there finds nothing.
                if event.destination == caller_queue(self.peer.operator):
                    subscription = QueueSubscription(self, event.subscription)
                    self._subscriptions[event.subscription] = subscription
                    self._queue.add(subscription)
            case Unsubscribed():
                self._end_subscription(event.subscription, event.unacked)
            case ErrorSent():
                code = self._refused or refusal_code(event.cause)
                self._service.note_refused("B", self.peer.operator, code, str(event.cause))
            case PeerDead():
                log.warning("peer-silent", peer=self.peer.operator, waiting_for=event.waiting_for)
            case Closed():
                for name in tuple(self._subscriptions):
                    self._end_subscription(name, event.unacked)
                log.info(
                    "peer-gone", peer=self.peer.operator, clean=event.clean, reason=event.reason
                )

    def _end_subscription(self, name: str, unacked: Iterable[object]) -> None:
        subscription = self._subscriptions.pop(name, None)
        if subscription is not None:
            self._queue.remove(subscription, _numbers(unacked))

    # --- working through what came ------------------------------------------------------------

    async def _handle(self, items: Sequence[_Work]) -> None:
        match items[0]:
            case SendReceived() as send:
                await self._receive(send)
            case Acked():
                await self._confirm([each for each in items if isinstance(each, Acked)])
            case Nacked() as nack:
                self._queue.give_back(_numbers(nack.tokens))
                self._session.confirm(nack.receipt_id)
            case DisconnectRequested() as leaving if self._refused is None:
                self._session.confirm(leaving.receipt_id)

    async def _receive(self, send: SendReceived) -> None:
        if self._refused is not None:
            return  # behind a refused message nothing is processed, lest the order changes
        try:
            await self._service.receive(self.peer.operator, send.frame.body, Channel.QUEUE)
        except StorageFailed:
            # Without the receipt's id: the message is not to blame, and is to come again.
            self._refuse("storage-failed", None, _TRY_AGAIN)
        except Exception:
            log.exception("receive-failed", peer=self.peer.operator)
            self._refuse("internal-error", send, _INTERNAL)
        else:
            self._session.confirm(send.receipt_id)

    async def _confirm(self, acks: Sequence[Acked]) -> None:
        numbers = [number for ack in acks for number in _numbers(ack.tokens)]
        try:
            await self._service.confirmed(numbers)
        except Exception as failure:
            if not isinstance(failure, StorageFailed):
                log.exception("confirm-failed", peer=self.peer.operator)
            self._queue.not_done(numbers)
            self._refuse("storage-failed", None, _TRY_AGAIN)
            return
        self._queue.done(numbers)
        for ack in acks:
            self._session.confirm(ack.receipt_id)

    def _refuse(self, code: str, send: SendReceived | None, reason: str) -> None:
        if self._session.state is SessionState.CLOSED:
            log.warning(code, peer=self.peer.operator, what_next="the peer sends it again")
        self._refused = code
        self._session.refuse(send.frame if send is not None else None, reason)


class QueueSubscription:
    """One subscription of one connection, as the queue sees it."""

    def __init__(self, connection: EndpointConnection, name: str) -> None:
        self._connection = connection
        self._name = name

    def has_room(self) -> bool:
        """See Subscriber."""
        return self._connection.has_room(self._name)

    def deliver(self, item: Outgoing, *, redelivered: bool) -> None:
        """See Subscriber."""
        self._connection.deliver(self._name, item, redelivered)


def _numbers(tokens: Iterable[object]) -> list[int]:
    return [token for token in tokens if isinstance(token, int)]
