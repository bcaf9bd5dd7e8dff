"""A call as its caller and as a center's console see it."""

from net119_protocol.api.common import CallView, Notice, NoticeCode
from net119_protocol.api.console import ConsoleCall
from net119_protocol.notice_texts import DISPATCHER_ONLY
from net119_protocol.texts import Audience, notice

from net119_reference.calls.model import Call
from net119_reference.registration.visibility import before_answer


def _notices(call: Call, audience: Audience) -> tuple[Notice, ...]:
    return tuple(
        notice(
            told.code,
            phone_to=told.phone_to,
            audience=audience,
            mode=call.mode,
            moment=told.moment,
            rule_of=told.rule_of,
        )
        for told in call.told
        if not told.lifted and (audience is Audience.DISPATCHER or told.code not in DISPATCHER_ONLY)
    )


def for_caller(call: Call, last_seq: int) -> CallView:
    """What the caller may know."""
    return CallView(
        call_id=call.call_id,
        kind=call.kind,
        mode=call.mode,
        state=call.state,
        opened_at=call.opened_at,
        receiver=call.owner.department,
        answered_by=call.answered_by,
        outcome=call.outcome,
        last_seq=last_seq,
        notices=_notices(call, Audience.CALLER),
    )


def _still_so(told: Notice, call: Call, mine: bool) -> bool:
    """Whether the call still is where a notice says that it was transferred to.

    A center that has it (again) must not read that somebody else is responsible now.  The owner's
    rule binds nobody else.
    """
    if told.code is NoticeCode.SILENT_DISASTER:
        return mine
    if told.code is not NoticeCode.TRANSFERRED:
        return True
    return not mine and call.owner.department in told.phone_to


def for_console(call: Call, last_seq: int, center: str, operator: str) -> ConsoleCall:
    """What a center sees.

    Optional data are part of it once somebody has answered the call, which has sent them: while it
    rings no console gets them (ASO-04, invariant I6).
    """
    mine = call.owner.provider == operator and call.owner.center == center
    notices = _notices(call, Audience.DISPATCHER)
    return ConsoleCall(
        call_id=call.call_id,
        kind=call.kind,
        mode=call.mode,
        state=call.state,
        epoch=call.epoch,
        opened_at=call.opened_at,
        answered_at=call.answered_at,
        answered_by=call.answered_by,
        closed_at=call.closed_at,
        outcome=call.outcome,
        relayed_to=call.relayed_to,
        close_note=call.close_note,
        transferring_to=None if call.transfer is None else call.transfer.department,
        transferred_from=call.transferred_from,
        mine=mine,
        owner=call.owner.department,
        owner_provider=call.owner.provider,
        anchor=call.anchor,
        home=call.home.department,
        link=call.link,
        presence=call.presence,
        connecting=call.connecting,
        silent_since=call.silent_since,
        last_seq=last_seq,
        place=call.place,
        routing=call.routing,
        registrant=call.registrant if call.answered_at else before_answer(call.registrant),
        notices=tuple(each for each in notices if _still_so(each, call, mine)),
    )
