"""A call that the SUT anchors and the peer takes for the responsible department."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import CloseOutcome, ErrorCode, OfferCause, Presence, SenderRole
from net119_protocol.interconnect import MessageType, bodies

from net119_simulators.line_log import LineLog, Violation
from net119_simulators.line_sender import new_client_id
from net119_simulators.peer.errors import OtherAnswer
from net119_simulators.peer.messages import Received
from net119_simulators.peer.peer_call import PeerCall
from net119_simulators.peer.sending import Sent


class TakenCall(PeerCall):
    """From the peer's accept on.

    ``assignment``, ``withdrawal`` and ``closing`` are what the anchor said, if it did;
    ``presence`` is the caller's last known one.  Lines are kept with the rules they broke (I2-I4),
    and confirmed to the anchor by ``chat.receipt``.
    """

    def __init__(self, offer: Received, center: str, *parts: Any) -> None:
        call_id = offer.call_id
        if call_id is None:
            raise ValueError("an offer belongs to a call")
        super().__init__(call_id, *parts)
        self.offer = offer.body_as(bodies.CallOffer)
        self.center = center
        self.assignment: bodies.CallAssign | None = None
        self.withdrawal: bodies.CallWithdraw | None = None
        self.closing: bodies.CallClose | None = None
        self.transferred: bodies.TransferDone | None = None
        self.callbacks: list[bodies.CallbackSent | bodies.CallbackFailed] = []
        self.places: list[bodies.LocationUpdate] = []
        self.discrepancies: list[bodies.DiscrepancyReport] = []
        self.presence = Presence.CONNECTED
        self.presences: list[bodies.CallerPresence] = []
        self.receipts: dict[str, bodies.ChatReceipt] = {}
        self._log = LineLog()
        for line in self.offer.transcript:
            self._log.take(line)
        if self._log.last_seq != self.offer.last_seq:
            self._breaks(
                "I3",
                f"the offer says lastSeq {self.offer.last_seq}, "
                f"its transcript ends with {self._log.last_seq}",
            )
        self._accepted_after_s = (datetime.now(UTC) - offer.at).total_seconds()
        self._accept = self._send(
            bodies.CallAccept(department=self.offer.department, center=center),
            in_reply_to=offer.message_id,
            epoch=offer.envelope.epoch,
        )

    @property
    def accept_id(self) -> UUID | None:
        """``messageId`` of the peer's accept."""
        return self._accept.message_id

    @property
    def is_owner(self) -> bool:
        """Whether the call is the peer's: assigned, not withdrawn, not closed."""
        gone = self.withdrawal or self.closing or self.transferred
        return self.assignment is not None and gone is None

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """See PeerCall; the transcript of the offer and the peer's own lines included."""
        return self._log.lines

    @property
    def violations(self) -> tuple[Violation, ...]:
        """See PeerCall."""
        return (*self._broken, *self._log.violations)

    async def assigned(self, within: float = 5.0) -> "TakenCall":
        """Return once the anchor has assigned the call.

        Raises:
            OtherAnswer: it has withdrawn it.
            MessageRefused: it refused the accept.
            Waited: neither, in time.
        """
        types = {MessageType.CALL_ASSIGN, MessageType.CALL_WITHDRAW}
        received = await self._answer(types, self.accept_id, within)
        if received.type is not MessageType.CALL_ASSIGN:
            raise OtherAnswer("call.assign", received, self._accepted_after_s)
        return self

    async def withdrawn(self, within: float = 5.0) -> bodies.CallWithdraw:
        """The anchor's ``call.withdraw``, once it is there; raises Waited."""
        return (await self.expect(MessageType.CALL_WITHDRAW, within=within)).body_as(
            bodies.CallWithdraw
        )

    async def ring(self, center: str | None = None) -> Sent:
        """Say that the call rings."""
        return self._send(bodies.CallRinging(center=center or self.center))

    async def answer(
        self, dispatcher: str = "simulated dispatcher", answered_at: datetime | None = None
    ) -> Sent:
        """Say that a human has answered."""
        at = answered_at or datetime.now(UTC)
        return self._send(bodies.CallAnswered(dispatcher=dispatcher, answered_at=at))

    async def send_line(
        self,
        text: str = "",
        *,
        client_id: str | None = None,
        options: tuple[Option, ...] = (),
        choice: Choice | None = None,
        dispatcher: str = "simulated dispatcher",
        **overrides: Any,
    ) -> Sent:
        """Send a dispatcher's line to the anchor, and do not wait for its number."""
        line = bodies.ChatMessage(
            client_id=client_id or new_client_id(),
            sender=SenderRole.DISPATCHER,
            sender_name=dispatcher,
            text=text,
            options=options,
            choice=choice,
        )
        return self._send(line, **overrides)

    async def say(
        self, text: str = "", *, client_id: str | None = None, within: float = 5.0, **line: Any
    ) -> bodies.ChatReceipt:
        """Say a dispatcher's line; returns the anchor's receipt, with its number.

        Raises:
            MessageRefused: the anchor refused it.
            Waited: no receipt came in time.
        """
        name = client_id or new_client_id()
        sent = await self.send_line(text, client_id=name, **line)
        received = await self._answer(
            MessageType.CHAT_RECEIPT,
            sent.message_id,
            within,
            lambda each: each.body_as(bodies.ChatReceipt).client_id == name,
        )
        return received.body_as(bodies.ChatReceipt)

    async def close(
        self,
        outcome: CloseOutcome = CloseOutcome.DISPATCHED,
        note: str = "",
        *,
        closed_by: str = "simulated dispatcher",
        relayed_to: str | None = None,
        within: float = 5.0,
    ) -> bodies.CallClose:
        """Ask to close the call; returns the anchor's ``call.close``, which makes it so.

        Raises:
            MessageRefused: the anchor refused it.
            Waited: it did not answer in time.
        """
        sent = self._send(
            bodies.CallClose(outcome=outcome, note=note, closed_by=closed_by, relayed_to=relayed_to)
        )
        received = await self._answer(MessageType.CALL_CLOSE, sent.message_id, within)
        return received.body_as(bodies.CallClose)

    async def ask_transfer(
        self,
        department: str,
        reason: str = "",
        *,
        requested_by: str = "simulated dispatcher",
        within: float = 15.0,
    ) -> bodies.TransferDone | bodies.TransferFailed:
        """Ask the anchor to give the call to another department; returns its answer.

        Raises:
            MessageRefused: the anchor refused the request.
            Waited: it did not answer in time.
        """
        sent = self._send(
            bodies.TransferRequest(department=department, requested_by=requested_by, reason=reason)
        )
        types = {MessageType.TRANSFER_DONE, MessageType.TRANSFER_FAILED}
        received = await self._answer(types, sent.message_id, within)
        if received.type is MessageType.TRANSFER_DONE:
            return received.body_as(bodies.TransferDone)
        return received.body_as(bodies.TransferFailed)

    async def ask_callback(
        self, *, requested_by: str = "simulated dispatcher", within: float = 15.0
    ) -> bodies.CallbackSent | bodies.CallbackFailed:
        """Ask the anchor to mail the caller a URL back to the call, open or closed (CNB-31).

        Returns its first answer; `callbacks` gets all.  ``temporary`` is not the last one, and a
        letter that was sent may be returned: see :meth:`callback_told`.

        Raises:
            MessageRefused: the anchor refused the request.
            Waited: it did not answer in time.
        """
        sent = self._send(bodies.CallbackRequest(requested_by=requested_by))
        types = {MessageType.CALLBACK_SENT, MessageType.CALLBACK_FAILED}
        received = await self._answer(
            types,
            sent.message_id,
            within,
            lambda each: each.envelope.in_reply_to == sent.message_id,
        )
        return _callback_answer(received)

    async def callback_told(
        self, within: float = 15.0
    ) -> bodies.CallbackSent | bodies.CallbackFailed:
        """The next thing that the anchor tells of a callback; raises Waited."""
        types = {MessageType.CALLBACK_SENT, MessageType.CALLBACK_FAILED}
        return _callback_answer(await self.expect(types, within=within))

    async def reopened(self, within: float = 5.0) -> "TakenCall":
        """Return once the anchor has given the closed call back, whose caller came back.

        Raises:
            Waited: it has not, in time.
        """
        await self.expect(
            MessageType.CALL_ASSIGN,
            within=within,
            where=lambda each: each.body_as(bodies.CallAssign).cause is OfferCause.REOPENED,
        )
        return self

    async def ask_location(self, requested_by: str = "simulated dispatcher") -> Sent:
        """Ask the anchor for the caller's position; ``places`` gets the answer."""
        return self._send(bodies.LocationRequest(requested_by=requested_by))

    async def report(self, report: bodies.DiscrepancyReport) -> Sent:
        """Report that something was wrong with the call."""
        return self._send(report)

    # --- what the anchor says -----------------------------------------------------------------

    def _on_message(self, received: Received) -> None:
        envelope, body = received.envelope, received.body
        if isinstance(body, bodies.CallAssign):
            self._on_assign(received, body)
            return
        if isinstance(body, bodies.CallWithdraw):
            self._ledger.epoch = max(self._ledger.epoch, envelope.epoch)
            self.withdrawal = body
            received.handled = True
            return
        if isinstance(body, bodies.TransferDone):
            # It tells of the epoch under which another department has the call.
            self._ledger.epoch = max(self._ledger.epoch, envelope.epoch)
            self.transferred = body
            received.handled = True
            return
        if envelope.epoch != self.epoch:
            self._breaks("I1", f"{received.label}, but epoch {self.epoch} is in force")
            if envelope.epoch < self.epoch:
                detail = f"epoch {envelope.epoch} is over, {self.epoch} is in force"
                self._refuse(received, ErrorCode.STALE_EPOCH, detail, "epoch")
                return
        received.handled = True
        match body:
            case bodies.ChatMessage():
                self._on_line(received, body)
            case bodies.ChatReceipt():
                self._on_receipt(body)
            case bodies.CallerPresence():
                self.presence = body.presence
                self.presences.append(body)
            case bodies.CallClose():
                self.closing = body
            case bodies.LocationUpdate():
                self.places.append(body)
            case bodies.DiscrepancyReport():
                self.discrepancies.append(body)
            case bodies.TransferFailed():
                pass  # the one who asked gets it as the answer
            case bodies.CallbackSent() | bodies.CallbackFailed():
                self.callbacks.append(body)
            case _:
                received.handled = False

    def _on_assign(self, received: Received, body: bodies.CallAssign) -> None:
        epoch = received.envelope.epoch
        if epoch <= self.epoch:
            self._breaks("I1", f"{received.label} does not raise the epoch, which is {self.epoch}")
            detail = f"epoch {epoch} is in force or over already"
            self._refuse(received, ErrorCode.STALE_EPOCH, detail, "epoch")
            return
        self._ledger.epoch = epoch
        self.assignment = body
        self.withdrawal = None
        self.transferred = None
        if body.cause is OfferCause.REOPENED:
            if self.closing is None:
                self._breaks("I1", f"{received.label} reopens a call that was not closed")
            self.closing = None
        received.handled = True

    def _on_line(self, received: Received, body: bodies.ChatMessage) -> None:
        if body.seq is None or body.at is None:
            self._breaks("I2", f"{received.label}: a line of the anchor without a number")
            detail = "a line of the anchor has seq and at"
            self._refuse(received, ErrorCode.INVALID_BODY, detail, "body.seq")
            return
        if self.assignment is None:
            self._breaks("I1", f"{received.label}: a line before the call was assigned")
        if self._ledger.line(body.client_id) is None or self.line(body.seq) is None:
            self._log.take(ChatLine.model_validate(body.model_dump()))
        if self._duties.chat_receipts:
            receipt = bodies.ChatReceipt(client_id=body.client_id, seq=body.seq, at=body.at)
            self._speaker.reply(received, receipt)

    def _on_receipt(self, body: bodies.ChatReceipt) -> None:
        self._log.acknowledged(LineStored(client_id=body.client_id, seq=body.seq, at=body.at))
        first = self.receipts.setdefault(body.client_id, body)
        line = self._ledger.line(body.client_id)
        if line is None:
            self._breaks("I2", f"a receipt for {body.client_id!r}, which was never said here")
        elif first is body and self.line(body.seq) is None:
            numbered = line.model_dump() | {"seq": body.seq, "at": body.at}
            self._log.take(ChatLine.model_validate(numbered))


def _callback_answer(received: Received) -> bodies.CallbackSent | bodies.CallbackFailed:
    if received.type is MessageType.CALLBACK_SENT:
        return received.body_as(bodies.CallbackSent)
    return received.body_as(bodies.CallbackFailed)
