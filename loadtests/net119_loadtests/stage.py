"""What all simulated callers and dispatchers of one generator share: logs, clocks, measures."""

import array
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from net119_loadtests.figures import Summary
from net119_loadtests.invariants import Invariant, Watch
from net119_loadtests.logs import Ack, CallLog, End, EndLog, Shown
from net119_loadtests.plan import Plan

Clock = Callable[[], float]
Fire = Callable[[str, float, Exception | None], None]
"""Tells locust of one measured thing: its name, milliseconds, what went wrong."""


class Failed(Exception):
    """Something asked for was not done; the message says what and why."""


@dataclass
class LiveEnd:
    """An end of a call while it is under way: its log, and what is awaited."""

    log: EndLog = field(default_factory=EndLog)
    watch: Watch = field(default_factory=Watch)
    waiting: dict[str, float] = field(default_factory=dict)
    """Lines not yet acknowledged or refused, with the time at which they were written."""
    highest_acked: int = 0


@dataclass
class LiveCall:
    """A call under way. ``seat`` is -1 while only the console knows of it."""

    call_id: str
    seat: int = -1
    ends: dict[End, LiveEnd] = field(default_factory=lambda: {end: LiveEnd() for end in End})

    def settled(self) -> bool:
        """Whether no line is awaited by anybody any more."""
        acked = max(end.highest_acked for end in self.ends.values())
        return all(not end.waiting and end.watch.complete_to >= acked for end in self.ends.values())

    def to_log(self) -> CallLog:
        """What is judged."""
        return CallLog(self.call_id, self.seat, {name: end.log for name, end in self.ends.items()})


class Stage:
    """State of a run. Only greenlets of one thread touch it, so that it needs no locks."""

    def __init__(self, plan: Plan, fire: Fire, clock: Clock = time.monotonic) -> None:
        self.plan = plan
        self.clock = clock
        self._fire = fire
        self.calls: dict[str, LiveCall] = {}
        self.series: dict[str, array.array[float]] = defaultdict(lambda: array.array("d"))
        self.errors: Counter[str] = Counter()
        self.violations: Counter[Invariant] = Counter()
        self.asked = 0
        self.said = 0
        self.acked = 0
        self.acked_in_window = 0
        self.caller_acked_in_window = 0
        self.window: tuple[float, float] | None = None
        self._recent: deque[tuple[float, float]] = deque()

    def call(self, call_id: str) -> LiveCall:
        """The call of this id, known from now on."""
        found = self.calls.get(call_id)
        if found is None:
            found = self.calls[call_id] = LiveCall(call_id)
        return found

    def ours(self) -> list[LiveCall]:
        """The calls that this run's callers have made."""
        return [call for call in self.calls.values() if call.seat >= 0]

    # --- what happens ---------------------------------------------------------------------------

    def measure(self, name: str, milliseconds: float) -> None:
        """Add to a series."""
        self.series[name].append(milliseconds)
        self._fire(name, milliseconds, None)

    def error(self, kind: str, detail: str) -> None:
        """Count something that was asked for and not done."""
        self.errors[kind] += 1
        self._fire(kind, 0.0, Failed(detail))

    def wrote(self, live: LiveEnd, name: str, digest: str, now: float) -> None:
        """A line is being sent."""
        self.asked += 1
        self.said += 1
        live.log.said[name] = digest
        live.waiting[name] = now

    def acknowledged(self, live: LiveEnd, end: End, ack: Ack) -> None:
        """An acknowledgement has come."""
        now = self.clock()
        live.log.acks.append(ack)
        live.highest_acked = max(live.highest_acked, ack.seq)
        written = live.waiting.pop(ack.client_id, None)
        if written is None:
            return
        milliseconds = (now - written) * 1000
        self.acked += 1
        if self.window and self.window[0] <= now < self.window[1]:
            self.acked_in_window += 1
            self.caller_acked_in_window += end is End.CALLER
        self._recent.append((now, milliseconds))
        self.measure("ack_ms" if end is End.CALLER else "dispatcher_ack_ms", milliseconds)

    def refused(self, live: LiveEnd | None, client_id: str | None, code: str, detail: str) -> None:
        """The provider has refused a line or something else."""
        if live is not None and client_id is not None:
            live.waiting.pop(client_id, None)
        self.error(f"refused: {code}", detail)

    def shown(self, live: LiveEnd, line: Shown) -> None:
        """A line is shown at an end."""
        live.log.shown.append(line)
        wrong = live.watch.take(line)
        if wrong is not None:
            self.violations[wrong[0]] += 1

    # --- what is told ---------------------------------------------------------------------------

    def recent(self, span_s: float) -> tuple[float, float | None]:
        """Acknowledgements per second in the last ``span_s`` seconds, and their p95."""
        earliest = self.clock() - span_s
        while self._recent and self._recent[0][0] < earliest:
            self._recent.popleft()
        summary = Summary.of(milliseconds for _, milliseconds in self._recent)
        return len(self._recent) / span_s, None if summary is None else summary.p95

    def figures(self) -> dict[str, Any]:
        """All measures, for the end of the run."""
        window_s = self.window[1] - self.window[0] if self.window else 0.0
        due = len(self.plan.callers) * window_s / self.plan.every_s
        return {
            "window_s": round(window_s, 3),
            "asked": self.asked,
            "said": self.said,
            "acked": self.acked,
            "offered_per_s": round(due / window_s, 3) if window_s else None,
            "rate_per_s": round(self.acked_in_window / window_s, 3) if window_s else None,
            "caller_rate_per_s": (
                round(self.caller_acked_in_window / window_s, 3) if window_s else None
            ),
            "errors": dict(self.errors),
            "series": {
                name: summary.to_json()
                for name, values in sorted(self.series.items())
                if (summary := Summary.of(values)) is not None
            },
        }
