"""au: gpsOne, which measures, and the simple position, which tells a base station.

Keys and values as in KDDI's EZfactory pages (``ezfactory/tec/spec/eznavi.html``) and jpmobile's
recorded answers (CA32, 2006).
"""

from net119_protocol.gps.accuracy import (
    LOWEST_CLASS,
    accuracy_from_class,
    accuracy_from_ellipse,
    cell_accuracy,
    with_datum_doubt,
)
from net119_protocol.gps.angle import (
    LATITUDE,
    LONGITUDE,
    PLUS_AT_MOST,
    SIGN,
    decimal,
    number,
    sexagesimal,
)
from net119_protocol.gps.answer import Answer
from net119_protocol.gps.carrier import Dialect
from net119_protocol.gps.datum import Datum
from net119_protocol.gps.fix import CarrierFix, carrier_fix
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable

_ERROR_KEYS = ("smaj", "smin", "vert", "majaa", "fm")
_KEYS = frozenset({"ver", "datum", "unit", "lat", "lon", "alt", "time", *_ERROR_KEYS})
_FOREIGN = frozenset({"pos", "geo", "x-acc", "x-acr", "actn", "posinfo", "areacode"})
_DATUMS = {"0": Datum.WGS84, "1": Datum.TOKYO}
_DECIMALS = 2
_SIMPLE = ("tokyo", "dms")


def read_au(query: str) -> CarrierFix:
    """A position from gpsOne (``datum=0|1``, ``unit=0|1``) or a simple one.

    The simple position says ``datum=tokyo&unit=dms``, but its numbers are WGS 84 and stay as they
    are: converting them would move the point by about 450 m. Exactly this pair of words marks it;
    any other mixture of words and digits is refused. gpsOne in Tokyo datum is converted; since
    `position_link` never asks for it, the accuracy then covers both readings.
    """
    answer = Answer(query, _KEYS, _FOREIGN)
    lat, lon = answer.position("lat"), answer.position("lon")
    datum, unit = answer.get("datum"), answer.get("unit")
    if datum is None or not datum:
        raise PositionUnreadable(PositionProblem.DATUM_MISSING, "datum", "", "0, 1 or tokyo")
    if (datum, unit) == _SIMPLE:
        # A service of Japan: nothing is south of the equator, and the sample has no sign at all.
        told = (
            sexagesimal(LATITUDE, lat, _DECIMALS, PLUS_AT_MOST),
            sexagesimal(LONGITUDE, lon, _DECIMALS, PLUS_AT_MOST),
        )
        return carrier_fix(Dialect.AU_SIMPLE, Datum.WGS84, told, cell_accuracy())
    if datum not in _DATUMS or unit not in ("0", "1"):
        expected = "datum 0 or 1 and unit 0 or 1, or tokyo and dms"
        shown = f"datum={datum}&unit={'' if unit is None else unit}"
        raise PositionUnreadable(PositionProblem.DATUM_UNKNOWN, "datum", shown, expected)
    if unit == "1":
        told = decimal(LATITUDE, lat), decimal(LONGITUDE, lon)
    else:
        told = (
            sexagesimal(LATITUDE, lat, _DECIMALS, SIGN),
            sexagesimal(LONGITUDE, lon, _DECIMALS, SIGN),
        )
    altitude = answer.get("alt")
    altitude_m = None if altitude is None else number("alt", altitude, signed=True)
    for key in ("ver", "time"):
        value = answer.get(key)
        if value is not None and not (value.isascii() and value.isdigit()):
            raise PositionUnreadable(PositionProblem.MALFORMED, key, value, "digits")
    accuracy = _accuracy(answer)
    if _DATUMS[datum] is Datum.TOKYO:
        accuracy = with_datum_doubt(accuracy)
    return carrier_fix(Dialect.AU_GPSONE, _DATUMS[datum], told, accuracy, altitude_m)


def _accuracy(answer: Answer) -> float:
    """From the ellipse if all of its five values are there, else the lowest class.

    Of an answer that was cut off in ``smaj=113`` the rest, ``smaj=11``, would claim ten times the
    accuracy.
    """
    told = {key: answer.get(key) for key in _ERROR_KEYS}
    values = {key: number(key, text) for key, text in told.items() if text is not None}
    if len(values) < len(_ERROR_KEYS):
        return accuracy_from_class(LOWEST_CLASS)
    return accuracy_from_ellipse(values["smaj"], values["smin"])
