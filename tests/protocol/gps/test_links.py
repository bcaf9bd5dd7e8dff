"""What a page puts into its HTML so that a phone measures."""

import pytest
from net119_protocol.gps import Carrier, Dialect, dialects_of, position_link

BACK = "https://net119.example/m/s/Zq8/located"


@pytest.mark.parametrize(
    ("carrier", "dialect", "href"),
    [
        (Carrier.DOCOMO, None, BACK),
        (
            Carrier.AU,
            None,
            "device:gpsone?url=https%3A%2F%2Fnet119.example%2Fm%2Fs%2FZq8%2Flocated"
            "&ver=1&datum=0&unit=0&acry=0&number=0",
        ),
        (
            Carrier.AU,
            Dialect.AU_SIMPLE,
            "device:location?url=https%3A%2F%2Fnet119.example%2Fm%2Fs%2FZq8%2Flocated",
        ),
        (Carrier.SOFTBANK, None, f"location:auto?url={BACK}"),
        (
            Carrier.WILLCOM,
            None,
            f"http://location.request/dummy.cgi?my={BACK}&pos=$location",
        ),
    ],
)
def test_each_carrier_has_its_link(carrier: Carrier, dialect: Dialect | None, href: str) -> None:
    link = position_link(carrier, dialect, BACK)
    assert link.href == href
    assert link.method == "get"
    assert dict(link.attributes) == ({"lcs": ""} if carrier is Carrier.DOCOMO else {})


def test_the_attributes_as_html() -> None:
    docomo = position_link(Carrier.DOCOMO, Dialect.DOCOMO_GPS, BACK + "?a=1&b=2")
    assert docomo.attribute_text == f'href="{BACK}?a=1&amp;b=2" lcs'


def test_softbank_keeps_a_query_as_parameters_of_its_own() -> None:
    assert position_link(Carrier.SOFTBANK, None, BACK + "?a=1").href.endswith("located&a=1")


@pytest.mark.parametrize(
    ("carrier", "dialect", "back"),
    [
        (Carrier.OTHER, None, BACK),
        (Carrier.AU, Dialect.WILLCOM, BACK),
        (Carrier.DOCOMO, Dialect.DOCOMO_IAREA, BACK),
        (Carrier.AU, None, BACK + "?call=1"),
        (Carrier.WILLCOM, None, BACK + "?call=1"),
        (Carrier.DOCOMO, None, BACK + "#here"),
        (Carrier.DOCOMO, None, "/m/located"),
    ],
)
def test_a_link_that_would_not_work_is_refused(
    carrier: Carrier, dialect: Dialect | None, back: str
) -> None:
    with pytest.raises(ValueError, match=r"."):
        position_link(carrier, dialect, back)


def test_every_carrier_but_the_browsers_has_a_link_that_needs_nothing_else() -> None:
    for carrier in Carrier:
        if dialects_of(carrier):
            assert position_link(carrier, None, BACK).href
        else:
            assert carrier is Carrier.OTHER
