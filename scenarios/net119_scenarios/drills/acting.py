"""Goes through the steps of a drill: simulated ones are done, those of people are awaited."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any

from net119_protocol.codes import CallState
from net119_simulators.errors import SimulatorError
from net119_simulators.phone_call import PhoneCall

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.deeds import WAITS_OF_ALARMS
from net119_scenarios.acted.caller_acts import answer_requests
from net119_scenarios.acted.drill_part import Injection
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_step
from net119_scenarios.acted.stepping import take_step
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.drills.changes import Pacing, why_not
from net119_scenarios.drills.control import OPEN, Control, StepState
from net119_scenarios.drills.faults import Spoiled, waits_in_vain
from net119_scenarios.drills.mind import ask_all
from net119_scenarios.drills.people import ENDLESS, People
from net119_scenarios.drills.record import Both, Fate
from net119_scenarios.drills.recorder import Recorder
from net119_scenarios.drills.vain import GivenUp, Vain
from net119_scenarios.words import Words

_LOOK_EVERY_S = 0.1
_REPLY_S = 15.0
"""How long a dispatcher of rules waits for a reply."""
_LAST_LOOK_S = 0.3
_QUICK_S = 5.0
"""The same where nobody waits for anything."""
_WAITS = (
    deeds.Hear,
    deeds.Wait,
    deeds.Choose,
    deeds.Answer,
    deeds.OpenCallback,
    deeds.Converse,
    *WAITS_OF_ALARMS,
)
"""Deeds that begin by waiting for what others do."""
_FATES: dict[StepState, Fate] = {
    StepState.DONE: "done",
    StepState.FAILED: "failed",
    StepState.SKIPPED: "skipped",
}


class Acting:
    """The steps of one drill.

    ``patience_s``: how long what is simulated waits for others, at most; ``None`` with people in
    it, who take their time: then `Vain` gives up what will not come, or the leader skips it.
    """

    def __init__(
        self,
        troupe: Troupe,
        control: Control,
        pacing: Pacing,
        recorder: Recorder,
        names: Names,
        people: People,
        spoiled: Spoiled,
        *,
        patience_s: float | None,
    ) -> None:
        self._steps = troupe.scenario.timeline
        self._troupe = troupe
        self._control = control
        self._pacing = pacing
        self._recorder = recorder
        self._names = names
        self._people = people
        self._spoiled = spoiled
        self._patience_s = patience_s
        self._vain = Vain(troupe, pacing, active=patience_s is None)
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._talk: list[asyncio.Task[None]] = []
        """Of the background: talk, until its end is noted."""
        self._minds: dict[str, asyncio.Task[None]] = {}
        self._lost: set[int] = set()
        """Steps that did not happen: left out, or failed."""

    async def run(self) -> None:
        """Take all steps in order, then let the calls come to their end.

        With people, that is when they have closed theirs; a simulated drill is over with its steps.
        What is not the actors' fault is raised.
        """
        self._background.add(asyncio.create_task(self._phones_answer()))
        for number, step in enumerate(self._steps):
            if number in self._spoiled.left_out or self._in_vain(number):
                self._lost.add(number)
                why = "left out by a bad dispatcher, or it waits for what was"
                self._over(number, StepState.NOT_REACHED, why)
                continue
            due = self._vain.due(number, step, self._due(number, step))
            if not await self._guarded(number, due):
                continue
            played = self._spoiled.changed.get(number, step)
            if step.meanwhile or self._people.talks(step):
                doing = asyncio.create_task(self._to_its_end(number, played))
                self._background.add(doing)
                if self._people.talks(step):
                    self._talk.append(doing)
                await asyncio.sleep(0)  # it begins before the next
            else:
                await self._to_its_end(number, played)
            if (extra := self._spoiled.after.get(number)) is not None:
                await self._extra(extra)
        await self._until_closed()
        await self._last_words()
        for task in self._background:
            if task.done() and not task.cancelled():
                task.result()
        for number in self._open(deeds.Converse):
            self._over(number, StepState.DONE)  # who talks until the end has done so
        await self.stop()

    async def inject(self, injection: Injection) -> None:
        """Let its steps happen, one after the other.

        Raises:
            SimulatorError, LookupError: a step could not be done; those after it are not.
        """
        what = injection.what
        self._troupe.timeline.add("", Sort.STAGE, f"進める人: {what.ja}", f"leader: {what.en}")
        for step in injection.steps:
            await self._pacing.runs()
            await self._take(step, step.within)

    def skip(self, number: int) -> None:
        """A step was given up: whoever does it or waits for it stops."""
        if number in self._tasks:
            self._tasks[number].cancel()

    async def stop(self) -> None:
        """Nobody acts any more."""
        tasks = [*self._tasks.values(), *self._background, *self._minds.values()]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    # --- one step -------------------------------------------------------------------------------

    def _in_vain(self, number: int) -> bool:
        """With a bad dispatcher: what would bring about what a step waits for did not happen."""
        bad = self._spoiled != Spoiled()
        return bad and waits_in_vain(self._troupe.scenario, number, self._lost)

    async def _due(self, number: int, step: deeds.Step) -> None:
        """Wait for a step's time; people take theirs."""
        if self._people.play(step.actor).person:
            return
        if step.at is not None:
            self._control.begin_step(number, self._pacing.now, StepState.WAITING)
            await self._pacing.until(step.at)
        await self._pacing.runs()
        if delay := self._spoiled.delays.get(number):
            await asyncio.sleep(delay)

    async def _body(self, number: int, step: deeds.Step) -> None:
        people = self._people
        said = of_step(step, self._names, peer=step.actor in self._troupe.peers)
        self._recorder.step_due(number, Both(ja=said.ja, en=said.en) if said else None)
        if step.at is not None:
            self._troupe.timeline.planned = step.at
        if people.talks(step) and isinstance(step, deeds.Say | deeds.Hear):
            self._begins(number, StepState.HINTED)
            await people.said(number, step)
        elif people.is_awaited(step):
            self._begins(number, StepState.AWAITED)
            did = people.did(step, number, self._vain.afterwards)
            await self._vain.unless(number, step, did, person=True)
            # However long it took: the scenario goes on from the time of this step.
            self._control.hold(self._at(number), self._pacing.now)
        else:
            self._begins(number, StepState.DOING)
            await self._vain.unless(number, step, self._simulated(number, step), person=False)

    def _begins(self, number: int, state: StepState) -> None:
        self._control.begin_step(number, self._pacing.now, state)
        self._recorder.step_began(number)
        self._pacing.changed()

    async def _simulated(self, number: int, step: deeds.Step) -> None:
        actor = step.actor or ""
        said = self._people.brings(number, step)
        if said is not None and isinstance(step, deeds.Hear | deeds.Choose):
            await self._pacing.limited(self._people.heard(said, step), self._limit(step))
            return
        if isinstance(step, deeds.Say | deeds.Close | deeds.Transfer) and actor in self._minds:
            await asyncio.wait((self._minds[actor],), timeout=self._patience_s)
        if isinstance(step, deeds.Say):
            await self.takes(step.text)
        limit = None if isinstance(step, deeds.Converse) else self._limit(step)
        await self._take(step, limit)
        if isinstance(step, deeds.Answer) and self._people.play(actor).by == "rule-based":
            self._minds[actor] = asyncio.create_task(self._asks(actor, step))

    async def _take(self, step: deeds.Step, limit: float | None) -> None:
        """Take a step; what it waits for may take ``limit`` seconds of the drill."""
        if not isinstance(step, _WAITS):
            await take_step(self._troupe, step, self._names)
            return
        endless = step.model_copy(update={"within": ENDLESS})
        await self._pacing.limited(take_step(self._troupe, endless, self._names), limit)

    async def _extra(self, step: deeds.Step) -> None:
        """What a bad dispatcher does beside the scenario."""
        try:
            await take_step(self._troupe, step, self._names)
        except (SimulatorError, LookupError) as wrong:
            self._tell_failure(step, wrong)

    async def _asks(self, actor: str, step: deeds.Step) -> None:
        drill = self._troupe.scenario.drill
        console, placed = self._troupe.consoles[actor], self._troupe.call(step.call)
        items = [
            each
            for each in (drill.checklist if drill is not None else ())
            if each.by == actor and each.call in (None, placed.name)
        ]
        patience = min(self._patience_s or _REPLY_S, _REPLY_S) if self._control.pace else _QUICK_S
        try:
            await ask_all(console, placed, items, self.takes, patience_s=patience)
        except SimulatorError as wrong:
            self._tell(step, f"質問できない: {wrong}", f"cannot ask: {wrong}")
        finally:
            self._people.done_asking(actor)

    async def takes(self, text: str) -> None:
        """Reading and writing, as long as people take."""
        await self._pacing.takes(2.0 + len(text) / 5)

    # --- what becomes of steps ------------------------------------------------------------------

    async def _guarded(self, number: int, doing: Coroutine[Any, Any, None]) -> bool:
        """Do something for a step; false if it was given up or failed meanwhile."""
        step = self._steps[number]
        task = self._tasks[number] = asyncio.create_task(doing)
        try:
            await asyncio.wait((task,))
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        if task.cancelled():
            if self._control.step(number).state is StepState.SKIPPED:
                self._recorder.step_ended(number, "skipped")
                self._tell(step, "飛ばした", "skipped")
            return False
        wrong = task.exception()
        if wrong is None:
            return True
        if isinstance(wrong, GivenUp):
            self._lost.add(number)
            self._over(number, StepState.SKIPPED, why=wrong.why)
            ja, en = f"飛ばした: {wrong.why.ja}", f"skipped: {wrong.why.en}"
            self._tell(step, ja, en)
            return False
        if not isinstance(wrong, SimulatorError | LookupError):
            raise wrong
        self._lost.add(number)
        self._over(number, StepState.FAILED, str(wrong))
        self._tell_failure(step, wrong)
        return False

    async def _to_its_end(self, number: int, step: deeds.Step) -> None:
        if await self._guarded(number, self._body(number, step)):
            self._over(number, StepState.DONE)

    def _over(
        self, number: int, state: StepState, detail: str = "", why: Words | None = None
    ) -> None:
        self._control.end_step(number, self._pacing.now, state, detail, why)
        if self._control.step(number).state is state and state in _FATES:
            reason = Both(ja=why.ja, en=why.en) if why else None
            self._recorder.step_ended(number, _FATES[state], reason)
        self._pacing.changed()

    # --- the end --------------------------------------------------------------------------------

    async def _until_closed(self) -> None:
        """People have closed their calls; simulated talk of closed calls has ended by itself."""
        if self._patience_s is None:
            await self._until_people_closed()
        elif not self._still_open():
            rest = [self._tasks[number] for number in self._open(deeds.Step)]
            rest = [task for task in rest if not task.done()]
            if rest:
                await asyncio.wait(rest, timeout=min(self._patience_s, 5.0))

    async def _last_words(self) -> None:
        """Lines that were said just now are looked at once more."""
        waiting = [task for task in self._talk if not task.done()]
        if waiting:
            await asyncio.wait(waiting, timeout=_LAST_LOOK_S)

    async def _until_people_closed(self) -> None:
        console, company = self._troupe.consoles, self._troupe.company
        while company.is_open or any(
            view.mine and view.closed_at is None
            for name in self._troupe.played_by_people & console.keys()
            for placed in self._troupe.calls.values()
            if (view := console[name].call(placed.id).view) is not None
        ):
            await self._pacing.change(_LOOK_EVERY_S)

    def _still_open(self) -> bool:
        calls = self._troupe.calls.values()
        return any(p.phones and p.phone.view.state is not CallState.CLOSED for p in calls)

    def _open(self, kind: type[deeds.Step]) -> Iterator[int]:
        for number, step in enumerate(self._steps):
            open_ = self._control.step(number).state in OPEN
            if open_ and isinstance(step, kind) and not self._people.talks(step):
                yield number

    async def _phones_answer(self) -> None:
        """Phones of simulated callers tell their position when people ask for it."""
        troupe = self._troupe
        while True:
            await self._pacing.runs()
            for placed in list(troupe.calls.values()):
                person = troupe.people.get(placed.caller)
                if person is None or not placed.phones:
                    continue
                call = placed.phone
                if not isinstance(call, PhoneCall) or not call.connected:
                    continue
                if len(call.location_requests) > person.asked:
                    try:
                        await answer_requests(person, call)
                    except (SimulatorError, LookupError) as wrong:
                        ja, en = f"位置を送れない: {wrong}", f"cannot tell its position: {wrong}"
                        troupe.timeline.add(placed.caller, Sort.STAGE, ja, en, placed.name)
            await self._pacing.change(_LOOK_EVERY_S)

    # --- small ----------------------------------------------------------------------------------

    def _limit(self, step: deeds.Step) -> float | None:
        return None if self._patience_s is None else min(step.within, self._patience_s)

    def _at(self, number: int) -> float:
        """When the scenario means a step, or the last one before it that says so."""
        times = [each.at for each in self._steps[: number + 1] if each.at is not None]
        return times[-1] if times else 0.0

    def _tell_failure(self, step: deeds.Step, wrong: Exception) -> None:
        why = why_not(wrong)
        self._tell(step, f"できなかった: {why.ja}", f"not possible: {why.en}")

    def _tell(self, step: deeds.Step, ja: str, en: str) -> None:
        said = of_step(step, self._names, peer=step.actor in self._troupe.peers)
        do = getattr(step, "do", "")
        what_ja, what_en = (said.ja, said.en) if said else (do, do)
        timeline = self._troupe.timeline
        timeline.add(step.actor or "", Sort.STAGE, f"［{what_ja}］{ja}", f"[{what_en}] {en}")


__all__ = ["Acting"]
