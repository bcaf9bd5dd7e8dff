"""The table of KYO-09: who is told, where and by when."""

from datetime import UTC, datetime

import pytest
from net119_protocol.alarms.codes import Desk, Recipient
from net119_reference.alarms.whom_to_tell import first_way, next_way

from tests.reference.alarms.people import NOW, OFFICE

NIGHT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
"""Midnight in Japan, from Monday to Tuesday."""
HOLIDAY = datetime(2026, 11, 23, 3, 0, tzinfo=UTC)
"""Noon of 勤労感謝の日, a Monday."""


@pytest.mark.parametrize("urgent", [True, False])
def test_kyo_09_in_its_hours_the_section_is_told(urgent: bool) -> None:
    way = first_way(Recipient.WARD_OFFICE, OFFICE, urgent=urgent, now=NOW)
    assert (way.desk, way.phone, way.due) == (Desk.OFFICE, OFFICE.phone, NOW)


@pytest.mark.parametrize("moment", [NIGHT, HOLIDAY])
def test_kyo_09_at_night_and_on_holidays_an_urgent_matter_goes_to_the_chiefs_home(
    moment: datetime,
) -> None:
    way = first_way(Recipient.WARD_OFFICE, OFFICE, urgent=True, now=moment)
    assert (way.desk, way.phone, way.due) == (Desk.CHIEF_AT_HOME, OFFICE.chief_home_phone, moment)


@pytest.mark.parametrize("moment", [NIGHT, HOLIDAY])
def test_kyo_09_anything_else_waits_until_the_office_opens(moment: datetime) -> None:
    way = first_way(Recipient.WARD_OFFICE, OFFICE, urgent=False, now=moment)
    assert way.desk is Desk.OFFICE
    assert way.due == OFFICE.hours.next_open(moment) > moment


def test_kyo_09_a_chief_who_cannot_be_reached_is_followed_by_the_director() -> None:
    way = next_way(Desk.CHIEF_AT_HOME, OFFICE, urgent=True, now=NIGHT)
    assert way is not None
    assert (way.desk, way.phone) == (Desk.DIRECTOR_AT_HOME, OFFICE.director_home_phone)


@pytest.mark.parametrize("tried", [Desk.CHIEF_AT_HOME, Desk.DIRECTOR_AT_HOME, Desk.OFFICE])
def test_kyo_09_once_the_office_is_open_nobody_is_rung_at_home(tried: Desk) -> None:
    way = next_way(tried, OFFICE, urgent=True, now=NOW)
    assert way is not None
    assert (way.desk, way.phone, way.due) == (Desk.OFFICE, OFFICE.phone, NOW)


def test_after_the_director_it_begins_anew() -> None:
    way = next_way(Desk.DIRECTOR_AT_HOME, OFFICE, urgent=True, now=NIGHT)
    assert way is not None
    assert way.desk is Desk.CHIEF_AT_HOME


@pytest.mark.parametrize(
    "recipient", [Recipient.POLICE, Recipient.RELATIVE, Recipient.OTHER_AGENCY]
)
@pytest.mark.parametrize("moment", [NOW, NIGHT, HOLIDAY])
def test_kyo_09_others_are_told_directly_whatever_the_hour(
    recipient: Recipient, moment: datetime
) -> None:
    assert first_way(recipient, OFFICE, urgent=False, now=moment).desk is Desk.DIRECT
    assert next_way(Desk.DIRECT, OFFICE, urgent=False, now=moment) is None
