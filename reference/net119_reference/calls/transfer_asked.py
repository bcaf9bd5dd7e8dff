"""A transfer as its owner at another provider sees it: asked of the anchor, and its answer."""

from datetime import datetime
from uuid import UUID

from net119_protocol.codes import CallState, TransferFailure
from net119_protocol.interconnect import MessageType, bodies

from net119_reference.calls import transfer
from net119_reference.calls.effects import Change, Effect, Note, Send
from net119_reference.calls.model import Call, Unit
from net119_reference.calls.transfer import Asked


def ask(call: Call, asked: Asked, now: datetime, message_id: UUID) -> Change:
    """Ask the anchor; the call stays ours, and goes on, until it says that it is done (I9)."""
    mine = Asked(asked.department, asked.by, asked.reason, message_id)
    call = transfer.begin(call, mine, now)
    body = bodies.TransferRequest(
        department=asked.department.code, requested_by=asked.by, reason=asked.reason
    )
    begun = () if call.transfer is None else (transfer.kept(call.transfer),)
    request = Send(call.anchor, MessageType.TRANSFER_REQUEST, body, message_id=message_id)
    note = Note("transfer asked", f"{asked.department.code} by {asked.by}")
    return Change(call, (note, *begun, request))


def on_done(call: Call, body: bodies.TransferDone, owner: Unit, now: datetime) -> Change:
    """The anchor has given the call to another department.

    That may be another one of this provider, which has been assigned it by then: it goes on.
    """
    kept = transfer.ended_elsewhere(call, now)
    effects: list[Effect] = [Note("transferred", body.department.code)]
    if kept is not None:
        effects.append(kept)
    update: dict[str, object] = {"transfer": None}
    if call.epoch < body.epoch:
        update |= {
            "state": CallState.CLOSED,
            "epoch": body.epoch,
            "owner": owner,
            "closed_at": now,
            "deadline": None,
        }
    return Change(call.model_copy(update=update), tuple(effects))


def on_failed(
    call: Call,
    reason: TransferFailure,
    detail: str,
    in_reply_to: UUID | None,
    now: datetime,
) -> Change:
    """The anchor has not transferred the call: it is ours as before."""
    if call.transfer is None or in_reply_to not in (None, call.transfer.request_id):
        return Change(call, (Note("an earlier transfer failed", f"{reason.value} {detail}"),))
    return transfer.failed(call, reason, detail, now)
