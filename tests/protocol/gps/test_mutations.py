"""One character wrong in an answer: what can be promised, and the one dialect where it cannot.

There is no check sum in these formats, so that a digit changed into another is another position:
that is told as it is written, never in part. All else - a character lost, added, or changed into
what is no digit - must be refused or change nothing.
"""

import string
from collections.abc import Iterator

import pytest
from net119_protocol.gps import Carrier, CarrierFix, Datum, PositionUnreadable, read_position

PADDED = [
    (Carrier.DOCOMO, "lat=%2B35.00.35.600&lon=%2B135.41.35.600&geo=wgs84&x-acc=1"),
    (Carrier.DOCOMO, "lat=+35.00.35.600&lon=+135.41.35.600&geo=tokyo&x-acc=2"),
    (
        Carrier.DOCOMO,
        "LAT=%2B35.00.35.600&LON=%2B135.41.35.600&GEO=wgs84&POSINFO=2&AREACODE=00100&ACTN=OK",
    ),
    (
        Carrier.AU,
        "ver=1&datum=0&unit=1&lat=%2b43.07772&lon=%2b141.34114&alt=64&smaj=69&smin=18&vert=21"
        "&majaa=115&fm=1",
    ),
    (Carrier.AU, "datum=1&unit=0&lat=%2b43.05.08.95&lon=%2b141.20.25.99"),
    (Carrier.AU, "datum=tokyo&unit=dms&lat=43.04.55.00&lon=141.20.50.75"),
    (Carrier.WILLCOM, "pos=N43.04.34.049E141.21.03.279"),
]
SOFTBANK = "pos=N43.3.18.42E141.21.1.88&geo=wgs84&x-acr=1"
ALPHABET = string.digits + "+-.%&=NSEWb a\n０"


def read(carrier: Carrier, query: str) -> CarrierFix | None:
    try:
        return read_position(carrier, query)
    except PositionUnreadable:
        return None


def changed(query: str) -> Iterator[tuple[int, str]]:
    for at, old in enumerate(query):
        yield from ((at, query[:at] + new + query[at + 1 :]) for new in ALPHABET if new != old)


def lost_or_added(query: str) -> Iterator[str]:
    for at in range(len(query)):
        yield query[:at] + query[at + 1 :]
        yield from (query[:at] + new + query[at:] for new in ALPHABET)


def weight(query: str, at: int) -> float:
    """Degrees that the digit at a place stands for, counted from the separators around it."""
    start = max(query.rfind(mark, 0, at) for mark in "=NEBb+ ") + 1
    end = min(i for i in [query.find("&", at), query.find("E", at), len(query)] if i >= 0)
    before, after = query[start:at], query[at + 1 : end]
    parts = query[start:end].split(".")
    group, right = before.count("."), len(after.split(".")[0])
    if len(parts) == 2:  # decimal degrees
        return 10.0 ** (right if group == 0 else right - len(parts[1]))
    unit = [1.0, 1 / 60, 1 / 3600, 10.0 ** -len(parts[-1]) / 3600][group]
    return float(unit * 10.0**right)


@pytest.mark.parametrize(("carrier", "query"), PADDED)
def test_a_character_lost_or_added_never_moves_a_point(carrier: Carrier, query: str) -> None:
    whole = read_position(carrier, query)
    for other in lost_or_added(query):
        found = read(carrier, other)
        if found is not None:
            assert (found.lat, found.lon, found.datum) == (whole.lat, whole.lon, whole.datum), other


@pytest.mark.parametrize(("carrier", "query"), PADDED)
def test_a_character_changed_moves_a_point_only_as_it_says(carrier: Carrier, query: str) -> None:
    whole = read_position(carrier, query)
    moved = 0
    for at, other in changed(query):
        found = read(carrier, other)
        if found is None:
            continue
        told = (found.told_lat, found.told_lon)
        if told == (whole.told_lat, whole.told_lon):
            if found.datum is not whole.datum:
                assert flipped(query, other), other
            continue
        moved += 1
        if min(told) < 0:
            continue  # a sign or a hemisphere: not in Japan, which routing refuses
        assert query[at].isdigit(), other
        assert other[at].isdigit(), other
        assert found.datum is whole.datum
        step = (int(other[at]) - int(query[at])) * weight(query, at)
        shifts = (told[0] - whole.told_lat, told[1] - whole.told_lon)
        assert 0.0 in shifts, other
        assert sum(shifts) == pytest.approx(step, abs=1e-9), other
    assert moved > 50


def flipped(query: str, other: str) -> bool:
    """Whether au's digit for the datum was changed; wherever it says Tokyo, both are covered."""
    return {query.partition("&unit")[0][-7:], other.partition("&unit")[0][-7:]} == {
        "datum=0",
        "datum=1",
    }


def test_no_name_of_a_datum_turns_into_the_other_by_one_character() -> None:
    for datum in Datum:
        query = f"lat=%2B35.00.35.600&lon=%2B135.41.35.600&geo={datum}&x-acc=3"
        for other in [*lost_or_added(query), *(text for _, text in changed(query))]:
            found = read(Carrier.DOCOMO, other)
            assert found is None or found.datum is datum


def test_softbank_s_unpadded_numbers_can_lose_a_digit_unnoticed() -> None:
    """Known and told: 43.3.18.42 is a whole number, and so is 43.3.8.42."""
    whole = read_position(Carrier.SOFTBANK, SOFTBANK)
    found = read_position(Carrier.SOFTBANK, SOFTBANK.replace("18.42", "8.42"))
    assert whole.lat - found.lat == pytest.approx(10 / 3600)
    # Degrees have their digits always, so that no more than a minute's digit can be lost.
    for other in lost_or_added(SOFTBANK):
        part = read(Carrier.SOFTBANK, other)
        if part is not None:
            assert abs(part.lat - whole.lat) < 1.0
            assert abs(part.lon - whole.lon) < 1.0
            assert part.datum is whole.datum


def test_hundredths_of_one_digit_are_read_with_doubt() -> None:
    found = read_position(Carrier.SOFTBANK, SOFTBANK.replace("18.42", "18.4"))
    assert found.told_lat == pytest.approx(43 + 3 / 60 + 18.40 / 3600)
    assert found.radius_95_m == pytest.approx(2_000.0 + 25.0)
    # Had the phone meant 18.04, the point would still lie in the disc.
    assert abs(found.told_lat - (43 + 3 / 60 + 18.04 / 3600)) * 111_000 < 25.0
