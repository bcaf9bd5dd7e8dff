"""Labels that docomo and SoftBank share: the datum by name, the class of accuracy."""

from net119_protocol.gps.accuracy import LOWEST_CLASS
from net119_protocol.gps.datum import Datum
from net119_protocol.gps.problem import PositionProblem, PositionUnreadable


def datum_of(field: str, label: str | None) -> Datum:
    """The datum that a label names, in any case; never a default.

    `PositionUnreadable` for a missing or unknown one: to guess would move the point by 400 to
    490 m, across a border if there is one.
    """
    expected = " or ".join(Datum)
    if not label:
        raise PositionUnreadable(PositionProblem.DATUM_MISSING, field, "", expected)
    try:
        return Datum(label.lower())
    except ValueError:
        problem = PositionProblem.DATUM_UNKNOWN
        raise PositionUnreadable(problem, field, label, expected) from None


def class_of(field: str, text: str | None) -> int:
    """The class of accuracy, 1, 2 or 3; the lowest where none is told.

    These phones always tell one: where it is missing it was cut off, and might have been any.
    """
    if text is None:
        return LOWEST_CLASS
    if text not in ("1", "2", "3"):
        raise PositionUnreadable(PositionProblem.ACCURACY, field, text, "1, 2 or 3")
    return int(text)
