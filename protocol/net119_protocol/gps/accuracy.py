"""What carriers say of accuracy, as the radius of 68 % confidence that a `places.Fix` carries.

Routing multiplies that radius by 1.6 to get its radius of 95 %; these functions are made so that
the result is what the carrier's words mean.
"""

from net119_protocol.directory.accuracy import (
    platform_accuracy,
    radius_from_class,
    radius_from_platform,
)

CELL_RADIUS_M = 5_000.0
"""95 % radius of a position that is a base station's (open-iArea, au simple position).

Assumption: the reach of a rural cell. The carriers only say that the error depends on the cell.
"""
DATUM_DOUBT_M = 700.0
"""Added to the 95 % radius where the datum told is in doubt.

The two lie 380 to 500 m apart on the main islands and Okinawa, 656 m at Minami-Torishima.
"""
LOWEST_CLASS = 1
"""Of ``x-acc`` and ``x-acr``; stands in where an accuracy is missing that should be there."""
UNPADDED_DOUBT_M = 25.0
"""Added to the 95 % radius where hundredths of a second came as one digit.

"18.4" is 18.40 or, printed by a phone that pads nothing, 18.04; at most 0.81 seconds or 25 m.
"""
_AXIS_TO_68_PERCENT = 1.51
"""sqrt(-2 ln 0.32): from the standard deviation on an axis to the circle that holds 68 %."""


def accuracy_from_class(accuracy_class: int, doubt_m: float = 0.0) -> float:
    """Metres (68 %) for docomo's ``x-acc`` and SoftBank's ``x-acr``: 1, 2 or 3.

    1 is 300 m or worse, 2 is 50 to 300 m, 3 is better than 50 m; the upper end counts, for class 1
    2 km (assumption). ``doubt_m`` is added to the radius of 95 %. ValueError for a class that is
    none.
    """
    return platform_accuracy(radius_from_class(accuracy_class) + doubt_m)


def accuracy_from_ellipse(semi_major_m: float, semi_minor_m: float) -> float:
    """Metres (68 %) for the axes of au's error ellipse; the lowest class where both are 0.

    Taken as the standard deviations along the axes, as in the position protocol beneath it (IS-801:
    LOC_UNCRTNTY_A and _P; that gpsOne hands them on unscaled is an assumption), and the larger axis
    as the radius all around.
    """
    axis = max(semi_major_m, semi_minor_m)
    return axis * _AXIS_TO_68_PERCENT if axis > 0 else accuracy_from_class(LOWEST_CLASS)


def cell_accuracy() -> float:
    """Metres (68 %) for a position that is only the base station's."""
    return platform_accuracy(CELL_RADIUS_M)


def with_datum_doubt(accuracy_m: float) -> float:
    """Metres (68 %) where the point may be meant in the other datum: both lie in the disc."""
    return platform_accuracy(radius_from_platform(accuracy_m) + DATUM_DOUBT_M)
