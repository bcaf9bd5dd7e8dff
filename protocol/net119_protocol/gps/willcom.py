"""Willcom: ``pos=N43.04.34.049E141.21.03.279``, a base station's position in Tokyo datum.

Nothing in the answer says so; that it is Tokyo's and must be converted is recorded in jpmobile
(WX310K). The accuracy is unknown: cells of a PHS reach some hundred metres.
"""

import re

from net119_protocol.gps.angle import LATITUDE, LONGITUDE, NO_SIGN, sexagesimal
from net119_protocol.gps.answer import Answer
from net119_protocol.gps.carrier import Dialect
from net119_protocol.gps.datum import Datum
from net119_protocol.gps.fix import CarrierFix, carrier_fix
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable

_KEYS = frozenset({"pos"})
_FOREIGN = frozenset({"lat", "lon", "geo", "x-acc", "x-acr", "datum", "unit"})
_DECIMALS = 3


def read_willcom(query: str) -> CarrierFix:
    """A position from ``pos``, always converted from Tokyo datum."""
    answer = Answer(query, _KEYS, _FOREIGN)
    text = answer.position("pos")
    # An unfilled place holder of the link: the phone did not put a position in.
    if text.strip().lower() == "$location":
        raise PositionUnreadable(PositionProblem.NO_POSITION, "pos", text, "a position")
    halves = re.fullmatch(r"N([^NE]*)E([^NE]*)", text)
    if halves is None:
        expected = "N43.04.34.049E141.21.03.279"
        raise PositionUnreadable(PositionProblem.MALFORMED, "pos", text, expected)
    told = (
        sexagesimal(LATITUDE, halves[1], _DECIMALS, NO_SIGN),
        sexagesimal(LONGITUDE, halves[2], _DECIMALS, NO_SIGN),
    )
    return carrier_fix(Dialect.WILLCOM, Datum.TOKYO, told, None)
