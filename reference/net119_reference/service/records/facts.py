"""What the database knows of records that memory does not: calls, readings, images, letters."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState
from net119_protocol.codes import CallState
from sqlalchemy.engine import Connection

from net119_reference.records.due import RecordClock
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.expiry import last_valid_day
from net119_reference.registration.record import Registrant
from net119_reference.service.rows import moment, stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store import schema

USES = ("read", "image-read", "disclosed")
"""Entries of the audit log that are a use of one person's data (CNB-07)."""


@dataclass(frozen=True)
class Facts:
    """Stamps by registrant; what is not there never happened."""

    reviewed: Mapping[str, str | None]
    """Registrants with an image, and when it was reviewed."""
    called: Mapping[str, str]
    """When something last happened in one of the registrant's calls."""
    logged: Mapping[str, str]
    used: Mapping[str, str]


def read(connection: Connection) -> Facts:
    """Read all facts."""
    images, log = tables.identity_images, tables.audit_log
    used = sa.case((sa.or_(*(log.c.action == action for action in USES)), log.c.at))
    logged = connection.execute(
        sa.select(log.c.registrant_id, sa.func.max(log.c.at).label("at"), sa.func.max(used))
        .where(log.c.registrant_id.is_not(None))
        .group_by(log.c.registrant_id)
    ).all()
    return Facts(
        reviewed={
            key: at
            for key, at in connection.execute(
                sa.select(images.c.registrant_id, images.c.reviewed_at).where(
                    images.c.registrant_id.is_not(None)
                )
            )
        },
        called={
            key: at
            for key, at in connection.execute(
                sa.select(schema.calls.c.registrant_id, sa.func.max(schema.history.c.at))
                .join(schema.history, schema.history.c.call_id == schema.calls.c.call_id)
                .where(schema.calls.c.registrant_id.is_not(None))
                .group_by(schema.calls.c.registrant_id)
            )
        },
        logged={key: at for key, at, _ in logged},
        used={key: at for key, _, at in logged if at is not None},
    )


def peer_calls(at: datetime, kept: timedelta, connection: Connection) -> dict[UUID, date]:
    """Closed calls of other providers' registrants that were kept long enough, and since when."""
    # One day more than can be due: days are counted in Japan.
    ended_before = at - kept + timedelta(days=1)
    ended = sa.func.max(schema.history.c.at)
    found = connection.execute(
        sa.select(schema.calls.c.call_id, ended)
        .join(schema.history, schema.history.c.call_id == schema.calls.c.call_id)
        .where(
            schema.calls.c.registrant_id.is_(None),
            schema.calls.c.state == CallState.CLOSED.value,
        )
        .group_by(schema.calls.c.call_id)
        .having(ended <= stamp(ended_before))
    )
    due = {UUID(key): japan_day(moment(end)) + kept for key, end in found}
    return {call_id: day for call_id, day in due.items() if day <= japan_day(at)}


def calls_of(registrants: Collection[UUID], connection: Connection) -> dict[UUID, list[UUID]]:
    """Ids of the calls of each of these registrants."""
    found: dict[UUID, list[UUID]] = {}
    for registrant_id in registrants:
        wanted = schema.calls.c.registrant_id == str(registrant_id)
        keys = connection.scalars(sa.select(schema.calls.c.call_id).where(wanted))
        found[registrant_id] = [UUID(key) for key in keys]
    return found


def clock_of(found: Registrant, facts: Facts, *, has_image: bool, in_call: bool) -> RecordClock:
    """The days that a registration's retention is counted from."""
    key = str(found.registrant_id)
    ended = found.ended_at
    if found.state is RegistrationState.RETURNED:
        ended = found.since or found.applied_at
    return RecordClock(
        state=found.state,
        expires_on=last_valid_day(found.expires_at) if found.expires_at else None,
        reminded_on=max(map(date.fromisoformat, found.reminded.split()), default=None),
        suspended_on=_day(found.suspended_at),
        ended_on=_day(ended),
        last_used=_stamped_day(facts.used.get(key)),
        image_reviewed_on=_stamped_day(facts.reviewed.get(key)),
        has_image=has_image,
        in_call=in_call,
        has_calls=key in facts.called,
        last_call_on=_stamped_day(facts.called.get(key)),
        has_log=key in facts.logged,
        last_log_on=_stamped_day(facts.logged.get(key)),
    )


def _day(at: datetime | None) -> date | None:
    return None if at is None else japan_day(at)


def _stamped_day(text: str | None) -> date | None:
    return None if text is None else japan_day(moment(text))
