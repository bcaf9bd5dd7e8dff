"""Acts a scenario out, and judges it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from net119_simulators.errors import CallRefused, SimulatorError, Waited

from net119_scenarios.acted import caller_acts, console_acts, deeds, stage_acts
from net119_scenarios.acted.judging import Judge
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.phrases import of_must, of_step
from net119_scenarios.acted.timeline import Entry, Sort, Timeline
from net119_scenarios.acted.troupe import Troupe
from net119_scenarios.acted.venue import Venue
from net119_scenarios.result import Result
from net119_scenarios.words import Words


@dataclass(frozen=True)
class Outcome:
    """What came of a scenario: its checks, its timeline, and when its named steps ended.

    ``moments`` are seconds from the beginning.
    """

    scenario: Scenario
    result: Result
    timeline: Timeline
    moments: dict[str, float]
    names: dict[str, Words]
    """How the actors are called."""


class Performance:
    """One run of a scenario at a venue. ``pace``: 1 keeps the times of ``at``, 0 the order only."""

    def __init__(
        self,
        scenario: Scenario,
        venue: Venue,
        *,
        tell: Callable[[Entry], None] = lambda _: None,
        pace: float = 0.0,
    ) -> None:
        self._scenario = scenario
        self._venue = venue
        self._pace = pace
        self._timeline = Timeline(tell)
        self._moments: dict[str, float] = {}
        self._background: list[asyncio.Task[None]] = []

    async def run(self) -> Outcome:
        """Act it out, judge it, and restore the venue for the next one.

        Raises:
            SimulatorError: the actors could not take their places, or the venue is not restored.
        """
        scenario, venue = self._scenario, self._venue
        result = Result(Words(scenario.purpose.ja, scenario.purpose.en))
        names = {name: Words(name, name) for name in scenario.actors}
        try:
            if scenario.network.clock is not None:
                await venue.set_clock(scenario.network.clock)
                await venue.until_connected()
            async with Troupe(scenario, venue, self._timeline) as troupe:
                names = _names(troupe)
                self._timeline.restart()
                if await self._act(troupe, result):
                    await Judge(troupe, self._moments).judge(result)
                else:
                    for must in scenario.must:
                        words = of_must(must, scenario)
                        result.not_reached(must.check, words.ja, words.en)
        finally:
            await venue.restore()
        return Outcome(scenario, result, self._timeline, self._moments, names)

    async def _act(self, troupe: Troupe, result: Result) -> bool:
        """Whether every step went as the scenario says."""
        where = ""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        try:
            for number, step in enumerate(self._scenario.timeline, 1):
                where = f"{number} ({step.id or getattr(step, 'do', '')})"
                if step.at is not None and self._pace:
                    await asyncio.sleep(
                        max(0.0, step.at * self._pace - (loop.time() - self._began))
                    )
                if step.meanwhile:
                    self._background.append(asyncio.create_task(self._step(troupe, step)))
                else:
                    await self._step(troupe, step)
            where = "(meanwhile)"
            await asyncio.gather(*self._background)
        except (SimulatorError, LookupError) as wrong:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)
            shown = f"step {where}: {wrong}"
            self._timeline.add("", Sort.STAGE, f"ここで止まった: {shown}", f"broken off: {shown}")
            result.check("course", False, "最後まで進んだ", "it went through to its end", shown)
            return False
        result.check("course", True, "最後まで進んだ", "it went through to its end")
        return True

    async def _step(self, troupe: Troupe, step: deeds.Step) -> None:
        said = of_step(step)
        call = step.call or ""
        if step.note is not None:
            self._timeline.add(step.actor or "", Sort.NOTE, step.note.ja, step.note.en, call)
        if said is not None:
            sort = Sort.STAGE if isinstance(step, deeds.OF_STAGE) else Sort.DEED
            self._timeline.add(step.actor or "", sort, said.ja, said.en, call)
        try:
            await self._do(troupe, step)
        except CallRefused as refused:
            if step.refused is not refused.code:
                raise
            problem = refused.problem
            text = problem.message_ja or problem.detail or problem.title
            english = problem.message_en or problem.detail or problem.title
            self._timeline.add(
                step.actor or "", Sort.REFUSED, f"断られた: {text}", f"refused: {english}", call
            )
        else:
            if step.refused is not None:
                raise Waited(f"the refusal {step.refused.value}", 0, "it was done")
        if step.id is not None:
            self._moments[step.id] = asyncio.get_running_loop().time() - self._began

    async def _do(self, troupe: Troupe, step: deeds.Step) -> None:
        if step.actor is None:
            await stage_acts.act(troupe, step)
        elif step.actor in troupe.people:
            await caller_acts.act(troupe, step)
        elif step.actor in troupe.peers:
            await stage_acts.act_peer(troupe, step)
        else:
            await console_acts.act(troupe, step)


def _names(troupe: Troupe) -> dict[str, Words]:
    found: dict[str, Words] = {}
    view = troupe.view()
    for name, actor in troupe.scenario.actors.items():
        if actor.name is not None:
            found[name] = Words(actor.name.ja, actor.name.en)
        elif name in troupe.people:
            registered = troupe.people[name].data.name
            found[name] = Words(registered, registered)
        elif actor.role == "dispatcher":
            center = view.centers[actor.center]
            found[name] = Words(center.name_ja, center.name_en)
        else:
            found[name] = Words(name, name)
    return found
