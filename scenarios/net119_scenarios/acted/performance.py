"""Acts a scenario out, and judges it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass

from net119_simulators.errors import SimulatorError

from net119_scenarios.acted import deeds
from net119_scenarios.acted.announcing import take_places
from net119_scenarios.acted.chronicle import Chronicle
from net119_scenarios.acted.judging import Judge
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.names import Names
from net119_scenarios.acted.phrases import of_must
from net119_scenarios.acted.stepping import take_step
from net119_scenarios.acted.timeline import Entry, Sort, Timeline, in_japan
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


class BrokenOff(SimulatorError):
    """A step that others did not wait for has failed."""


class Performance:
    """One run of a scenario at a venue. ``pace``: 1 keeps the times of ``at``, 0 the order only.

    ``chronicle`` is told all of it, as it goes on.
    """

    def __init__(
        self,
        scenario: Scenario,
        venue: Venue,
        *,
        tell: Callable[[Entry], None] = lambda _: None,
        pace: float = 0.0,
        chronicle: Chronicle | None = None,
    ) -> None:
        self._scenario = scenario
        self._venue = venue
        self._names = Names(scenario)
        self._pace = pace
        self._chronicle = chronicle
        self._timeline = Timeline(self._teller(tell), lambda: venue.now)
        self._moments: dict[str, float] = {}
        self._background: list[asyncio.Task[None]] = []

    async def run(self) -> Outcome:
        """Act it out, judge it, and restore the venue for the next one.

        Raises:
            SimulatorError: the actors could not take their places, or the venue is not restored.
        """
        scenario, venue = self._scenario, self._venue
        result = Result(Words(scenario.purpose.ja, scenario.purpose.en))
        try:
            await venue.begin(scenario.network)
            async with Troupe(scenario, venue, self._timeline, self._chronicle) as troupe:
                await take_places(troupe)
                self._timeline.restart()
                if self._chronicle is not None:
                    self._chronicle.began()
                if await self._act(troupe, result):
                    await Judge(troupe, self._moments, self._names).judge(result)
                else:
                    for number, must in enumerate(scenario.must):
                        words = of_must(must, self._names)
                        where = scenario.where("must", number)
                        result.not_reached(must.check, words.ja, words.en, where)
                if self._chronicle is not None:
                    await self._chronicle.over(troupe.consoles)
        finally:
            await venue.restore()
        if self._chronicle is not None:
            for check in result.checks:
                self._chronicle.checked(check)
        return Outcome(scenario, result, self._timeline, self._moments, self._names.actors)

    def _teller(self, tell: Callable[[Entry], None]) -> Callable[[Entry], None]:
        chronicle = self._chronicle
        if chronicle is None:
            return tell

        def both(entry: Entry) -> None:
            chronicle.told(entry)
            tell(entry)

        return both

    async def _act(self, troupe: Troupe, result: Result) -> bool:
        """Whether every step went as the scenario says."""
        where = ""
        loop = asyncio.get_running_loop()
        self._began = loop.time()
        try:
            for number, step in enumerate(self._scenario.timeline):
                where = self._where(number, step)
                if step.at is not None and self._pace:
                    await asyncio.sleep(
                        max(0.0, step.at * self._pace - (loop.time() - self._began))
                    )
                if step.meanwhile:
                    doing = self._aside(troupe, number, step, where)
                    self._background.append(asyncio.create_task(doing))
                else:
                    await self._kept(troupe, number, step)
            where = ""
            await asyncio.gather(*self._background)
        except (SimulatorError, LookupError) as wrong:
            for task in self._background:
                task.cancel()
            await asyncio.gather(*self._background, return_exceptions=True)
            shown = f"{where}: {wrong}" if where else str(wrong)
            self._timeline.add("", Sort.STAGE, f"ここで止まった: {shown}", f"broken off: {shown}")
            seen = f"{in_japan(self._venue.now)} {shown}"
            result.check("course", False, "最後まで進んだ", "it went through to its end", seen)
            return False
        result.check("course", True, "最後まで進んだ", "it went through to its end")
        return True

    def _where(self, number: int, step: deeds.Step) -> str:
        """A step in messages: file and line, its number, who does what."""
        stands = self._scenario.where("timeline", number)
        what = " ".join(filter(None, (step.actor, getattr(step, "do", ""))))
        return f"{stands}: step {number + 1} ({what})".removeprefix(": ")

    async def _kept(self, troupe: Troupe, number: int, step: deeds.Step) -> None:
        """Do a step, and tell who keeps the run."""
        if self._chronicle is None:
            await self._step(troupe, step)
            return
        self._chronicle.step_began(number)
        try:
            await self._step(troupe, step)
        except BaseException:
            self._chronicle.step_ended(number, "failed")
            raise
        self._chronicle.step_ended(number)

    async def _aside(self, troupe: Troupe, number: int, step: deeds.Step, where: str) -> None:
        """A step that others do not wait for; what it raises names it."""
        try:
            await self._kept(troupe, number, step)
        except (SimulatorError, LookupError) as wrong:
            raise BrokenOff(f"{where}: {wrong}", "meanwhile", "Look at this step") from wrong

    async def _step(self, troupe: Troupe, step: deeds.Step) -> None:
        await take_step(troupe, step, self._names)
        if step.id is not None:
            self._moments[step.id] = asyncio.get_running_loop().time() - self._began
