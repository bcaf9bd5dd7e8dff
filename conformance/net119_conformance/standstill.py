"""How long the suite itself stood still while it judged.

What stood still took nothing in and sent nothing out. What was not seen in time then, or was found
in time by somebody who looked late, says nothing of the system.
"""

import asyncio
import math
from collections.abc import Iterator
from contextlib import contextmanager

from net119_conformance.catalogue import Text

LOOK_EVERY_S = 0.05
TOO_LONG_S = 0.5
"""For a wait to be given up. A system whose T1 is 1 s, twice, takes a call home 2 s after its
offer, and purposes that let a peer take its time leave about as much of that. Loops of a run with
eight purposes in hand are late by 0.1 to 0.4 s all the time."""
BEFORE_S = 10.0
"""What is waited for may have begun by so much before the wait for it."""


class Standstill:
    """Notes when the event loop in which it is watched stands still for too long.

    ``bounded`` is false for what judges by its own measure (crowds). Times are those of the loop.
    """

    def __init__(self) -> None:
        self.bounded = True
        self._stops: list[tuple[float, float]] = []
        """When each ended, and how long it was."""
        self._look: asyncio.TimerHandle | None = None

    def longest_s(self, since: float) -> float:
        """The longest that ended after this time, seconds; 0 if there was none."""
        return max((long for ended, long in self._found() if ended > since), default=0.0)

    def missed_s(self, since: float) -> float:
        """All of them after this time, seconds."""
        return sum(min(long, ended - since) for ended, long in self._found() if ended > since)

    def too_long(self, since: float) -> bool:
        """Whether a wait that began at this time may have been given up for that."""
        return self.bounded and self.longest_s(since - BEFORE_S) > 0

    def words(self) -> Text:
        """What it means for what did not hold."""
        long_s = self.longest_s(-math.inf)
        return Text(
            en=f"the suite itself stood still for {long_s:.1f} s, so that what did not hold may be "
            "its own fault. The machine that judges was too busy; run it again when it is not",
            ja=f"試験する側の処理が {long_s:.1f} 秒止まっていたため、満たされなかった検査は"
            "試験する側に原因があるかもしれません。負荷の低いときに再度実行してください",
        )

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Watch the event loop that runs."""
        self._next_look()
        try:
            yield
        finally:
            self._note()

    def _next_look(self) -> None:
        loop = asyncio.get_running_loop()
        self._look = loop.call_at(loop.time() + LOOK_EVERY_S, self._take_a_look)

    def _take_a_look(self) -> None:
        self._note()
        self._next_look()

    def _note(self) -> None:
        self._stops = self._found()
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _found(self) -> list[tuple[float, float]]:
        """All of them, with the one that goes on: the next look is overdue."""
        if self._look is None:
            return self._stops
        now = asyncio.get_running_loop().time()
        late_s = now - self._look.when()
        return [*self._stops, (now, late_s)] if late_s >= TOO_LONG_S else self._stops
