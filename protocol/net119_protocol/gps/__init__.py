"""How handsets tell where they are: the carriers' GPS dialects, their datum, their accuracy.

`read_position` reads what a feature phone put into its query string, `position_link` is what a
page needs in its HTML so that the phone measures. A smartphone needs neither: its browser gives
WGS 84 degrees and a radius to the page (W3C Geolocation), which become a `places.Fix` as they are.
Pure functions: no clock, no I/O.
"""

from net119_protocol.gps.accuracy import (
    CELL_RADIUS_M,
    DATUM_DOUBT_M,
    accuracy_from_class,
    accuracy_from_ellipse,
)
from net119_protocol.gps.carrier import Carrier, Dialect, carrier_of, dialects_of
from net119_protocol.gps.datum import Datum, tokyo_to_wgs84, wgs84_to_tokyo
from net119_protocol.gps.fix import CarrierFix
from net119_protocol.gps.links import PositionLink, position_link
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable
from net119_protocol.gps.reading import read_position

__all__ = [
    "CELL_RADIUS_M",
    "DATUM_DOUBT_M",
    "Carrier",
    "CarrierFix",
    "Datum",
    "Dialect",
    "PositionLink",
    "PositionProblem",
    "PositionUnreadable",
    "accuracy_from_class",
    "accuracy_from_ellipse",
    "carrier_of",
    "dialects_of",
    "position_link",
    "read_position",
    "tokyo_to_wgs84",
    "wgs84_to_tokyo",
]
