"""What follows an alarm: reports from the house, who is told, and the reports afterwards.

Articles 10 to 12: KYO-08, KYO-09, KYO-11, KYO-12, KYO-13, KYO-25.
"""

from datetime import datetime

from net119_protocol.alarms.codes import (
    AT_ONCE,
    Accident,
    HelperAnswer,
    IncidentKind,
    IncidentState,
    Recipient,
    SceneEvent,
)
from net119_protocol.alarms.incident import (
    HomeStationReport,
    Incident,
    SceneReport,
    Telling,
    WardReport,
)
from net119_protocol.model import TEXT_LIMIT

from net119_reference.alarms import ending
from net119_reference.alarms.machine import NotNow
from net119_reference.alarms.whom_to_tell import WardOffice, Way, first_way, next_way

_HELP = frozenset({SceneEvent.HELPER_TOLD, SceneEvent.HELPER_INJURED})


def report(
    incident: Incident,
    event: SceneEvent,
    by: str,
    now: datetime,
    *,
    text: str = "",
    witness: str = "",
    accident: Accident | None = None,
) -> Incident:
    """Something reported from the house; ``accident``: what it has turned out to be.

    Also after the dispatcher has ended the incident, or while the user is hailed anew: crews are
    still there then, and what they report must reach the center at once (KYO-11).

    Raises:
        NotNow: nobody was sent there.
    """
    if not incident.dispatches:
        raise NotNow("nobody was sent to the house, so nothing can be reported from there")
    told = SceneReport(
        at=now, event=event, by=by, text=text, witness=witness, at_once=event in AT_ONCE
    )
    changed: dict[str, object] = {"scene": (*incident.scene, told)}
    if accident is not None:
        changed["accident"] = accident
    return ending.told_after(incident, incident.model_copy(update=changed))


def helpers_acted(incident: Incident) -> bool:
    """Whether a neighbour helper did anything: came, told the crew something, was hurt."""
    return any(each.answer is HelperAnswer.ARRIVED for each in incident.helpers) or any(
        each.event in _HELP for each in incident.scene
    )


def tell(
    incident: Incident,
    recipient: Recipient,
    what: str,
    office: WardOffice,
    now: datetime,
    *,
    urgent: bool,
    name: str = "",
    phone: str = "",
) -> Incident:
    """Somebody is to be told; where and by when is the table's to say (KYO-09).

    Also after the incident has ended: an office may be open days later.

    Raises:
        NotNow: it is a test, or it is not known yet what it is.
    """
    if incident.kind is IncidentKind.TEST:
        raise NotNow("it is a test alarm: nobody is told of it")
    if incident.state is IncidentState.HAILING:
        raise NotNow("find out first what it is; nobody is told before")
    way = first_way(recipient, office, urgent=urgent, now=now)
    telling = _telling(incident, way, recipient, what, now, urgent=urgent, name=name, phone=phone)
    return ending.told_after(incident, _with(incident, telling))


def told(
    incident: Incident, number: int, by: str, office: WardOffice, now: datetime, *, reached: bool
) -> Incident:
    """Somebody was told, or could not be reached: then the next way follows.

    Where nobody is left to be told after the end, it did not end as passed on, and the reason why
    nobody has to be told is owed.

    Raises:
        NotNow: there is no such telling, or it was done already.
    """
    found = [each for each in incident.tellings if each.number == number]
    if not found or found[0].reached is not None:
        raise NotNow(f"telling {number} is not one that waits")
    before = found[0]
    after = before.model_copy(update={"tried_at": now, "reached": reached, "by": by})
    tellings = tuple(after if each is before else each for each in incident.tellings)
    changed = incident.model_copy(update={"tellings": tellings})
    way = None if reached else next_way(before.desk, office, urgent=before.urgent, now=now)
    if way is not None:
        noted, urgent = before.noted_at, before.urgent
        following = _telling(changed, way, before.recipient, before.what, noted, urgent=urgent)
        changed = _with(changed, following)
    return ending.told_after(incident, changed)


def _telling(
    incident: Incident,
    way: Way,
    recipient: Recipient,
    what: str,
    noted_at: datetime | None,
    *,
    urgent: bool,
    name: str = "",
    phone: str = "",
) -> Telling:
    return Telling(
        number=len(incident.tellings) + 1,
        recipient=recipient,
        desk=way.desk,
        name=way.name or name,
        phone=way.phone or phone,
        what=what,
        urgent=urgent,
        noted_at=noted_at,
        due=way.due,
    )


def _with(incident: Incident, telling: Telling) -> Incident:
    return incident.model_copy(update={"tellings": (*incident.tellings, telling)})


def ward_report(
    incident: Incident, user_name: str, office: WardOffice, now: datetime, other: str = ""
) -> Incident:
    """The report that every disaster dispatch owes the ward office of the place (KYO-12).

    It is due when that office is open next; made anew as long as it was not sent.  ``other`` is
    added below what was added before.

    Raises:
        NotNow: no crew was sent to a disaster, the report was sent, or it would be too long.
    """
    if not incident.dispatched:
        raise NotNow("no crew was sent to a disaster: no report is owed")
    known = incident.ward_report
    if known is not None and known.sent_at is not None:
        raise NotNow("the report to the ward office was sent already")
    made = WardReport(
        ward_office=office.code,
        happened_at=incident.raised_at,
        registration=incident.registration,
        name=user_name,
        accident=incident.accident,
        helpers_acted=helpers_acted(incident),
        other=_added(known.other if known else "", other),
        due=known.due if known else office.hours.next_open(now),
    )
    return incident.model_copy(update={"ward_report": made})


def ward_report_sent(incident: Incident, by: str, now: datetime) -> Incident:
    """The ward office has it.

    Raises:
        NotNow: there is none, or it was sent already.
    """
    made = incident.ward_report
    if made is None or made.sent_at is not None:
        raise NotNow("no report to the ward office waits to be sent")
    sent = made.model_copy(update={"sent_at": now, "sent_by": by})
    return incident.model_copy(update={"ward_report": sent})


def owed(incident: Incident) -> bool:
    """Whether somebody still has to be told of it: the ward office, or whoever else waits.

    Or, where nobody was reached in the end, the reason why nobody has to be.
    """
    made = incident.ward_report
    unsent = incident.dispatched and (made is None or made.sent_at is None)
    waits = any(each.reached is None for each in incident.tellings)
    return unsent or waits or incident.reason_owed


def tell_home_station(incident: Incident, what: str, by: str, now: datetime) -> Incident:
    """The station of the user's home is told of activity outside its area (KYO-13).

    Told again, what is new stands below what it was told before.

    Raises:
        NotNow: the crew's own area is the home station's, nobody was sent, or the report would be
            too long.
    """
    if not incident.dispatches:
        raise NotNow("nobody was sent, so there was no activity")
    if incident.crew_area == incident.station:
        raise NotNow("the place is in the home station's own area")
    known = incident.home_station_report
    whole = _added(known.what if known else "", what)
    made = HomeStationReport(station=incident.station, what=whole, sent_at=now, by=by)
    return incident.model_copy(update={"home_station_report": made})


def _added(before: str, more: str) -> str:
    """A text with another one below it; the same once more, as after a repeat, adds nothing."""
    if not more.strip() or before == more or before.endswith(f"\n{more}"):
        return before
    whole = f"{before}\n{more}" if before else more
    if len(whole) > TEXT_LIMIT:
        raise NotNow(
            f"with what stands there already it has {len(whole)} characters, and {TEXT_LIMIT} are "
            f"the most: say it with {max(0, TEXT_LIMIT - len(before) - 1)}"
        )
    return whole
