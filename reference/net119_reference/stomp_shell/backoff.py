"""Pauses between attempts that failed."""

import random

GROWTH = 10
"""The longest pause, as a multiple of the first one."""
JITTER = 0.2
"""Share by which a pause varies, lest all peers of a restarted provider come at once."""


class BackOff:
    """Pauses that double from ``first_s`` seconds up to ten times that; there is always another."""

    def __init__(self, first_s: float) -> None:
        self._first_s = first_s
        self._next_s = first_s

    def reset(self) -> None:
        """The attempt succeeded."""
        self._next_s = self._first_s

    def next_s(self) -> float:
        """How long to wait before the next attempt, in seconds."""
        pause = self._next_s
        self._next_s = min(2 * pause, GROWTH * self._first_s)
        return pause * random.uniform(1 - JITTER, 1 + JITTER)
