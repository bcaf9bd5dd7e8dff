"""Servers of other people as child processes: gone with us, whatever happens."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

HOST = "127.0.0.1"
START_S = 90.0
GUARD = 'exec 3<&0; (read _ <&3; kill -KILL 0) & exec "$@" </dev/null 3<&-'
"""Runs a command whose whole process group ends with its standard input: it does not outlive us,
even where we are killed."""


class DidNotStart(Exception):
    """A server ended early or was not there in time; the text says what it printed."""


def free_port() -> int:
    """A port of loopback that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def child(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Iterator[int]:
    """Run a command and all that it starts as a process group; its ID."""
    with log.open("ab") as output:
        process = subprocess.Popen(
            ["sh", "-c", GUARD, "sh", *command],
            stdin=subprocess.PIPE,
            stdout=output,
            stderr=subprocess.STDOUT,
            cwd=log.parent,
            env=dict(environment),
            start_new_session=True,
        )
    try:
        yield process.pid
    finally:
        # Nothing of it is needed any more: what a run has shown is measured at the load's side.
        _end(process)


def _end(process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until:
        try:
            os.killpg(process.pid, signal.SIGKILL)
        except ProcessLookupError:
            break
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.05)
    process.wait()
    if process.stdin is not None:
        process.stdin.close()


def await_start(pid: int, up: Callable[[], bool], said: Callable[[], str]) -> None:
    """Return when the server answers.

    Raises:
        DidNotStart: it ended, or was not there in time.
    """
    until = time.monotonic() + START_S
    while not up():
        if not _lives(pid) or time.monotonic() > until:
            raise DidNotStart(said()[-2000:])
        time.sleep(0.05)


def _lives(pid: int) -> bool:
    found, _ = os.waitpid(pid, os.WNOHANG)
    return found == 0


def listens(port: int) -> bool:
    """Whether somebody accepts connections there."""
    with socket.socket() as probe:
        return probe.connect_ex((HOST, port)) == 0


def wait_for_stop() -> None:
    """Until SIGTERM, which must have been blocked before the children were started."""
    signal.sigwait({signal.SIGTERM})
