"""Rules of the anchor: the home provider, which records who owns a call.

Pure functions of the call, what happened, and ``now``; they return the call as it is afterwards
and the effects to carry out in the same transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    ErrorCode,
    OfferCause,
    Presence,
    RejectReason,
    TransferFailure,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.person import DepartmentRef
from net119_protocol.texts import notice

from net119_reference.calls import fallback, transfer
from net119_reference.calls.effects import (
    Change,
    Effect,
    Note,
    Remind,
    Resend,
    SaySystem,
    Send,
    SendLinesAfter,
)
from net119_reference.calls.machine import Trigger, advance, allows
from net119_reference.calls.model import Call, Offer, Told, Unit
from net119_reference.calls.presence import lost
from net119_reference.calls.timing import Timing

_MOMENT = timedelta(milliseconds=1)
"""The least by which two times on the wire differ."""


@dataclass(frozen=True)
class Fallback:
    """Why the home department has a call that lies elsewhere, and whom it may phone."""

    code: NoticeCode
    phone_to: tuple[DepartmentRef, ...] = ()


def ring(call: Call, unit: Unit, now: datetime, timing: Timing, *, console: bool) -> Change:
    """Let a unit of our own have the call; ``console`` = somebody is at its center.

    The owner changes, under a new epoch, if it was another unit (invariant I1).
    """
    changes = unit != call.owner
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.RING),
            "owner": unit,
            "epoch": call.epoch + 1 if changes else call.epoch,
            "offer": None,
            "peer": None,
            **_unanswered(now, timing),
        }
    )
    note = Note("ringing", f"{unit.department.code} at {unit.center}")
    if console:
        return Change(call, (note,))
    return tell(Change(call, (note,)), NoticeCode.NOT_RECEIVED)


def take_home(call: Call, why: Fallback, now: datetime, timing: Timing, *, console: bool) -> Change:
    """The home department takes the call (invariant I7), told whom to phone."""
    changes = call.owner != call.home
    rule = str(fallback.AFTER_OFFER.get(why.code, call.routing.rule))
    taken = WithdrawReason.TAKEN_HOME
    cancelled = transfer.cancelled(call, now, why.code.value, taken, call.home.department)
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.TAKE_HOME),
            "owner": call.home,
            "epoch": call.epoch + 1 if changes else call.epoch,
            "offer": None,
            "peer": None,
            "transfer": None,
            "reopening": False,
            **_unanswered(now, timing),
            "told": (*call.told, Told(code=why.code, phone_to=why.phone_to)),
            "routing": call.routing.model_copy(update={"rule": rule}),
        }
    )
    effects: tuple[Effect, ...] = (
        *cancelled,
        Note("taken home", why.code.value),
        SaySystem(notice(why.code, phone_to=why.phone_to, mode=call.mode).text_ja),
    )
    if console:
        return Change(call, effects)
    return tell(Change(call, effects), NoticeCode.NOT_RECEIVED)


def on_accept(
    call: Call,
    sender: str,
    body: bodies.CallAccept,
    *,
    in_reply_to: UUID | None,
    message_id: UUID,
    now: datetime,
    timing: Timing,
) -> Change:
    """A peer is willing: assign it, or withdraw if that came too late."""
    pending = call.offer
    if (
        pending is not None
        and pending.peer == sender
        and in_reply_to in (None, pending.message_id)
        and call.state in (CallState.OFFERING, CallState.TRANSFERRING)
    ):
        return _assign(call, pending, body.center, message_id, now, timing)
    if call.peer == sender and call.open:
        return Change(call, (Note("accepted again", sender),))
    reason = WithdrawReason.LATE_ACCEPT if call.open else WithdrawReason.CLOSED
    return Change(
        call,
        (
            Note("late accept", sender),
            Send(
                sender,
                MessageType.CALL_WITHDRAW,
                bodies.CallWithdraw(reason=reason, taken_by=call.owner.department),
                in_reply_to=message_id,
            ),
        ),
    )


def _assign(
    call: Call, pending: Offer, center: str, reply_to: UUID, now: datetime, timing: Timing
) -> Change:
    """Make the willing peer the owner, under a new epoch; T2 runs from here on."""
    before, peer = call, pending.peer
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.RING),
            "owner": Unit(department=pending.department, center=center, provider=peer),
            "epoch": call.epoch + 1,
            "offer": None,
            "peer": peer,
            "assigned": tuple(dict.fromkeys((*call.assigned, peer))),
            **_unanswered(now, timing),
            **transfer.new_owner(before, pending.department),
        }
    )
    cause = OfferCause.NEW if before.transfer is None else OfferCause.TRANSFER
    body = bodies.CallAssign(
        department=pending.department.code, last_seq=pending.last_seq, cause=cause
    )
    effects: tuple[Effect, ...] = (
        Note("assigned", f"{pending.department.code} at provider {peer}"),
        Send(peer, MessageType.CALL_ASSIGN, body, in_reply_to=reply_to),
        *transfer.done(before, call, now, again=True),
    )
    if before.peer != peer:
        # A provider that goes on with another of its departments has every line already.
        effects = (*effects, SendLinesAfter(peer, pending.last_seq))
    if call.presence is Presence.GONE:
        # A new owner takes the handset for connected unless it is told otherwise.
        gone = bodies.CallerPresence(presence=Presence.GONE, since=call.presence_since)
        effects = (*effects, Send(peer, MessageType.CALLER_PRESENCE, gone))
    if before.transfer is not None:
        effects = (*effects, transfer.said(call))
    return Change(call, effects)


def _unanswered(now: datetime, timing: Timing) -> dict[str, object]:
    """A call that rings from now on, whoever had answered it elsewhere; T2 runs."""
    return {
        "answered_at": None,
        "answered_by": None,
        "ringing_since": now,
        "reminders": 0,
        "deadline": now + timedelta(seconds=timing.t2_s),
    }


def on_refused_offer(
    call: Call,
    sender: str,
    detail: str,
    now: datetime,
    timing: Timing,
    *,
    console: bool,
    reason: RejectReason | None = None,
    in_reply_to: UUID | None = None,
) -> Change:
    """A peer rejected the offer for a ``reason``, or answered it with an error."""
    pending = call.offer
    note = Note("rejected", f"{sender}: {detail}")
    if pending is None or pending.peer != sender or in_reply_to not in (None, pending.message_id):
        return Change(call, (Note("rejected, too late to matter", f"{sender}: {detail}"),))
    if call.transfer is not None:
        change = transfer.failed(call, TransferFailure.REJECTED, detail, now)
        return Change(change.call, (note, *change.effects))
    why = Fallback(fallback.rejection(reason), (pending.department,))
    change = take_home(call, why, now, timing, console=console)
    return Change(change.call, (note, *change.effects))


def on_error(
    call: Call,
    sender: str,
    error: bodies.ErrorReport,
    *,
    in_reply_to: UUID | None,
    now: datetime,
    timing: Timing,
    console: bool,
) -> Change:
    """A peer refused something of ours.

    An owner that refuses the assignment, or does not know the call, cannot serve the caller: the
    call comes home at once (invariants I1 and I7).
    """
    if call.offer is not None and in_reply_to == call.offer.message_id:
        return on_refused_offer(call, sender, error.code.value, now, timing, console=console)
    note = Note("error from peer", f"{sender}: {error.code.value}")
    disowned = (
        error.code is ErrorCode.UNKNOWN_CALL
        or error.offending_type == MessageType.CALL_ASSIGN.value
    )
    if not disowned or call.peer != sender or not call.open:
        return Change(call, (note,))
    why = Fallback(NoticeCode.CALL_HOME_PEER_REJECTED, (call.owner.department,))
    change = take_home(call, why, now, timing, console=console)
    change = _with_withdrawal(call, change, WithdrawReason.TAKEN_HOME)
    return Change(change.call, (note, *change.effects))


def on_answered(call: Call, dispatcher: str, at: datetime) -> Change:
    """A human of the owner has taken the call."""
    if not allows(call.state, Trigger.ANSWER):
        return Change(call, (Note("answered again", dispatcher),))
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.ANSWER),
            "answered_at": at,
            "answered_by": dispatcher,
            "reopening": False,
            "deadline": None,
        }
    )
    if lost(call):
        call = call.model_copy(update={"state": advance(call.state, Trigger.HANDSET_GONE)})
    return Change(call, (Note("answered", dispatcher),))


def on_deadline(call: Call, now: datetime, timing: Timing, *, console: bool) -> Change:
    """T1 or T2 has run out.  ``console`` = somebody is at the home center."""
    if call.offer is not None:
        if call.offer.attempts_left > 0:
            left = call.offer.model_copy(update={"attempts_left": call.offer.attempts_left - 1})
            again = call.model_copy(
                update={"offer": left, "deadline": now + timedelta(seconds=timing.t1_s)}
            )
            return Change(
                again,
                (Note("offered again", left.peer), Resend(left.peer, left.message_id)),
            )
        if call.transfer is not None:
            return transfer.failed(call, TransferFailure.SILENT, f"{call.offer.peer}", now)
        why = Fallback(NoticeCode.CALL_HOME_PEER_SILENT, (call.offer.department,))
        return take_home(call, why, now, timing, console=console)
    if call.state is CallState.RINGING and call.reopening:
        why = Fallback(NoticeCode.CALL_HOME_PEER_SILENT, (call.owner.department,))
        change = take_home(call, why, now, timing, console=console)
        return _with_withdrawal(call, change, WithdrawReason.TAKEN_HOME)
    if call.state is CallState.RINGING:
        return _ringing_too_long(call, now, timing, console=console)
    return Change(call.model_copy(update={"deadline": None}))


def _ringing_too_long(call: Call, now: datetime, timing: Timing, *, console: bool) -> Change:
    if call.reminders == 0:
        reminded = call.model_copy(
            update={"reminders": 1, "deadline": now + timedelta(seconds=timing.t2_s)}
        )
        change = Change(reminded, (Note("nobody answers"), Remind(call.owner.center)))
        return tell(change, NoticeCode.NOBODY_ANSWERS)
    if call.owner != call.home:
        why = Fallback(NoticeCode.TAKEN_HOME_UNANSWERED, (call.owner.department,))
        change = take_home(call, why, now, timing, console=console)
        return _with_withdrawal(call, change, WithdrawReason.RINGING_UNANSWERED)
    silent = Change(call.model_copy(update={"deadline": None}), (Note("nobody answered at home"),))
    return tell(silent, NoticeCode.NOT_RECEIVED)


def on_peer_lost(call: Call, now: datetime, timing: Timing, *, console: bool) -> Change:
    """The owner's provider is silent past T3: the call comes home, the peer is told when back."""
    why = Fallback(NoticeCode.TAKEN_HOME, (call.owner.department,))
    change = take_home(call, why, now, timing, console=console)
    return _with_withdrawal(call, change, WithdrawReason.TAKEN_HOME)


def _with_withdrawal(before: Call, change: Change, reason: WithdrawReason) -> Change:
    if before.peer is None:
        return change
    body = bodies.CallWithdraw(reason=reason, taken_by=change.call.owner.department)
    send = Send(before.peer, MessageType.CALL_WITHDRAW, body)
    return Change(change.call, (*change.effects, send))


def on_presence(call: Call, presence: Presence, now: datetime) -> Change:
    """The caller's handset came or went."""
    if presence is call.presence:
        return Change(call)
    since = now
    if presence is Presence.GONE:
        # Gone since the very moment of the call would tell the owner that it was never there.
        since = max(now, call.opened_at + _MOMENT)
    update: dict[str, object] = {"presence": presence, "presence_since": since, "connecting": False}
    trigger = Trigger.HANDSET_BACK if presence is Presence.CONNECTED else Trigger.HANDSET_GONE
    if allows(call.state, trigger):
        update["state"] = advance(call.state, trigger)
    call = call.model_copy(update=update)
    effects: tuple[Effect, ...] = (Note(f"handset {presence.value}"),)
    if call.peer is not None and call.open:
        body = bodies.CallerPresence(presence=presence, since=since)
        effects = (*effects, Send(call.peer, MessageType.CALLER_PRESENCE, body))
    return Change(call, effects)


def close(
    call: Call,
    now: datetime,
    *,
    outcome: CloseOutcome,
    note: str,
    by: str,
    relayed_to: str | None,
    in_reply_to: UUID | None = None,
) -> Change:
    """The owner ends the call; a remote owner gets the confirmation."""
    cancelled = transfer.cancelled(call, now, f"closed by {by}", WithdrawReason.CLOSED, None)
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.CLOSE),
            "closed_at": now,
            "outcome": outcome,
            "close_note": note,
            "relayed_to": relayed_to,
            "reopening": False,
            "deadline": None,
            "offer": None,
            "transfer": None,
        }
    )
    relayed = f", by phone to {relayed_to}" if relayed_to else ""
    effects: tuple[Effect, ...] = (
        *cancelled,
        Note("closed", f"{outcome.value} by {by}{relayed}"),
    )
    if call.peer is not None:
        body = bodies.CallClose(outcome=outcome, note=note, closed_by=by, relayed_to=relayed_to)
        effects = (
            *effects,
            Send(call.peer, MessageType.CALL_CLOSE, body, in_reply_to=in_reply_to),
        )
    return Change(call, effects)


def tell(change: Change, code: NoticeCode) -> Change:
    """Add a notice to the call and say it in the chat, from the machine, at once (gap D8)."""
    call = change.call.model_copy(update={"told": (*change.call.told, Told(code=code))})
    return Change(call, (*change.effects, SaySystem(notice(code, mode=call.mode).text_ja)))
