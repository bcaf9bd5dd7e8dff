"""What the database says about records: uses of a person's data, calls, the list of deletions."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import sqlalchemy as sa
from net119_protocol.api.staff import RegistrationState as State
from net119_reference.records.due import RecordClock
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.record import Registrant
from net119_reference.service.records import deletions, facts
from net119_reference.service.rows import stamp
from net119_reference.store import registration_schema as tables
from net119_reference.store import schema
from sqlalchemy.engine import Connection

from tests.reference.registration.support import application

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
        happened(connection, call_id, later(days))


def happened(connection: Connection, call_id: UUID, at: datetime) -> None:
    known = {
        each.name: "" for each in schema.history.c if not each.nullable and not each.primary_key
    }
    given = {"call_id": str(call_id), "at": stamp(at)}
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


def test_other_providers_calls_are_counted_in_days_of_japan(connection: Connection) -> None:
    """What ended late on a day is due at the beginning of its last one, not so late in it."""
    ended = datetime(2026, 4, 10, 14, 59, tzinfo=UTC)
    a_call(connection, UUID(int=1), None, "closed")
    happened(connection, UUID(int=1), ended)
    kept, begins = timedelta(days=30), datetime(2026, 5, 9, 15, 0, tzinfo=UTC)
    before = begins - timedelta(seconds=1)
    assert facts.peer_calls(begins, kept, connection) == {UUID(int=1): date(2026, 5, 10)}
    assert facts.peer_calls(before, kept, connection) == {}


def test_an_image_has_the_moment_of_its_review_and_a_draft_s_has_none(
    connection: Connection,
) -> None:
    for number, (who, reviewed) in enumerate(((ONE, later(3)), (TWO, None), (None, None))):
        row = {
            "image_id": str(number),
            "department": "tomakomai",
            "registrant_id": who and str(who),
            "sealed": b"",
            "added_at": stamp(FIRST),
            "reviewed_at": reviewed and stamp(reviewed),
        }
        connection.execute(sa.insert(tables.identity_images).values(row))
    assert facts.read(connection).reviewed == {str(ONE): stamp(later(3)), str(TWO): None}


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


def test_the_list_beside_the_database_comes_back_as_it_was_written(tmp_path: Path) -> None:
    """ASO-06: it is all that a restored backup learns the deletions from."""
    file = tmp_path / "list"
    assert deletions.read_list(file) == ()
    known = (EARLIER, replace(GONE, why="本人の求め", backups_done=True))
    deletions.write_list(file, known)
    assert deletions.read_list(file) == known
    file.write_text(f"{file.read_text('utf-8')}\n\n", "utf-8")
    assert deletions.read_list(file) == known, "blank lines are no entries"
    deletions.write_list(file, (GONE,))
    assert deletions.read_list(file) == (GONE,), "written anew, not added to"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize(
    "broken", ["nonsense", "[]", "{}", '"x"', '{"registrant_id": "1"}', '{"registrant_id": 1}']
)
def test_a_broken_list_is_refused_by_its_line_and_never_taken_for_a_shorter_one(
    tmp_path: Path, broken: str
) -> None:
    file = tmp_path / "list"
    deletions.write_list(file, (GONE,))
    file.write_text(f"{file.read_text('utf-8')}{broken}\n", "utf-8")
    with pytest.raises(deletions.BadList) as refused:
        deletions.read_list(file)
    assert refused.value.where == f"{file}, line 2"
    assert refused.value.what in str(refused.value)
    assert refused.value.where in str(refused.value)
    assert deletions.FILE in refused.value.what_to_do


def test_a_list_that_is_no_text_or_no_file_is_refused_by_its_name(tmp_path: Path) -> None:
    file = tmp_path / "list"
    file.write_bytes(b"\xff\xfe")
    for there in (file, tmp_path):
        with pytest.raises(deletions.BadList) as refused:
            deletions.read_list(there)
        assert refused.value.where == str(there)


NOTHING = facts.Facts(reviewed={}, called={}, logged={}, used={})


def clock(known: facts.Facts = NOTHING, **changed: Any) -> RecordClock:
    """The clock of a registration; moments become days late in the evening, in Japan."""
    there = Registrant(ONE, "aso", State.APPROVED, application("aso").data, applied_at=FIRST)
    return facts.clock_of(replace(there, **changed), known, has_image=True, in_call=False)


EVENING = datetime(2026, 5, 9, 15, 0, tzinfo=UTC)
DAY = date(2026, 5, 10)
"""The day in Japan that it has just become then."""


def test_the_days_that_retention_is_counted_from_are_those_of_japan() -> None:
    found = clock(
        state=State.SUSPENDED,
        expires_at=EVENING,
        suspended_at=EVENING,
        ended_at=EVENING,
    )
    assert found == RecordClock(
        State.SUSPENDED,
        expires_on=DAY - timedelta(days=1),
        suspended_on=DAY,
        ended_on=DAY,
        has_image=True,
    )
    key, other = str(ONE), str(TWO)
    known = facts.Facts(
        reviewed={key: stamp(EVENING)},
        called={key: stamp(later(1)), other: stamp(later(50))},
        logged={key: stamp(later(2)), other: stamp(later(50))},
        used={key: stamp(later(3)), other: stamp(later(50))},
    )
    assert clock(known) == RecordClock(
        State.APPROVED,
        image_reviewed_on=DAY,
        last_used=japan_day(later(3)),
        has_image=True,
        has_calls=True,
        last_call_on=japan_day(later(1)),
        has_log=True,
        last_log_on=japan_day(later(2)),
    )


def test_who_was_asked_several_times_was_asked_last_on_the_latest_day() -> None:
    """In whatever order the days were noted."""
    assert clock(reminded="").reminded_on is None
    assert clock(reminded="2026-06-03 2026-05-11 2026-06-02").reminded_on == date(2026, 6, 3)


def test_a_returned_application_is_over_from_the_day_it_was_returned() -> None:
    """And from its arrival where no record says when that was; a correction ends the period."""
    returned = clock(state=State.RETURNED, since=EVENING, ended_at=later(99))
    assert returned.ended_on == DAY
    assert clock(state=State.RETURNED, ended_at=None).ended_on == japan_day(FIRST)
    assert clock(state=State.APPLIED, since=EVENING).ended_on is None
