"""A command in a terminal of its own, as somebody who sits there sees it and types into it."""

import fcntl
import os
import pty
import select
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parent.parent
NET119 = str(Path(sys.executable).with_name("net119"))
"""The command as it is installed."""
ROWS, COLUMNS = 50, 160
INTERRUPT = "\x03"
"""What a terminal makes of Ctrl-C."""


class Screen:
    """What a command has shown, and the keys. ``running``: the command."""

    def __init__(self, terminal: int, running: "subprocess.Popen[bytes]") -> None:
        self._terminal = terminal
        self.running = running
        self.shown = ""
        self._read = 0

    def waits_for(self, *texts: str, within: float = 90.0) -> str:
        """Return which of these texts is shown first among what is new, and count it as read.

        Raises:
            AssertionError: none is, in so many seconds or until the command has ended.
        """
        deadline = time.monotonic() + within
        while True:
            places = {text: self.shown.find(text, self._read) for text in texts}
            found = [text for text in texts if places[text] >= 0]
            if found:
                first = min(found, key=lambda text: places[text])
                self._read = places[first] + len(first)
                return first
            left = deadline - time.monotonic()
            assert left > 0, f"none of {texts} was shown:\n{self.shown}"
            assert self._more(left), f"it ended without any of {texts}:\n{self.shown}"

    @property
    def read(self) -> str:
        """What has been read so far."""
        return self.shown[: self._read]

    def types(self, line: str) -> None:
        """Type a line, with Enter."""
        self.presses(f"{line}\n")

    def presses(self, keys: str) -> None:
        """Press keys."""
        os.write(self._terminal, keys.encode())

    def ends(self, within: float = 90.0) -> int:
        """The exit status, after all that is still shown."""
        deadline = time.monotonic() + within
        while self._more(max(0.0, deadline - time.monotonic())):
            pass
        return self.running.wait(max(1.0, deadline - time.monotonic()))

    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, as a shell leaves it."""
        return bool(termios.tcgetattr(self._terminal)[3] & termios.ECHO)

    def _more(self, within: float) -> bool:
        """Take what is shown next; False once nothing can come any more."""
        if not select.select([self._terminal], [], [], within)[0]:
            return False
        try:
            data = os.read(self._terminal, 65536)
        except OSError:  # the command, the last to have it open, is gone
            return False
        self.shown += data.decode("utf-8", "replace").replace("\r\n", "\n")
        return bool(data)


@contextmanager
def at_terminal(*command: str) -> Iterator[Screen]:
    """A command in a terminal, which is the one that Ctrl-C comes from."""
    person, terminal = pty.openpty()
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
    running = subprocess.Popen(
        # A session of its own, whose controlling terminal is the one given as standard input.
        ["setsid", "--ctty", *command],
        stdin=terminal,
        stdout=terminal,
        stderr=terminal,
        cwd=ROOT,
        env=_environment(),
    )
    os.close(terminal)
    try:
        yield Screen(person, running)
    finally:
        if running.poll() is None:
            running.kill()
        running.wait()
        os.close(person)


def _environment() -> dict[str, str]:
    dropped: Sequence[str] = ("NET119_LANG", "COLUMNS", "LINES", "NO_COLOR", "FORCE_COLOR")
    kept = {name: value for name, value in os.environ.items() if name not in dropped}
    return kept | {"TERM": "xterm", "PYTHONPATH": str(ROOT)}
