"""Faults under load, by name: what is done to which part of a system, in the midst of a run."""

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from net119_loadtests.errors import LoadError
from net119_loadtests.house import DATABASE_URL, Kind


class Act(StrEnum):
    """What is done."""

    KILL = "kill"
    """SIGKILL, and started again at once, by us or by whoever looks after it."""
    STALL = "stall"
    """SIGSTOP, and SIGCONT after a while: it neither works nor is gone."""
    STORM = "storm"
    """All connections of callers and consoles break at once, and all come back."""
    FILL = "full-disk"
    """The provider's database cannot grow for a while."""
    COMMAND = "command"
    """A command that somebody else has given; the fault is over when it ends."""


SERVER, OFFICE, DATABASE, POSTMASTER, BACKEND = (
    "server",
    "office",
    "database",
    "postmaster",
    "backend",
)
_RELAY = re.compile(r"relay-([1-9]\d?)")
_TARGETS = {
    Act.KILL: (SERVER, OFFICE, DATABASE, POSTMASTER, BACKEND),
    Act.STALL: (SERVER, OFFICE, DATABASE),
}
LASTS_S = 10.0
"""How long a stall or a full disk lasts, unless said otherwise."""


@dataclass(frozen=True)
class Fault:
    """One fault. ``target``: the part that is hit; ``lasts_s`` for those that do not end at once;
    ``command`` for `Act.COMMAND`.
    """

    name: str
    act: Act
    target: str = ""
    lasts_s: float = LASTS_S
    command: str = ""


def fault_of_command(command: str) -> Fault:
    """A fault that a command of the user's own brings about."""
    return Fault(Act.COMMAND.value, Act.COMMAND, command=command)


def fault_named(name: str, lasts_s: float = LASTS_S) -> Fault:
    """A fault by its name: ``storm``, ``full-disk``, ``kill-PART``, ``stall-PART``.

    Raises:
        LoadError: there is no such fault.
    """
    if name in (Act.STORM, Act.FILL):
        return Fault(name, Act(name), lasts_s=lasts_s)
    act, _, target = name.partition("-")
    if act in (Act.KILL, Act.STALL):
        target = "relay-1" if target == "relay" else target
        if target in _TARGETS[Act(act)] or _RELAY.fullmatch(target):
            return Fault(name, Act(act), target, lasts_s)
    raise LoadError(
        f"there is no fault {name!r}", "--fault", f"Choose one of {', '.join(every_name())}"
    )


def every_name() -> tuple[str, ...]:
    """The names of all faults; of relays, the first stands for all."""
    parts = [
        f"{act.value}-{target}"
        for act, targets in _TARGETS.items()
        for target in (*targets[:2], "relay-1", *targets[2:])
    ]
    return (*parts, Act.STORM.value, Act.FILL.value)


def names_for(kind: Kind) -> tuple[str, ...]:
    """The names of all faults that are possible with a provider of that kind, in a good order."""
    relays = [f"relay-{number + 1}" for number in range(kind.relays)]
    processes = [*relays, OFFICE, SERVER] if relays else [SERVER]
    names = ["storm", *(f"kill-{each}" for each in processes)]
    names += [f"stall-{each}" for each in (*relays[:1], *processes[len(relays) :])]
    if kind.needs_postgresql:
        names += ["kill-backend", "kill-postmaster", "kill-database", "stall-database"]
    if not kind.postgresql_of_others and (not kind.needs_postgresql or os.geteuid() == 0):
        names.append("full-disk")
    return tuple(names)


def check_possible(faults: Sequence[Fault], kind: Kind | None) -> None:
    """Whether a run can bring these faults about; ``kind`` is ``None`` for a system that runs.

    Raises:
        LoadError: it cannot.
    """
    for fault in faults:
        why = _impossible(fault, kind)
        if why:
            raise LoadError(f"{fault.name}: {why[0]}", "--fault", why[1])


def _impossible(fault: Fault, kind: Kind | None) -> tuple[str, str] | None:
    if fault.act in (Act.STORM, Act.COMMAND):
        return None
    if kind is None:
        return (
            "a system that was not started for the run is not ours to harm",
            "Give --fault-command, or leave --url out",
        )
    if fault.act is Act.FILL:
        if kind.needs_postgresql and os.geteuid() != 0:
            return "only root gets a file system for PostgreSQL", "Leave this fault out"
        if kind.postgresql_of_others:
            return "the database is not ours to harm", f"Take {DATABASE_URL} away"
        return None
    found = _RELAY.fullmatch(fault.target)
    if found and int(found[1]) > kind.relays:
        return f"there are {kind.relays} relays", f"Give --relays {found[1]}"
    if fault.target == OFFICE and not kind.relays:
        return "a single process has no office of its own", "Give --relays, or take server"
    if fault.target in (DATABASE, POSTMASTER, BACKEND) and not kind.needs_postgresql:
        return "no PostgreSQL is started for this run", "Give --postgresql or --relays"
    return None
