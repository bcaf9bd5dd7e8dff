"""The fork server: it has imported the reference, and forks a provider for each client."""

import contextlib
import ctypes
import json
import os
import selectors
import signal
import socket
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from net119_reference import app

PLAIN = "plain"
"""The variant that is the provider as it is."""
_MAX_REQUEST = 200_000
_PR_SET_PDEATHSIG = 1


@dataclass
class Provider:
    """A forked provider and the connection of the client that stands for it."""

    pid: int
    client: socket.socket


def no_variants(name: str) -> None:
    """The provider as it is, and nothing else.

    Raises:
        LookupError: another variant is asked for.
    """
    if name != PLAIN:
        raise LookupError(f"this fork server knows no variant {name!r}")


class ForkServer:
    """The server; ``run`` returns when standard input has ended and every provider is dead.

    ``become`` is called in each fork with the variant that its client asked for.
    """

    def __init__(self, path: str, become: Callable[[str], None] = no_variants) -> None:
        self._become = become
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self._listener.bind(path)
        self._listener.listen(64)
        self._selector = selectors.DefaultSelector()
        self._providers: dict[int, Provider] = {}
        """By the client connection's file number."""
        self._woken, self._waker = os.pipe()
        for end in (self._woken, self._waker):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(self._waker)
        signal.signal(signal.SIGCHLD, lambda _number, _frame: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner ends us, also on Ctrl-C
        for source in (0, self._woken, self._listener.fileno()):
            self._selector.register(source, selectors.EVENT_READ)

    def run(self) -> None:
        """Serve until the owner has gone."""
        try:
            while True:
                ready = {key.fd for key, _events in self._selector.select()}
                if 0 in ready and not os.read(0, 1):
                    return
                if self._woken in ready:
                    self._reap()
                for number in ready & self._providers.keys():
                    self._hear(self._providers[number])
                # Last, so that a provider whose client has gone is dead, and its ports free,
                # before the next one starts.
                if self._listener.fileno() in ready:
                    self._accept()
        finally:
            for provider in tuple(self._providers.values()):
                self._end(provider)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        request, streams, _flags, _ = socket.recv_fds(client, _MAX_REQUEST, 3)
        if not request:
            client.close()
            return
        pid = os.fork()
        if pid == 0:
            os._exit(self._provider(json.loads(request), client, streams))
        for stream in streams:
            os.close(stream)
        self._providers[client.fileno()] = Provider(pid, client)
        self._selector.register(client, selectors.EVENT_READ)

    def _hear(self, provider: Provider) -> None:
        """The client passes a signal on, or has gone."""
        try:
            message = provider.client.recv(1)
        except ConnectionError:
            message = b""
        if message:
            os.kill(provider.pid, message[0])
        else:
            self._end(provider)

    def _reap(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._woken, 4096)
        for provider in tuple(self._providers.values()):
            pid, status = os.waitpid(provider.pid, os.WNOHANG)
            if pid:
                self._forget(provider, status)

    def _end(self, provider: Provider) -> None:
        # Not reaped yet, so the number is still this provider's.
        os.kill(provider.pid, signal.SIGKILL)
        _, status = os.waitpid(provider.pid, 0)
        self._forget(provider, status)

    def _forget(self, provider: Provider, status: int) -> None:
        code = os.waitstatus_to_exitcode(status)
        with contextlib.suppress(OSError):
            provider.client.send(bytes([code if code >= 0 else 128 - code]))
        del self._providers[provider.client.fileno()]
        self._selector.unregister(provider.client)
        provider.client.close()

    # --- in the child -------------------------------------------------------------------------

    def _provider(
        self, request: Mapping[str, Any], client: socket.socket, streams: Sequence[int]
    ) -> int:
        """Be the provider; returns its exit status and never raises."""
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            os.setsid()
            self._let_go(client)
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            os.environ.clear()
            os.environ.update(request["environment"])
            self._become(request["variant"])
            return app.main(request["arguments"])
        except SystemExit as end:
            return end.code if isinstance(end.code, int) else 1
        except BaseException:
            traceback.print_exc()
            return 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()

    def _let_go(self, client: socket.socket) -> None:
        signal.set_wakeup_fd(-1)
        for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_DFL)
        self._selector.close()
        self._listener.close()
        client.close()
        for provider in self._providers.values():
            provider.client.close()
        self._providers.clear()
        os.close(self._woken)
        os.close(self._waker)
