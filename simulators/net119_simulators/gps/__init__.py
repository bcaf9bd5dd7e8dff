"""Where a handset believes it is: true, drifting, stale, coarse, in a wrong datum, or not at all.

Everything is deterministic from its ``random.Random``. A `Position` is what a smartphone's page
has: the switch, and the fix (W3C Geolocation: WGS 84 degrees and a radius of 68 %, as
`net119_protocol.places.Fix`). Parameters carry their source where they stand, or say "assumption".
"""

from net119_simulators.gps.datum_lie import converted_twice, tokyo_taken_for_wgs84
from net119_simulators.gps.permission import (
    ANDROID_APPROXIMATE_M,
    IOS_APPROXIMATE_M,
    Downgrade,
    Permission,
    approximate,
)
from net119_simulators.gps.plane import moved
from net119_simulators.gps.position import (
    Position,
    denied,
    fixed,
    scattered,
    searching,
    switched_off,
)
from net119_simulators.gps.receiver import BOASTFUL, HONEST, Receiver
from net119_simulators.gps.spread import NORMAL, Spread
from net119_simulators.gps.start import CELL_FIX_S, COLD_START_S, ColdStart, stale
from net119_simulators.gps.surroundings import (
    CELL,
    INDOOR,
    OPEN_SKY,
    URBAN_CANYON,
    Surroundings,
)

__all__ = [
    "ANDROID_APPROXIMATE_M",
    "BOASTFUL",
    "CELL",
    "CELL_FIX_S",
    "COLD_START_S",
    "HONEST",
    "INDOOR",
    "IOS_APPROXIMATE_M",
    "NORMAL",
    "OPEN_SKY",
    "URBAN_CANYON",
    "ColdStart",
    "Downgrade",
    "Permission",
    "Position",
    "Receiver",
    "Spread",
    "Surroundings",
    "approximate",
    "converted_twice",
    "denied",
    "fixed",
    "moved",
    "scattered",
    "searching",
    "stale",
    "switched_off",
    "tokyo_taken_for_wgs84",
]
