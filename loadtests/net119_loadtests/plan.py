"""What the generator is told: where to call, who calls, who answers, how much and how long.

The plan holds tokens; its file is readable by its owner alone and is deleted after the run.
"""

import os
from pathlib import Path
from typing import Annotated

from net119_protocol.codes import Mode
from pydantic import BaseModel, ConfigDict, Field

from net119_loadtests.errors import LoadError

MODE = Mode.TEST
"""All load is marked as a test (invariant I5)."""
PER_CONSOLE = 50
"""Calls that one console holds."""

Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class CallerSeat(_Part):
    """A caller who is logged in; the point is the fix they call from (WGS 84, degrees).

    ``mail`` tells this run's callers from others at a console.
    """

    number: int
    token: Annotated[str, Field(repr=False)]
    mail: str
    lat: float
    lon: float


class ConsoleSeat(_Part):
    """A dispatcher at a center."""

    number: int
    center: str
    token: Annotated[str, Field(repr=False)]


class Plan(_Part):
    """A run of the generator.

    Callers arrive at ``arrivals_per_s``. When all are answered, each writes a line every
    ``every_s`` seconds for ``duration_s`` seconds; consoles write one line back for each
    ``reply_every`` lines of a call. Afterwards all that is under way may take ``settle_s``.
    """

    base_url: str
    ca_file: Path | None
    declared_test_hosts: tuple[str, ...] = ()
    callers: tuple[CallerSeat, ...]
    consoles: tuple[ConsoleSeat, ...]
    duration_s: Seconds
    every_s: Seconds
    reply_every: Annotated[int, Field(ge=1)]
    arrivals_per_s: Seconds
    ramp_s: Seconds
    settle_s: Seconds
    logs_file: Path

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
