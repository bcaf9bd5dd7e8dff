"""What people did at the alarm desk, as the incident tells it.

A person's step is done when the like of it has happened once more than the steps before it needed.
One that the person has passed over, by doing a later one of the file or by ending the incident, is
given up: nobody goes back in an incident.
"""

from collections.abc import Awaitable, Callable, Collection, Sequence

from net119_protocol.alarms.codes import HelperAnswer

from net119_scenarios.acted.alarms import deeds
from net119_scenarios.acted.alarms.company import Alarm, Company
from net119_scenarios.acted.alarms.marks import Mark, by_of, marks_of
from net119_scenarios.acted.deeds import Say
from net119_scenarios.acted.step import Step
from net119_scenarios.words import Words

PASSED = Words("次の手順に進んだため", "the person has gone on")
ENDED = Words("緊急通報が先に終了したため", "the incident had ended before")
BY_TIME = Words("時間切れで自動的に出動したため", "it was dispatched by time before")
UNSEEN = (deeds.HearChange, deeds.See)
"""Deeds that the incident does not tell of."""


def marks_for(step: Step, alarm: Alarm, simulated: Collection[str] = ()) -> list[Mark]:
    """The marks that are the like of a step, by whoever is not ``simulated``, in their order."""
    incident = alarm.incident
    rings = isinstance(step, deeds.RingHelpers)
    found = []
    # What a helper said first is no longer in the incident once they have arrived.
    for mark in alarm.seen if rings else marks_of(incident):
        by = by_of(mark, incident)
        if _is_like(step, mark, alarm, by) and by not in simulated:
            found.append(mark)
    return _rounds(found) if rings else found


def nobody_to_ring(alarm: Alarm) -> bool:
    """Whether all helpers who are asked have answered, so that the ringing is over for now."""
    helpers = alarm.incident.helpers
    return bool(helpers) and all(each.answer is not None for each in helpers)


def _rounds(answers: list[Mark]) -> list[Mark]:
    """The answers that end a ringing: of each who goes, and the last where nobody more does."""
    ends = [n for n, each in enumerate(answers) if each.detail == HelperAnswer.GOES.value]
    last = len(answers) - 1
    if answers and last not in ends:
        ends.append(last)
    return [answers[n] for n in ends]


def _is_like(step: Step, mark: Mark, alarm: Alarm, by: str) -> bool:
    incident = alarm.incident
    match step:
        case deeds.Press():
            return mark.what in ("raised", "again")
        case deeds.Take():
            return mark.what == "taken"
        case deeds.Hail():
            return mark.what == "hail" and bool(by)
        case Say():
            return mark.what == "said" and bool(by)
        case deeds.Classify():
            return mark.what == "found" and bool(by)
        case deeds.RingHelpers():
            return mark.what == "answered" and mark.detail != HelperAnswer.ARRIVED.value
        case deeds.HelperThere():
            return mark.what == "answered" and mark.detail == HelperAnswer.ARRIVED.value
        case deeds.Scene():
            return mark.what == "scene" and incident.scene[mark.number].event is step.event
        case deeds.Tell():
            told = mark.what in ("telling", "told")
            return told and incident.tellings[mark.number].recipient is step.recipient
        case deeds.WardReport():
            return mark.what == ("report-sent" if step.send else "report-noted")
        case deeds.TellHomeStation():
            return mark.what == "home-told"
        case deeds.CheckEquipment() | deeds.End():
            return mark.what == "ended"
    return False


def same_kind(step: Step) -> tuple[object, ...]:
    """What makes two steps the like of each other."""
    detail = [getattr(step, each, None) for each in ("event", "recipient", "send")]
    return (type(step), *detail)


async def person_did(
    company: Company,
    steps: Sequence[Step],
    number: int,
    alarm: Alarm,
    simulated: Collection[str],
    patience: Callable[[], Awaitable[None]],
) -> Words | None:
    """Until a person has done a step; why it was given up otherwise.

    ``patience`` is awaited before a deed that can follow the end is given up.
    """
    step = steps[number]
    if isinstance(step, UNSEEN):
        return None

    def done(at: int) -> bool:
        like = [
            n
            for n, each in enumerate(steps[: at + 1])
            if each.actor == step.actor and same_kind(each) == same_kind(steps[at])
        ]
        times = len(marks_for(steps[at], alarm, simulated))
        if isinstance(steps[at], deeds.RingHelpers) and times and nobody_to_ring(alarm):
            return True  # also for the second time: there is nobody whom one could ring up
        return times >= len(like)

    later = [
        n
        for n in range(number + 1, len(steps))
        if steps[n].actor == step.actor
        and isinstance(steps[n], deeds.OF_DESK)
        and not isinstance(steps[n], (*UNSEEN, *deeds.AFTERWARDS))
        and same_kind(steps[n]) != same_kind(step)
    ]

    def look() -> tuple[Words | None] | None:
        if done(number):
            return (None,)
        if not alarm.incident.open:
            return (ENDED,)
        if isinstance(step, deeds.Classify | deeds.Hail) and alarm.incident.dispatches:
            by_time = not alarm.incident.dispatches[0].by
            return (BY_TIME if by_time else PASSED,)
        return (PASSED,) if any(done(n) for n in later) else None

    (why,) = await company.until(look, f"the person to do step {number + 1}", float("inf"))
    if why is ENDED and isinstance(step, deeds.AFTERWARDS):
        await patience()
        return None if done(number) else ENDED
    return why


__all__ = ["marks_for", "nobody_to_ring", "person_did", "same_kind"]
