"""Carries out what is due for one registration, within a command of the kernel."""

from collections.abc import Sequence
from datetime import date, datetime, time
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.profile.model import Profile, Renewal

from net119_reference.records.due import Act, Due
from net119_reference.records.fiscal import JAPAN
from net119_reference.registration import mail_texts
from net119_reference.registration.ports import LinkPurpose
from net119_reference.registration.record import Registrant
from net119_reference.registration.states import Act as StateAct
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.registration.images import ImageStore
from net119_reference.service.registration.office import SYSTEM, Office
from net119_reference.service.registration.review import Review
from net119_reference.store import callback_schema, schema
from net119_reference.store import registration_schema as tables

NOT_RENEWED = "登録の期限までに更新されなかったため"
"""Reason of a suspension and an end by the clock, told to the person."""

_CALL_TABLES = (
    schema.lines,
    schema.pending_lines,
    schema.history,
    schema.call_acts,
    callback_schema.callback_sessions,
    callback_schema.callback_urls,
    schema.inbox,
    schema.outbox,
    schema.calls,
)
_DELETE_CALL = tuple(
    sa.delete(table).where(table.c.call_id == sa.bindparam("b_call_id")) for table in _CALL_TABLES
)
_ALLOW = sa.insert(tables.audit_sweeps)
_DELETE_LOG = sa.delete(tables.audit_log).where(
    tables.audit_log.c.registrant_id == sa.bindparam("b_registrant_id")
)
_FORBID = sa.delete(tables.audit_sweeps).where(
    tables.audit_sweeps.c.registrant_id == sa.bindparam("b_registrant_id")
)
_LIFE = (Act.EXPIRE, Act.SUSPEND, Act.END)
"""Acts that the person is told of; of several at once, of the last one only."""


def midnight(day: date) -> datetime:
    """The moment at which a day begins in Japan."""
    return datetime.combine(day, time(), JAPAN)


class Acts:
    """What the passing of time does to a registration."""

    def __init__(self, core: Core, office: Office, images: ImageStore, review: Review) -> None:
        self._core = core
        self._office = office
        self._images = images
        self._review = review

    def carry_out(
        self, tx: Transaction, found: Registrant, dues: Sequence[Due], calls: Sequence[UUID]
    ) -> None:
        """Do what is due, in order, and write to the person where that is called for.

        ``calls`` are the registrant's, all closed, for when their records are due.
        """
        profile = self._office.profile(found.department)
        told = [due.act for due in dues if due.act in _LIFE][-1:]
        for due in dues:
            tell = due.act in told
            match due.act:
                case Act.REMIND:
                    found = self._remind(tx, found, profile)
                case Act.EXPIRE:
                    found = self._expire(tx, found, profile, due, tell=tell)
                case Act.SUSPEND:
                    found = self._suspend(tx, found, profile, due, tell=tell)
                case Act.END:
                    found = self._end(tx, found, profile, due, tell=tell)
                case Act.DELETE_IMAGE:
                    self._images.delete(tx, found.registrant_id)
                case Act.DESTROY:
                    found = self._review.destroy(tx, found, SYSTEM, due.rule)
                case Act.DESTROY_CALLS:
                    self.destroy_calls(tx, calls)
                case Act.DESTROY_LOG:
                    self._destroy_log(tx, found.registrant_id)

    def _asked(self, tx: Transaction, found: Registrant) -> str:
        """What ``reminded`` becomes when the person is asked now."""
        return f"{found.reminded} {tx.now.astimezone(JAPAN).date().isoformat()}".strip()

    def _renewal_url(self, tx: Transaction, found: Registrant, profile: Profile) -> str | None:
        if profile.validity.renewal is not Renewal.URL:
            return None
        url, _link = self._office.issue(
            tx,
            LinkPurpose.RENEW,
            found.department,
            found.data.mail,
            registrant_id=found.registrant_id,
        )
        return url

    def _remind(self, tx: Transaction, before: Registrant, profile: Profile) -> Registrant:
        """Ask whether the person goes on (ASO-13, CNB-24)."""
        office, expires = self._office, before.expires_at or tx.now
        found = office.registry.change(tx, before, reminded=self._asked(tx, before))
        office.history(tx, found.registrant_id, SYSTEM, "reminded")
        url = self._renewal_url(tx, found, profile)
        name = found.data.name
        text = (
            mail_texts.renewal_link(profile, name, expires, url)
            if url
            else mail_texts.renewal_reply(profile, name, expires)
        )
        office.tell(tx, found, text, service=True)
        return found

    def _expire(
        self, tx: Transaction, before: Registrant, profile: Profile, due: Due, *, tell: bool
    ) -> Registrant:
        office = self._office
        found = office.act(
            tx,
            before,
            StateAct.EXPIRE,
            SYSTEM,
            due.rule,
            since=midnight(due.since),
            reminded=self._asked(tx, before) if tell else before.reminded,
        )
        if tell:
            url = self._renewal_url(tx, found, profile)
            expires = found.expires_at or tx.now
            text = mail_texts.expired(profile, found.data.name, expires, url)
            office.tell(tx, found, text, service=True)
        return found

    def _suspend(
        self, tx: Transaction, before: Registrant, profile: Profile, due: Due, *, tell: bool
    ) -> Registrant:
        since = midnight(due.since)
        found = self._office.act(
            tx,
            before,
            StateAct.SUSPEND,
            SYSTEM,
            due.rule,
            since=since,
            suspended_at=since,
            reason=NOT_RENEWED,
        )
        if tell:
            text = mail_texts.suspended(profile, found.data.name, NOT_RENEWED)
            self._office.tell(tx, found, text)
        return found

    def _end(
        self, tx: Transaction, before: Registrant, profile: Profile, due: Due, *, tell: bool
    ) -> Registrant:
        since = midnight(due.since)
        found = self._office.act(
            tx,
            before,
            StateAct.CANCEL,
            SYSTEM,
            due.rule,
            since=since,
            ended_at=since,
            reason=NOT_RENEWED,
            password_hash=None,
            proposal=None,
        )
        self._review.end(tx, found)
        if tell and "cancelled" in profile.mail.result:
            self._office.tell(
                tx, found, mail_texts.cancelled(profile, found.data.name, NOT_RENEWED)
            )
        return found

    def destroy_calls(self, tx: Transaction, calls: Sequence[UUID]) -> None:
        """Remove call records with everything that was said and sent in them (ASO-05)."""
        for call_id in calls:
            for statement in _DELETE_CALL:
                tx.write(statement, b_call_id=str(call_id))
            tx.drop(self._core.lives, call_id)

    def _destroy_log(self, tx: Transaction, registrant_id: UUID) -> None:
        """Remove a registration's audit entries; for this moment only the trigger lets them go."""
        key = str(registrant_id)
        tx.write(_ALLOW, registrant_id=key, at=tx.now.isoformat())
        tx.write(_DELETE_LOG, b_registrant_id=key)
        tx.write(_FORBID, b_registrant_id=key)
