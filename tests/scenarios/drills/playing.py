"""A venue and a person's console for tests of drills that people play."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from unittest import mock

from net119_scenarios.acted.deeds import Step
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.acted.venue import Venue
from net119_scenarios.drills import folder as folders
from net119_scenarios.drills.control import DrillState, StepState
from net119_scenarios.drills.observing import Observer
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.rehearsal import Rehearsal
from net119_scenarios.drills.roles import RolePlay
from net119_scenarios.drills.view import DrillView, StepView
from net119_simulators.dispatcher import Dispatcher

FAINT = (Path(__file__).parent / "faint.yaml").read_text("utf-8")
SCENARIO = read_scenario(FAINT, "faint.yaml")
LONG = 30.0


class Place:
    """A venue with a loop of its own, for all drills of this file."""

    def __init__(self) -> None:
        self.runner = asyncio.Runner()
        self.venue = Venue(SCENARIO)
        self.runner.run(self.venue.__aenter__())

    def close(self) -> None:
        """Stop everything."""
        self.runner.run(self.venue.__aexit__(None, None, None))
        self.runner.close()


class Played:
    """A drill that goes on, and the person's console."""

    def __init__(self, rehearsal: Rehearsal, venue: Venue, console: Dispatcher) -> None:
        self.rehearsal = rehearsal
        self.venue = venue
        self.console = console
        self._looks: Counter[type[Step]] = Counter()
        """How often the like of a step was looked for, by its kind."""

    @contextmanager
    def counting_looks(self) -> Iterator[None]:
        """So that `looked` knows of them."""
        times = Observer.times

        async def counted(observer: Observer, step: Step, placed: Any) -> int:
            self._looks[type(step)] += 1
            return await times(observer, step, placed)

        with mock.patch.object(Observer, "times", counted):
            yield

    async def looked(self, number: int) -> None:
        """Until the drill has looked once more for what a step waits for, from begin to end."""
        kind = type(self.rehearsal.scenario.timeline[number - 1])
        # One may be under way; the second from now begins after one that was begun from now on.
        enough = self._looks[kind] + 2
        await self.until(lambda _: self._looks[kind] >= enough)

    def view(self) -> DrillView:
        """As its leader sees it now."""
        return self.rehearsal.snapshot()

    def clock_s(self) -> float:
        """Seconds since it began by the clock, which no pause stops."""
        return self.rehearsal._recorder.elapsed_s

    def step(self, number: int) -> StepView:
        """One of its steps, from 1."""
        return self.view().steps[number - 1]

    async def until(self, holds: Callable[[DrillView], bool]) -> DrillView:
        """The view once something holds; fails with the view."""
        async with asyncio.timeout(LONG):
            while True:
                view = self.view()
                if holds(view):
                    return view
                await asyncio.sleep(0.02)

    async def until_step(self, number: int, state: StepState) -> None:
        """Until a step is in a state."""
        await self.until(lambda view: view.steps[number - 1].state is state)

    async def call(self) -> Any:
        """The ID of the drill's call, once it rings."""
        view = await self.until(lambda view: bool(view.calls) and view.calls[0].state == "ringing")
        return view.calls[0].call_id

    async def heard(self, call: Any, text: str) -> None:
        """Until a line is on the person's screen."""
        await self.console.wait_for_line(call, lambda line: text in line.text, LONG)


@asynccontextmanager
async def playing(
    scenario: Scenario, venue: Venue, folder: Path, **other: Any
) -> AsyncIterator[Played]:
    """A drill with a person, started; its console is one of another log-in."""
    token = await venue.network.dispatcher_token("aoba", "tomakomai", "佐藤")
    rehearsal = Rehearsal(
        scenario,
        venue,
        {"tomakomai": RolePlay("person", "佐藤")},
        name="faint",
        folder=folder,
        pace=other.pop("pace", 0),
    )
    async with venue.network.dispatcher("aoba", token, name="sato") as console:
        running = asyncio.create_task(rehearsal.run())
        try:
            played = Played(rehearsal, venue, console)
            await played.until(lambda view: view.ready)
            with played.counting_looks():
                rehearsal.start("leader")
                yield played
                async with asyncio.timeout(LONG):
                    await running
        finally:
            running.cancel()
            await asyncio.gather(running, return_exceptions=True)


Deeds = Callable[[Played], Awaitable[None]]


def play(
    place: Place, folder: Path, deeds: Deeds, scenario: Scenario = SCENARIO, **other: Any
) -> tuple[DrillRecord, Rehearsal]:
    """The record of a drill in which the person does this."""

    async def run() -> Rehearsal:
        async with playing(scenario, place.venue, folder, **other) as played:
            await deeds(played)
        return played.rehearsal

    rehearsal = place.runner.run(run())
    assert rehearsal.state is DrillState.ENDED
    assert rehearsal.folder is not None
    return folders.read(rehearsal.folder), rehearsal
