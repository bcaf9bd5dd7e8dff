"""Shapes of load: when callers come and go, when connections break, who reads slowly.

They are data: the package's own stand in ``shapes.toml``; a file of one's own has the same form.
"""

import itertools
import math
import re
import tomllib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
    model_validator,
)

from net119_loadtests.errors import LoadError

_WHEN = re.compile(r"(\d+(?:\.\d+)?)(s|m|%)")


def _when(text: str) -> str:
    if not _WHEN.fullmatch(text):
        raise ValueError(f"no time: {text!r}; write 60s, 2m or 40%")
    return text


When = Annotated[str, AfterValidator(_when)]
Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Seconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Point(_Table):
    """The share of callers who are in a call at a time."""

    at: When
    share: Share


class Slow(_Table):
    """Shares of handsets and consoles that stop reading for a while, again and again.

    ``small_buffers``: their sockets take in little that is not read, so that the provider soon
    feels it.
    """

    handsets: Share = 0.0
    consoles: Share = 0.0
    every_s: Seconds
    stops_for_s: Seconds
    small_buffers: bool = False

    @model_validator(mode="after")
    def _reads_sometimes(self) -> "Slow":
        if self.stops_for_s >= self.every_s:
            raise ValueError("stops_for_s must be less than every_s, or nothing is ever read")
        return self

    def handset(self, number: int) -> bool:
        """Whether the handset of this number (from 0) reads slowly."""
        return _among(number, self.handsets)

    def console(self, number: int, of: int) -> bool:
        """Whether the console of this number (from 0) reads slowly, of so many consoles.

        The only console reads as it should, unless all are slow: or nothing is measured.
        """
        return (of > 1 or self.consoles == 1) and _among(number, self.consoles)


def _among(number: int, share: float) -> bool:
    """Whether number ``number`` is among a share of all, spread evenly over them; the first is."""

    def so_far(count: int) -> int:
        # Rounded first: 30 * 0.1 is a little more than 3 as a float, and must not become 4.
        return math.ceil(round(count * share, 9))

    return so_far(number + 1) > so_far(number)


class Shape(_Table):
    """One shape. Without ``calls``, callers arrive evenly, at a rate given elsewhere."""

    ja: str
    en: str
    measure: Literal["answered", "arrivals"]
    calls: tuple[Point, ...] = ()
    storms: tuple[When, ...] = ()
    slow: Slow | None = None
    recovery_max_s: Seconds | None = None
    """A threshold that belongs to the shape: see `Thresholds.recovery`."""
    shed_p99_ms: Seconds | None = None
    """The same for ``shed_ms``, and ``shedding_ack_p99_ms`` for ``shedding_ack_ms``: milliseconds,
    where the run has more callers than the capacity claimed."""
    shedding_ack_p99_ms: Seconds | None = None

    @model_validator(mode="after")
    def _begins_with_nobody(self) -> "Shape":
        if self.calls and (len(self.calls) < 2 or self.calls[0].share != 0):
            raise ValueError("calls need two points at least, and begin with share 0")
        if self.calls and max(point.share for point in self.calls) == 0:
            raise ValueError("nobody calls in this shape")
        return self


STEADY = Shape(ja="一定", en="steady", measure="answered")
"""Everybody comes, then everybody writes."""


def seconds_of(when: str, duration_s: float) -> float:
    """A time of a shape in seconds, in a run of this duration."""
    found = _WHEN.fullmatch(when)
    if found is None:
        raise ValueError(f"no time: {when!r}")
    return float(found[1]) * {"s": 1.0, "m": 60.0, "%": duration_s / 100}[found[2]]


@dataclass(frozen=True)
class Turn:
    """When a caller calls and hangs up, in seconds after the first call; ``None``: at the end."""

    calls: float
    leaves: float | None = None


def turns_of(
    shape: Shape, at_once: int, duration_s: float, arrivals_per_s: float
) -> tuple[Turn, ...]:
    """Each caller's turn. Who came first leaves first; who comes after that is somebody else.

    Raises:
        LoadError: the shape's times do not ascend, or do not fit into the duration.
    """
    if not shape.calls:
        return tuple(Turn(number / arrivals_per_s) for number in range(at_once))
    points = [(seconds_of(each.at, duration_s), each.share) for each in shape.calls]
    _check_times([at for at, _ in points], duration_s)
    here: deque[int] = deque()
    calls: list[float] = []
    leaves: dict[int, float] = {}
    for (begin, _), (end, share) in itertools.pairwise(points):
        missing = round(share * at_once) - len(here)
        for number in range(abs(missing)):
            at = begin + (end - begin) * number / abs(missing)
            if missing > 0:
                here.append(len(calls))
                calls.append(at)
            else:
                leaves[here.popleft()] = at
    return tuple(Turn(at, leaves.get(number)) for number, at in enumerate(calls))


def _check_times(times: Sequence[float], duration_s: float) -> None:
    if list(times) != sorted(set(times)):
        raise LoadError("the times of a shape must ascend", "--shape", "Mend the shape's file")
    if times[-1] >= duration_s:
        raise LoadError(
            f"this shape takes {times[-1]:g} s, the run {duration_s:g} s",
            "--duration",
            f"Ask for more than {times[-1]:g} s",
        )


def load_shapes(file: Path | None = None) -> Mapping[str, Shape]:
    """The shapes in a file, or the package's own.

    Raises:
        LoadError: the file cannot be read, is no TOML, or has a wrong key or value.
    """
    where = str(file) if file else "the package's shapes.toml"
    advice = "Start from a copy of loadtests/net119_loadtests/shapes.toml"
    try:
        if file is None:
            text = files(__package__).joinpath("shapes.toml").read_text("utf-8")
        else:
            text = file.read_text("utf-8")
        return TypeAdapter(dict[str, Shape]).validate_python(tomllib.loads(text))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LoadError(f"the shapes cannot be read: {error}", where, advice) from error
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {each['msg']}"
            for each in error.errors(include_url=False)
        )
        raise LoadError(wrong, where, advice) from error


def shape_named(name: str, file: Path | None = None) -> Shape:
    """A shape by its name; raises LoadError, also if there is none of that name."""
    shapes = load_shapes(file)
    if name not in shapes:
        raise LoadError(
            f"there is no shape {name!r}", "--shape", f"Choose one of {', '.join(sorted(shapes))}"
        )
    return shapes[name]
