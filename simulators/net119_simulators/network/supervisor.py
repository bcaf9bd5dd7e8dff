"""Starts a provider's process and ends it, whatever happens to the one who started it."""

import asyncio
import atexit
import contextlib
import os
import signal
import subprocess
from collections.abc import Awaitable, Callable, Mapping, Sequence
from pathlib import Path

from net119_simulators.errors import SimulatorError
from net119_simulators.network.forks import is_stand_in
from net119_simulators.network.handed import Handed

_LOOK_EVERY_S = 0.05
_LOG_LINES = 20


class ProviderDidNotStart(SimulatorError):
    """The process ended, or did not answer in time; ``log`` holds its last lines."""

    def __init__(self, name: str, why: str, log_file: Path, log: str) -> None:
        super().__init__(
            f"provider {name} did not start: {why}",
            str(log_file),
            f"Its last words:\n{log or '(none)'}",
        )
        self.log = log


class Supervisor:
    """One process in a session of its own; what it prints is appended to ``log_file``.

    Its standard input is a pipe held open by this process: a program that stops when it closes
    (``--stop-with-parent``) does not outlive this one even if this one is killed. For all other
    ends there is `stop`, and an exit handler that kills what still runs.

    Of a command that only stands for a forked provider (`Forks.command`), ``pid`` and `kill` mean
    the provider: it is what has to be dead when a fault says that it is.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        log_file: Path,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.command = tuple(command)
        self.log_file = log_file
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None
        self._handed: Handed | None = None
        """The provider, where the process only stands for it."""
        self._owner = os.getpid()

    @property
    def pid(self) -> int | None:
        """The process's number, ``None`` while none runs, or it is not known before it is ready."""
        if self._process is None or not self.is_running():
            return None
        return self._handed.pid if self._handed is not None else self._process.pid

    def is_running(self) -> bool:
        """Whether the process runs."""
        process = self._process
        if process is None or process.returncode is not None:
            return False
        # The ended process is only looked at: until `kill` has buried it, its number, which is
        # also its group's, cannot become another's.
        look = os.WEXITED | os.WNOHANG | os.WNOWAIT
        return os.waitid(os.P_PID, process.pid, look) is None

    @property
    def exit_status(self) -> int | None:
        """The last process's exit status; negative for a signal; ``None`` while it runs."""
        if self._process is None or self.is_running():
            return None
        self.kill()
        return self._process.returncode

    def log_tail(self, lines: int = _LOG_LINES) -> str:
        """The last lines that the process printed."""
        try:
            text = self.log_file.read_text("utf-8", "backslashreplace")
        except FileNotFoundError:
            return ""
        return "\n".join(text.splitlines()[-lines:])

    async def start(self, ready: Callable[[], Awaitable[bool]], within: float) -> None:
        """Start the process and wait until ``ready`` says yes.

        Raises:
            ProviderDidNotStart: it could not be started, ended, or is not ready after ``within``
                seconds; in that case it is killed.
            RuntimeError: it runs already.
        """
        if self.is_running():
            raise RuntimeError(f"{self.name} runs already, as process {self.pid}")
        self.kill()
        self._spawn()
        try:
            await self._until_ready(ready, within)
        except BaseException:
            self.kill()
            raise

    def kill(self) -> None:
        """End the process, and what it started in its session, at once (SIGKILL).

        It is dead when this returns, and its ports are free.
        """
        process = self._process
        # A fork of this process inherits the exit handler, but the provider is not its own.
        if process is None or os.getpid() != self._owner:
            return
        if process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            if self._handed is not None:
                # In a session of its own; its server would kill it, but only later.
                self._handed.kill()
            process.wait()
        if self._handed is not None:
            self._handed.close()
            self._handed = None
        if process.stdin is not None:
            with contextlib.suppress(OSError):
                process.stdin.close()
        atexit.unregister(self.kill)

    async def stop(self, within: float = 10.0) -> bool:
        """End the process with SIGTERM, and if that has not done it ``within`` seconds, SIGKILL.

        Returns whether SIGTERM was enough.
        """
        process = self._process
        if process is None or not self.is_running():
            self.kill()
            return True
        process.send_signal(signal.SIGTERM)
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        try:
            while self.is_running():
                if loop.time() >= deadline:
                    return False
                await asyncio.sleep(_LOOK_EVERY_S)
            return True
        finally:
            self.kill()

    def _spawn(self) -> None:
        self.log_file.parent.mkdir(parents=True, exist_ok=True)
        handed = Handed() if is_stand_in(self.command) else None
        try:
            with self.log_file.open("ab") as log:
                self._process = subprocess.Popen(
                    self.command,
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    env={
                        **os.environ,
                        **self._environment,
                        **(handed.environment if handed is not None else {}),
                    },
                    pass_fds=(handed.file,) if handed is not None else (),
                )
        except OSError as wrong:
            if handed is not None:
                handed.close()
            raise ProviderDidNotStart(self.name, str(wrong), self.log_file, "") from wrong
        if handed is not None:
            handed.started()
        self._handed = handed
        atexit.register(self.kill)

    async def _until_ready(self, ready: Callable[[], Awaitable[bool]], within: float) -> None:
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while self.is_running():
            known = self._handed is None or self._handed.take()
            if await ready() and known:
                return
            if loop.time() >= deadline:
                raise self._did_not_start(f"it was not ready within {within:g} s")
            await asyncio.sleep(_LOOK_EVERY_S)
        raise self._did_not_start(f"it ended with status {self.exit_status}")

    def _did_not_start(self, why: str) -> ProviderDidNotStart:
        return ProviderDidNotStart(self.name, why, self.log_file, self.log_tail())
