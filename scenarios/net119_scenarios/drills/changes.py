"""Waits of a drill that heed its leader: they stand still in a pause and follow a changed pace."""

import asyncio
import time
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any

from net119_simulators.errors import CallRefused, SimulatorError

from net119_scenarios.acted.reasons import of_error
from net119_scenarios.drills.control import Control, DrillState
from net119_scenarios.lengths import long
from net119_scenarios.words import Words

_ELAPSED_EVERY_S = 0.5


class TooLate(SimulatorError):
    """What a step waits for did not come in its ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"it did not come to this within {seconds:g} s", "drill", "See what the others did"
        )
        self.seconds = seconds


def why_not(wrong: Exception) -> Words:
    """Why a step could not be done, for who leads the drill."""
    if isinstance(wrong, TooLate):
        return Words(f"{long(wrong.seconds, 'ja')}以内に起こらなかった", wrong.what)
    if isinstance(wrong, CallRefused):
        other = wrong.problem.detail or wrong.problem.title
        return Words(wrong.problem.message_ja or other, wrong.problem.message_en or other)
    return of_error(wrong, lead="")


class Pacing:
    """The waits of one drill; `changed` after whatever its leader does."""

    def __init__(self, control: Control) -> None:
        self._control = control
        self._changed = asyncio.Event()

    @property
    def now(self) -> float:
        """The clock of the control, in seconds."""
        return time.monotonic()

    @property
    def elapsed(self) -> float:
        """Seconds of the drill, without pauses."""
        return self._control.elapsed(self.now)

    def changed(self) -> None:
        """Let all waits look again."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def change(self, within: float | None) -> None:
        """Until something is changed, or ``within`` seconds have passed."""
        # Not `wait_for`: in Python 3.11 it loses a cancellation that comes with the event.
        with suppress(TimeoutError):
            async with asyncio.timeout(within):
                await self._changed.wait()

    async def runs(self) -> None:
        """Until the drill runs (again)."""
        while self._control.state is not DrillState.RUNNING:
            await self.change(None)

    async def until(self, at: float) -> None:
        """Until the scenario's time is ``at``."""
        while (due := self._control.due_in(at, self.now)) is None or due > 0:
            await self.change(due)
        self._control.reached(at, self.now)

    async def takes(self, seconds: float) -> None:
        """Something that people would need this long for, by the pace at which the drill goes."""
        await self.runs()
        begun, left = self.elapsed, seconds
        while left > 0 and (pace := self._control.pace):
            await self.change(left / pace)
            await self.runs()
            now = self.elapsed
            begun, left = now, left - (now - begun) * pace

    async def limited(self, doing: Coroutine[Any, Any, None], seconds: float | None) -> None:
        """Do something within so many seconds of the drill; raises `TooLate`, and what it raises.

        ``None``: it may take as long as it takes.
        """
        task = asyncio.create_task(doing)
        begun = self.elapsed
        try:
            while not task.done():
                left = None if seconds is None else begun + seconds - self.elapsed
                if left is not None and left <= 0:
                    raise TooLate(seconds or 0.0)
                await asyncio.wait((task,), timeout=left and min(left, _ELAPSED_EVERY_S))
            await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
