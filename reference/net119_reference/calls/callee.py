"""Rules of the callee: the provider of the responsible department.

It owns a call only by ``call.assign``; it never numbers a line and never confirms its own
dispatcher's line by itself (invariant I2).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Mode,
    Presence,
    ProviderState,
    RejectReason,
    WithdrawReason,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies

from net119_reference.calls import transfer, whereabouts
from net119_reference.calls.effects import Change, Effect, Note, Remind, Send
from net119_reference.calls.machine import Trigger, advance, allows
from net119_reference.calls.model import Call, Side, Unit
from net119_reference.calls.presence import lost
from net119_reference.calls.timing import LONGEST_OFFER, NEVER_ASSIGNED_S, Timing


@dataclass(frozen=True)
class Readiness:
    """What decides about an offer: own unit of the department, consoles, modes, own state."""

    unit: Unit | None
    console: bool
    modes: frozenset[Mode]
    state: ProviderState


@dataclass(frozen=True)
class Rejection:
    """The offer is not taken."""

    reason: RejectReason
    detail: str


def judge_offer(
    offer: bodies.CallOffer, mode: Mode, ready: Readiness, now: datetime
) -> Rejection | None:
    """Why an offer is not taken; ``None`` if it is."""
    if now > offer.expires_at:
        return Rejection(
            RejectReason.EXPIRED,
            f"expired at {offer.expires_at.isoformat()}, now {now.isoformat()}",
        )
    if mode not in ready.modes:
        return Rejection(RejectReason.MODE_NOT_ACCEPTED, f"{mode.value} calls are not accepted")
    if ready.unit is None:
        return Rejection(
            RejectReason.UNKNOWN_DEPARTMENT, f"no center here answers for {offer.department}"
        )
    if ready.state is ProviderState.OVERLOADED:
        return Rejection(RejectReason.OVERLOAD, "overloaded")
    if ready.state is not ProviderState.NORMAL:
        return Rejection(RejectReason.MAINTENANCE, f"state {ready.state.value}")
    if not ready.console:
        return Rejection(
            RejectReason.NO_CONSOLE, f"no console of center {ready.unit.center} is connected"
        )
    return None


def accept(
    envelope: Envelope,
    offer: bodies.CallOffer,
    sender: str,
    unit: Unit,
    now: datetime,
    *,
    earlier: Call | None = None,
    anchors_id: UUID | None = None,
) -> Change:
    """Be willing: the call is known here, but nobody's until it is assigned.

    ``earlier`` is what this provider knows of the call from having had it before, or from having
    it now, where it is to go to another of its departments: then it goes on until it does.
    """
    if envelope.call_id is None:
        raise ValueError("an offer belongs to a call")
    willing = (
        Note("offer accepted", f"for {unit.department.code}, from {sender}"),
        *_named_anew(sender, anchors_id),
        Send(
            sender,
            MessageType.CALL_ACCEPT,
            bodies.CallAccept(department=unit.department.code, center=unit.center),
            in_reply_to=envelope.message_id,
        ),
    )
    if earlier is not None and earlier.open and earlier.transfer is not None:
        return Change(earlier, willing)
    holder = offer.transferred_from or offer.home
    call = Call(
        call_id=envelope.call_id,
        anchors_id=anchors_id,
        side=Side.CALLEE,
        kind=offer.kind,
        mode=envelope.mode,
        state=CallState.OFFERING,
        epoch=envelope.epoch,
        opened_at=offer.opened_at,
        anchor=sender,
        home=Unit(department=offer.home, center=offer.home.code, provider=sender),
        owner=Unit(department=holder, center=holder.code, provider=sender),
        registrant=offer.registrant,
        place=offer.place,
        routing=offer.routing,
        presence=Presence.CONNECTED,
        presence_since=now,
        peer=sender,
        offer=None,
        link=offer.link,
        transferred_from=offer.transferred_from,
        deadline=min(offer.expires_at, now + LONGEST_OFFER) + timedelta(seconds=NEVER_ASSIGNED_S),
    )
    if earlier is not None:
        kept = ("centers", "held", "transfers", "told", "places", "discrepancies")
        call = call.model_copy(update={name: getattr(earlier, name) for name in kept})
    trail = whereabouts.inherited(call, offer.trail)
    return Change(trail.call, (*willing, *trail.effects))


def _named_anew(sender: str, anchors_id: UUID | None) -> tuple[Effect, ...]:
    if anchors_id is None:
        return ()
    return (Note("named anew", f"{sender} names it {anchors_id}, as another call is named here"),)


def on_assign(call: Call, epoch: int, unit: Unit, now: datetime, timing: Timing) -> Change:
    """The call is ours: ring."""
    ours = call.transfer is not None
    call = call.model_copy(
        update={
            "state": CallState.RINGING,
            "epoch": epoch,
            "owner": unit,
            "transferred_from": call.owner.department if ours else call.transferred_from,
            "ringing_since": now,
            "reminders": 0,
            "answered_at": None,
            "answered_by": None,
            "closed_at": None,
            "deadline": now + timedelta(seconds=timing.t2_s),
        }
    )
    return Change(
        call,
        (
            Note("assigned", unit.department.code),
            Send(call.anchor, MessageType.CALL_RINGING, bodies.CallRinging(center=unit.center)),
        ),
    )


def on_withdraw(call: Call, epoch: int, body: bodies.CallWithdraw, now: datetime) -> Change:
    """The call is not ours, or no longer."""
    cancelled = _cancelled(call, now, f"withdrawn: {body.reason.value}")
    owner = (
        call.home
        if body.taken_by is None
        else call.home.model_copy(update={"department": body.taken_by})
    )
    call = call.model_copy(
        update={
            "state": CallState.CLOSED,
            "epoch": max(epoch, call.epoch),
            "owner": owner,
            "closed_at": call.closed_at or now,
            "deadline": None,
            "transfer": None,
        }
    )
    return Change(call, (*cancelled, Note("withdrawn", body.reason.value)))


def _cancelled(call: Call, now: datetime, why: str) -> tuple[Effect, ...]:
    """The anchor's word about the call ends a transfer that was asked for."""
    return transfer.cancelled(call, now, why, WithdrawReason.CLOSED, None)


def answer(call: Call, dispatcher: str, now: datetime) -> Change:
    """One of our dispatchers takes the call."""
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.ANSWER),
            "answered_at": now,
            "answered_by": dispatcher,
            "deadline": None,
        }
    )
    if lost(call):
        call = call.model_copy(update={"state": advance(call.state, Trigger.HANDSET_GONE)})
    body = bodies.CallAnswered(dispatcher=dispatcher, answered_at=now)
    return Change(
        call,
        (Note("answered", dispatcher), Send(call.anchor, MessageType.CALL_ANSWERED, body)),
    )


def on_presence(call: Call, body: bodies.CallerPresence) -> Change:
    """The anchor tells that the caller's handset came or went."""
    back = body.presence is Presence.CONNECTED
    # Gone since the call was made: it was never there.
    connecting = not back and body.since == call.opened_at
    update: dict[str, object] = {
        "presence": body.presence,
        "presence_since": body.since,
        "connecting": connecting,
    }
    trigger = Trigger.HANDSET_BACK if back else Trigger.HANDSET_GONE
    if allows(call.state, trigger) and not connecting:
        update["state"] = advance(call.state, trigger)
    return Change(call.model_copy(update=update), (Note(f"handset {body.presence.value}"),))


def ask_to_close(
    call: Call, *, outcome: CloseOutcome, note: str, by: str, relayed_to: str | None
) -> Change:
    """Ask the anchor to close; the call is closed when the anchor says so (invariant I9)."""
    body = bodies.CallClose(outcome=outcome, note=note, closed_by=by, relayed_to=relayed_to)
    return Change(call, (Note("close asked", by), Send(call.anchor, MessageType.CALL_CLOSE, body)))


def on_closed(call: Call, body: bodies.CallClose, now: datetime) -> Change:
    """The anchor closed the call."""
    cancelled = _cancelled(call, now, f"closed by {body.closed_by}")
    call = call.model_copy(
        update={
            "state": advance(call.state, Trigger.CLOSE),
            "closed_at": now,
            "outcome": body.outcome,
            "close_note": body.note,
            "relayed_to": body.relayed_to,
            "deadline": None,
            "transfer": None,
        }
    )
    return Change(
        call,
        (
            *cancelled,
            Note("closed", f"{body.outcome.value} by {body.closed_by}"),
        ),
    )


def on_deadline(call: Call, now: datetime, timing: Timing) -> Change:
    """An offer was never assigned, or our dispatchers let it ring (T2)."""
    if call.state is CallState.OFFERING:
        call = call.model_copy(
            update={"state": CallState.CLOSED, "closed_at": now, "deadline": None}
        )
        return Change(call, (Note("never assigned"),))
    if call.state is CallState.RINGING:
        again = now + timedelta(seconds=timing.t2_s)
        call = call.model_copy(update={"reminders": call.reminders + 1, "deadline": again})
        return Change(call, (Note("nobody answers"), Remind(call.owner.center)))
    return Change(call.model_copy(update={"deadline": None}))


def rejecting(in_reply_to: UUID, sender: str, rejection: Rejection) -> Send:
    """The answer to an offer that is not taken."""
    return Send(
        sender,
        MessageType.CALL_REJECT,
        bodies.CallReject(reason=rejection.reason, detail=rejection.detail),
        in_reply_to=in_reply_to,
    )
