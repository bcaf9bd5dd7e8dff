"""The state of a drill: whatever a leader does and whenever, its clocks and steps stay sound."""

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from net119_scenarios.drills.control import (
    OPEN,
    OVER,
    Control,
    ControlKind,
    DrillState,
    NotNow,
    Pause,
    StepState,
)

STEPS = 4


def running(**other: Any) -> Control:
    control = Control(STEPS, frozenset({"silent"}), **other)
    control.start(100.0)
    return control


def test_time_counts_from_the_start_and_not_while_paused() -> None:
    control = Control(STEPS)
    assert control.elapsed(50.0) == 0
    control.start(100.0, "leader")
    control.pause(110.0)
    assert control.elapsed(500.0) == 10
    assert control.pauses(130.0) == (Pause(10, 20),)
    control.resume(140.0)
    assert control.elapsed(145.0) == 15
    control.end(145.0)
    assert control.elapsed(900.0) == 15
    assert control.pauses(900.0) == (Pause(10, 30),)
    assert [each.what.value for each in control.log] == ["start", "pause", "resume", "end"]
    assert [each.at_s for each in control.log] == [0, 10, 10, 15]
    assert control.log[0].who == "leader"


def test_a_drill_that_ends_in_a_pause_has_the_pause() -> None:
    control = running()
    control.pause(110.0)
    control.end(115.0)
    assert control.pauses(200.0) == (Pause(10, 5),)
    assert control.state is DrillState.ENDING


def test_the_pace_changes_the_scenarios_time_only() -> None:
    control = running()
    assert control.due_in(60, 110.0) == 50
    control.set_pace(110.0, 4)
    assert control.due_in(60, 110.0) == 12.5
    assert control.script(120.0) == 50
    assert control.elapsed(120.0) == 20
    control.set_pace(120.0, 0)
    assert control.due_in(600, 120.0) == 0
    control.reached(600, 120.0)
    control.set_pace(121.0, 1)
    assert control.due_in(610, 121.0) == 10


def test_nothing_is_due_while_it_does_not_run() -> None:
    control = Control(STEPS)
    assert control.due_in(0, 0.0) is None
    control.start(0.0)
    control.pause(1.0)
    assert control.due_in(0, 1.0) is None


def test_after_a_step_of_people_the_scenario_goes_on_from_its_time() -> None:
    control = running()
    # The person took five minutes for a step of 0:20; the next is meant 10 s after it.
    control.hold(20, 400.0)
    assert control.due_in(30, 400.0) == 10
    assert control.elapsed(400.0) == 300


@pytest.mark.parametrize("pace", [-1, 0.5, 8.1, float("nan"), float("inf")])
def test_there_is_no_other_pace(pace: float) -> None:
    with pytest.raises(ValueError, match="there is no pace"):
        running().set_pace(101.0, pace)
    with pytest.raises(ValueError, match="there is no pace"):
        Control(1, pace=pace)


def test_the_step_that_goes_on_is_skipped() -> None:
    control = running()
    control.begin_step(0, 100.0, StepState.DOING)
    control.begin_step(1, 101.0, StepState.WAITING)
    assert control.step(1).began_s is None
    control.begin_step(1, 105.0, StepState.AWAITED)
    assert control.current() == 1
    assert control.skip(110.0, "leader") == 1
    assert control.step(1).state is StepState.SKIPPED
    assert (control.step(1).began_s, control.step(1).ended_s) == (5, 10)
    assert control.log[-1].detail == "2"
    # Done in the same moment: the skip came first and counts.
    control.end_step(1, 110.0, StepState.DONE)
    assert control.step(1).state is StepState.SKIPPED
    with pytest.raises(NotNow, match="it is over"):
        control.skip(111.0, number=1)
    assert control.skip(111.0) == 0
    with pytest.raises(NotNow):
        control.skip(111.0)


def test_what_was_not_reached_says_so_at_the_end() -> None:
    control = running()
    control.begin_step(0, 100.0, StepState.DOING)
    control.end_step(0, 101.0, StepState.DONE)
    control.begin_step(1, 101.0, StepState.AWAITED)
    control.end(102.0)
    assert [control.step(n).state for n in range(STEPS)] == [
        StepState.DONE,
        *(3 * [StepState.NOT_REACHED]),
    ]
    control.begin_step(2, 103.0, StepState.DOING)
    assert control.step(2).state is StepState.NOT_REACHED
    control.ended()
    assert control.state is DrillState.ENDED


def test_an_injection_may_happen_again_and_must_be_known() -> None:
    control = running()
    control.inject(101.0, "silent")
    control.pause(102.0)
    control.inject(103.0, "silent", "leader")
    assert control.injected == ["silent", "silent"]
    with pytest.raises(LookupError, match="no injection 'other'"):
        control.inject(104.0, "other")


@pytest.mark.parametrize(
    "deed",
    [
        lambda control: control.pause(1.0),
        lambda control: control.resume(1.0),
        lambda control: control.skip(1.0),
        lambda control: control.inject(1.0, "silent"),
        lambda control: control.ended(),
    ],
)
def test_before_the_start_nothing_of_it_is_possible(deed: Callable[[Control], object]) -> None:
    control = Control(STEPS, frozenset({"silent"}))
    with pytest.raises(NotNow, match="the drill is prepared"):
        deed(control)
    assert control.log == []


class Leading(RuleBasedStateMachine):
    """Anything in any order; the clocks are compared with plain sums."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.control = Control(STEPS, frozenset({"silent"}), 1.0)
        self.ran = 0.0
        self.rested = 0.0
        self.over: dict[int, StepState] = {}
        self.last_script = 0.0

    @rule(seconds=st.floats(0, 500))
    def time_goes_by(self, seconds: float) -> None:
        self.now += seconds
        if self.control.state is DrillState.RUNNING:
            self.ran += seconds
        elif self.control.state is DrillState.PAUSED:
            self.rested += seconds

    @rule(what=st.sampled_from(["start", "pause", "resume", "end", "finished", "inject", "skip"]))
    def lead(self, what: str) -> None:
        before, log = self.control.state, len(self.control.log)
        try:
            if what == "inject":
                self.control.inject(self.now, "silent")
            else:
                getattr(self.control, what)(self.now)
        except NotNow:
            assert (self.control.state, len(self.control.log)) == (before, log)
        else:
            noted = self.control.log[log:]
            assert [each.what.value for each in noted] == ([] if what == "finished" else [what])

    @rule(pace=st.sampled_from([0.0, 1.0, 2.0, 8.0]))
    def change_pace(self, pace: float) -> None:
        try:
            self.control.set_pace(self.now, pace)
        except NotNow:
            assert self.control.state in (DrillState.ENDING, DrillState.ENDED)
        else:
            assert self.control.log[-1].what is ControlKind.PACE

    @rule(number=st.integers(0, STEPS - 1), state=st.sampled_from(sorted(OPEN)))
    def begin(self, number: int, state: StepState) -> None:
        self.control.begin_step(number, self.now, state)

    @rule(
        number=st.integers(0, STEPS - 1), state=st.sampled_from([StepState.DONE, StepState.FAILED])
    )
    def finish(self, number: int, state: StepState) -> None:
        self.control.end_step(number, self.now, state)

    @precondition(lambda self: self.control.state is DrillState.RUNNING)
    @rule(at=st.floats(0, 1000))
    def wait(self, at: float) -> None:
        left = self.control.due_in(at, self.now)
        assert left is not None
        assert left >= 0
        self.time_goes_by(left)
        assert self.control.pace == 0 or self.control.script(self.now) >= at - 1e-6
        assert self.control.due_in(at, self.now + 1e-6) == pytest.approx(0, abs=1e-5)

    @invariant()
    def clocks_are_right(self) -> None:
        assert self.control.elapsed(self.now) == pytest.approx(self.ran)
        rests = self.control.pauses(self.now)
        assert sum(each.seconds for each in rests) == pytest.approx(self.rested)
        assert all(each.at_s <= self.ran + 1e-6 for each in rests)
        times = [each.at_s for each in self.control.log]
        assert times == sorted(times)

    @invariant()
    def the_scenarios_time_never_goes_back_by_itself(self) -> None:
        script = self.control.script(self.now)
        assert script >= self.last_script - 1e-6
        self.last_script = script

    @invariant()
    def what_is_over_stays_over(self) -> None:
        for number in range(STEPS):
            step = self.control.step(number)
            if number in self.over:
                assert step.state is self.over[number]
            if step.state in OVER:
                self.over[number] = step.state
            if step.began_s is not None and step.ended_s is not None:
                assert step.began_s <= step.ended_s
        ending = self.control.state in (DrillState.ENDING, DrillState.ENDED)
        assert not ending or len(self.over) == STEPS


TestLeading = Leading.TestCase


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from([1.0, 2.0, 8.0])), max_size=8))
def test_the_scenarios_time_is_the_sum_of_its_paces(parts: list[tuple[float, float]]) -> None:
    control, now, wanted = running(), 100.0, 0.0
    for seconds, pace in parts:
        control.set_pace(now, pace)
        now += seconds
        wanted += seconds * pace
    assert control.script(now) == pytest.approx(wanted)
