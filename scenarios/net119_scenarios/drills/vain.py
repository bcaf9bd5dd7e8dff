"""Gives up steps that can only wait in vain, in drills with people.

A person says fewer lines than the file has, and closes the call before its time: what the file
means to happen in that call comes no more. Such steps are given up, with the reason, so that the
story goes on and the drill ends by itself. A step that the file has after the closing is no such
step: it is meant for a closed call.
"""

import asyncio
from collections.abc import Coroutine
from typing import Any

from net119_simulators.errors import SimulatorError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.company import AlarmEnded
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.drills.changes import Pacing, why_not
from net119_scenarios.drills.showing import view_of
from net119_scenarios.lengths import long
from net119_scenarios.words import Words

PATIENCE_S = 60.0
"""Seconds of the drill (without pauses) for what a person may still say, or do afterwards."""
_LOOK_EVERY_S = 0.1
_SEEN_S = 0.5
"""What had come before the call was closed is on the screen by then."""
_DONE_S = 1.5
"""What a person had done before shows in the record by then: it is read twice a second."""
_SENT_S = 5.0
"""What was under way has been taken or refused by then."""
_MAILED_S = 10.0
"""A callback mail that was under way has come by then."""
_NOT_OF_A_CALL = (deeds.Call, deeds.Converse, deeds.Arrive, deeds.Leave, deeds.ShowCard)
"""Deeds without an open call; and talk, which ends by itself with the call."""
_LOOKS = (deeds.Hear, deeds.Wait, deeds.Choose, deeds.OpenCallback)
"""Deeds that begin with a look at what may be there already."""
_AFTERWARDS = (
    deeds.SendCrew,
    deeds.Disclose,
    deeds.Report,
    deeds.BlockCaller,
    deeds.CallBack,
    deeds.Announce,
)
"""Deeds that can still be done when the call is closed."""


_ENDED = Words("緊急通報が先に終了したため", "the incident had ended before")


class GivenUp(Exception):
    """A step is not done any more; ``why`` says the reason to who leads the drill."""

    def __init__(self, why: Words) -> None:
        super().__init__(why.en)
        self.why = why


def closed_before(steps: tuple[deeds.Step, ...], number: int, call: str) -> bool:
    """Whether the file closes a call before this step (numbers from 0)."""
    last = ""
    for step in steps[:number]:
        if isinstance(step, deeds.Call):
            last = step.named or step.actor or ""
        elif isinstance(step, deeds.Close) and (step.call or last) == call:
            return True
    return False


class Vain:
    """Tells which steps of a drill wait in vain; of a drill without people (``active``), none."""

    def __init__(self, troupe: Troupe, pacing: Pacing, *, active: bool) -> None:
        self._troupe = troupe
        self._steps = tuple(troupe.scenario.timeline)
        self._pacing = pacing
        self._active = active

    async def due(self, number: int, step: deeds.Step, waiting: Coroutine[Any, Any, None]) -> None:
        """Wait for a step's time; once its call is closed before that, not any more."""
        call = self._call(step)
        task = asyncio.create_task(waiting)
        try:
            while not task.done():
                if self._early(number, step, call):
                    await self._pacing.runs()
                    break
                await asyncio.wait((task,), timeout=_LOOK_EVERY_S if self._active else None)
            else:
                await task
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def afterwards(self) -> None:
        """As long as a person is waited for who can still do something after the end."""
        begun = self._pacing.elapsed
        while self._pacing.elapsed - begun < PATIENCE_S:
            await self._pacing.change(_LOOK_EVERY_S)

    async def unless(
        self, number: int, step: deeds.Step, doing: Coroutine[Any, Any, None], *, person: bool
    ) -> None:
        """Do a step, or wait for a ``person`` who does it, unless that is in vain.

        Raises:
            GivenUp: its call was closed before its time, or the line that it waits for did not
                come in `PATIENCE_S` (or the step's ``within``, if that is longer).
        """
        if not self._active:
            await doing
            return
        call = self._call(step)
        if not person and not isinstance(step, _LOOKS) and self._early(number, step, call):
            doing.close()
            raise GivenUp(_closed())
        patience = None
        if not person and isinstance(step, deeds.Hear | deeds.Choose):
            patience = max(step.within, PATIENCE_S)
        task = asyncio.create_task(doing)
        try:
            await self._watched(number, step, call, task, patience, _grace(step, person=person))
        except AlarmEnded:
            raise GivenUp(_ENDED) from None
        except (SimulatorError, LookupError) as wrong:
            if person or not self._early(number, step, call):
                raise
            raise GivenUp(_closed(why_not(wrong))) from wrong
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _watched(
        self,
        number: int,
        step: deeds.Step,
        call: Placed | None,
        task: asyncio.Task[None],
        patience: float | None,
        grace: float,
    ) -> None:
        begun = self._pacing.elapsed
        closed: float | None = None
        while not task.done():
            now = self._pacing.elapsed
            call = call or self._call(step)
            if not self._early(number, step, call):
                closed = None
            elif closed is None:
                closed = now
            elif now - closed >= grace:
                raise GivenUp(_closed())
            if patience is not None and now - begun >= patience:
                ja = f"{long(patience, 'ja')}待っても発言がなかった"
                raise GivenUp(Words(ja, f"no such line came within {long(patience, 'en')}"))
            await asyncio.wait((task,), timeout=_LOOK_EVERY_S)
        await task

    def _early(self, number: int, step: deeds.Step, call: Placed | None) -> bool:
        """Whether the step's call is closed, although the file has not closed it by then."""
        if not self._active or call is None:
            return False
        if isinstance(step, deeds.Announce):
            return self._all_over()
        if step.actor is None or isinstance(step, _NOT_OF_A_CALL):
            return False
        if closed_before(self._steps, number, call.name):
            return False
        view = view_of(self._troupe, call)
        return view is not None and view.closed_at is not None

    def _all_over(self) -> bool:
        """Whether every call that the file has was placed, and is closed: what else could come?"""
        placed = self._troupe.calls.values()
        wanted = sum(isinstance(each, deeds.Call) for each in self._steps)
        views = [view_of(self._troupe, each) for each in placed]
        return len(views) >= wanted and all(v is not None and v.closed_at for v in views)

    def _call(self, step: deeds.Step) -> Placed | None:
        try:
            return self._troupe.call(step.call)
        except LookupError:
            return None


def _grace(step: deeds.Step, *, person: bool) -> float:
    """Seconds of the drill after the closing in which the step may still come to its end."""
    if person:
        return PATIENCE_S if isinstance(step, _AFTERWARDS) else _DONE_S
    match step:
        case deeds.Hear() | deeds.Wait() | deeds.Choose():
            return _SEEN_S
        case deeds.OpenCallback():
            return _MAILED_S
    return _SENT_S


def _closed(wrong: Words | None = None) -> Words:
    ja, en = "通報が先に終了したため", "the call was closed before"
    return Words(f"{ja}（{wrong.ja}）", f"{en} ({wrong.en})") if wrong else Words(ja, en)


__all__ = ["PATIENCE_S", "GivenUp", "Vain", "closed_before"]
