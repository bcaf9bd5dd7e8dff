"""What a generator is told: where to call, who calls, who answers, how much and how long.

The plan holds tokens; its file is readable by its owner alone and is deleted after the run.
"""

import os
from pathlib import Path
from typing import Annotated

from net119_protocol.codes import Mode
from pydantic import BaseModel, ConfigDict, Field

from net119_loadtests.errors import LoadError
from net119_loadtests.scripts import MINIMAL, Script
from net119_loadtests.shapes import Shape

MODE = Mode.TEST
"""All load is marked as a test (invariant I5)."""
PER_CONSOLE = 50
"""Calls that one console holds."""
CHAT = "/chat/"
"""Begins the paths of chats at a bare relay."""
SOURCES = 4
"""Loopback addresses that one generator calls from: each has some 28,000 ports."""

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallerSeat(_Part):
    """A caller who is logged in; the point is the fix they call from (WGS 84, degrees).

    ``mail`` tells this run's callers from others at a console; ``center`` is the one that answers.
    """

    number: int
    token: Annotated[str, Field(repr=False)]
    mail: str
    center: str
    lat: float
    lon: float
    calls_at: Annotated[float, Field(ge=0)] = 0.0
    """Seconds after the first call of all."""
    leaves_at: float | None = None
    """The same for hanging up; ``None``: at the end."""


class ConsoleSeat(_Part):
    """A dispatcher at a center."""

    number: int
    center: str
    token: Annotated[str, Field(repr=False)]


class Plan(_Part):
    """A run of one generator, or of all of them before it is divided.

    Callers come and go at their seats' times; what else happens, ``shape`` says. Each writes a line
    every ``every_s`` seconds, out of one of ``scripts``; consoles write one line back for each
    ``reply_every`` lines of a call. After ``duration_s`` seconds of measuring all that is under way
    may take ``settle_s``.
    """

    base_url: str
    ca_pem: str | None = None
    declared_test_hosts: tuple[str, ...] = ()
    own: bool = False
    """The provider was started for this run: calls need not be closed at the end."""
    bare: bool = False
    """Not a provider but a bare relay (`net119_loadtests.bare_relay`): chats are opened without a
    call before, and nothing is stored that could be judged."""
    callers: tuple[CallerSeat, ...]
    consoles: tuple[ConsoleSeat, ...]
    shape: Shape
    scripts: tuple[Script, ...] = (MINIMAL,)
    greetings: tuple[str, ...] = ()
    """Texts that the provider sends by itself in the dispatcher's name."""
    sources: tuple[str, ...] = ()
    """Addresses to call from, in turn; none: the system chooses."""
    duration_s: Seconds
    every_s: Seconds
    reply_every: Annotated[int, Field(ge=1)]
    ramp_s: Seconds
    settle_s: Seconds
    capacity: Annotated[int, Field(ge=1)] | None = None
    """Calls that the provider takes at once, and beyond which it may shed; ``None``: it may not."""
    p99_bound_ms: Seconds = 2000.0
    """Within what the p99 of acknowledgements must be again after a fault, in milliseconds."""

    def write(self, file: Path) -> None:
        """Write the plan, for this user's eyes only."""
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as out:
            out.write(self.model_dump_json())

    @classmethod
    def read(cls, file: Path) -> "Plan":
        """Read what `write` wrote; raises LoadError."""
        try:
            return cls.model_validate_json(file.read_bytes())
        except (OSError, ValueError) as error:
            raise LoadError(f"no plan: {error}", str(file), "Use net119 load run") from error

    def shares(self, parts: int) -> tuple["Plan", ...]:
        """The plan divided by centers, so that both ends of each call are in one generator.

        Raises:
            LoadError: there are fewer centers than parts.
        """
        check_parts(parts, len(self.consoles))
        made = []
        for part in range(parts):
            consoles = self.consoles[part::parts]
            centers = {seat.center for seat in consoles}
            callers = tuple(seat for seat in self.callers if seat.center in centers)
            # Each has loopback addresses of its own; those that the user named are all parts'.
            ours = self.sources == loopback_sources(0)
            sources = loopback_sources(part) if ours else self.sources
            update = {"consoles": consoles, "callers": callers, "sources": sources}
            made.append(self.model_copy(update=update))
        return tuple(made)


def check_parts(parts: int, centers: int, option: str = "--workers") -> None:
    """Whether so many generators can divide the centers; raises LoadError, naming the option."""
    if parts > centers:
        raise LoadError(
            f"{parts} workers cannot divide {centers} centers among them",
            option,
            f"Ask for {centers} at most, or for more callers ({PER_CONSOLE} for each center)",
        )


def loopback_sources(part: int) -> tuple[str, ...]:
    """The addresses that generator number ``part`` calls from."""
    # Below 127.0.10.0 are the addresses of providers and peers.
    return tuple(f"127.0.{10 + part % 200}.{number + 1}" for number in range(SOURCES))
