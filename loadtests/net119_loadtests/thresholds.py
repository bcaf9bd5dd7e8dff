"""Thresholds: what a run must hold, read from a TOML file and compared with the figures."""

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from net119_protocol.codes import Refusal
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from net119_loadtests.errors import LoadError
from net119_loadtests.figures import Summary

SERIES = (
    "ack_ms",
    "dispatcher_ack_ms",
    "seen_by_dispatcher_ms",
    "seen_by_caller_ms",
    "answer_ms",
    "shed_ms",
    "shedding_ack_ms",
    "late_ms",
)
"""The measured series that can be bounded, by the names of their tables."""

REFUSED = "refused: "
"""Begins the names of errors that are a provider's refusal; its code follows."""
SAID_AGAIN = (Refusal.STORAGE_FAILED.value, Refusal.TOO_MANY.value)
"""Codes after which, in a fault, a line is said again as it is (`Stage.say_again`)."""

P99_BOUND_MS = 2000.0
"""Where ``ack_ms.p99`` is not bounded."""

M = TypeVar("M", bound=BaseModel)
_FILE = "thresholds.toml"

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Milliseconds = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Times(_Table):
    """Upper bounds of a series, in milliseconds."""

    p50: Milliseconds | None = None
    p95: Milliseconds | None = None
    p99: Milliseconds | None = None
    max: Milliseconds | None = None


class Violations(_Table):
    """There is no such thing as an acceptable number of lost messages."""

    max: Literal[0] = 0


class Errors(_Table):
    """Share of what was asked for and failed, 0 to 1."""

    max_share: Share


class Rate(_Table):
    """Callers' lines acknowledged in the measured time: as a share, 0 to 1, of those that were due,
    and how many of both sides there must be in a second.
    """

    min_share: Share | None = None
    min_per_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> "Rate":
        if self.min_share is None and self.min_per_s is None:
            raise ValueError("give min_share or min_per_s, or leave the table out")
        return self


class Recovery(_Table):
    """The longest time from the first lost connection until all stand again, in seconds."""

    max_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Fault(_Table):
    """How long it may take after a fault, in seconds from its beginning, with its own length.

    ``recovered_max_s``: until every connection stands and all that was written by then is
    acknowledged; ``p99_max_s``: until the p99 of acknowledgements is within ``ack_ms.p99``.
    ``refused_max``: what may be refused in it for good, with another code than those with which a
    provider asks for a line to be said again (`SAID_AGAIN`).
    """

    recovered_max_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]
    p99_max_s: Annotated[float, Field(gt=0, allow_inf_nan=False)] | None = None
    refused_max: Annotated[int, Field(ge=0)] = 0


class Thresholds(_Table):
    """All thresholds; what is ``None`` is not checked."""

    violations: Violations = Violations()
    errors: Errors | None = None
    rate: Rate | None = None
    recovery: Recovery | None = None
    fault: Fault | None = None
    ack_ms: Times | None = None
    dispatcher_ack_ms: Times | None = None
    seen_by_dispatcher_ms: Times | None = None
    seen_by_caller_ms: Times | None = None
    answer_ms: Times | None = None
    shed_ms: Times | None = None
    shedding_ack_ms: Times | None = None
    late_ms: Times | None = None


@dataclass(frozen=True)
class Measured:
    """What is compared with the thresholds. ``None``: there is nothing it could be said of."""

    violations: int
    error_share: float | None
    rate_share: float | None
    series: Mapping[str, Summary | None]
    rate_per_s: float | None = None
    recovery_s: float | None = None
    """``None`` also while a connection that was lost does not stand again."""
    faults: Sequence[Mapping[str, Any]] = ()
    """Each with its ``name``, ``recovered_s`` and ``p99_back_s``, ``None``: not by the end."""


@dataclass(frozen=True)
class Outcome:
    """One threshold: ``found`` is ``None`` where nothing was measured, which does not hold it."""

    name: str
    relation: str
    limit: float
    found: float | None
    held: bool

    def to_json(self) -> dict[str, Any]:
        """The outcome by field."""
        return asdict(self)


def load_thresholds(file: Path | None) -> Thresholds:
    """The thresholds in a file, or the package's own; raises what `read_thresholds` raises."""
    return read_thresholds(Thresholds, file, _FILE)


def parse_thresholds(text: str, where: str) -> Thresholds:
    """Thresholds from TOML; raises LoadError, which names every wrong key."""
    return _parse(Thresholds, text, where, _FILE)


def read_thresholds(model: type[M], file: Path | None, packaged: str) -> M:
    """Thresholds of any kind in a file, or those of this package's file of that name.

    Raises:
        LoadError: the file cannot be read, is no TOML, or has a wrong key or value.
    """
    if file is None:
        text = files(__package__).joinpath(packaged).read_text("utf-8")
        return _parse(model, text, f"the package's {packaged}", packaged)
    try:
        text = file.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise LoadError(
            f"the file cannot be read: {error}", f"--thresholds {file}", "Give a TOML file"
        ) from error
    return _parse(model, text, str(file), packaged)


def _parse(model: type[M], text: str, where: str, packaged: str) -> M:
    advice = f"Mend it, or start from a copy of loadtests/net119_loadtests/{packaged}"
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise LoadError(f"this is not TOML: {error}", where, advice) from error
    try:
        return model.model_validate(content)
    except ValidationError as error:
        wrong = "; ".join(
            f"{'.'.join(map(str, each['loc']))}: {_explained(each['type'], each['msg'])}"
            for each in error.errors(include_url=False)
        )
        raise LoadError(wrong, where, advice) from error


def _explained(kind: str, message: str) -> str:
    if kind == "extra_forbidden":
        return "no such key"
    if kind == "literal_error":
        return "only 0 is possible, a violated invariant always fails"
    return message


def compare(thresholds: Thresholds, measured: Measured) -> list[Outcome]:
    """One outcome for each threshold, the violations first."""
    outcomes = [at_most("violations", thresholds.violations.max, measured.violations)]
    if thresholds.errors is not None:
        outcomes.append(at_most("errors.share", thresholds.errors.max_share, measured.error_share))
    rate = thresholds.rate
    if rate is not None and rate.min_share is not None:
        outcomes.append(at_least("rate.share", rate.min_share, measured.rate_share))
    if rate is not None and rate.min_per_s is not None:
        outcomes.append(at_least("rate.per_s", rate.min_per_s, measured.rate_per_s))
    if thresholds.recovery is not None:
        limit = thresholds.recovery.max_s
        outcomes.append(at_most("recovery.s", limit, measured.recovery_s))
    # Bounded without a table, too: what is turned away in a fault counts nowhere else.
    refused_max = thresholds.fault.refused_max if thresholds.fault is not None else 0
    outcomes += [
        at_most(f"{fault['name']}.refused", refused_max, refused_for_good(fault["errors"]))
        for fault in measured.faults
    ]
    if thresholds.fault is not None:
        outcomes += _faults(thresholds.fault, measured.faults)
    for name in SERIES:
        bounds: Times | None = getattr(thresholds, name)
        if bounds is not None:
            outcomes += bounded(name, bounds, measured.series.get(name))
    return outcomes


def refused_for_good(errors: Mapping[str, int]) -> int:
    """How many of these errors are refusals after which a line is not said again."""
    return sum(
        count
        for kind, count in errors.items()
        if kind.startswith(REFUSED) and kind.removeprefix(REFUSED) not in SAID_AGAIN
    )


def _faults(limits: Fault, faults: Sequence[Mapping[str, Any]]) -> list[Outcome]:
    found = []
    for fault in faults:
        name = fault["name"]
        found.append(at_most(f"{name}.recovered.s", limits.recovered_max_s, fault["recovered_s"]))
        if limits.p99_max_s is not None:
            found.append(at_most(f"{name}.p99.s", limits.p99_max_s, fault["p99_back_s"]))
    return found


def p99_bound_ms(thresholds: Thresholds) -> float:
    """Within what the p99 of acknowledgements must be again after a fault."""
    bounds = thresholds.ack_ms
    return bounds.p99 if bounds is not None and bounds.p99 is not None else P99_BOUND_MS


def bounded(name: str, bounds: Times, summary: Summary | None) -> list[Outcome]:
    """One outcome for each bound of a series; without a summary none of them is held."""
    return [
        at_most(f"{name}.{figure}", limit, getattr(summary, figure) if summary else None)
        for figure, limit in bounds.model_dump(exclude_none=True).items()
    ]


def at_most(name: str, limit: float, found: float | None) -> Outcome:
    """An upper bound."""
    return Outcome(name, "<=", limit, found, found is not None and found <= limit)


def at_least(name: str, limit: float, found: float | None) -> Outcome:
    """A lower bound."""
    return Outcome(name, ">=", limit, found, found is not None and found >= limit)
