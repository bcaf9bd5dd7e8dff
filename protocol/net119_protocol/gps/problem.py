"""Why a phone's answer gives no position."""

from enum import StrEnum


class PositionProblem(StrEnum):
    """What was wrong; names are stable, pages choose their words by them."""

    NO_DIALECT = "no-dialect"
    """This carrier's phones tell no position in a query string."""
    NO_POSITION = "no-position"
    """The phone says that it has no position, or sent none."""
    TOO_LONG = "too-long"
    """Longer than any phone's answer."""
    DUPLICATE = "duplicate"
    """A value is there twice: nobody knows which one is meant."""
    MIXED = "mixed"
    """Values of two dialects in one answer."""
    MALFORMED = "malformed"
    """A number does not have the form that the dialect prescribes."""
    OUT_OF_RANGE = "out-of-range"
    """60 minutes, 60 seconds, a latitude above 90 or a longitude above 180 degrees."""
    DATUM_MISSING = "datum-missing"
    """The datum is not told; to take one for another moves the point by about 450 m."""
    DATUM_UNKNOWN = "datum-unknown"
    """A datum, or a combination of datum and unit, that the dialect does not have."""
    ACCURACY = "accuracy"
    """An accuracy that the dialect does not have."""


class PositionUnreadable(ValueError):
    """A phone's answer that gives no position; ``problem`` says why, ``field`` where.

    ``shown`` is what stood there, shortened and printable, for logs and pages.
    """

    def __init__(self, problem: PositionProblem, field: str, shown: str, expected: str) -> None:
        self.problem = problem
        self.field = field
        self.shown = shown if len(shown) <= 60 else shown[:57] + "..."
        where = f"{field}: " if field else ""
        super().__init__(f"{where}{self.shown!a} ({problem}); expected {expected}")

    @property
    def code(self) -> str:
        """The problem as its stable name."""
        return self.problem.value
