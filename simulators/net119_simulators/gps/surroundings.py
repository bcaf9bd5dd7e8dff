"""What a receiver's surroundings do to its fixes: parameters, each with its source."""

from dataclasses import dataclass

from net119_protocol.codes import FixSource

from net119_simulators.gps.spread import NORMAL, Spread


@dataclass(frozen=True, slots=True)
class Surroundings:
    """One place to measure from.

    ``sigma_m`` is the median over receivers of the standard deviation on each axis, and
    ``variety`` the standard deviation of its natural logarithm: no two receivers are equally good.
    ``correlation_s`` is the time after which an error has been forgotten to 1/e (first-order
    Gauss-Markov process). ``spread`` tells how errors are distributed, ``source`` what a phone
    calls the fix.
    """

    name: str
    sigma_m: float
    variety: float
    correlation_s: float
    spread: Spread = NORMAL
    source: FixSource = FixSource.GPS


OPEN_SKY = Surroundings("open sky", 4.9 / NORMAL.radius(0.68), 0.5, 180.0)
"""A phone outdoors. 4.9 m under open sky: van Diggelen and Enge, ION GNSS+ 2015, taken here as the
radius of 68 %. First-order Gauss-Markov for GPS errors: Rankin, IEEE PLANS 1994; that it takes
minutes, and the variety (a tenth of the phones worse than 9 m): assumptions."""

URBAN_CANYON = Surroundings("urban canyon", 8.3, 0.5, 60.0, Spread(0.1, 4.0))
"""Between high buildings: 7 to 13 m on average for a phone in a town (Merry and Bettinger, PLoS ONE
14(7), 2019), here 10.4 m for the usual nine tenths; a tenth of the measurements by reflected
signals, four times as far off, shorter memory since the reflections change with each step:
assumptions."""

INDOOR = Surroundings("indoor", 50.0 / NORMAL.radius(0.8), 0.5, 300.0, source=FixSource.NETWORK)
"""Inside a building, by Wi-Fi and cells: 50 m for 80 % of calls, what the FCC asks of carriers for
indoor calls (47 CFR 20.18(i)(2)); variety and memory: assumptions."""

CELL = Surroundings(
    "cell", 300.0 / NORMAL.radius(0.9), 0.7, 600.0, Spread(0.05, 4.0), FixSource.NETWORK
)
"""By the network alone: 300 m for 90 % of calls, the FCC's rule for network positions (47 CFR
20.18(h)(1)); rural cells, one in twenty, four times as large: an assumption."""
