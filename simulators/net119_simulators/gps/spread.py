"""How errors spread: a circular normal distribution, with or without a share of large ones."""

import math
import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Spread:
    """Errors north and east, normal with one standard deviation, some of them larger.

    ``outliers`` is the share (0..1) of errors with ``factor`` times the standard deviation, as by
    reflected signals: without them 95 % lie within 1.62 times the radius of 68 %, with them within
    more.
    """

    outliers: float = 0.0
    factor: float = 1.0

    def draw(self, sigma_m: float, rng: random.Random) -> tuple[float, float]:
        """One error: metres north and east."""
        if self.outliers and rng.random() < self.outliers:
            sigma_m *= self.factor
        return rng.gauss(0.0, sigma_m), rng.gauss(0.0, sigma_m)

    def within(self, radius: float) -> float:
        """The share of errors inside a radius, in units of the standard deviation."""
        usual = 1.0 - math.exp(-(radius**2) / 2.0)
        large = 1.0 - math.exp(-((radius / self.factor) ** 2) / 2.0)
        return (1.0 - self.outliers) * usual + self.outliers * large

    def radius(self, share: float) -> float:
        """The radius that holds a share (0..1) of the errors, in standard deviations."""
        low, high = 0.0, 10.0 * max(self.factor, 1.0)
        for _ in range(60):
            middle = (low + high) / 2.0
            low, high = (middle, high) if self.within(middle) < share else (low, middle)
        return high


NORMAL = Spread()
