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
_STREAMS = 3
"""Standard input, output and error; after them, a client may send one more file, see `_hand_over`.
"""
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
        self._listener.setblocking(False)
        self._selector = selectors.DefaultSelector()
        self._providers: dict[int, Provider] = {}
        """By the client connection's file number."""
        self._asking: dict[int, socket.socket] = {}
        """Clients that have connected and not asked yet, by the same."""
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
                for number in ready & self._asking.keys():
                    self._begin(self._asking[number])
                if self._listener.fileno() in ready:
                    self._accept()
        finally:
            for provider in tuple(self._providers.values()):
                self._end(provider)

    def _accept(self) -> None:
        try:
            client, _ = self._listener.accept()
        except (BlockingIOError, ConnectionError):
            return
        client.setblocking(False)
        self._asking[client.fileno()] = client
        self._selector.register(client, selectors.EVENT_READ)

    def _begin(self, client: socket.socket) -> None:
        """Start what a client asks for."""
        try:
            request, files, _flags, _ = socket.recv_fds(client, _MAX_REQUEST, _STREAMS + 1)
        except BlockingIOError:
            return
        except ConnectionError:
            request, files = b"", []
        del self._asking[client.fileno()]
        if not request or len(files) < _STREAMS:
            self._selector.unregister(client)
            client.close()
            _close(files)
            return
        pid = os.fork()
        if pid == 0:
            os._exit(self._provider(request, client, files))
        for owner in files[_STREAMS:]:
            _hand_over(pid, owner)
        _close(files)
        self._providers[client.fileno()] = Provider(pid, client)

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

    def _provider(self, asked: bytes, client: socket.socket, files: Sequence[int]) -> int:
        """Be the provider; returns its exit status and never raises."""
        try:
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
            os.setsid()
            self._let_go(client)
            for number, stream in enumerate(files[:_STREAMS]):
                os.dup2(stream, number)
            _close(files)
            request: Mapping[str, Any] = json.loads(asked)
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
        for other in (*(each.client for each in self._providers.values()), *self._asking.values()):
            other.close()
        self._providers.clear()
        self._asking.clear()
        os.close(self._woken)
        os.close(self._waker)


def _hand_over(pid: int, owner: int) -> None:
    """Tell whoever owns a provider, at the socket of this file number, which process it is.

    The pidfd is opened here, before the provider can have been buried: a number alone could be
    another's by the time that it arrives.
    """
    with contextlib.suppress(OSError):
        pidfd = os.pidfd_open(pid)
        try:
            with socket.socket(fileno=os.dup(owner)) as to:
                to.setblocking(False)
                socket.send_fds(to, [str(pid).encode()], [pidfd])
        finally:
            os.close(pidfd)


def _close(files: Sequence[int]) -> None:
    for each in files:
        os.close(each)
