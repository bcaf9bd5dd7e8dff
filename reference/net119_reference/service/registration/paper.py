"""Paper forms keyed in by staff, and registrations that programs enter."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID, uuid4

from net119_protocol.api.staff import NewRegistrant, RegistrationState
from net119_protocol.application import Application
from net119_protocol.directory import japan_date
from net119_protocol.person import RegistrantData
from net119_protocol.profile import check
from net119_protocol.profile.check import FieldProblem

from net119_reference.ports import StaffIdentity
from net119_reference.registration import problems
from net119_reference.registration.changes import changes
from net119_reference.registration.folding import folded
from net119_reference.registration.ports import ChangeForm, NotAccepted, PaperDetails
from net119_reference.registration.record import Registrant, details_of
from net119_reference.registration.roles import Right, require
from net119_reference.registration.visibility import with_sealed
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.applicants import Applicants
from net119_reference.service.registration.office import Office


class PaperDesk:
    """Keying-in on the applicant's behalf (CNB-03)."""

    def __init__(self, office: Office, applicants: Applicants) -> None:
        self._office = office
        self._applicants = applicants

    async def key_in(
        self, who: StaffIdentity, application: Application, paper: PaperDetails
    ) -> UUID:
        """Enter a paper form with its consent (CNB-44) and the guardian's, for a minor (CNB-47)."""
        require(who, Right.KEY_IN)

        def enter(tx: Transaction) -> UUID:
            profile = self._office.profile(who.department)
            today = japan_date(tx.now)
            found = self._wrong(who.department, application, None, tx)
            if not paper.consent_signed:
                found.append(problems.CONSENT)
            if paper.received_on > today:
                found.append(problems.RECEIVED_ON)
            if application.guardian is not None and not paper.guardian_signed:
                found.append(problems.GUARDIAN_SIGNED)
            if paper.terms_version != profile.terms.version:
                found.append(problems.TERMS)
            if found:
                raise NotAccepted(tuple(found))
            new = self._add(tx, who, application, paper)
            return new.registrant_id

        return await self._office.kernel.run(enter)

    def _wrong(
        self, department: str, application: Application, known: Registrant | None, tx: Transaction
    ) -> list[FieldProblem]:
        profile = self._office.profile(department)
        # The identity document is looked at where the form is handed in.
        today = japan_date(tx.now)
        found = list(check.problems(profile, application, today, has_image=True))
        other = self._office.registry.with_mail(department, application.data.mail)
        if other is not None and other is not known:
            found.append(problems.DUPLICATE_MAIL)
        never = self._office.mail_problem(application.data.mail, known.data.mail if known else None)
        if never is not None:
            found.append(never)
        return found

    def _add(
        self,
        tx: Transaction,
        who: StaffIdentity,
        application: Application,
        paper: PaperDetails | None,
    ) -> Registrant:
        found = self._office.registry.add(
            tx,
            Registrant(
                registrant_id=uuid4(),
                department=who.department,
                state=RegistrationState.APPLIED,
                data=application.data,
                applied_at=tx.now,
                since=tx.now,
                details=details_of(application),
                paper=paper,
                keyed_in=True,
                terms_version=paper.terms_version if paper else "",
            ),
        )
        self._office.history(tx, found.registrant_id, who.name, "keyed-in")
        return found

    async def enter(self, who: StaffIdentity, body: NewRegistrant) -> Registrant:
        """Enter a person by program; the department has checked the data itself."""
        require(who, Right.KEY_IN)
        return await self._office.kernel.run(
            lambda tx: self._add(tx, who, Application(data=body.data), None)
        )

    async def key_in_change(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        application: Application,
        form: ChangeForm | None,
    ) -> None:
        """Enter a change handed in on paper (CNB-50); it is reviewed like any other."""
        require(who, Right.KEY_IN)

        def enter(tx: Transaction) -> None:
            before = self._office.of_version(who, registrant_id, version)
            profile = self._office.profile(before.department)
            data = with_sealed(application.data, before.data, profile, keyed_in=before.keyed_in)
            entered = application.model_copy(update={"data": data})
            found = self._wrong(who.department, entered, before, tx)
            if form is not None:
                found += _wrong_with(form, before.data, japan_date(tx.now))
            new_device = form is not None and form.device_changed
            if not new_device and not changes(before.application, entered):
                found.append(problems.UNCHANGED)
            if found:
                raise NotAccepted(tuple(found))
            told = form.told() if form else ""
            self._applicants.apply_change(
                tx, before, entered, who.name, told, new_device=new_device
            )

        await self._office.kernel.run(enter)


def _wrong_with(form: ChangeForm, known: RegistrantData, today: date) -> Iterator[FieldProblem]:
    """What is wrong with a change form: it is of another person, or from the future."""
    filed = (folded(form.name), form.birth_date, form.mail.strip())
    if filed != (folded(known.name), known.birth_date, known.mail):
        yield problems.OTHER_PERSON
    if form.received_on > today:
        yield problems.RECEIVED_ON
