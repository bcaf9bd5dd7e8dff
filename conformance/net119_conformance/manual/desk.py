"""Where a person is asked: which test purpose is judged now, how many are left, which step is open.

No I/O: page, terminal and the worker that judges all talk to one `Desk`.
"""

import time
from collections.abc import Callable, Collection

from net119_simulators.waiting import Watch
from pydantic import BaseModel, ConfigDict

from net119_conformance.catalogue import Text
from net119_conformance.manual.steps import Given, Outcome, Step, StepCase, Wrong


class About(BaseModel):
    """A test purpose, as a person is told of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    stimulus: Text
    expected: Text
    why: Text


class Desk:
    """``expected``: IDs of the purposes that will need a person; ``stop`` ends the whole run."""

    def __init__(
        self,
        expected: Collection[str],
        stop: Callable[[], None],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._expected = frozenset(expected)
        self._stop = stop
        self._clock = clock
        self._begun: set[str] = set()
        self._cases: list[StepCase] = []
        self.purpose: About | None = None
        self.ended = False
        self.version = 0
        """Grows with everything that a page has to show anew."""
        self.watch = Watch()

    @property
    def total(self) -> int:
        """How many purposes need a person in this run."""
        return len(self._expected | self._begun)

    @property
    def place(self) -> int:
        """The number of the purpose that is judged now, from 1; 0 before the first."""
        return len(self._begun)

    @property
    def number(self) -> int:
        """The number of the newest step, from 1; 0 if there was none."""
        return len(self._cases)

    @property
    def open_case(self) -> StepCase | None:
        """The step that waits for a person; None if there is nothing to do."""
        self._tick()
        newest = self._cases[-1] if self._cases else None
        return newest if newest is not None and newest.is_open else None

    def left_s(self) -> float:
        """Seconds until the time of the open step is over; 0 if none is open."""
        case = self.open_case
        return case.left(self._clock()) if case is not None else 0.0

    def begin(self, purpose: About) -> None:
        """A worker begins to judge a purpose in which somebody is asked."""
        self._begun.add(purpose.id)
        self.purpose = purpose
        self._changed()

    def finish(self) -> None:
        """The purpose is judged."""
        self._withdraw()
        self.purpose = None
        self._changed()

    def end(self) -> None:
        """The run is over."""
        self.finish()
        self.ended = True
        self._changed()

    def ask(self, step: Step) -> int:
        """Open a step, the only one that is open; its number."""
        self._withdraw()
        self._cases.append(StepCase(step, self._clock()))
        self._changed()
        return self.number

    def case(self, number: int) -> StepCase | None:
        """A step by its number, with its time looked at."""
        self._tick()
        return self._cases[number - 1] if 0 < number <= len(self._cases) else None

    def give(self, number: int, given: Given) -> tuple[Wrong, ...]:
        """A person answers a step; empty if that ended it, else what is wrong."""
        case = self.case(number)
        if case is None:
            return ()
        wrong = case.give(given, self._clock())
        if not wrong:
            self._changed()
            if given.outcome is Outcome.STOPPED:
                self._stop()
        return wrong

    def more_time(self, number: int) -> bool:
        """A person asks for as much time again."""
        case = self.case(number)
        given = case is not None and case.more_time(self._clock())
        self._changed()
        return given

    def close(self, number: int, *, on_the_wire: bool) -> None:
        """The worker ends a step: it was seen at interface B, or is no longer needed."""
        case = self.case(number)
        if case is None or not case.is_open:
            return
        if on_the_wire:
            case.seen_on_the_wire(self._clock())
        else:
            case.withdraw(self._clock())
        self._changed()

    def _withdraw(self) -> None:
        if self._cases:
            self._cases[-1].withdraw(self._clock())

    def _tick(self) -> None:
        if self._cases and self._cases[-1].tick(self._clock()):
            self._changed()

    def _changed(self) -> None:
        self.version += 1
        self.watch.changed()
