"""The registration service: its parts behind one face for pages, programs and mail."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from net119_protocol.api.admin import NewAccount
from net119_protocol.api.staff import (
    Credentials,
    NewRegistrant,
    RegistrantView,
    RegistrationState,
    Suspend,
)
from net119_protocol.application import Application
from net119_protocol.codes import Refusal
from net119_protocol.directory import JurisdictionIndex
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile

from net119_reference.mail.incoming import Incoming
from net119_reference.ports import HandsetIdentity, Refused, StaffIdentity
from net119_reference.registration import ports
from net119_reference.service.registration.account import AccountDesk
from net119_reference.service.registration.announcing import Announcing
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.counter import Counter
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.intake import Intake, Noted
from net119_reference.service.registration.office import Office
from net119_reference.service.registration.overview import Overviews
from net119_reference.service.registration.paper import PaperDesk
from net119_reference.service.registration.reading import Reading
from net119_reference.service.registration.review import Review
from net119_reference.service.registration.staff_logins import StaffLogins


class RegistrationDesk:
    """See :class:`net119_reference.registration.ports.Registrations`."""

    def __init__(self, office: Office, images: ImageStore, noted: Noted) -> None:
        self.office = office
        self.images = images
        office.replaced = images.move
        self.applicants = Applicants(office, images)
        self.review = Review(office, images)
        self._intake = Intake(office, self.applicants, images, noted)
        self._accounts = AccountDesk(office)
        self._paper = PaperDesk(office, self.applicants)
        self._reading = Reading(office, images)
        self._announcing = Announcing(office)
        self._overviews = Overviews(office)
        self._counter = Counter(office, self.review)
        self.logins = StaffLogins(office)

    async def load(self) -> None:
        """Read what is kept in memory."""
        await self.office.load()
        await self.images.load()
        await self._announcing.load()
        await self.logins.load()

    def now(self) -> datetime:
        return self.office.clock.now()

    def profile(self, department: str) -> Profile:
        return self.office.profile(department)

    def profiles(self) -> tuple[Profile, ...]:
        return self.office.own_profiles()

    def places(self) -> JurisdictionIndex:
        return self.office.jurisdiction.index

    def mail_addresses(self) -> frozenset[str]:
        """Every address that mail may be sent to: for applications, and our senders."""
        return frozenset(
            address
            for profile in self.profiles()
            for address in (
                profile.mail.application,
                profile.mail.registration_sender,
                profile.mail.service_sender,
            )
            if address is not None
        )

    # --- applicants -----------------------------------------------------------------------------

    async def open_link(self, token: str) -> ports.LinkView:
        return await self.applicants.open_link(token)

    async def accept_terms(self, token: str, version: str) -> None:
        await self.applicants.accept_terms(token, version)

    async def attach_image(self, token: str, content: bytes) -> None:
        await self.applicants.attach_image(token, content)

    async def keep_draft(self, token: str, application: Application) -> tuple[FieldProblem, ...]:
        return await self.applicants.keep_draft(token, application)

    async def keep_entries(
        self, token: str, fields: Mapping[str, object]
    ) -> tuple[FieldProblem, ...]:
        return await self.applicants.keep_entries(token, fields)

    async def draft_problems(self, token: str) -> tuple[FieldProblem, ...]:
        return await self.applicants.draft_problems(token)

    async def own_image(self, token: str) -> bytes:
        return await self.applicants.own_image(token)

    async def submit(self, token: str) -> None:
        await self.applicants.submit(token)

    async def stop(self, token: str) -> None:
        await self.applicants.stop(token)

    async def renew(self, token: str) -> datetime:
        return await self.applicants.renew(token)

    async def mail_arrived(self, mail: Incoming) -> None:
        await self._intake.mail_arrived(mail)

    # --- a logged-in registrant -----------------------------------------------------------------

    async def registrant_session(self, token: str) -> HandsetIdentity:
        return await self._accounts.session(token)

    async def account(self, who: HandsetIdentity, device: str = "") -> ports.AccountView:
        return await self._accounts.account(who, device)

    async def call_places(self, who: HandsetIdentity) -> ports.CallPlaces:
        return await self._accounts.call_places(who)

    async def ask_account_mail(self, who: HandsetIdentity) -> None:
        await self._accounts.ask_account_mail(who)

    async def new_call_page(self, who: HandsetIdentity, device: str) -> ports.CallPage:
        return await self._accounts.new_call_page(who, device)

    async def open_call_page(self, secret: str, device: str) -> ports.CallPageSession:
        return await self._accounts.open_call_page(secret, device)

    async def revoke_call_page(self, who: HandsetIdentity) -> None:
        await self._accounts.revoke_call_page(who)

    async def log_out(self, who: HandsetIdentity) -> None:
        await self._accounts.log_out(who)

    # --- staff at the pages ---------------------------------------------------------------------

    async def staff_log_in(
        self, department: str, name: str, password: str, source: str
    ) -> ports.StaffSession:
        if self.office.jurisdiction.department(department, self.now()) is None:
            # Not even of a center: its dispatchers have a page of their own.
            department = ""
        return await self.logins.log_in(department, name, password, source)

    async def staff_log_out(self, token: str) -> None:
        await self.logins.log_out(token)

    async def staff_session(self, token: str) -> ports.StaffSession:
        found = await self.logins.session(token)
        if self.office.jurisdiction.department(found.identity.department, self.now()) is None:
            raise Refused(Refusal.NOT_AUTHENTICATED, "this log-in is for other pages")
        return found

    async def add_staff(self, body: NewAccount) -> None:
        """A log-in for a staff account that has a password."""
        await self.logins.add(body)

    async def applications(
        self, who: StaffIdentity, state: RegistrationState | None, query: str, page: int
    ) -> ports.ApplicationList:
        return await self._reading.applications(who, state, query, page)

    async def overview(self, who: StaffIdentity, days: int = 30) -> ports.Overview:
        return await self._overviews.overview(who, days)

    async def expiring(self, who: StaffIdentity, days: int, page: int) -> ports.ApplicationList:
        return await self._overviews.expiring(who, days, page)

    async def application(
        self, who: StaffIdentity, registrant_id: UUID, purpose: str
    ) -> ports.RegistrantRecord:
        return await self._reading.application(who, registrant_id, purpose)

    async def identity_image(self, who: StaffIdentity, registrant_id: UUID, purpose: str) -> bytes:
        return await self._reading.identity_image(who, registrant_id, purpose)

    async def approve(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        await self.review.approve(who, registrant_id, version)

    async def return_(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        defects: tuple[FieldProblem, ...],
    ) -> None:
        await self.review.return_(who, registrant_id, version, defects)

    async def refuse(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self.review.refuse(who, registrant_id, version, reason)

    async def cancel(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self.review.cancel(who, registrant_id, version, reason)

    async def suspend_registration(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        await self.review.suspend(who, registrant_id, version, reason)

    async def resume(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        await self.review.resume(who, registrant_id, version)

    async def delete_on_request(
        self, who: StaffIdentity, registrant_id: UUID, version: int
    ) -> None:
        await self.review.delete_on_request(who, registrant_id, version)

    async def key_in(
        self, who: StaffIdentity, application: Application, paper: ports.PaperDetails
    ) -> UUID:
        return await self._paper.key_in(who, application, paper)

    async def key_in_change(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        application: Application,
        form: ports.ChangeForm | None = None,
    ) -> None:
        await self._paper.key_in_change(who, registrant_id, version, application, form)

    async def withdraw(
        self, who: StaffIdentity, registrant_id: UUID, version: int, form: ports.WithdrawalForm
    ) -> None:
        await self._counter.withdraw(who, registrant_id, version, form)

    async def issue_password(
        self, who: StaffIdentity, registrant_id: UUID, version: int, *, device_lost: bool = False
    ) -> None:
        await self._counter.issue_password(who, registrant_id, version, device_lost=device_lost)

    async def record_disclosure(
        self, who: StaffIdentity, registrant_id: UUID, disclosure: ports.Disclosure
    ) -> None:
        await self._counter.record_disclosure(who, registrant_id, disclosure)

    async def audit(
        self,
        who: StaffIdentity,
        registrant_id: UUID | None,
        page: int,
        only: ports.AuditFilter = ports.EVERY_ENTRY,
    ) -> ports.AuditList:
        return await self._reading.audit(who, registrant_id, page, only)

    async def deletions(self, who: StaffIdentity) -> tuple[ports.Deleted, ...]:
        return await self._reading.deletions(who)

    async def undeliverable(self, who: StaffIdentity) -> tuple[ports.Undeliverable, ...]:
        return await self._announcing.undeliverable(who)

    async def recipients(self, who: StaffIdentity) -> int:
        return await self._announcing.recipients(who)

    async def announce(
        self,
        who: StaffIdentity,
        subject: str,
        text: str,
        kind: ports.AnnouncementKind,
        key: str = "",
    ) -> ports.Announcement:
        return await self._announcing.announce(who, subject, text, kind, key)

    async def announcements(self, who: StaffIdentity) -> tuple[ports.Announcement, ...]:
        return await self._announcing.announcements(who)

    # --- staff by program (interface C) ---------------------------------------------------------

    async def enter_by_program(self, who: StaffIdentity, body: NewRegistrant) -> RegistrantView:
        """Key in a person; the department has checked the data itself."""
        return self._reading.view(await self._paper.enter(who, body))

    async def read_by_program(self, who: StaffIdentity, registrant_id: UUID) -> RegistrantView:
        """One registration."""
        return await self._reading.registrant(who, registrant_id)

    async def approve_by_program(self, who: StaffIdentity, registrant_id: UUID) -> Credentials:
        """Approve an application; the log-in is returned, and mailed where there is mail."""
        found = await self.review.approve(who, registrant_id, None, application=True)
        if found is None:
            raise Refused(Refusal.WRONG_STATE, "there is no application to approve")
        return found

    async def suspend_by_program(
        self, who: StaffIdentity, registrant_id: UUID, body: Suspend
    ) -> RegistrantView:
        """Take no further calls of a registrant (CNB-34, ASO-20)."""
        return self._reading.view(await self.review.suspend(who, registrant_id, None, body.reason))
