"""People say fewer lines than the file has, or close too early: the drill ends by itself."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_protocol.codes import CloseOutcome
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.drills import vain
from net119_scenarios.drills.control import StepState
from net119_scenarios.drills.record import StepTaken

from tests.scenarios.drills.playing import FAINT, SCENARIO, Place, Played, play

CLOSED = ("通報が先に終了したため", "the call was closed before")


def with_timeline(steps: str) -> Scenario:
    """The drill of the faint, with these steps after the call and its answer."""
    begin = FAINT[: FAINT.index('  - {at: "0:05", id: answered')]
    rest = "must:\n  - {check: owner, department: tomakomai}\n"
    drill = FAINT[FAINT.index("drill:") : FAINT.index("  bad:")]
    answered = "  - {id: answered, actor: tomakomai, do: answer}\n"
    return read_scenario(f"{begin}{answered}{steps}{rest}{drill}", "x.yaml")


@pytest.fixture(scope="module")
def place() -> Iterator[Place]:
    """One for all drills here."""
    found = Place()
    yield found
    found.close()


def given_up(steps: tuple[StepTaken, ...]) -> dict[int, tuple[str, str]]:
    """The steps that were skipped, by number from 1, with the reasons."""
    return {
        step.number + 1: (step.why.ja, step.why.en) if step.why else ("", "")
        for step in steps
        if step.state == "skipped"
    }


@pytest.mark.slow
def test_one_line_and_a_call_that_is_closed(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vain, "PATIENCE_S", 1.0)

    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.console.say(call, "どこですか。")
        await it.heard(call, "二番ホーム")
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, rehearsal = play(place, tmp_path, deeds)
    # Nobody sent a crew afterwards, and the caller's `hear` had nothing to wait for.
    assert given_up(record.steps) == {8: CLOSED, 10: CLOSED}
    assert record.steps[10].state == "done"  # the closing itself
    assert [each.what for each in record.controls] == ["start"]
    shown = rehearsal.snapshot().steps[9]
    assert shown.state is StepState.SKIPPED
    assert shown.why is not None
    assert (shown.why.ja, shown.why.en) == CLOSED
    told = [entry.words for entry in record.entries if CLOSED[0] in entry.words.ja]
    assert len(told) == 2
    assert all(words.en.endswith(f"skipped: {CLOSED[1]}") for words in told)


@pytest.mark.slow
def test_what_a_caller_cannot_do_any_more_fails_nothing(place: Place, tmp_path: Path) -> None:
    scenario = with_timeline("""\
  - {actor: tomakomai, do: say, text: どちらですか。, options: {fire: 火事, ambulance: 救急}}
  - {actor: rider, do: choose, option: ambulance}
  - {actor: rider, do: wait, state: transferring}
  - {at: "9:00", actor: rider, do: say, text: まだですか。}
  - {at: "9:10", actor: rider, do: move, to: {lat: 42.6345, lon: 141.6060}}
  - {actor: rider, do: hear, text: もうすぐです}
  - {actor: rider, do: wait, state: closed}
  - {id: closed, actor: tomakomai, do: close, outcome: practice-done}
  - {actor: rider, do: say, text: もしもし。, refused: call-closed}
""")

    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.until_step(5, StepState.DOING)
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    # In real time: what comes at nine minutes is not waited for.
    record, _ = play(place, tmp_path, deeds, scenario, pace=1)
    assert given_up(record.steps) == dict.fromkeys((5, 6, 7, 8, 9), CLOSED)
    # What the phone shows is seen, and what the file means for a closed call is done.
    assert [step.state for step in record.steps[9:]] == ["done"] * 3
    assert not [step for step in record.steps if step.state == "failed"]
    (call,) = record.calls
    assert not any("まだですか" in line.said for s in call.screens for line in s.lines)


@pytest.mark.slow
def test_any_later_line_is_heard(place: Place, tmp_path: Path) -> None:
    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.until_step(8, StepState.AWAITED)
        await it.console.record_dispatch(call, "救急7")
        await it.until_step(10, StepState.DOING)
        # The only line of three that the file has: it stands for the first, and is heard.
        await it.console.say(call, "もう出ました。")
        await it.until_step(10, StepState.DONE)
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, _ = play(place, tmp_path, deeds)
    assert given_up(record.steps) == {}


@pytest.mark.slow
def test_a_line_that_was_said_before_is_heard(place: Place, tmp_path: Path) -> None:
    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.console.say(call, "救急車が向かっています。")
        await it.until_step(4, StepState.DONE)
        await it.console.record_dispatch(call, "救急7")
        await it.until_step(10, StepState.DONE)
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, _ = play(place, tmp_path, deeds)
    assert given_up(record.steps) == {}


@pytest.mark.slow
def test_the_story_goes_on_when_nothing_is_said(
    place: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(vain, "PATIENCE_S", 1.0)
    scenario = with_timeline("""\
  - {actor: tomakomai, do: say, text: 救急車が向かっています。}
  - {actor: rider, do: hear, text: 向かっています, within: 1.5}
  - {actor: rider, do: say, text: 早く来てください。}
  - {id: closed, actor: tomakomai, do: close, outcome: practice-done}
""")

    async def deeds(it: Played) -> None:
        call = await it.call()
        await it.console.answer(call)
        await it.until_step(5, StepState.DOING)
        it.rehearsal.pause("leader")
        began = it.step(5).began_s
        assert began is not None
        assert it.view().elapsed_s - began < 1.5
        it.rehearsal.resume("leader")
        await it.heard(call, "早く来てください。")
        ended = it.step(5).ended_s
        assert ended is not None
        assert ended - began >= 1.4  # the step's own time, which is longer
        await it.console.close(call, CloseOutcome.PRACTICE_DONE)

    record, _ = play(place, tmp_path, deeds, scenario)
    why = ("1.5秒待っても発言がなかった", "no such line came within 1.5 s")
    assert given_up(record.steps) == {5: why}
    assert record.steps[5].state == "done"


def test_what_comes_after_the_closing_is_meant_for_a_closed_call() -> None:
    steps = tuple(SCENARIO.timeline)
    assert not vain.closed_before(steps, len(steps) - 1, "rider")
    assert vain.closed_before((*steps, steps[-2]), len(steps), "rider")
    assert not vain.closed_before((*steps, steps[-2]), len(steps), "other")
