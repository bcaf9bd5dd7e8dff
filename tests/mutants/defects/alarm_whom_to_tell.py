"""Whom to tell of a home alarm that is not the fire service's matter."""

from datetime import UTC, datetime, timedelta
from typing import Any

from net119_protocol.alarms.codes import Desk, Recipient
from net119_protocol.directory.model import JAPAN
from net119_reference.alarms import afterwards, working_days
from net119_reference.alarms.whom_to_tell import Way

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
    "nights-are-office-hours",
    kills={
        "ALARM-TELL": "at night before a working day an urgent matter goes to the section "
        "chief's home"
    },
    smoke=SMOKE,
)
def nights_are_office_hours(patch: Patch) -> None:
    """An office is open all day long on its working days."""

    def is_open(_original: Any, hours: Any, moment: Any) -> bool:
        return working_days.is_working_day(working_days.japan_day(moment), hours.closed)

    patch.around(working_days.OfficeHours, "is_open", is_open)


@mutant(
    "mornings-are-missed",
    kills={"ALARM-TELL": "what can wait at night is due when the office opens in the morning"},
    smoke=SMOKE,
)
def mornings_are_missed(patch: Patch) -> None:
    """What comes after midnight waits for the working day after this one."""

    def first_way(original: Any, recipient: Any, office: Any, *, urgent: bool, now: Any) -> Way:
        found: Way = original(recipient, office, urgent=urgent, now=now)
        if found.desk is not Desk.OFFICE or found.due <= now:
            return found
        day = working_days.working_days_after(working_days.japan_day(now), 1)
        due = datetime.combine(day, office.hours.opens, JAPAN).astimezone(UTC)
        return Way(found.desk, found.name, found.phone, due)

    patch.around(afterwards, "first_way", first_way)


@mutant(
    "urgent-is-at-home",
    kills={
        "ALARM-TELL": "in its hours the office is told of an urgent matter, too, and nobody at home"
    },
    smoke=SMOKE,
)
def urgent_is_at_home(patch: Patch) -> None:
    """What is urgent goes to the section chief's home, though the chief is at the office."""

    def first_way(original: Any, recipient: Any, office: Any, *, urgent: bool, now: Any) -> Way:
        if urgent and recipient is Recipient.WARD_OFFICE:
            return Way(Desk.CHIEF_AT_HOME, office.chief_name, office.chief_home_phone, now)
        found: Way = original(recipient, office, urgent=urgent, now=now)
        return found

    patch.around(afterwards, "first_way", first_way)


@mutant(
    "directors-by-day",
    kills={"ALARM-TELL": "a chief who is not reached is followed by the office once it is open"},
    smoke=SMOKE,
)
def directors_by_day(patch: Patch) -> None:
    """After the chief's home comes the director's, also once the office is open."""

    def next_way(original: Any, tried: Desk, office: Any, **named: Any) -> Way | None:
        found: Way | None = original(tried, office, **named)
        if tried is not Desk.CHIEF_AT_HOME or found is None:
            return found
        name, phone = office.director_name, office.director_home_phone
        return Way(Desk.DIRECTOR_AT_HOME, name, phone, found.due)

    patch.around(afterwards, "next_way", next_way)
