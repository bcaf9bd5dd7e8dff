"""Drills share a network where that changes nothing for them."""

import pytest
from net119_scenarios.acted import library
from net119_scenarios.acted.venue import Shape
from net119_scenarios.drills.web.hall import first_for
from net119_scenarios.drills.web.widening import providers_involved, widened

BASE = ("aoba", "midori")


def test_most_drills_of_the_library_need_no_other_network() -> None:
    first = Shape.of(widened(first_for("tomakomai"), BASE))
    every = [each for each in map(library.load, library.names()) if each.drill is not None]
    # The home alarm service starts at a time of day, each drill in a network of its own.
    drills = [each for each in every if not each.alarm_users()]
    suiting = [each for each in drills if Shape.of(widened(each, BASE)) == first]
    assert len(suiting) >= 10
    assert len(suiting) >= len(drills) - 3


@pytest.mark.parametrize("center", ["tomakomai", "chitose", "chita", "aso"])
def test_every_center_that_rehearses_has_its_provider(center: str) -> None:
    providers = first_for(center).network.providers
    assert {"tomakomai": "aoba", "chitose": "aoba", "chita": "midori", "aso": "akane"}[
        center
    ] in providers


@pytest.mark.parametrize(
    "name", ["peer-overloaded", "peer-rejects-no-console", "planned-stop", "late-accept"]
)
def test_a_provider_that_is_played_or_stopped_is_not_run_besides(name: str) -> None:
    scenario = library.load(name)
    assert scenario.network.providers == ("aoba",)
    assert "midori" in providers_involved(scenario)
    assert widened(scenario, BASE).network.providers == ("aoba",)


def test_a_place_in_another_providers_area_involves_it() -> None:
    scenario = library.load("silent-caller")
    assert widened(scenario, BASE).network.providers == BASE
    moved = scenario.model_dump(mode="json")
    caller = next(each for each in moved["actors"].values() if each["role"] == "caller")
    caller["position"] |= {"lat": 34.72, "lon": 136.93}
    elsewhere = type(scenario).model_validate(moved)
    assert "midori" in providers_involved(elsewhere)
    assert widened(elsewhere, BASE).network.providers == ("aoba",)
