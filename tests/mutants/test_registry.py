"""What a mutant must be."""

import types
from pathlib import Path
from typing import Any, cast

import pytest

from tests.mutants import defects
from tests.mutants.checks import named_checks, never_reached, uncovered
from tests.mutants.harness import purposes
from tests.mutants.registry import Patch, cover, load_mutants, mutant, part_of
from tests.mutants.test_mutants import PARTS


def nothing(_patch: Patch) -> None:
    """No defect at all."""


def test_a_mutant_kills_something_and_spares_its_smoke_purpose() -> None:
    for kills in ({}, {"ROUTE-OWN": "some check"}):
        with pytest.raises(ValueError, match="kill something"):
            mutant("useless", kills=kills)


def test_a_mutant_says_what_its_defect_is() -> None:
    made = mutant("explained", kills={"CHAT-ORDER": "some check"})(nothing)
    assert made.defect == "No defect at all."
    with pytest.raises(ValueError, match="docstring"):
        mutant("unexplained", kills={"CHAT-ORDER": "some check"})(lambda _patch: None)


def test_the_cover_kills_whatever_all_of_them_kill() -> None:
    every = load_mutants()
    chosen = cover(every)
    assert set(chosen) < set(every)
    assert {each for one in chosen.values() for each in one.kills} == {
        each for one in every.values() for each in one.kills
    }


def test_every_mutant_has_its_turn_and_each_part_some() -> None:
    every = load_mutants()
    parts = [part_of(every, PARTS, number) for number in range(1000, 1000 + PARTS)]
    assert sorted(name for part in parts for name in part) == sorted(every)
    assert {len(part) for part in parts} <= {len(every) // PARTS, len(every) // PARTS + 1}


def test_only_what_is_there_can_be_patched() -> None:
    owner = types.SimpleNamespace(answer=lambda number: number + 1)
    patch = Patch()
    patch.around(owner, "answer", lambda original, number: original(number) * 10)
    assert owner.answer(2) == 30
    patch(owner, "answer", None)
    assert owner.answer is None
    for change in (patch, patch.around):
        with pytest.raises(AttributeError):
            change(owner, "no_such", nothing)


def test_every_module_of_defects_is_searched() -> None:
    folder = Path(defects.__file__).parent
    there = {file.stem for file in folder.glob("*.py")} - {"__init__"}
    assert {one.apply.__module__.rpartition(".")[2] for one in load_mutants().values()} == there


def test_every_check_of_the_home_alarms_has_a_mutant() -> None:
    """Of these purposes each single check is proved, by `make mutants`."""
    alarms = [each for each in purposes().values() if ".alarm_" in each.source]
    mutants = load_mutants()
    assert uncovered(alarms, mutants) == {}
    checks = named_checks(alarms)
    assert len(alarms) == len(checks) > 20
    misnamed = [
        (one.name, name)
        for one in mutants.values()
        for purpose, name in one.kills.items()
        if purpose in checks and name not in checks[purpose]
    ]
    assert misnamed == []


def test_a_check_without_a_mutant_is_named_by_each_way_of_naming_it() -> None:
    every = purposes()
    seen = {
        "ALARM-TEST": "nobody is sent",  # a constant of the module
        "ALARM-UNCLEAR": "a new press is hailed anew",  # in a helper
        "REGISTER-HELPERS": "one helper is too few",  # of a loop
    }
    left = uncovered([every[name] for name in seen], {})
    assert {name: check in left[name] for name, check in seen.items()} == dict.fromkeys(seen, True)


def test_a_check_that_no_longer_comes_about_is_named() -> None:
    proved = {"one": mutant("one", kills={"CHAT-ORDER": "an order by a name of chance"})(_defect)}
    wanted = purposes()["CHAT-ORDER"]
    (checks,) = named_checks([wanted]).values()
    done = [types.SimpleNamespace(name=each) for each in sorted(checks) if "<" not in each]
    passed = [types.SimpleNamespace(id="CHAT-ORDER", checks=done)]
    proven = types.SimpleNamespace(name="an order by a name of chance")

    def missing(*more: Any) -> list[str]:
        passed[0].checks = [*done, *more]
        return never_reached(proved, [wanted], cast("Any", passed))

    assert missing(proven) == []
    assert missing() == ["CHAT-ORDER: 'an order by a name of chance' is never judged"]
    gone = done.pop()
    assert missing(proven) == [f"CHAT-ORDER: {gone.name!r} is never judged"]


def _defect(_patch: Patch) -> None:
    """A defect."""
