"""Carriers, and the dialects in which their phones tell a position."""

from enum import StrEnum
from types import MappingProxyType


class Carrier(StrEnum):
    """Whose phone it is; the carrier decides the dialect, not the caller's contract."""

    DOCOMO = "docomo"
    AU = "au"
    SOFTBANK = "softbank"
    WILLCOM = "willcom"
    OTHER = "other"
    """Smartphones, later feature phones and computers: no dialect, the browser gives a fix."""


class Dialect(StrEnum):
    """One form of query string; what each holds is told where it is read."""

    DOCOMO_GPS = "docomo-gps"
    DOCOMO_IAREA = "docomo-iarea"
    AU_GPSONE = "au-gpsone"
    AU_SIMPLE = "au-simple"
    SOFTBANK = "softbank"
    WILLCOM = "willcom"


_DIALECTS = MappingProxyType(
    {
        Carrier.DOCOMO: (Dialect.DOCOMO_GPS, Dialect.DOCOMO_IAREA),
        Carrier.AU: (Dialect.AU_GPSONE, Dialect.AU_SIMPLE),
        Carrier.SOFTBANK: (Dialect.SOFTBANK,),
        Carrier.WILLCOM: (Dialect.WILLCOM,),
        Carrier.OTHER: (),
    }
)


def dialects_of(carrier: Carrier) -> tuple[Dialect, ...]:
    """The dialects of a carrier, the most exact first; empty where the browser gives a fix."""
    return _DIALECTS[carrier]


def carrier_of(dialect: Dialect) -> Carrier:
    """The carrier whose phones speak a dialect."""
    return next(carrier for carrier, dialects in _DIALECTS.items() if dialect in dialects)
