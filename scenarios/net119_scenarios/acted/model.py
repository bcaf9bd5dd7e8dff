"""A whole scenario."""

from collections.abc import Mapping
from typing import Annotated, Literal

from net119_protocol.codes import Mode
from pydantic import Field, PrivateAttr

from net119_scenarios.acted.alarms.cast import AlarmUser, Crew, Helper, WardOffice
from net119_scenarios.acted.base import Name, Part, Seconds, Text
from net119_scenarios.acted.cast import Actors, Caller, Dispatcher, Network, Peer, Staff
from net119_scenarios.acted.deeds import Deed
from net119_scenarios.acted.drill_part import Drill
from net119_scenarios.acted.musts import Must

FORMAT = 1


class Target(Part):
    """What a drill aims at: from one step's end to another's in so many seconds."""

    begin: Name
    end: Name
    seconds: Seconds
    what: Text


class Scenario(Part):
    """Who is where, who does what, and what must hold (``format`` 1)."""

    format: Literal[1]
    title: Text
    purpose: Text
    """What a department learns from it."""
    shows: tuple[str, ...] = ()
    """Requirements, gaps and invariants that it shows, by their IDs."""
    mode: Literal["practice", "drill", "test"] = "drill"
    """Of all its calls; a scenario is never live."""
    network: Network = Network()
    actors: Actors
    timeline: Annotated[tuple[Deed, ...], Field(min_length=1)]
    must: Annotated[tuple[Must, ...], Field(min_length=1)]
    targets: tuple[Target, ...] = ()
    drill: Drill | None = None
    """What people need to play it; without this part it is no drill of the library."""

    _file: str = PrivateAttr("")
    _lines: dict[tuple[str, int], int] = PrivateAttr(default_factory=dict)

    def stands_at(self, file: str, lines: Mapping[tuple[str, int], int]) -> None:
        """Note the file, and by part (``timeline``, ``must``) and number the lines of entries."""
        self._file = file
        self._lines = dict(lines)

    def where(self, part: Literal["timeline", "must"], number: int) -> str:
        """``file:line`` of an entry, counted from 0; empty for a scenario that was not read."""
        line = self._lines.get((part, number))
        return f"{self._file}:{line}" if line is not None else ""

    @property
    def exercise(self) -> Mode:
        """The mode as the code list has it."""
        return Mode(self.mode)

    def callers(self) -> dict[str, Caller]:
        """The callers by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Caller)}

    def dispatchers(self) -> dict[str, Dispatcher]:
        """The dispatchers by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Dispatcher)}

    def peers(self) -> dict[str, Peer]:
        """The played providers by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Peer)}

    def staff(self) -> dict[str, Staff]:
        """The staff of departments by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Staff)}

    def alarm_users(self) -> dict[str, AlarmUser]:
        """Those who have an alarm unit, by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, AlarmUser)}

    def helpers(self) -> dict[str, Helper]:
        """The neighbour helpers by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Helper)}

    def crews(self) -> dict[str, Crew]:
        """The crews by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, Crew)}

    def ward_offices(self) -> dict[str, WardOffice]:
        """The ward offices by name."""
        return {n: a for n, a in self.actors.items() if isinstance(a, WardOffice)}


def json_schema() -> dict[str, object]:
    """The JSON Schema of the format, for editors."""
    schema = Scenario.model_json_schema()
    schema["$schema"] = "https://json-schema.org/draft/2020-12/schema"
    schema["title"] = f"NET119 scenario, format {FORMAT}"
    return schema
