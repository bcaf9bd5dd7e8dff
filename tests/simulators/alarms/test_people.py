"""People of the home alarm service: residents, helpers, ward offices."""

from datetime import UTC, datetime

import pytest
from net119_protocol.alarms.codes import Accident, Desk, HelperAnswer, Recipient
from net119_protocol.alarms.incident import Telling, WardReport
from net119_protocol.alarms.signals import Utterance
from net119_simulators.alarms import (
    Absent,
    Answering,
    Neighbour,
    Neighbourhood,
    SimulatedWardOffice,
    mistaken,
    unclear,
)
from net119_simulators.alarms.ward_office import NobodyThere

NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
"""A Monday, noon in Japan."""


def words(*, hail: bool) -> Utterance:
    return Utterance(n=1, at=NOON, incident="20261130-1", hail=hail, text="どうしましたか")


def test_what_residents_say() -> None:
    assert Absent().hears(words(hail=True)) is None
    late = Answering(("痛い",), after_hails=1)
    assert [late.hears(words(hail=True)) for _ in range(3)] == [None, "痛い", None]
    assert "間違えて" in (mistaken().hears(words(hail=True)) or "")
    asked = unclear()
    assert asked.hears(words(hail=True))
    assert asked.hears(words(hail=False)) is None


def test_helpers_answer_and_arrive_after_their_minutes() -> None:
    away = Neighbour("𠮷田", "075-000-0001", 3, picks_up=False)
    busy = Neighbour("髙島", "075-000-0002", 5, can_go=False)
    near = Neighbour("中西", "075-000-0003", 4, corps_member=True)
    assert [each.asked() for each in (away, busy, near)] == [
        HelperAnswer.NO_ANSWER,
        HelperAnswer.CANNOT,
        HelperAnswer.GOES,
    ]
    assert near.arrives(NOON) == datetime(2026, 11, 30, 3, 4, tzinfo=UTC)
    assert away.arrives(NOON) is None
    street = Neighbourhood((away, busy, near))
    assert [each.name for each in street.registered()] == ["𠮷田", "髙島", "中西"]
    assert street.ring("075-000-0003") is near
    assert street.rung == ["中西"]
    with pytest.raises(LookupError, match="075-9"):
        street.ring("075-9")


@pytest.mark.parametrize(
    ("moment", "open_"),
    [
        (NOON, True),
        (datetime(2026, 11, 29, 23, 45, tzinfo=UTC), True),
        (datetime(2026, 11, 29, 23, 44, tzinfo=UTC), False),
        (datetime(2026, 11, 30, 8, 30, tzinfo=UTC), False),
        (datetime(2026, 11, 29, 3, 0, tzinfo=UTC), False),
        (datetime(2026, 11, 3, 3, 0, tzinfo=UTC), False),
        (datetime(2027, 1, 3, 15, 0, tzinfo=UTC), False),
        (datetime(2026, 12, 29, 3, 0, tzinfo=UTC), False),
    ],
)
def test_a_ward_office_has_hours_and_holidays(moment: datetime, open_: bool) -> None:
    office = SimulatedWardOffice("nakagyo")
    assert office.is_open(moment) is open_
    report = WardReport(
        ward_office="nakagyo",
        happened_at=NOON,
        accident=Accident.ILLNESS,
        helpers_acted=True,
        due=NOON,
    )
    if open_:
        office.takes(report, moment)
        assert office.reports == [(moment, report)]
    else:
        with pytest.raises(NobodyThere):
            office.takes(report, moment)
    with pytest.raises(ValueError, match="ukyo"):
        SimulatedWardOffice("ukyo").takes(report, moment)


def test_at_night_the_chief_or_the_director_is_rung_at_home() -> None:
    night = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    office = SimulatedWardOffice("nakagyo", chief_at_home=False)

    def rung(desk: Desk) -> bool:
        telling = Telling(
            number=1,
            recipient=Recipient.WARD_OFFICE,
            desk=desk,
            what="用件",
            urgent=True,
            due=night,
        )
        return office.is_rung(telling, night)

    assert [rung(each) for each in (Desk.OFFICE, Desk.CHIEF_AT_HOME, Desk.DIRECTOR_AT_HOME)] == [
        False,
        False,
        True,
    ]
    assert [each.desk for _, each in office.told] == [Desk.DIRECTOR_AT_HOME]
