"""How large the disc of uncertainty around a position is: the radius of 95 % confidence.

Platforms (Android, iOS, browsers) give the radius of 68 % confidence; for a circular normal
distribution 95 % lie within 1.6 times that. A carrier of feature phones gives a class instead of
metres; its radius is the upper end of the class (docomo ``x-acc``, SoftBank ``x-acr``, facts A46,
A50), and for the lowest class, which has no upper end, the reach of a rural cell.
"""

import math
from types import MappingProxyType

from net119_protocol.directory.lookup import MAX_RADIUS_M

PLATFORM_FACTOR = 1.6
MISSING_RADIUS_M = 500.0
"""Radius where the handset says nothing."""
LEAST_RADIUS_M = 100.0
"""No radius is smaller: the borders themselves deviate by up to 82 m."""

CARRIER_CLASS_RADIUS_M = MappingProxyType({1: 2_000.0, 2: 300.0, 3: 100.0})
"""Classes of docomo and SoftBank: 1 = 300 m or worse, 2 = 50-300 m, 3 = better than 50 m."""


def radius_from_platform(accuracy_m: float | None) -> float:
    """The 95 % radius, in metres, for a platform's 68 % radius.

    ``None`` and 0 mean "not known" (Android reports 0 for that). The result lies between
    `LEAST_RADIUS_M` and `MAX_RADIUS_M`: a larger radius is no knowledge of a place anyway, and
    would make "outside Japan" impossible to tell. ValueError for a negative or non-finite value.
    """
    if accuracy_m is None:
        return MISSING_RADIUS_M
    if not math.isfinite(accuracy_m) or accuracy_m < 0:
        raise ValueError(f"accuracy {accuracy_m} m: a finite number of metres, not negative")
    if accuracy_m == 0:
        return MISSING_RADIUS_M
    return min(max(accuracy_m * PLATFORM_FACTOR, LEAST_RADIUS_M), MAX_RADIUS_M)


def radius_from_class(accuracy_class: int | None) -> float:
    """The 95 % radius, in metres, for a carrier's class; ValueError for a class that is none."""
    if accuracy_class is None:
        return MISSING_RADIUS_M
    try:
        return CARRIER_CLASS_RADIUS_M[accuracy_class]
    except KeyError:
        raise ValueError(f"accuracy class {accuracy_class}: 1, 2 or 3") from None


def platform_accuracy(radius_m: float) -> float:
    """The 68 % radius that a platform would report for a 95 % radius (simulators, carriers)."""
    return radius_m / PLATFORM_FACTOR
