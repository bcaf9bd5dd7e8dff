"""Points and discs, against places known from elsewhere and against brute force."""

import math
import random

import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.directory import (
    COAST_M,
    MAX_RADIUS_M,
    JurisdictionIndex,
    Municipalities,
    random_point_in,
)

from tests.protocol.directory import brute

# Town halls (WGS 84) from a list of town-hall positions that is independent of the polygons.
TOWN_HALLS = {
    "01213": (42.6343, 141.6054),
    "01224": (42.8210, 141.6509),
    "01100": (43.0621, 141.3544),
    "23216": (34.8867, 136.8324),
    "23205": (34.8917, 136.9380),
    "23222": (35.0228, 136.9025),
    "23223": (35.0117, 136.9638),
    "23224": (34.9965, 136.8648),
    "23441": (34.9329, 136.9153),
    "23442": (34.9771, 136.9656),
    "23445": (34.7152, 136.9300),
    "23446": (34.7788, 136.9082),
    "23447": (34.8511, 136.9148),
    "43214": (32.9520, 131.1210),
    "43423": (33.0987, 131.0704),
    "43424": (33.1216, 131.0681),
    "43425": (32.9958, 131.2168),
    "43428": (32.8273, 131.1220),
    "43433": (32.8450, 131.0176),
    # Namesakes elsewhere, and an exclave and an enclave.
    "06401": (38.0616, 139.7434),
    "18442": (35.6005, 135.9405),
    "20403": (35.5515, 137.8784),
    "30427": (33.9321, 135.9692),
    "15504": (37.4220, 138.6225),
}

PROPERTY = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.mark.parametrize(("code", "place"), TOWN_HALLS.items())
def test_a_town_hall_lies_in_its_municipality(
    index: JurisdictionIndex, code: str, place: tuple[float, float]
) -> None:
    lat, lon = place
    hit = index.at(lon, lat)
    assert (hit.municipality, hit.distance_m, hit.sea, hit.outside_japan) == (
        code,
        0.0,
        False,
        False,
    )


def test_an_enclave_is_its_own_and_not_the_city_around_it(index: JurisdictionIndex) -> None:
    # A piece of Funabashi lies as an island inside Kamagaya.
    assert index.at(139.9929, 35.7493).municipality == "12204"
    assert index.within(139.9929, 35.7493, 100.0) == [("12204", 1.0)]
    wide = dict(index.within(139.9929, 35.7493, 2_000.0))
    assert wide["12224"] > wide["12204"] > 0


@pytest.mark.parametrize("place", [(35.7493, 139.9929), (37.4242, 138.6269), (37.44, 138.66)])
@pytest.mark.parametrize("radius", [300.0, 1_500.0, 4_000.0, 12_000.0])
def test_a_hole_counts_for_the_enclave_alone(
    index: JurisdictionIndex,
    municipalities: Municipalities,
    place: tuple[float, float],
    radius: float,
) -> None:
    lat, lon = place
    raw = brute.shares(municipalities, lon, lat, radius)
    found = dict(index.within(lon, lat, radius))
    for code in raw.keys() | found.keys():
        assert found.get(code, 0.0) == pytest.approx(raw.get(code, 0.0), abs=0.01)


def test_an_exclave_belongs_to_its_far_municipality(index: JurisdictionIndex) -> None:
    # Kitayama (Wakayama) lies between Mie and Nara, away from the rest of Wakayama.
    lat, lon = TOWN_HALLS["30427"]
    neighbours = {touched.municipality[:2] for touched in index.within(lon, lat, 8_000.0)}
    assert index.at(lon, lat).municipality == "30427"
    assert {"24", "29", "30"} == neighbours


def test_doubly_claimed_ground_goes_to_the_smaller_municipality(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    lon, lat = 139.73362227126242, 37.829350000000005
    claims = brute.holding(municipalities, lon, lat)
    assert claims == ["06403", "07208", "15385"]
    smallest = min(claims, key=lambda code: municipalities.polygon(code).area)
    assert index.at(lon, lat).municipality == smallest == "06403"
    found = dict(index.within(lon, lat, 100.0))
    raw = brute.shares(municipalities, lon, lat, 100.0)
    assert sum(raw.values()) > 1.2
    assert sum(found.values()) == pytest.approx(1.0, abs=1e-9)
    for code, share in raw.items():
        assert found[code] == pytest.approx(share / sum(raw.values()), abs=0.01)


def test_every_hairline_overlap_is_decided(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    pairs = index.tree.query(municipalities.polygons, predicate="overlaps").T.tolist()
    codes = [(municipalities.codes[a], municipalities.codes[b]) for a, b in pairs if a < b]
    assert len(codes) == 60
    for one, other in codes:
        both = municipalities.polygon(one).intersection(municipalities.polygon(other))
        point = both.representative_point()
        claims = brute.holding(municipalities, point.x, point.y)
        smallest = min(claims, key=lambda code: municipalities.polygon(code).area)
        assert index.at(point.x, point.y).municipality == smallest
        assert sum(o.share for o in index.within(point.x, point.y, 100.0)) <= 1.0 + 1e-9


@pytest.mark.parametrize(
    ("name", "lat", "lon", "code", "far"),
    [
        ("off the beach of Minamichita", 34.72, 136.874, "23445", False),
        ("off Minamichita, over 1 km", 34.72, 136.868, "23445", True),
        ("Ise Bay", 34.75, 136.83, "23446", True),
        ("off Cape Soya", 45.53, 141.93, "01214", False),
        ("north of Wakkanai", 45.60, 141.80, "01214", True),
        ("middle of Tokyo Bay", 35.45, 139.85, "12206", True),
    ],
)
def test_at_sea_the_nearest_municipality_counts(
    index: JurisdictionIndex,
    municipalities: Municipalities,
    name: str,
    lat: float,
    lon: float,
    code: str,
    far: bool,
) -> None:
    away = brute.distances(municipalities, lon, lat)
    hit = index.at(lon, lat)
    assert hit.municipality == code == min(away, key=lambda c: away[c]), name
    assert hit.distance_m == pytest.approx(away[code], rel=0.005)
    assert hit.sea
    assert not hit.outside_japan
    assert (hit.distance_m > COAST_M) is far


@pytest.mark.parametrize(
    ("name", "lat", "lon"),
    [
        ("Seoul", 37.5665, 126.9780),
        ("Busan", 35.1796, 129.0756),
        ("Yuzhno-Sakhalinsk", 46.9591, 142.7381),
        ("off Sakhalin", 46.20, 141.90),
        ("Vladivostok", 43.1155, 131.8855),
        ("Taipei", 25.0330, 121.5654),
        ("Honolulu", 21.3069, -157.8583),
        ("Pacific, east of Japan", 36.0, 145.0),
        ("north pole", 90.0, 0.0),
        ("date line", 0.0, 180.0),
    ],
)
def test_abroad_and_the_high_sea_are_outside_japan(
    index: JurisdictionIndex, name: str, lat: float, lon: float
) -> None:
    assert index.at(lon, lat) == (None, math.inf, True, True), name
    assert index.within(lon, lat, MAX_RADIUS_M if name != "Busan" else 20_000.0) == []


def test_remote_islands_are_in_japan(index: JurisdictionIndex) -> None:
    assert index.at(122.97, 24.45).municipality == "47382"  # Yonaguni
    assert index.at(153.98, 24.285).municipality == "13421"  # Minamitorishima
    assert index.at(136.08, 20.425).municipality == "13421"  # Okinotorishima, 90 m off its polygon
    assert not index.at(136.08, 20.425).outside_japan


def test_a_disc_over_the_border_of_tomakomai_and_chitose(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    lon, lat = 141.478092, 42.752055
    found = dict(index.within(lon, lat, 500.0))
    assert found.keys() == {"01213", "01224"}
    for code, share in brute.shares(municipalities, lon, lat, 500.0).items():
        assert found[code] == pytest.approx(share, abs=0.01)


def test_points_and_discs_agree_with_brute_force(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    rng = random.Random(119)
    compared = 0
    for code in rng.sample(municipalities.codes, 60):
        west, south, east, north = municipalities.polygon(code).bounds
        lon, lat = rng.uniform(west, east), rng.uniform(south, north)
        claims = brute.holding(municipalities, lon, lat)
        hit = index.at(lon, lat)
        assert (hit.distance_m == 0.0) == bool(claims)
        if claims:
            assert hit.municipality in claims
        radius = rng.choice([100.0, 800.0, 5_000.0, 20_000.0])
        raw = brute.shares(municipalities, lon, lat, radius)
        scale = max(1.0, sum(raw.values()))
        found = dict(index.within(lon, lat, radius))
        for touched in raw.keys() | found.keys():
            assert found.get(touched, 0.0) == pytest.approx(raw.get(touched, 0.0) / scale, abs=0.01)
            compared += 1
    assert compared > 100


def test_a_disc_centred_on_a_corner_of_a_border(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    # Angles at the very corner are undefined; the area must not be.
    corners = municipalities.polygon("01224").exterior.coords[:-1]
    for lon, lat in corners[:: len(corners) // 12]:
        raw = brute.shares(municipalities, lon, lat, 300.0)
        found = dict(index.within(lon, lat, 300.0))
        for code in raw.keys() | found.keys():
            assert found.get(code, 0.0) == pytest.approx(raw.get(code, 0.0), abs=0.01)


@given(
    lon=st.floats(120.0, 156.0),
    lat=st.floats(20.0, 47.0),
    radius=st.floats(1.0, MAX_RADIUS_M),
    factor=st.floats(1.0, 5.0),
)
@PROPERTY
def test_look_ups_are_total_and_consistent(
    index: JurisdictionIndex, lon: float, lat: float, radius: float, factor: float
) -> None:
    hit = index.at(lon, lat)
    assert hit == index.at(lon, lat)
    assert hit.outside_japan == (hit.municipality is None) == math.isinf(hit.distance_m)
    assert hit.sea == (hit.distance_m > 0)
    overlaps = index.within(lon, lat, radius)
    assert overlaps == index.within(lon, lat, radius)
    assert sum(o.share for o in overlaps) <= 1.0 + 1e-9
    assert all(0.0 < o.share <= 1.0 + 1e-9 for o in overlaps)
    assert [o.share for o in overlaps] == sorted((o.share for o in overlaps), reverse=True)
    assert len({o.municipality for o in overlaps}) == len(overlaps)
    if overlaps and hit.sea:
        assert hit.distance_m <= radius or hit.outside_japan
    # What a disc touches, a larger disc touches with at least the same area of land in sum.
    larger = min(radius * factor, MAX_RADIUS_M)
    more = index.within(lon, lat, larger)
    land = sum(o.share for o in overlaps) * radius**2
    assert sum(o.share for o in more) * larger**2 >= land * (1 - 1e-6) - 1.0


@given(seed=st.integers(0, 2**32), number=st.integers(0, 1_757))
@PROPERTY
def test_a_disc_around_a_point_inside_holds_its_own_municipality(
    index: JurisdictionIndex, municipalities: Municipalities, seed: int, number: int
) -> None:
    code = municipalities.codes[number]
    lon, lat = random_point_in(index, code, random.Random(seed))
    assert index.at(lon, lat).municipality == code
    assert code in [o.municipality for o in index.within(lon, lat, 100.0)]
    edge = index.border_distance_m(code, lon, lat)
    if 1.0 < edge < MAX_RADIUS_M:
        assert index.within(lon, lat, edge * 0.99)[0].share == pytest.approx(1.0, abs=1e-6)


@pytest.mark.parametrize("beyond_m", [-0.5, 0.5])
def test_outside_japan_begins_22_km_from_land(index: JurisdictionIndex, beyond_m: float) -> None:
    lon, lat = east_of_minamitorishima(index, 22_000.0 + beyond_m)
    hit = index.at(lon, lat)
    assert hit.sea
    if beyond_m > 0:
        assert hit == (None, math.inf, True, True)
    else:
        assert (hit.municipality, hit.outside_japan) == ("13421", False)
        assert hit.distance_m == pytest.approx(22_000.0 + beyond_m, abs=0.01)


def east_of_minamitorishima(index: JurisdictionIndex, away_m: float) -> tuple[float, float]:
    """A place on the high sea so far from an island with no other land around."""
    lat, (west, east) = 24.285, (154.0, 155.0)
    for _ in range(50):
        lon = (west + east) / 2
        near = index.border_distance_m("13421", lon, lat) < away_m
        west, east = (lon, east) if near else (west, lon)
    return west, lat


def test_the_distance_of_a_border_is_that_of_the_nearest_piece_of_it(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    for code, (lat, lon) in TOWN_HALLS.items():
        outline = brute.in_metres(municipalities.polygon(code).boundary, lon, lat)
        found = index.border_distance_m(code, lon, lat)
        assert found == pytest.approx(outline.distance(shapely.Point(0, 0)), rel=0.01)


def test_a_disc_on_the_border_has_part_of_both_sides(
    index: JurisdictionIndex, municipalities: Municipalities
) -> None:
    """Whatever its size: what settles most discs at once must not settle these."""
    lat, lon = TOWN_HALLS["01224"]
    edge = index.border_distance_m("01224", lon, lat)
    inside, beyond = (index.within(lon, lat, edge * part) for part in (0.999, 1.05))
    assert dict(inside) == {"01224": pytest.approx(1.0, abs=1e-9)}
    assert 0.9 < beyond[0].share < 1.0
    assert dict(index.within(lon, lat, 0.5)) == {"01224": pytest.approx(1.0)}


@pytest.mark.parametrize(
    ("lon", "lat"), [(-180.0, 0.0), (180.0, 0.0), (0.0, -90.0), (0.0, 90.0), (-180.0, -90.0)]
)
def test_the_ends_of_the_earth_are_positions(
    index: JurisdictionIndex, lon: float, lat: float
) -> None:
    assert index.at(lon, lat).outside_japan
    assert index.within(lon, lat, 100.0) == []


@pytest.mark.parametrize(
    ("lon", "lat"),
    [
        (math.nan, 35.0),
        (139.0, math.nan),
        (math.inf, 35.0),
        (181.0, 35.0),
        (35.0, 139.0),
        (-180.5, 35.0),
        (139.0, -90.5),
        (180.5, 35.0),
        (139.0, 90.5),
    ],
)
def test_what_is_no_position_is_refused_by_name(
    index: JurisdictionIndex, lon: float, lat: float
) -> None:
    with pytest.raises(ValueError, match="no position on earth"):
        index.at(lon, lat)
    with pytest.raises(ValueError, match="no position on earth"):
        index.within(lon, lat, 100.0)


@pytest.mark.parametrize("radius", [0.0, -1.0, math.nan, math.inf, MAX_RADIUS_M + 1])
def test_a_radius_that_is_none_is_refused(index: JurisdictionIndex, radius: float) -> None:
    with pytest.raises(ValueError, match="radius"):
        index.within(139.7, 35.6, radius)
