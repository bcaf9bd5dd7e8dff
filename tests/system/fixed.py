"""Commands that use the same addresses each time, one of them at a time on this machine."""

import fcntl
import os
import socket
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

WITHIN_S = 270.0
ADDRESSES = [(host, port) for host in ("127.0.0.2", "127.0.0.3") for port in (8443, 61614)]


@contextmanager
def addresses() -> Iterator[None]:
    """Have the addresses of `net119 serve` and `net119 conformance run` to oneself."""
    with (Path(tempfile.gettempdir()) / f"net119-fixed-{os.getuid()}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for address in ADDRESSES:
            wait_until_free(address)
        yield


def wait_until_free(address: tuple[str, int]) -> None:
    """Another program, or a test run beside this one, may be using it for a while."""
    deadline = time.monotonic() + WITHIN_S
    while True:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                return probe.bind(address)
            except OSError as taken:
                if time.monotonic() > deadline:
                    pytest.fail(f"{address} is in use by another program: {taken}")
        time.sleep(0.2)
