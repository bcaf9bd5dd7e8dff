"""The report of a run as data, and its JSON form; the other forms are made of it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from net119_protocol import __version__
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from net119_conformance.baseline import NO_BASELINE, Baseline
from net119_conformance.catalogue import RequirementStatus, State
from net119_conformance.checks import CheckLevel
from net119_conformance.environment import Sut
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.verdict import ExitRule, Verdict, weight, worst


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FailedCheck(_Part):
    """A check that did not hold. `message` is the number of the message to look at, from 0."""

    check: str
    level: CheckLevel
    expected: str
    seen: str
    message: int | None = None


class Result(_Part):
    """One purpose against one SUT.

    `requirements` are judged as the source says them, `derived` in their derived part; `checks`
    counts those made; `reason` (English) and `reason_ja` say why, where no check does. `known` is
    the reason for which the baseline excuses it; then it does not block. What is not `scored` is
    newer than the catalogue that the system claims, and does not count either. `in_doubt`: the
    suite itself may have missed what it did not see. `first` is the evidence of the first time
    where it was judged again for that.
    """

    id: str
    sut: str
    requirements: tuple[str, ...]
    derived: tuple[str, ...] = ()
    verdict: Verdict
    blocking: bool
    checks: int = Field(ge=0)
    duration_s: float = Field(ge=0)
    evidence: str | None
    failed: tuple[FailedCheck, ...] = ()
    reason: str = ""
    reason_ja: str = ""
    known: str = ""
    scored: bool = True
    in_doubt: bool = False
    first: str | None = None


class StaleLine(_Part):
    """A line of the baseline that is out of date, and why."""

    line: str
    why: str
    why_ja: str


class Unjudged(_Part):
    """A requirement that no purpose judges, and why."""

    requirement: str
    reason: str
    reason_ja: str


class Summary(_Part):
    """The counts. `verdict` is the worst of all results; `not_run` names items (ID--SUT) that an
    interruption left out; `known` counts results that the baseline excuses, and `stale` are its
    lines that are out of date; `unscored` counts results that are shown only, which `verdict` and
    `verdicts` leave out; `exit_status` is what the command exits with."""

    verdict: Verdict
    exit_status: int
    complete: bool
    strict: bool
    purposes: int = Field(ge=0)
    results: int = Field(ge=0)
    checks: int = Field(ge=0)
    verdicts: dict[Verdict, int]
    requirements: dict[State, int]
    not_run: tuple[str, ...] = ()
    known: int = Field(default=0, ge=0)
    stale: tuple[StaleLine, ...] = ()
    unscored: int = Field(default=0, ge=0)
    duration_s: float = Field(ge=0)


class Report(_Part):
    """A whole run. `catalogue` is the version of the catalogue, `claimed` the one that the system
    claims ("" for the same), `generator` the version of the suite. `selection` is what the run was
    narrowed to, in the words of its options; empty for all. `seed` makes the random order of the
    run again (`--seed`); null: it was in the order listed, or of a suite that knew no other."""

    catalogue: str
    claimed: str = ""
    generator: str
    selection: tuple[str, ...] = ()
    seed: int | None = None
    started_at: datetime
    sut: dict[str, JsonValue]
    results: tuple[Result, ...]
    excluded: tuple[Unjudged, ...]
    pending: tuple[Unjudged, ...]
    summary: Summary

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read a `report.json`. Raises OSError or ValueError."""
        return cls.model_validate_json(path.read_bytes())

    @property
    def judged(self) -> int:
        """How many requirements this run has judged: not those whose purposes were not selected,
        were interrupted, or came to no judgement."""
        decided = (Verdict.PASS, Verdict.FAIL, Verdict.WARN)
        done = (one for one in self.results if one.scored and one.verdict in decided)
        return len({name for result in done for name in (*result.requirements, *result.derived)})

    @property
    def has_failed(self) -> bool:
        """Whether anything that counts failed, other than what is known."""
        return any(
            one.verdict is Verdict.FAIL and one.scored and not one.known for one in self.results
        )

    def to_json(self) -> str:
        """The text of `report.json`."""
        return self.model_dump_json(indent=2) + "\n"


def report_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of `report.json`."""
    schema = Report.model_json_schema(mode="serialization")
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def make_result(record: ItemRecord, purpose: Purpose, rule: ExitRule, baseline: Baseline) -> Result:
    """The line of the report for one record."""
    blocking = rule.blocks(record.id, record.verdict)
    excuse = baseline.excuse(record) if blocking else None
    reviewed = record.verdict is Verdict.NEEDS_REVIEW
    return Result(
        id=record.id,
        sut=record.sut,
        requirements=purpose.requirements,
        derived=purpose.derived,
        verdict=record.verdict,
        blocking=blocking and excuse is None,
        checks=len(record.checks),
        duration_s=record.duration_s,
        evidence=record.evidence,
        failed=tuple(
            FailedCheck(
                check=check.name,
                level=check.level,
                expected=check.expected,
                seen=check.seen,
                message=check.offending,
            )
            for check in record.checks
            if not check.passed
        ),
        reason=_joined([reason.en for reason in record.reasons], "; ", by_line=reviewed),
        reason_ja=_joined([reason.ja for reason in record.reasons], " / ", by_line=reviewed),
        known=excuse.reason if excuse else "",
        scored=record.id not in rule.unscored,
        in_doubt=record.in_doubt,
        first=record.first,
    )


def _joined(reasons: Sequence[str], between: str, *, by_line: bool) -> str:
    """What a person has to judge comes piece by piece, each in one line."""
    if not by_line:
        return between.join(reasons)
    return "\n".join(" ".join(each.splitlines()) for each in reasons)


def make_report(
    *,
    catalogue_version: str,
    statuses: Sequence[RequirementStatus],
    purposes: Mapping[str, Purpose],
    suts: Sequence[Sut],
    records: Sequence[ItemRecord],
    rule: ExitRule,
    not_run: Sequence[str],
    complete: bool,
    exit_status: int,
    started_at: datetime,
    duration_s: float,
    baseline: Baseline = NO_BASELINE,
    claimed: str = "",
    selection: Sequence[str] = (),
    seed: int | None = None,
) -> Report:
    """Put the report together; results are sorted by ID and SUT, whatever order they came in."""
    ordered = sorted(records, key=lambda record: (record.id, record.sut))
    results = tuple(make_result(record, purposes[record.id], rule, baseline) for record in ordered)
    counts = Counter(result.verdict for result in results if result.scored)
    states = Counter(status.state for status in statuses)
    return Report(
        catalogue=catalogue_version,
        claimed=claimed,
        generator=f"net119-testbed {__version__}",
        selection=tuple(selection),
        seed=seed,
        started_at=started_at,
        sut={sut.key: {"name": sut.name, **sut.details} for sut in suts},
        results=results,
        excluded=_unjudged(statuses, State.EXCLUDED),
        pending=_unjudged(statuses, State.PENDING),
        summary=Summary(
            verdict=worst(counts),
            exit_status=int(exit_status),
            complete=complete,
            strict=rule.strict,
            purposes=len({result.id for result in results}),
            results=len(results),
            checks=sum(result.checks for result in results),
            verdicts={
                verdict: counts[verdict] for verdict in sorted(counts, key=weight, reverse=True)
            },
            requirements={state: states[state] for state in State},
            not_run=tuple(not_run),
            known=sum(bool(result.known) for result in results),
            stale=tuple(
                StaleLine(line=line.name, why=line.why.en, why_ja=line.why.ja)
                for line in baseline.stale(records)
            ),
            unscored=sum(not result.scored for result in results),
            duration_s=round(duration_s, 3),
        ),
    )


def _unjudged(statuses: Sequence[RequirementStatus], state: State) -> tuple[Unjudged, ...]:
    return tuple(
        Unjudged(
            requirement=status.requirement.id,
            reason=status.reason.en if status.reason else "",
            reason_ja=status.reason.ja if status.reason else "",
        )
        for status in statuses
        if status.state is state
    )
