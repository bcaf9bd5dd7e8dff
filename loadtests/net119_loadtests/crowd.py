"""All callers and consoles of one generator, from the first arrival to the last check."""

import asyncio
import contextlib
import time
from collections.abc import Callable, Iterable

from net119_simulators.errors import SimulatorError

from net119_loadtests.console import Console
from net119_loadtests.handset import Handset
from net119_loadtests.judging import Judgement, judge_all
from net119_loadtests.links import Line, Target, context_of
from net119_loadtests.moments import first_of
from net119_loadtests.plan import CallerSeat, Plan
from net119_loadtests.provider import Provider
from net119_loadtests.shapes import seconds_of
from net119_loadtests.stage import Failed, Fire, Shed, Stage

Tell = Callable[..., None]
"""Tells whoever conducts the run: the name of what happened, and its values."""

_LOOK_EVERY_S = 0.05
_TICK_S = 1.0
_RECOVERY_S = 0.1
"""How often it is looked whether all has recovered: the resolution of that figure."""
_CONSOLE_OPEN_S = 30.0
_QUIET_WITHIN_S = 10.0
_LEAVE_WITHIN_S = 5.0
_CALL_AGAIN_S = 5.0
"""After so long somebody calls again whose call was shed."""
_GOLDEN = 0.6180339887
"""Multiples of it, without their whole part, spread evenly however many there are."""


class Crowd:
    """One generator's run. `run` is awaited; the other methods are called on the same loop."""

    def __init__(self, plan: Plan, fire: Fire, tell: Tell) -> None:
        self._plan = plan
        self._tell = tell
        self.stage = Stage(plan, fire)
        self._target: Target
        self._consoles: dict[str, Console] = {}
        self._handsets: dict[int, Handset] = {}
        self._slow_lines: list[Line] = []
        self._going = asyncio.Event()
        self._measuring = asyncio.Event()
        self._finished = asyncio.Event()
        self._stopped = asyncio.Event()
        self._leaving = asyncio.Event()
        self._ready = 0
        self._failed = 0
        self._shed = 0
        self._phase = "ramp"
        self._began = 0.0
        self._settled_at = 0.0

    # --- what the conductor says ----------------------------------------------------------------

    def go(self) -> None:
        """The first call may come."""
        self._began = time.monotonic()
        self._going.set()

    def measure(self) -> None:
        """Measure from now on."""
        if self.stage.window is None and not self._stopped.is_set():
            now = time.monotonic()
            self.stage.window = (now, now + self._plan.duration_s)
            self._phase = "run"
            self._measuring.set()

    def fault(self, name: str) -> None:
        """A fault is about to begin."""
        self.stage.fault_begins(name)
        self._tell("faulted")

    def storm(self) -> None:
        """Break every connection; all come back at once."""
        for line in self._lines():
            line.drop()

    def over(self) -> None:
        """The fault is over; tell as soon as all has recovered."""
        self.stage.fault_is_over()

    def finish(self) -> None:
        """Measure no longer: all that was to be seen has been seen."""
        self._measured_until_now()
        self._finished.set()

    def stop(self) -> None:
        """End early, in good order."""
        if not self._stopped.is_set():
            self._stopped.set()
            self._measured_until_now()

    def _measured_until_now(self) -> None:
        window, now = self.stage.window, time.monotonic()
        if window is not None and now < window[1]:
            self.stage.window = (window[0], max(now, window[0] + 0.001))

    # --- the run --------------------------------------------------------------------------------

    async def run(self) -> None:
        """Carry the plan out; ``tell`` gets what comes of it, at last ``done``."""
        self._target = Target(self._plan)
        ticking = asyncio.create_task(self._tick())
        watching = asyncio.create_task(self._watch_recovery())
        people: list[asyncio.Task[None]] = []
        try:
            await self._open_consoles()
            self._tell("open")
            await first_of(self._going, self._stopped)
            people = [asyncio.create_task(self._caller(seat)) for seat in self._plan.callers]
            await self._ramp()
            await self._window()
            settled = await self._settle()
            self._leaving.set()
            for line in self._lines():
                line.close()
            await asyncio.wait(people, timeout=_LEAVE_WITHIN_S)
            judgement = await self._judged()
        finally:
            for task in (ticking, watching, *people):
                task.cancel()
            await asyncio.gather(ticking, watching, *people, return_exceptions=True)
            await self._target.close()
        self._tell_end(judgement, settled=settled)

    async def _open_consoles(self) -> None:
        plan = self._plan
        slow = plan.shape.slow
        scripts = {
            seat.mail: plan.scripts[seat.number % len(plan.scripts)] for seat in plan.callers
        }
        for number, seat in enumerate(plan.consoles):
            is_slow = slow is not None and slow.console(number, len(plan.consoles))
            console = Console(self.stage, self._target, seat, scripts, slow=is_slow)
            self._consoles[seat.center] = console
            if is_slow:
                self._slow_lines.append(console.line)
        opening = [console.open(_CONSOLE_OPEN_S) for console in self._consoles.values()]
        for outcome in await asyncio.gather(*opening, return_exceptions=True):
            if isinstance(outcome, Failed):
                self.stage.error("console not opened", str(outcome))
            elif isinstance(outcome, BaseException):
                raise outcome

    async def _ramp(self) -> None:
        """Until everybody is in a call, for shapes that are measured from then on."""
        if self._plan.shape.measure == "arrivals":
            self.measure()
            return
        until = time.monotonic() + self._plan.ramp_s
        while (
            self._ready + self._failed + self._shed < len(self._plan.callers)
            and time.monotonic() < until
        ):
            if await first_of(self._stopped, within_s=_LOOK_EVERY_S):
                return
        self._tell("there")
        await first_of(self._measuring, self._stopped)

    async def _window(self) -> None:
        window = self.stage.window
        if window is None:
            return
        special = [
            asyncio.create_task(self._storm(window[0] + seconds_of(when, self._plan.duration_s)))
            for when in self._plan.shape.storms
        ]
        if self._slow_lines or self._plan.shape.slow is not None:
            special.append(asyncio.create_task(self._read_slowly()))
        within_s = window[1] - time.monotonic()
        await first_of(self._stopped, self._finished, within_s=within_s)
        for task in special:
            task.cancel()
        await asyncio.gather(*special, return_exceptions=True)
        for line in self._slow_lines:
            line.read(on=True)

    async def _storm(self, at: float) -> None:
        await asyncio.sleep(max(0.0, at - time.monotonic()))
        self.storm()

    async def _watch_recovery(self) -> None:
        while True:
            await asyncio.sleep(_RECOVERY_S)
            if self.stage.has_recovered():
                self._tell("recovered")

    async def _read_slowly(self) -> None:
        slow = self._plan.shape.slow
        while slow is not None:
            await asyncio.sleep(slow.every_s - slow.stops_for_s)
            for line in self._slow_lines:
                line.read(on=False)
            await asyncio.sleep(slow.stops_for_s)
            for line in self._slow_lines:
                line.read(on=True)

    async def _settle(self) -> bool:
        """Whether all that was under way has come to its end."""
        self._phase = "settle"
        until = time.monotonic() + self._plan.settle_s
        settled = False
        while not settled and time.monotonic() < until:
            await asyncio.sleep(_LOOK_EVERY_S)
            settled = all(call.settled() for call in self.stage.ours())
        self._settled_at = time.monotonic()
        for call in self.stage.ours():
            for end, live in call.ends.items():
                for name in live.waiting:
                    self.stage.error("not acknowledged", f"{name} of the {end.value}")
        return settled

    async def _judged(self) -> Judgement:
        self._phase = "judge"
        plan = self._plan
        if plan.bare:
            return Judgement()
        provider = Provider.known(
            plan.base_url,
            context_of(plan.ca_pem) if plan.base_url.startswith("https:") else None,
            own=plan.own,
            test_hosts=plan.declared_test_hosts,
        )

        def told(done: int, total: int) -> None:
            self._tell("checked", done=done, total=total)

        calls = [call.to_log(self._settled_at) for call in self.stage.ours()]
        try:
            return await judge_all(
                provider, calls, plan.callers, plan.consoles, told, plan.greetings
            )
        finally:
            with contextlib.suppress(SimulatorError):
                await provider.close()

    # --- a caller -------------------------------------------------------------------------------

    async def _caller(self, seat: CallerSeat) -> None:
        if await self._gone_before(self._began + seat.calls_at):
            return
        slow = self._plan.shape.slow
        is_slow = slow is not None and slow.handset(seat.number)
        script = self._plan.scripts[seat.number % len(self._plan.scripts)]
        handset = Handset(self.stage, self._target, seat, script, slow=is_slow)
        try:
            await self._one_call(handset, seat, is_slow=is_slow)
            await self._leaving.wait()
        finally:
            handset.close()

    async def _one_call(self, handset: Handset, seat: CallerSeat, *, is_slow: bool) -> None:
        try:
            await self._place(handset)
            self._handsets[seat.number] = handset
            if is_slow and handset.line is not None:
                self._slow_lines.append(handset.line)
            await handset.wait_for_answer(self._plan.ramp_s)
        except Shed:
            return
        except Failed as failed:
            self._failed += 1
            self.stage.error("call not answered", str(failed))
            return
        self._ready += 1
        self.stage.open += 1
        leaves = None if seat.leaves_at is None else self._began + seat.leaves_at
        await first_of(self._measuring, self._stopped)
        if self.stage.window is not None:
            share = seat.number * _GOLDEN % 1.0
            since = max(self.stage.window[0], time.monotonic()) + self._plan.every_s * share
            self.stage.talking.append((since, leaves))
            await self._write(handset, since, leaves)
        if leaves is not None and not await self._gone_before(leaves):
            await self._hang_up(handset, seat)

    async def _place(self, handset: Handset) -> None:
        """Call; who is shed tries again, as people do, until the run is over."""
        shed = False
        while True:
            try:
                await handset.call()
            except Shed:
                self._shed += not shed
                shed = True
                if await self._gone_before(time.monotonic() + _CALL_AGAIN_S):
                    raise
            else:
                self._shed -= shed
                return

    async def _write(self, handset: Handset, due: float, leaves: float | None) -> None:
        """Write at fixed times, whether or not the last line is acknowledged.

        Waiting for the answer would slow the load down exactly when the provider is slow, and
        hide it.
        """
        stage = self.stage
        while stage.window is not None and due < stage.window[1]:
            if leaves is not None and due >= leaves:
                return
            pause = due - time.monotonic()
            if pause > 0:
                await asyncio.sleep(pause)
            if self._stopped.is_set() or self._finished.is_set():
                return
            stage.measure("late_ms", (time.monotonic() - due) * 1000)
            handset.say()
            due += self._plan.every_s

    async def _hang_up(self, handset: Handset, seat: CallerSeat) -> None:
        """Have the call closed once nothing of it is under way; only then the handset goes."""
        until = time.monotonic() + _QUIET_WITHIN_S
        # What it waits for is counted down by many frames of both ends; looking is cheaper.
        while not handset.live.settled() and time.monotonic() < until:  # noqa: ASYNC110  # see above
            await asyncio.sleep(_LOOK_EVERY_S)
        self._consoles[seat.center].end_call(handset.live.call_id)
        try:
            await handset.wait_for_end(_QUIET_WITHIN_S)
        except Failed as failed:
            self.stage.error("call not closed", str(failed))
        self.stage.open -= 1
        handset.close()

    # --- waiting and telling --------------------------------------------------------------------

    async def _gone_before(self, moment: float) -> bool:
        """Whether the run is stopped, or over, before that moment."""
        window = self.stage.window
        if window is not None and moment > window[1]:
            return True
        return await first_of(self._stopped, self._finished, within_s=moment - time.monotonic())

    def _lines(self) -> Iterable[Line]:
        yield from (console.line for console in self._consoles.values())
        yield from (handset.line for handset in self._handsets.values() if handset.line is not None)

    async def _tick(self) -> None:
        cpu, at = time.process_time(), time.monotonic()
        while True:
            await asyncio.sleep(_TICK_S)
            used, span = time.process_time() - cpu, time.monotonic() - at
            cpu, at = cpu + used, at + span
            self._tell(
                "progress",
                phase=self._phase,
                t=time.monotonic() - self._began if self._began else 0.0,
                open=self.stage.open,
                down=self.stage.outages.down,
                recent=self.stage.take_recent(),
                acked=self.stage.acked,
                errors=sum(self.stage.errors.values()),
                violations=sum(self.stage.violations.values()),
                cpu=used / span,
                cpu_s=cpu,
            )

    def _tell_end(self, judgement: Judgement, *, settled: bool) -> None:
        for name, values in self.stage.series.items():
            for start in range(0, len(values), _CHUNK):
                piece = values[start : start + _CHUNK].tobytes()
                self._tell("series", name=name, values=piece)
        self._tell(
            "done",
            complete=not self._stopped.is_set(),
            settled=settled,
            callers=len(self._plan.callers),
            callers_ready=self._ready,
            callers_shed=self._shed,
            judgement=judgement.to_json(),
            **self.stage.figures(),
        )


_CHUNK = 100_000
"""Values in one message to the conductor: 400 kB. Even, so that no pair is parted."""
