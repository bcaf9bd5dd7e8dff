"""The due date that a purpose computes by its own list of holidays."""

from datetime import date

import jpholiday
import pytest
from net119_conformance.purposes.alarm_register import fifth_working_day, spring_holidays

YEARS = range(2026, 2060)


@pytest.mark.parametrize("year", YEARS)
def test_holidays_of_spring_are_the_laws(year: int) -> None:
    listed = {day for day, _name in jpholiday.between(date(year, 4, 28), date(year, 5, 20))}
    assert spring_holidays(year) == listed


@pytest.mark.parametrize(
    ("year", "day"),
    [(2027, date(2027, 5, 11)), (2028, date(2028, 5, 10)), (2029, date(2029, 5, 9))],
)
def test_fifth_working_day_counted_by_hand(year: int, day: date) -> None:
    assert fifth_working_day(year) == day
