"""Bodies of a transfer: asked by the owner, carried out by the anchor alone (gap D7)."""

from net119_protocol.codes import TransferFailure
from net119_protocol.model import Code, Count, LongText, ShortText, WireModel
from net119_protocol.person import DepartmentRef


class TransferRequest(WireModel):
    """The owner asks the anchor to give the call to another department.

    The owner keeps the call, and answers for it, until ``transfer.done``.
    """

    department: Code
    """The department that is to have the call, of any provider, the anchor's included."""
    requested_by: ShortText = ""
    """Name of the dispatcher who asks; may be empty."""
    reason: LongText = ""
    """Why, for the next dispatcher; may be empty."""


class TransferDone(WireModel):
    """The call belongs to the other department; the receiver of this message is released."""

    department: DepartmentRef
    """Who has the call now."""
    epoch: Count
    """The epoch under which it was assigned."""


class TransferFailed(WireModel):
    """The call was not transferred: its owner and its epoch are what they were."""

    reason: TransferFailure
    """Why not."""
    detail: LongText = ""
    """The same for people, in English, with the other provider's reason; may be empty."""
