"""Who is told of a matter that is not the fire service's, and where: the table of KYO-09.

| recipient | office open | closed, urgent and important | closed, anything else |
| --- | --- | --- | --- |
| ward office | its section | the chief's home, else the director's | its section, next time open |
| police, relatives, others | directly | directly | directly |

The director is rung only if the office has not opened meanwhile; then its section is told.
"Urgent and important" is the dispatcher's judgement, one answer to both: article 10 asks for
both together.
"""

from dataclasses import dataclass
from datetime import datetime

from net119_protocol.alarms.codes import Desk, Recipient

from net119_reference.alarms.working_days import OfficeHours


@dataclass(frozen=True)
class WardOffice:
    """A ward office's section in charge, and who answers for it out of its hours."""

    code: str
    name: str
    phone: str
    hours: OfficeHours
    chief_name: str
    chief_home_phone: str
    director_name: str
    director_home_phone: str


@dataclass(frozen=True)
class Way:
    """Where to tell, and when at the latest (UTC)."""

    desk: Desk
    name: str
    phone: str
    due: datetime


def first_way(recipient: Recipient, office: WardOffice, *, urgent: bool, now: datetime) -> Way:
    """The first way to a recipient at this moment.

    For others than the ward office name and phone are the dispatcher's to fill in.
    """
    if recipient is not Recipient.WARD_OFFICE:
        return Way(Desk.DIRECT, "", "", now)
    if office.hours.is_open(now):
        return Way(Desk.OFFICE, office.name, office.phone, now)
    if urgent:
        return Way(Desk.CHIEF_AT_HOME, office.chief_name, office.chief_home_phone, now)
    return Way(Desk.OFFICE, office.name, office.phone, office.hours.next_open(now))


def next_way(tried: Desk, office: WardOffice, *, urgent: bool, now: datetime) -> Way | None:
    """Where to go on after somebody could not be reached; None where there is no further way.

    The office not reached in its hours is tried again; out of its hours an urgent matter goes on
    from the chief's home to the director's, and then begins anew.  Nobody is rung at home any more
    once the office is open.
    """
    match tried:
        case Desk.CHIEF_AT_HOME if not office.hours.is_open(now):
            return Way(Desk.DIRECTOR_AT_HOME, office.director_name, office.director_home_phone, now)
        case Desk.OFFICE | Desk.CHIEF_AT_HOME | Desk.DIRECTOR_AT_HOME:
            return first_way(Recipient.WARD_OFFICE, office, urgent=urgent, now=now)
        case Desk.DIRECT:
            return None
