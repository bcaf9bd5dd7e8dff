"""Figures: percentiles of measured times."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest of ``values`` (sorted) that at least ``share`` (0-100) of them do not exceed.

    The nearest-rank method: always a value that was really measured. ValueError if there is none.
    """
    if not values:
        raise ValueError("no values, so no percentile")
    if not 0 < share <= 100:
        raise ValueError(f"a percentile lies above 0 and up to 100, not at {share}")
    # Rounded first: 0.95 * 20 is a little more than 19 as a float, and must not become 20.
    return values[max(1, math.ceil(round(share / 100 * len(values), 9))) - 1]


SHARES = (1, 5, 10, 25, 50, 75, 90, 95, 99, 99.9, 100)
"""The percentiles by which a distribution is drawn."""


def distribution(values: Iterable[float]) -> list[tuple[float, float]]:
    """Each of `SHARES` with its percentile; nothing for an empty series."""
    ordered = sorted(values)
    return [(share, percentile(ordered, share)) for share in SHARES] if ordered else []


@dataclass(frozen=True)
class Summary:
    """A series of times in milliseconds."""

    count: int
    p50: float
    p95: float
    p99: float
    max: float

    @classmethod
    def of(cls, values: Iterable[float]) -> "Summary | None":
        """Summary of a series; ``None`` for an empty one, of which nothing can be said."""
        ordered = sorted(values)
        if not ordered:
            return None
        p50, p95, p99 = (round(percentile(ordered, share), 3) for share in (50, 95, 99))
        return cls(len(ordered), p50, p95, p99, round(ordered[-1], 3))

    def to_json(self) -> dict[str, Any]:
        """The figures by name."""
        return asdict(self)
