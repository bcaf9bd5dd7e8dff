"""The simulated people as locust users. Importing this patches the standard library (gevent)."""

import time
from typing import Any

import gevent  # type: ignore[import-untyped]  # gevent ships no types
from locust import User, task
from locust.env import Environment
from locust.exception import StopUser

from net119_loadtests.connections import Line, Target
from net119_loadtests.console import Console
from net119_loadtests.handset import Handset
from net119_loadtests.plan import Plan
from net119_loadtests.stage import Failed, Stage

_LOOK_EVERY_S = 0.05
_CONSOLE_OPEN_S = 20.0


class Run:
    """What one generator's users share besides the stage: seats, phases, counts."""

    def __init__(self, plan: Plan, stage: Stage, target: Target) -> None:
        self.plan = plan
        self.stage = stage
        self.target = target
        self.callers = list(reversed(plan.callers))
        self.seats = list(reversed(plan.consoles))
        self.mails = frozenset(seat.mail for seat in plan.callers)
        self.consoles: list[Console] = []
        self.ready = 0
        """Callers who are in an answered call."""
        self.failed = 0
        """Callers who will never be."""
        self.leave = False
        """Everybody hangs up."""
        self._arrivals_began: float | None = None

    def arrivals_began(self) -> float | None:
        """When every console's feed was found open, from which on callers arrive."""
        if self._arrivals_began is None:
            ready = sum(console.ready for console in self.consoles)
            if ready == len(self.plan.consoles):
                self._arrivals_began = time.monotonic()
        return self._arrivals_began


class _Seated(User):
    """A user who takes a seat, stays for the run, and leaves."""

    abstract = True

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self.test_run: Run = run_of(environment)

    def _wait(self) -> None:
        gevent.sleep(_LOOK_EVERY_S)

    def _spawn(self, line: Line) -> Any:
        return gevent.spawn(line.run)


class DispatcherUser(_Seated):
    """A dispatcher at a console."""

    @task
    def shift(self) -> None:
        """Answer and write until the run is over."""
        run = self.test_run
        seat = run.seats.pop()
        console = Console(run.stage, run.target, seat, run.mails)
        run.consoles.append(console)
        try:
            console.open(_CONSOLE_OPEN_S)
        except Failed as failed:
            run.stage.error("console not opened", str(failed))
            raise StopUser from failed
        reader = self._spawn(console.line)
        try:
            while not run.leave:
                self._wait()
        finally:
            console.line.close()
            reader.kill()
        raise StopUser


class CallerUser(_Seated):
    """A caller with a handset."""

    @task
    def one_call(self) -> None:
        """Call, be answered, write at every tick, and hang up at the end of the run."""
        run = self.test_run
        seat = run.callers.pop()
        self._wait_for_turn(seat.number)
        if run.leave:
            raise StopUser
        handset = Handset(run.stage, run.target, seat)
        try:
            line = handset.call()
        except Failed as failed:
            run.failed += 1
            run.stage.error("call not placed", str(failed))
            raise StopUser from failed
        reader = self._spawn(line)
        try:
            handset.wait_for_answer(run.plan.ramp_s)
            run.ready += 1
            self._write(handset, seat.number)
        except Failed as failed:
            run.failed += 1
            run.stage.error("call not answered", str(failed))
        finally:
            while not run.leave:
                self._wait()
            line.close()
            reader.kill()
        raise StopUser

    def _wait_for_turn(self, number: int) -> None:
        """Arrive at one's own time; locust alone would bring everybody of a second at once."""
        run = self.test_run
        while not run.leave:
            began = run.arrivals_began()
            if began is not None:
                pause = began + number / run.plan.arrivals_per_s - time.monotonic()
                if pause <= 0:
                    return
                gevent.sleep(min(pause, _LOOK_EVERY_S))
            else:
                self._wait()

    def _write(self, handset: Handset, number: int) -> None:
        """Write at fixed times, whether or not the last line is acknowledged.

        Waiting for the answer would slow the load down exactly when the provider is slow, and
        hide it.
        """
        run = self.test_run
        while run.stage.window is None and not run.leave:
            self._wait()
        if run.stage.window is None:
            return
        began, ends = run.stage.window
        # Spread evenly over the first interval.
        due = began + run.plan.every_s * number / len(run.plan.callers)
        while due < ends:
            now = time.monotonic()
            if due > now:
                gevent.sleep(due - now)
            if run.leave or time.monotonic() >= run.stage.window[1]:
                return
            run.stage.measure("late_ms", (time.monotonic() - due) * 1000)
            handset.say()
            due += run.plan.every_s


def run_of(environment: Environment) -> Run:
    """The run that an environment was made for."""
    run = environment.net119_run  # type: ignore[attr-defined]  # locust lets users hang their own state on it
    if not isinstance(run, Run):
        raise TypeError("this environment was not made by net119_loadtests.generator")
    return run
