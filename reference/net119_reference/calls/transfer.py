"""What a transfer under way does to a call when it ends, at the anchor and at the callee (gap D7).

Only the anchor carries a transfer out; until it has assigned the call anew, its owner and its
epoch are what they were.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console_acts import Transfer
from net119_protocol.codes import TransferFailure, WithdrawReason
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.person import DepartmentRef
from net119_protocol.texts import notice
from net119_protocol.transfer_texts import DONE, FAILED, UNDER_WAY

from net119_reference.calls.effects import ActKind, Change, Effect, Keep, Note, SaySystem, Send
from net119_reference.calls.machine import Trigger, advance, allows
from net119_reference.calls.model import Call, Side, Told, Transferring
from net119_reference.calls.presence import lost


@dataclass(frozen=True)
class Asked:
    """What a dispatcher asked for.

    ``request_id`` is the message of a remote owner that asked, ``None`` for a dispatcher here.
    """

    department: DepartmentRef
    by: str
    reason: str = ""
    request_id: UUID | None = None


def begin(call: Call, asked: Asked, now: datetime) -> Call:
    """The call with a transfer under way; its state says whether it can have one.

    Raises:
        ForbiddenChange: it cannot.
    """
    pending = Transferring(
        number=call.transfers + 1,
        department=asked.department,
        asked_by=asked.by,
        asked_at=now,
        reason=asked.reason,
        request_id=asked.request_id,
    )
    return call.model_copy(
        update={
            "state": advance(call.state, Trigger.TRANSFER),
            "transfer": pending,
            "transfers": pending.number,
        }
    )


def kept(pending: Transferring, *, again: bool = False) -> Keep:
    """The record of a transfer that is under way."""
    return _keep(pending, again=again)


def refuse(call: Call, asked: Asked, reason: TransferFailure, detail: str, now: datetime) -> Change:
    """A transfer that does not even begin; another that is under way goes on."""
    number = call.transfers + 1
    pending = Transferring(
        number=number,
        department=asked.department,
        asked_by=asked.by,
        asked_at=now,
        reason=asked.reason,
        request_id=asked.request_id,
    )
    effects: list[Effect] = [
        Note("transfer refused", f"{asked.department.code}: {reason.value} {detail}".strip()),
        _keep(pending, ended_at=now, failure=reason, detail=detail),
    ]
    if asked.request_id is not None and call.side is Side.ANCHOR:
        effects.append(_failed_message(call, asked.request_id, reason, detail))
    return Change(call.model_copy(update={"transfers": number}), tuple(effects))


def failed(call: Call, reason: TransferFailure, detail: str, now: datetime) -> Change:
    """The transfer under way comes to nothing: the owner has the call as before (I9)."""
    pending = call.transfer
    if pending is None or not allows(call.state, Trigger.TRANSFER_FAILED):
        return Change(call, (Note("transfer failed, too late to matter", reason.value),))
    state = advance(call.state, Trigger.TRANSFER_FAILED)
    if lost(call):
        state = advance(state, Trigger.HANDSET_GONE)
    effects: list[Effect] = [
        Note("transfer failed", f"{pending.department.code}: {reason.value} {detail}".strip()),
        _keep(pending, again=True, ended_at=now, failure=reason, detail=detail),
    ]
    if pending.request_id is not None and call.side is Side.ANCHOR:
        effects.append(_failed_message(call, pending.request_id, reason, detail))
    after = call.model_copy(
        update={"state": state, "transfer": None, "offer": None, "deadline": None}
    )
    return Change(after, tuple(effects))


def cancelled(
    call: Call, now: datetime, why: str, withdraw: WithdrawReason, taken_by: DepartmentRef | None
) -> tuple[Effect, ...]:
    """What a transfer under way needs when the call closes or goes elsewhere first.

    The department that was asked is told; whoever accepts later gets ``call.withdraw`` again.
    The caller of this function clears ``transfer`` and ``offer``.
    """
    pending = call.transfer
    if pending is None:
        return ()
    effects: list[Effect] = [
        Note("transfer cancelled", f"{pending.department.code}: {why}"),
        _keep(pending, again=True, ended_at=now, failure=TransferFailure.CANCELLED, detail=why),
    ]
    if call.offer is not None and call.offer.peer != call.peer:
        body = bodies.CallWithdraw(reason=withdraw, taken_by=taken_by)
        effects.append(Send(call.offer.peer, MessageType.CALL_WITHDRAW, body))
    closed = withdraw is WithdrawReason.CLOSED and call.side is Side.ANCHOR
    if closed and pending.request_id is not None:
        failure = TransferFailure.CANCELLED
        effects.append(_failed_message(call, pending.request_id, failure, why))
    return tuple(effects)


def done(before: Call, after: Call, now: datetime, *, again: bool) -> tuple[Effect, ...]:
    """The call has a new owner: keep that, and release the former one."""
    pending = before.transfer
    if pending is None:
        return ()
    effects: list[Effect] = [
        Note("transferred", f"{before.owner.department.code} to {after.owner.department.code}"),
        _keep(pending, again=again, ended_at=now),
    ]
    if pending.request_id is not None and before.peer is not None:
        body = bodies.TransferDone(department=after.owner.department, epoch=after.epoch)
        effects.append(
            Send(before.peer, MessageType.TRANSFER_DONE, body, in_reply_to=pending.request_id)
        )
    return tuple(effects)


def new_owner(before: Call, to: DepartmentRef) -> dict[str, object]:
    """What a change of owner by transfer sets in the call; nothing without one."""
    if before.transfer is None:
        return {}
    told = (each for each in before.told if each.code is not NoticeCode.TRANSFERRED)
    return {
        "transfer": None,
        "transferred_from": before.owner.department,
        "told": (*told, Told(code=NoticeCode.TRANSFERRED, phone_to=(to,))),
    }


def said(call: Call) -> SaySystem:
    """The line by which the caller, in the same chat as ever, learns of the new owner."""
    to = (call.owner.department,)
    return SaySystem(notice(NoticeCode.TRANSFERRED, phone_to=to, mode=call.mode).text_ja)


def ended_elsewhere(call: Call, now: datetime) -> Keep | None:
    """The callee's record of a transfer that the anchor has carried out."""
    return None if call.transfer is None else _keep(call.transfer, again=True, ended_at=now)


def _failed_message(call: Call, request_id: UUID, reason: TransferFailure, detail: str) -> Send:
    body = bodies.TransferFailed(reason=reason, detail=detail[:TEXT_LIMIT])
    return Send(call.owner.provider, MessageType.TRANSFER_FAILED, body, in_reply_to=request_id)


def _keep(
    pending: Transferring,
    *,
    again: bool = False,
    ended_at: datetime | None = None,
    failure: TransferFailure | None = None,
    detail: str = "",
) -> Keep:
    template = UNDER_WAY if ended_at is None else DONE if failure is None else FAILED[failure]
    to = pending.department
    text = template.about(to.name_ja, to.name_en)
    transfer = Transfer(
        department=to,
        asked_by=pending.asked_by,
        asked_at=pending.asked_at,
        ended_at=ended_at,
        failure=failure,
        detail=detail[:TEXT_LIMIT],
        text_ja=text.ja,
        text_en=text.en,
    )
    return Keep(ActKind.TRANSFER, pending.number, transfer, again=again)
