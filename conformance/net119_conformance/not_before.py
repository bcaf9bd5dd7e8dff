"""What must not come before its time: since when, and when it came, by this machine's clock."""

import asyncio
from collections.abc import Callable
from typing import Any

from net119_conformance.checks import CheckLevel
from net119_conformance.trial import Trial

EARLY = 0.9
"""Share of a time limit that must have passed: two machines' clocks do not run quite alike."""


class Since:
    """Made before the act with which a time limit of the system begins.

    The act reaches the system later, and what the system does is seen later still, so that one
    that keeps to its time is never found early, however busy either machine is.
    """

    def __init__(self) -> None:
        self._clock = asyncio.get_running_loop().time
        self._began = self._clock()

    def passed(self) -> float:
        """Seconds until now."""
        return self._clock() - self._began

    def at_end_of(self, task: "asyncio.Task[Any]") -> Callable[[], float]:
        """Tells after how many seconds a task ended; until it has, how many have passed."""
        ended: list[float] = []
        task.add_done_callback(lambda _: ended.append(self.passed()))
        return lambda: ended[0] if ended else self.passed()

    def not_before(
        self,
        t: Trial,
        name: str,
        due_s: float,
        *,
        ja: str,
        passed_s: float | None = None,
        level: CheckLevel | None = None,
    ) -> bool:
        """Check that what has come, just now or after ``passed_s``, was not before its time."""
        passed = self.passed() if passed_s is None else passed_s
        seen_late(t, self._began, passed, EARLY * due_s)
        return t.check(
            name,
            passed >= EARLY * due_s,
            expected=f"{due_s:g} s or more",
            seen=f"{passed:.2f} s",
            level=level,
            ja=ja,
        )


def seen_late(t: Trial, began: float, passed_s: float, due_s: float) -> None:
    """Doubt that something which is not early was not: it may have been, and have been seen only
    when the suite itself, which stood still, went on. ``began``: of the loop's clock."""
    if passed_s - t.standstill.missed_s(began) < due_s <= passed_s:
        t.doubt(t.standstill.words())
