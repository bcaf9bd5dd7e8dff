"""The fork server as its users see it."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLIENT = Path(__file__).with_name("forkclient.py")
READY = "ready"
"""What the server says once it serves."""


@dataclass(frozen=True)
class Forks:
    """A running fork server."""

    socket: Path
    process: subprocess.Popen[str]

    def command(self, mutant: str) -> tuple[str, ...]:
        """What starts a provider with this mutant's defect."""
        return (sys.executable, "-S", "-E", str(CLIENT), str(self.socket), mutant)


@contextmanager
def fork_server() -> Iterator[Forks]:
    """Start a fork server; it ends with this block, or with this process however that ends."""
    with tempfile.TemporaryDirectory(prefix="net119-forks-") as folder:
        socket = Path(folder) / "socket"
        process = subprocess.Popen(
            (sys.executable, "-m", "tests.mutants.forkserver", str(socket)),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            start_new_session=True,
            text=True,
            cwd=ROOT,
        )
        with process:
            if process.stdin is None or process.stdout is None:
                raise AssertionError("the server was started with pipes")
            try:
                said = process.stdout.readline().strip()
                if said != READY:
                    raise RuntimeError(f"the fork server did not start; it said {said!r}")
                yield Forks(socket, process)
            finally:
                # Its end of input is the server's signal to end.
                process.stdin.close()
                process.wait(timeout=20)
