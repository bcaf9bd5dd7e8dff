"""Where a handset believes it is: positions with their accuracy, or none at all."""

import random
from dataclasses import dataclass
from datetime import datetime

from net119_protocol.codes import FixSource, Positioning
from net119_protocol.places import Fix

from net119_simulators.gps.plane import moved
from net119_simulators.gps.spread import NORMAL


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
    north, east = NORMAL.draw(accuracy_m / NORMAL.radius(0.68), rng)
    return fixed(*moved(lat, lon, north, east), accuracy_m, taken_at=taken_at)


def searching() -> Position:
    """Switched on, but no fix: indoors, or too short a time (design: 15 s)."""
    return Position(Positioning.ON)


def switched_off() -> Position:
    """Positioning is switched off on the handset (ASO-10)."""
    return Position(Positioning.OFF)


def denied() -> Position:
    """The caller has not allowed the page to use the position (CNB-13)."""
    return Position(Positioning.DENIED)
