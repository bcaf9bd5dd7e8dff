"""A transfer as the anchor begins it: may it begin, and to whom does it lead (gap D7)."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, OfferCause, TransferFailure
from net119_protocol.interconnect.whereabouts import TrailPoint

from net119_reference.calls import anchor, offers, transfer
from net119_reference.calls.effects import Change, Note
from net119_reference.calls.model import Call, Unit
from net119_reference.calls.timing import Timing
from net119_reference.calls.transfer import Asked

_OWNED = frozenset({CallState.ANSWERED, CallState.INTERRUPTED})


@dataclass(frozen=True)
class Target:
    """What is known of the department that is to have the call.

    ``known`` = it is in the directory; ``unit`` is ``None`` where it has not adopted NET119;
    ``own`` = a center of the anchor answers for it, with ``console`` = somebody is there;
    ``running`` = its provider is.
    """

    known: bool
    unit: Unit | None
    own: bool
    console: bool
    running: bool


def obstacle(call: Call, asked: Asked, target: Target) -> tuple[TransferFailure, str] | None:
    """Why the transfer cannot even begin; ``None`` if it can."""
    pending = call.transfer
    if pending is not None:
        who = f"{pending.asked_by or 'a dispatcher'} asked for {pending.department.code}"
        return TransferFailure.BUSY, f"{who} at {pending.asked_at.isoformat()}"
    if call.state not in _OWNED:
        return TransferFailure.WRONG_STATE, f"the call is {call.state.value}"
    if not target.known:
        return TransferFailure.UNKNOWN_DEPARTMENT, f"no department {asked.department.code} today"
    if asked.department.code == call.owner.department.code:
        return TransferFailure.SAME_DEPARTMENT, f"{asked.department.code} has the call already"
    if target.unit is None:
        return TransferFailure.NOT_ADOPTED, f"{asked.department.code} has not adopted NET119"
    if target.own and not target.console:
        center = target.unit.center
        return TransferFailure.REJECTED, f"no-console: no console of {center} is connected"
    if not target.own and not target.running:
        return TransferFailure.NOT_RUNNING, f"provider {target.unit.provider} is not running"
    return None


def ask(
    call: Call,
    asked: Asked,
    unit: Unit,
    now: datetime,
    timing: Timing,
    *,
    message_id: UUID,
    lines: tuple[ChatLine, ...],
    trail: tuple[TrailPoint, ...],
) -> Change:
    """Begin a transfer to another provider: offer the call with all that is known of it.

    The owner keeps it, under its epoch, until the other one is assigned.
    """
    before = call
    call = transfer.begin(call, asked, now)
    expires_at = now + timedelta(seconds=timing.t1_s * timing.offer_attempts)
    body = offers.offer_body(
        call,
        unit,
        expires_at,
        lines,
        cause=OfferCause.TRANSFER,
        transferred_from=before.owner.department,
        reason=asked.reason,
        trail=trail,
    )
    change = offers.send(call, unit, body, now, timing, message_id=message_id)
    begun = () if call.transfer is None else (transfer.kept(call.transfer),)
    return Change(change.call, (_asked(asked), *begun, *change.effects))


def give(call: Call, asked: Asked, unit: Unit, now: datetime, timing: Timing) -> Change:
    """Transfer to a unit of the anchor's own, whose console is connected: done at once."""
    before = transfer.begin(call, asked, now)
    change = anchor.ring(before, unit, now, timing, console=True)
    after = change.call.model_copy(update=transfer.new_owner(before, unit.department))
    done = transfer.done(before, after, now, again=False)
    return Change(after, (_asked(asked), *change.effects, *done, transfer.said(after)))


def _asked(asked: Asked) -> Note:
    what = f"{asked.department.code} by {asked.by}"
    return Note("transfer asked", f"{what}: {asked.reason}" if asked.reason else what)
