"""The provider's clock: the machine's, ahead of it by as much as it was set ahead (test beds)."""

from datetime import UTC, datetime, timedelta


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
