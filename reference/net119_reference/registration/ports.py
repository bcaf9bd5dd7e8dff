"""What the pages ask of the registration service, and what they get.

Methods that change something return after the change is durable.  Besides the errors named, all
of them may raise :class:`net119_reference.ports.Refused` and ``StorageFailed``.
"""

from datetime import datetime
from typing import TYPE_CHECKING, Protocol
from uuid import UUID

from net119_protocol.api.registration import LinkPurpose
from net119_protocol.api.staff import RegistrationState
from net119_protocol.application import Application
from net119_protocol.profile.model import Profile

from net119_reference.ports import HandsetIdentity, StaffIdentity
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.person_views import (
    AccountView,
    CallPage,
    CallPageProblem,
    CallPageRefused,
    CallPageSession,
    CallPlaces,
    LinkProblem,
    LinkRefused,
    LinkUse,
    LinkView,
    NotAccepted,
)
from net119_reference.registration.staff_views import (
    EVERY_ENTRY,
    Announcement,
    AnnouncementKind,
    ApplicationList,
    ApplicationRow,
    AuditEntry,
    AuditFilter,
    AuditList,
    ChangeForm,
    Disclosure,
    HistoryEntry,
    ItemChange,
    MailLine,
    Overtaken,
    Overview,
    PaperDetails,
    RegistrantRecord,
    StaffLogInRefused,
    StaffSession,
    Undeliverable,
    WithdrawalForm,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from net119_protocol.directory import JurisdictionIndex
    from net119_protocol.profile.check import FieldProblem

    from net119_reference.mail.incoming import Incoming

PAGE = 50
"""Entries of one page of a list."""


class Registrations(Protocol):
    """The registration service, as pages, mail server and simulators' shells see it."""

    def now(self) -> datetime:
        """The present moment by the service's clock, UTC."""

    def profile(self, department: str) -> Profile:
        """The department's profile; a neutral one where the department has none."""

    def profiles(self) -> tuple[Profile, ...]:
        """Profiles of this provider's departments."""

    def places(self) -> "JurisdictionIndex":
        """The municipalities, and what lies where."""

    # --- applicants; ``token`` is the secret of the mailed URL, ``/r/{token}`` -----------------

    async def open_link(self, token: str) -> LinkView:
        """What the URL shows. Raises LinkRefused."""

    async def accept_terms(self, token: str, version: str) -> None:
        """Record the accepted version (CNB-43). Raises LinkRefused; Refused (version)."""

    async def attach_image(self, token: str, content: bytes) -> None:
        """Keep the identity image, cleaned and encrypted. Raises LinkRefused, ImageRefused."""

    async def keep_draft(self, token: str, application: Application) -> "tuple[FieldProblem, ...]":
        """Keep what was entered, right or wrong; returns what is wrong. Raises LinkRefused."""

    async def keep_entries(
        self, token: str, fields: "Mapping[str, object]"
    ) -> "tuple[FieldProblem, ...]":
        """Keep a form's fields as they were typed; returns everything that is wrong with them.

        Where they can be read they make the draft, else there is none: what cannot be read cannot
        be submitted.  Raises LinkRefused; Refused (``too-large``).
        """

    async def draft_problems(self, token: str) -> "tuple[FieldProblem, ...]":
        """Everything that keeps the draft from being submitted, but for the terms. LinkRefused."""

    async def own_image(self, token: str) -> bytes:
        """The image attached through this URL, as JPEG. LinkRefused; Refused ``not-found``."""

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

    async def call_places(self, who: HandsetIdentity) -> CallPlaces:
        """The places that the registrant may name in a call: home, and the frequent ones."""

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

    # --- staff; an act upon a ``version`` that is not the present one raises Overtaken ----------

    async def staff_log_in(
        self, department: str, name: str, password: str, source: str
    ) -> StaffSession:
        """Log in; ``source`` is the client's address. Raises StaffLogInRefused.

        Names that nobody has are locked after as many attempts as others.
        """

    async def staff_log_out(self, token: str) -> None:
        """End a session; nothing happens if there is none."""

    async def staff_session(self, token: str) -> StaffSession:
        """The session of a token, prolonged. Refused (``not-authenticated``) if there is none."""

    async def applications(
        self, who: StaffIdentity, state: RegistrationState | None, query: str, page: int
    ) -> ApplicationList:
        """Registrations of the own department: by state, by part of name, kana, mail or ID.

        Width, case, spaces and the kind of kana make no difference.
        """

    async def overview(self, who: StaffIdentity, days: int = 30) -> Overview:
        """Numbers for a start page; they show nobody, so reading them is not audited."""

    async def expiring(self, who: StaffIdentity, days: int, page: int) -> ApplicationList:
        """Registrations that expire within so many days, the first to expire first; audited."""

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

    async def withdraw(
        self, who: StaffIdentity, registrant_id: UUID, version: int, form: WithdrawalForm
    ) -> None:
        """End a registration by the person's signed form (CNB-50). Raises NotAccepted."""

    async def issue_password(
        self, who: StaffIdentity, registrant_id: UUID, version: int, *, device_lost: bool = False
    ) -> None:
        """Mail a new password to the address on record, for a person who lost the old one.

        Every log-in ends.  The call page goes on working, since a forgotten password is no reason
        to be unable to call; if the device is lost it ends, and where the profile refuses a second
        device, a new one can then get a page.

        Raises:
            Refused: the registration has no log-in, or nothing can be mailed (``wrong-state``).
        """

    async def record_disclosure(
        self, who: StaffIdentity, registrant_id: UUID, disclosure: Disclosure
    ) -> None:
        """Write a disclosure outside a call into the audit log (CNB-21)."""

    async def key_in_change(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        application: Application,
        form: ChangeForm | None = None,
    ) -> None:
        """Enter a change handed in on paper or in person; it is then reviewed. NotAccepted.

        What is sealed from this reader stays as it is.  ``form`` is what the paper says besides:
        it must be from this person, and a new device is a change even if no item changes.
        """

    async def audit(
        self,
        who: StaffIdentity,
        registrant_id: UUID | None,
        page: int,
        only: AuditFilter = EVERY_ENTRY,
    ) -> AuditList:
        """The department's audit log."""

    async def deletions(self, who: StaffIdentity) -> tuple[Deleted, ...]:
        """The department's destroyed records, oldest first, for its backups (ASO-06)."""

    async def undeliverable(self, who: StaffIdentity) -> tuple[Undeliverable, ...]:
        """Mails of the department that did not arrive, newest first."""

    async def recipients(self, who: StaffIdentity) -> int:
        """How many people an announcement would be mailed to now."""

    async def announce(
        self, who: StaffIdentity, subject: str, text: str, kind: AnnouncementKind, key: str = ""
    ) -> Announcement:
        """Mail all registrants of the department.

        With a ``key`` of the caller's choice, the same announcement made again mails nothing and
        returns the first.

        Raises:
            Refused: another announcement had this key (``id-reused``).
        """

    async def announcements(self, who: StaffIdentity) -> tuple[Announcement, ...]:
        """The department's announcements with their progress, newest first."""


__all__ = [
    "EVERY_ENTRY",
    "PAGE",
    "AccountView",
    "Announcement",
    "AnnouncementKind",
    "ApplicationList",
    "ApplicationRow",
    "AuditEntry",
    "AuditFilter",
    "AuditList",
    "CallPage",
    "CallPageProblem",
    "CallPageRefused",
    "CallPageSession",
    "CallPlaces",
    "ChangeForm",
    "Deleted",
    "Disclosure",
    "HistoryEntry",
    "ItemChange",
    "LinkProblem",
    "LinkPurpose",
    "LinkRefused",
    "LinkUse",
    "LinkView",
    "MailLine",
    "NotAccepted",
    "Overtaken",
    "Overview",
    "PaperDetails",
    "RegistrantRecord",
    "Registrations",
    "StaffLogInRefused",
    "StaffSession",
    "Undeliverable",
    "WithdrawalForm",
]
