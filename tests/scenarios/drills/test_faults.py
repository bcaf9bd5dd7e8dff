"""What each fault makes of the timeline."""

from pathlib import Path

import pytest
from net119_scenarios.acted import deeds
from net119_scenarios.acted.drill_part import Bad, Fault
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.drills.faults import JARGON, Spoiled, asks, spoiled, together

FAINT = (Path(__file__).parent / "faint.yaml").read_text("utf-8")
# Numbers of steps from 0, as they stand here.
TIMELINE = """\
timeline:
  - {actor: rider, do: call, kind: ambulance}
  - {id: answered, actor: tomakomai, do: answer}
  - {actor: tomakomai, do: say, text: 119番です。}
  - {actor: rider, do: hear, text: 119番}
  - {id: asked, actor: tomakomai, do: say, text: 火事ですか。, options: {fire: 火事, ill: 救急}}
  - {actor: rider, do: choose, option: ill}
  - {actor: tomakomai, do: hear, text: 救急}
  - {actor: rider, do: lose}
  - {actor: tomakomai, do: wait, presence: gone}
  - {id: back, actor: tomakomai, do: call-back}
  - {actor: tomakomai, do: say, text: 救急車が向かっています。}
  - {actor: rider, do: open-callback}
  - {actor: tomakomai, do: wait, presence: connected}
  - {actor: rider, do: hear, text: 向かっています}
  - {actor: tomakomai, do: say, text: 場所を見つけました。}
  - {id: handed, actor: tomakomai, do: transfer, to: chitose}
  - {actor: tomakomai, do: close, outcome: relayed-by-phone, relayed_to: 千歳}
"""


def scenario() -> Scenario:
    head, tail = FAINT[: FAINT.index("timeline:")], FAINT[FAINT.index("drill:") :]
    must = "must:\n  - {check: owner, department: tomakomai}\n"
    return read_scenario(head + TIMELINE + must + tail[: tail.index("  bad:")], "x.yaml")


def play(fault: Fault, **other: object) -> Spoiled:
    return spoiled(scenario(), Bad.model_validate({"fault": fault, **other}), "tomakomai")


def test_who_never_answers_does_nothing_and_nobody_waits_for_it() -> None:
    left = play(Fault.NEVER_ANSWERS).left_out
    assert left == {1, 2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16}


def test_the_slow_one_waits_before_answering_only() -> None:
    assert play(Fault.SLOW, seconds=7) == Spoiled(delays={1: 7.0})


def test_several_play_badly_together() -> None:
    close = scenario().timeline[16]
    one = Spoiled(frozenset({4}), {1: 7.0}, {10: close}, {1: close})
    other = Spoiled(frozenset({1, 5}), {2: 3.0}, {}, {9: close})
    both = together([one, other])
    assert both.left_out == {1, 4, 5}
    assert (both.delays, both.changed) == ({1: 7.0, 2: 3.0}, {10: close})
    # What follows a step that another leaves out does not happen.
    assert both.after == {9: close}
    assert together([]) == Spoiled()


def test_who_asks_nothing_still_speaks() -> None:
    spoils = play(Fault.ASKS_NOTHING)
    # The question and what is told of the place (on the checklist), and all that answers them.
    assert spoils.left_out == {4, 5, 6, 14}


def test_jargon_stands_in_place_of_every_question() -> None:
    spoils = play(Fault.JARGON)
    assert sorted(spoils.changed) == [4, 14]
    for step in spoils.changed.values():
        assert isinstance(step, deeds.Say)
        assert (step.text, step.options) == (JARGON, {})
    assert spoils.left_out == {5, 6}


def test_who_closes_early_does_so_after_the_answer_with_the_same_outcome() -> None:
    spoils = play(Fault.CLOSES_EARLY)
    assert list(spoils.after) == [1]
    close = spoils.after[1]
    assert isinstance(close, deeds.Close)
    assert (close.actor, close.outcome, close.relayed_to) == (
        "tomakomai",
        "relayed-by-phone",
        "千歳",
    )
    assert spoils.left_out == {2, 3, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16}


def test_who_ignores_silence_does_nothing_until_the_caller_is_back() -> None:
    # Nor is waited for the caller, who has no mail to come back by; the end is as it was.
    assert play(Fault.IGNORES_SILENCE).left_out == {9, 10, 11, 12, 13}


def test_the_wrong_one_is_transferred_to() -> None:
    spoils = play(Fault.WRONG_TRANSFER, to="aso")
    (changed,) = spoils.changed.values()
    assert isinstance(changed, deeds.Transfer)
    assert list(spoils.changed) == [15]
    assert changed.to == "aso"
    assert not spoils.left_out


def test_what_is_left_out_takes_with_it_what_waits_for_it() -> None:
    assert play(Fault.LEAVES_OUT, steps=("back",)).left_out == {9, 11}
    assert play(Fault.LEAVES_OUT, steps=("asked",)).left_out == {4, 5}


@pytest.mark.parametrize(("number", "question"), [(2, False), (4, True), (10, False), (14, True)])
def test_what_is_a_question(number: int, question: bool) -> None:
    given = scenario()
    assert asks(given, given.timeline[number]) is question


def test_every_fault_is_known() -> None:
    for fault in Fault:
        extra = {"to": "aso"} if fault is Fault.WRONG_TRANSFER else {}
        assert play(fault, **extra) is not None
