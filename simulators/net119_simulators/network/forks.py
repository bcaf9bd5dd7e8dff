"""Providers that take milliseconds to start: forked from a process that has imported all of it.

Importing the reference takes a processor two seconds, and reading the municipalities another.  A
fork server does both once; each provider is a fork of it, with a command line, configuration, data,
log and end of its own, and is killed like any other process.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from net119_simulators.errors import SimulatorError

CLIENT = Path(__file__).with_name("forkclient.py")
REFERENCE_FORKS = (sys.executable, "-m", "net119_reference.forks")
"""The fork server of the reference; the path of its socket follows."""
PLAIN = "plain"
"""The variant of a server that knows no other: the provider as it is."""
READY = "ready"
"""What a server says once it serves."""
_END_S = 20.0
_LONGEST_FOLDER = 60
"""A socket's path has 107 characters at most."""


class ForkServerDidNotStart(SimulatorError):
    """The fork server ended, or said something else than that it is ready."""


class Forks:
    """A fork server: ``start`` it, ``wait_until_ready``, and ``stop`` it; see `fork_server`.

    ``command`` is followed by the path of a socket; the server runs in ``folder`` (default: where
    this process does). It ends with this process, however that ends, and its providers with it.
    """

    def __init__(
        self, command: Sequence[str] = REFERENCE_FORKS, *, folder: Path | None = None
    ) -> None:
        self._command = tuple(command)
        self._folder = folder
        self._place: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[str] | None = None

    @property
    def process(self) -> subprocess.Popen[str]:
        """The server's process. Raises RuntimeError if it was not started."""
        if self._process is None:
            raise RuntimeError("the fork server was not started")
        return self._process

    def command(self, variant: str = PLAIN) -> tuple[str, ...]:
        """What starts a provider of this variant, instead of ``python -m net119_reference``.

        Raises RuntimeError if the server was not started.
        """
        return (sys.executable, "-S", "-E", str(CLIENT), str(self._socket()), variant)

    def start(self) -> None:
        """Begin to start it; it takes some seconds, in which other things can be done."""
        usual = tempfile.gettempdir()
        self._place = tempfile.TemporaryDirectory(
            prefix="net119-forks-",
            dir=usual if len(usual) <= _LONGEST_FOLDER else "/tmp",  # noqa: S108  # in a folder of its own
        )
        self._process = subprocess.Popen(
            (*self._command, str(self._socket())),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
            cwd=self._folder,
        )

    def wait_until_ready(self) -> None:
        """Return once providers can be started; to be called once.

        Raises:
            ForkServerDidNotStart: it ended before; what it printed is on standard error.
        """
        said = _pipe(self.process.stdout).readline().strip()
        if said != READY:
            raise ForkServerDidNotStart(
                f"the fork server did not start; it said {said!r}",
                " ".join(self._command),
                "see what it printed",
            )

    def stop(self) -> None:
        """End it and what it forked; may be called again, and before it was started."""
        process, place = self._process, self._place
        self._place = None
        if process is not None:
            # Its end of input is the server's signal to end.
            _pipe(process.stdin).close()
            try:
                process.wait(_END_S)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            _pipe(process.stdout).close()
        if place is not None:
            place.cleanup()

    def _socket(self) -> Path:
        if self._place is None:
            raise RuntimeError("the fork server was not started")
        return Path(self._place.name) / "socket"


def is_stand_in(command: Sequence[str]) -> bool:
    """Whether a command starts what only stands for a forked provider; see `Forks.command`."""
    return str(CLIENT) in command


@contextmanager
def fork_server(
    command: Sequence[str] = REFERENCE_FORKS, *, folder: Path | None = None
) -> Iterator[Forks]:
    """A fork server that is ready, for the length of this block; arguments as of `Forks`.

    Raises:
        ForkServerDidNotStart: it is not ready; what it printed is on this process's standard error.
    """
    forks = Forks(command, folder=folder)
    try:
        forks.start()
        forks.wait_until_ready()
        yield forks
    finally:
        forks.stop()


def _pipe(pipe: IO[str] | None) -> IO[str]:
    if pipe is None:
        raise AssertionError("the server was started with pipes")
    return pipe
