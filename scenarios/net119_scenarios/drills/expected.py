"""What a record shows of the play, in three plain sets; and what a fault's record must show.  Pure.

The report looks at a drill far more closely; this is what CI compares.
"""

from dataclasses import dataclass

from net119_scenarios.acted.drill_part import Bad
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.words import Words


@dataclass(frozen=True)
class Shown:
    """Questions missed, by their ids; targets not held, by the step that ends them; checks not held
    of what the scenario demands, by their names.
    """

    missed: frozenset[str]
    late: frozenset[str]
    fails: frozenset[str]


def shown(record: DrillRecord) -> Shown:
    """What a record shows, by the report's own figures."""
    figures = analysed(record)
    return Shown(
        frozenset(each.question.id for each in figures.checklist if each.state == "missed"),
        frozenset(figures.late_aims),
        frozenset(check.name for check in record.checks if not check.held),
    )


def lacking(record: DrillRecord, bad: Bad) -> list[Words]:
    """What the record of a drill played with a fault should show, and does not; best none."""
    found = shown(record)
    parts = (
        ("聞きもらし", "missed", frozenset(bad.missed) - found.missed),
        ("目標の超過", "late", frozenset(bad.late) - found.late),
        ("成り立たない判定項目", "fails", frozenset(bad.fails) - found.fails),
    )
    return [
        Words(f"記録に表れていない{ja}: {name}", f"the record does not show {en}: {name}")
        for ja, en, names in parts
        for name in sorted(names)
    ]


def faultless(record: DrillRecord) -> list[Words]:
    """What a record shows against a drill that was played well; best none."""
    found = shown(record)
    required = {each.id for each in record.questions if each.required}
    parts = (
        ("聞きもらし", "missed", found.missed & required),
        ("目標の超過", "late", found.late),
        ("成り立たない判定項目", "does not hold", found.fails),
    )
    failed = [
        Words(
            f"できなかった手順: {each.number + 1} {each.do}",
            f"step failed: {each.number + 1} {each.do}",
        )
        for each in record.steps
        if each.state == "failed"
    ]
    return [
        *(
            Words(f"{ja}: {name}", f"{en}: {name}")
            for ja, en, names in parts
            for name in sorted(names)
        ),
        *failed,
    ]


__all__ = ["Shown", "faultless", "lacking", "shown"]
