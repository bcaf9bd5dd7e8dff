"""Which drills there are to choose from: those that come along, and a department's own."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.cast import ALARM_ACTORS, ALARM_CENTER
from net119_scenarios.acted.drill_part import Fault, bad_by_default
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_file
from net119_scenarios.acted.source import ScenarioError
from net119_scenarios.drills.roles import RolePlay
from net119_scenarios.words import Words

_NO_DRILL = Words(
    "drill: の部分がないので、訓練には使えません",
    "it has no part drill:, so that it is no drill",
)


@dataclass(frozen=True)
class Offered:
    """A drill with its name and the text of its file."""

    name: str
    scenario: Scenario
    source: str
    own: bool = False
    """The department wrote it."""

    def centers(self) -> tuple[str, ...]:
        """Whose dispatchers people play."""
        dispatchers = self.scenario.dispatchers()
        people = self.scenario.drill.people if self.scenario.drill is not None else ()
        return tuple(
            dict.fromkeys(dispatchers[each].center for each in people if each in dispatchers)
        )

    def choices(self, actor: str) -> tuple[str, ...]:
        """Who can play an actor, by the labels of `RolePlay`."""
        scenario = self.scenario
        if actor in scenario.peers() or isinstance(scenario.actors[actor], ALARM_ACTORS):
            return ("simulator",)
        bad = scenario.drill.bad if scenario.drill is not None else ()
        faults = [
            f"bad:{each.fault.value}"
            for each in bad
            if (each.actor or bad_by_default(each.fault, scenario)) == actor
        ]
        if actor not in scenario.dispatchers():
            return ("simulator", "person", *dict.fromkeys(faults))
        if scenario.dispatchers()[actor].center == ALARM_CENTER:
            return ("person", "simulator", *dict.fromkeys(faults))
        return ("person", "simulator", "rule-based", *dict.fromkeys(faults))


@dataclass(frozen=True)
class Unreadable:
    """A file of the department that is no drill, and what is wrong with it."""

    file: str
    problems: tuple[Words, ...]


def offered(folder: Path, center: str = "") -> tuple[tuple[Offered, ...], tuple[Unreadable, ...]]:
    """All drills, those of ``center`` first, with files in ``folder`` that cannot be read."""
    found = list(_of_library())
    wrong = []
    for file in sorted(folder.glob("*.yaml")):
        try:
            scenario = read_file(file)
        except ScenarioError as error:
            wrong.append(Unreadable(file.name, _shown(error)))
            continue
        if scenario.drill is None:
            wrong.append(Unreadable(file.name, (_NO_DRILL,)))
        else:
            found.append(Offered(f"own-{file.stem}", scenario, file.read_text("utf-8"), own=True))
    found.sort(key=lambda each: (not each.own, center not in each.centers()))
    return tuple(found), tuple(wrong)


@cache
def _of_library() -> tuple[Offered, ...]:
    """Those that come along; reading them all takes seconds."""
    return tuple(
        Offered(name, library.load(name), library.text_of(name)) for name in library.drills()
    )


def _shown(error: ScenarioError) -> tuple[Words, ...]:
    return tuple(Words(each.shown("ja"), each.shown("en")) for each in error.problems)


def find(folder: Path, name: str) -> Offered | None:
    """The drill of this name."""
    return next((each for each in offered(folder)[0] if each.name == name), None)


def play_of(label: str, who: str = "") -> RolePlay:
    """Who plays, by its label; ValueError for one that is none."""
    if label.startswith("bad:"):
        return RolePlay("bad", fault=Fault(label.removeprefix("bad:")))
    if label == "person":
        return RolePlay("person", who)
    if label == "rule-based":
        return RolePlay("rule-based")
    if label == "simulator":
        return RolePlay()
    raise ValueError(f"nobody is called {label!r}")
