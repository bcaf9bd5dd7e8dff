"""A call that the peer anchors and offers to the SUT."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from net119_protocol.chat import ChatLine, Choice
from net119_protocol.codes import (
    CallbackFailure,
    CloseOutcome,
    ErrorCode,
    OfferCause,
    Presence,
    SenderRole,
    TransferFailure,
    WithdrawReason,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_protocol.person import Contact, DepartmentRef

from net119_simulators.line_sender import new_client_id
from net119_simulators.peer.errors import OtherAnswer
from net119_simulators.peer.messages import Received
from net119_simulators.peer.peer_call import PeerCall
from net119_simulators.peer.sending import Sent


class OfferedCall(PeerCall):
    """From the peer's offer on; the peer numbers the lines.

    ``accepting``, ``rejection``, ``ringing_at``, ``answering`` and ``closing`` are what the SUT
    said, if it did; ``receipts`` its receipts by client id.
    """

    def __init__(self, offer: Envelope, *parts: Any) -> None:
        call_id, body = offer.call_id, offer.body
        if call_id is None or not isinstance(body, bodies.CallOffer):
            raise ValueError("an offer belongs to a call")
        super().__init__(call_id, *parts)
        self.offer = body
        self.accepting: bodies.CallAccept | None = None
        self.rejection: bodies.CallReject | None = None
        self.ringing_at: bodies.CallRinging | None = None
        self.answering: bodies.CallAnswered | None = None
        self.closing: bodies.CallClose | None = None
        self.receipts: dict[str, bodies.ChatReceipt] = {}
        self.discrepancies: list[bodies.DiscrepancyReport] = []
        self.is_assigned = False
        self._envelope = offer
        self._accept_id: UUID | None = None
        self._lines: list[ChatLine] = list(body.transcript)
        self._sent_lines = body.last_seq

    @property
    def offer_id(self) -> UUID:
        """``messageId`` of the offer."""
        return self._envelope.message_id

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """See PeerCall."""
        return tuple(self._lines)

    async def offer_again(self) -> Sent:
        """Send the offer again, with the same ``messageId``."""
        return self._speaker.send(self._envelope)

    async def accepted(self, within: float = 5.0) -> bodies.CallAccept:
        """The SUT's accept, once it is there.

        Raises:
            OtherAnswer: it rejected the offer.
            MessageRefused: it answered with ``error``.
            Waited: neither, in time.
        """
        received = await self._decision(within, MessageType.CALL_ACCEPT)
        return received.body_as(bodies.CallAccept)

    async def rejected(self, within: float = 5.0) -> bodies.CallReject:
        """The SUT's reject; as ``accepted``, the other way round."""
        received = await self._decision(within, MessageType.CALL_REJECT)
        return received.body_as(bodies.CallReject)

    async def assign(self, last_seq: int | None = None) -> Sent:
        """Make the SUT the owner under a new epoch, and send it the lines said meanwhile."""
        self._ledger.epoch += 1
        self.is_assigned = True
        known = self._lines[-1].seq if self._lines else 0
        sent = self._send(
            bodies.CallAssign(
                department=self.offer.department, last_seq=known if last_seq is None else last_seq
            ),
            in_reply_to=self._accept_id,
        )
        self._send_lines()
        return sent

    async def reopen(self) -> Sent:
        """Give a closed call back to the SUT under a new epoch: its caller came back (CNB-31)."""
        self._ledger.epoch += 1
        self.is_assigned = True
        self.closing = None
        self.ringing_at = None
        self.answering = None
        sent = self._send(
            bodies.CallAssign(
                department=self.offer.department,
                last_seq=self._lines[-1].seq if self._lines else 0,
                cause=OfferCause.REOPENED,
            )
        )
        self._send_lines()
        return sent

    async def ringing(self, within: float = 5.0) -> bodies.CallRinging:
        """The SUT's ``call.ringing``, once it is there; raises Waited."""
        return (await self.expect(MessageType.CALL_RINGING, within=within)).body_as(
            bodies.CallRinging
        )

    async def answered(self, within: float = 5.0) -> bodies.CallAnswered:
        """The SUT's ``call.answered``, once it is there; raises Waited."""
        return (await self.expect(MessageType.CALL_ANSWERED, within=within)).body_as(
            bodies.CallAnswered
        )

    async def send_line(
        self,
        text: str = "",
        *,
        sender: SenderRole = SenderRole.CALLER,
        sender_name: str = "",
        client_id: str | None = None,
        choice: Choice | None = None,
    ) -> tuple[ChatLine, Sent | None]:
        """Number a line and send it, and do not wait; before the assignment it is only kept."""
        line = self._number(
            bodies.ChatMessage(
                client_id=client_id or new_client_id(),
                sender=sender,
                sender_name=sender_name,
                text=text,
                choice=choice,
            )
        )
        return line, self._send_line(line) if self.is_assigned else None

    async def say_as_caller(self, text: str = "", *, within: float = 5.0, **line: Any) -> ChatLine:
        """Say a line of the caller; returns once the SUT has confirmed it.

        Raises:
            MessageRefused: the SUT refused it.
            Waited: no receipt came in time.
        """
        said, sent = await self.send_line(text, **line)
        if sent is not None:
            await self._answer(
                MessageType.CHAT_RECEIPT,
                sent.message_id,
                within,
                lambda each: each.body_as(bodies.ChatReceipt).client_id == said.client_id,
            )
        return said

    def number_late(self, received: Received) -> None:
        """Number and confirm a line of the SUT that came while the peer numbered none."""
        self._on_line(received, received.body_as(bodies.ChatMessage))

    def said_by_hand(self, envelope: Envelope) -> None:
        """Count a line that was built and sent outside ``send_line`` among those of the call."""
        self._lines.append(ChatLine.model_validate(envelope.body.model_dump()))

    async def presence(self, presence: Presence, since: datetime | None = None) -> Sent:
        """Say that the caller's handset came or went."""
        return self._send(
            bodies.CallerPresence(presence=presence, since=since or datetime.now(UTC))
        )

    async def withdraw(
        self, reason: WithdrawReason = WithdrawReason.TAKEN_HOME, by: DepartmentRef | None = None
    ) -> Sent:
        """Take the call back (default: for the home department); an owner loses its epoch."""
        if self.is_assigned:
            self._ledger.epoch += 1
            self.is_assigned = False
        return self._send(bodies.CallWithdraw(reason=reason, taken_by=by or self.offer.home))

    async def close(
        self,
        outcome: CloseOutcome = CloseOutcome.DISPATCHED,
        note: str = "",
        *,
        closed_by: str = "anchor",
        in_reply_to: UUID | None = None,
    ) -> Sent:
        """Say that the call is closed."""
        closing = bodies.CallClose(outcome=outcome, note=note, closed_by=closed_by)
        self.closing = closing
        return self._send(closing, in_reply_to=in_reply_to)

    async def closed(self, within: float = 5.0) -> bodies.CallClose:
        """The SUT's ``call.close``, which asks to close; it is answered. Raises Waited."""
        return (await self.expect(MessageType.CALL_CLOSE, within=within)).body_as(bodies.CallClose)

    async def transfer_requested(self, within: float = 5.0) -> Received:
        """The SUT's ``transfer.request``, once it is there; answer it. Raises Waited."""
        return await self.expect(MessageType.TRANSFER_REQUEST, within=within)

    async def transfer_done(self, request: Received, department: DepartmentRef) -> Sent:
        """Give the call to another department, and release the SUT."""
        self._ledger.epoch += 1
        self.is_assigned = False
        body = bodies.TransferDone(department=department, epoch=self.epoch)
        return self._send(body, in_reply_to=request.message_id)

    async def transfer_failed(
        self, request: Received, reason: TransferFailure, detail: str = ""
    ) -> Sent:
        """Answer that the call stays with the SUT."""
        body = bodies.TransferFailed(reason=reason, detail=detail)
        return self._send(body, in_reply_to=request.message_id)

    async def callback_requested(self, within: float = 5.0) -> Received:
        """The SUT's ``callback.request``, once it is there; answer it. Raises Waited."""
        return await self.expect(MessageType.CALLBACK_REQUEST, within=within)

    async def callback_sent(self, request: Received, at: datetime | None = None) -> Sent:
        """Answer that the caller's mail server has taken the letter."""
        body = bodies.CallbackSent(at=at or datetime.now(UTC))
        return self._send(body, in_reply_to=request.message_id)

    async def callback_failed(
        self,
        request: Received,
        reason: CallbackFailure,
        detail: str = "",
        contacts: Sequence[Contact] = (),
    ) -> Sent:
        """Answer that it has not, or gave the letter back; with whom to try instead."""
        body = bodies.CallbackFailed(reason=reason, detail=detail, contacts=tuple(contacts))
        return self._send(body, in_reply_to=request.message_id)

    async def location_requested(self, within: float = 5.0) -> Received:
        """The SUT's ``location.request``, once it is there; raises Waited."""
        return await self.expect(MessageType.LOCATION_REQUEST, within=within)

    async def location(
        self, update: bodies.LocationUpdate, request: Received | None = None
    ) -> Sent:
        """Tell a place of the trail, as the answer to a request if one is given."""
        return self._send(update, in_reply_to=None if request is None else request.message_id)

    async def report(self, report: bodies.DiscrepancyReport) -> Sent:
        """Report that something was wrong with the call."""
        return self._send(report)

    # --- what the SUT says --------------------------------------------------------------------

    async def _decision(self, within: float, wanted: MessageType) -> Received:
        types = {MessageType.CALL_ACCEPT, MessageType.CALL_REJECT}
        received = await self._answer(types, self.offer_id, within)
        if received.type is not wanted:
            raise OtherAnswer(wanted.value, received)
        return received

    def _on_message(self, received: Received) -> None:
        body = received.body
        match body:
            case bodies.CallAccept():
                received.handled = self.accepting is None
                self.accepting = body
                self._accept_id = received.message_id
            case bodies.CallReject():
                received.handled = self.rejection is None
                self.rejection = body
            case _ if self._is_of_owner(received):
                received.handled = True
                self._of_owner(received)

    def _is_of_owner(self, received: Received) -> bool:
        """Whether the sender may say this now; it is told if not."""
        epoch = received.envelope.epoch
        if epoch == self.epoch and self.is_assigned:
            return True
        if epoch < self.epoch:
            detail = f"epoch {epoch} is over, {self.epoch} is in force"
            self._refuse(received, ErrorCode.STALE_EPOCH, detail, "epoch")
        elif not self.is_assigned:
            self._refuse(received, ErrorCode.NOT_YOUR_CALL, "the call is not yours", "callId")
        else:
            self._breaks("I1", f"{received.label}, but epoch {self.epoch} is in force")
            self._refuse(received, ErrorCode.WRONG_STATE, f"no epoch {epoch} is known", "epoch")
        return False

    def _of_owner(self, received: Received) -> None:
        body = received.body
        match body:
            case bodies.CallRinging():
                self.ringing_at = body
            case bodies.CallAnswered():
                self.answering = body
            case bodies.ChatReceipt():
                self._on_receipt(body)
            case bodies.ChatMessage():
                self._on_line(received, body)
            case bodies.CallClose():
                self._on_close(received, body)
            case bodies.TransferRequest() | bodies.LocationRequest() | bodies.CallbackRequest():
                pass  # whoever drives this call answers
            case bodies.DiscrepancyReport():
                self.discrepancies.append(body)
            case _:
                received.handled = False

    def _on_receipt(self, body: bodies.ChatReceipt) -> None:
        self.receipts[body.client_id] = body
        line = self._ledger.line(body.client_id)
        if line is None or line.seq != body.seq:
            self._breaks("I3", f"receipt of {body.client_id!r} as {body.seq}, which it is not")

    def _on_line(self, received: Received, body: bodies.ChatMessage) -> None:
        if body.seq is not None:
            self._breaks("I3", f"{received.label}: the owner numbered a line ({body.seq})")
            detail = "only the anchor numbers lines"
            self._refuse(received, ErrorCode.INVALID_BODY, detail, "body.seq")
        elif self.closing is not None:
            self._refuse(received, ErrorCode.WRONG_STATE, "the call is closed", "callId")
        elif self._duties.number_lines:
            line = self._number(body)
            receipt = bodies.ChatReceipt(client_id=line.client_id, seq=line.seq, at=line.at)
            self._speaker.reply(received, receipt)

    def _on_close(self, received: Received, body: bodies.CallClose) -> None:
        if self._duties.confirm_close:
            self.closing = body
            self._speaker.reply(received, body)

    def _number(self, body: bodies.ChatMessage) -> ChatLine:
        """The line with its number; the same client id and sender keep theirs."""
        for line in self._lines:
            if (line.client_id, line.sender) == (body.client_id, body.sender):
                return line
        numbered = body.model_dump() | {"seq": _next(self._lines), "at": datetime.now(UTC)}
        line = ChatLine.model_validate(numbered)
        self._lines.append(line)
        self._watch.changed()
        return line

    def _send_lines(self) -> None:
        for line in self._lines:
            if line.seq > self._sent_lines:
                self._send_line(line)

    def _send_line(self, line: ChatLine) -> Sent:
        self._sent_lines = max(self._sent_lines, line.seq)
        return self._send(bodies.ChatMessage.model_validate(line.model_dump()))


def _next(lines: Sequence[ChatLine]) -> int:
    return lines[-1].seq + 1 if lines else 1
