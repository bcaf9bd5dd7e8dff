"""What a record shows of the play, in three plain sets; and what a fault's record must show.  Pure.

The report looks at a drill far more closely; this is what CI compares.
"""

from dataclasses import dataclass

from net119_protocol.codes import SenderRole

from net119_scenarios.acted.drill_part import Bad
from net119_scenarios.acted.understanding import mentions
from net119_scenarios.drills.record import CallKept, DrillRecord, LineShown, Question
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
    """What a record shows."""
    return Shown(
        frozenset(each.id for each in record.questions if not _was_asked(record, each)),
        frozenset(
            aim.end for aim in record.aims if not _in_time(record, aim.begin, aim.end, aim.seconds)
        ),
        frozenset(check.name for check in record.checks if not check.held),
    )


def lacking(record: DrillRecord, bad: Bad) -> list[Words]:
    """What the record of a drill played with a fault should show, and does not; best none."""
    found = shown(record)
    parts = (
        ("聞きもらし", "missed", frozenset(bad.missed) - found.missed),
        ("目標の時間の超過", "late", frozenset(bad.late) - found.late),
        ("成り立たないこと", "fails", frozenset(bad.fails) - found.fails),
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
        ("目標の時間の超過", "late", found.late),
        ("成り立たないこと", "does not hold", found.fails),
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


def _was_asked(record: DrillRecord, question: Question) -> bool:
    """By the dispatcher who should, or told by the caller unasked."""
    lines = [line for call in record.calls for line in _lines(call)]
    asked = any(
        mentions(text, question.words)
        for line in lines
        if line.sender is SenderRole.DISPATCHER and _is_by(record, question.by, line)
        for text in (line.text, *line.options)
    )
    told = question.told and any(
        mentions(line.said, question.told) for line in lines if line.sender is SenderRole.CALLER
    )
    return bool(asked or told)


def _lines(call: CallKept) -> list[LineShown]:
    """The lines of a call, each once: those of the fullest screen."""
    return max((list(screen.lines) for screen in call.screens), key=len, default=[])


def _is_by(record: DrillRecord, actor: str, line: LineShown) -> bool:
    """Log-ins of people have any name: theirs is what no other role's is."""
    role = record.role(actor)
    if role is not None and role.by != "person":
        return line.sender_name in role.titles
    others = {title for each in record.roles if each.actor != actor for title in each.titles}
    return line.sender_name not in others


def _in_time(record: DrillRecord, begin: str, end: str, seconds: float) -> bool:
    """Without the pauses between the two."""
    moments = record.moments
    if begin not in moments or end not in moments:
        return False
    first, last = moments[begin], moments[end]
    rested = sum(
        max(0.0, min(pause.ended_s, last) - max(pause.began_s, first)) for pause in record.pauses
    )
    return last - first - rested <= seconds


__all__ = ["Shown", "faultless", "lacking", "shown"]
