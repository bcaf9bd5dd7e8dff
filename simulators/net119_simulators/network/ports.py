"""Ports for servers that nobody else takes, also between parallel test runs on one machine."""

import contextlib
import fcntl
import os
import random
import socket
import tempfile
from pathlib import Path

# Below the range that Linux gives to outgoing connections (32768 and up), so that a killed
# provider finds its port still free when it is started again.
_FIRST, _LAST = 20_000, 32_000


class NoFreePort(RuntimeError):
    """No port could be had on an address."""

    def __init__(self, address: str, reason: str) -> None:
        super().__init__(
            f"no free port on {address} ({reason}); "
            "give fixed ports, or stop what listens between 20000 and 32000"
        )


class FreePorts:
    """Hands out ports and keeps them from other holders of this class until it is closed.

    A port is held by a lock on a file in the temporary folder, which the system lets go of when
    the process ends, however it ends.
    """

    def __init__(self) -> None:
        self._locks: list[int] = []
        self._folder = Path(tempfile.gettempdir()) / f"net119-ports-{os.getuid()}"
        self._folder.mkdir(mode=0o700, exist_ok=True)

    def take(self, address: str) -> int:
        """A port nobody listens on at this address.

        Raises:
            NoFreePort: there is none, or the address is not one of this machine's.
        """
        reason = "all ports tried are in use"
        for port in random.sample(range(_FIRST, _LAST), 400):
            lock = os.open(self._folder / str(port), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                with socket.socket() as probe:
                    probe.bind((address, port))
            except OSError as wrong:
                os.close(lock)
                reason = wrong.strerror or str(wrong)
                continue
            self._locks.append(lock)
            return port
        raise NoFreePort(address, reason)

    def close(self) -> None:
        """Let all ports go."""
        while self._locks:
            with contextlib.suppress(OSError):
                os.close(self._locks.pop())
