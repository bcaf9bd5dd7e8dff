"""The process that makes the load: ``python -m net119_loadtests.generator --plan FILE``.

A process of its own because locust patches the whole standard library (gevent). It tells its
progress as JSON lines on standard output, writes the logs of all calls to the plan's file, and
stops early, in good order, at the word ``stop`` or at the end of its standard input.
"""

# First of all: this patches the standard library that the others import.
import locust.env  # isort: skip
import argparse
import json
import os
import resource
import select
import sys
import time
from pathlib import Path
from typing import Any

import gevent  # type: ignore[import-untyped]  # gevent ships no types
from locust.log import setup_logging
from net119_simulators.errors import SimulatorError

from net119_loadtests.connections import Target
from net119_loadtests.errors import LoadError
from net119_loadtests.logs import write_logs
from net119_loadtests.plan import Plan
from net119_loadtests.stage import Stage
from net119_loadtests.users import CallerUser, DispatcherUser, Run

_TICK_S = 1.0
_LOOK_EVERY_S = 0.05
_LEAVE_S = 10.0
_SPAWN_PER_S = 100.0
"""Users made per second; callers then wait for their own time of arrival."""


class Generator:
    """One run, from the first arrival to the last acknowledgement."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._environment = locust.env.Environment(user_classes=[DispatcherUser, CallerUser])
        self._stage = Stage(plan, self._fire)
        self._run = Run(plan, self._stage, Target(plan))
        self._environment.net119_run = self._run  # type: ignore[attr-defined]  # locust lets users hang their own state on it
        self._stopped = False
        self._abandoned = False
        self._phase = "ramp"
        self._began = time.monotonic()

    def _fire(self, name: str, milliseconds: float, error: Exception | None) -> None:
        self._environment.events.request.fire(  # type: ignore[no-untyped-call]  # locust's events are untyped
            request_type="net119",
            name=name,
            response_time=milliseconds,
            response_length=0,
            exception=error,
            context={},
        )

    def run(self) -> None:
        """Carry the plan out and tell the result."""
        DispatcherUser.fixed_count = len(self._plan.consoles)
        runner = self._environment.create_local_runner()
        helpers = [gevent.spawn(self._listen), gevent.spawn(self._tell_regularly)]
        users = len(self._plan.consoles) + len(self._plan.callers)
        runner.start(users, spawn_rate=_SPAWN_PER_S)
        try:
            self._wait(self._plan.ramp_s, self._everybody_there)
            if not self._stopped:
                self._measure()
            self._phase = "settle"
            settle_s = 0.0 if self._abandoned else self._plan.settle_s
            settled = self._wait(settle_s, self._settled, stoppable=False)
            for call in self._stage.ours():
                for end, live in call.ends.items():
                    for name in live.waiting:
                        self._stage.error("not acknowledged", f"{name} of the {end.value}")
            self._run.leave = True
            self._wait(_LEAVE_S, lambda: runner.user_count == 0, stoppable=False)
        finally:
            runner.quit()
            gevent.killall(helpers)
        write_logs(self._plan.logs_file, (call.to_log() for call in self._stage.ours()))
        usage = resource.getrusage(resource.RUSAGE_SELF)
        self._tell(
            "end",
            complete=not self._stopped,
            settled=settled,
            callers_ready=self._run.ready,
            cpu_s=round(usage.ru_utime + usage.ru_stime, 2),
            wall_s=round(time.monotonic() - self._began, 2),
            peak_memory_mb=round(usage.ru_maxrss / 1024, 1),
            **self._stage.figures(),
        )

    def _everybody_there(self) -> bool:
        return self._run.ready + self._run.failed >= len(self._plan.callers)

    def _settled(self) -> bool:
        return all(call.settled() for call in self._stage.ours())

    def _measure(self) -> None:
        if not self._run.ready:
            return
        began = time.monotonic()
        self._stage.window = (began, began + self._plan.duration_s)
        self._phase = "run"
        self._wait(self._plan.duration_s, lambda: False)
        if self._stopped:
            self._stage.window = (began, max(time.monotonic(), began + 0.001))

    def _wait(self, within_s: float, done: Any, *, stoppable: bool = True) -> bool:
        deadline = time.monotonic() + within_s
        while not done():
            if time.monotonic() >= deadline or (stoppable and self._stopped):
                return False
            gevent.sleep(_LOOK_EVERY_S)
        return True

    # --- the process that started us ------------------------------------------------------------

    def _listen(self) -> None:
        while True:
            select.select([0], [], [])
            said = os.read(0, 1024)
            if not said:
                # Who started us is gone; nobody will read what we find.
                self._abandoned = True
            if not said or b"stop" in said:
                self._stopped = True
                return

    def _tell_regularly(self) -> None:
        while True:
            rate, p95 = self._stage.recent(_TICK_S)
            self._tell(
                "progress",
                phase=self._phase,
                t=round(time.monotonic() - self._began, 2),
                open=self._run.ready,
                rate=round(rate, 1),
                p95=p95,
                acked=self._stage.acked,
                errors=sum(self._stage.errors.values()),
                violations=sum(self._stage.violations.values()),
            )
            gevent.sleep(_TICK_S)

    def _tell(self, event: str, **values: Any) -> None:
        try:
            print(json.dumps({"event": event, **values}), flush=True)  # noqa: T201  # JSON lines are this program's output
        except BrokenPipeError:
            self._stopped = self._abandoned = True


def main() -> int:
    """Run a plan; 0 if it was carried out, 2 if it could not be."""
    parser = argparse.ArgumentParser(description="Make the load of a plan; see net119 load run.")
    parser.add_argument("--plan", type=Path, required=True, help="file written by net119 load run")
    plan_file = parser.parse_args().plan
    setup_logging("WARNING")  # type: ignore[no-untyped-call]  # locust's function is untyped
    try:
        Generator(Plan.read(plan_file)).run()
    except (LoadError, SimulatorError) as error:
        message = {"what": error.what, "where": error.where, "what_to_do": error.what_to_do}
        print(json.dumps({"event": "failed", **message}), flush=True)  # noqa: T201  # JSON lines are this program's output
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main())
