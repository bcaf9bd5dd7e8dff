"""Bulk mail to a department's registrants, and the mails that did not arrive."""

from uuid import UUID, uuid4

import sqlalchemy as sa
from net119_protocol.codes import Refusal
from net119_protocol.model import TEXT_LIMIT
from sqlalchemy.engine import Connection

from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration import mail_texts
from net119_reference.registration.ports import Announcement, AnnouncementKind, Undeliverable
from net119_reference.registration.roles import Right, require
from net119_reference.registration.states import REGISTERED
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.office import Office, charset_of
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store.mail_schema import mail_outbox

SUBJECT_LIMIT = 100
_ANNOUNCEMENTS, _MAILS = tables.announcements, tables.announcement_mails
_INSERT = sa.insert(_ANNOUNCEMENTS)
_INSERT_MAIL = sa.insert(_MAILS)
_WAITING = (Delivery.QUEUED.value, Delivery.DEFERRED.value)


class Announcing:
    """What a department tells all its registrants (CNB-12, CNB-37)."""

    def __init__(self, office: Office) -> None:
        self._office = office

    async def announce(
        self, who: StaffIdentity, subject: str, text: str, kind: AnnouncementKind
    ) -> Announcement:
        """Mail a text to every registrant of the department."""
        require(who, Right.ANNOUNCE)
        _check("subject", subject, SUBJECT_LIMIT)
        _check("text", text, TEXT_LIMIT)
        if self._office.post is None:
            raise Refused(Refusal.WRONG_STATE, "mail is switched off; set mail.enabled")
        announcement_id = uuid4()

        def announce(tx: Transaction) -> None:
            office = self._office
            profile = office.profile(who.department)
            everyone = [
                each for each in office.registry.all_of(who.department) if each.state in REGISTERED
            ]
            tx.write(
                _INSERT,
                announcement_id=str(announcement_id),
                department=who.department,
                at=stamp(tx.now),
                actor=who.name,
                kind=kind.value,
                subject=subject,
                text=text,
                total=len(everyone),
            )
            letter = mail_texts.announcement(profile, kind.value, subject, text)
            for each in everyone:
                message_id = office.mail(
                    tx,
                    profile,
                    each.data.mail,
                    letter,
                    registrant_id=each.registrant_id,
                    service=True,
                    charset=charset_of(each.data.device),
                )
                if message_id is not None:
                    tx.write(
                        _INSERT_MAIL, message_id=message_id, announcement_id=str(announcement_id)
                    )

        await self._office.kernel.run(announce)
        found = await self.announcements(who)
        return next(each for each in found if each.announcement_id == announcement_id)

    async def announcements(self, who: StaffIdentity) -> tuple[Announcement, ...]:
        """The department's announcements with their progress, newest first."""
        require(who, Right.ANNOUNCE)
        return await self._office.database.read(lambda c: _announcements(c, who.department))

    async def undeliverable(self, who: StaffIdentity) -> tuple[Undeliverable, ...]:
        """Mails that did not arrive, newest first (ASO-09)."""
        require(who, Right.READ)
        if self._office.post is None:
            return ()
        found = await self._office.post.failures(who.department)
        ids = " ".join(str(each.registrant_id) for each in found if each.registrant_id)

        def audit(tx: Transaction) -> None:
            self._office.audit(
                tx, who.department, who.name, "listed", None, "undeliverable mail", ids
            )

        await self._office.kernel.run(audit)
        return tuple(
            Undeliverable(
                message_id=each.message_id,
                registrant_id=each.registrant_id,
                name=self._name(each.registrant_id),
                recipient=each.recipient,
                kind=each.kind,
                status=each.state.value,
                reason=each.reason,
                at=each.ended_at or each.created_at,
            )
            for each in found
        )

    def _name(self, registrant_id: UUID | None) -> str:
        if registrant_id is None:
            return ""
        return self._office.registry.registrant(registrant_id).data.name


def _check(field: str, text: str, limit: int) -> None:
    if not text.strip():
        raise Refused(Refusal.INVALID, f"the {field} is empty", field=field)
    if len(text) > limit:
        raise Refused(
            Refusal.TOO_LONG,
            f"the {field} has {len(text)} characters, {limit} at most",
            field=field,
        )


def _announcements(connection: Connection, department: str) -> tuple[Announcement, ...]:
    progress: dict[str, dict[str, int]] = {}
    counted = (
        sa.select(_MAILS.c.announcement_id, mail_outbox.c.state, sa.func.count().label("many"))
        .join(mail_outbox, mail_outbox.c.message_id == _MAILS.c.message_id)
        .group_by(_MAILS.c.announcement_id, mail_outbox.c.state)
    )
    for row in connection.execute(counted):
        progress.setdefault(row.announcement_id, {})[row.state] = row.many
    query = sa.select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.department == department)
    found = []
    for row in connection.execute(query.order_by(_ANNOUNCEMENTS.c.at.desc())):
        states = progress.get(row.announcement_id, {})
        sent = states.get(Delivery.SENT.value, 0)
        waiting = sum(states.get(state, 0) for state in _WAITING)
        found.append(
            Announcement(
                announcement_id=UUID(row.announcement_id),
                at=moment(row.at),
                actor=row.actor,
                kind=AnnouncementKind(row.kind),
                subject=row.subject,
                text=row.text,
                total=row.total,
                sent=sent,
                waiting=waiting,
                failed=row.total - sent - waiting,
            )
        )
    return tuple(found)
