"""The result of a run as a JSON document."""

import importlib.metadata
import json
import os
import platform
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
from net119_protocol import __version__
from net119_protocol.codes import Refusal

from net119_loadtests.faults import Act
from net119_loadtests.figures import Summary
from net119_loadtests.judging import Judgement
from net119_loadtests.provider import Provider
from net119_loadtests.thresholds import Measured, Outcome, Thresholds, compare

STORAGE_FAILED = f"refused: {Refusal.STORAGE_FAILED.value}"

REPORT = "report.json"
LATE_MS = 1000.0
"""A generator whose p99 is written later than this has not made the load that was asked for."""
SLOW_FELT_MS = 1000.0
"""A slow reader that never was this late, or half its pause if that is shorter, was not slow."""


@dataclass(frozen=True)
class Asked:
    """What the user asked for."""

    callers: int
    duration_s: float
    every_s: float
    reply_every: int
    arrivals_per_s: float
    shape: str = "steady"
    workers: int = 0
    """Generator processes; 0: one, which conducts as well."""
    faults: tuple[str, ...] = ()
    capacity: int | None = None


@dataclass(frozen=True)
class Result:
    """Everything there is to say of a run.

    ``complete`` is False for one that was interrupted; then its figures are those of the part that
    was carried out. ``doubts`` are reasons for which nothing was proven, whatever the figures say.
    """

    asked: Asked
    started_at: datetime
    provider: dict[str, Any]
    figures: dict[str, Any]
    judgement: Judgement
    outcomes: tuple[Outcome, ...]
    doubts: tuple[str, ...]
    complete: bool
    timeline: tuple[dict[str, Any], ...]
    bare: dict[str, Any] = field(default_factory=lambda: {"whyNot": "not measured"})
    """A bare relay under the same load and the ratios to it (`net119_loadtests.bare`)."""

    @property
    def passed(self) -> bool:
        """True if the run was carried out, everything was checked, and every threshold held."""
        return (
            self.complete
            and not self.doubts
            and self.judgement.violations == 0
            and all(outcome.held for outcome in self.outcomes)
        )

    def to_json(self) -> dict[str, Any]:
        """The document; its keys are described in docs and keep their meaning."""
        judgement = self.judgement
        return {
            "tool": "net119 load",
            "version": __version__,
            "passed": self.passed,
            "complete": self.complete,
            "startedAt": self.started_at.isoformat(timespec="seconds"),
            "asked": asdict(self.asked),
            "provider": self.provider,
            "machine": machine(),
            "figures": {
                key: value
                for key, value in self.figures.items()
                if key not in ("event", "complete")
            },
            "checks": {
                "calls": judgement.calls,
                "linesShown": judgement.lines_checked,
                "acknowledgements": judgement.acks_checked,
                "linesStored": judgement.stored_lines,
                "notRead": judgement.unread,
                "notClosed": judgement.not_closed,
                "notShownInTime": {"count": judgement.late, "first": judgement.first_late},
            },
            "violations": {
                "count": judgement.violations,
                "byInvariant": {key.value: count for key, count in judgement.counts.items()},
                "first": [asdict(violation) for violation in judgement.first],
            },
            "thresholds": [outcome.to_json() for outcome in self.outcomes],
            "bare": self.bare,
            "doubts": list(self.doubts),
            "timeline": list(self.timeline),
        }

    def write(self, folder: Path) -> Path:
        """Write ``report.json`` and return its path."""
        file = folder / REPORT
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2)
        file.write_text(text + "\n", "utf-8")
        return file


def make_result(
    asked: Asked,
    started_at: datetime,
    provider: Provider,
    figures: dict[str, Any],
    judgement: Judgement,
    thresholds: Thresholds,
    timeline: Sequence[dict[str, Any]],
    *,
    complete: bool,
) -> Result:
    """Put a result together and hold it against the thresholds."""
    return Result(
        asked=asked,
        started_at=started_at,
        provider={
            "url": provider.base_url,
            "operator": provider.operator,
            "version": provider.version,
            "startedForThisRun": provider.own,
            "settings": provider.settings,
        },
        figures=figures,
        judgement=judgement,
        outcomes=tuple(compare(thresholds, measured_of(figures, judgement.violations))),
        doubts=tuple(doubts_of(figures, judgement)),
        complete=complete,
        timeline=tuple(timeline),
    )


def measured_of(figures: dict[str, Any], violations: int) -> Measured:
    """The generator's figures in the form that is compared."""
    errors = sum(figures["errors"].values())
    offered, rate = figures["offered_per_s"], figures["caller_rate_per_s"]
    rate_all = figures["rate_per_s"]
    return Measured(
        violations=violations,
        error_share=errors / figures["asked"] if figures["asked"] else None,
        rate_share=rate / offered if offered and rate is not None else None,
        series={name: Summary(**values) for name, values in figures["series"].items()},
        rate_per_s=rate_all,
        recovery_s=max(figures["recovered_s"], default=None) if not figures["still_down"] else None,
        faults=figures.get("faults", ()),
    )


def doubts_of(figures: dict[str, Any], judgement: Judgement) -> list[str]:
    """Why nothing is proven: a check that could not be made is not one that held."""
    doubts = []
    if judgement.calls == 0 or judgement.acks_checked == 0:
        doubts.append("no acknowledged line was checked")
    if judgement.unread:
        doubts.append(f"the stored lines of {len(judgement.unread)} calls could not be read")
    if not figures["settled"]:
        doubts.append(
            "something written was not acknowledged, or not shown to both sides, when the time "
            f"for it ended ({figures['acked']} of {figures['said']} lines are acknowledged)"
        )
    if judgement.late:
        doubts.append(f"{judgement.late} stored lines were not shown: {judgement.first_late[0]}")
    late = figures["series"].get("late_ms")
    if late is not None and late["p99"] > LATE_MS:
        doubts.append(
            f"the generator itself wrote late: by {late['p99']:.0f} ms (p99), more than "
            f"{LATE_MS:g} ms; the load asked for was not made"
        )
    slow_s = figures.get("slow_stops_s")
    if slow_s is not None and not _slow_was_felt(figures, slow_s):
        doubts.append("no slow reader fell behind, so nothing is shown of slow readers")
    capacity = figures.get("capacity")
    if capacity is not None and figures["callers_ready"] < min(capacity, figures["callers"]):
        doubts.append(
            f"only {figures['callers_ready']} calls were taken of the {capacity} that are claimed"
        )
    if capacity is not None and capacity < figures["callers"] and not figures["callers_shed"]:
        doubts.append("no call was shed, so nothing is shown of how calls are shed")
    missing = figures["callers"] - figures["callers_ready"] - figures["callers_shed"]
    if missing > 0:
        doubts.append(
            f"{missing} of {figures['callers']} callers did not get into an answered call"
        )
    doubts += figures.get("faults_missing", ())
    for fault in figures.get("faults", ()):
        doubts += _doubts_of_fault(fault)
    if figures["still_down"]:
        doubts.append(f"{figures['still_down']} connections were still down at the end")
    return doubts


def _slow_was_felt(figures: dict[str, Any], stops_for_s: float) -> bool:
    """Whether a slow reader was shown or told something as late as its not reading makes it."""
    reached = [
        series["max"] for name, series in figures["series"].items() if name.startswith("slow_")
    ]
    return bool(figures["slow_cut_off"]) or max(reached, default=0.0) >= min(
        SLOW_FELT_MS, stops_for_s * 1000 / 2
    )


def _doubts_of_fault(fault: dict[str, Any]) -> list[str]:
    """Why a fault proves nothing: nobody has recovered from what nobody has felt."""
    name = fault["name"]
    if fault["recovered_s"] is None:
        return [f"not all had recovered from fault {name} at the end"]
    if not fault["lines"]:
        return [f"no caller's line was acknowledged after fault {name}"]
    if name == Act.FILL.value and not fault["errors"].get(STORAGE_FAILED):
        return [f"fault {name}: nothing was refused, so the disk was not full"]
    if name == Act.STORM.value and not fault["connections_lost"]:
        return [f"fault {name}: no connection was lost"]
    return []


def machine() -> dict[str, Any]:
    """The machine that both ends ran on; figures mean nothing without it."""
    return {
        "cpus": os.cpu_count(),
        "cpusUsable": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else None,
        "processor": _processor(),
        "memoryMb": psutil.virtual_memory().total // 2**20,
        "system": platform.system(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "locust": _version("locust"),
        "picows": _version("picows"),
        "loadAverage": [round(value, 2) for value in os.getloadavg()],
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as rows:
            for row in rows:
                if row.startswith("model name"):
                    return row.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
