"""A ward office: hours, holidays, the chief's and the director's homes, and what it was told."""

from dataclasses import dataclass, field
from datetime import date, datetime, time

import jpholiday
from net119_protocol.alarms.codes import Desk
from net119_protocol.alarms.incident import Telling, WardReport
from net119_protocol.directory.model import JAPAN

_NEW_YEAR = ((12, 29), (12, 30), (12, 31), (1, 1), (1, 2), (1, 3))


class NobodyThere(Exception):
    """The office is closed at this moment."""


@dataclass
class SimulatedWardOffice:
    """Answers its telephone in its hours, and at home only who is said to be there.

    It keeps what it was told: ``reports`` of dispatches, ``told`` of other matters.
    """

    code: str
    opens: time = time(8, 45)
    closes: time = time(17, 30)
    closed: frozenset[date] = frozenset()
    chief_at_home: bool = True
    director_at_home: bool = True
    reports: list[tuple[datetime, WardReport]] = field(default_factory=list)
    told: list[tuple[datetime, Telling]] = field(default_factory=list)

    def is_open(self, moment: datetime) -> bool:
        """Whether somebody works there."""
        here = moment.astimezone(JAPAN)
        day = here.date()
        works = day.weekday() < 5 and not jpholiday.is_holiday(day) and day not in self.closed
        new_year = (day.month, day.day) in _NEW_YEAR
        return (
            works
            and not new_year
            and self.opens <= here.timetz().replace(tzinfo=None) < (self.closes)
        )

    def is_rung(self, telling: Telling, moment: datetime) -> bool:
        """Whether somebody picks up where the desk rings; who does is told."""
        there = {
            Desk.OFFICE: self.is_open(moment),
            Desk.CHIEF_AT_HOME: self.chief_at_home,
            Desk.DIRECTOR_AT_HOME: self.director_at_home,
            Desk.DIRECT: True,
        }[telling.desk]
        if there:
            self.told.append((moment, telling))
        return there

    def takes(self, report: WardReport, moment: datetime) -> None:
        """Take the report of a dispatch.

        Raises:
            NobodyThere: the office is closed.
            ValueError: the report is another office's.
        """
        if report.ward_office != self.code:
            raise ValueError(f"a report for {report.ward_office} came to {self.code}")
        if not self.is_open(moment):
            raise NobodyThere(f"{self.code} is closed at {moment.astimezone(JAPAN):%Y-%m-%d %H:%M}")
        self.reports.append((moment, report))
