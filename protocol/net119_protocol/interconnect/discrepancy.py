"""Body of a report that something about a call was wrong (gap D16)."""

from net119_protocol.codes import DiscrepancyKind
from net119_protocol.model import Code, LongText, ShortText, WireModel


class DiscrepancyReport(WireModel):
    """One center tells the other what was wrong; both keep it with the call, nothing else changes.

    May be sent by either side, at any time, also after the call was closed.
    """

    kind: DiscrepancyKind
    """What was wrong."""
    detail: LongText
    """The same for people."""
    reported_by: ShortText = ""
    """Name of who reports it; may be empty."""
    department: Code | None = None
    """With ``wrong-department``: the one that should have had the call."""
