"""Operating and test-bed control of a provider.

``health`` is always there.  The rest exists only where the configuration switches it on, for
loopback clients that hold the admin token: it is how a harness loads a directory, operators and
accounts, and reads what was refused.
"""

from enum import StrEnum
from typing import Annotated, Any
from uuid import UUID

from pydantic import Field, IPvAnyAddress, StrictBool

from net119_protocol.api.console_acts import Discrepancy
from net119_protocol.codes import Mode, ProviderState
from net119_protocol.model import (
    Code,
    Count,
    Day,
    LongText,
    ShortText,
    StrictModel,
    Timestamp,
    WireModel,
)

MOST_DISCREPANCIES = 500
"""Reports in one answer; the next are asked for with ``after``."""


class PeerHealth(WireModel):
    """A peer as this provider sees it: "running" is what routing asks (ASO-18)."""

    operator: Code
    session_up: bool
    last_frame_age_s: float | None = None
    state: ProviderState
    running: bool


class Health(WireModel):
    """State of a provider."""

    status: ShortText
    operator: Code
    version: ShortText
    catalogue_profile: ShortText
    directory_version: ShortText
    open_calls: int
    peers: tuple[PeerHealth, ...] = ()


class EndpointKind(StrEnum):
    """What a peer runs as its endpoint, which decides how we know who wrote a message there."""

    NET119 = "net119"
    """An endpoint of the profile: it stamps every message with who sent it, and enforces who may
    send where.  A message without that stamp is refused."""
    BROKER = "broker"
    """A general message broker, which stamps nothing: who wrote a message is what its ``via``
    says, so whoever may write to our queue there is believed."""


class PeerOperator(StrictModel):
    """A peer provider: its code, its source address, and where its endpoint listens."""

    operator: Code
    address: IPvAnyAddress
    port: Annotated[int, Field(ge=1, le=65535)] = 61614
    server_name: ShortText | None = None
    endpoint: EndpointKind = EndpointKind.NET119
    """What it runs as its endpoint."""


class Operators(StrictModel):
    """All peers; replaces those known so far, open sessions to the others stay."""

    peers: tuple[PeerOperator, ...]


class LoadDirectory(StrictModel):
    """A whole directory in its JSON form; replaces the present one for new calls."""

    directory: dict[str, Any]


class AccountRole(StrEnum):
    """What a token is for."""

    DISPATCHER = "dispatcher"
    STAFF = "staff"


class StaffRole(StrEnum):
    """What a staff member of a department may do."""

    REVIEWER = "reviewer"
    """Decides on applications, and sees identity images."""
    CLERK = "clerk"
    """Keys in paper forms, looks registrations up, mails announcements."""
    AUDITOR = "auditor"
    """Reads the audit log, no personal data."""
    ADMIN = "admin"
    """Reads the audit log, and mails announcements."""


class NewAccount(StrictModel):
    """A dispatcher of a center, or a staff member of a department.

    With a password, a staff member can also log in at the staff pages, with the roles given, and
    a dispatcher at the console's page.
    """

    role: AccountRole
    unit: Code
    """Center of a dispatcher, department of a staff member."""
    name: ShortText
    password: Annotated[ShortText, Field(min_length=8)] | None = Field(default=None, repr=False)
    """Password of the staff pages or the console's page; kept as a hash only."""
    roles: tuple[StaffRole, ...] = tuple(StaffRole)
    """Roles at the staff pages."""


class Account(WireModel):
    """The token of a new account, shown once."""

    token: ShortText
    role: AccountRole
    unit: Code
    name: ShortText


class SetState(StrictModel):
    """The provider's own state, told to all peers (ASO-22)."""

    state: ProviderState


class RefusedInput(WireModel):
    """One refused input, as logged (invariant I10).

    ``source`` is the operator code of the peer whom it is about, else the address it came from.
    """

    number: int
    at: Timestamp
    interface: ShortText
    source: ShortText
    code: ShortText
    detail: LongText
    count: int = 1


class RefusedInputs(WireModel):
    """Refused inputs after a given number."""

    entries: tuple[RefusedInput, ...]


class ReportedDiscrepancy(WireModel):
    """A discrepancy that was reported for a call, here or by the other provider."""

    number: int
    """Grows with every report kept here, with gaps; ``after`` counts by it."""
    call_id: UUID
    discrepancy: Discrepancy


class ReportedDiscrepancies(WireModel):
    """Reports after a given number, oldest first; a full answer may have more behind it."""

    entries: Annotated[tuple[ReportedDiscrepancy, ...], Field(max_length=MOST_DISCREPANCIES)]


class AcceptedModes(StrictModel):
    """Modes this provider accepts, from handsets and from peers."""

    modes: tuple[Mode, ...]


class SetClock(StrictModel):
    """The moment that the provider's clock goes on from; never earlier than it shows."""

    now: Timestamp


class RecordAct(StrEnum):
    """What the passing of time does to records."""

    REMIND = "remind"
    EXPIRE = "expire"
    SUSPEND = "suspend"
    END = "end"
    DELETE_IMAGE = "delete-image"
    DESTROY = "destroy"
    DESTROY_CALLS = "destroy-calls"
    DESTROY_LOG = "destroy-log"
    DESTROY_PEER_CALLS = "destroy-peer-calls"
    """Calls that another provider's registrants made to us."""
    DELETE_DRAFT = "delete-draft"
    """Applications never submitted, with their images."""
    DELETE_LINK = "delete-link"
    DELETE_SESSION = "delete-session"
    DELETE_LETTER = "delete-letter"
    DELETE_AGAIN = "delete-again"
    """Records that were deleted before and came back with a restored backup (ASO-06)."""


class SweepRow(WireModel):
    """One kind of act at one department, or (``department`` empty) at the whole provider.

    ``rule`` is the key of the profile that says so, where there is one; the days are the first
    and the last on which one of the ``count`` acts was or will be due.
    """

    department: ShortText = ""
    act: RecordAct
    rule: ShortText = ""
    count: Count
    first_due: Day | None = None
    last_due: Day | None = None
    registrant_ids: tuple[UUID, ...] = ()


class SweepOrder(StrictModel):
    """A sweep of the records; for another moment than the present, a dry run only."""

    at: Timestamp | None = None
    dry_run: StrictBool = True


class Sweep(WireModel):
    """What a sweep did or, in a dry run, would do if nothing happened before ``at``."""

    at: Timestamp
    dry_run: bool
    rows: tuple[SweepRow, ...]


class ClockState(WireModel):
    """The provider's clock after it was set, and what has been done for the records then."""

    now: Timestamp
    ahead_s: float
    """Seconds that it is ahead of the machine's."""
    sweep: Sweep
