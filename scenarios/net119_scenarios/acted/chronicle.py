"""Who keeps a run beside its timeline: sees every message, and is told of calls and steps."""

from collections.abc import Mapping, Sequence
from typing import Literal, Protocol
from uuid import UUID

from net119_simulators.dispatcher import Dispatcher
from net119_simulators.wiretap import WireEvent, Wiretap

from net119_scenarios.acted.timeline import Entry
from net119_scenarios.result import Check


class Chronicle(Wiretap, Protocol):
    """What a run tells; none of it may raise, and what is not ``async`` may not block."""

    def began(self) -> None:
        """The scenario begins now."""

    def told(self, entry: Entry) -> None:
        """The timeline has another entry."""

    def placed(self, call_id: UUID, name: str, caller: str = "") -> None:
        """A call was placed; ``caller`` is an actor."""

    def step_began(self, number: int) -> None:
        """A step of the timeline, by its number from 0, begins."""

    def step_ended(self, number: int, state: Literal["done", "failed"] = "done") -> None:
        """A step is over."""

    async def over(self, consoles: Mapping[str, Dispatcher]) -> None:
        """The scenario is over; the consoles, by name, are still open."""

    def checked(self, check: Check) -> None:
        """Something that must hold was looked at."""


class Tee:
    """A wiretap that hands everything to several."""

    def __init__(self, taps: Sequence[Wiretap]) -> None:
        self._taps = tuple(taps)

    def record(self, event: WireEvent) -> None:
        """Hand it on."""
        for tap in self._taps:
            tap.record(event)
