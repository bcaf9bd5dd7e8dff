"""A result of a run, for tests of what is made of one."""

import array
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from net119_loadtests.gathering import Gathered
from net119_loadtests.invariants import Invariant, Violation
from net119_loadtests.judging import Judgement
from net119_loadtests.provider import Provider
from net119_loadtests.report import Asked, Result, make_result
from net119_loadtests.thresholds import parse_thresholds

LIMITS = (
    "[errors]\nmax_share = 0.01\n[rate]\nmin_per_s = 5\n[recovery]\nmax_s = 3\n[ack_ms]\np99 = 50"
)


def floats(*values: float) -> bytes:
    """A series as generators tell it."""
    return array.array("f", values).tobytes()


def done(**change: Any) -> dict[str, Any]:
    """The last message of a generator of 10 callers."""
    judgement = Judgement(calls=10, lines_checked=200, acks_checked=100, stored_lines=100)
    message = {
        "event": "done",
        "complete": True,
        "settled": True,
        "callers": 10,
        "callers_ready": 10,
        "callers_shed": 0,
        "window_s": 10.0,
        "asked": 110,
        "said": 100,
        "acked": 100,
        "due": 80,
        "acked_in_window": 100,
        "caller_acked_in_window": 80,
        "slow_cut_off": 0,
        "faults": [],
        "recovered_s": [2.0],
        "still_down": 0,
        "errors": {},
        "judgement": judgement.to_json(),
    }
    return message | change


def bad_judgement() -> dict[str, Any]:
    """A judgement with a violation whose text must not become markup."""
    judgement = Judgement(calls=10, acks_checked=1)
    judgement.counts[Invariant.I2] += 1
    judgement.first.append(Violation(Invariant.I2, "call-1", "<b>", "消えた & 失われた"))
    return judgement.to_json()


def late_judgement() -> dict[str, Any]:
    """A judgement without a violation, and with a line that was not shown in time."""
    judgement = Judgement(calls=10, acks_checked=1, late=1, first_late=["call 1: not shown"])
    return judgement.to_json()


def result_of(
    *messages: dict[str, Any],
    limits: str = LIMITS,
    series: Sequence[dict[str, Any]] = (),
    more: Mapping[str, Any] | None = None,
) -> Result:
    """The result of a run whose generators told these; ``more`` are figures of the run itself."""
    gathered = Gathered()
    gathered.took(
        {"event": "series", "name": "ack_ms", "values": floats(*[float(n) for n in range(1, 101)])}
    )
    for message in (*series, *messages):
        gathered.took(message)
    figures = gathered.end() | dict(more or {})
    provider = Provider.known("https://127.0.0.2:1", None, own=True, test_hosts=())
    timeline = [
        {"phase": "run", "t": float(second), "open": 10, "down": 0, "rate": 9.5, "p50": 5.0}
        | {"p95": 9.0, "p99": None, "acked": 10, "errors": 0, "violations": 0}
        | {"generator_cpu": [0.1], "server_cpu": 0.2, "server_rss_mb": 80.0}
        for second in range(5)
    ]
    return make_result(
        Asked(10, 10.0, 1.0, 3, 40.0),
        datetime(2026, 11, 28, 12, tzinfo=UTC),
        provider,
        figures,
        Judgement.from_json(figures.pop("judgement")),
        parse_thresholds(limits, "given"),
        timeline,
        complete=bool(figures["complete"]),
    )


def written(result: Result, folder: Path) -> Path:
    """The JSON document in a file."""
    folder.mkdir(exist_ok=True)
    return result.write(folder)
