"""What staff see of registrations: lists, records, mails, the audit log and announcements."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID

from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Item

from net119_reference.ports import Declined, Refused, StaffIdentity


@dataclass(frozen=True)
class StaffSession:
    """A staff member's log-in; ``token`` is the session cookie, ``csrf`` goes into forms."""

    token: str
    csrf: str
    identity: StaffIdentity
    expires_at: datetime


class StaffLogInRefused(Declined):
    """Wrong name or password (not told which), or locked; ``locked_until`` says until when."""

    def __init__(self, locked_until: datetime | None = None) -> None:
        super().__init__("locked" if locked_until else "wrong")
        self.locked_until = locked_until


class Overtaken(Refused):
    """An act came too late: somebody changed the registration since it was looked at.

    ``actor`` is a staff member's name, ``registrant`` or ``system``; ``what`` the code of the
    history entry, ``at`` its moment; all three ``None`` if the registration has no history.
    """

    def __init__(
        self, detail: str, *, actor: str | None, what: str | None, at: datetime | None
    ) -> None:
        super().__init__(Refusal.WRONG_STATE, detail, field="version")
        self.actor = actor
        self.what = what
        self.at = at


@dataclass(frozen=True)
class ApplicationRow:
    """One line of a list of registrations."""

    registrant_id: UUID
    name: str
    kana: str
    mail: str
    state: RegistrationState
    version: int
    since: datetime
    """When the present state began."""
    applied_at: datetime
    keyed_in: bool
    login_id: str | None
    expires_at: datetime | None = None


@dataclass(frozen=True)
class ApplicationList:
    """One page of a department's registrations; ``page`` counts from 1."""

    rows: tuple[ApplicationRow, ...]
    page: int
    pages: int
    total: int
    by_state: dict[RegistrationState, int]


@dataclass(frozen=True)
class Overview:
    """What waits for a department, in numbers that show nobody."""

    by_state: dict[RegistrationState, int]
    to_review: int
    days: int
    expiring: int
    """Registrations that expire within ``days``."""
    undeliverable: int
    """Mails that did not arrive."""


@dataclass(frozen=True)
class ChangeForm:
    """What a change form says besides the change (CNB-44, CNB-50)."""

    name: str
    birth_date: date
    mail: str
    """These three as registered, or as last changed: who the form is from."""
    received_on: date
    device_changed: bool = False
    """A new carrier counts as a new device, though no item may change."""
    number: str = ""
    """The department's own number of the form; may be empty."""
    note: str = ""

    def told(self) -> str:
        """The form as one text for the history."""
        said = [f"form received on {self.received_on.isoformat()}"]
        said += [f"number {self.number.strip()}"] if self.number.strip() else []
        said += ["device changed"] if self.device_changed else []
        said += [self.note.strip()] if self.note.strip() else []
        return "; ".join(said)


@dataclass(frozen=True)
class WithdrawalForm:
    """A form by which a person ends the registration (CNB-44, CNB-50)."""

    signed: bool
    """Signed and sealed."""
    received_on: date
    number: str = ""
    """The department's own number of the form; may be empty."""
    note: str = ""


@dataclass(frozen=True)
class Disclosure:
    """Data given to somebody outside a call (CNB-21)."""

    to: str
    """Agency, hospital or police station, and the person there."""
    why: str
    items: tuple[Item, ...]


@dataclass(frozen=True)
class AuditFilter:
    """Which entries of the audit log are wanted; days are Japan's, both ends included."""

    actor: str = ""
    """Name of the staff member; "" for everybody."""
    since: date | None = None
    until: date | None = None


EVERY_ENTRY = AuditFilter()


@dataclass(frozen=True)
class PaperDetails:
    """What the paper form says besides the application (CNB-03, CNB-44, CNB-47)."""

    consent_signed: bool
    received_on: date
    terms_version: str
    guardian_signed: bool = False
    number: str = ""
    """The department's own number of the form; may be empty."""
    note: str = ""


@dataclass(frozen=True)
class ItemChange:
    """One item before and after a change, as text; "" where there was or is nothing."""

    path: str
    before: str
    after: str


@dataclass(frozen=True)
class HistoryEntry:
    """One event in a registration's life."""

    at: datetime
    actor: str
    what: str
    """Stable code: applied, keyed-in, corrected, approved, returned, refused, change-applied,
    change-approved, change-rejected, change-returned, suspended, resumed, stopped, withdrawn,
    cancelled, password-issued, destroyed, renewed, expired, reminded, call-page,
    call-page-replaced, call-page-revoked, mail-undeliverable, terms-accepted,
    deletion-requested."""
    detail: str


@dataclass(frozen=True)
class MailLine:
    """One mail to the registrant and what became of it."""

    message_id: str
    kind: str
    recipient: str
    status: str
    detail: str
    at: datetime


@dataclass(frozen=True)
class RegistrantRecord:
    """A registration as its department's staff sees it, sealed as I6 demands."""

    registrant_id: UUID
    version: int
    """Hand this back with every act: it fails if somebody was faster."""
    state: RegistrationState
    application: Application
    sealed: bool
    """Whether optional data exist that this reader must not see (ASO-04)."""
    proposal: Application | None
    """What a change applied for would make of it, sealed likewise."""
    changes: tuple[ItemChange, ...]
    keyed_in: bool
    paper: PaperDetails | None
    terms_version: str
    applied_at: datetime
    approved_at: datetime | None
    since: datetime
    expires_at: datetime | None
    reason: str
    login_id: str | None
    has_image: bool
    defects: tuple[FieldProblem, ...]
    """What was returned last, while the correction is awaited."""
    history: tuple[HistoryEntry, ...]
    mails: tuple[MailLine, ...]


@dataclass(frozen=True)
class AuditEntry:
    """One access to, or disclosure of, personal data (CNB-40)."""

    number: int
    at: datetime
    department: str
    actor: str
    action: str
    """Stable code: listed, read, image-read, searched, changed, disclosed, audited."""
    registrant_id: UUID | None
    purpose: str
    what: str


@dataclass(frozen=True)
class AuditList:
    """One page of the audit log, newest first; ``page`` counts from 1."""

    entries: tuple[AuditEntry, ...]
    page: int
    pages: int
    total: int


@dataclass(frozen=True)
class Undeliverable:
    """A mail that did not arrive (ASO-09)."""

    message_id: str
    registrant_id: UUID | None
    name: str
    recipient: str
    kind: str
    status: str
    reason: str
    at: datetime


class AnnouncementKind(StrEnum):
    """What is announced to all registrants of a department."""

    MAINTENANCE = "maintenance"
    TERMS = "terms"
    DEVICE = "device"
    OTHER = "other"


@dataclass(frozen=True)
class Announcement:
    """A bulk mail and how far it has got."""

    announcement_id: UUID
    at: datetime
    actor: str
    kind: AnnouncementKind
    subject: str
    text: str
    total: int
    """Registrants it was for; the sum of all numbers below."""
    sent: int
    waiting: int
    failed: int
    """Given up, or bounced."""
    unqueued: int = 0
    """Never sent off: the address cannot be written to."""
