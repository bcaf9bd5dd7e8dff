"""The world under load: enough centers, and everybody well inside their department."""

from collections import Counter
from datetime import UTC, datetime

import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.plan import PER_CONSOLE
from net119_loadtests.world import centers_for, load_directory_for, people_at, places_of
from net119_protocol.directory import load_directory, load_municipalities
from net119_simulators.person import jurisdictions

NOW = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("callers", "centers"), [(1, 1), (PER_CONSOLE, 1), (PER_CONSOLE + 1, 2), (200, 4), (5000, 100)]
)
def test_no_console_holds_more_than_its_share(callers: int, centers: int) -> None:
    assert centers_for(callers) == centers


def test_callers_are_spread_evenly_and_stand_inside() -> None:
    known = load_municipalities()
    places = places_of(load_directory_for("aoba", 3, known), "aoba", NOW)
    people = people_at(places, 12, "run")
    assert Counter(place.center for place, _ in people) == dict.fromkeys(
        {place.center for place in places}, 4
    )
    assert len({person.mail for _, person in people}) == 12
    for place, person in people:
        point = person.address.lon, person.address.lat
        around = jurisdictions().within(*point, 400.0)
        assert [overlap.municipality for overlap in around] == [place.municipality]


def test_the_same_run_has_the_same_people() -> None:
    known = load_municipalities()
    places = places_of(load_directory_for("aoba", 1, known), "aoba", NOW)
    assert people_at(places, 3, "run") == people_at(places, 3, "run")


def test_of_a_given_directory_only_the_operators_centers_are_used() -> None:
    places = places_of(load_directory(load_municipalities()), "aoba", NOW)
    assert {place.center for place in places} == {"tomakomai", "chitose"}
    # A center with many municipalities gets no more calls than one with few.
    chita = places_of(load_directory(load_municipalities()), "midori", NOW)
    assert len({place.municipality for place in chita}) == 10


def test_an_operator_without_centers_is_refused() -> None:
    with pytest.raises(LoadError, match="no center of operator 'nobody'"):
        places_of(load_directory(load_municipalities()), "nobody", NOW)


def test_more_centers_than_municipalities_are_refused() -> None:
    with pytest.raises(LoadError, match="--callers"):
        load_directory_for("aoba", 10_000, load_municipalities())
