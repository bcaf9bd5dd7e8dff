"""What all simulated callers and dispatchers of one generator share: logs, clocks, measures."""

import array
import math
import time
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from net119_protocol.codes import Refusal

from net119_loadtests.invariants import Invariant, Watch
from net119_loadtests.logs import Ack, CallLog, End, EndLog, Shown
from net119_loadtests.plan import Plan
from net119_loadtests.recovering import Disturbance

Clock = Callable[[], float]
Fire = Callable[[str, float, str | None], None]
"""Tells locust of one measured thing: its name, milliseconds, what went wrong."""


FAULT = "fault_"
"""Begins the names of series measured while a fault lasted."""
FAULT_LINES = "fault_lines_"
"""Followed by the fault's number: pairs for `recovering.p99_back`."""


_EXAMPLE = 300
"""Characters of an example of an error."""


class Failed(Exception):
    """Something asked for was not done; the message says what and why."""


class Refused(Failed):
    """The provider's answer was no."""

    def __init__(self, what: str, content: bytes) -> None:
        super().__init__(what)
        self.content = content


class Shed(Failed):
    """The provider takes no more calls, and said so clearly."""


@dataclass
class LiveEnd:
    """An end of a call while it is under way: its log, and what is awaited."""

    log: EndLog = field(default_factory=EndLog)
    watch: Watch = field(default_factory=Watch)
    waiting: dict[str, float] = field(default_factory=dict)
    """Lines not yet acknowledged or refused, with the time at which they were written."""
    highest_acked: int = 0
    owed: dict[str, int] = field(default_factory=dict)
    """How often each line was sent on this connection and not answered yet."""
    last_written: float | None = None

    def sent(self, name: str) -> None:
        """A line goes out: one answer to it is due."""
        self.owed[name] = self.owed.get(name, 0) + 1

    def answered(self, name: str) -> bool:
        """An answer to a line has come; whether one was due."""
        due = self.owed.pop(name, 0)
        if due > 1:
            self.owed[name] = due - 1
        return due > 0

    def reconnects(self) -> None:
        """A new connection begins: answers that were due on the last one do not come any more."""
        self.owed.clear()


@dataclass
class LiveCall:
    """A call under way. ``seat`` is -1 while only the console knows of it."""

    call_id: str
    seat: int = -1
    closed: bool = False
    """The dispatcher has closed it."""
    ends: dict[End, LiveEnd] = field(default_factory=lambda: {end: LiveEnd() for end in End})

    def settled(self) -> bool:
        """Whether no line is awaited by anybody any more."""
        acked = max(end.highest_acked for end in self.ends.values())
        return all(not end.waiting and end.watch.complete_to >= acked for end in self.ends.values())

    def to_log(self, settled_at: float) -> CallLog:
        """What is judged; no line was waited for any more from ``settled_at`` on."""
        written = [end.last_written for end in self.ends.values() if end.last_written is not None]
        return CallLog(
            self.call_id,
            self.seat,
            {name: end.log for name, end in self.ends.items()},
            closed=self.closed,
            settled=self.settled(),
            waited_s=max(0.0, settled_at - max(written, default=settled_at)),
        )


class Outages:
    """How long it took, each time connections were lost, until all of them stood again."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}
        self._began: float | None = None
        self.recovered_s: list[float] = []

    @property
    def down(self) -> int:
        """Connections that are lost now."""
        return len(self._since)

    def lost(self, name: str, now: float) -> None:
        """A connection was lost; of one that is lost already, the first time counts."""
        if self._began is None:
            self._began = now
        self._since.setdefault(name, now)

    def stands(self, name: str, now: float) -> float | None:
        """A connection is accepted; seconds since it was lost, if it was."""
        since = self._since.pop(name, None)
        if since is None:
            return None
        if not self._since and self._began is not None:
            self.recovered_s.append(now - self._began)
            self._began = None
        return now - since

    def gone(self, name: str) -> None:
        """Nobody waits for this connection any more."""
        if self._since.pop(name, None) is not None and not self._since:
            self._began = None


class Stage:
    """State of a run. Only one loop's thread touches it, so that it needs no locks."""

    def __init__(self, plan: Plan, fire: Fire, clock: Clock = time.monotonic) -> None:
        self.plan = plan
        self.clock = clock
        self._fire = fire
        self.calls: dict[str, LiveCall] = {}
        self.series: dict[str, array.array[float]] = defaultdict(lambda: array.array("f"))
        self.errors: Counter[str] = Counter()
        self.examples: dict[str, str] = {}
        """Of each kind of error what was said of the first one, in a fault or not."""
        self.cut_off = 0
        """Slow readers that the provider has cut off, as it may."""
        self.violations: Counter[Invariant] = Counter()
        self.outages = Outages()
        self.disturbances: list[Disturbance] = []
        self.talking: list[tuple[float, float | None]] = []
        """From when, and until when, each caller was to write; ``None``: as long as measured."""
        self.open = 0
        self.asked = 0
        self.said = 0
        self.acked = 0
        self.shedding = False
        """A call has been shed."""
        self.acked_in_window = 0
        self.caller_acked_in_window = 0
        self.window: tuple[float, float] | None = None
        self._recent: array.array[float] = array.array("f")

    @property
    def small_buffers(self) -> bool:
        """Whether slow readers take in little that they do not read."""
        slow = self.plan.shape.slow
        return slow is not None and slow.small_buffers

    def call(self, call_id: str) -> LiveCall:
        """The call of this id, known from now on."""
        found = self.calls.get(call_id)
        if found is None:
            found = self.calls[call_id] = LiveCall(call_id)
        return found

    def ours(self) -> list[LiveCall]:
        """The calls that this run's callers have made."""
        return [call for call in self.calls.values() if call.seat >= 0]

    # --- faults ---------------------------------------------------------------------------------

    @property
    def disturbance(self) -> Disturbance | None:
        """The fault that has not been recovered from."""
        last = self.disturbances[-1] if self.disturbances else None
        return last if last is not None and last.recovered is None else None

    def fault_begins(self, name: str) -> None:
        """From now on things may go wrong."""
        self.disturbances.append(Disturbance(name, self.clock()))

    def fault_is_over(self) -> None:
        """What was broken works again: all must recover now."""
        if self.disturbance is not None:
            self.disturbance.over = self.clock()

    def has_recovered(self) -> bool:
        """Whether all has just recovered from a fault; to be asked again and again."""
        disturbance = self.disturbance
        if disturbance is None or disturbance.over is None:
            return False
        waiting = (
            min(end.waiting.values())
            for call in self.calls.values()
            for end in call.ends.values()
            if end.waiting
        )
        return disturbance.look(self.clock(), self.outages.down, min(waiting, default=None))

    # --- what happens ---------------------------------------------------------------------------

    def measure(self, name: str, milliseconds: float) -> None:
        """Add to a series."""
        self.series[name].append(milliseconds)
        self._fire(name, milliseconds, None)

    def took(self, name: str, written: float) -> None:
        """Add how long something has taken up to now; in a fault, to a series of its own."""
        now = self.clock()
        if any(each.spoils(written, now) for each in self.disturbances):
            name = FAULT + name
        self.measure(name, (now - written) * 1000)

    def error(self, kind: str, detail: str) -> None:
        """Count something that was asked for and not done."""
        disturbance = self.disturbance
        (self.errors if disturbance is None else disturbance.errors)[kind] += 1
        self.examples.setdefault(kind, detail[:_EXAMPLE])
        self._fire(kind, 0.0, detail)

    def lost(self, name: str, why: str, *, dropped: bool, slow: bool) -> None:
        """A connection was lost: by the provider's doing or by our own, for a storm."""
        self.outages.lost(name, self.clock())
        if self.disturbance is not None:
            self.disturbance.touched(self.clock())
            self.disturbance.connections_lost += 1
        if dropped:
            return
        if slow:
            self.cut_off += 1
        else:
            self.error(f"{name.partition(' ')[0]} connection lost", f"{name}: {why}")

    def stands(self, name: str) -> None:
        """A connection is accepted, for the first time or again."""
        after = self.outages.stands(name, self.clock())
        if after is not None:
            self.measure("reconnect_ms", after * 1000)
            if self.disturbance is not None:
                self.disturbance.touched(self.clock())

    def wrote(self, live: LiveEnd, name: str, digest: str, now: float) -> None:
        """A line is being sent."""
        self.asked += 1
        self.said += 1
        live.log.said[name] = digest
        live.waiting[name] = live.last_written = now

    def acknowledged(self, live: LiveEnd, end: End, ack: Ack, prefix: str = "") -> None:
        """An acknowledgement has come; ``prefix`` names a series of one's own (slow readers)."""
        now = self.clock()
        live.log.acks.append(ack)
        if not live.answered(ack.client_id):
            live.log.doubled.append(ack)
        live.highest_acked = max(live.highest_acked, ack.seq)
        written = live.waiting.pop(ack.client_id, None)
        if written is None:
            return
        milliseconds = (now - written) * 1000
        self.acked += 1
        if self.window and self.window[0] <= now < self.window[1]:
            self.acked_in_window += 1
            self.caller_acked_in_window += end is End.CALLER
        if not prefix:
            self._recent.append(milliseconds)
        name = "ack_ms" if end is End.CALLER else "dispatcher_ack_ms"
        self.took(prefix + name, written)
        if self.shedding and end is End.CALLER and not prefix:
            self.measure("shedding_ack_ms", milliseconds)
        if self.disturbances and end is End.CALLER and not prefix:
            pair = self.series[f"{FAULT_LINES}{len(self.disturbances) - 1}"]
            pair.extend((written - self.disturbances[-1].began, milliseconds))

    def say_again(self, code: str) -> bool:
        """Whether a line that was refused so is to be said again as it is.

        One that could not be stored always: whether it was may be unknown to the provider. One too
        many only while a fault lasts, in which what has waited is said all at once.
        """
        in_fault = self.disturbance is not None
        return code == Refusal.STORAGE_FAILED or (code == Refusal.TOO_MANY and in_fault)

    def refused(self, live: LiveEnd | None, client_id: str | None, code: str, detail: str) -> None:
        """The provider has refused a line or something else."""
        if live is not None and client_id is not None:
            live.waiting.pop(client_id, None)
            live.answered(client_id)
        self.error(f"refused: {code}", detail)

    def shown(self, live: LiveEnd, line: Shown) -> None:
        """A line is shown at an end."""
        live.log.shown.append(line)
        wrong = live.watch.take(line)
        if wrong is not None:
            self.violations[wrong[0]] += 1

    # --- what is told ---------------------------------------------------------------------------

    def take_recent(self) -> bytes:
        """Times to the acknowledgement since this was asked last, in milliseconds (floats)."""
        recent, self._recent = self._recent, array.array("f")
        return recent.tobytes()

    def due(self) -> int:
        """Lines that callers were to write in the measured time, whether or not they did."""
        if self.window is None:
            return 0
        end = self.window[1]
        times = (min(end, end if until is None else until) - since for since, until in self.talking)
        return sum(max(0, math.ceil(span / self.plan.every_s)) for span in times)

    def figures(self) -> dict[str, Any]:
        """All counts, for the end of the run; the series are told apart from them."""
        return {
            "window_s": self.window[1] - self.window[0] if self.window else 0.0,
            "asked": self.asked,
            "said": self.said,
            "acked": self.acked,
            "due": self.due(),
            "acked_in_window": self.acked_in_window,
            "caller_acked_in_window": self.caller_acked_in_window,
            "slow_cut_off": self.cut_off,
            "recovered_s": self.outages.recovered_s,
            "still_down": self.outages.down,
            "errors": dict(self.errors),
            "error_examples": self.examples,
            "faults": [each.to_json() for each in self.disturbances],
        }
