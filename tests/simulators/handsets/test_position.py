"""What phones send of their position: the published examples, byte for byte.

Only au's error ellipse (smaj, smin, vert, majaa) is a circle here.
"""

import math
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_simulators.handsets.datum import tokyo_of
from net119_simulators.handsets.model import Datum, Dialect, Positioning
from net119_simulators.handsets.position import Measured, position_query
from net119_simulators.handsets.position_link import NoPosition, called_back
from net119_simulators.pages.errors import NotOnPage
from net119_simulators.pages.page import Page

KYOTO = (35 + 0 / 60 + 35.6 / 3600, 135 + 41 / 60 + 35.6 / 3600)
SAPPORO = (43.07772, 141.34114)


@pytest.mark.parametrize(
    ("dialect", "here", "asked", "expected"),
    [
        (
            Dialect.DOCOMO_GPS,
            Measured(*KYOTO, accuracy_m=20),
            {},
            "lat=%2B35.00.35.600&lon=%2B135.41.35.600&geo=wgs84&x-acc=3",
        ),
        (
            Dialect.DOCOMO_GPS_UPPER,
            Measured(*KYOTO, accuracy_m=500, altitude_m=64),
            {},
            "lat=%2B35.00.35.600&lon=%2B135.41.35.600&geo=WGS84&alt=%2B64.000&x-acc=1",
        ),
        (
            Dialect.DOCOMO_AREA,
            Measured(*KYOTO),
            {},
            "LAT=%2B35.00.35.600&LON=%2B135.41.35.600&GEO=wgs84&POSINFO=2&AREACODE=00100&ACTN=OK",
        ),
        (
            Dialect.AU_GPS,
            Measured(*SAPPORO, 69, 64, datetime(2006, 10, 16, 10, 24, 15, tzinfo=UTC)),
            {"datum": "0", "unit": "1"},
            "ver=1&datum=0&unit=1&lat=%2b43.07772&lon=%2b141.34114&alt=64&time=20061016192415"
            "&smaj=69&smin=69&vert=69&majaa=0&fm=1",
        ),
        (
            Dialect.AU_GPS,
            Measured(
                43 + 5 / 60 + 8.95 / 3600,
                141 + 20 / 60 + 25.99 / 3600,
                76,
                155,
                datetime(2006, 5, 20, 16, 3, 28, tzinfo=UTC),
            ),
            {"datum": "0", "unit": "0"},
            "ver=1&datum=0&unit=0&lat=%2b43.05.08.95&lon=%2b141.20.25.99&alt=155"
            "&time=20060521010328&smaj=76&smin=76&vert=76&majaa=0&fm=1",
        ),
        (
            Dialect.AU_SIMPLE,
            Measured(43 + 4 / 60 + 55 / 3600, 141 + 20 / 60 + 50.75 / 3600),
            {},
            "datum=tokyo&unit=dms&lat=43.04.55.00&lon=141.20.50.75",
        ),
        (
            Dialect.SOFTBANK,
            Measured(43 + 3 / 60 + 18.42 / 3600, 141 + 21 / 60 + 1.88 / 3600, 400),
            {},
            "pos=N43.3.18.42E141.21.1.88&geo=wgs84&x-acr=1",
        ),
    ],
)
def test_the_published_examples(
    dialect: Dialect, here: Measured, asked: dict[str, str], expected: str
) -> None:
    assert position_query(dialect, here, asked) == expected


def test_au_converts_where_the_link_asks_for_the_tokyo_datum() -> None:
    # jpmobile's example: datum=1&lat=%2b43.07475&lon=%2b141.34259 is 43.07719289, 141.3389013.
    query = position_query(
        Dialect.AU_GPS, Measured(43.07719289, 141.3389013), {"datum": "1", "unit": "1"}
    )
    fields = dict(part.split("=") for part in query.split("&"))
    assert fields["datum"] == "1"
    assert float(fields["lat"].removeprefix("%2b")) == pytest.approx(43.07475, abs=1e-4)
    assert float(fields["lon"].removeprefix("%2b")) == pytest.approx(141.34259, abs=1e-4)


def test_willcom_sends_the_tokyo_datum() -> None:
    query = position_query(Dialect.WILLCOM, Measured(43.0621, 141.3544))
    lat, lon = tokyo_of(43.0621, 141.3544)
    assert query.startswith("pos=N43.03.")
    degrees, minutes, whole, part = query.removeprefix("pos=N").split("E")[0].split(".")
    sent = int(degrees) + int(minutes) / 60 + float(f"{whole}.{part}") / 3600
    assert sent == pytest.approx(lat, abs=3e-7)
    assert (lat, lon) != (43.0621, 141.3544)


@pytest.mark.parametrize(
    ("lat", "lon", "metres"),
    [(43.06, 141.35, 406), (35.68, 139.77, 464), (34.69, 135.5, 444), (26.21, 127.68, 488)],
)
def test_the_datums_lie_apart_as_far_as_is_known(lat: float, lon: float, metres: float) -> None:
    there = tokyo_of(lat, lon)
    north = (there[0] - lat) * 111_195
    east = (there[1] - lon) * 111_195 * math.cos(math.radians(lat))
    assert math.hypot(north, east) == pytest.approx(metres, abs=6)
    # Tokyo's figures of the same point read as WGS 84 lie to the south-east.
    assert north < 0 < east


@settings(deadline=None)
@given(st.floats(20.0, 46.0), st.floats(122.0, 154.0))
def test_the_inverse_shift_is_what_pyproj_has(lat: float, lon: float) -> None:
    pyproj = pytest.importorskip("pyproj", reason="the oracle of datum shifts is not installed")
    pipeline = pyproj.Transformer.from_pipeline(
        "+proj=pipeline +step +proj=axisswap +order=2,1 +step +proj=unitconvert +xy_in=deg "
        "+xy_out=rad +step +proj=cart +ellps=WGS84 "
        "+step +proj=helmert +x=146.414 +y=-507.337 +z=-680.507 "
        "+step +inv +proj=cart +ellps=bessel +step +proj=unitconvert +xy_in=rad +xy_out=deg "
        "+step +proj=axisswap +order=2,1"
    )
    expected = pipeline.transform(lat, lon)[:2]
    assert tokyo_of(lat, lon) == pytest.approx(expected, abs=1e-8)


@given(st.floats(20.0, 46.0), st.floats(122.0, 154.0))
def test_seconds_are_never_sixty(lat: float, lon: float) -> None:
    for dialect in (Dialect.DOCOMO_GPS, Dialect.SOFTBANK, Dialect.WILLCOM, Dialect.AU_SIMPLE):
        query = position_query(dialect, Measured(lat, lon))
        assert "60." not in query.replace(f"{int(lat)}.", "").replace(f"{int(lon)}.", "")


# --- following the link ---------------------------------------------------------------------------

HERE = Measured(*KYOTO, accuracy_m=20, at=datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=1))
BASE = "https://127.0.0.2:8443/m/check"


def page(links: str) -> Page:
    return Page(BASE, f"<body data-page=m-check>{links}".encode())


def follow(links: str, dialect: Dialect, working: bool = True) -> str:
    return called_back(page(links), Positioning(dialect=dialect, working=working), HERE)


def test_each_phone_follows_its_own_link_and_calls_back() -> None:
    back = "https%3A%2F%2F127.0.0.2%3A8443%2Fm%2Fcheck%2Fresult"
    asked = "ver=1&amp;datum=1&amp;unit=0&amp;acry=0&amp;number=0"
    area = "http://w1m.docomo.ne.jp/cp/iarea?ecode=OPENAREACODE&amp;msn=OPENAREAKEY&amp;posinfo=1"
    links = f"""
      <a href="/m/check/result" lcs>docomo</a>
      <a href="{area}&amp;nl={back}">area</a>
      <a href="device:gpsone?url={back}&amp;{asked}">au</a>
      <a href="device:location?url={back}">au simple</a>
      <a href="location:auto?url=https://127.0.0.2:8443/m/check/result&amp;a=1">softbank</a>
      <a href="http://location.request/dummy.cgi?my=https://127.0.0.2:8443/m/check/result&amp;pos=$location">willcom</a>
    """
    result = "https://127.0.0.2:8443/m/check/result"
    assert follow(links, Dialect.DOCOMO_GPS).startswith(f"{result}?lat=%2B35.00.35.600&")
    assert follow(links, Dialect.DOCOMO_GPS_UPPER).startswith(f"{result}?lat=%2B35.00.35.600&")
    assert follow(links, Dialect.DOCOMO_AREA).startswith(f"{result}?LAT=%2B35.00.35.600&")
    assert follow(links, Dialect.AU_GPS).startswith(f"{result}?ver=1&datum=1&unit=0&lat=%2b")
    assert follow(links, Dialect.AU_SIMPLE).startswith(f"{result}?datum=tokyo&unit=dms&lat=35.00.")
    assert follow(links, Dialect.SOFTBANK).startswith(f"{result}?a=1&pos=N35.0.35.60E135.41.35.60&")
    assert follow(links, Dialect.WILLCOM).startswith(f"{result}?pos=N35.00.")


def test_a_query_of_the_page_is_kept() -> None:
    url = follow('<a href="/m/s/abc?step=2" lcs>here</a>', Dialect.DOCOMO_GPS)
    assert url.startswith("https://127.0.0.2:8443/m/s/abc?step=2&lat=")


def test_another_carriers_link_is_none_for_this_phone() -> None:
    with pytest.raises(NotOnPage) as wrong:
        follow('<a href="device:gpsone?url=https%3A%2F%2Fx%2F">位置</a>', Dialect.SOFTBANK)
    assert "device:gpsone" in str(wrong.value)
    for none in ("<a href='/m/result'>no lcs</a>", "<a href='location:auto?x=1'>no url</a>"):
        for dialect in (Dialect.DOCOMO_GPS, Dialect.SOFTBANK, Dialect.WILLCOM, Dialect.BROWSER):
            with pytest.raises(NotOnPage):
                follow(none, dialect)


def test_a_phone_whose_service_has_ended_asks_nothing() -> None:
    link = '<a href="location:auto?url=https://127.0.0.2:8443/x">here</a>'
    with pytest.raises(NoPosition):
        follow(link, Dialect.SOFTBANK, working=False)


def test_the_datum_of_measured_points() -> None:
    assert HERE.in_datum(Datum.WGS84) == (HERE.lat, HERE.lon)
    assert HERE.in_datum(Datum.TOKYO) == tokyo_of(HERE.lat, HERE.lon)
