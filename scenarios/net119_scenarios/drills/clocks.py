"""From the providers' clock, which a scenario may set ahead in the middle, to real time. Pure."""

from collections.abc import Callable
from datetime import datetime, timedelta

_SET = timedelta(seconds=1)
"""By more than this a clock does not wander in a drill: somebody has set it."""


class Clocks:
    """How far ``clock`` was ahead of real time, and since when: as far as one `look`ed at it."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: list[tuple[datetime, timedelta]] = []

    def look(self, now: datetime) -> None:
        """Note how far the clock is ahead of the real time ``now``."""
        ahead = self._clock() - now
        if not self._known or abs(ahead - self._known[-1][1]) > _SET:
            self._known.append((now, ahead))

    def real(self, moment: datetime) -> datetime:
        """The real time of a moment that the clock showed; IndexError before the first look.

        A moment that was skipped when the clock was set is when that was noticed.
        """
        until = datetime.max.replace(tzinfo=moment.tzinfo)
        for since, ahead in reversed(self._known):
            at = moment - ahead
            if at >= since:
                return min(at, until)
            until = since
        since, ahead = self._known[0]
        return moment - ahead


__all__ = ["Clocks"]
