"""Home alarms at the center: hail, dispatch, helpers, tests, consultations."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from net119_protocol.alarms.codes import (
    Finding,
    IncidentKind,
    IncidentState,
    SignalKind,
)
from net119_protocol.alarms.incident import DispatchOrder, Hail, HelperAsked, Incident
from net119_reference.alarms import asking, machine, pressed
from net119_reference.service.alarms import core, signals
from net119_reference.service.alarms.core import AlarmCore

from tests.mutants.registry import Patch, mutant

SMOKE = "ALARM-HAIL"


@mutant(
    "tests-are-alarms", kills={"ALARM-TEST": "it waits for a check of the equipment"}, smoke=SMOKE
)
def tests_are_alarms(patch: Patch) -> None:
    """A test alarm is taken for an alarm."""
    begins = {**machine.BEGINS, SignalKind.TEST: machine.BEGINS[SignalKind.ALARM]}
    patch(machine, "BEGINS", begins)


@mutant(
    "tests-may-be-dispatched", kills={"ALARM-TEST": "a dispatch for a test is refused"}, smoke=SMOKE
)
def tests_may_be_dispatched(patch: Patch) -> None:
    """A dispatcher can send crews upon a test alarm."""

    def decide(original: Any, incident: Any, *rest: Any) -> Any:
        as_alarm = {"kind": IncidentKind.ALARM, "state": IncidentState.HAILING}
        if incident.kind is IncidentKind.TEST:
            incident = incident.model_copy(update=as_alarm)
        return original(incident, *rest)

    patch.around(machine, "decide", decide)


@mutant(
    "checks-are-not-kept", kills={"ALARM-TEST": "how the equipment worked is recorded"}, smoke=SMOKE
)
def checks_are_not_kept(patch: Patch) -> None:
    """A test ends with the equipment good, whatever was found."""

    def check(original: Any, incident: Any, by: Any, now: Any, **_: Any) -> Any:
        return original(incident, by, now, good=True)

    patch.around(machine, "check_equipment", check)


@mutant("nobody-hails", kills={"ALARM-HAIL": "the user hears the hail at once"}, smoke="ALARM-TEST")
def nobody_hails(patch: Patch) -> None:
    """The first hail waits for a dispatcher."""
    patch(AlarmCore, "_say", lambda *_: None)


@mutant("dispatch-is-only-noted", kills={"ALARM-DISASTER": "the crews are ordered"}, smoke=SMOKE)
def dispatch_is_only_noted(patch: Patch) -> None:
    """A dispatcher's disaster is recorded as the nearest crews', not those that were named."""

    def order(original: Any, decision: Any, now: Any, **named: Any) -> Any:
        return original(decision, now, **named).model_copy(update={"units": machine.ANY_UNITS})

    patch.around(machine, "_order", order)


@mutant(
    "nearest-helper-first",
    kills={
        "ALARM-DISASTER": "helpers are asked in their registered order",
        "ALARM-NO-ANSWER": "they are the first two of the card",
    },
    smoke=SMOKE,
)
def nearest_helper_first(patch: Patch) -> None:
    """Helpers are asked by the minutes of their way, not in their registered order."""

    def ask_next(original: Any, incident: Any, helpers: Any, *rest: Any) -> Any:
        return original(incident, sorted(helpers, key=lambda each: each.minutes), *rest)

    patch.around(asking, "ask_next", ask_next)


@mutant(
    "every-helper-is-asked",
    kills={"ALARM-DISASTER": "nobody else is asked once somebody goes"},
    smoke=SMOKE,
)
def every_helper_is_asked(patch: Patch) -> None:
    """The next helper is asked although one is on the way."""
    patch(asking, "ON_THE_WAY", frozenset())


@mutant(
    "time-of-helpers-runs-on",
    kills={"ALARM-DISASTER": "nobody else is asked later either, once somebody goes"},
    smoke=SMOKE,
)
def time_of_helpers_runs_on(patch: Patch) -> None:
    """The next helper is asked when the time is over, though one has said that they go."""

    def answers(original: Any, incident: Any, order: int, answer: Any, *rest: Any) -> Any:
        told = original(incident, order, answer, *rest)
        on_the_way = answer in asking.ON_THE_WAY
        return told.model_copy(update={"ask_next_by": incident.ask_next_by}) if on_the_way else told

    def ask_next(original: Any, incident: Any, *rest: Any) -> Any:
        silent = tuple(each.model_copy(update={"answer": None}) for each in incident.helpers)
        after = original(incident.model_copy(update={"helpers": silent}), *rest)
        helpers = (*incident.helpers, *after.helpers[len(silent) :])
        return after.model_copy(update={"helpers": helpers})

    patch.around(asking, "helper_answers", answers)
    patch.around(asking, "ask_next", ask_next)


@mutant(
    "silence-waits",
    kills={"ALARM-NO-ANSWER": "crews are ordered although nobody decided it"},
    smoke="ALARM-TEST",
)
def silence_waits(patch: Patch) -> None:
    """A user who does not answer waits until a dispatcher decides."""
    patch(machine, "due", lambda _incident: None)


@mutant(
    "no-time-to-answer",
    kills={"ALARM-NO-ANSWER": "the user had the time that is set to answer"},
    smoke="ALARM-TEST",
)
def no_time_to_answer(patch: Patch) -> None:
    """Crews are sent at once, so that nobody has time to say that it is nothing."""

    def begin(original: Any, raised: Any, now: Any, timers: Any) -> Any:
        incident = original(raised, now, timers)
        if incident.hail_due is None:
            return incident
        return incident.model_copy(update={"hail_due": now + timedelta(milliseconds=50)})

    patch.around(machine, "begin", begin)


@mutant(
    "helpers-are-waited-for",
    kills={"ALARM-NO-ANSWER": "a helper who does not answer is followed by the next in order"},
    smoke=SMOKE,
)
def helpers_are_waited_for(patch: Patch) -> None:
    """A helper who does not answer is waited for without end."""

    def ask_next(original: Any, *given: Any) -> Any:
        return original(*given).model_copy(update={"ask_next_by": None})

    patch.around(asking, "ask_next", ask_next)


@mutant(
    "answer-stops-the-clock",
    kills={"ALARM-UNCLEAR": "what cannot be made out is dispatched"},
    smoke=SMOKE,
)
def answer_stops_the_clock(patch: Patch) -> None:
    """Once somebody has answered, nothing is sent without a decision."""

    def speak(original: Any, *given: Any, **named: Any) -> Any:
        return original(*given, **named).model_copy(update={"hail_due": None})

    patch.around(machine, "speak", speak)


@mutant(
    "silence-may-be-a-mistake",
    kills={"ALARM-UNCLEAR": "an alarm without an answer cannot be ended as a mistake"},
    smoke=SMOKE,
)
def silence_may_be_a_mistake(patch: Patch) -> None:
    """An alarm that nobody answered can be ended as a mistake."""

    def decide(original: Any, incident: Any, decision: Any, helpers: Any, now: Any, t: Any) -> Any:
        if decision.finding is Finding.MISTAKE and not incident.answered:
            incident = machine.speak(incident, "", "…", now, t)
        return original(incident, decision, helpers, now, t)

    patch.around(machine, "decide", decide)


@mutant(
    "presses-are-only-counted",
    kills={"ALARM-UNCLEAR": "a new press is hailed anew"},
    smoke=SMOKE,
)
def presses_are_only_counted(patch: Patch) -> None:
    """A press while an incident is open is noted, and nobody is hailed."""

    def again(_original: Any, incident: Any, n: int, *_: Any) -> Any:
        return incident.model_copy(update={"signals": (*incident.signals, n)})

    patch.around(pressed, "pressed_again", again)


@mutant(
    "old-answers-count",
    kills={"ALARM-UNCLEAR": "an answer to the press before is no answer to the new one"},
    smoke=SMOKE,
)
def old_answers_count(patch: Patch) -> None:
    """Whoever has answered once counts as answering every later press, too."""
    patch(Incident, "answered", property(lambda this: any(each.answered for each in this.hails)))


@mutant(
    "everything-runs-out",
    kills={
        "ALARM-TEST": "nobody is sent",
        "ALARM-CONSULTATION": "the consultation dispatches nothing",
    },
    smoke=SMOKE,
)
def everything_runs_out(patch: Patch) -> None:
    """What nobody has ended when the time for words is over is dispatched, whatever it is."""

    def begin(original: Any, raised: Any, now: Any, timers: Any) -> Any:
        made = original(raised, now, timers)
        return made.model_copy(update={"hail_due": made.hail_due or now + timers.after("talk_s")})

    def tick(original: Any, incident: Any, helpers: Any, now: Any, timers: Any) -> Any:
        late = incident.hail_due is not None and now >= incident.hail_due
        if late and incident.state in (IncidentState.CHECKING, IncidentState.CONSULTING):
            unclear = machine.Decision(Finding.UNCLEAR)
            return machine._dispatch(incident, unclear, helpers, now, timers)
        return original(incident, helpers, now, timers)

    patch.around(machine, "begin", begin)
    patch.around(machine, "tick", tick)


@mutant("faults-send-crews", kills={"ALARM-TEST": "it ends without a dispatch"}, smoke=SMOKE)
def faults_send_crews(patch: Patch) -> None:
    """A device that does not work has crews sent to look at the unit."""

    def check(original: Any, incident: Any, by: Any, now: Any, **found: Any) -> Any:
        ended = original(incident, by, now, **found)
        look = DispatchOrder(
            at=now, by=by, units="整備", because=Finding.FIRE_SERVICE, to_investigate=True
        )
        return ended if found["good"] else ended.model_copy(update={"dispatches": (look,)})

    patch.around(machine, "check_equipment", check)


@mutant(
    "crews-before-the-hail",
    kills={"ALARM-HAIL": "nothing comes before the hail"},
    smoke="ALARM-TEST",
)
def crews_before_the_hail(patch: Patch) -> None:
    """Somebody is sent to look first, and the user is hailed after that."""

    def begin(original: Any, raised: Any, now: Any, timers: Any) -> Any:
        made = original(raised, now, timers)
        if not made.hails:
            return made
        look = DispatchOrder(
            at=now, units=machine.ANY_UNITS, because=Finding.NO_ANSWER, to_investigate=True
        )
        later = made.hails[0].model_copy(update={"at": now + timedelta(milliseconds=20)})
        return made.model_copy(update={"dispatches": (look,), "hails": (later,)})

    patch.around(machine, "begin", begin)


@mutant(
    "helpers-before-the-hail",
    kills={"ALARM-HAIL": "nothing comes before the hail"},
    smoke="ALARM-TEST",
)
def helpers_before_the_hail(patch: Patch) -> None:
    """The nearest helper is asked to look first, and the user is hailed after that."""

    def begin(original: Any, raised: Any, now: Any, timers: Any) -> Any:
        made = original(raised, now, timers)
        if not made.hails:
            return made
        asked = HelperAsked(order=1, name="𠮷田　花子", phone="075-000-0001", asked_at=now)
        later = made.hails[0].model_copy(update={"at": now + timedelta(milliseconds=20)})
        return made.model_copy(update={"helpers": (asked,), "hails": (later,)})

    patch.around(machine, "begin", begin)


@mutant(
    "hails-unseen-by-the-desk",
    kills={"ALARM-HAIL": "the desk shows that the user is being hailed"},
    smoke="ALARM-TEST",
)
def hails_unseen_by_the_desk(patch: Patch) -> None:
    """The user is hailed, and the desk shows a talk as after the consultation button."""
    begins = {
        **machine.BEGINS,
        SignalKind.ALARM: (IncidentKind.ALARM, IncidentState.CONSULTING),
    }
    patch(machine, "BEGINS", begins)

    def begin(original: Any, raised: Any, now: Any, timers: Any) -> Any:
        made = original(raised, now, timers)
        hails = (Hail(at=now),) if made.kind is IncidentKind.ALARM else ()
        return made.model_copy(update={"hails": hails})

    patch.around(machine, "begin", begin)


@mutant(
    "alarms-of-nobody",
    kills={"ALARM-HAIL": "the desk shows whose alarm it is"},
    smoke="ALARM-TEST",
)
def alarms_of_nobody(patch: Patch) -> None:
    """The desk is told which unit it is, and not whose."""

    def raised(original: Any, **of: Any) -> Any:
        return original(**{**of, "registration": None})

    patch.around(signals, "Raised", raised)


@mutant(
    "hails-of-no-alarm",
    kills={"ALARM-HAIL": "the hail belongs to this alarm"},
    smoke="ALARM-TEST",
)
def hails_of_no_alarm(patch: Patch) -> None:
    """The unit is not told to which alarm a hail belongs."""

    def utterance(original: Any, **said: Any) -> Any:
        return original(**{**said, "incident": "none"})

    patch.around(core, "Utterance", utterance)


@mutant(
    "helpers-are-not-asked",
    kills={"ALARM-DISASTER": "the first helper is asked"},
    smoke="ALARM-TEST",
)
def helpers_are_not_asked(patch: Patch) -> None:
    """No helper is asked before a dispatcher thinks of it."""
    patch(asking, "ask_next", lambda incident, *_: incident)


@mutant(
    "silence-is-a-disaster",
    kills={
        "ALARM-NO-ANSWER": "it is recorded that nobody answered",
        "ALARM-UNCLEAR": "it is recorded that somebody answered and it was not clear",
    },
    smoke=SMOKE,
)
def silence_is_a_disaster(patch: Patch) -> None:
    """Whatever is dispatched is recorded as a disaster that somebody has confirmed."""

    def dispatch(original: Any, incident: Any, decision: Any, *rest: Any) -> Any:
        return original(incident, replace(decision, finding=Finding.DISASTER), *rest)

    patch.around(machine, "_dispatch", dispatch)


@mutant(
    "two-helpers-at-once",
    kills={
        "ALARM-DISASTER": "one helper is asked at a time",
        "ALARM-NO-ANSWER": "the first helper had the time that is set to answer",
    },
    smoke=SMOKE,
)
def two_helpers_at_once(patch: Patch) -> None:
    """The first two helpers are asked in the same moment, in their order."""

    def ask_next(original: Any, incident: Any, *rest: Any) -> Any:
        asked = original(incident, *rest)
        return asked if incident.helpers else original(asked, *rest)

    patch.around(asking, "ask_next", ask_next)
