"""What is not a position is refused, with a reason; nothing is guessed."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from net119_protocol.gps import Carrier, PositionProblem, PositionUnreadable, read_position

DOCOMO = "lat=%2B35.00.35.600&lon=%2B135.41.35.600&geo=wgs84&x-acc=3"
IAREA = "LAT=%2B35.00.35.600&LON=%2B135.41.35.600&GEO=wgs84&POSINFO=2&AREACODE=00100&ACTN=OK"
AU = (
    "ver=1&datum=0&unit=0&lat=%2b43.05.08.95&lon=%2b141.20.25.99&alt=155&time=20060521010328"
    "&smaj=76&smin=62&vert=65&majaa=49&fm=1"
)
AU_DEGREES = "ver=1&datum=0&unit=1&lat=%2b43.07772&lon=%2b141.34114"
SIMPLE = "datum=tokyo&unit=dms&lat=43.04.55.00&lon=141.20.50.75"
SOFTBANK = "pos=N43.3.18.42E141.21.1.88&geo=wgs84&x-acr=1"
WILLCOM = "pos=N43.04.34.049E141.21.03.279"
WHOLE = {
    Carrier.DOCOMO: (DOCOMO, IAREA),
    Carrier.AU: (AU, AU_DEGREES, SIMPLE),
    Carrier.SOFTBANK: (SOFTBANK,),
    Carrier.WILLCOM: (WILLCOM,),
}

P = PositionProblem
BROKEN: list[tuple[Carrier, str, str, str, PositionProblem]] = [
    # The phone says that it has no position.
    (Carrier.DOCOMO, DOCOMO, DOCOMO, "", P.NO_POSITION),
    (Carrier.DOCOMO, DOCOMO, "lat=%2B35.00.35.600&", "", P.NO_POSITION),
    (Carrier.DOCOMO, DOCOMO, "%2B135.41.35.600", "", P.NO_POSITION),
    (Carrier.DOCOMO, IAREA, "ACTN=OK", "ACTN=NG", P.NO_POSITION),
    (Carrier.DOCOMO, IAREA, "&ACTN=OK", "", P.NO_POSITION),
    (Carrier.AU, AU, "%2b43.05.08.95", "", P.NO_POSITION),
    (Carrier.AU, SIMPLE, "43.04.55.00", "+", P.NO_POSITION),
    (Carrier.SOFTBANK, SOFTBANK, "N43.3.18.42E141.21.1.88", "", P.NO_POSITION),
    (Carrier.WILLCOM, WILLCOM, "N43.04.34.049E141.21.03.279", "$location", P.NO_POSITION),
    (Carrier.WILLCOM, WILLCOM, WILLCOM, "x=1", P.NO_POSITION),
    # Numbers beyond their range.
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.60.35.600&", P.OUT_OF_RANGE),
    (Carrier.DOCOMO, DOCOMO, "135.41.35.600", "135.41.60.000", P.OUT_OF_RANGE),
    (Carrier.DOCOMO, DOCOMO, "B35.00.35.600", "B91.00.35.600", P.OUT_OF_RANGE),
    (Carrier.DOCOMO, DOCOMO, "B35.00.35.600", "B90.00.00.001", P.OUT_OF_RANGE),
    (Carrier.DOCOMO, DOCOMO, "135.41.35.600", "181.41.35.600", P.OUT_OF_RANGE),
    (Carrier.AU, AU, "43.05.08.95", "43.05.60.00", P.OUT_OF_RANGE),
    (Carrier.AU, AU, "43.05.08.95", "43.99.08.95", P.OUT_OF_RANGE),
    (Carrier.AU, AU_DEGREES, "43.07772", "90.00001", P.OUT_OF_RANGE),
    (Carrier.SOFTBANK, SOFTBANK, "N43.3.18", "N43.60.18", P.OUT_OF_RANGE),
    (Carrier.SOFTBANK, SOFTBANK, "N43.", "N99.", P.OUT_OF_RANGE),
    (Carrier.WILLCOM, WILLCOM, "34.049", "60.000", P.OUT_OF_RANGE),
    # Not the form of the dialect: unsigned, cut off, other digits, other separators, more text.
    (Carrier.DOCOMO, DOCOMO, "%2B35", "35", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "135.41.35.600", "35.41.35.600", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.00.35.6&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.0.35.600&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.00.35,600&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.00.35.600%0A&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "%EF%BC%93%EF%BC%95.00.35.600&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "３５.00.35.600&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "35.00.35.600&", "35.00988889&", P.MALFORMED),
    (Carrier.DOCOMO, DOCOMO, "geo=wgs84", "geo=wgs84&alt=high", P.MALFORMED),
    (Carrier.AU, AU, "unit=0", "unit=1", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "unit=1", "unit=0", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "43.07772", "43.0777", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "43.07772", "4.307772e1", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "%2b43.07772", "NaN", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "%2b43.07772", "%2b%2b43.07772", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "%2b43", "43", P.MALFORMED),
    (Carrier.AU, AU_DEGREES, "43.07772", "43.077720", P.MALFORMED),
    (Carrier.AU, SIMPLE, "lat=43", "lat=-43", P.MALFORMED),
    (Carrier.AU, AU, "smaj=76", "smaj=-76", P.MALFORMED),
    (Carrier.AU, AU, "fm=1", "fm=", P.MALFORMED),
    (Carrier.AU, AU, "time=20060521010328", "time=now", P.MALFORMED),
    (Carrier.SOFTBANK, SOFTBANK, "E141", "141", P.MALFORMED),
    (Carrier.SOFTBANK, SOFTBANK, "N43.3.18.42E", "N43.3.18E", P.MALFORMED),
    (Carrier.SOFTBANK, SOFTBANK, "N43", "E43", P.MALFORMED),
    (Carrier.WILLCOM, WILLCOM, "N43.04", "N43.4", P.MALFORMED),
    (Carrier.WILLCOM, WILLCOM, "E141.21.03.279", "", P.MALFORMED),
    # The datum: missing, unknown, or in a combination that nobody knows.
    (Carrier.DOCOMO, DOCOMO, "&geo=wgs84", "", P.DATUM_MISSING),
    (Carrier.DOCOMO, DOCOMO, "geo=wgs84", "geo=", P.DATUM_MISSING),
    (Carrier.DOCOMO, DOCOMO, "geo=wgs84", "geo=wgs8", P.DATUM_UNKNOWN),
    (Carrier.DOCOMO, DOCOMO, "geo=wgs84", "geo=0", P.DATUM_UNKNOWN),
    (Carrier.AU, AU, "datum=0&", "", P.DATUM_MISSING),
    (Carrier.AU, AU, "datum=0", "datum=2", P.DATUM_UNKNOWN),
    (Carrier.AU, AU, "datum=0", "datum=tokyo", P.DATUM_UNKNOWN),
    (Carrier.AU, AU, "&unit=0", "", P.DATUM_UNKNOWN),
    (Carrier.AU, SIMPLE, "tokyo", "wgs84", P.DATUM_UNKNOWN),
    (Carrier.AU, SIMPLE, "dms", "0", P.DATUM_UNKNOWN),
    (Carrier.SOFTBANK, SOFTBANK, "&geo=wgs84", "", P.DATUM_MISSING),
    (Carrier.SOFTBANK, SOFTBANK, "wgs84", "itrf", P.DATUM_UNKNOWN),
    # The accuracy.
    (Carrier.DOCOMO, DOCOMO, "x-acc=3", "x-acc=0", P.ACCURACY),
    (Carrier.DOCOMO, DOCOMO, "x-acc=3", "x-acc=", P.ACCURACY),
    (Carrier.SOFTBANK, SOFTBANK, "x-acr=1", "x-acr=4", P.ACCURACY),
    (Carrier.SOFTBANK, SOFTBANK, "x-acr=1", "x-acr=11", P.ACCURACY),
    # Twice, even with the same value, or in another case: which one is meant?
    (Carrier.DOCOMO, DOCOMO, "geo", "geo=wgs84&geo", P.DUPLICATE),
    (Carrier.DOCOMO, DOCOMO, "geo", "LAT=%2B35.00.35.600&geo", P.DUPLICATE),
    (Carrier.AU, AU, "unit", "datum=1&unit", P.DUPLICATE),
    (Carrier.SOFTBANK, SOFTBANK, "geo", "pos=N43.3.18.42E141.21.1.88&geo", P.DUPLICATE),
    (Carrier.WILLCOM, WILLCOM, WILLCOM, f"{WILLCOM}&{WILLCOM}", P.DUPLICATE),
    # Two dialects, or another carrier's.
    (Carrier.DOCOMO, DOCOMO, "geo", "unit=0&geo", P.MIXED),
    (Carrier.WILLCOM, WILLCOM, WILLCOM, SOFTBANK, P.MIXED),
    (Carrier.SOFTBANK, SOFTBANK, SOFTBANK, DOCOMO, P.MIXED),
    (Carrier.AU, AU, "unit", "geo=wgs84&unit", P.MIXED),
    (Carrier.DOCOMO, DOCOMO, "geo", "a" * 5000 + "&geo", P.TOO_LONG),
    (Carrier.OTHER, DOCOMO, "", "", P.NO_DIALECT),
]


@pytest.mark.parametrize(("carrier", "query", "old", "new", "problem"), BROKEN)
def test_a_broken_answer_is_refused(
    carrier: Carrier, query: str, old: str, new: str, problem: PositionProblem
) -> None:
    assert old in query
    with pytest.raises(PositionUnreadable) as caught:
        read_position(carrier, query.replace(old, new, 1))
    assert caught.value.problem is problem
    assert caught.value.code == problem.value
    assert str(caught.value).isascii()


@pytest.mark.parametrize("carrier", WHOLE)
def test_the_page_s_own_values_are_left_alone(carrier: Carrier) -> None:
    for query in WHOLE[carrier]:
        page = "?call=12&name=%8D%82%8B%B4&name=%E9%AB%99&empty&=&" + query + "&submit=%91%97"
        assert read_position(carrier, page) == read_position(carrier, query)


@pytest.mark.parametrize("carrier", WHOLE)
def test_an_answer_cut_off_is_refused_or_claims_no_more(carrier: Carrier) -> None:
    """A connection that breaks in mid-URL: never another point, never a better accuracy."""
    for query in WHOLE[carrier]:
        whole = read_position(carrier, query)
        for length in range(len(query)):
            try:
                part = read_position(carrier, query[:length])
            except PositionUnreadable:
                continue
            assert (part.lat, part.lon, part.datum) == (whole.lat, whole.lon, whole.datum)
            assert part.dialect is whole.dialect
            assert part.radius_95_m >= whole.radius_95_m


@given(st.sampled_from(Carrier), st.text())
@example(Carrier.DOCOMO, "lat=\ud800&lon=1&geo=wgs84")
@example(Carrier.AU, "%&%2&%zz=%&lat=%&lon=%ff&datum=0&unit=1")
def test_any_text_is_refused_in_one_way(carrier: Carrier, query: str) -> None:
    with pytest.raises(PositionUnreadable):
        read_position(carrier, query)
