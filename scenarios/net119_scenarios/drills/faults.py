"""What a bad dispatcher makes of the timeline: left out, delayed or changed steps.  Pure."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from net119_protocol.codes import CloseOutcome, Presence

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms import deeds as alarm
from net119_scenarios.acted.drill_part import Bad, Fault
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.understanding import mentions, questions

JARGON = "JCS、主訴、既往歴、バイタルを述べてください。"
"""What is asked in place of every question; no caller understands it."""


@dataclass(frozen=True)
class Spoiled:
    """By numbers of steps, from 0: those left out, with seconds before, or replaced.

    ``after`` is what the bad dispatcher does right after a step.
    """

    left_out: frozenset[int] = frozenset()
    delays: Mapping[int, float] = field(default_factory=dict)
    changed: Mapping[int, deeds.Step] = field(default_factory=dict)
    after: Mapping[int, deeds.Step] = field(default_factory=dict)


def spoiled(scenario: Scenario, bad: Bad, actor: str) -> Spoiled:
    """The timeline as the dispatcher ``actor`` plays it with a fault.

    What others do in answer to a deed that is left out (hear its line, open its mail) is left out
    as well: it would only be waited for in vain.
    """
    steps = scenario.timeline
    own = [n for n, step in enumerate(steps) if step.actor == actor]
    match bad.fault:
        case Fault.NEVER_ANSWERS:
            return Spoiled(_with_followers(scenario, set(own)))
        case Fault.SLOW:
            answers = (n for n in own if isinstance(steps[n], deeds.Answer | alarm.Take))
            return Spoiled(delays=dict.fromkeys(answers, bad.seconds))
        case Fault.ASKS_NOTHING:
            asked = {n for n in own if asks(scenario, steps[n])}
            return Spoiled(_with_followers(scenario, asked | _hearing(scenario, own)))
        case Fault.JARGON:
            changed = {
                n: steps[n].model_copy(update={"text": JARGON, "options": {}})
                for n in own
                if asks(scenario, steps[n])
            }
            lost = _with_followers(scenario, set(changed) | _hearing(scenario, own))
            return Spoiled(lost - set(changed), changed=changed)
        case Fault.CLOSES_EARLY:
            return _closed_early(scenario, own)
        case Fault.IGNORES_SILENCE:
            return Spoiled(_with_followers(scenario, _about_silence(scenario, own)))
        case Fault.WRONG_TRANSFER:
            transfers = (n for n in own if isinstance(steps[n], deeds.Transfer))
            return Spoiled(
                changed={n: steps[n].model_copy(update={"to": bad.to}) for n in transfers}
            )
        case Fault.ANNOUNCES_NOTHING:
            return Spoiled(frozenset(n for n in own if isinstance(steps[n], deeds.Announce)))
        case Fault.LEAVES_OUT:
            named = {n for n, step in enumerate(steps) if step.id in bad.steps}
            return Spoiled(_with_followers(scenario, named))
    raise TypeError(f"no fault {bad.fault}")


def together(parts: Iterable[Spoiled]) -> Spoiled:
    """The timeline as several play it, each with a fault of their own."""
    found = list(parts)
    left_out = frozenset[int]().union(*(each.left_out for each in found))
    delays: dict[int, float] = {}
    changed: dict[int, deeds.Step] = {}
    after: dict[int, deeds.Step] = {}
    for each in found:
        delays |= each.delays
        changed |= each.changed
        after |= {number: step for number, step in each.after.items() if number not in left_out}
    return Spoiled(left_out, delays, changed, after)


def _closed_early(scenario: Scenario, own: list[int]) -> Spoiled:
    steps = scenario.timeline
    first = next((n for n in own if isinstance(steps[n], deeds.Answer)), None)
    if first is None:
        return Spoiled()
    closing = next((steps[n] for n in own if isinstance(steps[n], deeds.Close)), None)
    close = deeds.Close(
        do="close",
        actor=steps[first].actor,
        call=steps[first].call,
        outcome=closing.outcome
        if isinstance(closing, deeds.Close)
        else CloseOutcome.OTHER_MEANS_ADVISED,
        relayed_to=closing.relayed_to if isinstance(closing, deeds.Close) else None,
    )
    rest = {n for n in own if n > first}
    return Spoiled(_with_followers(scenario, rest), after={first: close})


def asks(scenario: Scenario, step: deeds.Step) -> bool:
    """Whether a step is a dispatcher's question, or says something of the checklist."""
    if not isinstance(step, deeds.Say):
        return False
    items = scenario.drill.checklist if scenario.drill is not None else ()
    return bool(
        step.options
        or questions(step.text)
        or any(mentions(step.text, item.words) for item in items)
    )


def _hearing(scenario: Scenario, own: list[int]) -> set[int]:
    return {n for n in own if isinstance(scenario.timeline[n], deeds.Hear)}


def _about_silence(scenario: Scenario, own: list[int]) -> set[int]:
    """What is done while the caller is silent or gone, except closing."""
    found: set[int] = set()
    quiet = False
    for number in own:
        step = scenario.timeline[number]
        if isinstance(step, deeds.Wait):
            if step.silent is True or step.presence is Presence.GONE:
                quiet = True
            elif quiet and (step.silent is False or step.presence is Presence.CONNECTED):
                quiet = False
                found.add(number)
            elif quiet:
                found.add(number)
        elif quiet and not isinstance(step, deeds.Close | deeds.Transfer):
            found.add(number)
    return found


def _with_followers(scenario: Scenario, lost: set[int]) -> frozenset[int]:
    found = set(lost)
    for number in range(len(scenario.timeline)):
        if waits_in_vain(scenario, number, found):
            found.add(number)
    return frozenset(found)


def waits_in_vain(scenario: Scenario, number: int, lost: Collection[int]) -> bool:
    """Whether only steps that did not happen, ``lost``, would bring about what a step waits for."""
    brings = _brought_by(scenario.timeline[number])
    if brings is None:
        return False
    bringing = [at for at, each in enumerate(scenario.timeline[:number]) if brings(each)]
    return bool(bringing) and all(at in lost for at in bringing)


def _brought_by(step: deeds.Step) -> Callable[[deeds.Step], bool] | None:
    """Which steps bring about what this one waits for; ``None`` if that is not to be told."""
    own = step.actor
    match step:
        case deeds.Hear():
            says = deeds.Say | alarm.Radio | alarm.RingBack
            return lambda each: isinstance(each, says) and step.text in each.text
        case alarm.Radio():
            return lambda each: isinstance(each, alarm.Classify)
        case alarm.RingBack():
            return lambda each: isinstance(each, alarm.RingHelpers)
        case deeds.Choose():
            return lambda each: isinstance(each, deeds.Say) and step.option in each.options
        case deeds.OpenCallback(reachable=True):
            return lambda each: isinstance(each, deeds.CallBack)
        case deeds.Wait() if step.callback is not None:
            return lambda each: isinstance(each, deeds.CallBack)
        case deeds.Answer() | deeds.Wait():
            return None
    if isinstance(step, deeds.OF_DISPATCHER) and not isinstance(step, deeds.Arrive | deeds.Leave):
        # Who has not answered the call can do nothing with it.
        return lambda each: isinstance(each, deeds.Answer) and each.actor == own
    return None
