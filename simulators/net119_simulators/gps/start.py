"""From switching on to a good fix, and the ways in which that goes wrong."""

import random
from datetime import datetime

from net119_simulators.gps.position import Position, fixed, searching
from net119_simulators.gps.receiver import HONEST, Receiver
from net119_simulators.gps.surroundings import CELL, OPEN_SKY, Surroundings

CELL_FIX_S = 2.0
"""When the network's position comes (assumption: one exchange with a server)."""
COLD_START_S = 30.0
"""When the satellites' position comes without any help: u-blox states 26 to 30 s for its receivers
since the M8 (data sheets); with assistance it is a few seconds."""


class ColdStart:
    """A phone that was off: nothing, then the network's position, then the satellites'.

    A call page that waits 15 s has only the cell when it calls; the position gets better while the
    chat runs. ``satellite_s`` None: the satellites never come (indoors).
    """

    def __init__(
        self,
        lat: float,
        lon: float,
        rng: random.Random,
        surroundings: Surroundings = OPEN_SKY,
        *,
        cell_s: float = CELL_FIX_S,
        satellite_s: float | None = COLD_START_S,
        claim: float | None = HONEST,
    ) -> None:
        self.cell_s, self.satellite_s = cell_s, satellite_s
        self._cell = Receiver(lat, lon, rng, CELL, claim)
        self._satellites = Receiver(lat, lon, rng, surroundings, claim)

    def position(self, at_s: float, taken_at: datetime | None = None) -> Position:
        """What the platform has this many seconds after it was switched on."""
        if at_s < self.cell_s:
            return searching()
        if self.satellite_s is None or at_s < self.satellite_s:
            return self._cell.fix(at_s, taken_at)
        return self._satellites.fix(at_s, taken_at)


def stale(
    lat: float, lon: float, taken_at: datetime, accuracy_m: float = 12.0, *, dated: bool = True
) -> Position:
    """The last fix before the journey, from another city, handed out as if it were of now.

    Its accuracy is as good as it was then. With ``dated`` false the platform says nothing of its
    age (or calls it new), and nobody can tell from the fix.
    """
    return fixed(lat, lon, accuracy_m, taken_at=taken_at if dated else None)
