"""Puts together what the generators of one run have told."""

import array
from collections import Counter, defaultdict
from itertools import zip_longest
from typing import Any

from net119_loadtests.figures import Summary, distribution
from net119_loadtests.judging import Judgement
from net119_loadtests.recovering import p99_back, together
from net119_loadtests.stage import FAULT_LINES

_SUMS = (
    "asked",
    "said",
    "acked",
    "due",
    "acked_in_window",
    "caller_acked_in_window",
    "slow_cut_off",
    "still_down",
    "callers",
    "callers_ready",
    "callers_shed",
)


class Gathered:
    """Counts, series and judgements of all generators, as they come in."""

    def __init__(self, p99_bound_ms: float = 2000.0) -> None:
        self._p99_bound_ms = p99_bound_ms
        self._faults: list[list[dict[str, Any]]] = []
        self.series: dict[str, array.array[float]] = defaultdict(lambda: array.array("f"))
        self.judgement = Judgement()
        self._counts: Counter[str] = Counter()
        self._errors: Counter[str] = Counter()
        self._examples: dict[str, str] = {}
        self._windows: list[float] = []
        self._recovered: list[float] = []
        self._complete = True
        self._settled = True
        self._latest: dict[str, dict[str, Any]] = {}
        self._recent = array.array("f")

    def took(self, message: dict[str, Any]) -> None:
        """A generator has told a part of its result."""
        if message["event"] == "series":
            self.series[message["name"]].frombytes(message["values"])
            return
        self._counts.update({name: message[name] for name in _SUMS})
        self._errors.update(message["errors"])
        self._examples = message.get("error_examples", {}) | self._examples
        self._windows.append(message["window_s"])
        self._recovered += message["recovered_s"]
        self._faults.append(message["faults"])
        self._complete &= message["complete"]
        self._settled &= message["settled"]
        self.judgement.include(Judgement.from_json(message["judgement"]))

    def ticked(self, node: str, message: dict[str, Any]) -> None:
        """A generator has told how it goes."""
        self._latest[node] = message
        self._recent.frombytes(message["recent"])

    def progress(self, span_s: float) -> dict[str, Any]:
        """How all go together, since this was asked last, ``span_s`` seconds ago."""
        recent, self._recent = self._recent, array.array("f")
        found = Summary.of(recent)
        latest = list(self._latest.values())
        return {
            "phase": _phase([each["phase"] for each in latest]),
            "t": round(max((each["t"] for each in latest), default=0.0), 2),
            "open": sum(each["open"] for each in latest),
            "down": sum(each["down"] for each in latest),
            "rate": round(len(recent) / span_s, 1),
            "p50": found.p50 if found else None,
            "p95": found.p95 if found else None,
            "p99": found.p99 if found else None,
            "acked": sum(each["acked"] for each in latest),
            "errors": sum(each["errors"] for each in latest),
            "violations": sum(each["violations"] for each in latest),
            "generator_cpu": [round(each["cpu"], 3) for each in latest],
            "generator_cpu_s": round(sum(each["cpu_s"] for each in latest), 3),
        }

    def end(self) -> dict[str, Any]:
        """The figures of all together."""
        counts, faults = self._counts, self._all_faults()
        # Windows begin within one message's way of each other, and are equally long.
        window_s = max(self._windows, default=0.0)
        return {
            "complete": self._complete,
            "settled": self._settled,
            "generators": len(self._windows),
            "window_s": round(window_s, 3),
            **{name: counts[name] for name in _SUMS},
            "offered_per_s": round(counts["due"] / window_s, 3) if window_s else None,
            "rate_per_s": round(counts["acked_in_window"] / window_s, 3) if window_s else None,
            "caller_rate_per_s": (
                round(counts["caller_acked_in_window"] / window_s, 3) if window_s else None
            ),
            "recovered_s": [round(each, 3) for each in self._recovered],
            "errors": dict(self._errors),
            "error_examples": dict(sorted(self._examples.items())),
            "faults": faults,
            "series": {
                name: summary.to_json()
                for name, values in sorted(self.series.items())
                if (summary := Summary.of(values)) is not None
            },
            "percentiles": {
                name: [[share, round(value, 3)] for share, value in distribution(values)]
                for name, values in sorted(self.series.items())
            },
            "judgement": self.judgement.to_json(),
        }

    def _all_faults(self) -> list[dict[str, Any]]:
        """Every fault as all generators together have seen it."""
        found = []
        # One that was done before a fault began has not seen it, and so has not recovered from it.
        for number, parts in enumerate(zip_longest(*self._faults)):
            lines = self.series.pop(f"{FAULT_LINES}{number}", array.array("f"))
            back = p99_back(lines, self._p99_bound_ms)
            found.append({**together(parts), "p99_back_s": back, "lines": len(lines) // 2})
        return found


def _phase(phases: list[str]) -> str:
    """The phase of the one that is farthest behind."""
    order = ("ramp", "run", "settle", "judge")
    return min(phases, key=order.index, default="ramp")
