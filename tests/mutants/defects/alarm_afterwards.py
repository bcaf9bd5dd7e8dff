"""After a home alarm: reports from the house, and the reports afterwards."""

from typing import Any

from net119_protocol.alarms.incident import WardReport
from net119_reference.alarms import afterwards, asking
from net119_reference.service.alarms import signals
from net119_reference.service.alarms.core import AlarmCore

from tests.mutants.registry import Patch, mutant

SMOKE = "ALARM-HAIL"


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
