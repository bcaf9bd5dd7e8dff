"""Heart-beats (section Heart-beating): what was agreed, when to send, when the peer is dead.

Times called ``now`` are seconds of one monotonic clock of the caller's choice.
"""

import re
from dataclasses import dataclass

from .errors import Section, StompProtocolError

_HEADER = re.compile(r"([0-9]{1,9}),([0-9]{1,9})")

# A beat is sent when this share of the agreed interval has passed, so that one delayed by a busy
# process or a slow network still arrives in time.
SEND_AFTER = 0.8


@dataclass(frozen=True, slots=True)
class HeartBeatOffer:
    """One side's ``heart-beat`` header, in milliseconds; 0 means "cannot" and "does not want"."""

    can_send_ms: int = 0
    wants_ms: int = 0

    def __post_init__(self) -> None:
        if not (0 <= self.can_send_ms < 10**9 and 0 <= self.wants_ms < 10**9):
            raise ValueError(f"heart-beat milliseconds must be 0 to 999,999,999, not {self}")

    @classmethod
    def parse(cls, header: str | None) -> "HeartBeatOffer":
        """Read the header; a missing one means 0,0. Raises StompProtocolError."""
        if header is None:
            return cls()
        match = _HEADER.fullmatch(header)
        if match is None:
            raise StompProtocolError(
                f"heart-beat header {header[:40]!r} is not two numbers with a comma between them",
                Section.HEART_BEATING,
                remedy="Write milliseconds, as in heart-beat:10000,10000, or 0 for none",
            )
        return cls(int(match[1]), int(match[2]))

    def header(self) -> str:
        """The value of the ``heart-beat`` header."""
        return f"{self.can_send_ms},{self.wants_ms}"


EVERY_10_S = HeartBeatOffer(10_000, 10_000)


@dataclass(frozen=True, slots=True)
class HeartBeatIntervals:
    """What was agreed, seen from one side, in seconds; 0 means there will be none."""

    send: float = 0.0
    expect: float = 0.0


def negotiate(mine: HeartBeatOffer, theirs: HeartBeatOffer) -> HeartBeatIntervals:
    """The intervals that two offers lead to; a 0 on either side of a direction switches it off."""

    def interval(can_ms: int, wants_ms: int) -> float:
        return max(can_ms, wants_ms) / 1000 if can_ms and wants_ms else 0.0

    return HeartBeatIntervals(
        send=interval(mine.can_send_ms, theirs.wants_ms),
        expect=interval(theirs.can_send_ms, mine.wants_ms),
    )


class HeartBeatMonitor:
    """Watches both directions of a connection.

    ``dead_after`` is the margin for timing inaccuracy: the peer counts as dead after that many
    intervals without a single octet. The default of 3 turns the usual 10 s into 30 s.
    """

    def __init__(
        self, intervals: HeartBeatIntervals, now: float, *, dead_after: float = 3.0
    ) -> None:
        if dead_after <= 1:
            raise ValueError(f"dead_after must be more than 1 interval, not {dead_after}")
        self.intervals = intervals
        self._dead_after = dead_after
        self._sent = now
        self._received = now

    def data_sent(self, now: float) -> None:
        """Octets were handed to the network: the next heart-beat can wait."""
        self._sent = max(self._sent, now)

    def data_received(self, now: float) -> None:
        """Octets arrived, a frame or not: the peer is alive."""
        self._received = max(self._received, now)

    @property
    def send_at(self) -> float | None:
        """When a heart-beat is due if nothing is sent before, or None."""
        if not self.intervals.send:
            return None
        return self._sent + self.intervals.send * SEND_AFTER

    @property
    def dead_at(self) -> float | None:
        """When the peer counts as dead if nothing arrives before, or None."""
        if not self.intervals.expect:
            return None
        return self._received + self.intervals.expect * self._dead_after

    def must_send(self, now: float) -> bool:
        """Whether a heart-beat is due."""
        return self.send_at is not None and now >= self.send_at

    def peer_dead(self, now: float) -> bool:
        """Whether the peer has been silent for too long."""
        return self.dead_at is not None and now >= self.dead_at

    def silent_for(self, now: float) -> float:
        """Seconds since anything arrived."""
        return now - self._received

    def next_timer(self) -> float | None:
        """When to look again, or None where no heart-beats were agreed."""
        due = [at for at in (self.send_at, self.dead_at) if at is not None]
        return min(due, default=None)
