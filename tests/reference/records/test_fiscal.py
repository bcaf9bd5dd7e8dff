"""CNB-07: three years from 1 April of the year after the one in which data were last used."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.records.fiscal import destroy_documents_on, fiscal_year, japan_day


@pytest.mark.parametrize(
    ("day", "year"),
    [
        (date(2026, 3, 31), 2025),
        (date(2026, 4, 1), 2026),
        (date(2024, 2, 29), 2023),
        (date(2026, 12, 31), 2026),
        (date(2027, 1, 1), 2026),
    ],
)
def test_the_fiscal_year_begins_on_1_april(day: date, year: int) -> None:
    assert fiscal_year(day) == year


@pytest.mark.parametrize(
    ("used", "gone"),
    [
        (date(2026, 5, 10), date(2030, 4, 1)),
        (date(2027, 3, 31), date(2030, 4, 1)),
        (date(2027, 4, 1), date(2031, 4, 1)),
        (date(2024, 2, 29), date(2027, 4, 1)),
    ],
)
def test_worked_examples(used: date, gone: date) -> None:
    assert destroy_documents_on(used, 3) == gone


@given(used=st.dates(date(1990, 1, 1), date(2100, 1, 1)), years=st.integers(0, 30))
def test_documents_are_kept_for_the_whole_period(used: date, years: int) -> None:
    gone = destroy_documents_on(used, years)
    assert (gone.month, gone.day) == (4, 1)
    # Counted in another way: the first 1 April after the day of use, and so many years more.
    first = date(used.year + (used >= date(used.year, 4, 1)), 4, 1)
    assert gone == first.replace(year=first.year + years)


@given(
    one=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
    other=st.dates(date(1990, 1, 1), date(2100, 1, 1)),
)
def test_later_use_is_never_destroyed_earlier(one: date, other: date) -> None:
    early, late = sorted((one, other))
    assert destroy_documents_on(early, 3) <= destroy_documents_on(late, 3)


def test_the_day_changes_at_midnight_in_japan() -> None:
    assert japan_day(datetime(2026, 3, 31, 14, 59, 59, tzinfo=UTC)) == date(2026, 3, 31)
    assert japan_day(datetime(2026, 3, 31, 15, 0, tzinfo=UTC)) == date(2026, 4, 1)
    with pytest.raises(ValueError, match="offset"):
        japan_day(datetime(2026, 4, 1))  # noqa: DTZ001 - a time without offset is the point


def test_a_negative_period_is_refused() -> None:
    with pytest.raises(ValueError, match="negative"):
        destroy_documents_on(date(2026, 1, 1), -1)
