"""docomo: GPS (``lcs``), and open-iArea, which tells a base station.

Form of the GPS answer: docomo's "GPS function" pages for makers of i-mode sites; peculiarities
(capitals, an altitude that the pages do not mention) as recorded in jpmobile's tests, SH903i and
SO506iC.
"""

from net119_protocol.gps.accuracy import DATUM_DOUBT_M, accuracy_from_class, cell_accuracy
from net119_protocol.gps.angle import LATITUDE, LONGITUDE, SIGN, number, sexagesimal
from net119_protocol.gps.answer import Answer
from net119_protocol.gps.carrier import Dialect
from net119_protocol.gps.datum import Datum
from net119_protocol.gps.fix import CarrierFix, carrier_fix
from net119_protocol.gps.labels import class_of, datum_of
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable

_IAREA = ("actn", "areacode", "posinfo")
_KEYS = frozenset({"lat", "lon", "geo", "x-acc", "alt", *_IAREA})
_FOREIGN = frozenset({"pos", "x-acr", "datum", "unit"})
_DECIMALS = 3


def read_docomo(query: str) -> CarrierFix:
    """A position from ``lat=%2B35.00.35.600&lon=...&geo=wgs84&x-acc=3`` or open-iArea's capitals.

    Tokyo datum is read as its pages allow; since no phone is known to send it, the accuracy then
    covers both readings. Without ``x-acc`` it is the lowest class.
    """
    answer = Answer(query, _KEYS, _FOREIGN)
    # By its capitals too: cut off before ACTN it must not pass for a GPS answer.
    iarea = answer.in_capitals("lat") or any(answer.has(key) for key in _IAREA)
    action = answer.get("actn")
    if iarea and (action is None or action.upper() != "OK"):
        raise PositionUnreadable(PositionProblem.NO_POSITION, "ACTN", action or "", "OK")
    told = (
        sexagesimal(LATITUDE, answer.position("lat"), _DECIMALS, SIGN),
        sexagesimal(LONGITUDE, answer.position("lon"), _DECIMALS, SIGN),
    )
    datum = datum_of("geo", answer.get("geo"))
    altitude = answer.get("alt")
    altitude_m = None if altitude is None else number("alt", altitude, signed=True, whole=False)
    accuracy_class = class_of("x-acc", answer.get("x-acc"))
    if iarea:
        return carrier_fix(Dialect.DOCOMO_IAREA, datum, told, cell_accuracy(), altitude_m)
    doubt = DATUM_DOUBT_M if datum is Datum.TOKYO else 0.0
    accuracy = accuracy_from_class(accuracy_class, doubt)
    return carrier_fix(Dialect.DOCOMO_GPS, datum, told, accuracy, altitude_m)
