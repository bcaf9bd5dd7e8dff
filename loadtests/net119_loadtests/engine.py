"""The loop that drives a generator's crowd, in a thread of its own beside locust.

Locust runs on gevent, which makes each message of a simulated user cost three times as much
(``benchmarks/handset_links.py``). So the standard library is left unpatched, the crowd lives in
one asyncio loop, and what it has measured is handed to locust in batches.
"""

import asyncio
import gc
import resource
import threading
import traceback
from collections import deque
from collections.abc import Callable
from typing import Any

import uvloop
from net119_simulators.errors import SimulatorError

from net119_loadtests.crowd import Crowd
from net119_loadtests.errors import LoadError
from net119_loadtests.plan import Plan

Fired = tuple[str, float, str | None]
"""What was measured: its name, milliseconds, what went wrong."""


_OTHER_FILES = 200
"""Open files besides the crowd's connections, with a margin."""


def allow_files(needed: int) -> None:
    """Let this process open so many files; raises LoadError if it may not."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < needed:
        raise LoadError(
            f"one generator process would need {needed} open files and may have {hard}",
            "--workers",
            "Ask for more workers, or raise the limit (ulimit -Hn)",
        )
    if soft < needed:
        resource.setrlimit(resource.RLIMIT_NOFILE, (needed if hard < 0 else hard, hard))


class Engine:
    """A crowd in a thread. ``measured`` and ``told`` fill up; another thread empties them."""

    def __init__(self) -> None:
        self.measured: deque[Fired] = deque()
        self.told: deque[dict[str, Any]] = deque()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._crowd: Crowd | None = None

    def start(self, plan: Plan) -> None:
        """Carry a plan out; the last thing told is ``done`` or ``failed``."""
        thread = threading.Thread(target=self._run, args=(plan,), name="crowd", daemon=True)
        thread.start()

    def go(self) -> None:
        """The first call may come."""
        self._do(Crowd.go)

    def measure(self) -> None:
        """Measure from now on."""
        self._do(Crowd.measure)

    def fault(self, name: str) -> None:
        """A fault is about to begin."""
        self._do(lambda crowd: crowd.fault(name))

    def storm(self) -> None:
        """Break every connection."""
        self._do(Crowd.storm)

    def over(self) -> None:
        """The fault is over."""
        self._do(Crowd.over)

    def finish(self) -> None:
        """Measure no longer."""
        self._do(Crowd.finish)

    def stop(self) -> None:
        """End early, in good order."""
        self._do(Crowd.stop)

    def _do(self, what: Callable[[Crowd], None]) -> None:
        loop, crowd = self._loop, self._crowd
        if loop is not None and crowd is not None and not loop.is_closed():
            loop.call_soon_threadsafe(what, crowd)

    def _run(self, plan: Plan) -> None:
        try:
            allow_files(len(plan.callers) + len(plan.consoles) + _OTHER_FILES)
            with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
                runner.run(self._main(plan))
        except (LoadError, SimulatorError) as error:
            self._tell("failed", what=error.what, where=error.where, what_to_do=error.what_to_do)
        except Exception as error:
            # Whatever it was: without this word everybody would wait for ever.
            traceback.print_exc()
            self._tell(
                "failed",
                what=f"the generator broke: {type(error).__name__}: {error}",
                where="net119 load",
                what_to_do="Read the generator's log",
            )

    async def _main(self, plan: Plan) -> None:
        self._crowd = Crowd(plan, self._fire, self._tell)
        self._loop = asyncio.get_running_loop()
        self._tell("begun")
        # What the logs hold grows to millions of objects; looking through them again and again
        # would stop everybody for hundreds of milliseconds each time.
        gc.freeze()
        gc.disable()
        try:
            await self._crowd.run()
        finally:
            gc.enable()

    def _fire(self, name: str, milliseconds: float, wrong: str | None) -> None:
        self.measured.append((name, milliseconds, wrong))

    def _tell(self, event: str, **values: Any) -> None:
        self.told.append({"event": event, **values})
