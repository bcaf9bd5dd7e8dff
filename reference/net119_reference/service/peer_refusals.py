"""Why a peer's message is not carried out, and what a dispatcher is told when a peer refuses."""

from datetime import datetime

from net119_protocol.codes import ErrorCode, ProviderState, Refusal
from net119_protocol.interconnect import Envelope, bodies

from net119_reference.calls import callee
from net119_reference.calls.model import Call
from net119_reference.ports import Received
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live

TELL_NEW_EPOCH = (
    bodies.CallAssign,
    bodies.CallWithdraw,
    bodies.CallClose,
    bodies.TransferDone,
    # Told to whoever asked, though another may have the call by now.
    bodies.CallbackSent,
    bodies.CallbackFailed,
)
"""What an anchor may say under a newer epoch; all else speaks under the one that is known."""


class PeerRefused(Exception):
    """A message is not carried out; the sender gets an ``error`` with this."""

    def __init__(self, code: ErrorCode, detail: str, field: str | None = None) -> None:
        super().__init__(f"{code.value}: {detail}")
        self.code = code
        self.detail = detail
        self.field = field


def wrong_epoch(call: Call, envelope: Envelope) -> PeerRefused:
    """The message is of another ownership than the present one."""
    if envelope.epoch > call.epoch:
        return PeerRefused(
            ErrorCode.WRONG_STATE,
            f"epoch {envelope.epoch} is not known here; the call's is {call.epoch}",
            "epoch",
        )
    return PeerRefused(
        ErrorCode.STALE_EPOCH,
        f"epoch {envelope.epoch} is over; the call's is {call.epoch}, "
        f"owned by {call.owner.department.code}",
        "epoch",
    )


def refusal_for(code: ErrorCode) -> Refusal:
    """What the dispatcher is told when the anchor refuses."""
    if code in (ErrorCode.STALE_EPOCH, ErrorCode.NOT_YOUR_CALL):
        return Refusal.OWNED_BY_OTHER
    if code in (ErrorCode.WRONG_STATE, ErrorCode.UNKNOWN_CALL):
        return Refusal.WRONG_STATE
    return Refusal.INVALID


def state_for(core: Core, department: str, now: datetime) -> ProviderState:
    """Our state where a department of ours is offered a call: its planned stop counts, too.

    Who offers one all the same has an older directory; nobody may be at work there.
    """
    state = core.own_state()
    stopped = state is ProviderState.NORMAL and core.jurisdiction.stopped(department, now)
    return ProviderState.MAINTENANCE if stopped else state


def reject(
    core: Core, tx: Transaction, live: Live, received: Received, rejection: callee.Rejection
) -> None:
    """Answer an offer that is not taken; of the call only the counters are known here."""
    envelope = received.envelope
    n = live.n_out.get(received.sender, 0) + 1
    tx.put(live.n_out, received.sender, n)
    reply = callee.rejecting(envelope.message_id, received.sender, rejection)
    core.outbox.send(
        tx,
        received.sender,
        received.channel,
        reply.type,
        reply.body,
        mode=envelope.mode,
        call_id=envelope.call_id,
        epoch=envelope.epoch,
        n=n,
        in_reply_to=envelope.message_id,
    )
