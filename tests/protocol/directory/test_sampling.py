"""Places for simulated people."""

import random

import pytest
import shapely
from net119_protocol.directory import (
    JurisdictionIndex,
    Municipalities,
    border_point,
    neighbours,
    random_point_in,
)

from tests.protocol.directory import brute


@pytest.mark.parametrize("margin", [0.0, 50.0, 500.0])
def test_a_point_is_inside_and_as_far_from_the_border_as_asked(
    index: JurisdictionIndex, municipalities: Municipalities, margin: float
) -> None:
    rng = random.Random(7)
    for code in ("01213", "01224", "23445", "23446", "43424", "13421", "30427", "47382"):
        for _ in range(5):
            lon, lat = random_point_in(index, code, rng, margin_m=margin)
            assert brute.holding(municipalities, lon, lat) == [code]
            border = brute.in_metres(municipalities.polygon(code), lon, lat).boundary
            assert border.distance(shapely.Point(0, 0)) >= margin * 0.99


def test_the_same_seed_gives_the_same_point(index: JurisdictionIndex) -> None:
    one = [random_point_in(index, "43214", random.Random(3)) for _ in range(2)]
    assert one[0] == one[1] != random_point_in(index, "43214", random.Random(4))


def test_every_municipality_has_a_point(index: JurisdictionIndex) -> None:
    rng = random.Random(1)
    for code in index.municipalities:
        assert index.at(*random_point_in(index, code, rng)).municipality == code


def test_a_margin_that_no_point_can_keep_is_refused(index: JurisdictionIndex) -> None:
    with pytest.raises(ValueError, match="no point 50000 m from its border"):
        random_point_in(index, "23446", random.Random(1), margin_m=50_000.0)
    with pytest.raises(KeyError):
        random_point_in(index, "99999", random.Random(1))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("01213", ["01224", "01578", "01581", "01585"]),
        # On the peninsula: Minamichita touches Mihama only; Mihama also Tokoname and Taketoyo.
        ("23445", ["23446"]),
        ("23446", ["23216", "23445", "23447"]),
        ("13421", []),
    ],
)
def test_neighbours(index: JurisdictionIndex, code: str, expected: list[str]) -> None:
    assert neighbours(index, code) == expected


def test_a_border_point_has_both_sides_near(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    for code in ("01213", "01224", "23446", "43214", "43433"):
        for other in neighbours(index, code):
            lon, lat = border_point(index, code, other)
            found = brute.shares(municipalities, lon, lat, 500.0)
            assert min(found[code], found[other]) > 0.2, (code, other)
            assert (lon, lat) == border_point(index, code, other)


def test_a_border_that_does_not_exist_is_refused(index: JurisdictionIndex) -> None:
    for code, other in (("01213", "43214"), ("01213", "01213")):
        with pytest.raises(ValueError, match="no common border"):
            border_point(index, code, other)
