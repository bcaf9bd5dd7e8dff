"""What the database says about records: uses of a person's data, calls, the list of deletions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import sqlalchemy as sa
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.deleted import Deleted
from net119_reference.service.records import deletions, facts
from net119_reference.service.rows import stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store import schema
from sqlalchemy.engine import Connection

ONE, TWO = UUID(int=1), UUID(int=2)
FIRST = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def connection() -> Iterator[Connection]:
    """An empty database in memory; what its rows point at is not asked for."""
    engine = sa.create_engine("sqlite://")
    schema.metadata.create_all(engine)
    with engine.connect() as opened:
        yield opened
    engine.dispose()


def later(days: int) -> datetime:
    return FIRST + timedelta(days=days)


def log(connection: Connection, who: UUID | None, action: str, at: datetime) -> None:
    entry = {
        "at": stamp(at),
        "department": "aso",
        "actor": "山田 係長",
        "action": action,
        "registrant_id": who and str(who),
        "purpose": "審査",
    }
    connection.execute(sa.insert(tables.audit_log).values(entry))


@pytest.mark.parametrize("action", ["read", "image-read", "disclosed"])
def test_to_read_or_disclose_a_persons_data_is_to_use_them(
    connection: Connection, action: str
) -> None:
    """CNB-07: the years of retention are counted from the last use."""
    log(connection, ONE, action, later(1))
    log(connection, ONE, action, later(5))
    log(connection, ONE, action, later(3))
    log(connection, ONE, "approved", later(9))
    log(connection, TWO, "approved", later(2))
    log(connection, None, action, later(4))
    found = facts.read(connection)
    assert found.used == {str(ONE): stamp(later(5))}
    assert found.logged == {str(ONE): stamp(later(9)), str(TWO): stamp(later(2))}


def a_call(connection: Connection, call_id: UUID, who: UUID | None, state: str, *at: int) -> None:
    known = {each.name: "" for each in schema.calls.c if not each.nullable}
    given = {"call_id": str(call_id), "registrant_id": who and str(who), "state": state}
    connection.execute(sa.insert(schema.calls).values({**known, **given}))
    for days in at:
        known = {
            each.name: "" for each in schema.history.c if not each.nullable and not each.primary_key
        }
        given = {"call_id": str(call_id), "at": stamp(later(days))}
        connection.execute(sa.insert(schema.history).values({**known, **given}))


def test_a_call_counts_from_the_last_thing_that_happened_in_it(connection: Connection) -> None:
    a_call(connection, UUID(int=7), ONE, "closed", 1, 8, 3)
    a_call(connection, UUID(int=8), ONE, "closed", 2)
    a_call(connection, UUID(int=9), TWO, "answered", 4)
    assert facts.read(connection).called == {
        str(ONE): stamp(later(8)),
        str(TWO): stamp(later(4)),
    }
    assert facts.calls_of((ONE, TWO, UUID(int=3)), connection) == {
        ONE: [UUID(int=7), UUID(int=8)],
        TWO: [UUID(int=9)],
        UUID(int=3): [],
    }


def test_of_other_providers_calls_only_those_that_are_over_and_kept_long_enough_are_due(
    connection: Connection,
) -> None:
    a_call(connection, UUID(int=1), None, "closed", 0, 10)
    a_call(connection, UUID(int=2), None, "closed", 11)
    a_call(connection, UUID(int=3), None, "answered", 1)
    a_call(connection, UUID(int=4), ONE, "closed", 1)
    due: date = japan_day(later(40))
    assert facts.peer_calls(later(40), timedelta(days=30), connection) == {UUID(int=1): due}
    assert facts.peer_calls(later(39), timedelta(days=30), connection) == {}


GONE = Deleted(ONE, "aso", later(2), "request", later(32))
EARLIER = Deleted(TWO, "chita-nanbu", later(1), "retention", later(31))


def test_the_list_of_deletions_is_in_order_and_confirmed_one_by_one(
    connection: Connection,
) -> None:
    """ASO-06."""
    for each in (GONE, EARLIER):
        row = {
            "registrant_id": str(each.registrant_id),
            "department": each.department,
            "at": stamp(each.at),
            "why": each.why,
            "backups_by": stamp(each.backups_by),
        }
        connection.execute(sa.insert(tables.deletions).values(row))
    assert deletions.stored(connection) == (EARLIER, GONE)
    connection.execute(deletions.CONFIRM, {"b_registrant_id": str(ONE)})
    assert deletions.stored(connection) == (EARLIER, replace(GONE, backups_done=True))


def test_of_two_lists_the_later_one_s_word_counts() -> None:
    done = replace(GONE, backups_done=True)
    assert deletions.together([GONE], [EARLIER, done]) == (EARLIER, done)
    assert deletions.together([done, EARLIER], [GONE]) == (EARLIER, GONE)
    again = replace(EARLIER, at=GONE.at)
    assert deletions.together([again, GONE]) == (GONE, again), "at one moment, by number"
