"""Reopening a closed call when its caller comes back by the callback mail (CNB-31, gap D9).

The same owner has it again, under a new epoch, and a human must take it: it rings (I9).
"""

from datetime import datetime, timedelta

from net119_protocol.api.common import NoticeCode
from net119_protocol.callback_texts import came_back
from net119_protocol.codes import OfferCause
from net119_protocol.interconnect import MessageType, bodies

from net119_reference.calls import anchor
from net119_reference.calls.effects import Change, Effect, Note, SaySystem, Send
from net119_reference.calls.machine import Trigger, advance
from net119_reference.calls.model import Call, Unit
from net119_reference.calls.timing import Timing

AGAIN: dict[str, object] = {
    "closed_at": None,
    "outcome": None,
    "close_note": "",
    "relayed_to": None,
    "answered_at": None,
    "answered_by": None,
    "reminders": 0,
    "offer": None,
    "transfer": None,
}
"""What an open call has not, and what an unanswered one has not; what was closed is history."""


def reopen(
    call: Call,
    now: datetime,
    timing: Timing,
    *,
    own: bool,
    reachable: bool,
    last_seq: int,
    home_console: bool,
) -> Change:
    """Give a closed call back to its owner; to the home department where that cannot be (I7).

    Args:
        own: the owner is a center of this provider.
        reachable: somebody is at that center, or the owner's provider is running.
        home_console: somebody is at the home center.
    """
    state = advance(call.state, Trigger.REOPEN)
    back = call.model_copy(update={**AGAIN, "state": state, "ringing_since": now})
    note = Note("reopened", f"by the callback mail; was {call.owner.department.code}'s")
    said = SaySystem(came_back(call.mode).ja)
    if call.owner != call.home and not reachable:
        code = NoticeCode.CALL_HOME_PEER_REJECTED if own else NoticeCode.CALL_HOME_PEER_DOWN
        why = anchor.Fallback(code, (call.owner.department,))
        change = anchor.take_home(back, why, now, timing, console=home_console)
        return Change(change.call, (note, said, *change.effects))
    wait_s = timing.t2_s if own else timing.t1_s
    back = back.model_copy(
        update={
            "epoch": call.epoch + 1,
            "reopening": not own,
            "peer": None if own else call.owner.provider,
            "deadline": now + timedelta(seconds=wait_s),
        }
    )
    effects: tuple[Effect, ...] = (note,)
    if not own:
        body = bodies.CallAssign(
            department=call.owner.department.code, last_seq=last_seq, cause=OfferCause.REOPENED
        )
        # The assignment first: a line under the new epoch would be refused before it.
        effects = (*effects, Send(call.owner.provider, MessageType.CALL_ASSIGN, body))
        # Nobody told it of the handset while the call was closed.
        known = bodies.CallerPresence(presence=call.presence, since=call.presence_since)
        effects = (*effects, Send(call.owner.provider, MessageType.CALLER_PRESENCE, known))
    change = Change(back, (*effects, said))
    if own and not reachable:
        return anchor.tell(change, NoticeCode.NOT_RECEIVED)
    return change


def rings(call: Call, where: str, now: datetime, timing: Timing) -> Change:
    """The owner's provider says that the call rings; for a reopened one T2 runs from now on."""
    note = Note("rings", where)
    if not call.reopening:
        return Change(call, (note,))
    deadline = now + timedelta(seconds=timing.t2_s)
    update = {"reopening": False, "ringing_since": now, "deadline": deadline}
    return Change(call.model_copy(update=update), (note,))


def received(call: Call, epoch: int, unit: Unit, now: datetime, timing: Timing) -> Change:
    """The callee has a closed call back: it rings here anew."""
    state = advance(call.state, Trigger.REOPEN)
    deadline = now + timedelta(seconds=timing.t2_s)
    call = call.model_copy(
        update={
            **AGAIN,
            "state": state,
            "epoch": epoch,
            "owner": unit,
            "ringing_since": now,
            "deadline": deadline,
        }
    )
    return Change(
        call,
        (
            Note("reopened", unit.department.code),
            Send(call.anchor, MessageType.CALL_RINGING, bodies.CallRinging(center=unit.center)),
        ),
    )
