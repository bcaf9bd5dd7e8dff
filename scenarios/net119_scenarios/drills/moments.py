"""When the steps of a drill were really done: what a drill's record tells of them. Pure.

The engine comes to a person's step only after the one before it, while people act when they think
it right. So the deeds of people count from when they happened as screens and records show them,
also ahead of the scenario, or after the engine had given up waiting. Steps of simulated actors, and
the deeds of people that no record tells of, count from when the engine saw them done.
"""

from collections import defaultdict
from collections.abc import Iterable

from net119_protocol.codes import CallState, SenderRole

from net119_scenarios.acted import deeds
from net119_scenarios.acted.model import Scenario
from net119_scenarios.drills.record import Act, CallKept, DrillRecord, Screen, StateShown
from net119_scenarios.drills.report.lines import consoles, has_call, said_in
from net119_scenarios.drills.report.times import holes_of, without

_ACTS = {deeds.SendCrew: "dispatched", deeds.Disclose: "disclosed", deeds.Report: "reported"}
_UNANSWERED = (CallState.OPEN, CallState.RINGING, CallState.CLOSED)
_HELD = (CallState.INTERRUPTED, CallState.TRANSFERRING)


def moments_of(record: DrillRecord, scenario: Scenario) -> dict[str, float]:
    """By the steps' ids, when they were done, in seconds of the record; what was not is left out.

    The first deed of a kind in a call is the first step's of that kind, and so on. One that the
    leader skipped gets what is left over after the others. A call-back counts from its asking if
    it was sent, a transfer from its end. What is in the record's own ``moments`` plays no part.
    """
    found = _done(record, scenario)
    ids = {step.number: step.id for step in record.steps if step.id}
    return {ids[number]: found[number] for number in sorted(found) if number in ids}


def with_deeds(record: DrillRecord, scenario: Scenario) -> DrillRecord:
    """The record with its moments, and with the steps that a person did before they were due.

    The engine never came to those, but they were done. Lines are left as they are: who has written
    three of his own has not written the first three of the scenario's.
    """
    found = {
        number: at_s
        for number, at_s in _done(record, scenario).items()
        if not isinstance(scenario.timeline[number], deeds.Say)
    }
    steps = tuple(
        step.model_copy(update={"state": "done", "ended_s": found[step.number]})
        if step.state == "not-reached" and step.number in found
        else step
        for step in record.steps
    )
    return record.model_copy(update={"steps": steps, "moments": moments_of(record, scenario)})


def done_without_pauses(record: DrillRecord) -> dict[int, float]:
    """By number, when the steps that were done ended, pauses taken out."""
    holes = holes_of(record.pauses)
    return {
        step.number: without((0.0, step.ended_s), holes)
        for step in record.steps
        if step.state == "done" and step.ended_s is not None
    }


def _done(record: DrillRecord, scenario: Scenario) -> dict[int, float]:
    """When the steps were done, by their numbers."""
    wanted: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    found: dict[int, float] = {}
    happened: dict[tuple[str, str, str], list[float]] = {}
    for step in record.steps:
        deed = scenario.timeline[step.number]
        call = _call_of(record, scenario, step.number)
        times = None if call is None else _times(record, call, deed)
        if call is None or times is None:
            if step.state == "done" and step.ended_s is not None and not _is_told(record, deed):
                found[step.number] = step.ended_s
            continue
        key = (step.actor, call.name, f"{step.do} {getattr(deed, 'fails', None) is not None}")
        wanted[key].append(step.number)
        happened[key] = times
    states = {step.number: step.state for step in record.steps}
    for key, numbers in wanted.items():
        skipped = [number for number in numbers if states[number] == "skipped"]
        if key[2].startswith("say "):
            takers = [number for number in numbers if number not in skipped]
        else:  # a line is just talk, but another deed was meant for a step of its kind
            takers = sorted(numbers, key=lambda number: number in skipped)
        found |= dict(zip(takers, happened[key], strict=False))
    return found


def without_pauses(record: DrillRecord) -> dict[str, float]:
    """The record's moments in seconds from the beginning, pauses taken out."""
    holes = holes_of(record.pauses)
    return {name: without((0.0, at_s), holes) for name, at_s in record.moments.items()}


def begin_of(call: CallKept) -> float:
    """When a screen of the drill first showed the call."""
    return min((each.at_s for screen in call.screens for each in screen.states), default=0.0)


def _call_of(record: DrillRecord, scenario: Scenario, number: int) -> CallKept | None:
    """The call that a step is about: the named one, else the one that was placed last before it."""
    calls = {call.name: call for call in record.calls}
    step = scenario.timeline[number]
    if isinstance(step, deeds.Call):
        return calls.get(step.named or step.actor or "")
    if step.call is not None:
        return calls.get(step.call)
    places = deeds.Call | deeds.Offer
    before = (each for each in scenario.timeline[:number] if isinstance(each, places))
    names = [each.named or each.actor or "" for each in before]
    return next((calls[name] for name in reversed(names) if name in calls), None)


def _is_told(record: DrillRecord, deed: deeds.Step) -> bool:
    """Whether a record tells of a person's deed, so that it has no moment but what is told."""
    if deed.refused is not None or not _is_person(record, deed.actor or ""):
        return False
    kinds = (deeds.Call, deeds.Answer, deeds.Close, deeds.Transfer, deeds.CallBack, deeds.Say)
    return isinstance(deed, (*kinds, *_ACTS))


def _is_person(record: DrillRecord, actor: str) -> bool:
    role = record.role(actor)
    return role is not None and role.by == "person"


def _times(record: DrillRecord, call: CallKept, deed: deeds.Step) -> list[float] | None:
    """When a person did the like of a deed in a call, in order; None where no record tells."""
    role = record.role(deed.actor or "")
    if role is None or not _is_person(record, role.actor) or deed.refused is not None:
        return None
    others = [each for each in record.roles if each.by != "person"]
    anywhere = {title for each in others for title in each.titles}
    simulated = {title for each in others if each.center == role.center for title in each.titles}
    screens = consoles(call, role.center)
    acts = [each for each in call.acts if each.by not in simulated]
    match deed:
        case deeds.Call():
            times = [begin_of(call)]
        case deeds.Say():
            sender = SenderRole.CALLER if role.role == "caller" else SenderRole.DISPATCHER
            said = [each for each in said_in(call) if each.line.sender is sender]
            times = [each.at_s for each in said if each.line.sender_name not in anywhere]
        case deeds.Answer():
            times = _merged(_answers(each, simulated) for each in screens)
        case deeds.Close():
            times = _merged(_closes(each) for each in screens)
        case deeds.Transfer():
            times = _transfers(call, acts, role.center, failed=deed.fails is not None)
        case deeds.CallBack():
            times = _callbacks(call, acts, role.center, failed=deed.fails is not None)
        case deeds.AskPosition() if not _is_person(record, call.caller):
            times = _of(acts, role.center, "position-asked")
        case _ if type(deed) in _ACTS:
            times = _of(acts, role.center, _ACTS[type(deed)])
        case _:
            return None
    begin, end = begin_of(call), record.length_s
    # Two screens may show things in another order than they happened.
    return sorted(min(max(at_s, begin), max(begin, end)) for at_s in times)


def _merged(lists: Iterable[list[float]]) -> list[float]:
    """The first, second, ... of what several screens of a center showed, by the quickest."""
    shown = list(lists)
    most = max(map(len, shown), default=0)
    return [min(each[n] for each in shown if len(each) > n) for n in range(most)]


def _answers(screen: Screen, simulated: set[str]) -> list[float]:
    times = []
    answered = False
    for state in screen.states:
        if not state.mine or state.state in _UNANSWERED:
            answered = False
        elif not answered and _is_answer(state):
            answered = True
            if state.answered_by not in simulated:
                times.append(state.at_s)
    return times


def _is_answer(state: StateShown) -> bool:
    """A call that is interrupted can be answered, too."""
    return state.state is CallState.ANSWERED or (state.state in _HELD and bool(state.answered_by))


def _closes(screen: Screen) -> list[float]:
    times = []
    closed = False
    for state in screen.states:
        now = state.mine and state.state is CallState.CLOSED
        if now and not closed:
            times.append(state.at_s)
        closed = now
    return times


def _of(acts: Iterable[Act], center: str, what: str) -> list[float]:
    return [each.at_s for each in acts if each.what == what and each.center == center]


def _transfers(call: CallKept, acts: list[Act], center: str, *, failed: bool) -> list[float]:
    """Ends of the transfers that were asked for while the center had the call."""
    asked: list[Act] = []
    times = []
    for act in acts:
        if act.what == "transfer-asked":
            asked.append(act)
        elif act.what in ("transferred", "transfer-failed"):
            # A failure's detail is the department with the reason behind it.
            own = [each for each in asked if act.detail.startswith(each.detail)]
            if not own:
                continue
            asked.remove(own[-1])
            if _had(call, own[-1], center) and failed is (act.what == "transfer-failed"):
                times.append(act.at_s)
    return times


def _callbacks(call: CallKept, acts: list[Act], center: str, *, failed: bool) -> list[float]:
    """Askings of the call-backs that were sent, or of those that failed."""
    told: dict[int, list[Act]] = defaultdict(list)
    for act in acts:
        if act.what.startswith("callback-"):
            told[act.number].append(act)
    times = []
    for each in told.values():
        wanted = {"callback-failed"} if failed else {"callback-sent", "callback-opened"}
        asked = min(each, key=lambda act: act.at_s)
        if wanted & {act.what for act in each} and _had(call, asked, center):
            times.append(asked.at_s)
    return times


def _had(call: CallKept, act: Act, center: str) -> bool:
    """Whether an act, of which several centers' consoles may tell, was this one's to do."""
    had = any(has_call(each, act.at_s) for each in consoles(call, center))
    return had or act.center == center


__all__ = ["begin_of", "done_without_pauses", "moments_of", "with_deeds", "without_pauses"]
