"""How long the suite itself stood still while it judged.

What stood still took nothing in and sent nothing out. What did not come in time then, or came too
early for whoever was late, says nothing of the system.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from net119_conformance.catalogue import Text

LOOK_EVERY_S = 0.05
SHORT_S = 0.1
"""Loops with much to do are late by as much all the time."""
TOO_LONG_S = 0.5
"""A system whose T1 is 1 s, twice, takes a call home 2 s after its offer, and purposes that let a
peer take its time leave half a second of that."""


class Standstill:
    """Notes when the event loop in which it is watched stands still.

    ``bounded`` is false for what judges by its own measure (crowds).
    """

    def __init__(self) -> None:
        self.bounded = True
        self._longest_s = self._total_s = 0.0
        self._look: asyncio.TimerHandle | None = None

    @property
    def longest_s(self) -> float:
        """The longest so far."""
        return max(self._longest_s, self._late_s())

    @property
    def total_s(self) -> float:
        """All of it so far, save what is shorter than `SHORT_S` each."""
        return self._total_s + self._late_s()

    @property
    def too_long(self) -> bool:
        """Whether it stood still for so long that a failure may be the suite's own."""
        return self.bounded and self.longest_s >= TOO_LONG_S

    @property
    def words(self) -> Text:
        """What it means for what did not hold."""
        return Text(
            en=f"the suite itself stood still for {self.longest_s:.1f} s, so that what did not "
            "hold may be its own fault. The machine that judges was too busy; run it again on one "
            "that is not",
            ja=f"試験する側の処理が {self.longest_s:.1f} 秒止まっていたため、満たされなかった検査が"
            "試験する側のせいである可能性があります。負荷の低いコンピューターで再度実行してください",
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
        late_s = self._late_s()
        self._longest_s = max(self._longest_s, late_s)
        self._total_s += late_s
        if self._look is not None:
            self._look.cancel()
            self._look = None

    def _late_s(self) -> float:
        """How much later than it was to be the next look is, as of now."""
        if self._look is None:
            return 0.0
        late_s = asyncio.get_running_loop().time() - self._look.when()
        return late_s if late_s >= SHORT_S else 0.0
