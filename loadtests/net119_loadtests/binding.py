"""Whether a master can wait for its workers at an address, and a worker reach its master."""

import socket
import time
from collections.abc import Callable
from typing import Any

from net119_loadtests.errors import LoadError

_TRY_S = 2.0
_PAUSE_S = 0.5


def check_bind(host: str, port: int) -> None:
    """Whether this process may listen at that address (port 0: at any).

    Raises:
        LoadError: it may not; with the reason.
    """
    where = f"--bind {host}:{port}"
    found = _addresses(host, port, where, "Give an address of this machine")
    family, kind, protocol, _, address = found[0]
    with socket.socket(family, kind, protocol) as probe:
        # As the master does: an address that was left a moment ago is free.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
            probe.listen()
        except OSError as error:
            raise LoadError(
                f"no master can wait for workers here: {error.strerror or error}",
                where,
                "Give a free port and an address of this machine",
            ) from error


def reach_master(
    host: str,
    port: int,
    waiting: Callable[[], None],
    *,
    within_s: float,
    pause: Callable[[float], None] = time.sleep,
) -> None:
    """Return once a master listens there; ``waiting`` is called once if it does not at first.

    Raises:
        LoadError: the host is not known, or nobody listens there within that time.
    """
    where = f"--worker {host}:{port}"
    _addresses(host, port, where, "Give the address at which net119 load run --master waits")
    until = time.monotonic() + within_s
    told = False
    while True:
        try:
            socket.create_connection((host, port), timeout=_TRY_S).close()
        except OSError as error:
            if time.monotonic() >= until:
                raise LoadError(
                    f"no master there within {within_s:g} s: {error.strerror or error}",
                    where,
                    "Start net119 load run --master with --bind at this address, which waits there "
                    "once all callers are registered; or give --wait more time",
                ) from error
        else:
            return
        if not told:
            told = True
            waiting()
        pause(min(_PAUSE_S, max(0.0, until - time.monotonic())))


def _addresses(host: str, port: int, where: str, what_to_do: str) -> list[Any]:
    """What `socket.getaddrinfo` finds; raises LoadError."""
    try:
        return list(socket.getaddrinfo(host, port, type=socket.SOCK_STREAM))
    except (OSError, UnicodeError) as error:
        raise LoadError(f"this host is not known: {error}", where, what_to_do) from error
