"""What a run of registrations must hold, read from a TOML file."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from net119_loadtests.figures import Summary
from net119_loadtests.registrations.course import Stage
from net119_loadtests.thresholds import Outcome, Times, at_least, at_most, bounded, read_thresholds

FILE = "registrations.toml"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Never(_Table):
    """There is no such thing as an acceptable number of these."""

    max: Literal[0] = 0


class Failed(_Table):
    """Share of the people who did not get through, 0 to 1."""

    max_share: Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]


class Rate(_Table):
    """Registrations per second, from the first empty mail to the last log-in."""

    min_per_s: Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Thresholds(_Table):
    """All thresholds; what is ``None`` is not checked."""

    lost_mails: Never = Never()
    doubled_mails: Never = Never()
    stray_mails: Never = Never()
    cannot_log_in: Never = Never()
    failed: Failed = Failed(max_share=0)
    rate: Rate | None = None
    url_mail_ms: Times | None = None
    terms_ms: Times | None = None
    form_ms: Times | None = None
    submit_ms: Times | None = None
    review_ms: Times | None = None
    log_in_ms: Times | None = None
    call_page_ms: Times | None = None


def load_registration_thresholds(file: Path | None) -> Thresholds:
    """The thresholds in a file, or the package's own; raises LoadError as `read_thresholds`."""
    return read_thresholds(Thresholds, file, FILE)


def hold(
    thresholds: Thresholds,
    *,
    lost: int,
    doubled: int,
    strays: int,
    locked_out: int,
    failed_share: float | None,
    rate_per_s: float | None,
    series: dict[str, Summary],
) -> tuple[Outcome, ...]:
    """One outcome for each threshold, what must never be first."""
    outcomes = [
        at_most("lost_mails", thresholds.lost_mails.max, lost),
        at_most("doubled_mails", thresholds.doubled_mails.max, doubled),
        at_most("stray_mails", thresholds.stray_mails.max, strays),
        at_most("cannot_log_in", thresholds.cannot_log_in.max, locked_out),
        at_most("failed.share", thresholds.failed.max_share, failed_share),
    ]
    if thresholds.rate is not None:
        outcomes.append(at_least("rate.per_s", thresholds.rate.min_per_s, rate_per_s))
    for stage in Stage:
        bounds: Times | None = getattr(thresholds, stage.value)
        if bounds is not None:
            outcomes += bounded(stage.value, bounds, series.get(stage.value))
    return tuple(outcomes)
