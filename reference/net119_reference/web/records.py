"""Interface C for a department's staff as a program: registrations, their review and records."""

from collections.abc import Awaitable
from datetime import date
from typing import Annotated, TypeVar
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from net119_protocol.api import records
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration import ports
from net119_reference.web.problems import not_accepted
from net119_reference.web.routes import After, Context, add_operation

T = TypeVar("T")
Days = Annotated[int, Query(ge=0, le=3660)]
ShortQuery = Annotated[str, Query(max_length=200)]

_NEEDS_REASON = frozenset(
    {records.Decision.REFUSE, records.Decision.CANCEL, records.Decision.SUSPEND}
)


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the routes for the records of a department."""
    service = context.service.registrations
    who_asks = Depends(context.staff)

    async def registrations(
        state: ShortQuery = "",
        query: ShortQuery = "",
        page: After = 0,
        who: StaffIdentity = who_asks,
    ) -> records.RegistrationPage:
        return _page(await service.applications(who, _state(state), query, max(1, page)))

    async def registration(
        registrant_id: UUID, purpose: ShortQuery = "", who: StaffIdentity = who_asks
    ) -> records.RegistrationRecord:
        if not purpose.strip():
            raise Refused(
                Refusal.INVALID, "say why the record is read: ?purpose=review", field="purpose"
            )
        return _record(await service.application(who, registrant_id, purpose))

    async def decide(
        registrant_id: UUID, body: records.Decide, who: StaffIdentity = who_asks
    ) -> records.RegistrationRecord:
        await _decide(service, who, registrant_id, body)
        return _record(await service.application(who, registrant_id, body.decision.value))

    async def key_in(
        body: records.PaperApplication, who: StaffIdentity = who_asks
    ) -> records.KeyedIn:
        paper = ports.PaperDetails(
            consent_signed=body.consent_signed,
            received_on=body.received_on,
            terms_version=body.terms_version,
            guardian_signed=body.guardian_signed,
            number=body.number,
            note=body.note,
        )
        found = await _accepted(service.key_in(who, body.application, paper))
        return records.KeyedIn(registrant_id=found)

    async def key_in_change(
        registrant_id: UUID, body: records.PaperChange, who: StaffIdentity = who_asks
    ) -> records.RegistrationRecord:
        form = ports.ChangeForm(
            body.last_filed.name,
            body.last_filed.birth_date,
            body.last_filed.mail,
            body.received_on,
            body.device_changed,
            body.number,
            body.note,
        )
        await _accepted(
            service.key_in_change(who, registrant_id, body.version, body.application, form)
        )
        return _record(await service.application(who, registrant_id, "change"))

    async def expiring(
        days: Days = 30, page: After = 0, who: StaffIdentity = who_asks
    ) -> records.RegistrationPage:
        return _page(await service.expiring(who, days, max(1, page)))

    async def withdraw(
        registrant_id: UUID, body: records.Withdraw, who: StaffIdentity = who_asks
    ) -> records.RegistrationRecord:
        form = ports.WithdrawalForm(body.signed, body.received_on, body.number, body.note)
        await _accepted(service.withdraw(who, registrant_id, body.version, form))
        return _record(await service.application(who, registrant_id, "withdraw"))

    async def issue_password(
        registrant_id: UUID, body: records.IssuePassword, who: StaffIdentity = who_asks
    ) -> records.RegistrationRecord:
        await service.issue_password(who, registrant_id, body.version, device_lost=body.device_lost)
        return _record(await service.application(who, registrant_id, "issue-password"))

    async def record_disclosure(
        registrant_id: UUID, body: records.NewDisclosure, who: StaffIdentity = who_asks
    ) -> records.DisclosureRecorded:
        given = ports.Disclosure(body.to, body.why, body.items)
        await service.record_disclosure(who, registrant_id, given)
        return records.DisclosureRecorded(
            registrant_id=registrant_id, to=body.to, why=body.why, items=body.items
        )

    async def failed_mails(who: StaffIdentity = who_asks) -> records.FailedMails:
        found = await service.undeliverable(who)
        return records.FailedMails(
            mails=tuple(
                records.FailedMail(
                    registrant_id=mail.registrant_id,
                    recipient=mail.recipient,
                    kind=mail.kind,
                    status=mail.status,
                    reason=mail.reason,
                    at=mail.at,
                )
                for mail in found
            )
        )

    async def accesses(
        registrant: ShortQuery = "",
        actor: ShortQuery = "",
        since: ShortQuery = "",
        until: ShortQuery = "",
        page: After = 0,
        who: StaffIdentity = who_asks,
    ) -> records.Accesses:
        only = ports.AuditFilter(actor, _day("since", since), _day("until", until))
        found = await service.audit(who, _registrant(registrant), max(1, page), only)
        return records.Accesses(
            entries=tuple(
                records.Access(
                    number=entry.number,
                    at=entry.at,
                    actor=entry.actor,
                    action=entry.action,
                    registrant_id=entry.registrant_id,
                    purpose=entry.purpose,
                    what=entry.what,
                )
                for entry in found.entries
            ),
            page=found.page,
            pages=found.pages,
            total=found.total,
        )

    async def deletions(who: StaffIdentity = who_asks) -> records.Deletions:
        return records.Deletions(
            deletions=tuple(
                records.Deletion(
                    registrant_id=each.registrant_id,
                    at=each.at,
                    why=each.why,
                    backups_by=each.backups_by,
                    backups_done=each.backups_done,
                )
                for each in await service.deletions(who)
            )
        )

    async def announce(
        body: records.NewAnnouncement, who: StaffIdentity = who_asks
    ) -> records.AnnouncementView:
        kind = ports.AnnouncementKind(body.kind.value)
        made = await service.announce(who, body.subject, body.text, kind, body.key)
        return _announcement(made)

    async def announcements(who: StaffIdentity = who_asks) -> records.Announcements:
        found = await service.announcements(who)
        return records.Announcements(announcements=tuple(_announcement(each) for each in found))

    for handler in (
        registrations,
        registration,
        decide,
        key_in,
        key_in_change,
        expiring,
        withdraw,
        issue_password,
        record_disclosure,
        failed_mails,
        accesses,
        deletions,
        announce,
        announcements,
    ):
        add_operation(routes, handler.__name__, handler)


async def _decide(
    service: ports.Registrations, who: StaffIdentity, registrant_id: UUID, body: records.Decide
) -> None:
    decision, version, reason = body.decision, body.version, body.reason.strip()
    if decision in _NEEDS_REASON and not reason:
        raise Refused(Refusal.INVALID, f"to {decision.value}, give a reason", field="reason")
    if decision is records.Decision.APPROVE:
        await service.approve(who, registrant_id, version)
    elif decision is records.Decision.RETURN:
        if not body.defects:
            raise Refused(Refusal.INVALID, "to return, say what is wrong", field="defects")
        defects = tuple(
            FieldProblem(each.path, each.code, each.ja or each.en, each.en or each.ja)
            for each in body.defects
        )
        await service.return_(who, registrant_id, version, defects)
    elif decision is records.Decision.REFUSE:
        await service.refuse(who, registrant_id, version, reason)
    elif decision is records.Decision.CANCEL:
        await service.cancel(who, registrant_id, version, reason)
    elif decision is records.Decision.SUSPEND:
        await service.suspend_registration(who, registrant_id, version, reason)
    elif decision is records.Decision.RESUME:
        await service.resume(who, registrant_id, version)
    else:
        await service.delete_on_request(who, registrant_id, version)


async def _accepted(work: Awaitable[T]) -> T:
    try:
        return await work
    except ports.NotAccepted as wrong:
        raise not_accepted(Refusal.INVALID, wrong.problems) from None


def _state(text: str) -> RegistrationState | None:
    if not text:
        return None
    try:
        return RegistrationState(text)
    except ValueError:
        known = ", ".join(RegistrationState)
        raise Refused(Refusal.INVALID, f"a state is one of: {known}", field="state") from None


def _registrant(text: str) -> UUID | None:
    try:
        return UUID(text) if text else None
    except ValueError:
        raise Refused(Refusal.INVALID, "this is no registrant's ID", field="registrant") from None


def _day(field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text) if text else None
    except ValueError:
        raise Refused(Refusal.INVALID, "a day is written like 2026-04-01", field=field) from None


def _page(found: ports.ApplicationList) -> records.RegistrationPage:
    return records.RegistrationPage(
        rows=tuple(_row(row) for row in found.rows),
        page=found.page,
        pages=found.pages,
        total=found.total,
    )


def _row(row: ports.ApplicationRow) -> records.RegistrationRow:
    return records.RegistrationRow(
        registrant_id=row.registrant_id,
        name=row.name,
        mail=row.mail,
        state=row.state,
        version=row.version,
        applied_at=row.applied_at,
        keyed_in=row.keyed_in,
        login_id=row.login_id,
        expires_at=row.expires_at,
    )


def _record(found: ports.RegistrantRecord) -> records.RegistrationRecord:
    return records.RegistrationRecord(
        registrant_id=found.registrant_id,
        version=found.version,
        number=found.paper.number if found.paper else "",
        state=found.state,
        application=found.application,
        sealed=found.sealed,
        proposal=found.proposal,
        changes=tuple(
            records.ItemBeforeAfter(path=each.path, before=each.before, after=each.after)
            for each in found.changes
        ),
        keyed_in=found.keyed_in,
        terms_version=found.terms_version,
        applied_at=found.applied_at,
        approved_at=found.approved_at,
        expires_at=found.expires_at,
        reason=found.reason,
        login_id=found.login_id,
        has_image=found.has_image,
        history=tuple(
            records.Happened(at=each.at, actor=each.actor, what=each.what, detail=each.detail)
            for each in found.history
        ),
        mails=tuple(
            records.SentMail(
                kind=each.kind,
                recipient=each.recipient,
                status=each.status,
                reason=each.detail,
                at=each.at,
            )
            for each in found.mails
        ),
    )


def _announcement(found: ports.Announcement) -> records.AnnouncementView:
    return records.AnnouncementView(
        announcement_id=found.announcement_id,
        at=found.at,
        kind=records.AnnouncementKind(found.kind.value),
        subject=found.subject,
        total=found.total,
        sent=found.sent,
        waiting=found.waiting,
        failed=found.failed,
        unqueued=found.unqueued,
    )
