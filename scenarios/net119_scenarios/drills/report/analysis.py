"""All figures of a drill, out of its record alone. Pure: the same record gives the same figures."""

from dataclasses import dataclass

from net119_scenarios.drills.record import DrillRecord, NotUnderstood
from net119_scenarios.drills.report.alarms import AlarmTimes, times_of_alarm
from net119_scenarios.drills.report.checklist import Answered, checklist_of
from net119_scenarios.drills.report.times import (
    AimHeld,
    TimesOfCall,
    aims_of,
    holes_of,
    times_of,
    without,
)
from net119_scenarios.drills.report.views import Difference, Late, differences_in, late_in

_FASTER = 2 / 3
"""A drill that needed less of the planned time ran at another pace than that of people."""


@dataclass(frozen=True)
class Analysis:
    """The figures; each is defined where its class is."""

    record: DrillRecord
    calls: tuple[TimesOfCall, ...]
    aims: tuple[AimHeld, ...]
    checklist: tuple[Answered, ...]
    late: tuple[Late, ...]
    differences: tuple[Difference, ...]
    alarms: tuple[AlarmTimes, ...] = ()

    @property
    def missed(self) -> tuple[str, ...]:
        """Ids of the required questions that were missed."""
        return tuple(
            each.question.id
            for each in self.checklist
            if each.state == "missed" and each.question.required
        )

    @property
    def asked(self) -> int:
        """How many questions were asked, or told unasked."""
        return sum(each.state != "missed" for each in self.checklist)

    @property
    def late_aims(self) -> tuple[str, ...]:
        """The targets that were not held, by the step that ends them."""
        return tuple(each.aim.end for each in self.aims if not each.held)

    @property
    def not_understood(self) -> tuple[NotUnderstood, ...]:
        """Lines that a caller did not understand."""
        return self.record.not_understood

    @property
    def paused_s(self) -> float:
        """How long the drill stood still."""
        return self.record.length_s - self.ran_s

    @property
    def ran_s(self) -> float:
        """How long it ran, without pauses."""
        return without((0.0, self.record.length_s), holes_of(self.record.pauses))


def analysed(record: DrillRecord) -> Analysis:
    """The figures of a drill."""
    checklist = checklist_of(record)
    return Analysis(
        record,
        tuple(times_of(record, call, checklist) for call in record.calls),
        aims_of(record),
        checklist,
        tuple(each for call in record.calls for each in late_in(call)),
        tuple(each for call in record.calls for each in differences_in(call)),
        tuple(times_of_alarm(record, each) for each in record.alarms),
    )


def is_paced(record: DrillRecord) -> bool:
    """Whether its waits went faster than real time, in which people live.

    Of records that do not tell the pace, it is so if the last entry that the scenario gives a time
    came in less than two thirds of it, pauses taken out.
    """
    if any(each.what == "pace" and each.detail != "1" for each in record.controls):
        return True
    if record.pace is not None:
        return record.pace != 1
    planned = [(e.planned_s, e.at_s) for e in record.entries if e.planned_s is not None]
    if not planned:
        return False
    planned_s, at_s = planned[-1]
    return without((0.0, at_s), holes_of(record.pauses)) < planned_s * _FASTER
