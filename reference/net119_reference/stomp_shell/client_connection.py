"""One connection of ours to a peer's endpoint."""

import asyncio
from collections.abc import Callable, Sequence

from net119_protocol.api.admin import EndpointKind, PeerOperator
from net119_protocol.interconnect import SENDER_HEADER, caller_queue
from net119_protocol.stomp import (
    ClientEvent,
    ClientSession,
    Closed,
    Connected,
    ErrorReceived,
    MessageReceived,
    PeerDead,
    ProtocolFailed,
    ReceiptReceived,
    SessionState,
)

from net119_reference.config import Config
from net119_reference.logs import get_log
from net119_reference.ports import Channel, Outgoing, ProviderService, StorageFailed
from net119_reference.stomp_shell.bounds import (
    CONTENT_TYPE,
    FRAME_LIMITS,
    PERSISTENT,
    TYPE_HEADER,
    Bounds,
    dead_after,
    heart_beat,
)
from net119_reference.stomp_shell.confirmer import Confirmer
from net119_reference.stomp_shell.intake import Intake
from net119_reference.stomp_shell.receipts import Receipts
from net119_reference.stomp_shell.refusal import refusal_code
from net119_reference.stomp_shell.wire import Wire

HEARD_EVERY_S = 0.25
"""The service is told of octets of the peer no more often than this."""
RETRY_S = 1.0
"""Pause after the outbox could not be read."""
FINISH_S = 5.0
"""How long a message being processed is waited for after its connection has gone."""

log = get_log("stomp.client")


class ClientConnection:
    """Runs a ClientSession: sends what waits for the peer, takes what its queue holds for us.

    ``wire`` is the asyncio protocol to connect.  ``on_session`` is told once the subscription is
    in force and once it is over, ``on_refused`` for a message that the endpoint refused by name.
    """

    def __init__(
        self,
        service: ProviderService,
        config: Config,
        bounds: Bounds,
        peer: PeerOperator,
        confirmer: Confirmer,
        on_session: Callable[[bool], None],
        on_refused: Callable[[Outgoing, str], None],
    ) -> None:
        self._ready = False
        self._leaving = False
        self._service = service
        self._bounds = bounds
        self._peer = peer
        self._confirmer = confirmer
        self._on_session = on_session
        self._on_refused = on_refused
        self._loop = asyncio.get_running_loop()
        self._offer = heart_beat(config.timers)
        self._session = ClientSession(
            limits=FRAME_LIMITS,
            dead_after=dead_after(config.timers),
            connect_timeout=bounds.hello_s,
        )
        self.wire: Wire[ClientEvent] = Wire(
            self._session,
            self,
            stall_s=config.timers.t3_s,
            linger_s=bounds.linger_s,
            write_buffer=bounds.write_buffer,
            # Both sides refusing to read before they could write would wait for ever.
            read_while_congested=True,
        )
        self._intake: Intake[MessageReceived] = Intake(
            self.wire, self._handle, limit=bounds.inbox, name=f"client-intake-{peer.operator}"
        )
        self._subscribed_by: str | None = None  # receipt id of the SUBSCRIBE
        self._ready_timer: asyncio.TimerHandle | None = None
        self._in_flight = Receipts(config.timers.t3_s)
        self._receipt_timer: asyncio.TimerHandle | None = None
        self._heard_at = float("-inf")
        self._send_more = asyncio.Event()
        self._sender: asyncio.Task[None] | None = None

    async def finish(self) -> None:
        """End everything of this connection; what is being processed may take a moment."""
        self._leaving = True
        self.wire.abort()
        self._intake.drop()  # not acknowledged, so the peer's queue still holds it
        if self._ready_timer is not None:
            self._ready_timer.cancel()
        if self._receipt_timer is not None:
            self._receipt_timer.cancel()
        if self._sender is not None:
            self._sender.cancel()
        try:
            async with asyncio.timeout(FINISH_S):
                if self.wire.transport is not None:
                    await self.wire.lost()
                await self._intake.finish()
        except TimeoutError:
            log.warning("receive-abandoned", peer=self._peer.operator)
        finally:
            self._intake.abandon()

    async def stop(self) -> None:
        """Leave: finish what is being processed, then DISCONNECT, whose receipt comes last."""
        self._leaving = True
        if self._sender is not None:
            self._sender.cancel()
        self._intake.drop()
        await self._intake.idle()
        if self._session.state is SessionState.OPEN:
            self._session.disconnect()
            self.wire.pump()
        else:
            self.wire.close()

    def wake(self) -> None:
        """There is something to send."""
        self._send_more.set()

    # --- what the wire tells ------------------------------------------------------------------

    def on_open(self) -> None:
        """See WireOwner."""
        self._session.connect(self._peer.operator, self._offer, now=self._loop.time())
        self._ready_timer = self._loop.call_later(self._bounds.hello_s, self._not_ready)

    def on_octets(self) -> None:
        """See WireOwner."""
        now = self._loop.time()
        if now - self._heard_at >= HEARD_EVERY_S:
            self._heard_at = now
            self._service.peer_frame(self._peer.operator)

    def on_writable(self) -> None:
        """See WireOwner."""
        self._send_more.set()

    def on_stalled(self) -> None:
        """See WireOwner."""
        log.warning("endpoint-does-not-read", peer=self._peer.operator)

    def on_event(self, event: ClientEvent) -> None:
        """See WireOwner."""
        match event:
            case Connected():
                name = self._session.subscribe(caller_queue(self._service.operator), receipt=True)
                self._subscribed_by = f"subscribe-{name}"
            case ReceiptReceived():
                self._on_receipt(event)
            case MessageReceived(late=False) if not self._leaving:
                self._intake.put(event, len(event.frame.body))
            case ErrorReceived():
                self._on_error(event)
            case ProtocolFailed():
                self._note(refusal_code(event.cause), str(event.cause))
            case PeerDead():
                log.warning(
                    "endpoint-silent", peer=self._peer.operator, waiting_for=event.waiting_for
                )
            case Closed():
                self._send_more.set()
                if self._ready:
                    self._ready = False
                    self._on_session(False)
                log.info(
                    "session-over",
                    peer=self._peer.operator,
                    clean=event.clean,
                    reason=event.reason,
                )

    def _on_receipt(self, event: ReceiptReceived) -> None:
        item = self._in_flight.came(event.receipt_id, self._loop.time())
        if item is not None:
            self._confirmer.add(item.number)
            self._send_more.set()
        elif event.receipt_id == self._subscribed_by and not self._ready:
            self._on_subscribed()
        elif not event.expected:
            self._note("stomp-receipt", f"RECEIPT {event.receipt_id[:60]!r} was not asked for")

    def _on_subscribed(self) -> None:
        self._ready = True
        if self._ready_timer is not None:
            self._ready_timer.cancel()
        self._sender = asyncio.create_task(self._send(), name=f"client-send-{self._peer.operator}")
        self._on_session(True)

    def _on_error(self, event: ErrorReceived) -> None:
        # Only the header: the body of an ERROR may quote our message, personal data and all.
        message = (event.frame.get("message") or "no message header")[:200]
        self._note("endpoint-error", f"the peer's endpoint sent ERROR: {message}")
        item = self._in_flight.item(event.receipt_id) if event.receipt_id else None
        if item is not None:
            self._on_refused(item, message)

    def _not_ready(self) -> None:
        log.warning("not-subscribed-in-time", peer=self._peer.operator)
        self.wire.abort()

    def _note(self, code: str, detail: str) -> None:
        self._service.note_refused("B", self._peer.operator, code, detail)

    # --- sending ------------------------------------------------------------------------------

    async def _send(self) -> None:
        try:
            await self._send_in_order()
        except Exception:
            log.exception("sending-failed", peer=self._peer.operator, what_next="reconnect")
            self.wire.abort()

    async def _send_in_order(self) -> None:
        after = 0
        while self._is_open():
            self._send_more.clear()
            room = self._bounds.send_window - len(self._in_flight)
            items: Sequence[Outgoing] = ()
            if room > 0 and not self.wire.congested:
                try:
                    items = await self._service.outgoing(
                        self._peer.operator, Channel.CLIENT, after, room
                    )
                except Exception:
                    log.exception("outbox-unreadable", peer=self._peer.operator)
                    await asyncio.sleep(RETRY_S)
                    continue
            for item in items:
                if not self._may_send():
                    break
                after = item.number
                if item.number not in self._confirmer.pending:
                    self._send_one(item)
            if not items:
                await self._send_more.wait()

    def _is_open(self) -> bool:
        return self._session.state is SessionState.OPEN

    def _may_send(self) -> bool:
        return self._is_open() and not self.wire.congested

    def _send_one(self, item: Outgoing) -> None:
        headers = {"content-type": CONTENT_TYPE, TYPE_HEADER: item.type, **PERSISTENT}
        receipt_id = self._session.send(item.destination, item.payload, headers)
        if receipt_id is not None:
            self._in_flight.sent(receipt_id, item, self._loop.time())
            if self._receipt_timer is None:
                self._look_for_receipt()
        self.wire.pump()

    def _look_for_receipt(self) -> None:
        """Cut the session if a receipt is late: then everything unconfirmed is sent again."""
        self._receipt_timer = None
        late = self._in_flight.late(self._loop.time())
        if late is not None:
            self._note(
                "receipt-missing",
                f"the peer's endpoint gave no RECEIPT for {late.type} {late.message_id} within T3; "
                "the session is cut and the message sent again",
            )
            self.wire.abort()
        elif (due := self._in_flight.due) is not None and self._is_open():
            self._receipt_timer = self._loop.call_at(due, self._look_for_receipt)

    # --- receiving ----------------------------------------------------------------------------

    async def _handle(self, items: Sequence[MessageReceived]) -> None:
        message = items[0]
        if (wrong := self._wrong_stamp(message.frame.get(SENDER_HEADER))) is not None:
            # Taken off the queue: given back, it would only come again.
            self._note(*wrong)
            self._settle(message, taken=True)
            return
        try:
            await self._service.receive(self._peer.operator, message.frame.body, Channel.CLIENT)
        except StorageFailed:
            log.warning("storage-failed", peer=self._peer.operator, what_next="given back")
            self._settle(message, taken=False)
        except Exception:
            log.exception("receive-failed", peer=self._peer.operator, what_next="given back")
            self._settle(message, taken=False)
        else:
            self._settle(message, taken=True)

    def _wrong_stamp(self, stamp: str | None) -> tuple[str, str] | None:
        """Code and reason if a message cannot be the peer's, as the stamp has it."""
        peer = self._peer
        where = f"a message on our queue at {peer.operator}"
        if stamp is None and peer.endpoint is EndpointKind.NET119:
            return "sender-missing", (
                f"{where} has no header {SENDER_HEADER}; if its endpoint is a general broker, "
                f"say endpoint = {EndpointKind.BROKER.value!r} of this peer"
            )
        if stamp is not None and stamp != peer.operator:
            return "sender-mismatch", f"{where} is stamped {stamp[:60]!r}"
        return None

    def _settle(self, message: MessageReceived, *, taken: bool) -> None:
        if message.ack_id is None or self._session.state is not SessionState.OPEN:
            return
        if taken:
            self._session.ack(message.ack_id)
        else:
            self._session.nack(message.ack_id)
