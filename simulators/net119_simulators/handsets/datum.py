"""From WGS 84 to the Tokyo datum, for phones that tell their position in the latter.

Three-parameter shift of geocentric coordinates with the figures of the Geographical Survey
Institute of Japan, good to about 10 m; written apart from any reader of positions, so that the two
do not share a mistake.
"""

import math
from typing import NamedTuple


class _Ellipsoid(NamedTuple):
    axis_m: float
    flattening: float

    @property
    def squared(self) -> float:
        """The first eccentricity, squared."""
        return self.flattening * (2.0 - self.flattening)


_WGS84 = _Ellipsoid(6_378_137.0, 1 / 298.257223563)
_BESSEL = _Ellipsoid(6_377_397.155, 1 / 299.152813)
# Added to Tokyo's coordinates they give WGS 84's, in metres.
_SHIFT = (-146.414, 507.337, 680.507)
_ROUNDS = 6


def tokyo_of(lat: float, lon: float) -> tuple[float, float]:
    """Latitude and longitude in the Tokyo datum of a WGS 84 point on the ground; degrees."""
    phi, lam = math.radians(lat), math.radians(lon)
    radius = _WGS84.axis_m / math.sqrt(1.0 - _WGS84.squared * math.sin(phi) ** 2)
    x = radius * math.cos(phi) * math.cos(lam) - _SHIFT[0]
    y = radius * math.cos(phi) * math.sin(lam) - _SHIFT[1]
    z = radius * (1.0 - _WGS84.squared) * math.sin(phi) - _SHIFT[2]
    across = math.hypot(x, y)
    found = math.atan2(z, across * (1.0 - _BESSEL.squared))
    for _ in range(_ROUNDS):
        curve = _BESSEL.axis_m / math.sqrt(1.0 - _BESSEL.squared * math.sin(found) ** 2)
        found = math.atan2(z + _BESSEL.squared * curve * math.sin(found), across)
    return math.degrees(found), math.degrees(math.atan2(y, x))
