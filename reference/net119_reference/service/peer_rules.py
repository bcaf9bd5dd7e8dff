"""What each type of message from a peer does to a call, at the anchor and at the callee."""

import functools
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import ErrorCode, Refusal, SenderRole
from net119_protocol.interconnect import Envelope, MessageType, bodies

from net119_reference.calls import anchor, callee, reopen, whereabouts
from net119_reference.calls.effects import Send
from net119_reference.calls.machine import ForbiddenChange, Trigger, allows
from net119_reference.calls.model import Call, Side
from net119_reference.ports import Received, Refused
from net119_reference.service import live as memory
from net119_reference.service import rows, unknown
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.numbered_lines import check_free, store_numbered
from net119_reference.service.peer_refusals import (
    TELL_NEW_EPOCH,
    PeerRefused,
    refusal_for,
    reject,
    state_for,
    wrong_epoch,
)
from net119_reference.service.positions import Positions
from net119_reference.service.transfers import Transfers
from net119_reference.service.waiters import CLOSE


class PeerRules:
    """Carries out readable, new messages in their order."""

    def __init__(
        self, core: Core, transfers: Transfers, positions: Positions, callbacks: Callbacks
    ) -> None:
        self._positions = positions
        self._core = core
        self._transfers = transfers
        self._callbacks = callbacks

    def call_free(self, received: Received, tx: Transaction) -> None:
        """A message that belongs to no call."""
        body = received.envelope.body
        if isinstance(body, bodies.StatusReport):
            tx.after(lambda: self._core.peers.reported(received.sender, body.state, body.minor))
        elif isinstance(body, bodies.ErrorReport):
            self._log_error(received, body)

    def apply(self, tx: Transaction, live: Live, received: Received) -> None:
        """Carry out a message of a call.

        Raises:
            PeerRefused: it is not carried out.
        """
        call = live.call
        envelope = received.envelope
        # Whoever reports a message that could not be read cannot know its mode.
        report = isinstance(envelope.body, bodies.ErrorReport)
        if call is not None and envelope.mode is not call.mode and not report:
            raise PeerRefused(
                ErrorCode.MODE_MISMATCH,
                f"the call is {call.mode.value}, the message {envelope.mode.value}",
                "mode",
            )
        try:
            if isinstance(envelope.body, bodies.CallOffer):
                self._on_offer(tx, live, received, envelope.body)
            elif call is None:
                raise PeerRefused(ErrorCode.UNKNOWN_CALL, "no such call", "callId")
            elif call.side is Side.ANCHOR:
                self._at_anchor(tx, live, call, received)
            else:
                self._at_callee(tx, live, call, received)
        except ForbiddenChange as forbidden:
            raise PeerRefused(ErrorCode.WRONG_STATE, str(forbidden)) from None

    # --- the callee ---------------------------------------------------------------------------

    def _on_offer(
        self, tx: Transaction, live: Live, received: Received, offer: bodies.CallOffer
    ) -> None:
        core, call, envelope = self._core, live.call, received.envelope
        if call is not None:
            if call.side is Side.ANCHOR or call.anchor != received.sender:
                raise PeerRefused(ErrorCode.NOT_YOUR_CALL, "this call is anchored elsewhere")
            if envelope.epoch < call.epoch:
                raise wrong_epoch(call, envelope)
            # Our own request to give it to another of our departments is offered to us, too.
            if call.open and call.owner.provider == core.operator and call.transfer is None:
                raise PeerRefused(ErrorCode.WRONG_STATE, "this call is owned here already")
        unit = core.jurisdiction.own_unit(offer.department, tx.now)
        ready = callee.Readiness(
            unit=unit,
            console=unit is not None and core.hub.has_console(unit.center),
            modes=core.config.modes.accepted,
            state=state_for(core, offer.department, tx.now),
        )
        rejection = callee.judge_offer(offer, envelope.mode, ready, tx.now)
        if rejection is None and unit is not None:
            sender = received.sender
            willing = callee.accept(
                envelope,
                offer,
                sender,
                unit,
                tx.now,
                earlier=call,
                anchors_id=core.names.anchors_id(live.call_id),
            )
            core.record(tx, live, willing)
            for line in offer.transcript:
                store_numbered(core, tx, live, line)
        elif rejection is not None:
            core.refusals.note("B", received.sender, rejection.reason.value, rejection.detail)
            reject(core, tx, live, received, rejection)

    def _at_callee(self, tx: Transaction, live: Live, call: Call, received: Received) -> None:
        core, envelope = self._core, received.envelope
        if received.sender != call.anchor:
            raise PeerRefused(ErrorCode.NOT_YOUR_CALL, "only the anchor speaks of this call")
        body = envelope.body
        if isinstance(body, bodies.ErrorReport):
            self._own_message_refused(tx, live, received, body)
            return
        if isinstance(body, bodies.ChatResume):
            unknown.resend(core, tx, live, received.sender, body.after_n)
            return
        if isinstance(body, bodies.DiscrepancyReport):
            self._positions.on_report(tx, live, received, body)
            return
        newer = envelope.epoch > call.epoch and not isinstance(body, TELL_NEW_EPOCH)
        if envelope.epoch < call.epoch or newer:
            raise wrong_epoch(call, envelope)
        match body:
            case bodies.CallAssign():
                self._on_assign(tx, live, call, envelope, body)
            case bodies.CallWithdraw():
                core.record(tx, live, callee.on_withdraw(call, envelope.epoch, body, tx.now))
                self._fail_waiting(tx, live, f"the call was withdrawn: {body.reason.value}")
            case bodies.CallClose():
                closed = core.record(tx, live, callee.on_closed(call, body, tx.now))
                tx.after(lambda: core.waiters.answer(closed.call_id, CLOSE, None))
            case bodies.ChatMessage():
                self._on_line(tx, live, call, envelope, body)
            case bodies.ChatReceipt():
                self._on_receipt(tx, live, call, body)
            case bodies.CallerPresence():
                core.record(tx, live, callee.on_presence(call, body))
            case bodies.LocationUpdate():
                core.record(tx, live, whereabouts.learned(call, body))
            case bodies.TransferDone() | bodies.TransferFailed():
                self._transfers.on_answer(tx, live, call, envelope, body)
                if not live.known().open:
                    self._fail_waiting(tx, live, f"{live.known().owner.department.code} has it now")
            case bodies.CallbackSent() | bodies.CallbackFailed():
                self._callbacks.on_answer(tx, live, call, envelope, body)
            case _:
                raise PeerRefused(
                    ErrorCode.WRONG_STATE, f"an anchor does not send {envelope.type.value}", "type"
                )

    def _on_assign(
        self, tx: Transaction, live: Live, call: Call, envelope: Envelope, body: bodies.CallAssign
    ) -> None:
        core = self._core
        if envelope.epoch == call.epoch:
            raise wrong_epoch(call, envelope)
        unit = core.jurisdiction.own_unit(body.department, tx.now)
        if self._callbacks.reopened(tx, live, envelope, body, unit):
            return
        if unit is None or not allows(call.state, Trigger.RING):
            raise PeerRefused(
                ErrorCode.WRONG_STATE,
                f"the call is {call.state.value} and cannot be assigned to {body.department}",
            )
        core.record(tx, live, callee.on_assign(call, envelope.epoch, unit, tx.now, core.timing))

    def _on_line(
        self, tx: Transaction, live: Live, call: Call, envelope: Envelope, body: bodies.ChatMessage
    ) -> None:
        if body.seq is None or body.at is None:
            raise PeerRefused(
                ErrorCode.INVALID_BODY, "a line of the anchor has seq and at", "body.seq"
            )
        if call.owner.provider != self._core.operator:
            raise PeerRefused(ErrorCode.WRONG_STATE, "the call is not assigned to this provider")
        line = ChatLine.model_validate(body.model_dump())
        store_numbered(self._core, tx, live, line)
        receipt = bodies.ChatReceipt(client_id=body.client_id, seq=body.seq, at=body.at)
        reply = Send(
            call.anchor, MessageType.CHAT_RECEIPT, receipt, in_reply_to=envelope.message_id
        )
        self._core.send(tx, live, reply)

    def _on_receipt(
        self, tx: Transaction, live: Live, call: Call, body: bodies.ChatReceipt
    ) -> None:
        """The anchor numbered a line of one of our dispatchers: now it is said (I2)."""
        core = self._core
        author = memory.dispatcher_of(core.operator)
        pending = live.pending.get(body.client_id)
        if pending is None:
            if (author, body.client_id) in live.said:
                return
            raise PeerRefused(
                ErrorCode.INVALID_BODY, f"no line {body.client_id} waits here", "body.clientId"
            )
        line = ChatLine(
            seq=body.seq,
            client_id=body.client_id,
            sender=SenderRole.DISPATCHER,
            sender_name=pending.dispatcher,
            at=body.at,
            text=pending.content.text,
            options=pending.content.options,
            choice=pending.content.choice,
        )
        check_free(live, line.seq, (author, line.client_id) in live.said)
        core.store_line(tx, live, author, line, memory.digest_of(line))
        self._forget_pending(tx, live, body.client_id)
        stored = LineStored(client_id=body.client_id, seq=body.seq, at=body.at)
        tx.after(lambda: core.waiters.answer(call.call_id, body.client_id, stored))

    def _forget_pending(self, tx: Transaction, live: Live, client_id: str) -> None:
        tx.drop(live.pending, client_id)
        tx.write(rows.DELETE_PENDING, b_call_id=str(live.call_id), b_client_id=client_id)

    def _own_message_refused(
        self, tx: Transaction, live: Live, received: Received, body: bodies.ErrorReport
    ) -> None:
        """The anchor refused something of ours: its writer must see that."""
        call = live.known()
        self._log_error(received, body)
        unknown.refused(tx, live, received.sender, received.envelope.in_reply_to, body)
        self._transfers.on_error(tx, live, received.envelope.in_reply_to, body)
        self._callbacks.on_error(tx, live, received.envelope.in_reply_to, body)
        self._core.note(tx, call, "refused by the anchor", f"{body.code.value}: {body.detail}")
        refused = Refused(refusal_for(body.code), f"{body.code.value}: {body.detail}")
        answered = received.envelope.in_reply_to
        for client_id, pending in list(live.pending.items()):
            if pending.message_id == answered:
                self._forget_pending(tx, live, client_id)
                tx.after(
                    functools.partial(self._core.waiters.refuse, call.call_id, client_id, refused)
                )
        if body.offending_type == MessageType.CALL_CLOSE.value:
            tx.after(lambda: self._core.waiters.refuse(call.call_id, CLOSE, refused))

    def _fail_waiting(self, tx: Transaction, live: Live, why: str) -> None:
        """Lines still in flight are refused visibly to their writers."""
        call_id: UUID = live.call_id
        refused = Refused(Refusal.OWNED_BY_OTHER, why)
        for client_id in list(live.pending):
            self._forget_pending(tx, live, client_id)
            tx.after(functools.partial(self._core.waiters.refuse, call_id, client_id, refused))
        tx.after(lambda: self._core.waiters.refuse(call_id, CLOSE, refused))

    # --- the anchor ---------------------------------------------------------------------------

    def _at_anchor(self, tx: Transaction, live: Live, call: Call, received: Received) -> None:
        core, envelope, sender = self._core, received.envelope, received.sender
        if sender not in call.offered:
            raise PeerRefused(ErrorCode.NOT_YOUR_CALL, "this call was never offered to you")
        body = envelope.body
        console = core.home_console(call)
        match body:
            case bodies.CallAccept():
                change = anchor.on_accept(
                    call,
                    sender,
                    body,
                    in_reply_to=envelope.in_reply_to,
                    message_id=envelope.message_id,
                    now=tx.now,
                    timing=core.timing,
                )
                core.record(tx, live, change)
                return
            case bodies.CallReject():
                change = anchor.on_refused_offer(
                    call,
                    sender,
                    f"{body.reason.value} {body.detail}".strip(),
                    tx.now,
                    core.timing,
                    console=console,
                    in_reply_to=envelope.in_reply_to,
                    reason=body.reason,
                )
                core.record(tx, live, change)
                return
            case bodies.ErrorReport():
                self._log_error(received, body)
                unknown.refused(tx, live, sender, envelope.in_reply_to, body)
                change = anchor.on_error(
                    call,
                    sender,
                    body,
                    in_reply_to=envelope.in_reply_to,
                    now=tx.now,
                    timing=core.timing,
                    console=console,
                )
                core.record(tx, live, change)
                return
            case bodies.ChatResume():
                unknown.resend(core, tx, live, sender, body.after_n)
                return
            case bodies.DiscrepancyReport():
                self._positions.on_report(tx, live, received, body)
                return
        if envelope.epoch != call.epoch:
            raise wrong_epoch(call, envelope)
        if sender != call.owner.provider:
            raise PeerRefused(ErrorCode.NOT_YOUR_CALL, "your department does not own this call")
        self._from_owner(tx, live, call, received)

    def _from_owner(self, tx: Transaction, live: Live, call: Call, received: Received) -> None:
        core, envelope, sender = self._core, received.envelope, received.sender
        match envelope.body:
            case bodies.CallRinging() as body:
                core.record(
                    tx, live, reopen.rings(call, f"{body.center} at {sender}", tx.now, core.timing)
                )
            case bodies.CallAnswered() as body:
                core.record(tx, live, anchor.on_answered(call, body.dispatcher, body.answered_at))
            case bodies.ChatMessage() as body:
                self._line_of_owner(tx, live, call, received, body)
            case bodies.LocationRequest() as body:
                self._positions.on_request(tx, live, call, envelope, body.requested_by)
            case bodies.TransferRequest() as body:
                self._transfers.on_request(tx, live, call, envelope, body)
            case bodies.CallbackRequest() as body:
                self._callbacks.on_request(tx, live, call, envelope, body)
            case bodies.ChatReceipt():
                pass  # the owner has the line; the outbox knows from the STOMP receipt already
            case bodies.CallClose() as body:
                change = anchor.close(
                    call,
                    tx.now,
                    outcome=body.outcome,
                    note=body.note,
                    by=body.closed_by,
                    relayed_to=body.relayed_to,
                    in_reply_to=envelope.message_id,
                )
                core.record(tx, live, change)
            case _:
                raise PeerRefused(
                    ErrorCode.WRONG_STATE,
                    f"an owner does not send {envelope.type.value}",
                    "type",
                )

    def _line_of_owner(
        self, tx: Transaction, live: Live, call: Call, received: Received, body: bodies.ChatMessage
    ) -> None:
        if not call.open:
            raise PeerRefused(ErrorCode.WRONG_STATE, "the call is closed")
        if body.seq is not None:
            raise PeerRefused(ErrorCode.INVALID_BODY, "only the anchor numbers lines", "body.seq")
        if body.sender is not SenderRole.DISPATCHER:
            raise PeerRefused(
                ErrorCode.INVALID_BODY, "an owner passes on its dispatcher's lines", "body.sender"
            )
        said = self._core.say(
            tx,
            live,
            memory.dispatcher_of(received.sender),
            SenderRole.DISPATCHER,
            body.sender_name,
            body.client_id,
            body,
        )
        receipt = bodies.ChatReceipt(client_id=body.client_id, seq=said.seq, at=said.at)
        self._core.send(
            tx,
            live,
            Send(
                received.sender,
                MessageType.CHAT_RECEIPT,
                receipt,
                in_reply_to=received.envelope.message_id,
            ),
        )

    # --- shared -------------------------------------------------------------------------------

    def _log_error(self, received: Received, body: bodies.ErrorReport) -> None:
        detail = f"{body.offending_type or 'a message'}: {body.detail}"
        self._core.refusals.note("B", f"{received.sender} (reports)", body.code.value, detail)
