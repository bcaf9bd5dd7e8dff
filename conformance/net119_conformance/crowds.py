"""Many callers and dispatchers at once at a system under test, by the load generator's own engine.

The generator (`net119_loadtests.crowd`) drives handsets and consoles over the documented API and
checks every line; here its people are registered through the driver, and its figures become
something that a purpose can judge.
"""

import asyncio
import json
import secrets
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from net119_loadtests.crowd import Crowd
from net119_loadtests.figures import percentile
from net119_loadtests.judging import Judgement
from net119_loadtests.logs import End
from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan
from net119_loadtests.scripts import Script
from net119_loadtests.shapes import STEADY, Shape

from net119_conformance.drivers.interface import Verb
from net119_conformance.world.plan import Ground
from net119_conformance.world.world import World

WORDS = Script(
    name="crowd",
    caller=("息が苦しいです", "家に一人でいます", "話すことができません"),
    dispatcher=("救急車が向かっています", "症状を教えてください"),
)
RAMP_S = 40.0
"""For all callers to be answered."""
_AT_ONCE = 8
_LOOK_EVERY_S = 0.02
_ARRIVALS_PER_S = 40.0

Meanwhile = Callable[[Crowd], Awaitable[None]]
"""What a purpose does while the crowd talks; begins with the measured time."""


@dataclass
class Outcome:
    """What came of a crowd. Times are in milliseconds, but for ``recovered_s``.

    ``violations`` are those of all invariants, in words; ``lag_ms`` is the longest time for which
    the suite's own loop stood still while it measured; ``late_ms`` by how much 99 of 100 lines were
    written later than they were to be. ``again`` are lines that were acknowledged more than once.
    """

    callers: int
    ready: int = 0
    said: int = 0
    acknowledged: int = 0
    again: int = 0
    checked: int = 0
    series: dict[str, list[float]] = field(default_factory=dict)
    errors: Counter[str] = field(default_factory=Counter)
    details: list[str] = field(default_factory=list)
    violations: dict[str, list[str]] = field(default_factory=dict)
    counts: dict[str, int] = field(default_factory=dict)
    unread: tuple[str, ...] = ()
    late: int = 0
    """Stored lines that a side was not shown by the end, while something was still awaited."""
    late_details: tuple[str, ...] = ()
    recovered_s: tuple[float, ...] = ()
    still_down: int = 0
    lag_ms: float = 0.0

    def p99(self, *names: str) -> float | None:
        """What 99 of 100 values of these series together do not exceed; None: there are none."""
        values = sorted(value for name in names for value in self.series.get(name, ()))
        return percentile(values, 99) if values else None

    @property
    def late_ms(self) -> float:
        """How far behind its own schedule the suite was."""
        return self.p99("late_ms") or 0.0

    def to_json(self) -> str:
        """The figures, for the evidence."""
        times = {name: round(self.p99(name) or 0.0, 1) for name in sorted(self.series)}
        return json.dumps(
            {
                "callers": self.callers,
                "answered": self.ready,
                "lines": self.said,
                "acknowledged": self.acknowledged,
                "lines_checked": self.checked,
                "p99_ms": times,
                "errors": dict(self.errors),
                "violations": self.counts,
                "not_shown_in_time": self.late,
                "recovered_s": [round(each, 3) for each in self.recovered_s],
                "own_lag_ms": round(self.lag_ms, 1),
            },
            ensure_ascii=False,
        )


async def gathered(
    w: World,
    callers: int,
    grounds: Sequence[Ground],
    *,
    every_s: float,
    measure_s: float,
    shape: Shape = STEADY,
    words: Script = WORDS,
    settle_s: float = 0.0,
    shares: Sequence[int] = (),
    reply_every: int = 1,
) -> Plan:
    """Register a crowd's callers, in turn with each of these departments, and log them in.

    ``shares``: how many in a turn each department gets (default: one).

    The crowd writes a line of each caller every ``every_s`` seconds for ``measure_s`` seconds, and
    a dispatcher answers each, or every ``reply_every``-th. What is under way then has ``settle_s``
    to come (default: twice the world's patience).
    """
    w.claimed(Verb.CROWD)
    w.claimed(Verb.STAFF)
    run = f"crowd-{secrets.token_hex(4)}"
    slots = asyncio.Semaphore(_AT_ONCE)
    many = shares or [1] * len(grounds)
    turn = [ground for ground, share in zip(grounds, many, strict=True) for _ in range(share)]

    async def seat(number: int) -> CallerSeat:
        ground = turn[number % len(turn)]
        mail = f"{run}-{number}@load.example"
        person = w.person(ground).model_copy(update={"mail": mail})
        async with slots:
            keys = await w.driver.register(ground.department, person)
            token = await w.driver.handset_token(keys)
        return CallerSeat(
            number=number,
            token=token,
            mail=mail,
            center=ground.center,
            lat=ground.lat,
            lon=ground.lon,
            calls_at=number / _ARRIVALS_PER_S,
        )

    with w.trial.waiting(f"the registration of {callers} callers"):
        consoles = [
            ConsoleSeat(
                number=number,
                center=ground.center,
                token=await w.driver.console_token(ground.center),
            )
            for number, ground in enumerate(grounds)
        ]
        seats = await asyncio.gather(*(seat(number) for number in range(callers)))
    side = w.driver.crowd_side()
    return Plan(
        base_url=side.base_url,
        ca_pem=side.ca_pem,
        declared_test_hosts=side.test_hosts,
        callers=tuple(seats),
        consoles=tuple(consoles),
        shape=shape,
        scripts=(words,),
        duration_s=measure_s,
        every_s=every_s,
        reply_every=reply_every,
        ramp_s=RAMP_S,
        settle_s=settle_s or 2 * w.patience,
    )


async def talked(w: World, plan: Plan, meanwhile: Meanwhile | None = None) -> Outcome:
    """Have a crowd carry a plan out, and say what came of it. All its calls are closed."""
    w.trial.standstill.bounded = False  # `crowds_judged` holds each time against what was missed.
    outcome = Outcome(len(plan.callers))
    series: dict[str, list[float]] = defaultdict(list)
    tasks: list[asyncio.Task[Any]] = []

    def fire(name: str, milliseconds: float, wrong: str | None) -> None:
        if wrong is None:
            series[name].append(milliseconds)
        elif len(outcome.details) < 5:
            outcome.details.append(f"{name}: {wrong}")

    def tell(event: str, **values: Any) -> None:
        if event == "open":
            crowd.go()
        elif event == "there":
            crowd.measure()
            tasks.append(asyncio.create_task(_watch_own_loop(outcome)))
            if meanwhile is not None:
                tasks.append(asyncio.create_task(_beside(meanwhile, crowd)))
        elif event == "checked" and tasks:
            tasks[0].cancel()
        elif event == "done":
            outcome.ready = values["callers_ready"]
            outcome.recovered_s = tuple(values["recovered_s"])
            outcome.still_down = values["still_down"]
            outcome.errors = Counter(values["errors"])
            _take_judgement(outcome, Judgement.from_json(values["judgement"]))

    crowd = Crowd(plan, fire, tell)
    try:
        with w.trial.waiting(f"the talk of {len(plan.callers)} callers"):
            await crowd.run()
            for task in tasks[1:]:
                await task
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    outcome.series = dict(series)
    for call in crowd.stage.ours():
        for end in End:
            log = call.ends[end].log
            outcome.said += len(log.said)
            acked = {ack.client_id for ack in log.acks}
            outcome.acknowledged += len(acked & log.said.keys())
            outcome.again += len(log.acks) - len(acked)
    w.trial.evidence.note(f"crowd: {outcome.to_json()}")
    return outcome


async def _beside(meanwhile: Meanwhile, crowd: Crowd) -> None:
    await meanwhile(crowd)


async def _watch_own_loop(outcome: Outcome) -> None:
    """Note for how long this loop stands still: as long, nothing that comes in is timed."""
    with suppress(asyncio.CancelledError):
        before = time.monotonic()
        while True:
            await asyncio.sleep(_LOOK_EVERY_S)
            now = time.monotonic()
            outcome.lag_ms = max(outcome.lag_ms, (now - before - _LOOK_EVERY_S) * 1000)
            before = now


def _take_judgement(outcome: Outcome, judgement: Judgement) -> None:
    outcome.checked = judgement.lines_checked
    outcome.unread = tuple(judgement.unread)
    outcome.late = judgement.late
    outcome.late_details = tuple(judgement.first_late[:3])
    outcome.counts = {each.value: count for each, count in judgement.counts.items()}
    found: dict[str, list[str]] = defaultdict(list)
    for each in judgement.first:
        found[each.invariant.value].append(f"call {each.call_id}, {each.where}: {each.detail}")
    outcome.violations = dict(found)
