"""A bound on how fast somebody may write or call (ASO-20)."""

from dataclasses import dataclass
from datetime import datetime


@dataclass
class Bucket:
    """``burst`` at once, then ``per_s`` a second."""

    burst: float
    per_s: float
    level: float = 0.0
    seen: datetime | None = None

    def take(self, now: datetime) -> bool:
        """Whether one more is within the bound."""
        if self.seen is not None and now is not self.seen:
            drained = max(0.0, (now - self.seen).total_seconds()) * self.per_s
            self.level = max(0.0, self.level - drained)
        self.seen = now
        if self.level + 1 > self.burst:
            return False
        self.level += 1
        return True

    def empty(self, now: datetime) -> bool:
        """Whether nothing of what was taken counts any more."""
        since = 0.0 if self.seen is None else (now - self.seen).total_seconds()
        return self.level <= since * self.per_s

    def back_to(self, level: float, seen: datetime | None) -> None:
        """Forget what was taken since it was like this."""
        self.level, self.seen = level, seen
