"""Waits for what people do in a drill: their deeds, and their lines."""

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress

from net119_protocol.api.records import AnnouncementView
from net119_simulators.errors import SimulatorError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.alarms.acts import heard
from net119_scenarios.acted.alarms.deeds import See
from net119_scenarios.acted.announcing import Office
from net119_scenarios.acted.caller_acts import act as act_as_caller
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.shown import shown
from net119_scenarios.acted.stepping import tell_step
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.acted.troupe import Placed, Troupe
from net119_scenarios.drills.alarms.keeping import simulated_titles
from net119_scenarios.drills.alarms.observing import marks_for, person_did
from net119_scenarios.drills.faults import asks
from net119_scenarios.drills.observing import BY_RECORD, Observer
from net119_scenarios.drills.roles import RolePlay
from net119_scenarios.drills.vain import GivenUp

_LOOK_EVERY_S = 0.05
_READ_EVERY_S = 0.5
ENDLESS = float("inf")
_UNSEEN = (deeds.Hear, deeds.Wait, deeds.Converse, deeds.ShowCard)
"""What a person sees or shows, which nobody sees."""


async def nothing_more() -> None:
    """Nobody is waited for."""


class People:
    """Who speaks freely in a drill: people, and dispatchers of rules.

    A line of the file that one of them should say stands for any next line of theirs.
    """

    def __init__(self, troupe: Troupe, plays: Mapping[str, RolePlay], names: Names) -> None:
        self._troupe = troupe
        self._steps = troupe.scenario.timeline
        self._plays = plays
        self._names = names
        self._observer = Observer(troupe)
        self._needed: Counter[tuple[str, str, str]] = Counter()
        self._said: dict[int, asyncio.Event] = {}
        self._last: dict[tuple[str, str], asyncio.Event] = {}
        self._heard: dict[tuple[str, str], int] = {}
        """By actor and call: the last line of theirs that counted for a step."""

    def play(self, actor: str | None) -> RolePlay:
        """Who plays an actor; the stage is nobody."""
        return self._plays.get(actor or "", RolePlay())

    def talks(self, step: deeds.Step) -> bool:
        """Whether a step is talk of somebody who speaks freely: nobody waits for it.

        A dispatcher of rules asks freely, and says the rest as the file has it.
        """
        if not isinstance(step, deeds.Say | deeds.Hear):
            return False
        play = self.play(step.actor)
        if play.by == "rule-based" and isinstance(step, deeds.Say):
            return asks(self._troupe.scenario, step)
        return play.speaks_freely

    def is_awaited(self, step: deeds.Step) -> bool:
        """Whether a person has to do it; what a dispatcher sees shows at our console, too."""
        if not self.play(step.actor).person:
            return False
        seen = isinstance(step, deeds.Wait | See)
        return not (seen and step.actor in self._troupe.consoles)

    async def did(
        self,
        step: deeds.Step,
        number: int = 0,
        afterwards: Callable[[], Awaitable[None]] = nothing_more,
    ) -> None:
        """Until a person has done the like of a step; raises `LookupError` without its call.

        Raises:
            GivenUp: the person has passed over a deed at the alarm desk, which is step ``number``
                of the timeline; ``afterwards`` is awaited
                before one is that can follow the end of an incident.
        """
        troupe, actor = self._troupe, step.actor or ""
        if isinstance(step, _UNSEEN) or step.refused is not None:
            return
        if isinstance(step, deeds.Call):
            await self._called(step)
            return
        if isinstance(step, deeds.Arrive):
            await troupe.open_console(actor)
            return
        if isinstance(step, deeds.Leave):
            await troupe.consoles[actor].disconnect()
            return
        if isinstance(step, deeds.Announce):
            await self._announced(step)
            return
        if troupe.of_alarms(actor):
            company = troupe.company
            alarm, simulated = company.alarm(step.call), simulated_titles(troupe)
            why = await person_did(company, self._steps, number, alarm, simulated, afterwards)
            if why is not None:
                raise GivenUp(why)
            return
        placed = troupe.call(step.call)
        key = (actor, placed.name, type(step).__name__)
        self._needed[key] += 1
        needed = self._needed[key]
        pause = _READ_EVERY_S if isinstance(step, BY_RECORD) else _LOOK_EVERY_S

        async def happened() -> bool:
            return await self._observer.times(step, placed) >= needed

        try:
            await _until(happened, pause)
        except asyncio.CancelledError:
            self._needed[key] -= 1  # given up: the next of its kind needs no more for that
            raise
        await self._tell(step, placed)

    async def _announced(self, step: deeds.Announce) -> None:
        """Until there is another announcement of the staff than the steps before needed."""
        office = Office(self._troupe, step.actor or "")
        key = (office.department, "", type(step).__name__)
        self._needed[key] += 1
        needed = self._needed[key]
        found: list[AnnouncementView] = []

        async def happened() -> bool:
            with suppress(SimulatorError):
                found[:] = await office.new()
            return len(found) >= needed

        try:
            await _until(happened, _READ_EVERY_S)
        except asyncio.CancelledError:
            self._needed[key] -= 1
            raise
        done = {"subject": found[needed - 1].subject, "kind": found[needed - 1].kind}
        tell_step(self._troupe, step.model_copy(update=done), self._names)

    async def said(self, number: int, step: deeds.Say | deeds.Hear) -> None:
        """Until another line of theirs has come, or the line heard is on their screen."""
        if self._troupe.of_alarms(step.actor or ""):
            await self._said_at_alarm_desk(number, step)
            return
        placed, actor = self._troupe.call(step.call), step.actor or ""
        if isinstance(step, deeds.Hear):
            if actor in self._troupe.consoles:
                console = self._troupe.consoles[actor]
                await console.wait_for_line(
                    placed.id,
                    lambda line: step.text in shown(line, console.lines(placed.id)),
                    ENDLESS,
                )
            return
        key = (actor, placed.name)
        event = self._event(number)
        before, self._last[key] = self._last.get(key), event
        if before is not None:
            await before.wait()

        async def another() -> bool:
            lines = self._observer.lines_of(actor, placed)
            new = [line.seq for line in lines if line.seq > self._heard.get(key, 0)]
            if new:
                self._heard[key] = new[0]
            return bool(new)

        try:
            await _until(another, _LOOK_EVERY_S)
        finally:
            event.set()  # also if it was given up: who hears it goes on

    async def _said_at_alarm_desk(self, number: int, step: deeds.Say | deeds.Hear) -> None:
        """Until another word of theirs over the unit, or what is heard has come to the desk."""
        company = self._troupe.company
        alarm, simulated = company.alarm(step.call), simulated_titles(self._troupe)
        earlier = [
            each
            for each in self._steps[: number + 1]
            if isinstance(each, deeds.Say) and each.actor == step.actor
        ]

        def look() -> bool | None:
            if isinstance(step, deeds.Hear):
                return True if heard(company, alarm, step.text) else None
            return True if len(marks_for(step, alarm, simulated)) >= len(earlier) else None

        try:
            await company.until(look, f"step {number + 1}", ENDLESS)
        finally:
            self._event(number).set()

    def brings(self, number: int, step: deeds.Step) -> int | None:
        """The talk that a step of others waits for: its line is heard, its answers are tapped."""
        for at in range(number - 1, -1, -1):
            each = self._steps[at]
            if not isinstance(each, deeds.Say) or each.actor == step.actor:
                continue
            heard = isinstance(step, deeds.Hear) and step.text in each.text
            tapped = isinstance(step, deeds.Choose) and step.option in each.options
            if heard or tapped:
                return at if self.talks(each) else None
        return None

    async def heard(self, said: int, step: deeds.Hear | deeds.Choose) -> None:
        """A simulated actor hears whatever was said; what is not offered to tap is written.

        A person may have said the line already, or leave out others before it: so a line with
        these words, or any line after this, is heard, too.
        """
        if isinstance(step, deeds.Hear):
            await self._heard_any(said, step)
            return
        await self._event(said).wait()
        placed = self._troupe.call(step.call)
        offered = {option.id for line in placed.phone.lines for option in line.options}
        asked = self._steps[said]
        if step.option in offered or not isinstance(asked, deeds.Say):
            await act_as_caller(self._troupe, step)
            return
        text = asked.options[step.option]
        say = deeds.Say(do="say", actor=step.actor, call=step.call, text=text)
        await act_as_caller(self._troupe, say)

    async def _heard_any(self, said: int, step: deeds.Hear) -> None:
        event, speaker = self._event(said), self._steps[said].actor or ""
        if not self.play(speaker).person:
            await event.wait()
            return
        placed = self._troupe.call(step.call)
        known = {line.seq for line in self._observer.lines_of(speaker, placed)}

        async def heard() -> bool:
            lines = self._observer.lines_of(speaker, placed)
            another = any(line.seq not in known or step.text in line.text for line in lines)
            return another or event.is_set()

        await _until(heard, _LOOK_EVERY_S)

    async def _called(self, step: deeds.Call) -> None:
        actor = step.actor or ""

        async def called() -> bool:
            return self._observer.new_call(actor) is not None

        await _until(called, _LOOK_EVERY_S)
        view = self._observer.new_call(actor)
        if view is None:
            raise LookupError(f"the call of {actor} was closed at once")
        tell_step(self._troupe, step.model_copy(update={"kind": view.kind}), self._names)
        self._troupe.placed(step.named or actor, actor, view.call_id, view.mode)

    async def _tell(self, step: deeds.Step, placed: Placed) -> None:
        """Tell what was done, with the person's own details."""
        if isinstance(step, deeds.Answer):
            actor = step.actor or ""
            self._troupe.timeline.add(actor, Sort.DEED, "応答する", "answers", placed.name)
            return
        done = await self._observer.really(step, placed)
        tell_step(self._troupe, done.model_copy(update={"call": placed.name}), self._names)

    def done_asking(self, actor: str) -> None:
        """A dispatcher of rules asks nothing more: nobody waits for more of it."""
        for number, step in enumerate(self._steps):
            if step.actor == actor and self.talks(step):
                self._event(number).set()

    def _event(self, number: int) -> asyncio.Event:
        return self._said.setdefault(number, asyncio.Event())


async def _until(look: Callable[[], Awaitable[bool]], every_s: float) -> None:
    """Until something holds that nobody tells of: a record is read, a board is looked at."""
    while True:
        if await look():
            return
        await asyncio.sleep(every_s)
