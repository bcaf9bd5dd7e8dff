"""Where a handset believes it is: positions with their accuracy, or none at all."""

import math
import random
from dataclasses import dataclass
from datetime import datetime

from net119_protocol.codes import FixSource, Positioning
from net119_protocol.places import Fix

# Metres in one degree of latitude; good to 0.6 % anywhere, far below any accuracy simulated here.
_METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True)
class Position:
    """What the platform tells the call page: the switch, and a fix if there is one."""

    positioning: Positioning
    fix: Fix | None = None


def fixed(
    lat: float,
    lon: float,
    accuracy_m: float | None = 12.0,
    source: FixSource = FixSource.GPS,
    taken_at: datetime | None = None,
) -> Position:
    """A fix at exactly this point (WGS 84, degrees).

    ``accuracy_m`` is the radius the platform claims (68 %), ``None`` if it claims nothing.
    """
    fix = Fix(lat=lat, lon=lon, accuracy_m=accuracy_m, source=source, taken_at=taken_at)
    return Position(Positioning.ON, fix)


def scattered(
    lat: float, lon: float, accuracy_m: float, rng: random.Random, taken_at: datetime | None = None
) -> Position:
    """A fix beside the true point, in 68 of 100 cases not farther off than ``accuracy_m``.

    The error is drawn from a circular normal distribution.
    """
    # 68 % of a circular normal distribution lie within sqrt(-2 ln 0.32) standard deviations.
    sigma = accuracy_m / math.sqrt(-2.0 * math.log(0.32))
    north, east = rng.gauss(0.0, sigma), rng.gauss(0.0, sigma)
    return fixed(
        lat + north / _METRES_PER_DEGREE,
        lon + east / (_METRES_PER_DEGREE * math.cos(math.radians(lat))),
        accuracy_m,
        taken_at=taken_at,
    )


def searching() -> Position:
    """Switched on, but no fix: indoors, or too short a time (design: 15 s)."""
    return Position(Positioning.ON)


def switched_off() -> Position:
    """Positioning is switched off on the handset (ASO-10)."""
    return Position(Positioning.OFF)


def denied() -> Position:
    """The caller has not allowed the page to use the position (CNB-13)."""
    return Position(Positioning.DENIED)
