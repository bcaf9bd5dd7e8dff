"""Answers of real phones, as jpmobile's tests recorded them."""

import pytest
from net119_protocol.gps import (
    CELL_RADIUS_M,
    DATUM_DOUBT_M,
    Carrier,
    CarrierFix,
    Datum,
    Dialect,
    read_position,
)

DMS = "lat=%2B35.00.35.600&lon=%2B135.41.35.600"
DEGREES = "&lat=%2b43.07772&lon=%2b141.34114"
ELLIPSE = "&alt=64&time=20061016192415&smaj=69&smin=18&vert=21&majaa=115&fm=1"
SIMPLE = "datum=tokyo&unit=dms&lat=43.04.55.00&lon=141.20.50.75"
GOLDEN = [
    (Carrier.DOCOMO, f"{DMS}&geo=wgs84&x-acc=3", 35.00988889, 135.6932222),
    (Carrier.DOCOMO, f"{DMS}&geo=WGS84&alt=%2B64.000&x-acc=1", 35.00988889, 135.6932222),
    (
        Carrier.DOCOMO,
        "LAT=%2B35.00.35.600&LON=%2B135.41.35.600&GEO=wgs84&POSINFO=2&AREACODE=00100&ACTN=OK",
        35.00988889,
        135.6932222,
    ),
    (Carrier.AU, f"ver=1&datum=0&unit=1{DEGREES}{ELLIPSE}", 43.07772, 141.34114),
    (
        Carrier.AU,
        "ver=1&datum=0&unit=0&lat=%2b43.05.08.95&lon=%2b141.20.25.99&alt=155&time=20060521010328"
        "&smaj=76&smin=62&vert=65&majaa=49&fm=1",
        43.08581944,
        141.3405528,
    ),
    (Carrier.AU, SIMPLE, 43.08194444, 141.3474306),
    (Carrier.SOFTBANK, "pos=N43.3.18.42E141.21.1.88&geo=wgs84&x-acr=1", 43.05511667, 141.3505222),
]
TOKYO = [
    (
        Carrier.AU,
        "ver=1&datum=1&unit=1&lat=%2b43.07475&lon=%2b141.34259&alt=8&time=20061017182825&smaj=113"
        "&smin=76&vert=72&majaa=108&fm=1",
        43.07719289,
        141.3389013,
    ),
    (Carrier.WILLCOM, "pos=N43.04.34.049E141.21.03.279", 43.078568, 141.347223),
]


@pytest.mark.parametrize(("carrier", "query", "lat", "lon"), GOLDEN)
def test_wgs84_answers_are_taken_as_they_are(
    carrier: Carrier, query: str, lat: float, lon: float
) -> None:
    fix = read_position(carrier, query)
    assert fix.carrier is carrier
    assert fix.datum is Datum.WGS84
    assert (fix.lat, fix.lon) == pytest.approx((lat, lon), abs=1e-7)
    assert (fix.told_lat, fix.told_lon) == (fix.lat, fix.lon)


@pytest.mark.parametrize(("carrier", "query", "lat", "lon"), TOKYO)
def test_tokyo_answers_are_converted(carrier: Carrier, query: str, lat: float, lon: float) -> None:
    fix = read_position(carrier, query)
    assert fix.datum is Datum.TOKYO
    # jpmobile computes with the linear formula, good to about 10 m; exactness is tested apart.
    assert (fix.lat, fix.lon) == pytest.approx((lat, lon), abs=1e-4)
    assert fix.lat > fix.told_lat + 0.002
    assert fix.lon < fix.told_lon - 0.003


def test_the_altitude_of_a_phone_that_tells_one() -> None:
    assert read(GOLDEN[0]).altitude_m is None
    assert read(GOLDEN[1]).altitude_m == 64.0
    assert read(GOLDEN[3]).altitude_m == 64.0
    assert read_position(Carrier.AU, GOLDEN[3][1].replace("alt=64", "alt=-4")).altitude_m == -4.0


def test_the_dialect_is_recognised() -> None:
    assert [read(row).dialect for row in GOLDEN] == [
        Dialect.DOCOMO_GPS,
        Dialect.DOCOMO_GPS,
        Dialect.DOCOMO_IAREA,
        Dialect.AU_GPSONE,
        Dialect.AU_GPSONE,
        Dialect.AU_SIMPLE,
        Dialect.SOFTBANK,
    ]
    assert read(TOKYO[1]).dialect is Dialect.WILLCOM


def test_au_without_encoding_sends_a_plus_that_arrives_as_a_space() -> None:
    bare = GOLDEN[4][1].replace("%2b", "+")
    assert "+" in bare
    assert read_position(Carrier.AU, bare) == read(GOLDEN[4])
    assert read_position(Carrier.AU, GOLDEN[3][1].replace("%2b", "+")) == read(GOLDEN[3])


def test_au_simple_says_tokyo_and_means_wgs84() -> None:
    """Converted, it would lie 406 m north-west, and the next department might get the call."""
    fix = read_position(Carrier.AU, SIMPLE)
    assert fix.datum is Datum.WGS84
    assert fix.lat == pytest.approx(43 + 4 / 60 + 55 / 3600, abs=1e-12)
    assert fix.lon == pytest.approx(141 + 20 / 60 + 50.75 / 3600, abs=1e-12)


@pytest.mark.parametrize(
    ("row", "radius"),
    [
        (GOLDEN[0], 100.0),
        (GOLDEN[1], 2_000.0),
        (GOLDEN[2], CELL_RADIUS_M),
        (GOLDEN[3], 69 * 1.51 * 1.6),
        (GOLDEN[4], 76 * 1.51 * 1.6),
        (GOLDEN[5], CELL_RADIUS_M),
        (GOLDEN[6], 2_000.0),
        # Tokyo datum from gpsOne is not what our links ask for: either reading is in the disc.
        (TOKYO[0], 113 * 1.51 * 1.6 + DATUM_DOUBT_M),
        (TOKYO[1], 500.0),
    ],
)
def test_the_radius_that_routing_will_use(
    row: tuple[Carrier, str, float, float], radius: float
) -> None:
    assert read(row).radius_95_m == pytest.approx(radius)


def read(row: tuple[Carrier, str, float, float]) -> CarrierFix:
    return read_position(row[0], row[1])
