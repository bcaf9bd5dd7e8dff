"""Processes that a test has started, found by a mark in their environment."""

import contextlib
import os
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import psutil

MARK = "NET119_TEST_MARK"
LOOK_EVERY_S = 0.02


class Marked:
    """A command and every process that comes of it, however far removed.

    ``environment`` is laid over this process's. Used as a context: at the end all that is left is
    killed, each by its number.
    """

    def __init__(
        self, command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
    ) -> None:
        self._mark = secrets.token_hex(12)
        self.output = folder / "output.txt"
        (folder / "tmp").mkdir()
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=folder,
                # Its group is what a terminal's Ctrl-C would reach.
                start_new_session=True,
                env={
                    **_clean_environment(),
                    **(environment or {}),
                    MARK: self._mark,
                    "TMPDIR": str(folder / "tmp"),
                },
            )

    def __enter__(self) -> "Marked":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        for process in self.alive():
            with contextlib.suppress(psutil.NoSuchProcess):
                process.kill()

    def alive(self) -> list[psutil.Process]:
        """All marked processes that have not ended."""
        return list(self._marked())

    def runs(self, *words: str) -> bool:
        """Whether a marked process has all these words in its command line."""
        return any(
            all(any(word in part for part in line) for word in words)
            for line in map(_command_line, self.alive())
        )

    def wait_until(self, there: Callable[[], bool], what: str, within: float) -> None:
        """Wait for something that the command does; AssertionError if it ends or takes too long."""
        waited = 0.0
        while not there():
            assert waited < within, f"no {what} within {within:g} s\n{self.said()}"
            with contextlib.suppress(subprocess.TimeoutExpired):
                status = self.process.wait(LOOK_EVERY_S)
                assert there(), f"ended with {status} before {what}\n{self.said()}"
            waited += LOOK_EVERY_S

    def wait_until_all_ended(self, within: float) -> list[str]:
        """Command lines of what is left after this many seconds: none, if all is well."""
        # By its own object, which must learn its exit status before anybody else asks for it.
        with contextlib.suppress(subprocess.TimeoutExpired):
            self.process.wait(within)
        left = self.alive()
        # What ends may have started something just before.
        while left:
            _, alive = psutil.wait_procs(left, within)
            if alive:
                return [" ".join(_command_line(each)) for each in alive]
            left = self.alive()
        return []

    def said(self) -> str:
        """What the command printed."""
        return self.output.read_text("utf-8", "replace")

    def _marked(self) -> Iterator[psutil.Process]:
        wanted = f"{MARK}={self._mark}".encode()
        for process in psutil.process_iter():
            with contextlib.suppress(OSError, psutil.Error):
                environment = Path(f"/proc/{process.pid}/environ").read_bytes()
                if wanted in environment.split(b"\0"):
                    yield process


def _clean_environment() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if not name.startswith(("NET119_", "PYTEST_"))
    }


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except psutil.Error:
        return []
