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
from net119_reference.registration.record import Registrant
from net119_reference.registration.roles import Right, require
from net119_reference.registration.states import REGISTERED
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.office import Office, charset_of
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store.mail_schema import mail_outbox

SUBJECT_LIMIT = 100
KEY_LIMIT = 64
_ANNOUNCEMENTS, _MAILS = tables.announcements, tables.announcement_mails
_INSERT = sa.insert(_ANNOUNCEMENTS)
_INSERT_MAIL = sa.insert(_MAILS)
_WAITING = (Delivery.QUEUED.value, Delivery.DEFERRED.value)


class Announcing:
    """What a department tells all its registrants (CNB-12, CNB-37)."""

    def __init__(self, office: Office) -> None:
        self._office = office
        self._keys: dict[tuple[str, str], UUID] = {}

    async def load(self) -> None:
        """Read the keys of announcements."""
        await self._office.database.read(self._load)

    def _load(self, connection: Connection) -> None:
        for row in connection.execute(sa.select(_ANNOUNCEMENTS)):
            if row.key:
                self._keys[row.department, row.key] = UUID(row.announcement_id)

    def _recipients(self, department: str) -> list[Registrant]:
        everyone = self._office.registry.all_of(department)
        return [each for each in everyone if each.state in REGISTERED]

    async def recipients(self, who: StaffIdentity) -> int:
        """How many people an announcement would be mailed to now."""
        require(who, Right.ANNOUNCE)
        return len(self._recipients(who.department))

    async def announce(
        self, who: StaffIdentity, subject: str, text: str, kind: AnnouncementKind, key: str = ""
    ) -> Announcement:
        """Mail a text to every registrant of the department, once for each key."""
        require(who, Right.ANNOUNCE)
        _check("subject", subject, SUBJECT_LIMIT)
        _check("text", text, TEXT_LIMIT)
        if self._office.post is None:
            raise Refused(Refusal.WRONG_STATE, "mail is switched off; set mail.enabled")
        if len(key) > KEY_LIMIT:
            raise Refused(
                Refusal.TOO_LONG, f"a key has {KEY_LIMIT} characters at most", field="key"
            )
        announcement_id = uuid4()

        def announce(tx: Transaction) -> UUID:
            office = self._office
            former = self._keys.get((who.department, key)) if key else None
            if former is not None:
                return former
            profile = office.profile(who.department)
            everyone = self._recipients(who.department)
            if key:
                tx.put(self._keys, (who.department, key), announcement_id)
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
                key=key or None,
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
                    charset=charset_of(each.data),
                )
                if message_id is not None:
                    tx.write(
                        _INSERT_MAIL, message_id=message_id, announcement_id=str(announcement_id)
                    )
            return announcement_id

        made = await self._office.kernel.run(announce)
        everything = await self.announcements(who)
        found = next(each for each in everything if each.announcement_id == made)
        if (found.subject, found.text, found.kind) != (subject, text, kind):
            raise Refused(
                Refusal.ID_REUSED,
                "another announcement was made with this key; take a new one",
                field="key",
            )
        return found

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
    per_announcement = sa.select(_MAILS.c.announcement_id, sa.func.count().label("many")).group_by(
        _MAILS.c.announcement_id
    )
    queued = {row.announcement_id: row.many for row in connection.execute(per_announcement)}
    query = sa.select(_ANNOUNCEMENTS).where(_ANNOUNCEMENTS.c.department == department)
    found = []
    for row in connection.execute(query.order_by(_ANNOUNCEMENTS.c.at.desc())):
        states = progress.get(row.announcement_id, {})
        sent = states.get(Delivery.SENT.value, 0)
        waiting = sum(states.get(state, 0) for state in _WAITING)
        made = queued.get(row.announcement_id, 0)
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
                failed=made - sent - waiting,
                unqueued=row.total - made,
            )
        )
    return tuple(found)
