"""Who plays an actor of a drill."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from net119_scenarios.acted.alarms.cast import ALARM_ACTORS, ALARM_CENTER
from net119_scenarios.acted.cast import Dispatcher, Peer, Staff
from net119_scenarios.acted.drill_part import Bad, Fault, bad_by_default
from net119_scenarios.acted.model import Scenario
from net119_scenarios.drills.record import Played


class WrongRoles(ValueError):
    """The roles do not fit the scenario; says which, in Japanese and English."""

    def __init__(self, ja: str, en: str) -> None:
        super().__init__(en)
        self.ja = ja
        self.en = en


@dataclass(frozen=True)
class RolePlay:
    """A person (with a free name), a simulator that follows the file, a mind of rules, a bad one.

    ``rule-based`` is a dispatcher who asks what the checklist has, in its own order, and otherwise
    does what the file says; ``bad`` follows the file with a ``fault``.
    """

    by: Played = "simulator"
    who: str = ""
    fault: Fault | None = None

    @property
    def label(self) -> str:
        """``person``, ``simulator``, ``rule-based``, or ``bad:slow``."""
        return f"bad:{self.fault.value}" if self.fault is not None else self.by

    @property
    def person(self) -> bool:
        """Whether a person plays it."""
        return self.by == "person"

    @property
    def speaks_freely(self) -> bool:
        """Whether it says other lines than the file's."""
        return self.by in ("person", "rule-based")


def person(who: str = "") -> RolePlay:
    """Played by a person of this name."""
    return RolePlay("person", who)


def bad(fault: Fault) -> RolePlay:
    """Played by a simulator with a fault."""
    return RolePlay("bad", fault=fault)


def of_people(scenario: Scenario) -> dict[str, RolePlay]:
    """The roles as the drill means them: its ``people`` are persons, all others simulated."""
    people = scenario.drill.people if scenario.drill is not None else ()
    return {name: person() for name in people}


def checked(scenario: Scenario, roles: Mapping[str, RolePlay]) -> Mapping[str, RolePlay]:
    """All actors with who plays them; who is not named is simulated.

    Raises:
        WrongRoles: somebody plays what there is not, or what cannot be played so.
    """
    found = {name: roles.get(name, RolePlay()) for name in scenario.actors}
    for name, play in roles.items():
        actor = scenario.actors.get(name)
        known = ", ".join(scenario.actors)
        if actor is None:
            raise WrongRoles(
                f"「{name}」という役はありません（{known}）",
                f"there is no actor {name!r}; there are {known}",
            )
        if play.person and isinstance(actor, ALARM_ACTORS):
            raise WrongRoles(
                f"「{name}」は人は演じられません（緊急通報の指令員だけを演じられます）",
                f"nobody can play {name}; of the home alarm service people play dispatchers only",
            )
        if play.by == "rule-based" and getattr(actor, "center", "") == ALARM_CENTER:
            raise WrongRoles(
                f"「{name}」は緊急通報の指令員なので、rule-based にはできません",
                f"{name} is at the alarm desk, so it cannot be rule-based",
            )
        if play.person and isinstance(actor, Peer):
            raise WrongRoles(
                f"「{name}」は他の事業者なので、人は演じられません",
                f"{name} is another provider, which nobody can play",
            )
        forgets = isinstance(actor, Staff) and play.fault is Fault.ANNOUNCES_NOTHING
        if play.by in ("rule-based", "bad") and not isinstance(actor, Dispatcher) and not forgets:
            raise WrongRoles(
                f"「{name}」は指令員ではないので、{play.label} にはできません",
                f"{name} is no dispatcher, so it cannot be {play.label}",
            )
        if play.fault is not None:
            _bad_of(scenario, play.fault)
    return MappingProxyType(found)


def bad_actor(scenario: Scenario, fault: Fault) -> str:
    """Who plays this fault in the drill; raises `WrongRoles`."""
    return _bad_of(scenario, fault).actor or bad_by_default(fault, scenario) or ""


def _bad_of(scenario: Scenario, fault: Fault) -> Bad:
    entries = scenario.drill.bad if scenario.drill is not None else ()
    for entry in entries:
        if entry.fault is fault:
            return entry
    known = ", ".join(each.fault.value for each in entries) or "-"
    raise WrongRoles(
        f"この訓練には「{fault.value}」の悪い例がありません（あるもの: {known}）",
        f"this drill is not meant to be played {fault.value}; it has: {known}",
    )
