"""What staff read: lists, registrations, images and the audit log, each access audited."""

import math
from collections import Counter
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrantView, RegistrationState
from net119_protocol.codes import Refusal
from net119_protocol.directory.model import JAPAN
from net119_protocol.person import RegistrantData
from net119_protocol.profile.model import Profile
from sqlalchemy.engine import Connection

from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.changes import changes
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.folding import folded
from net119_reference.registration.ports import (
    PAGE,
    ApplicationList,
    ApplicationRow,
    AuditEntry,
    AuditFilter,
    AuditList,
    HistoryEntry,
    MailLine,
    RegistrantRecord,
)
from net119_reference.registration.record import Registrant
from net119_reference.registration.roles import Right, may, require
from net119_reference.registration.states import REVIEWED
from net119_reference.registration.visibility import visible, visible_application
from net119_reference.service.records import deletions
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import Office
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store.mail_schema import mail_outbox

_QUERY_LIMIT = 200


class Reading:
    """Reads for staff; I6 and the audit log are kept here."""

    def __init__(self, office: Office, images: ImageStore) -> None:
        self._office = office
        self._images = images

    def view(self, found: Registrant) -> RegistrantView:
        """A registration for interface C."""
        profile = self._office.profile(found.department)
        return found.view(visible(found.data, profile, keyed_in=found.keyed_in))

    async def registrant(self, who: StaffIdentity, registrant_id: UUID) -> RegistrantView:
        """A registration, read by a program of the department."""
        require(who, Right.READ)
        found = self._office.registry.of_department(who, registrant_id)
        await self._audited(who, "read", registrant_id, "interface C")
        return self.view(found)

    async def applications(
        self, who: StaffIdentity, state: RegistrationState | None, query: str, page: int
    ) -> ApplicationList:
        """The department's registrations, those longest in their state first."""
        require(who, Right.READ)
        everyone = self._office.registry.all_of(who.department)
        wanted = folded(query.strip()[:_QUERY_LIMIT])
        profile = self._office.profile(who.department)
        found = [
            each for each in everyone if not wanted or _matches(each, _shown(each, profile), wanted)
        ]
        by_state = Counter(each.state for each in found)
        shown = [each for each in found if state is None or each.state is state]
        shown.sort(key=lambda each: (each.since or each.applied_at, str(each.registrant_id)))
        pages = max(1, math.ceil(len(shown) / PAGE))
        page = min(max(1, page), pages)
        part = shown[(page - 1) * PAGE : page * PAGE]
        # Whose line was shown, not what was looked for: that may itself be a name.
        ids = " ".join(str(each.registrant_id) for each in part)
        await self._audited(who, "searched" if wanted else "listed", None, "list", ids)
        return ApplicationList(
            rows=tuple(row_of(each, profile) for each in part),
            page=page,
            pages=pages,
            total=len(shown),
            by_state=dict(by_state),
        )

    async def application(
        self, who: StaffIdentity, registrant_id: UUID, purpose: str
    ) -> RegistrantRecord:
        """One registration with its history and mails."""
        require(who, Right.READ)
        office = self._office
        found = office.registry.of_department(who, registrant_id)
        await self._audited(who, "read", registrant_id, purpose)
        history = await office.database.read(lambda c: _history(c, registrant_id))
        mails = await office.database.read(lambda c: _mails(c, registrant_id))
        profile = office.profile(found.department)
        shown = visible_application(found.application, profile, keyed_in=found.keyed_in)
        proposal = found.proposal
        if proposal is not None:
            proposal = visible_application(proposal, profile, keyed_in=found.keyed_in)
        return RegistrantRecord(
            registrant_id=registrant_id,
            version=found.version,
            state=found.state,
            application=shown,
            sealed=shown.data != found.data,
            proposal=proposal,
            changes=changes(shown, proposal) if proposal else (),
            keyed_in=found.keyed_in,
            paper=found.paper,
            terms_version=found.terms_version,
            applied_at=found.applied_at,
            approved_at=found.approved_at,
            since=found.since or found.applied_at,
            expires_at=found.expires_at,
            reason=found.reason,
            login_id=found.login_id,
            has_image=self._images.has(registrant_id) and may(who, Right.SEE_IMAGES),
            defects=found.defects,
            history=history,
            mails=mails,
        )

    async def identity_image(self, who: StaffIdentity, registrant_id: UUID, purpose: str) -> bytes:
        """The identity image, for reviewers of the department only, while there is a review."""
        require(who, Right.SEE_IMAGES)
        found = self._office.registry.of_department(who, registrant_id)
        if found.state not in REVIEWED:
            raise Refused(
                Refusal.WRONG_STATE,
                f"this registration is {found.state.value}; identity images are for reviews only",
            )
        await self._audited(who, "image-read", registrant_id, purpose)
        content = await self._images.read(registrant_id)
        if content is None:
            raise Refused(Refusal.NOT_FOUND, f"registrant {registrant_id} has no identity image")
        return content

    async def audit(
        self, who: StaffIdentity, registrant_id: UUID | None, page: int, only: AuditFilter
    ) -> AuditList:
        """The department's audit log, newest first."""
        require(who, Right.AUDIT)
        if registrant_id is not None:
            self._office.registry.of_department(who, registrant_id)
        await self._audited(who, "audited", registrant_id, "audit")
        return await self._office.database.read(
            lambda connection: _audit(connection, who.department, registrant_id, page, only)
        )

    async def deletions(self, who: StaffIdentity) -> tuple[Deleted, ...]:
        """The department's destroyed records; they name nobody, so nothing is audited."""
        require(who, Right.AUDIT)
        found = await self._office.database.read(deletions.stored)
        return tuple(each for each in found if each.department == who.department)

    async def _audited(
        self,
        who: StaffIdentity,
        action: str,
        registrant_id: UUID | None,
        purpose: str,
        what: str = "",
    ) -> None:
        """Write the audit entry before anything is shown."""
        if not purpose.strip():
            raise Refused(Refusal.INVALID, "say what the data are read for", field="purpose")
        await self._office.kernel.run(
            lambda tx: self._office.audit(
                tx, who.department, who.name, action, registrant_id, purpose, what
            )
        )


def _shown(found: Registrant, profile: Profile) -> RegistrantData:
    return visible(found.data, profile, keyed_in=found.keyed_in)


def _matches(found: Registrant, shown: RegistrantData, wanted: str) -> bool:
    # Sealed data are not found either: a search that hits tells what they are.
    number = found.paper.number if found.paper else ""
    texts = (shown.name, shown.kana, shown.mail, found.login_id or "", number)
    return any(wanted in folded(text) for text in texts) or wanted == str(found.registrant_id)


def row_of(found: Registrant, profile: Profile) -> ApplicationRow:
    """The line of a list, as staff of the department may read it."""
    shown = _shown(found, profile)
    return ApplicationRow(
        registrant_id=found.registrant_id,
        name=shown.name,
        kana=shown.kana,
        mail=shown.mail,
        state=found.state,
        version=found.version,
        since=found.since or found.applied_at,
        applied_at=found.applied_at,
        keyed_in=found.keyed_in,
        login_id=found.login_id,
        expires_at=found.expires_at,
    )


def _history(connection: Connection, registrant_id: UUID) -> tuple[HistoryEntry, ...]:
    table = tables.registration_history
    query = sa.select(table).where(table.c.registrant_id == str(registrant_id))
    return tuple(
        HistoryEntry(moment(row.at), row.actor, row.what, row.detail)
        for row in connection.execute(query.order_by(table.c.number))
    )


def _mails(connection: Connection, registrant_id: UUID) -> tuple[MailLine, ...]:
    table = mail_outbox
    query = sa.select(table).where(table.c.registrant_id == str(registrant_id))
    return tuple(
        MailLine(
            message_id=row.message_id,
            kind=row.kind,
            recipient=row.recipient,
            status=row.state,
            detail=row.reason,
            at=moment(row.ended_at or row.created_at),
        )
        for row in connection.execute(query.order_by(table.c.number))
    )


def _within(only: AuditFilter) -> list[Any]:
    """What of the audit log is wanted."""
    table = tables.audit_log
    found: list[Any] = [table.c.actor == only.actor] if only.actor else []
    if only.since is not None:
        found.append(table.c.at >= stamp(_begin(only.since)))
    if only.until is not None and only.until < date.max:
        found.append(table.c.at < stamp(_begin(only.until + timedelta(days=1))))
    return found


def _begin(day: date) -> datetime:
    """When a day begins in Japan."""
    return datetime(day.year, day.month, day.day, tzinfo=JAPAN)


def _audit(
    connection: Connection,
    department: str,
    registrant_id: UUID | None,
    page: int,
    only: AuditFilter,
) -> AuditList:
    table = tables.audit_log
    wanted: list[Any] = [table.c.department == department, *_within(only)]
    if registrant_id is not None:
        # A list that showed the person is an access, too.
        key = str(registrant_id)
        wanted.append(sa.or_(table.c.registrant_id == key, table.c.what.contains(key)))
    total = connection.scalar(sa.select(sa.func.count()).select_from(table).where(*wanted)) or 0
    pages = max(1, math.ceil(total / PAGE))
    page = min(max(1, page), pages)
    query = sa.select(table).where(*wanted).order_by(table.c.number.desc())
    rows = connection.execute(query.limit(PAGE).offset((page - 1) * PAGE))
    return AuditList(
        entries=tuple(
            AuditEntry(
                number=row.number,
                at=moment(row.at),
                department=row.department,
                actor=row.actor,
                action=row.action,
                registrant_id=UUID(row.registrant_id) if row.registrant_id else None,
                purpose=row.purpose,
                what=row.what,
            )
            for row in rows
        ),
        page=page,
        pages=pages,
        total=total,
    )
