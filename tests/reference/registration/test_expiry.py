"""When a registration expires: whole months, counted in days of Japan."""

from datetime import UTC, date, datetime

import pytest
from net119_protocol.profile.model import Renewal, Validity
from net119_reference.registration.expiry import last_valid_day, months_later, new_expiry


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 15), 1, date(2026, 2, 15)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 12, 31), 24, date(2028, 12, 31)),
        (date(2026, 5, 10), 0, date(2026, 5, 10)),
    ],
)
def test_the_same_day_so_many_months_later_or_the_last_one_there_is(
    day: date, months: int, later: date
) -> None:
    assert months_later(day, months) == later


def test_a_registration_lasts_to_the_end_of_its_last_day_in_japan() -> None:
    """ASO-13, CNB-24: approved late on 31 March in UTC, which is 1 April in Japan."""
    rule = Validity(renewal=Renewal.URL, months=12)
    expires_at = new_expiry(rule, datetime(2026, 3, 31, 15, 0, tzinfo=UTC))
    assert expires_at == datetime(2027, 4, 1, 15, 0, tzinfo=UTC)
    assert expires_at.tzinfo is UTC
    assert last_valid_day(expires_at) == date(2027, 4, 1)
    earlier = new_expiry(rule, datetime(2026, 3, 31, 14, 59, tzinfo=UTC))
    assert earlier == datetime(2027, 3, 31, 15, 0, tzinfo=UTC)


def test_nothing_expires_where_the_department_knows_no_expiry() -> None:
    assert new_expiry(Validity(), datetime(2026, 3, 31, tzinfo=UTC)) is None
