"""Tokyo datum and WGS 84, by the three parameters of the Geospatial Information Authority (GSI).

Until 2002 Japan's maps, and with them many phones, used the Tokyo datum on Bessel's ellipsoid.
The same numbers mean a point 380 to 500 m further north-west in WGS 84, more on remote islands. The
shift between the two geocentric frames is GSI's (EPSG transformation 15484, stated accuracy 9 m);
heights are taken as 0 on Bessel's ellipsoid: phones of that time told none to be relied on.
"""

import math
from enum import StrEnum


class Datum(StrEnum):
    """What the numbers of a position refer to."""

    WGS84 = "wgs84"
    TOKYO = "tokyo"


_SHIFT_M = (-146.414, 507.337, 680.507)
_BESSEL = (6_377_397.155, 1.0 / 299.1528128)
_WGS84 = (6_378_137.0, 1.0 / 298.257223563)


def tokyo_to_wgs84(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude, degrees in Tokyo datum, as (lat, lon) in WGS 84.

    Exact to less than a millimetre for the three parameters, which are themselves good for about
    10 m in Japan and mean nothing elsewhere.
    """
    return _moved(lat, lon, _BESSEL, _WGS84, 1.0)


def wgs84_to_tokyo(lat: float, lon: float) -> tuple[float, float]:
    """The inverse, for simulated phones; there and back differs by less than 2 cm."""
    return _moved(lat, lon, _WGS84, _BESSEL, -1.0)


def _moved(
    lat: float,
    lon: float,
    source: tuple[float, float],
    target: tuple[float, float],
    sign: float,
) -> tuple[float, float]:
    x, y, z = _geocentric(lat, lon, *source)
    dx, dy, dz = _SHIFT_M
    return _geographic(x + sign * dx, y + sign * dy, z + sign * dz, *target)


def _geocentric(
    lat: float, lon: float, axis: float, flattening: float
) -> tuple[float, float, float]:
    """The point at height 0 above an ellipsoid, in metres from its centre."""
    phi, lam = math.radians(lat), math.radians(lon)
    square = flattening * (2.0 - flattening)
    normal = axis / math.sqrt(1.0 - square * math.sin(phi) ** 2)
    flat = normal * math.cos(phi)
    return (
        flat * math.cos(lam),
        flat * math.sin(lam),
        normal * (1.0 - square) * math.sin(phi),
    )


def _geographic(
    x: float, y: float, z: float, axis: float, flattening: float
) -> tuple[float, float]:
    """Latitude and longitude of a point near an ellipsoid (Bowring 1976, sub-millimetre)."""
    square = flattening * (2.0 - flattening)
    minor = axis * (1.0 - flattening)
    from_axis = math.hypot(x, y)
    beta = math.atan2(z * axis, from_axis * minor)
    phi = math.atan2(
        z + square / (1.0 - square) * minor * math.sin(beta) ** 3,
        from_axis - square * axis * math.cos(beta) ** 3,
    )
    return math.degrees(phi), math.degrees(math.atan2(y, x))
