"""The result of a run of registrations, as a JSON document."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from net119_protocol import __version__

from net119_loadtests.figures import Summary
from net119_loadtests.registrations.course import Course
from net119_loadtests.registrations.letters import LetterJudgement
from net119_loadtests.registrations.outages import Outage
from net119_loadtests.registrations.staff import Reviews
from net119_loadtests.report import machine
from net119_loadtests.thresholds import Outcome

_SHOWN = 20


@dataclass(frozen=True)
class Asked:
    """What the user asked for."""

    people: int
    at_once: int
    staff: int
    mail_outages: int
    outage_s: float
    seed: int
    log_level: str


@dataclass(frozen=True)
class Cpu:
    """CPU seconds used between the first empty mail and the last call page, by process."""

    provider_s: float
    people_s: float
    """People, staff and mail server together: this process."""


@dataclass(frozen=True)
class Result:
    """Everything there is to say of a run. ``doubts`` are reasons for which nothing is proven."""

    asked: Asked
    started_at: datetime
    seconds: float
    courses: Sequence[Course]
    reviews: Reviews
    series: dict[str, Summary]
    letters: LetterJudgement
    outages: Sequence[Outage]
    locked_out: tuple[str, ...]
    cpu: Cpu
    server_times: dict[str, dict[str, float]]
    outcomes: tuple[Outcome, ...]
    doubts: tuple[str, ...]
    complete: bool

    @property
    def done(self) -> int:
        """People who got to their call page."""
        return sum(each.done for each in self.courses)

    @property
    def failures(self) -> tuple[str, ...]:
        """Why the others did not."""
        return tuple(each.failed for each in self.courses if each.failed)

    @property
    def rate_per_s(self) -> float | None:
        """Registrations per second, over the whole time, outages included."""
        return self.done / self.seconds if self.seconds else None

    @property
    def passed(self) -> bool:
        """True if all was carried out and checked, and every threshold held."""
        return self.complete and not self.doubts and all(each.held for each in self.outcomes)

    def to_json(self) -> dict[str, Any]:
        """The document."""
        return {
            "tool": "net119 load registrations",
            "version": __version__,
            "passed": self.passed,
            "complete": self.complete,
            "startedAt": self.started_at.isoformat(timespec="seconds"),
            "asked": asdict(self.asked),
            "machine": machine(),
            "registered": self.done,
            "seconds": round(self.seconds, 1),
            "ratePerSecond": round(self.rate_per_s, 2) if self.rate_per_s else None,
            "stages": {name: each.to_json() for name, each in self.series.items()},
            "reviews": {"approved": self.reviews.approved, "faults": self.reviews.faults},
            "mails": asdict(self.letters),
            "outages": [
                {**asdict(each), "at": each.at.isoformat(timespec="milliseconds")}
                for each in self.outages
            ],
            "cannotLogIn": list(self.locked_out),
            "cpu": asdict(self.cpu),
            "serverTimes": self.server_times,
            "failures": list(self.failures[:_SHOWN]),
            "thresholds": [each.to_json() for each in self.outcomes],
            "doubts": list(self.doubts),
        }

    def write(self, folder: Path) -> Path:
        """Write ``registrations.json`` and return its path."""
        file = folder / "registrations.json"
        text = json.dumps(self.to_json(), ensure_ascii=False, indent=2)
        file.write_text(text + "\n", "utf-8")
        return file


def doubts_of(
    asked: Asked, courses: Sequence[Course], letters: LetterJudgement, outages: Sequence[Outage]
) -> tuple[str, ...]:
    """Why nothing is proven: what was not seen is not shown to hold."""
    doubts = []
    if not any(each.done for each in courses):
        doubts.append("nobody got through")
    if letters.arrived == 0:
        doubts.append("no mail arrived")
    if len(outages) < asked.mail_outages:
        doubts.append(f"{len(outages)} of {asked.mail_outages} mail outages took place")
    for number, outage in enumerate(outages, 1):
        if not outage.proves:
            doubts.append(
                f"outage {number} cut {outage.mails_cut} mails, with {outage.busy_at_start} people "
                f"under way before and {outage.busy_at_end} after it: it fell into no busy time"
            )
    return tuple(doubts)
