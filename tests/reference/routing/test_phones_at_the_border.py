"""No datum and no form of writing silently changes which department is responsible.

What can hold and is tested, for people at the border of Tomakomai and Chitose and everywhere:

- A phone that follows its dialect: the true department is taken, or the call is flagged.
- A datum told that is in doubt (Tokyo's, from phones that are not asked for it): the same,
  whichever of the two the phone meant.
- A position that cannot be read, its datum included: no department is derived from it; the home
  department gets the call, marked "no position".

What cannot hold: a fix that claims 5 m and is 450 m off. docs/border-study.md has its figures.
"""

import random
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.gps import (
    Carrier,
    CarrierFix,
    PositionUnreadable,
    read_position,
    tokyo_to_wgs84,
    wgs84_to_tokyo,
)
from net119_reference.routing import Fix, Position, RoutingDecision, RoutingInput
from net119_simulators.handsets.model import Dialect
from net119_simulators.handsets.position import Measured, position_query

from tests.reference.routing.network import BORDER, CHITOSE, TOMAKOMAI, Network

CARRIERS = {
    Dialect.DOCOMO_GPS: Carrier.DOCOMO,
    Dialect.DOCOMO_GPS_UPPER: Carrier.DOCOMO,
    Dialect.DOCOMO_AREA: Carrier.DOCOMO,
    Dialect.AU_GPS: Carrier.AU,
    Dialect.AU_SIMPLE: Carrier.AU,
    Dialect.SOFTBANK: Carrier.SOFTBANK,
    Dialect.WILLCOM: Carrier.WILLCOM,
}
SOME = settings(max_examples=60, deadline=None)
# Within 1 km of the border's middle: half of the places on either side, most within a disc of it.
places = st.builds(
    Position,
    st.floats(BORDER.lat - 0.009, BORDER.lat + 0.009),
    st.floats(BORDER.lon - 0.012, BORDER.lon + 0.012),
)
homes = st.sampled_from(["tomakomai", "chitose", "aso"])


@pytest.mark.parametrize("dialect", CARRIERS)
@given(place=places, home=homes, accuracy=st.floats(1, 400), datum=st.sampled_from("01"))
@SOME
def test_a_phone_that_follows_its_dialect_reaches_its_department_or_is_flagged(
    network: Network, dialect: Dialect, place: Position, home: str, accuracy: float, datum: str
) -> None:
    told = position_query(
        dialect, Measured(place.lat, place.lon, accuracy), {"datum": datum, "unit": "0"}
    )
    decision = routed(network, read_position(CARRIERS[dialect], told), home)
    assert right_or_flagged(network, decision, place)


@pytest.mark.parametrize(
    ("carrier", "answer"),
    [
        (Carrier.DOCOMO, "lat={lat}&lon={lon}&geo=tokyo&x-acc=3"),
        (Carrier.AU, "datum=1&unit=0&lat={lat}&lon={lon}&smaj=5&smin=5&vert=5&majaa=0&fm=1"),
    ],
)
@given(place=places, lies=st.booleans())
@SOME
def test_whichever_datum_was_meant_the_true_department_is_taken_or_flagged(
    network: Network, carrier: Carrier, answer: str, place: Position, lies: bool
) -> None:
    """The label says Tokyo; a phone that lies wrote WGS 84 beside it, as au's simple one does."""
    numbers = (place.lat, place.lon) if lies else wgs84_to_tokyo(place.lat, place.lon)
    decimals = 3 if carrier is Carrier.DOCOMO else 2
    lat, lon = (dms(value, decimals) for value in numbers)
    fix = read_position(carrier, answer.format(lat=lat, lon=lon))
    assert right_or_flagged(network, routed(network, fix, "aso"), place)


@given(place=places)
@SOME
def test_willcom_is_covered_even_if_a_phone_of_it_measured_in_wgs84(
    network: Network, place: Position
) -> None:
    lat, lon = (dms(value, 3)[3:] for value in (place.lat, place.lon))
    fix = read_position(Carrier.WILLCOM, f"pos=N{lat}E{lon}")
    assert right_or_flagged(network, routed(network, fix, "aso"), place)


@given(place=places, home=homes)
@SOME
def test_the_trap_of_au_would_change_departments_and_does_not(
    network: Network, place: Position, home: str
) -> None:
    told = position_query(Dialect.AU_SIMPLE, Measured(place.lat, place.lon), {})
    fix = read_position(Carrier.AU, told)
    assert (fix.told_lat, fix.told_lon) == (fix.lat, fix.lon)
    assert right_or_flagged(network, routed(network, fix, home), place)


def test_a_conversion_that_is_forgotten_or_done_twice_changes_departments_here(
    network: Network,
) -> None:
    """Else the tests above would prove nothing: in the same places the mistakes do harm."""
    assert share_of_harm(network, wgs84_to_tokyo) > 0.02
    assert share_of_harm(network, tokyo_to_wgs84) > 0.02


@pytest.mark.parametrize("dialect", CARRIERS)
@given(data=st.data(), place=places, home=homes)
@SOME
def test_what_cannot_be_read_is_never_routed_by_place(
    network: Network, dialect: Dialect, data: st.DataObject, place: Position, home: str
) -> None:
    """Cut off anywhere: unreadable, and the call goes home, marked; or read whole and right."""
    told = position_query(dialect, Measured(place.lat, place.lon), {})
    length = data.draw(st.integers(0, len(told)))
    try:
        fix = read_position(CARRIERS[dialect], told[:length])
    except PositionUnreadable:
        decision = network.route(RoutingInput(home_department=home))
        assert decision.rule == "no-position"
        assert decision.no_position
        assert decision.department == home
    else:
        assert right_or_flagged(network, routed(network, fix, home), place)


@given(
    place=st.sampled_from([TOMAKOMAI, CHITOSE]),
    carriers=st.sampled_from([(d, c) for d in CARRIERS for c in Carrier if c != CARRIERS[d]]),
)
@SOME
def test_no_carrier_s_answer_is_read_as_another_s(
    place: Position, carriers: tuple[Dialect, Carrier]
) -> None:
    dialect, reader = carriers
    told = position_query(dialect, Measured(place.lat, place.lon), {})
    with pytest.raises(PositionUnreadable):
        read_position(reader, told)


def routed(network: Network, fix: CarrierFix, home: str) -> RoutingDecision:
    place = Position(fix.lat, fix.lon)
    return network.route(RoutingInput(home, fix=Fix(place, fix.to_fix().accuracy_m)))


def right_or_flagged(network: Network, decision: RoutingDecision, place: Position) -> bool:
    """Whether the department of a place is responsible, or named beside the one that is."""
    code = network.index.at(place.lon, place.lat).municipality
    true = {"01213": "tomakomai", "01224": "chitose"}.get(code or "", f"m-{code}")
    others = [other.department for other in decision.alternatives]
    return decision.responsible == true or (decision.ambiguous and true in others)


def share_of_harm(
    network: Network, mistake: Callable[[float, float], tuple[float, float]]
) -> float:
    """How often a fix of 5 m with this mistake goes to the wrong department without a flag."""
    rng, harm = random.Random(119), 0
    for _ in range(300):
        lat, lon = BORDER.lat + rng.uniform(-0.009, 0.009), BORDER.lon + rng.uniform(-0.012, 0.012)
        fix = Fix(Position(*mistake(lat, lon)), 5.0)
        decision = network.route(RoutingInput("aso", fix=fix))
        harm += not right_or_flagged(network, decision, Position(lat, lon))
    return harm / 300


def dms(degrees: float, decimals: int) -> str:
    ticks = round(degrees * 3600 * 10**decimals)
    seconds, fraction = divmod(ticks, 10**decimals)
    minutes, seconds = divmod(seconds, 60)
    return f"%2B{minutes // 60}.{minutes % 60:02}.{seconds:02}.{fraction:0{decimals}}"
