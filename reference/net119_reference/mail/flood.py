"""A bound on incoming mail: of one sender, and of all together."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime


@dataclass
class _Level:
    filled: float
    seen: datetime


@dataclass(frozen=True)
class Rate:
    """``burst`` at once, then ``per_s`` a second."""

    burst: float
    per_s: float

    def full(self, level: _Level | None, now: datetime) -> bool:
        """Whether one more would be too many."""
        return self.left_in(level, now) + 1 > self.burst

    def left_in(self, level: _Level | None, now: datetime) -> float:
        """How full the bucket still is."""
        if level is None:
            return 0.0
        passed = max(0.0, (now - level.seen).total_seconds())
        return max(0.0, level.filled - passed * self.per_s)


class Flood:
    """Token buckets for each sender and one for all; remembers ``remembered`` senders at most.

    Beyond that the sender heard longest ago is forgotten, whose bucket is the emptiest or nearly
    so; the bucket for all still holds.
    """

    def __init__(self, one: Rate, everyone: Rate, *, remembered: int = 10_000) -> None:
        self._one = one
        self._everyone = everyone
        self._remembered = remembered
        self._levels: OrderedDict[str, _Level] = OrderedDict()
        self._total: _Level | None = None

    def __len__(self) -> int:
        return len(self._levels)

    def refuses(self, sender: str | None, now: datetime) -> str | None:
        """Count one mail; ``sender`` or ``everyone`` names the bound that it would exceed.

        A mail that is refused is not counted: who is told to come later may.  Without a sender
        only the bound of all counts.
        """
        level = None if sender is None else self._levels.get(sender)
        if self._one.full(level, now):
            return "sender"
        if self._everyone.full(self._total, now):
            return "everyone"
        if sender is not None:
            self._levels[sender] = _Level(self._one.left_in(level, now) + 1, now)
            self._levels.move_to_end(sender)
        while len(self._levels) > self._remembered:
            self._levels.popitem(last=False)
        self._total = _Level(self._everyone.left_in(self._total, now) + 1, now)
        return None
