"""Takes connections for HTTPS: looks at the first message, then lets TLS begin, or says why not.

The first message is looked at and left where it is (``MSG_PEEK``), so that TLS finds it untouched.
The kernel wakes us when as much of it is there as we need (``SO_RCVLOWAT``): a client that sends
byte by byte costs no more than one that sends at once.
"""

import asyncio
import contextlib
import errno
import select
import socket
import ssl
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from net119_reference.handshakes.client_hello import (
    MOST_BYTES,
    ClientHello,
    NeedsMore,
    Strange,
    read_hello,
)
from net119_reference.handshakes.outcome import FailedHandshake, Reason, Terms, alert, reason_of
from net119_reference.logs import get_log

_AT_ONCE = 64
"""Connections taken before other work of the loop gets its turn."""
_PAUSE_S = 1.0
_LOOK_AGAIN_S = 0.1
_OUT_OF_RESOURCES = (errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM)
_PEEK = MOST_BYTES + 8
log = get_log("tls")


def log_failed(failed: FailedHandshake) -> None:
    """Tell the log of a client that did not get in, where nobody else is told."""
    log.warning("handshake failed", source=failed.source, why=failed.detail)


@dataclass(frozen=True)
class Patience:
    """Bounds of a handshake: seconds, and clients whose first message is still incomplete.

    Mobile links of the past took seconds for a round trip.  ``farewell_s`` is how long a client
    that was told why may take to close.
    """

    hello_s: float = 30.0
    handshake_s: float = 60.0
    farewell_s: float = 2.0
    waiting: int = 2000


class TlsAcceptor:
    """Accepts on a bound, listening, non-blocking socket until it is closed.

    Has the ``close`` and ``wait_closed`` of an asyncio server.

    Args:
        factory: makes the protocol of a connection whose handshake succeeded.
        plain_answer: what a client gets that speaks HTTP without TLS.
        report: told of every client that did not get in; must not raise.
    """

    def __init__(
        self,
        listening: socket.socket,
        context: ssl.SSLContext,
        factory: Callable[[], asyncio.Protocol],
        *,
        plain_answer: bytes,
        report: Callable[[FailedHandshake], None],
        patience: Patience | None = None,
    ) -> None:
        self._listening = listening
        self._context = context
        self._terms = Terms.of(context)
        self._factory = factory
        self._plain_answer = plain_answer
        self._report = report
        self.patience = patience or Patience()
        self._loop = asyncio.get_running_loop()
        self._descriptor = listening.fileno()
        self._looking: dict[_Looking, None] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._pause: asyncio.TimerHandle | None = None
        self._closed = False

    def start(self) -> None:
        """Accept from here on."""
        self._pause = None
        self._loop.add_reader(self._descriptor, self._accept)

    def close(self) -> None:
        """Accept no more; clients without a finished handshake are dropped."""
        if self._closed:
            return
        self._closed = True
        if self._pause is None:
            self._loop.remove_reader(self._descriptor)
        else:
            self._pause.cancel()
        for looking in list(self._looking):
            looking.drop()
        self._looking.clear()
        for task in self._tasks:
            task.cancel()

    async def wait_closed(self) -> None:
        """Until nothing of the handshakes under way is left."""
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def _accept(self) -> None:
        for _ in range(_AT_ONCE):
            try:
                connection, address = self._listening.accept()
            except (BlockingIOError, InterruptedError, ConnectionAbortedError):
                return
            except OSError as error:
                if error.errno not in _OUT_OF_RESOURCES:
                    raise
                # The connection stays in the queue: without a pause we would only spin.
                log.error("cannot accept", reason=error.strerror, pause_s=_PAUSE_S)
                self._loop.remove_reader(self._descriptor)
                self._pause = self._loop.call_later(_PAUSE_S, self.start)
                return
            self._begin(connection, str(address[0]))

    def _begin(self, connection: socket.socket, source: str) -> None:
        connection.setblocking(False)
        with contextlib.suppress(OSError):
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if len(self._looking) >= self.patience.waiting:
            oldest = next(iter(self._looking))
            oldest.fail(Reason.CROWDED)
        looking = _Looking(self, connection, source)
        self._looking[looking] = None
        looking.begin(self._loop, self.patience.hello_s)

    # --- what a look may come to ----------------------------------------------------------------

    def failed(
        self,
        source: str,
        reason: Reason,
        hello: ClientHello | None = None,
        error: str | None = None,
    ) -> None:
        """Report a client that did not get in."""
        self._report(FailedHandshake(source, reason, hello, error))

    def forget(self, looking: "_Looking") -> None:
        """A look has ended."""
        self._looking.pop(looking, None)

    def seen(
        self, connection: socket.socket, source: str, hello: ClientHello | Strange | None
    ) -> None:
        """Go on with a connection whose first message has been looked at, or answer it."""
        if hello is Strange.PLAIN_HTTP:
            self.failed(source, Reason.PLAIN_HTTP)
            self._run(self._say(connection, self._plain_answer))
        elif hello is Strange.GARBAGE:
            self.failed(source, Reason.NOT_TLS)
            connection.close()
        elif isinstance(hello, ClientHello):
            refusal = self._terms.refusal(hello)
            if refusal is None:
                self._run(self._shake_hands(connection, source, hello))
                return
            self.failed(source, refusal, hello)
            self._run(self._say(connection, alert(refusal, hello)))
        else:
            # OpenSSL may read it; if not, it says why.
            self._run(self._shake_hands(connection, source, None))

    def _run(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _shake_hands(
        self, connection: socket.socket, source: str, hello: ClientHello | None
    ) -> None:
        try:
            await self._loop.connect_accepted_socket(
                self._factory,
                connection,
                ssl=self._context,
                ssl_handshake_timeout=self.patience.handshake_s,
            )
        except asyncio.CancelledError:
            connection.close()
            raise
        except Exception as error:
            connection.close()
            reason, name = reason_of(error)
            self.failed(source, reason, hello, name)
            if reason is Reason.OTHER and not isinstance(error, OSError):
                log.error("handshake failed by our own fault", exc_info=error)

    async def _say(self, connection: socket.socket, answer: bytes) -> None:
        """Send a last word and let it arrive: closing with input unread would destroy it."""
        with contextlib.closing(connection), contextlib.suppress(OSError, TimeoutError):
            async with asyncio.timeout(self.patience.farewell_s):
                await self._loop.sock_sendall(connection, answer)
                connection.shutdown(socket.SHUT_WR)
                while await self._loop.sock_recv(connection, MOST_BYTES):
                    pass


class _Looking:
    """A connection whose first message has not been seen whole."""

    def __init__(self, acceptor: TlsAcceptor, connection: socket.socket, source: str) -> None:
        self._acceptor = acceptor
        self._connection = connection
        self._source = source
        self._had = 0
        self._wanted = 1
        self._loop: asyncio.AbstractEventLoop
        self._deadline: asyncio.TimerHandle
        self._later: asyncio.TimerHandle | None = None

    def begin(self, loop: asyncio.AbstractEventLoop, within_s: float) -> None:
        """Look as soon as something is there."""
        self._loop = loop
        self._deadline = loop.call_later(within_s, self.fail, Reason.TIMEOUT)
        loop.add_reader(self._connection.fileno(), self._look)

    def _look(self) -> None:
        try:
            data = self._connection.recv(_PEEK, socket.MSG_PEEK)
        except (BlockingIOError, InterruptedError):
            return
        except OSError:
            self.fail(Reason.CLOSED)
            return
        self._had = len(data)
        seen = read_hello(data)
        if not isinstance(seen, NeedsMore):
            self._hand_over(seen)
        elif not data or _is_over(self._connection):
            self.fail(Reason.CLOSED)
        else:
            # Woken too early, as by a system that heeds SO_RCVLOWAT in reading alone?
            self._wait(seen.total, spinning=len(data) < self._wanted)

    def _wait(self, total: int, *, spinning: bool) -> None:
        self._wanted = total
        if spinning:
            self._loop.remove_reader(self._connection.fileno())
            self._later = self._loop.call_later(_LOOK_AGAIN_S, self._again)
            return
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, total)

    def _again(self) -> None:
        self._later = None
        self._loop.add_reader(self._connection.fileno(), self._look)

    def _hand_over(self, seen: ClientHello | Strange) -> None:
        self._leave()
        if self._wanted > 1:
            with contextlib.suppress(OSError):
                self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVLOWAT, 1)
        self._acceptor.seen(self._connection, self._source, seen)

    def fail(self, reason: Reason) -> None:
        """End it and report why; one that closed without having sent anything wanted nothing."""
        self.drop()
        if reason is Reason.CLOSED and not self._had:
            log.debug("closed without a word", source=self._source)
            return
        self._acceptor.failed(self._source, reason)

    def drop(self) -> None:
        """End it without a word."""
        self._leave()
        self._connection.close()

    def _leave(self) -> None:
        self._deadline.cancel()
        if self._later is None:
            self._loop.remove_reader(self._connection.fileno())
        else:
            self._later.cancel()
        self._acceptor.forget(self)


def _is_over(connection: socket.socket) -> bool:
    """Whether the client has closed its side: no more than what has arrived will come."""
    poll = select.poll()
    poll.register(connection, select.POLLRDHUP)
    return bool(poll.poll(0))
