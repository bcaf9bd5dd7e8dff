"""After a home alarm: whom to tell, reports from the house, reports afterwards."""

from datetime import timedelta
from typing import Any

from net119_protocol.alarms.codes import Desk
from net119_protocol.alarms.incident import WardReport
from net119_reference.alarms import afterwards, asking, working_days
from net119_reference.alarms.whom_to_tell import Way
from net119_reference.service.alarms import signals
from net119_reference.service.alarms.core import AlarmCore

from tests.mutants.registry import Patch, mutant

SMOKE = "ALARM-HAIL"


@mutant(
    "holidays-are-working-days",
    kills={"ALARM-TELL": "on a holiday an urgent matter goes to the section chief's home"},
    smoke=SMOKE,
)
def holidays_are_working_days(patch: Patch) -> None:
    """Only week-ends and the turn of the year are known as days without work."""

    class NoHolidays:
        @staticmethod
        def is_holiday(_day: Any) -> bool:
            return False

    patch(working_days, "jpholiday", NoHolidays)


@mutant(
    "chief-or-nobody",
    kills={"ALARM-TELL": "a chief who is not reached is followed by the director"},
    smoke=SMOKE,
)
def chief_or_nobody(patch: Patch) -> None:
    """A chief who cannot be reached is tried again, without end."""

    def next_way(original: Any, tried: Desk, office: Any, **named: Any) -> Way | None:
        found: Way | None = original(tried, office, **named)
        if found is not None and found.desk is Desk.DIRECTOR_AT_HOME:
            return Way(Desk.CHIEF_AT_HOME, office.chief_name, office.chief_home_phone, found.due)
        return found

    patch.around(afterwards, "next_way", next_way)


@mutant(
    "everything-is-due-now",
    kills={"ALARM-TELL": "what can wait is due when the office opens next"},
    smoke=SMOKE,
)
def everything_is_due_now(patch: Patch) -> None:
    """What can wait is due at once, when nobody is at the office."""

    def first_way(original: Any, recipient: Any, office: Any, *, urgent: bool, now: Any) -> Way:
        found = original(recipient, office, urgent=urgent, now=now)
        return Way(found.desk, found.name, found.phone, now)

    patch.around(afterwards, "first_way", first_way)


@mutant(
    "police-have-office-hours",
    kills={"ALARM-TELL": "the police are told directly whatever the hour"},
    smoke=SMOKE,
)
def police_have_office_hours(patch: Patch) -> None:
    """The police are told when the ward office opens."""

    def first_way(original: Any, recipient: Any, office: Any, *, urgent: bool, now: Any) -> Way:
        found = original(recipient, office, urgent=urgent, now=now)
        due = office.hours.next_open(now) if found.desk is Desk.DIRECT else found.due
        return Way(found.desk, found.name, found.phone, due)

    patch.around(afterwards, "first_way", first_way)


@mutant(
    "nobody-works-at-noon",
    kills={"ALARM-TELL": "in its hours the office is told at once"},
    smoke=SMOKE,
)
def nobody_works_at_noon(patch: Patch) -> None:
    """What comes in office hours waits until the next morning."""

    def first_way(original: Any, recipient: Any, office: Any, *, urgent: bool, now: Any) -> Way:
        found: Way = original(recipient, office, urgent=urgent, now=now)
        if found.desk is not Desk.OFFICE:
            return found
        later = office.hours.next_open(now + timedelta(hours=12))
        return Way(found.desk, found.name, found.phone, max(found.due, later))

    patch.around(afterwards, "first_way", first_way)


@mutant(
    "nobody-reports",
    kills={"ALARM-WARD-REPORT": "a dispatch owes the ward office a report"},
    smoke=SMOKE,
)
def nobody_reports(patch: Patch) -> None:
    """No dispatch makes a report to the ward office."""
    patch(AlarmCore, "_with_report", lambda _alarms, _tx, incident: incident)


@mutant(
    "reports-name-nobody",
    kills={"ALARM-WARD-REPORT": "it tells when, who, under which number, and what"},
    smoke=SMOKE,
)
def reports_name_nobody(patch: Patch) -> None:
    """The report to the ward office leaves the name out."""

    def ward_report(original: Any, incident: Any, _name: str, *rest: Any) -> Any:
        return original(incident, "", *rest)

    patch.around(afterwards, "ward_report", ward_report)


@mutant(
    "helpers-are-forgotten",
    kills={"ALARM-WARD-REPORT": "it tells that a helper acted"},
    smoke=SMOKE,
)
def helpers_are_forgotten(patch: Patch) -> None:
    """The report never tells of helpers."""
    patch(afterwards, "helpers_acted", lambda _incident: False)


@mutant(
    "reports-are-due-at-night",
    kills={"ALARM-WARD-REPORT": "it is due when the office opens next"},
    smoke=SMOKE,
)
def reports_are_due_at_night(patch: Patch) -> None:
    """The report is due at once, when nobody is there to take it."""

    def ward_report(original: Any, incident: Any, name: str, office: Any, now: Any) -> Any:
        made = original(incident, name, office, now)
        late = made.ward_report.model_copy(update={"due": now})
        return made.model_copy(update={"ward_report": late})

    patch.around(afterwards, "ward_report", ward_report)


@mutant(
    "ended-is-forgotten",
    kills={"ALARM-WARD-REPORT": "an ended incident stays at the desk until its report is sent"},
    smoke=SMOKE,
)
def ended_is_forgotten(patch: Patch) -> None:
    """What has ended leaves the desk, though its report was not sent."""
    patch(afterwards, "owed", lambda _incident: ())


@mutant(
    "every-alarm-is-reported",
    kills={"ALARM-WARD-REPORT": "a mistake owes no report"},
    smoke=SMOKE,
)
def every_alarm_is_reported(patch: Patch) -> None:
    """A report is made for what was no dispatch, too."""

    def with_report(original: Any, alarms: Any, tx: Any, incident: Any) -> Any:
        incident = original(alarms, tx, incident)
        if incident.ward_report is not None:
            return incident
        made = WardReport(
            ward_office=incident.ward_office,
            happened_at=incident.raised_at,
            registration=incident.registration,
            accident=incident.accident,
            helpers_acted=False,
            due=tx.moment,
        )
        return incident.model_copy(update={"ward_report": made})

    patch.around(AlarmCore, "_with_report", with_report)


@mutant(
    "corps-are-neighbours",
    kills={"ALARM-SCENE": "it can be told that the helper is of the volunteer corps"},
    smoke=SMOKE,
)
def corps_are_neighbours(patch: Patch) -> None:
    """That a helper belongs to the volunteer corps is left out of the incident."""

    def ask_next(original: Any, incident: Any, helpers: Any, *rest: Any) -> Any:
        plain = [each.model_copy(update={"corps_member": False}) for each in helpers]
        return original(incident, plain, *rest)

    patch.around(asking, "ask_next", ask_next)


@mutant(
    "witnesses-are-lost",
    kills={"ALARM-SCENE": "every report is kept in order, with its witness"},
    smoke=SMOKE,
)
def witnesses_are_lost(patch: Patch) -> None:
    """Who saw the entry being forced is not kept."""

    def report(original: Any, *given: Any, **named: Any) -> Any:
        return original(*given, **{**named, "witness": ""})

    patch.around(afterwards, "report", report)


@mutant(
    "nothing-is-urgent",
    kills={"ALARM-SCENE": "forced entry, an injured helper and an urgent contact are told at once"},
    smoke=SMOKE,
)
def nothing_is_urgent(patch: Patch) -> None:
    """Forced entry is a report like any other."""
    patch(afterwards, "AT_ONCE", frozenset())


@mutant(
    "scenes-without-crews",
    kills={"ALARM-SCENE": "nothing is reported from where nobody was sent"},
    smoke=SMOKE,
)
def scenes_without_crews(patch: Patch) -> None:
    """A report from the house is taken where nobody was sent."""

    def report(original: Any, incident: Any, *given: Any, **named: Any) -> Any:
        if incident.dispatches:
            return original(incident, *given, **named)
        return incident.model_copy(update={"notes": (*incident.notes, "…")})

    patch.around(afterwards, "report", report)


@mutant(
    "home-station-is-not-told",
    kills={"ALARM-OUTSIDE": "the home station is told, and it is recorded"},
    smoke=SMOKE,
)
def home_station_is_not_told(patch: Patch) -> None:
    """The crew's own station is told in place of the home's."""

    def tell(original: Any, incident: Any, *rest: Any) -> Any:
        told = original(incident, *rest)
        own = told.home_station_report.model_copy(update={"station": incident.crew_area})
        return told.model_copy(update={"home_station_report": own})

    patch.around(afterwards, "tell_home_station", tell)


@mutant(
    "every-station-is-told",
    kills={"ALARM-OUTSIDE": "within its own area there is nothing to be told"},
    smoke=SMOKE,
)
def every_station_is_told(patch: Patch) -> None:
    """A station is told of what happened in its own area."""

    def tell(original: Any, incident: Any, *rest: Any) -> Any:
        elsewhere = incident.model_copy(update={"crew_area": "elsewhere"})
        told = original(elsewhere, *rest)
        return told.model_copy(update={"crew_area": incident.crew_area})

    patch.around(afterwards, "tell_home_station", tell)


@mutant(
    "sent-reports-stay",
    kills={"ALARM-WARD-REPORT": "and no longer"},
    smoke=SMOKE,
)
def sent_reports_stay(patch: Patch) -> None:
    """What was dispatched stays among what is owed, also once its report was sent."""
    patch(afterwards, "owed", lambda incident: incident.dispatched)


@mutant(
    "crews-of-the-home",
    kills={"ALARM-OUTSIDE": "the place is in another station's area than the home"},
    smoke=SMOKE,
)
def crews_of_the_home(patch: Patch) -> None:
    """The area is taken to be the home station's, wherever the unit stands."""

    def raised(original: Any, **of: Any) -> Any:
        return original(**{**of, "crew_area": of["station"]})

    patch.around(signals, "Raised", raised)
