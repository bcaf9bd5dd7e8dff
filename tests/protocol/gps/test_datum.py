"""Tokyo datum to WGS 84 and back, against PROJ and all over Japan."""

import math

import pyproj
import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.directory import distance_m
from net119_protocol.gps import DATUM_DOUBT_M, tokyo_to_wgs84, wgs84_to_tokyo

# EPSG:15484 with its three parameters spelled out: without them PROJ picks by itself, and another
# operation outside Japan.
PIPELINE = (
    "+proj=pipeline +step +proj=unitconvert +xy_in=deg +xy_out=rad"
    " +step +proj=cart +ellps=bessel"
    " +step +proj=helmert +x=-146.414 +y=507.337 +z=680.507"
    " +step +inv +proj=cart +ellps=WGS84"
    " +step +proj=unitconvert +xy_in=rad +xy_out=deg"
)
PROJ = pyproj.Transformer.from_pipeline(PIPELINE)
JAPAN = (st.floats(20.4, 45.6), st.floats(122.9, 154.0))
CITIES = {
    "Wakkanai": (45.4157, 141.6731),
    "Sapporo": (43.0621, 141.3544),
    "Tokyo": (35.6812, 139.7671),
    "Osaka": (34.7025, 135.4959),
    "Kagoshima": (31.5966, 130.5571),
    "Naha": (26.2124, 127.6809),
    "Ogasawara": (27.0944, 142.1919),
    "Yonaguni": (24.4680, 123.0045),
}


@given(*JAPAN)
def test_it_is_what_proj_computes(lat: float, lon: float) -> None:
    x, y = PROJ.transform(lon, lat)
    ours = tokyo_to_wgs84(lat, lon)
    assert distance_m(ours[1], ours[0], x, y) < 0.01


@pytest.mark.parametrize("place", CITIES)
def test_it_is_what_proj_chooses_for_the_two_datums(place: str) -> None:
    lat, lon = CITIES[place]
    there = pyproj.Transformer.from_crs("EPSG:4301", "EPSG:4326", always_xy=True)
    x, y = there.transform(lon, lat)
    ours = tokyo_to_wgs84(lat, lon)
    assert distance_m(ours[1], ours[0], x, y) < 0.01


@given(*JAPAN)
def test_there_and_back(lat: float, lon: float) -> None:
    back = tokyo_to_wgs84(*wgs84_to_tokyo(lat, lon))
    # Heights of 0 on both ellipsoids are not one height: at worst 17 mm, far south-east.
    assert distance_m(back[1], back[0], lon, lat) < 0.02


@given(*JAPAN)
def test_the_shift_is_to_the_north_west_and_less_than_the_doubt(lat: float, lon: float) -> None:
    there = tokyo_to_wgs84(lat, lon)
    assert there[0] > lat
    assert there[1] < lon
    assert distance_m(lon, lat, there[1], there[0]) < DATUM_DOUBT_M


@pytest.mark.parametrize(
    ("place", "metres"), [("Sapporo", 406), ("Tokyo", 464), ("Osaka", 444), ("Naha", 488)]
)
def test_how_far_a_forgotten_conversion_is_off(place: str, metres: float) -> None:
    lat, lon = CITIES[place]
    there = tokyo_to_wgs84(lat, lon)
    assert math.isclose(distance_m(lon, lat, there[1], there[0]), metres, abs_tol=3)
