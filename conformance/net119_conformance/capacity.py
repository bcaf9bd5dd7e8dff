"""What a system under test claims to carry: the table ``[capacity]`` of its profile.

Nothing is assumed: each part is either claimed with figures or said to be ``"none"``. What is
claimed is verified; what is not is reported as not applicable, with that reason.
"""

import tomllib
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from net119_conformance.catalogue import Text
from net119_conformance.errors import ConformanceError

NONE = "none"
"""Says of a part that nothing is claimed."""
MOST_PER_CALLER_PER_S = 5.0
"""Lines per second that one side of a call may write, as the API describes it."""
_LINES_EACH = 2
"""Each caller writes so many lines at least, or there would be no order to look at."""

Figure = Annotated[float, Field(gt=0, le=1_000_000, allow_inf_nan=False)]


class Part(StrEnum):
    """Parts of the claim, by their keys."""

    CHAT = "chat"
    RECOVERY = "recovery_s"
    LIMIT = "open_calls"


class _Table(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Chat(_Table):
    """So many callers who write so many lines, and how soon these arrive.

    ``callers`` are in an answered call at the same time and write ``lines_per_s`` lines a second
    together; the console answers each. 99 of 100 lines are acknowledged within ``ack_p99_ms`` and
    shown to the other side within ``seen_p99_ms`` milliseconds after they were sent.
    ``measure_s``: seconds that are measured.
    """

    callers: Annotated[int, Field(ge=4, le=5000)]
    lines_per_s: Figure
    ack_p99_ms: Figure
    seen_p99_ms: Figure
    measure_s: Annotated[float, Field(ge=2, le=300, allow_inf_nan=False)]

    @property
    def every_s(self) -> float:
        """Seconds from one line of a caller to the next."""
        return self.callers / self.lines_per_s

    @property
    def cut_s(self) -> float:
        """Seconds that are measured where connections break half-way.

        What could not be sent meanwhile is sent at once: no more than ten lines of a call.
        """
        return min(self.measure_s, 20 * self.every_s)

    @model_validator(mode="after")
    def _can_be_measured(self) -> "Chat":
        if self.lines_per_s > self.callers * MOST_PER_CALLER_PER_S:
            raise ValueError(
                f"{self.callers} callers may write {self.callers * MOST_PER_CALLER_PER_S:g} lines "
                f"a second ({MOST_PER_CALLER_PER_S:g} each), not {self.lines_per_s:g}"
            )
        if self.measure_s < _LINES_EACH * self.every_s:
            raise ValueError(
                f"a caller writes a line every {self.every_s:g} s, so that measure_s must be "
                f"{_LINES_EACH * self.every_s:g} at least"
            )
        return self


class Capacity(_Table):
    """The claim. ``recovery_s``: seconds from the loss of all connections until all stand again.

    ``open_calls``: as many calls may be open; a further one is refused as overload.
    """

    chat: Chat | Literal["none"]
    recovery_s: Annotated[float, Field(gt=0, le=300, allow_inf_nan=False)] | Literal["none"]
    open_calls: Annotated[int, Field(ge=2, le=5000)] | Literal["none"]

    def claims(self, part: Part) -> bool:
        """Whether something is claimed for a part."""
        return bool(getattr(self, part.value) != NONE)


REFERENCE = Capacity(
    chat=Chat(callers=16, lines_per_s=64.0, ack_p99_ms=3000, seen_p99_ms=3000, measure_s=4),
    recovery_s=30,
    open_calls=6,
)
"""What `net119 conformance run` claims for the providers that it starts, and has them set to.

Little and late: it holds on two processors that are busy with the rest of the run. What the
reference carries is measured by `net119 load run`, not claimed here.
"""


class _Profile(_Table):
    capacity: Capacity


def read_capacity(file: Path) -> Capacity:
    """The claim in a profile (TOML).

    Raises:
        ConformanceError: it cannot be read, or says something wrong; all of it is named.
    """
    advice = Text(
        en="write it as docs/load.md shows, under Claimed capacity",
        ja="docs/load.md の Claimed capacity のとおりに書いてください",
    )
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConformanceError(
            Text(
                en=f"the profile cannot be read: {error}", ja=f"プロファイルを読めません: {error}"
            ),
            f"--sut {file}",
            advice,
        ) from error
    try:
        return _Profile.model_validate(content).capacity
    except ValidationError as error:
        raise ConformanceError("; ".join(_wrong(error)), f"--sut {file}", advice) from error


_KINDS = {"Chat", "int", "float", "constrained-int", "constrained-float"}
"""What pydantic adds to the path of a key that may be one of several."""


def _wrong(error: ValidationError) -> list[str]:
    """What is wrong, key by key; that it is not "none" either goes without saying."""
    found = []
    for each in error.errors(include_url=False):
        kind = str(each["loc"][-1]) if each["loc"] else ""
        if kind.startswith("literal["):
            continue
        keys = [str(key) for key in each["loc"] if "[" not in str(key)]
        path = ".".join(key for key in keys if key not in _KINDS)
        said = each["msg"].removeprefix("Value error, ")
        if each["type"] == "model_type":
            said = 'it must be a table, or "none"'
        found.append(f"{path}: {said[:1].lower()}{said[1:]}")
    return found or ["capacity: wrong"]
