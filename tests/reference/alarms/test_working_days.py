"""Working days and office hours in Japan."""

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.alarms.working_days import (
    OfficeHours,
    answer_due,
    is_working_day,
    working_days_after,
)

START = datetime(2026, 1, 1, tzinfo=UTC)
DAYS = st.dates(date(2020, 1, 1), date(2045, 12, 31))


@pytest.mark.parametrize(
    "day",
    [
        date(2026, 11, 28),  # Saturday
        date(2026, 11, 29),  # Sunday
        date(2026, 11, 23),  # 勤労感謝の日
        date(2026, 5, 6),  # 振替休日 of 3 May, a Sunday
        date(2026, 9, 22),  # 国民の休日, between two holidays
        date(2026, 12, 29),
        date(2027, 1, 3),
    ],
)
def test_no_working_days(day: date) -> None:
    assert not is_working_day(day)


def test_the_day_after_the_new_year_closing_is_one() -> None:
    assert is_working_day(date(2026, 12, 28))
    assert is_working_day(date(2027, 1, 4))


def test_kyo_01_five_days_pass_over_the_new_year() -> None:
    # Friday 25 December: 28 is the first working day after it, then 4 to 7 January.
    assert answer_due(date(2026, 12, 25)) == date(2027, 1, 7)


def test_kyo_01_the_day_of_arrival_does_not_count() -> None:
    assert answer_due(date(2026, 11, 30)) == date(2026, 12, 7)


@given(DAYS, st.integers(1, 30))
def test_so_many_working_days_lie_between(day: date, count: int) -> None:
    due = working_days_after(day, count)
    between = [day + timedelta(days=n) for n in range(1, (due - day).days + 1)]
    assert sum(is_working_day(each) for each in between) == count
    assert is_working_day(due)


def test_no_days_after_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        working_days_after(date(2026, 1, 5), 0)


def test_hours_are_those_of_japan() -> None:
    hours = OfficeHours()
    assert not hours.is_open(datetime(2026, 11, 29, 23, 44, tzinfo=UTC))
    assert hours.is_open(datetime(2026, 11, 29, 23, 45, tzinfo=UTC)), "Monday 8:45 in Japan"
    assert hours.is_open(datetime(2026, 11, 30, 8, 29, tzinfo=UTC))
    assert not hours.is_open(datetime(2026, 11, 30, 8, 30, tzinfo=UTC)), "17:30 is too late"


@given(st.integers(0, 2_000_000).map(lambda n: START + timedelta(minutes=n)))
def test_the_office_is_open_when_it_opens_next_and_not_before(moment: datetime) -> None:
    hours = OfficeHours()
    opens = hours.next_open(moment)
    assert hours.is_open(opens)
    assert opens >= moment
    if opens > moment:
        assert not hours.is_open(moment)
        assert not hours.is_open(opens - timedelta(minutes=1))
        assert hours.next_open(moment + (opens - moment) / 2) == opens


def test_further_days_without_work() -> None:
    closed = frozenset({date(2026, 11, 30)})
    hours = OfficeHours(closed=closed)
    assert not hours.is_open(datetime(2026, 11, 30, 3, 0, tzinfo=UTC))


def test_hours_that_end_before_they_begin_are_a_mistake() -> None:
    with pytest.raises(ValueError, match="before they begin"):
        OfficeHours(time(17, 0), time(8, 0))
