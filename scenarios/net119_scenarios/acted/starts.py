"""The next moment that is such a time of day, on such a day of the offices."""

from datetime import datetime, time, timedelta

from net119_protocol.directory.model import JAPAN
from net119_simulators.alarms import SimulatedWardOffice

from net119_scenarios.acted.cast import Start

_NOON = time(12, 0)
_MOST_DAYS = 60
"""Longer no row of holidays, and none of working days, can be."""


def next_such(start: Start, now: datetime) -> datetime:
    """The first moment after ``now`` that is one; LookupError if there is none in two months."""
    hour, minute = map(int, start.time.split(":"))
    today = now.astimezone(JAPAN).date()
    office = SimulatedWardOffice("any")
    for days in range(_MOST_DAYS):
        day = today + timedelta(days=days)
        moment = datetime.combine(day, time(hour, minute), JAPAN)
        works = office.is_open(datetime.combine(day, _NOON, JAPAN))
        if moment > now and (start.day == "any" or works is (start.day == "working-day")):
            return moment
    raise LookupError(f"no {start.day} is near {today}")


__all__ = ["next_such"]
