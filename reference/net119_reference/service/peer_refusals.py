"""Why a peer's message is not carried out, and what a dispatcher is told when a peer refuses."""

from net119_protocol.codes import ErrorCode, Refusal
from net119_protocol.interconnect import Envelope

from net119_reference.calls.model import Call


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
