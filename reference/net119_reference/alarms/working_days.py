"""Working days and office hours in Japan (KYO-01, KYO-09, KYO-14).

National holidays come from `jpholiday`.  The days from 29 December to 3 January are no working
days of a municipality (Kyoto's ordinance on its holidays follows the national rule); that is an
assumption which a ward office's ``closed`` days can extend, not shorten.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

import jpholiday
from net119_protocol.directory.model import JAPAN

ANSWER_DAYS = 5
"""Within about so many days list and card go back (KYO-01); counted as working days."""
_SATURDAY = 5


def is_working_day(day: date, closed: Collection[date] = ()) -> bool:
    """Whether a ward office works on this day."""
    return not (
        day.weekday() >= _SATURDAY
        or jpholiday.is_holiday(day)
        or (day.month, day.day) in _NEW_YEAR
        or day in closed
    )


_NEW_YEAR = {(12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3)}


def working_days_after(day: date, count: int, closed: Collection[date] = ()) -> date:
    """The working day that is ``count`` (1 or more) working days after a day.

    The day itself does not count, whatever it is.
    """
    if count < 1:
        raise ValueError(f"{count} working days after a day: at least 1 is needed")
    while count:
        day += timedelta(days=1)
        if is_working_day(day, closed):
            count -= 1
    return day


def answer_due(received_on: date, closed: Collection[date] = ()) -> date:
    """By which day a list that came on this day goes back (KYO-01, KYO-14)."""
    return working_days_after(received_on, ANSWER_DAYS, closed)


def japan_day(moment: datetime) -> date:
    """The calendar day in Japan."""
    return moment.astimezone(JAPAN).date()


@dataclass(frozen=True)
class OfficeHours:
    """When a ward office's section works; ``closed`` are further days without work."""

    opens: time = time(8, 45)
    closes: time = time(17, 30)
    closed: frozenset[date] = frozenset()

    def __post_init__(self) -> None:
        if self.opens >= self.closes:
            raise ValueError(f"office hours end ({self.closes}) before they begin ({self.opens})")

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works there at this moment (``closes`` itself is too late)."""
        here = moment.astimezone(JAPAN)
        return is_working_day(here.date(), self.closed) and (
            self.opens <= here.time().replace(tzinfo=None) < self.closes
        )

    def next_open(self, moment: datetime) -> datetime:
        """This moment if the office is open, else when it opens next; UTC."""
        if self.is_open(moment):
            return moment.astimezone(UTC)
        here = moment.astimezone(JAPAN)
        day = here.date()
        if not is_working_day(day, self.closed) or here.time().replace(tzinfo=None) >= self.opens:
            day = working_days_after(day, 1, self.closed)
        return datetime.combine(day, self.opens, JAPAN).astimezone(UTC)
