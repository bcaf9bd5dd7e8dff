"""The provider's clock: the machine's, ahead of it by as much as it was set ahead (test beds)."""

import time
from datetime import UTC, datetime, timedelta

from net119_reference.ports import Clock


class SettableClock:
    """A clock that goes on from the moment it was last set to.

    Every part of a provider asks this one: mail, URLs, sessions, calls and the sweep of records.
    """

    def __init__(self, ahead: timedelta = timedelta()) -> None:
        self.ahead = ahead
        """How far it is before the machine's clock."""

    def now(self) -> datetime:
        """The present moment, UTC."""
        return datetime.now(UTC) + self.ahead

    def elapsed(self) -> float:
        """Seconds since some moment, which nobody can set."""
        return time.monotonic()


class SteadyTime:
    """The time by which timers run: follows a clock that is set ahead, but never back.

    Were timers measured by the time of day, a machine whose clock is put right by an hour would
    leave a caller for an hour with a provider that does not answer (T1, T2).
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._seen, self._at = clock.now(), clock.elapsed()

    def now(self) -> datetime:
        """Later than before by all that has passed; of the clock's time only where it is right."""
        told = self._clock.now()  # first: else a pause in between would put the time ahead for ever
        at = self._clock.elapsed()
        self._seen = max(told, self._seen + timedelta(seconds=at - self._at))
        self._at = at
        return self._seen

    def of(self, moment: datetime) -> datetime:
        """What this time will be when the clock shows a moment, if nobody sets it."""
        return self.now() + (moment - self._clock.now())
