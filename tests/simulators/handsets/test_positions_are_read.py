"""What phones send is what the protocol's reader, written apart from them, understands."""

from urllib.parse import urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.gps import Carrier, Datum, Dialect, position_link, read_position
from net119_protocol.gps.carrier import carrier_of
from net119_simulators.handsets import model
from net119_simulators.handsets.model import Positioning
from net119_simulators.handsets.position import Measured, position_query
from net119_simulators.handsets.position_link import called_back
from net119_simulators.pages.page import Page

# A hundredth of a second of arc, the coarsest step that a phone sends, is 0.3 m.
NEAR = 0.000_006
READ_AS = {
    model.Dialect.DOCOMO_GPS: Dialect.DOCOMO_GPS,
    model.Dialect.DOCOMO_GPS_UPPER: Dialect.DOCOMO_GPS,
    model.Dialect.DOCOMO_AREA: Dialect.DOCOMO_IAREA,
    model.Dialect.AU_GPS: Dialect.AU_GPSONE,
    model.Dialect.AU_SIMPLE: Dialect.AU_SIMPLE,
    model.Dialect.SOFTBANK: Dialect.SOFTBANK,
    model.Dialect.WILLCOM: Dialect.WILLCOM,
}
points = st.tuples(st.floats(24.0, 45.5), st.floats(123.0, 148.0))


@pytest.mark.parametrize("dialect", READ_AS)
@given(point=points, datum=st.sampled_from("01"), unit=st.sampled_from("01"))
def test_every_dialect_comes_back_where_the_phone_is(
    dialect: model.Dialect, point: tuple[float, float], datum: str, unit: str
) -> None:
    asked = {"datum": datum, "unit": unit}
    query = position_query(dialect, Measured(*point, accuracy_m=60), asked)
    carrier = _carrier(READ_AS[dialect])
    found = read_position(carrier, query)
    assert found.dialect is READ_AS[dialect]
    assert (found.lat, found.lon) == pytest.approx(point, abs=NEAR)
    tokyo = dialect is model.Dialect.WILLCOM or (dialect is model.Dialect.AU_GPS and datum == "1")
    assert found.datum is (Datum.TOKYO if tokyo else Datum.WGS84)


def _carrier(dialect: Dialect) -> Carrier:
    return carrier_of(dialect)


@pytest.mark.parametrize("dialect", [each for each in READ_AS if "area" not in each])
@pytest.mark.parametrize("query", ["", "?step=2"])
def test_the_links_that_pages_write_are_followed(dialect: model.Dialect, query: str) -> None:
    read_as = READ_AS[dialect]
    carrier = _carrier(read_as)
    if query and carrier in (Carrier.AU, Carrier.WILLCOM):
        return  # such a link is refused where it is written
    back = f"https://127.0.0.2:8443/m/s/abcdef/here{query}"
    link = position_link(carrier, read_as, back)
    page = Page("https://127.0.0.2:8443/m", f"<body><a {link.attribute_text}>here".encode())
    url = called_back(page, Positioning(dialect=dialect), Measured(42.6341, 141.6055))
    assert url.startswith(back)
    asked = urlsplit(url).query.removeprefix("step=2&")
    found = read_position(carrier, asked)
    assert (found.lat, found.lon) == pytest.approx((42.6341, 141.6055), abs=NEAR)
