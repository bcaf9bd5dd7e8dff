"""SoftBank, and Vodafone before it: ``pos=N43.3.18.42E141.21.1.88&geo=wgs84&x-acr=1``.

Form as in jpmobile's recorded answer (V903T): minutes and seconds are not padded, so that a lost
digit cannot be told from a short number; the other dialects do not have this weakness.
"""

import re

from net119_protocol.gps.accuracy import DATUM_DOUBT_M, UNPADDED_DOUBT_M, accuracy_from_class
from net119_protocol.gps.angle import LATITUDE, LONGITUDE, degrees_of
from net119_protocol.gps.answer import Answer
from net119_protocol.gps.carrier import Dialect
from net119_protocol.gps.datum import Datum
from net119_protocol.gps.fix import CarrierFix, carrier_fix
from net119_protocol.gps.labels import class_of, datum_of
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable

_KEYS = frozenset({"pos", "geo", "x-acr"})
_FOREIGN = frozenset({"lat", "lon", "x-acc", "datum", "unit"})
_REST = r"\.(\d{1,2})\.(\d{1,2}\.(\d{1,2}))"
_FORM = re.compile(rf"([NS])(\d{{2}}){_REST}([EW])(\d{{3}}){_REST}", re.ASCII)


def read_softbank(query: str) -> CarrierFix:
    """A position from ``pos``, ``geo`` and ``x-acr``.

    Tokyo datum, which the label allows but no phone is known to send, is read with an accuracy
    that covers both readings; hundredths in one digit widen it by what they may mean.
    """
    answer = Answer(query, _KEYS, _FOREIGN)
    text = answer.position("pos")
    found = _FORM.fullmatch(text)
    if found is None:
        expected = "N43.3.18.42E141.21.1.88"
        raise PositionUnreadable(PositionProblem.MALFORMED, "pos", text, expected)
    south, west = found[1] == "S", found[6] == "W"
    told = (
        degrees_of(LATITUDE, text, south, found[2], found[3], found[4]),
        degrees_of(LONGITUDE, text, west, found[7], found[8], found[9]),
    )
    datum = datum_of("geo", answer.get("geo"))
    doubt = DATUM_DOUBT_M if datum is Datum.TOKYO else 0.0
    if len(found[5]) < 2 or len(found[10]) < 2:
        doubt += UNPADDED_DOUBT_M
    accuracy = accuracy_from_class(class_of("x-acr", answer.get("x-acr")), doubt)
    return carrier_fix(Dialect.SOFTBANK, datum, told, accuracy)
