"""Starts the processes of a provider, and starts again those that die, until it is told to stop.

It binds the ports: all relays take connections from the same sockets, so that none is refused while
one of them is started again.  The processes are forks of this one, which has loaded the program but
runs nothing: a new one is there within a fraction of the time that loading takes.
"""

import contextlib
import os
import signal
import socket
import sys
import threading
import time
import traceback
from dataclasses import dataclass
from typing import NoReturn

from net119_reference.app import (
    EXIT_CLEAN,
    EXIT_FAILED,
    EXIT_USER_ERROR,
    Parts,
    explained,
    run_provider,
)
from net119_reference.config import Config
from net119_reference.http_server import bind
from net119_reference.logs import configure_logs, get_log
from net119_reference.several.running import OFFICE, check_several, office, relay

_FIRST_PAUSE_S, _LONGEST_PAUSE_S = 0.1, 5.0
_RAN_WELL_S = 30.0
"""A process that ran this long is started again at once when it dies."""
_SIGNALS = {signal.SIGTERM, signal.SIGINT, signal.SIGCHLD}
log = get_log("supervisor")


def run_several(config: Config, relays: int, *, stop_with_parent: bool = False) -> int:
    """Run an office and relays until told to stop; returns the exit status.

    Needs the main thread, and a process without other threads or an event loop.

    Raises:
        CannotListen, CannotStart: what is in the way, for the user to mend.
    """
    configure_logs(config.log.level, operator=config.operator, process="supervisor")
    check_several(config)
    with contextlib.ExitStack() as stack:
        https = stack.enter_context(bind("http", config.http.host, config.http.port))
        plain = None
        if config.plaintext.enabled:
            plain = stack.enter_context(
                bind("plaintext", config.plaintext.host, config.plaintext.port)
            )
        before = signal.pthread_sigmask(signal.SIG_BLOCK, _SIGNALS)
        try:
            return _Family(config, relays, https, plain, stop_with_parent).run()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class _Process:
    """One process, as often as it has to be started."""

    name: str
    parts: Parts
    pid: int | None = None
    began: float = 0.0
    pause: float = _FIRST_PAUSE_S
    due: float = 0.0
    """When to start it, while it does not run."""


class _Family:
    """The processes, and this one that looks after them."""

    def __init__(
        self,
        config: Config,
        relays: int,
        https: socket.socket,
        plain: socket.socket | None,
        stop_with_parent: bool,
    ) -> None:
        self._config = config
        self._stop_with_parent = stop_with_parent
        self._office = _Process(OFFICE, office)
        self._relays = [
            _Process(name, relay(name, https, plain))
            for name in (f"relay-{number}" for number in range(1, relays + 1))
        ]
        self._life = os.pipe()
        """Its writing end is this process's alone: the others end when it is closed."""

    def run(self) -> int:
        """Keep all of them running until told to stop."""
        if self._stop_with_parent:
            threading.Thread(target=_await_end, name="stdin-watch", daemon=True).start()
        status = self._keep()
        log.info("stopping")
        # Clients leave first; what they said last, the office still has to take.
        clean = self._end(self._relays)
        clean = self._end([self._office]) and clean
        for end in self._life:
            os.close(end)
        return status if status is not None else EXIT_CLEAN if clean else EXIT_FAILED

    def _keep(self) -> int | None:
        """Until told to stop (None), or until the office cannot start at all (its status)."""
        everybody = [self._office, *self._relays]
        while True:
            now = time.monotonic()
            for each in everybody:
                if each.pid is None and each.due <= now:
                    self._start(each)
            wait = min((each.due for each in everybody if each.pid is None), default=now + 3600)
            came = signal.sigtimedwait(_SIGNALS, max(0.0, wait - now))
            if came is None:
                continue
            if came.si_signo != signal.SIGCHLD:
                return None
            for each, status in _ended(everybody):
                if each is self._office and status == EXIT_USER_ERROR and each.began == each.due:
                    # It has said what is in the way: it will be the next time, too.
                    return status
                self._start_later(each, status)

    def _start_later(self, process: _Process, status: int) -> None:
        now = time.monotonic()
        if now - process.began > _RAN_WELL_S:
            process.pause = _FIRST_PAUSE_S
        process.due = now + process.pause
        process.pause = min(2 * process.pause, _LONGEST_PAUSE_S)
        log.error("a process has ended; starting it again", which=process.name, status=status)

    def _start(self, process: _Process) -> None:
        first = process.began == 0.0
        process.began = time.monotonic()
        if first:
            process.due = process.began
        sys.stdout.flush()
        sys.stderr.flush()
        pid = os.fork()
        if pid == 0:
            self._be(process)
        process.pid = pid
        log.info("started", which=process.name, pid=pid)

    def _be(self, process: _Process) -> NoReturn:
        """In the new process: run its part of the provider, and end."""
        status = EXIT_FAILED
        try:
            os.close(self._life[1])
            os.dup2(self._life[0], 0)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, _SIGNALS)
            status = explained(
                lambda: run_provider(
                    self._config, stop_with_parent=True, parts=process.parts, process=process.name
                )
            )
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(status)

    def _end(self, processes: list[_Process]) -> bool:
        """Stop them, by force if that takes long; whether all ended well."""
        running = [each for each in processes if each.pid is not None]
        _signal(running, signal.SIGTERM)
        deadline = time.monotonic() + 2 * self._config.timers.stop_s
        clean = True
        while any(each.pid is not None for each in running):
            clean = all([status == EXIT_CLEAN for _, status in _ended(running)]) and clean
            left = [each for each in running if each.pid is not None]
            if left and signal.sigtimedwait(_SIGNALS, 0.2) is None and time.monotonic() > deadline:
                log.error("processes do not stop; killed", which=[each.name for each in left])
                _signal(left, signal.SIGKILL)
                clean = False
        return clean


def _ended(processes: list[_Process]) -> list[tuple[_Process, int]]:
    """Those that have ended since the last look, with their exit statuses; -n: by signal n."""
    found = []
    for each in processes:
        if each.pid is None:
            continue
        pid, status = os.waitpid(each.pid, os.WNOHANG)
        if pid:
            each.pid = None
            found.append((each, os.waitstatus_to_exitcode(status)))
    return found


def _signal(processes: list[_Process], number: signal.Signals) -> None:
    for each in processes:
        if each.pid is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(each.pid, number)


def _await_end() -> None:
    """Tell this process to stop when its standard input ends."""
    with contextlib.suppress(OSError):
        while os.read(0, 4096):
            pass
    os.kill(os.getpid(), signal.SIGTERM)
