"""What the suite asks of a vendor's hook for records, and who looked at them: bodies, answers."""

from typing import Literal
from uuid import UUID

from net119_protocol.model import Code, ShortText, Text, Timestamp, WireModel

from net119_conformance.drivers.http_hook_desk import Act


class OpenRecord(Act):
    """Open the record of a call, as a dispatcher does; answered with what the record shows.

    Unlike a look at the desk, each of these is a look at personal data, and is logged (CNB-40).
    """


class AskAudit(WireModel):
    """Read a department's audit log, as its staff do."""

    department: Code


class AuditEntry(WireModel):
    """One look at a caller's data, or one disclosure of them."""

    at: Timestamp
    actor: ShortText
    """Who it was, as the log names the person."""
    action: Literal["read", "disclosed"]
    call_id: UUID | None = None
    """The call in which it was; absent outside calls."""
    what: Text = ""
    """Of a disclosure: what was given, and to whom."""


class AuditEntries(WireModel):
    """The newest entries of the log, newest first; of other actions none need be given."""

    entries: tuple[AuditEntry, ...]
