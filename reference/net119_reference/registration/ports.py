"""What the pages ask of the registration service, and what they get.

Methods that change something return after the change is durable.  Besides the errors named, all
of them may raise :class:`net119_reference.ports.Refused` and ``StorageFailed``.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.profile.model import Profile

from net119_reference.ports import HandsetIdentity, StaffIdentity
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.staff_views import (
    Announcement,
    AnnouncementKind,
    ApplicationList,
    ApplicationRow,
    AuditEntry,
    AuditList,
    HistoryEntry,
    ItemChange,
    MailLine,
    PaperDetails,
    RegistrantRecord,
    StaffLogInRefused,
    StaffSession,
    Undeliverable,
)

if TYPE_CHECKING:
    from net119_protocol.profile.check import FieldProblem

    from net119_reference.mail.incoming import Incoming

PAGE = 50
"""Entries of one page of a list."""


class LinkProblem(StrEnum):
    """Why a mailed URL does not open."""

    UNKNOWN = "unknown"
    USED = "used"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """A newer one was mailed, or the registration has ended."""


class LinkRefused(Exception):
    """A mailed URL does not open; ``profile`` says whom to ask where the URL was ever ours."""

    def __init__(self, code: LinkProblem, profile: Profile | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.profile = profile


class NotAccepted(Exception):
    """An application is not submitted: ``problems`` says what is wrong, per field.

    Codes of ours besides those of the profile's check: ``terms`` (not accepted yet), ``nothing``
    (no draft), ``duplicate-mail`` (this address is registered, or applied for, already),
    ``unchanged`` (a change that changes nothing); ``path`` is then "" or ``data.mail``.
    """

    def __init__(self, problems: "tuple[FieldProblem, ...]") -> None:
        super().__init__(", ".join(f"{each.path}: {each.code}" for each in problems))
        self.problems = problems


@dataclass(frozen=True)
class LinkView:
    """What a mailed URL shows to the person who holds it: their own data only."""

    purpose: LinkPurpose
    profile: Profile
    mail: str
    """Address the URL was mailed to."""
    expires_at: datetime
    terms_accepted: str | None
    """Version accepted through this URL or, for an account, on record."""
    application: Application | None
    """The draft; without one, what is registered."""
    drafted: bool
    """Whether ``application`` is a draft kept through this URL."""
    defects: "tuple[FieldProblem, ...]"
    """What the reviewer found wrong (``CORRECT``)."""
    has_image: bool
    state: RegistrationState | None
    """State of the registration; ``None`` before the first submission."""
    registrant_name: str


class CallPageProblem(StrEnum):
    """Why a personal call page does not open."""

    UNKNOWN = "unknown"
    REPLACED = "replaced"
    """Another device has got the call page (CNB-10)."""
    REVOKED = "revoked"
    OTHER_DEVICE = "other-device"
    """The URL is right, the device is not the one it was made for."""
    ENDED = "ended"
    """The registration has been stopped, cancelled or deleted (TOM-22)."""
    DEVICE_CHANGE = "device-change"
    """A device change has been applied for; this device no longer works (ASO-12)."""


class CallPageRefused(Exception):
    """A call page does not open; ``profile`` says whom to ask (CNB-15)."""

    def __init__(self, code: CallPageProblem, profile: Profile | None = None) -> None:
        super().__init__(code.value)
        self.code = code
        self.profile = profile


@dataclass(frozen=True)
class CallPage:
    """A personal call page.  Its secret is shown once, in the URL, and opens nothing by itself."""

    secret: str
    replaced: bool
    """Whether another device lost its call page through this."""


@dataclass(frozen=True)
class CallPageSession:
    """A call page opened on the device it was made for."""

    identity: HandsetIdentity
    token: str
    """Token of interface A, the same for each opening; valid as long as the page is."""


@dataclass(frozen=True)
class AccountView:
    """A logged-in registrant's own account."""

    registrant_id: UUID
    name: str
    mail: str
    profile: Profile
    state: RegistrationState
    reason: str
    expires_at: datetime | None
    has_call_page: bool
    call_page_made_at: datetime | None
    call_page_here: bool
    """Whether the call page is that of the device that asks."""
    terms_accepted: str | None
    starts_on: date | None
    """Day from which calls are taken, where it is still to come (ASO-32)."""


class Registrations(Protocol):
    """The registration service, as pages, mail server and simulators' shells see it."""

    def profile(self, department: str) -> Profile:
        """The department's profile; a neutral one where the department has none."""

    def profiles(self) -> tuple[Profile, ...]:
        """Profiles of this provider's departments."""

    # --- applicants; ``token`` is the secret of the mailed URL, ``/r/{token}`` -----------------

    async def open_link(self, token: str) -> LinkView:
        """What the URL shows. Raises LinkRefused."""

    async def accept_terms(self, token: str, version: str) -> None:
        """Record the accepted version (CNB-43). Raises LinkRefused; Refused (version)."""

    async def attach_image(self, token: str, content: bytes) -> None:
        """Keep the identity image, cleaned and encrypted. Raises LinkRefused, ImageRefused."""

    async def keep_draft(self, token: str, application: Application) -> "tuple[FieldProblem, ...]":
        """Keep what was entered, right or wrong; returns what is wrong. Raises LinkRefused."""

    async def submit(self, token: str) -> None:
        """Hand the draft in; the URL is used up. Raises LinkRefused, NotAccepted."""

    async def stop(self, token: str) -> None:
        """End the registration at once (TOM-21); the URL is used up. Raises LinkRefused."""

    async def renew(self, token: str) -> datetime:
        """Go on; the new expiry (ASO-13). The URL is used up. Raises LinkRefused."""

    async def mail_arrived(self, mail: "Incoming") -> None:
        """Take a mail to an application or sender address; returns when durable."""

    # --- a logged-in registrant ----------------------------------------------------------------

    async def registrant_session(self, token: str) -> HandsetIdentity:
        """Who has logged in at the pages with this token.

        Raises:
            Refused: nobody, no longer, or by a call page only (``not-authenticated``).
        """

    async def account(self, who: HandsetIdentity, device: str = "") -> AccountView:
        """The own account; ``device`` is the key of the device that asks, if it has one."""

    async def ask_account_mail(self, who: HandsetIdentity) -> None:
        """Mail the URL for change or stop to the address on record (TOM-26)."""

    async def new_call_page(self, who: HandsetIdentity, device: str) -> CallPage:
        """A call page for the device with this key (a random cookie of the page's).

        Raises:
            Refused: another device has one, and the profile allows no second (``forbidden``).
        """

    async def open_call_page(self, secret: str, device: str) -> CallPageSession:
        """Who the page belongs to, and the token for its calls; both the secret of its URL and
        the key of its device are needed. Raises CallPageRefused."""

    async def revoke_call_page(self, who: HandsetIdentity) -> None:
        """The registrant's call page no longer works; nothing happens if there is none."""

    async def log_out(self, who: HandsetIdentity) -> None:
        """The token of this log-in is no longer valid."""

    # --- staff ---------------------------------------------------------------------------------

    async def staff_log_in(
        self, department: str, name: str, password: str, source: str
    ) -> StaffSession:
        """Log in; ``source`` is the client's address. Raises StaffLogInRefused."""

    async def staff_log_out(self, token: str) -> None:
        """End a session; nothing happens if there is none."""

    async def staff_session(self, token: str) -> StaffSession:
        """The session of a token, prolonged. Refused (``not-authenticated``) if there is none."""

    async def applications(
        self, who: StaffIdentity, state: RegistrationState | None, query: str, page: int
    ) -> ApplicationList:
        """Registrations of the own department: by state, by part of name, kana, mail or ID."""

    async def application(
        self, who: StaffIdentity, registrant_id: UUID, purpose: str
    ) -> RegistrantRecord:
        """One registration; audited with ``purpose``."""

    async def identity_image(self, who: StaffIdentity, registrant_id: UUID, purpose: str) -> bytes:
        """The identity image as JPEG; audited. Refused ``not-found`` if there is none."""

    async def approve(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        """Approve an application or a change; the person is mailed."""

    async def return_(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        defects: "tuple[FieldProblem, ...]",
    ) -> None:
        """Return an application or a change with what is wrong, and a URL to correct it."""

    async def refuse(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        """Refuse an application, or reject a change."""

    async def cancel(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        """End a registration by the department's decision (CNB-06, ASO-26)."""

    async def suspend_registration(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        """Take no calls of the person for now."""

    async def resume(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        """End a suspension."""

    async def delete_on_request(
        self, who: StaffIdentity, registrant_id: UUID, version: int
    ) -> None:
        """Destroy the data at once on the person's request (ASO-06); ends a live registration."""

    async def key_in(
        self, who: StaffIdentity, application: Application, paper: PaperDetails
    ) -> UUID:
        """Enter a paper form (CNB-03). Raises NotAccepted."""

    async def key_in_change(
        self, who: StaffIdentity, registrant_id: UUID, version: int, application: Application
    ) -> None:
        """Enter a change handed in on paper or in person; it is then reviewed. NotAccepted."""

    async def audit(self, who: StaffIdentity, registrant_id: UUID | None, page: int) -> AuditList:
        """The department's audit log."""

    async def deletions(self, who: StaffIdentity) -> tuple[Deleted, ...]:
        """The department's destroyed records, oldest first, for its backups (ASO-06)."""

    async def undeliverable(self, who: StaffIdentity) -> tuple[Undeliverable, ...]:
        """Mails of the department that did not arrive, newest first."""

    async def announce(
        self, who: StaffIdentity, subject: str, text: str, kind: AnnouncementKind
    ) -> Announcement:
        """Mail all registrants of the department."""

    async def announcements(self, who: StaffIdentity) -> tuple[Announcement, ...]:
        """The department's announcements with their progress, newest first."""


__all__ = [
    "PAGE",
    "AccountView",
    "Announcement",
    "AnnouncementKind",
    "ApplicationList",
    "ApplicationRow",
    "AuditEntry",
    "AuditList",
    "CallPage",
    "CallPageProblem",
    "CallPageRefused",
    "CallPageSession",
    "Deleted",
    "HistoryEntry",
    "ItemChange",
    "LinkProblem",
    "LinkPurpose",
    "LinkRefused",
    "LinkView",
    "MailLine",
    "NotAccepted",
    "PaperDetails",
    "RegistrantRecord",
    "Registrations",
    "StaffLogInRefused",
    "StaffSession",
    "Undeliverable",
]
