"""What reviewers decide: applications, changes, suspension, cancellation, deletion."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.api.staff import Credentials, RegistrationState
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from net119_protocol.profile.check import FieldProblem
from net119_protocol.profile.model import Profile

from net119_reference.mail.address import canonical
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration import mail_texts
from net119_reference.registration.expiry import new_expiry
from net119_reference.registration.ports import CallPageProblem, LinkPurpose
from net119_reference.registration.record import Details, Registrant, details_of
from net119_reference.registration.roles import Right, require
from net119_reference.registration.states import REGISTERED, Act
from net119_reference.registration.tombstone import tombstone
from net119_reference.service.kernel import Transaction
from net119_reference.service.passwords import GENERATED, new_password
from net119_reference.service.registration import rows
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import Office, charset_of, staff_problem
from net119_reference.service.rows import stamp

T = TypeVar("T")
LOG_IN_PATH = "/my"
REASON_LIMIT = 200


class Review:
    """Decisions about registrations."""

    def __init__(self, office: Office, images: ImageStore) -> None:
        self._office = office
        self._images = images

    async def approve(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int | None,
        *,
        application: bool = False,
    ) -> Credentials | None:
        """Approve an application (its log-in is returned and mailed) or a change.

        ``version`` None: whatever the present version, as programs of interface C approve;
        ``application``: nothing but an application is to be approved.
        """
        require(who, Right.REVIEW)
        password = new_password()
        hashed = await asyncio.to_thread(GENERATED.hash, password)

        def approve(tx: Transaction) -> Credentials | None:
            found = self._seen(who, registrant_id, version)
            if found.state is RegistrationState.CHANGE_PENDING and not application:
                self._approve_change(tx, who, found)
                return None
            return self._approve_application(tx, who, found, password, hashed)

        return await self._office.kernel.run(approve)

    def _seen(self, who: StaffIdentity, registrant_id: UUID, version: int | None) -> Registrant:
        if version is None:
            return self._office.registry.of_department(who, registrant_id)
        return self._office.of_version(who, registrant_id, version)

    def _approve_application(
        self, tx: Transaction, who: StaffIdentity, before: Registrant, password: str, hashed: str
    ) -> Credentials:
        office = self._office
        profile = office.profile(before.department)
        login_id = office.registry.free_login_id()
        found = office.act(
            tx,
            before,
            Act.APPROVE,
            who.name,
            approved_at=tx.now,
            login_id=login_id,
            password_hash=hashed,
            expires_at=new_expiry(profile.validity, tx.now),
            defects=(),
        )
        self._reviewed(tx, found)
        url = f"{office.public_url}{LOG_IN_PATH}?department={found.department}"
        text = mail_texts.completed(profile, found.data.name, url, login_id, password)
        office.tell(tx, found, text)
        return Credentials(registrant_id=found.registrant_id, login_id=login_id, password=password)

    def _approve_change(self, tx: Transaction, who: StaffIdentity, before: Registrant) -> None:
        office = self._office
        proposal = before.proposal
        if proposal is None:
            raise Refused(Refusal.WRONG_STATE, "there is no change to approve")
        self._refuse_taken_mail(before, proposal.data.mail)
        # From here on every mail goes to the new address (CNB-32, invariant I8).
        found = office.act(
            tx,
            before,
            Act.APPROVE_CHANGE,
            who.name,
            data=proposal.data,
            details=details_of(proposal),
            proposal=None,
            device_blocked=False,
            **self._valid_again(before, tx.now),
        )
        self._reviewed(tx, found)
        profile = office.profile(found.department)
        office.tell(tx, found, mail_texts.change_approved(profile, found.data.name))
        if office.revoke_links_elsewhere(tx, found) and found.reminded:
            self._ask_anew(tx, found, profile)

    def _ask_anew(self, tx: Transaction, found: Registrant, profile: Profile) -> None:
        """Mail the URL that renews to the new address: the former one's is revoked (ASO-13)."""
        office, name = self._office, found.data.name
        url, _link = office.issue(
            tx,
            LinkPurpose.RENEW,
            found.department,
            found.data.mail,
            registrant_id=found.registrant_id,
        )
        text = mail_texts.renewal_link(profile, name, found.expires_at or tx.now, url)
        office.tell(tx, found, text, service=True)

    def _refuse_taken_mail(self, before: Registrant, mail: str) -> None:
        other = self._office.registry.with_mail(before.department, mail)
        if other is not None and other.registrant_id != before.registrant_id:
            raise Refused(
                Refusal.WRONG_STATE,
                "the new mail address has been registered by somebody else meanwhile; return the "
                "change or reject it",
                field="data.mail",
            )

    async def return_(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int,
        defects: tuple[FieldProblem, ...],
    ) -> None:
        """Return an application or a change with what is wrong (TOM-17)."""
        if not defects:
            raise Refused(Refusal.INVALID, "say what is wrong, in one field at least")
        if sum(len(each.ja) + len(each.en) for each in defects) > TEXT_LIMIT:
            raise Refused(Refusal.TOO_LONG, f"the defects exceed {TEXT_LIMIT} characters")

        def return_(tx: Transaction, before: Registrant) -> None:
            office = self._office
            pending = before.state is RegistrationState.CHANGE_PENDING
            act = Act.RETURN_CHANGE if pending else Act.RETURN
            draft = before.proposal if pending else before.application
            what = staff_problem(defects)
            found = office.act(
                tx,
                before,
                act,
                who.name,
                what,
                defects=defects,
                proposal=None,
                device_blocked=False,
                **(self._valid_again(before, tx.now) if pending else {}),
            )
            profile = office.profile(found.department)
            url, link = office.issue(
                tx,
                LinkPurpose.CORRECT,
                found.department,
                found.data.mail,
                registrant_id=found.registrant_id,
                draft=draft,
                defects=defects,
            )
            text = mail_texts.returned(profile, found.data.name, defects, url, link.expires_at)
            office.tell(tx, found, text)

        await self._decide(who, registrant_id, version, return_)

    async def refuse(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        """Refuse an application, or reject a change (TOM-26)."""
        _check(reason)

        def refuse(tx: Transaction, before: Registrant) -> None:
            office = self._office
            profile = office.profile(before.department)
            self._reviewed(tx, before)
            if before.state is RegistrationState.CHANGE_PENDING:
                found = office.act(
                    tx,
                    before,
                    Act.REJECT_CHANGE,
                    who.name,
                    reason,
                    proposal=None,
                    device_blocked=False,
                    **self._valid_again(before, tx.now),
                )
                text = mail_texts.change_rejected(profile, found.data.name, reason)
                office.tell(tx, found, text)
                return
            found = office.act(tx, before, Act.REFUSE, who.name, reason, reason=reason)
            office.revoke_links(tx, found.registrant_id)
            if "refused" in profile.mail.result:
                office.tell(tx, found, mail_texts.refused(profile, found.data.name, reason))

        await self._decide(who, registrant_id, version, refuse)

    async def cancel(
        self, who: StaffIdentity, registrant_id: UUID, version: int, reason: str
    ) -> None:
        """End a registration by the department's decision (CNB-06, CNB-08, ASO-26)."""
        _check(reason)

        def cancel(tx: Transaction, before: Registrant) -> None:
            office = self._office
            found = office.act(
                tx,
                before,
                Act.CANCEL,
                who.name,
                reason,
                reason=reason,
                password_hash=None,
                proposal=None,
            )
            self.end(tx, found)
            profile = office.profile(found.department)
            if "cancelled" in profile.mail.result:
                office.tell(tx, found, mail_texts.cancelled(profile, found.data.name, reason))

        await self._decide(who, registrant_id, version, cancel)

    def _valid_again(self, before: Registrant, now: datetime) -> dict[str, Any]:
        """A new expiry, if the former passed while the registration was the department's to decide.

        Else the clock would suspend it the next night, and nobody would have been asked.
        """
        if before.expires_at is None or before.expires_at > now:
            return {}
        validity = self._office.profile(before.department).validity
        return {"expires_at": new_expiry(validity, now), "reminded": ""}

    def end(self, tx: Transaction, found: Registrant) -> None:
        """Close everything that a registration has open: URLs, log-ins, call page."""
        self._office.revoke_links(tx, found.registrant_id)
        self._office.registry.shut_out(tx, found.registrant_id, CallPageProblem.ENDED)
        self._reviewed(tx, found)

    def _reviewed(self, tx: Transaction, found: Registrant) -> None:
        keep = self._office.profile(found.department).retention.identity_image_days
        self._images.reviewed(tx, found.registrant_id, keep)

    async def suspend(
        self, who: StaffIdentity, registrant_id: UUID, version: int | None, reason: str
    ) -> Registrant:
        """Take no calls for now (CNB-34, ASO-20)."""
        _check(reason)

        def suspend(tx: Transaction, before: Registrant) -> Registrant:
            found = self._office.act(tx, before, Act.SUSPEND, who.name, reason, reason=reason)
            profile = self._office.profile(found.department)
            self._office.tell(tx, found, mail_texts.suspended(profile, found.data.name, reason))
            return found

        return await self._decide(who, registrant_id, version, suspend)

    async def resume(self, who: StaffIdentity, registrant_id: UUID, version: int) -> None:
        """End a suspension."""

        def resume(tx: Transaction, before: Registrant) -> None:
            profile = self._office.profile(before.department)
            valid = self._valid_again(before, tx.now)
            found = self._office.act(tx, before, Act.RESUME, who.name, reason="", **valid)
            self._office.tell(tx, found, mail_texts.resumed(profile, found.data.name))

        await self._decide(who, registrant_id, version, resume)

    async def delete_on_request(
        self, who: StaffIdentity, registrant_id: UUID, version: int
    ) -> None:
        """Destroy the personal data at once; backups lose them in time (ASO-06)."""

        def delete(tx: Transaction, before: Registrant) -> None:
            office = self._office
            self.destroy(tx, before, who.name, "on request")
            if before.state in REGISTERED:
                # Bound to no record: the letters of this one have just been removed.
                profile = office.profile(before.department)
                text = mail_texts.stopped(profile, before.data.name)
                charset = charset_of(before.data)
                office.mail(tx, profile, before.data.mail, text, charset=charset)

        await self._decide(who, registrant_id, version, delete)

    def destroy(self, tx: Transaction, before: Registrant, actor: str, why: str) -> Registrant:
        """Take the personal data out of the record; what stays names nobody (CNB-07)."""
        office = self._office
        self.end(tx, before)
        tx.write(rows.BLANK_HISTORY, b_registrant_id=str(before.registrant_id))
        found = office.act(
            tx,
            before,
            Act.DESTROY,
            actor,
            why,
            data=tombstone(before.data),
            details=Details(),
            proposal=None,
            defects=(),
            paper=None,
            reason="",
            login_id=None,
            password_hash=None,
        )
        self._images.delete(tx, found.registrant_id)
        office.forget_links(tx, found.registrant_id)
        if office.post is not None:
            office.post.forget(tx, found.registrant_id)
        tx.write(
            rows.DELETE_UNTIED_LETTERS,
            b_department=found.department,
            b_recipient=canonical(before.data.mail),
        )
        within = timedelta(days=office.profile(found.department).retention.backups_days)
        tx.write(
            rows.INSERT_DELETION,
            registrant_id=str(found.registrant_id),
            department=found.department,
            at=stamp(tx.now),
            why=why,
            backups_by=stamp(tx.now + within),
            backups_done=False,
        )
        tx.after(office.deleted)
        return found

    async def _decide(
        self,
        who: StaffIdentity,
        registrant_id: UUID,
        version: int | None,
        decide: Callable[[Transaction, Registrant], T],
    ) -> T:
        require(who, Right.REVIEW)
        return await self._office.kernel.run(
            lambda tx: decide(tx, self._seen(who, registrant_id, version))
        )


def _check(reason: str) -> None:
    if not reason.strip():
        raise Refused(Refusal.INVALID, "give a reason; the person is told it", field="reason")
    if len(reason) > REASON_LIMIT:
        raise Refused(
            Refusal.TOO_LONG,
            f"the reason has {len(reason)} characters, {REASON_LIMIT} at most",
            field="reason",
        )
