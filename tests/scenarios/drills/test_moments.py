"""When people did what a drill wanted of them: as screens and records show it, not the script."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.codes import CallState
from net119_scenarios.acted import library
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.drills.casting import aims_of as aims_in
from net119_scenarios.drills.moments import begin_of, moments_of, with_deeds, without_pauses
from net119_scenarios.drills.record import Act, CallKept, DrillRecord, Fate, Pause, StepTaken
from net119_scenarios.drills.report.times import aims_of

from tests.scenarios.drills.calls import COURSE, DISPATCHER, a_call, line, records, state
from tests.scenarios.drills.drills import a_record
from tests.scenarios.drills.playing import FAINT

_HEAD = FAINT[: FAINT.index("timeline:")]
_TAIL = FAINT[FAINT.index("must:") : FAINT.index("drill:")]


def a_scenario(steps: str) -> Scenario:
    """Rider calls Tomakomai, and this happens."""
    called = "  - {id: called, actor: rider, do: call, kind: ambulance}\n"
    answered = "  - {id: answered, actor: tomakomai, do: answer}\n"
    timeline = "".join(f"  - {step}\n" for step in steps.strip().splitlines())
    return read_scenario(f"{_HEAD}timeline:\n{called}{answered}{timeline}{_TAIL}", "it.yaml")


def played(
    scenario: Scenario, call: CallKept | tuple[CallKept, ...], *, ended_s: float = 250, **more: Any
) -> DrillRecord:
    """A record whose steps were all seen done by the engine at ``ended_s`` unless told in more."""
    fates: dict[str, Fate] = more.pop("fates", {})
    steps = tuple(
        StepTaken(
            number=number,
            actor=step.actor or "",
            do=getattr(step, "do", ""),
            id=step.id or "",
            due_s=0,
            began_s=0,
            ended_s=None if fates.get(step.id or "") == "not-reached" else ended_s,
            state=fates.get(step.id or "", "done"),
        )
        for number, step in enumerate(scenario.timeline)
    )
    calls = call if isinstance(call, tuple) else (call,)
    return a_record(calls=calls, steps=steps, **more)


def act(at_s: float, what: str, **more: Any) -> Act:
    """By 佐藤, a person at Tomakomai."""
    return Act(**{"at_s": at_s, "what": what, "center": "tomakomai", "by": "佐藤"} | more)


EVERYTHING = a_scenario(
    """
{id: sent, actor: tomakomai, do: dispatch, units: 救急1}
{id: asked, actor: tomakomai, do: say, text: 息はありますか。}
{id: looked, actor: tomakomai, do: ask-position}
{id: back, actor: tomakomai, do: call-back}
{id: given, actor: tomakomai, do: transfer, to: chitose}
{id: closed, actor: tomakomai, do: close, outcome: practice-done}
"""
)
ACTS = (
    act(30, "dispatched", detail="救急1"),
    act(35, "position-asked", by=""),
    act(40, "callback-queued", number=1),
    act(44, "callback-failed", number=1),
    act(50, "callback-queued", number=2),
    act(55, "callback-sent", number=2),
    act(60, "transfer-asked", detail="千歳市消防本部"),
    act(65, "transfer-failed", detail="千歳市消防本部: だれもいない"),
    act(70, "transfer-asked", detail="千歳市消防本部"),
    act(80, "transferred", detail="千歳市消防本部"),
)


@pytest.mark.parametrize("fate", ["done", "not-reached"])
def test_deeds_of_people_count_from_when_they_happened(fate: Fate) -> None:
    call = a_call([line(1, 20, DISPATCHER, "どこですか。")], acts=ACTS)
    fates = dict.fromkeys(("answered", "sent", "asked", "looked", "back", "given", "closed"), fate)
    record = played(EVERYTHING, call, fates=fates)
    assert moments_of(record, EVERYTHING) == {
        "called": 250,  # a simulated caller's: as the engine saw it
        "answered": 10,
        "sent": 30,
        "asked": 20,
        "looked": 35,
        "back": 50,
        "given": 80,
        "closed": 200,
    }


def test_what_a_person_did_before_its_turn_is_done_though_the_engine_never_came_to_it() -> None:
    call = a_call([line(1, 20, DISPATCHER, "どこですか。")], acts=ACTS[:1])
    fates: dict[str, Fate] = dict.fromkeys(("sent", "asked", "back", "closed"), "not-reached")
    seen = {
        step.id: step
        for step in with_deeds(played(EVERYTHING, call, fates=fates), EVERYTHING).steps
    }
    done = {name: (seen[name].state, seen[name].ended_s) for name in fates}
    assert done == {
        "sent": ("done", 30),
        "asked": ("not-reached", None),  # a line of one's own is not the scenario's
        "back": ("not-reached", None),
        "closed": ("done", 200),
    }
    simulated = tuple(each.model_copy(update={"by": "simulator"}) for each in a_record().roles)
    told = with_deeds(played(EVERYTHING, call, fates=fates, roles=simulated), EVERYTHING)
    assert all(each.state == "not-reached" for each in told.steps if each.id in fates)


@pytest.mark.parametrize("fate", ["done", "skipped", "not-reached"])
def test_what_never_happened_has_no_moment(fate: Fate) -> None:
    call = a_call(states=(state(2, CallState.RINGING),), acts=ACTS[2:4])
    names = ("answered", "sent", "asked", "looked", "back", "given", "closed")
    record = played(EVERYTHING, call, fates=dict.fromkeys(names, fate))
    assert moments_of(record, EVERYTHING) == {"called": 250}


def test_simulated_steps_count_from_when_the_engine_saw_them() -> None:
    call = a_call([line(1, 20, DISPATCHER, "どこですか。")], acts=ACTS)
    record = played(EVERYTHING, call, fates={"back": "failed"})
    roles = tuple(each.model_copy(update={"by": "simulator"}) for each in record.roles)
    told = moments_of(record.model_copy(update={"roles": roles}), EVERYTHING)
    assert told == dict.fromkeys(
        ("called", "answered", "sent", "asked", "looked", "given", "closed"), 250
    )


def test_what_a_simulated_dispatcher_did_beside_is_not_the_persons() -> None:
    scenario = library.load("three-calls")
    call = a_call(acts=[act(30, "dispatched", by="指令台の模擬"), act(90, "dispatched")])
    record = played(EVERYTHING, call)
    other = record.roles[1].model_copy(
        update={"actor": "other", "by": "simulator", "titles": ("指令台の模擬",)}
    )
    record = record.model_copy(update={"roles": (*record.roles, other)})
    assert moments_of(record, EVERYTHING)["sent"] == 90
    assert "first-sent" not in moments_of(played(scenario, ()), scenario)


def test_a_call_that_is_answered_out_of_turn_is_not_charged_with_the_wait() -> None:
    scenario = library.load("three-calls")
    order = {"tenant": (5, 12, 300), "passer-by": (50, 58, 310), "mother": (60, 64, 320)}
    calls = tuple(
        a_call(
            name=name,
            states=(
                state(rang, CallState.RINGING),
                state(answered, CallState.ANSWERED),
                state(closed, CallState.CLOSED),
            ),
            acts=[act(answered + 9, "dispatched")],
        )
        for name, (rang, answered, closed) in order.items()
    )
    record = played(scenario, calls, ended_s=350, length_s=400)
    steps = tuple(  # the engine saw the second answer when its step's turn came
        each.model_copy(update={"ended_s": {"first": 5, "second": 50, "third": 60}.get(each.id)})
        if each.do == "call"
        else each
        for each in record.steps
    )
    record = record.model_copy(update={"steps": steps, "aims": aims_in(scenario)})
    moments = moments_of(record, scenario)
    assert (moments["second-answered"], moments["third-answered"]) == (58, 64)
    held = aims_of(record.model_copy(update={"moments": moments}))
    assert [(each.aim.end, each.seconds, each.held) for each in held] == [
        ("first-answered", 7, True),
        ("second-answered", 8, True),
        ("third-answered", 4, True),
        ("third-sent", 9, True),
    ]


TWICE = a_scenario(
    """
{id: one, actor: tomakomai, do: dispatch, units: 救急1}
{id: two, actor: tomakomai, do: dispatch, units: 救急2}
{id: hallo, actor: tomakomai, do: say, text: どこですか。}
{id: there, actor: tomakomai, do: say, text: 息はありますか。}
"""
)


def test_a_skipped_step_takes_no_deed_from_the_next_of_its_kind() -> None:
    chat = [line(1, 20, DISPATCHER, "はい。"), line(2, 25, DISPATCHER, "どこ？")]
    fates: dict[str, Fate] = {"one": "skipped", "hallo": "skipped"}
    once = played(TWICE, a_call(chat, acts=[act(30, "dispatched")]), fates=fates)
    told = moments_of(once, TWICE)
    assert (told.get("one"), told["two"]) == (None, 30)
    assert (told.get("hallo"), told["there"]) == (None, 20)
    both = a_call(chat, acts=[act(30, "dispatched"), act(90, "dispatched")])
    told = moments_of(played(TWICE, both, fates=fates), TWICE)
    assert (told["one"], told["two"]) == (90, 30), "what was done after the skip was done"


def test_a_call_that_comes_back_was_answered_once() -> None:
    states = (
        state(2, CallState.RINGING, mine=False),
        state(5, CallState.ANSWERED, mine=False, answered_by="千歳"),
        state(20, CallState.RINGING),
        state(22, CallState.INTERRUPTED),
        state(30, CallState.INTERRUPTED, answered_by="佐藤"),
        state(40, CallState.ANSWERED, answered_by="佐藤"),
    )
    twice = a_scenario("{id: again, actor: tomakomai, do: answer}")
    told = moments_of(played(twice, a_call(states=states)), twice)
    assert (told["answered"], "again" in told) == (30, False)


@given(
    record=records(),
    fates=st.lists(st.sampled_from(["done", "skipped", "not-reached"]), max_size=8),
    length_s=st.integers(0, 300),
)
def test_a_persons_moment_lies_within_the_call_and_the_drill(
    record: DrillRecord, fates: list[Fate], length_s: int
) -> None:
    names = [step.id for step in EVERYTHING.timeline if step.id]
    given_fates = dict(zip(names, fates, strict=False))
    whole = played(
        EVERYTHING, record.calls, fates=given_fates, pauses=record.pauses, length_s=length_s
    )
    told = moments_of(whole, EVERYTHING)
    told.pop("called", None)
    begin = begin_of(record.calls[0])
    for name, at_s in told.items():
        assert begin <= at_s <= max(begin, whole.length_s), name
    running = without_pauses(whole.model_copy(update={"moments": told}))
    assert all(0 <= running[name] <= at_s for name, at_s in told.items())


def test_pauses_are_taken_out() -> None:
    record = played(EVERYTHING, a_call(states=COURSE), pauses=(Pause(began_s=20, ended_s=60),))
    told = record.model_copy(update={"moments": moments_of(record, EVERYTHING)})
    assert told.moments["closed"] == 200
    assert without_pauses(told)["closed"] == 160
    assert without_pauses(told)["answered"] == 10
