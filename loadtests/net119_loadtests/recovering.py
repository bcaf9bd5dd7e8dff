"""A fault as callers and dispatchers live through it: from its beginning until all is well again.

Recovered means: the fault itself is over, every connection stands, and every line that was written
up to then is acknowledged. What goes wrong until then is counted apart; what goes wrong afterwards
is an error like any other.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Sequence
from typing import Any

from net119_loadtests.figures import percentile


class Disturbance:
    """One fault; times are those of one clock, in seconds."""

    def __init__(self, name: str, now: float) -> None:
        self.name = name
        self.began = now
        self.over: float | None = None
        self.recovered: float | None = None
        self.errors: Counter[str] = Counter()
        self.connections_lost = 0
        self._touched = now

    def touched(self, now: float) -> None:
        """A connection was lost, or stands again."""
        self._touched = now

    def look(self, now: float, down: int, oldest_waiting: float | None) -> bool:
        """Whether all is well again now, with so many connections down.

        ``oldest_waiting`` is when the oldest line was written that is not acknowledged.
        """
        if self.over is None or down:
            return False
        until = max(self.over, self._touched)
        if oldest_waiting is not None and oldest_waiting <= until:
            return False
        self.recovered = now
        return True

    def spoils(self, since: float, until: float) -> bool:
        """Whether what was measured between these moments was measured in the fault."""
        return until >= self.began and (self.recovered is None or since <= self.recovered)

    def to_json(self) -> dict[str, Any]:
        """What one generator has seen of it; times in seconds after its beginning."""
        return {
            "name": self.name,
            "over_s": _after(self.began, self.over),
            "recovered_s": _after(self.began, self.recovered),
            "connections_lost": self.connections_lost,
            "errors": dict(self.errors),
        }


def _after(began: float, moment: float | None) -> float | None:
    return None if moment is None else moment - began


def together(seen: Sequence[dict[str, Any] | None]) -> dict[str, Any]:
    """One fault as several generators have seen it: the last to recover counts.

    ``None`` is one that was done before; then not all have recovered.
    """
    errors: Counter[str] = Counter()
    parts = [part for part in seen if part is not None]
    for part in parts:
        errors.update(part["errors"])
    latest = None if len(parts) < len(seen) else _latest([part["recovered_s"] for part in parts])
    return {
        "name": parts[0]["name"],
        "over_s": _latest([part["over_s"] for part in parts]),
        "recovered_s": latest,
        "connections_lost": sum(part["connections_lost"] for part in parts),
        "errors": dict(errors),
    }


def _latest(moments: Sequence[float | None]) -> float | None:
    known = [moment for moment in moments if moment is not None]
    return round(max(known), 3) if len(known) == len(moments) and known else None


def p99_back(samples: Sequence[float], bound_ms: float) -> float | None:
    """Seconds after a fault's beginning from which on the p99 of lines stays within the bound.

    ``samples`` are pairs one after the other: when a line was written, in seconds after the
    beginning, and how long its acknowledgement took, in milliseconds. Looked at second by second
    of writing. ``None``: not by the end, or nothing was written.
    """
    seconds: defaultdict[int, list[float]] = defaultdict(list)
    for written, taken in zip(samples[::2], samples[1::2], strict=True):
        seconds[math.floor(written)].append(taken)
    if not seconds:
        return None
    slow = [at for at, taken in seconds.items() if percentile(sorted(taken), 99) > bound_ms]
    if not slow:
        return 0.0
    # What was written before it began and acknowledged in it belongs to it, too.
    return float(max(slow) + 1) if max(slow) < max(seconds) else None
