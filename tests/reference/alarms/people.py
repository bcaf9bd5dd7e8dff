"""Users, helpers and ward offices of these tests."""

from datetime import UTC, date, datetime
from uuid import UUID

from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import AlarmUser, Helper
from net119_protocol.codes import Mode
from net119_protocol.person import Address
from net119_reference.alarms.machine import Raised, begin
from net119_reference.alarms.pressed import Whose
from net119_reference.alarms.timers import AlarmTimers
from net119_reference.alarms.whom_to_tell import WardOffice
from net119_reference.alarms.working_days import OfficeHours

NOW = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)
"""A Monday, noon in Japan."""
TIMERS = AlarmTimers()
NEAR = Helper(name="𠮷田　花子", phone="075-000-0001", minutes=3)
FAR = Helper(name="髙島　一郎", phone="075-000-0002", minutes=15, corps_member=True)
THIRD = Helper(name="中西　ミチ", phone="075-000-0003", minutes=5)
HELPERS = (NEAR, FAR, THIRD)
WHOSE = Whose(1001, "nakagyo", "nakagyo")
"""Whose unit sends, in these tests."""
OFFICE = WardOffice(
    code="nakagyo",
    name="中京区役所 健康長寿推進課",
    phone="075-000-0100",
    hours=OfficeHours(),
    chief_name="課長",
    chief_home_phone="075-000-0101",
    director_name="健康福祉部長",
    director_home_phone="075-000-0102",
)


def user(*helpers: Helper, street: str = "烏丸通①番地") -> AlarmUser:
    """A user with these helpers, by default two, one of them near."""
    return AlarmUser(
        name="髙橋　キヌ",
        kana="タカハシ　キヌ",
        birth_date=date(1938, 4, 1),
        address=Address(
            prefecture="京都府",
            municipality="京都市中京区",
            municipality_code="26104",
            street=street,
            lat=35.01,
            lon=135.76,
        ),
        ward_office="nakagyo",
        helpers=helpers or (NEAR, FAR),
    )


def raised(kind: SignalKind = SignalKind.ALARM, mode: Mode = Mode.DRILL, n: int = 1) -> Incident:
    """An incident that has just begun, at ``NOW``."""
    first = Raised(
        incident_id=UUID(int=n),
        number=f"20261130-{n}",
        kind=kind,
        mode=mode,
        unit_id="K-1001",
        registration=1001,
        center="kyoto",
        station="nakagyo",
        ward_office="nakagyo",
        crew_area="nakagyo",
        n=n,
    )
    return begin(first, NOW, TIMERS)
