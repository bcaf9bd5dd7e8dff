"""Who can play whom."""

from pathlib import Path

import pytest
from net119_scenarios.acted.drill_part import Fault
from net119_scenarios.acted.library import load
from net119_scenarios.acted.reading import read_file
from net119_scenarios.drills.roles import (
    RolePlay,
    WrongRoles,
    bad,
    bad_actor,
    checked,
    of_people,
    person,
)

SCENARIO = read_file(Path(__file__).parent / "faint.yaml")


def test_who_is_not_named_is_simulated() -> None:
    plays = checked(SCENARIO, {"tomakomai": person("佐藤")})
    assert plays == {"rider": RolePlay(), "tomakomai": RolePlay("person", "佐藤")}
    assert of_people(SCENARIO) == {"tomakomai": person()}
    assert [plays["tomakomai"].label, bad(Fault.SLOW).label] == ["person", "bad:slow"]
    assert bad_actor(SCENARIO, Fault.SLOW) == "tomakomai"


def test_staff_can_forget_to_announce_and_nothing_else() -> None:
    scenario = load("service-outage")
    assert bad_actor(scenario, Fault.ANNOUNCES_NOTHING) == "office"
    plays = checked(scenario, {"office": bad(Fault.ANNOUNCES_NOTHING)})
    assert plays["office"].label == "bad:announces-nothing"
    assert of_people(scenario) == {"tomakomai": person(), "office": person()}
    with pytest.raises(WrongRoles, match="office is no dispatcher"):
        checked(scenario, {"office": bad(Fault.ASKS_NOTHING)})


@pytest.mark.parametrize(
    ("roles", "why"),
    [
        ({"chitose": person()}, "there is no actor 'chitose'"),
        ({"rider": bad(Fault.SLOW)}, "rider is no dispatcher, so it cannot be bad:slow"),
        ({"rider": RolePlay("rule-based")}, "rider is no dispatcher"),
        ({"tomakomai": bad(Fault.WRONG_TRANSFER)}, "not meant to be played wrong-transfer; it has"),
    ],
)
def test_what_nobody_can_play_is_refused(roles: dict[str, RolePlay], why: str) -> None:
    with pytest.raises(WrongRoles, match=why) as caught:
        checked(SCENARIO, roles)
    assert any("ぁ" <= each <= "鿿" for each in caught.value.ja)
