"""The provider that a stand-in stands for: handed over by the fork server that forked it.

A fork is no child of the one who asked for it. What is handed over is a pidfd (pidfd_open(2)),
opened by the process that has to bury the provider: unlike a number, it never becomes another's.
"""

import contextlib
import os
import select
import signal
import socket

from net119_simulators.network.forkclient import HANDOVER

_HAND_OVER_S = 10.0
"""How long a fork server may take to read a request, once the stand-in is dead."""
_PID_OCTETS = 32


class Handed:
    """Where a provider is handed over to, and the provider once it was; to be closed.

    ``environment`` and ``file`` are for the stand-in's process, to which ``file`` is passed;
    `started` is to be called once that runs.
    """

    def __init__(self) -> None:
        self._ours, self._theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.file = self._theirs.fileno()
        self.environment = {HANDOVER: str(self.file)}
        self._pidfd: int | None = None
        self.pid: int | None = None
        """The provider's number; None until it was taken."""

    def started(self) -> None:
        """The stand-in has its own copy: if all others close theirs, nobody will hand over."""
        self._theirs.close()

    def take(self, within: float = 0.0) -> bool:
        """Whether the provider is known, which is waited for so many seconds at most."""
        if self._pidfd is not None:
            return True
        self._ours.settimeout(within)
        try:
            said, files, _flags, _ = socket.recv_fds(self._ours, _PID_OCTETS, 1)
        except (TimeoutError, BlockingIOError):
            return False
        if not said or not files:
            return False
        self._pidfd, self.pid = files[0], int(said)
        return True

    def kill(self) -> None:
        """Kill the provider and what is in its session, and return once it is dead.

        To be called when the stand-in is dead, or about to be: one whose request was not read yet
        is waited for.
        """
        if not self.take(_HAND_OVER_S) or self._pidfd is None or self.pid is None:
            return
        if not self._dead(0.0):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.pid, signal.SIGKILL)
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self._dead(None)

    def close(self) -> None:
        """Let go of it; may be called again."""
        self._ours.close()
        self._theirs.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def _dead(self, within: float | None) -> bool:
        """Whether it has ended, be it not buried yet; waits so long, or until it has (None)."""
        if self._pidfd is None:
            return True
        look = select.poll()
        look.register(self._pidfd, select.POLLIN)
        return bool(look.poll(None if within is None else within * 1000))
