"""A receiver whose error drifts, and what it claims of it."""

import math
import random
from datetime import datetime

from net119_simulators.gps.plane import moved
from net119_simulators.gps.position import Position, fixed
from net119_simulators.gps.surroundings import OPEN_SKY, Surroundings

HONEST = 1.0
"""Of all errors of a receiver, 68 % lie within the radius it claims."""
BOASTFUL = 0.3
"""A platform that claims 5 m where 16 m were honest (assumption: the size of the lie)."""


class Receiver:
    """A phone's positioning in one place; the same ``rng`` state gives the same fixes.

    The error is a first-order Gauss-Markov process: between two fixes it keeps ``exp(-dt / T)`` of
    itself and gains noise, so that it has the same size at any time and nearby fixes are wrong in
    the same way: averaging them does not help. Where the surroundings have outliers, some fixes are
    farther off by their factor, each by chance of its own.

    ``claim`` multiplies the radius that would be honest; None claims nothing.
    """

    def __init__(
        self,
        lat: float,
        lon: float,
        rng: random.Random,
        surroundings: Surroundings = OPEN_SKY,
        claim: float | None = HONEST,
    ) -> None:
        self.lat, self.lon = lat, lon
        self.surroundings = surroundings
        self.sigma_m = surroundings.sigma_m * math.exp(rng.gauss(0.0, surroundings.variety))
        self._rng = rng
        self._claim = claim
        self._at_s = 0.0
        self._north, self._east = rng.gauss(0.0, self.sigma_m), rng.gauss(0.0, self.sigma_m)

    @property
    def honest_accuracy_m(self) -> float:
        """The radius that holds 68 % of this receiver's errors, in metres."""
        return self.sigma_m * self.surroundings.spread.radius(0.68)

    def move(self, lat: float, lon: float) -> None:
        """The phone is carried to another place nearby; its error goes along."""
        self.lat, self.lon = lat, lon

    def fix(self, at_s: float, taken_at: datetime | None = None) -> Position:
        """The fix at a time, in seconds; ValueError for one before the last fix."""
        if at_s < self._at_s:
            raise ValueError(f"a fix at {at_s} s after one at {self._at_s} s")
        kept = math.exp(-(at_s - self._at_s) / self.surroundings.correlation_s)
        noise = self.sigma_m * math.sqrt(1.0 - kept * kept)
        self._north = kept * self._north + self._rng.gauss(0.0, noise)
        self._east = kept * self._east + self._rng.gauss(0.0, noise)
        self._at_s = at_s
        spread, factor = self.surroundings.spread, 1.0
        if spread.outliers and self._rng.random() < spread.outliers:
            factor = spread.factor
        place = moved(self.lat, self.lon, factor * self._north, factor * self._east)
        accuracy = None if self._claim is None else self._claim * self.honest_accuracy_m
        return fixed(*place, accuracy, self.surroundings.source, taken_at)
