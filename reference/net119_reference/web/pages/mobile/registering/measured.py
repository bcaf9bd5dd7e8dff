"""A position that a phone measured, as the position of an address."""

from dataclasses import dataclass

from net119_protocol.gps import CarrierFix

EXACT_M = 100.0
"""Largest radius of 95 % confidence with which a measured position says where a house is."""
DIGITS = 6
"""Decimals of a degree that are kept: 0.1 m."""


@dataclass(frozen=True)
class Spot:
    """Latitude and longitude as a form's fields hold them."""

    lat: str
    lon: str


def spot_of(fix: CarrierFix) -> Spot | None:
    """The position; ``None`` where it is too coarse to find a house by."""
    if fix.radius_95_m > EXACT_M:
        return None
    return Spot(f"{fix.lat:.{DIGITS}f}", f"{fix.lon:.{DIGITS}f}")
