"""From a phone's query string to a position."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from net119_protocol.gps.au import read_au
from net119_protocol.gps.carrier import Carrier
from net119_protocol.gps.docomo import read_docomo
from net119_protocol.gps.fix import CarrierFix
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable
from net119_protocol.gps.softbank import read_softbank
from net119_protocol.gps.willcom import read_willcom

_READERS: Mapping[Carrier, Callable[[str], CarrierFix]] = MappingProxyType(
    {
        Carrier.DOCOMO: read_docomo,
        Carrier.AU: read_au,
        Carrier.SOFTBANK: read_softbank,
        Carrier.WILLCOM: read_willcom,
    }
)


def read_position(carrier: Carrier, query: str) -> CarrierFix:
    """The position in a query string, as the phone sent it (not decoded).

    Total: for any text either a position that the whole answer states, or `PositionUnreadable`,
    never a guess. The carrier comes from the phone's name (User-Agent): the same words mean other
    things elsewhere, as ``tokyo`` does at au.
    """
    reader = _READERS.get(carrier)
    if reader is None:
        expected = "a carrier whose phones tell a position in the URL"
        raise PositionUnreadable(PositionProblem.NO_DIALECT, "carrier", carrier, expected)
    return reader(query)
