"""What a drill's record keeps of its alarms, and when their steps were done."""

from datetime import datetime

from net119_scenarios.acted.alarms.company import Alarm
from net119_scenarios.acted.alarms.deeds import Press, RingHelpers
from net119_scenarios.acted.step import Step
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.drills.alarms.observing import marks_for, nobody_to_ring, same_kind
from net119_scenarios.drills.alarms.record import AlarmKept, MarkKept
from net119_scenarios.drills.record import DrillRecord


def with_alarms(record: DrillRecord, troupe: Troupe) -> DrillRecord:
    """The record with the alarms of the run, and the moments of what people did with them."""
    company = troupe.company
    if not company.alarms:
        return record
    kept = tuple(_kept(record, troupe, each) for each in company.alarms.values())
    moments = dict(record.moments)
    for step_id, at_s in _moments(record, troupe).items():
        if at_s is None:
            moments.pop(step_id, None)
        else:
            moments[step_id] = at_s
    return record.model_copy(update={"alarms": kept, "moments": moments})


def simulated_titles(troupe: Troupe) -> frozenset[str]:
    """The names at the desk of dispatchers whom nobody plays."""
    names = troupe.scenario.dispatchers().keys() - troupe.played_by_people
    return frozenset(troupe.title_of(name) for name in names)


def _kept(record: DrillRecord, troupe: Troupe, alarm: Alarm) -> AlarmKept:
    home = troupe.company.homes[alarm.user]
    address = home.user.address
    place = f"{address.prefecture}{address.municipality}{address.street}"
    return AlarmKept(
        name=alarm.name,
        user=alarm.user,
        user_name=home.user.name,
        place=place,
        incident=alarm.incident,
        marks=tuple(
            MarkKept(
                at_s=_since(record, at), what=mark.what, number=mark.number, detail=mark.detail
            )
            for mark, at in alarm.seen.items()
        ),
    )


def _since(record: DrillRecord, at: datetime) -> float:
    return max(0.0, (at - record.began).total_seconds())


def _moments(record: DrillRecord, troupe: Troupe) -> dict[str, float | None]:
    """By the ids of people's steps at the alarm desk; None for what did not happen."""
    company, steps = troupe.company, troupe.scenario.timeline
    simulated = simulated_titles(troupe)
    found: dict[str, float | None] = {}
    for number, step in enumerate(steps):
        if step.id is None or step.actor not in troupe.played_by_people:
            continue
        if not troupe.of_alarms(step.actor):
            continue
        alarm = company.alarms.get(_alarm_of(steps, number))
        if alarm is None:
            found[step.id] = None
            continue
        nth = sum(
            each.actor == step.actor and same_kind(each) == same_kind(step)
            for each in steps[:number]
        )
        marks = marks_for(step, alarm, simulated)
        own = sorted(_since(record, alarm.seen[each]) for each in marks if each in alarm.seen)
        if isinstance(step, RingHelpers) and nobody_to_ring(alarm):
            nth = min(nth, len(own) - 1)  # see `person_did`
        found[step.id] = own[nth] if 0 <= nth < len(own) else None
    return found


def _alarm_of(steps: tuple[Step, ...], number: int) -> str:
    """The name of the alarm that a step is about: the one named, or the one raised last."""
    if steps[number].call is not None:
        return steps[number].call or ""
    before = [each for each in steps[: number + 1] if isinstance(each, Press)]
    return (before[-1].named or before[-1].actor or "") if before else ""


__all__ = ["simulated_titles", "with_alarms"]
