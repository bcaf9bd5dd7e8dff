"""The worker processes of a run: pytest with xdist, in a process group of its own."""

import asyncio
import os
import signal
import sys
from pathlib import Path
from types import TracebackType
from typing import Self

from net119_conformance import pytest_suite
from net119_conformance.plan import Plan

GRACE_S = 5.0
"""How long workers may take to end after SIGTERM before they are killed."""
LOG_TAIL = 1_500


HANDS = 4
"""Purposes mostly wait for timers of the SUT, so a worker has more than one in hand."""
AT_ONCE = 8
"""Purposes in all hands together. On two processors, two workers took 208 s with two purposes each
in hand, 180 s with three and 167 s with four; what more would gain is waited for a processor."""


def default_workers() -> int:
    """One for each processor, at most four."""
    return min(4, os.cpu_count() or 1)


def default_hands(workers: int | None = None) -> int:
    """How many purposes each worker has in hand if so many workers are asked for (None: the
    default): `AT_ONCE` shared out, `HANDS` at most; one where one worker is asked for, which means
    one purpose after the other."""
    if workers == 1:
        return 1
    return min(HANDS, max(1, AT_ONCE // (workers or default_workers())))


class Workers:
    """`async with` starts them and, whatever happens, leaves none behind."""

    def __init__(self, plan: Plan, plan_file: Path, count: int, log: Path) -> None:
        self._plan = plan
        self._plan_file = plan_file
        self._count = count
        self._log = log
        self._process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        suite = Path(pytest_suite.__file__)
        # Its end tells the workers that we are gone. Not standard input: pytest captures that.
        their_end, self._our_end = os.pipe()
        arguments = [
            *("-m", "pytest", str(suite), "-c", os.devnull, "--rootdir", str(suite.parent)),
            *("-p", "xdist.plugin", "-p", "no:cacheprovider"),
            *("-p", "net119_conformance.pytest_plugin", "--net119-plan", str(self._plan_file)),
            *("--net119-runner-fd", str(their_end)),
            # Each item once, in the order of the plan, to a worker that waits for its record.
            *("-n", str(self._count), "--dist", "load", "--maxschedchunk", "1"),
            *("-q", "-rN", "--tb=short"),
            # A crash of a worker costs what it had in hand; the others still get their verdict.
            f"--max-worker-restart={len(self._plan.items)}",
        ]
        environment = {
            **{name: value for name, value in os.environ.items() if name not in _NOT_OURS},
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
            "PYTHONPATH": os.pathsep.join(self._plan.sys_path),
        }
        try:
            with self._log.open("ab") as log:
                self._process = await asyncio.create_subprocess_exec(
                    sys.executable,
                    *arguments,
                    stdin=asyncio.subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    env=environment,
                    pass_fds=(their_end,),
                    # A session of its own: Ctrl-C reaches only us, and we end the whole group.
                    start_new_session=True,
                )
        finally:
            os.close(their_end)
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        process = self._process
        if process is None:
            return
        # The group may outlive its leader: a worker that hangs while pytest itself has ended.
        _signal_group(process.pid, signal.SIGTERM)
        try:
            async with asyncio.timeout(GRACE_S):
                await process.wait()
        except TimeoutError:
            pass
        finally:
            _signal_group(process.pid, signal.SIGKILL)
            await process.wait()
            os.close(self._our_end)

    async def wait(self) -> int:
        """Wait until all items were run; the exit status of pytest."""
        if self._process is None:
            raise RuntimeError("the workers were not started")
        return await self._process.wait()

    def last_words(self) -> str:
        """The end of what pytest wrote, for items that left no record."""
        try:
            text = self._log.read_text("utf-8", "replace")
        except OSError as problem:
            return f"({self._log.name} cannot be read: {problem})"
        return text[-LOG_TAIL:].strip()


# Settings of a test run that may have started us must not change this one.
_NOT_OURS = frozenset(
    {
        "PYTEST_ADDOPTS",
        "PYTEST_PLUGINS",
        "PYTEST_CURRENT_TEST",
        "PYTEST_XDIST_WORKER",
        "PYTEST_XDIST_WORKER_COUNT",
        "PYTEST_XDIST_TESTRUNUID",
        "PYTEST_XDIST_AUTO_NUM_WORKERS",
    }
)


def _signal_group(group: int, number: signal.Signals) -> None:
    try:
        os.killpg(group, number)
    except ProcessLookupError:
        return
