"""What a record shows of the play, and what a fault's record lacks."""

from typing import Any

import pytest
from net119_protocol.codes import Kind, Mode, SenderRole
from net119_scenarios.acted.drill_part import Bad
from net119_scenarios.drills.expected import Shown, faultless, lacking, shown
from net119_scenarios.drills.record import (
    Aim,
    CallKept,
    Checked,
    DrillRecord,
    LineShown,
    Pause,
    Question,
    Screen,
    StepTaken,
)

from tests.scenarios.drills.drills import a_record, both

QUESTION = Question(
    id="breathing",
    by="tomakomai",
    what=both("息を確かめた"),
    words=("息", "呼吸"),
    told=("息はあります",),
)
AIM = Aim(begin="called", end="answered", seconds=20, what=both("応答まで"))


def line(seq: int, text: str, by: SenderRole = SenderRole.DISPATCHER, **other: Any) -> LineShown:
    name = "佐藤" if by is SenderRole.DISPATCHER else ""
    return LineShown(
        **({"at_s": seq, "seq": seq, "sender": by, "sender_name": name, "text": text} | other)
    )


def record(*lines: LineShown, **parts: Any) -> DrillRecord:
    screen = Screen(of="tomakomai", side="console", center="tomakomai", lines=lines)
    call = CallKept(name="rider", id="x", mode=Mode.DRILL, kind=Kind.AMBULANCE, screens=(screen,))
    return a_record(**({"questions": (QUESTION,), "calls": (call,)} | parts))


@pytest.mark.parametrize(
    "said",
    [
        line(1, "こきゅう、呼吸はありますか"),
        line(1, "息はどうですか"),
        line(1, "はい、息はあります。", SenderRole.CALLER),
    ],
)
def test_what_was_asked_or_told_is_not_missed(said: LineShown) -> None:
    assert shown(record(said)).missed == frozenset()


@pytest.mark.parametrize(
    "said",
    [
        line(1, "どこですか"),
        line(1, "どこが痛いですか", options=("息が苦しい", "胸")),
        line(1, "息が苦しいです", SenderRole.CALLER),
        line(1, "呼吸を確かめてください", SenderRole.SYSTEM),
    ],
)
def test_what_was_neither_is_missed(said: LineShown) -> None:
    assert shown(record(said)).missed == {"breathing"}
    assert shown(record()).missed == {"breathing"}


def test_a_question_of_somebody_else_is_not_ones_own() -> None:
    there = line(1, "息はありますか", sender_name="千歳の指令員")
    role = (
        record()
        .roles[1]
        .model_copy(update={"actor": "chitose", "by": "simulator", "titles": ("千歳の指令員",)})
    )
    given = record(there)
    assert shown(given.model_copy(update={"roles": (*given.roles, role)})).missed == {"breathing"}


def test_a_question_of_one_call_is_not_asked_in_another() -> None:
    asked = record(
        line(1, "息はありますか"), questions=(QUESTION.model_copy(update={"call": "rider"}),)
    )
    assert shown(asked).missed == frozenset()
    elsewhere = asked.model_copy(
        update={"questions": (QUESTION.model_copy(update={"call": "mother"}),)}
    )
    assert shown(elsewhere).missed == {"breathing"}


@pytest.mark.parametrize(
    ("moments", "pauses", "late"),
    [
        ({"called": 1.0, "answered": 21.0}, (), False),
        ({"called": 1.0, "answered": 21.5}, (), True),
        ({"called": 1.0}, (), True),
        ({"called": 1.0, "answered": 41.0}, (Pause(began_s=5, ended_s=26),), False),
        ({"called": 1.0, "answered": 41.0}, (Pause(began_s=0, ended_s=10),), True),
        ({"called": 1.0, "answered": 41.0}, (Pause(began_s=50, ended_s=99),), True),
    ],
)
def test_a_target_counts_without_pauses(
    moments: dict[str, float], pauses: tuple[Pause, ...], late: bool
) -> None:
    given = record(aims=(AIM,), moments=moments, pauses=pauses)
    assert (shown(given).late == {"answered"}) is late


def test_what_a_fault_must_show_and_does_not_is_told() -> None:
    bad = Bad.model_validate(
        {"fault": "slow", "missed": ["breathing"], "late": ["answered"], "fails": ["owner"]}
    )
    held = Checked(name="owner", words=both("担当"), held=True)
    good = record(
        line(1, "息はありますか"),
        aims=(AIM,),
        moments={"called": 0.0, "answered": 1.0},
        checks=(held,),
    )
    assert [each.en for each in lacking(good, bad)] == [
        "the record does not show missed: breathing",
        "the record does not show late: answered",
        "the record does not show fails: owner",
    ]
    assert faultless(good) == []
    badly = record(aims=(AIM,), checks=(held.model_copy(update={"held": False}),))
    assert lacking(badly, bad) == []
    assert [each.en for each in faultless(badly)] == [
        "missed: breathing",
        "late: answered",
        "does not hold: owner",
    ]
    assert shown(badly) == Shown(
        frozenset({"breathing"}), frozenset({"answered"}), frozenset({"owner"})
    )


def test_a_step_that_failed_is_no_good_play() -> None:
    step = StepTaken(number=3, actor="rider", do="hear", state="failed")
    given = record(line(1, "息は"), steps=(step,))
    assert [each.en for each in faultless(given)] == ["step failed: 4 hear"]


def test_what_is_optional_may_be_missed() -> None:
    optional = QUESTION.model_copy(update={"required": False})
    assert faultless(record(questions=(optional,))) == []
