"""What the caller allows: the exact position, an approximate one, or none, also in mid-call."""

import math
import random
from datetime import datetime
from enum import StrEnum

from net119_protocol.codes import FixSource, Positioning

from net119_simulators.gps.plane import moved
from net119_simulators.gps.position import Position, denied, fixed, switched_off

IOS_APPROXIMATE_M = 5_000.0
"""Radius that iOS reports for "Precise: Off" (iOS 14 and later). About 5 km: Mynavi, 2021-04-30;
other articles say from some hundred metres to 20 km."""
ANDROID_APPROXIMATE_M = 1_600.0
"""Radius that Android reports for approximate location (Android 12 and later): the codelab
"Approximate location" of developer.android.com."""


class Permission(StrEnum):
    """What the page may know."""

    PRECISE = "precise"
    APPROXIMATE = "approximate"
    DENIED = "denied"
    OFF = "off"


def approximate(
    lat: float,
    lon: float,
    radius_m: float,
    rng: random.Random,
    taken_at: datetime | None = None,
) -> Position:
    """A position made coarse: the caller is somewhere in the disc, not more likely in its middle.

    The centre is drawn so that the caller is equally likely anywhere in the disc (assumption: the
    platforms do not publish how they coarsen); all of it lies within ``radius_m``, more than the
    68 % that a radius promises.
    """
    distance, direction = radius_m * math.sqrt(rng.random()), rng.uniform(0.0, 2.0 * math.pi)
    north, east = distance * math.cos(direction), distance * math.sin(direction)
    return fixed(*moved(lat, lon, north, east), radius_m, FixSource.NETWORK, taken_at)


class Downgrade:
    """A caller who turns the permission down while the call runs.

    Until then the exact fixes of ``inner``; from ``after_s`` on one approximate position, which
    does not change (the platforms hold it for some fifteen minutes, Mynavi 2021-04-30), or none.
    """

    def __init__(
        self,
        lat: float,
        lon: float,
        rng: random.Random,
        after_s: float,
        to: Permission = Permission.APPROXIMATE,
        radius_m: float = ANDROID_APPROXIMATE_M,
    ) -> None:
        self.after_s, self.to = after_s, to
        self._coarse = approximate(lat, lon, radius_m, rng)

    def position(self, at_s: float, exact: Position) -> Position:
        """What the page gets at ``at_s`` seconds in place of the ``exact`` position."""
        if at_s < self.after_s or exact.positioning is not Positioning.ON:
            return exact
        match self.to:
            case Permission.PRECISE:
                return exact
            case Permission.APPROXIMATE:
                return self._coarse
            case Permission.DENIED:
                return denied()
            case Permission.OFF:
                return switched_off()
