"""The outbox of mail as rows: its statements, and what a row means."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Row

from net119_reference.mail.letter import Charset, Letter
from net119_reference.mail.schedule import Delivery
from net119_reference.service.rows import moment, stamp
from net119_reference.store.mail_schema import mail_outbox
from net119_reference.store.registration_schema import announcement_mails

_T = mail_outbox

_OPEN = (Delivery.QUEUED.value, Delivery.DEFERRED.value)
# Written out: an IN cannot be used where one statement gets several rows of parameters.
_OPEN_STATE = sa.or_(*(_T.c.state == state for state in _OPEN))
_LOST = (Delivery.FAILED.value, Delivery.BOUNCED.value)


def _among(*states: str) -> sa.ColumnElement[bool]:
    """Whether a row is in one of these states; IN would not do, statements run as batches."""
    return sa.or_(*(_T.c.state == state for state in states))


URGENT = ("callback",)
"""Kinds of letters that go before all others: somebody in need waits (CNB-31)."""
_IS_URGENT = sa.or_(*(_T.c.kind == kind for kind in URGENT))

INSERT = sa.insert(_T)
# Only what still waits is changed: a bounce may be faster than our record of the sending.
DEFER = (
    sa.update(_T)
    .where(_T.c.number == sa.bindparam("b_number"), _OPEN_STATE)
    .values(
        state=Delivery.DEFERRED.value,
        attempts=sa.bindparam("b_attempts"),
        code=sa.bindparam("b_code"),
        reason=sa.bindparam("b_reason"),
        due_at=sa.bindparam("b_due_at"),
    )
)
FINISH = (
    sa.update(_T)
    .where(_T.c.number == sa.bindparam("b_number"), _OPEN_STATE)
    .values(
        state=sa.bindparam("b_state"),
        recipient=sa.bindparam("b_recipient"),
        attempts=sa.bindparam("b_attempts"),
        code=sa.bindparam("b_code"),
        reason=sa.bindparam("b_reason"),
        ended_at=sa.bindparam("b_ended_at"),
        due_at=None,
        text="",
    )
)
BOUNCE = (
    sa.update(_T)
    .where(
        _T.c.message_id == sa.bindparam("b_message_id"),
        sa.or_(_OPEN_STATE, _T.c.state == Delivery.SENT.value),
    )
    .values(
        state=Delivery.BOUNCED.value,
        reason=sa.bindparam("b_reason"),
        ended_at=sa.bindparam("b_ended_at"),
        due_at=None,
        text="",
    )
)
_BULK = sa.exists().where(announcement_mails.c.message_id == _T.c.message_id)
"""Letters that an announcement's progress counts; they lose their recipient, and stay."""
_OF_REGISTRANT = _T.c.registrant_id == sa.bindparam("b_registrant_id")
_NOBODY = {"recipient": "", "registrant_id": None, "text": "", "reason": "", "due_at": None}
FORGET = sa.delete(_T).where(_OF_REGISTRANT, ~_BULK)
FORGET_RECIPIENT = (
    sa.update(_T)
    .where(_OF_REGISTRANT)
    .values(**_NOBODY, state=sa.case((_OPEN_STATE, Delivery.FAILED.value), else_=_T.c.state))
)
_OLD = sa.or_(
    _T.c.ended_at < sa.bindparam("b_before"),
    sa.and_(_T.c.registrant_id.is_(None), _T.c.ended_at < sa.bindparam("b_untied_before")),
)
SWEEP = sa.delete(_T).where(_OLD, ~_BULK)
SWEEP_RECIPIENTS = sa.update(_T).where(_OLD, _T.c.recipient != "").values(**_NOBODY)


@dataclass(frozen=True)
class Waiting:
    """A letter that is due."""

    number: int
    letter: Letter
    written: datetime
    attempts: int
    follows: bool


@dataclass(frozen=True)
class LetterStatus:
    """How far one letter has come; ``next_at`` while it waits, ``ended_at`` when it does not.

    ``code`` is the last SMTP answer's; ``reason`` its text in English, or why it was given up.
    """

    message_id: str
    department: str
    kind: str
    recipient: str
    registrant_id: UUID | None
    subject: str
    state: Delivery
    attempts: int
    code: int | None
    reason: str
    created_at: datetime
    next_at: datetime | None
    ended_at: datetime | None


def due(
    now: datetime,
    besides: Sequence[int],
    limit: int,
    connection: Connection,
    *,
    urgent_only: bool = False,
) -> tuple[list[Waiting], datetime | None]:
    """Letters that are due, urgent ones first, then the longest due, and when the next will be."""
    text = stamp(now)
    among = _IS_URGENT if urgent_only else sa.true()
    query = (
        sa.select(_T)
        .where(_T.c.due_at <= text, _T.c.number.not_in(besides), among)
        .order_by(_IS_URGENT.desc(), _T.c.due_at, _T.c.number)
        .limit(limit)
    )
    found = [_waiting(row) for row in connection.execute(query)]
    next_due = sa.select(sa.func.min(_T.c.due_at)).where(_T.c.due_at > text, among)
    later = connection.scalar(next_due)
    return found, moment(later) if later else None


def statuses(message_ids: Sequence[str], connection: Connection) -> list[LetterStatus]:
    """The status of each of the letters that are known, in the order of their writing."""
    found: list[LetterStatus] = []
    # SQLite bounds the number of parameters of one statement.
    for start in range(0, len(message_ids), 500):
        some = message_ids[start : start + 500]
        query = sa.select(_T).where(_T.c.message_id.in_(some)).order_by(_T.c.number)
        found.extend(_status(row) for row in connection.execute(query))
    return found


def failures(department: str, limit: int, connection: Connection) -> list[LetterStatus]:
    """What did not reach its recipient, the newest first."""
    query = (
        sa.select(_T)
        .where(_T.c.department == department, _among(*_LOST), _T.c.recipient != "")
        .order_by(_T.c.ended_at.desc(), _T.c.number.desc())
        .limit(limit)
    )
    return [_status(row) for row in connection.execute(query)]


def old(before: datetime, untied_before: datetime, connection: Connection) -> int:
    """How many letters a sweep would take the recipient from."""
    query = sa.select(sa.func.count()).select_from(_T).where(_OLD, _T.c.recipient != "")
    limits = {"b_before": stamp(before), "b_untied_before": stamp(untied_before)}
    return connection.scalar(query, limits) or 0


def counts(connection: Connection) -> dict[Delivery, int]:
    """How many letters are in each state."""
    query = sa.select(_T.c.state, sa.func.count()).group_by(_T.c.state)
    return {Delivery(state): count for state, count in connection.execute(query)}


def _waiting(row: Row[tuple[object, ...]]) -> Waiting:
    return Waiting(
        number=row.number,
        letter=Letter(
            sender=row.sender,
            to=row.recipient,
            subject=row.subject,
            text=row.text,
            message_id=row.message_id,
            kind=row.kind,
            department=row.department,
            registrant_id=UUID(row.registrant_id) if row.registrant_id else None,
            charset=cast(Charset, row.charset),
            in_reply_to=row.in_reply_to,
        ),
        written=moment(row.created_at),
        attempts=row.attempts,
        follows=row.follows,
    )


def _status(row: Row[tuple[object, ...]]) -> LetterStatus:
    return LetterStatus(
        message_id=row.message_id,
        department=row.department,
        kind=row.kind,
        recipient=row.recipient,
        registrant_id=UUID(row.registrant_id) if row.registrant_id else None,
        subject=row.subject,
        state=Delivery(row.state),
        attempts=row.attempts,
        code=row.code,
        reason=row.reason,
        created_at=moment(row.created_at),
        next_at=moment(row.due_at) if row.due_at else None,
        ended_at=moment(row.ended_at) if row.ended_at else None,
    )
