"""Our STOMP endpoint: listens, decides by the source address who is there, and serves them."""

import asyncio
import contextlib
import socket
import ssl
from collections import Counter
from collections.abc import Callable, Sequence

from net119_protocol.api.admin import PeerOperator
from net119_protocol.stomp import ServerEvent

from net119_reference.config import Config
from net119_reference.logs import get_log
from net119_reference.ports import ProviderService
from net119_reference.stomp_shell.bounds import Bounds
from net119_reference.stomp_shell.caller_queue import CallerQueue
from net119_reference.stomp_shell.endpoint_connection import EndpointConnection
from net119_reference.stomp_shell.identity import NotServed, identify, plain_address
from net119_reference.stomp_shell.refusal import RefusingProtocol
from net119_reference.stomp_shell.wire import SHUTDOWN_S, Wire
from net119_reference.tls import stomp_server_context

ACCEPT_PAUSE_S = 0.2
"""Pause after the system could not accept a connection (no free file descriptor, for instance)."""

log = get_log("stomp.endpoint")


class ListenFailed(Exception):
    """The endpoint cannot listen; ``what``, ``where`` and ``what_to_do`` are for the operator."""

    def __init__(self, what: str, where: str, what_to_do: str) -> None:
        super().__init__(f"{where}: {what}. {what_to_do}")
        self.what = what
        self.where = where
        self.what_to_do = what_to_do


class EndpointServer:
    """The endpoint of a provider at ``stomp.host``:``stomp.port``, TLS 1.2 or later.

    A peer is who its source address says (design: "Interface B"); anybody else gets one ERROR.
    ``on_connected`` is called with the code of every peer that opens a session.
    """

    def __init__(
        self,
        service: ProviderService,
        config: Config,
        bounds: Bounds | None = None,
        on_connected: Callable[[str], None] | None = None,
    ) -> None:
        self._service = service
        self._config = config
        self._bounds = bounds or Bounds()
        self._on_connected = on_connected
        self._queues: dict[str, CallerQueue] = {}
        self._connections: dict[EndpointConnection, asyncio.Task[None]] = {}
        self._sockets: Counter[str] = Counter()  # by source address, from the first moment on
        self._tasks: set[asyncio.Task[None]] = set()
        self._listener: socket.socket | None = None
        self._accepting: asyncio.Task[None] | None = None
        self._context: ssl.SSLContext | None = None

    @property
    def port(self) -> int:
        """The port it listens on; the configured one before ``start``."""
        if self._listener is None:
            return self._config.stomp.port
        return int(self._listener.getsockname()[1])

    async def start(self) -> None:
        """Listen.

        Raises:
            TlsError: certificate, key or CA cannot be used.
            ListenFailed: address or port cannot be used.
        """
        if self._listener is not None:
            return
        self._context = stomp_server_context(self._config)
        self._listener = _listener(self._config.stomp.host, self._config.stomp.port)
        self._accepting = asyncio.create_task(self._accept(self._listener), name="stomp-accept")
        log.info("endpoint-listens", host=self._config.stomp.host, port=self.port)

    async def stop(self) -> None:
        """Accept no more, give the receipts that are due, close everything within a time limit."""
        if self._accepting is not None:
            self._accepting.cancel()
            await asyncio.gather(self._accepting, return_exceptions=True)
            self._accepting = None
        if self._listener is not None:
            self._listener.close()
            self._listener = None
        for connection in self._connections:
            connection.wire.hold("stopping")
        await asyncio.gather(*(queue.stop() for queue in self._queues.values()))
        served = [each for each in self._connections if each.wire.transport is not None]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self._config.timers.stop_s * 0.6):
                await asyncio.gather(*(each.stop() for each in served))
                await asyncio.gather(*(each.wire.lost() for each in served))
        for connection in served:
            if connection.wire.transport is not None:
                log.warning("connection-cut", peer=connection.peer.operator)
                connection.wire.abort()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await asyncio.gather(*(queue.stop() for queue in self._queues.values()))
        self._queues.clear()
        await asyncio.sleep(0)  # transports close their sockets in the next turn of the loop

    def wake(self, peer: str) -> None:
        """There is something in this peer's queue."""
        queue = self._queues.get(peer)
        if queue is not None:
            queue.wake()

    def operators_changed(self, peers: Sequence[PeerOperator]) -> None:
        """The list of peers was replaced: who is no longer in it, or elsewhere, is cut off."""
        known = {(peer.operator, peer.address) for peer in peers}
        for connection in tuple(self._connections):
            if (connection.peer.operator, connection.peer.address) not in known:
                log.info("operator-removed", peer=connection.peer.operator)
                connection.wire.close()

    # --- accepting ----------------------------------------------------------------------------

    async def _accept(self, listener: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                sock, address = await loop.sock_accept(listener)
            except OSError as failure:
                log.warning("accept-failed", reason=failure.strerror)
                await asyncio.sleep(ACCEPT_PAUSE_S)
                continue
            source = plain_address(address[0])
            if self._too_many(source):
                sock.close()
                self._service.note_refused(
                    "B", source, "too-many-connections", "closed before TLS: too many sockets"
                )
                continue
            self._sockets[source] += 1
            task = asyncio.create_task(self._serve(sock, source), name=f"stomp-{source}")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def _too_many(self, source: str) -> bool:
        return (
            self._sockets[source] >= 2 * self._bounds.connections
            or self._sockets.total() >= self._bounds.sockets
        )

    async def _serve(self, sock: socket.socket, source: str) -> None:
        try:
            peer = self._who(source)
            if isinstance(peer, NotServed):
                await self._turn_away(sock, source, peer)
            else:
                await self._attend(sock, source, peer)
        except Exception:
            log.exception("connection-failed", source=source)
        finally:
            self._sockets -= Counter([source])

    def _who(self, source: str) -> PeerOperator | NotServed:
        peer = identify(source, self._service.peers())
        if isinstance(peer, NotServed):
            return peer
        mine = sum(each.peer.operator == peer.operator for each in self._connections)
        if mine >= self._bounds.connections:
            return NotServed(
                "too-many-connections",
                f"This peer has {mine} connections, the most allowed. Close one first.",
            )
        return peer

    async def _turn_away(self, sock: socket.socket, source: str, why: NotServed) -> None:
        self._service.note_refused("B", source, why.code, why.text)
        protocol = RefusingProtocol(why.code, why.text, self._bounds.linger_s)
        try:
            if await self._connect(sock, source, protocol):
                await protocol.finished()
        finally:
            protocol.abort()

    async def _attend(self, sock: socket.socket, source: str, peer: PeerOperator) -> None:
        connection = EndpointConnection(
            self._service,
            self._config,
            self._bounds,
            peer,
            self._queue_of(peer.operator),
            self._on_connected,
        )
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - this is a coroutine of a task
        self._connections[connection] = task
        try:
            if await self._connect(sock, source, connection.wire, peer.operator):
                await connection.run()
        finally:
            del self._connections[connection]
            connection.kill()

    def _queue_of(self, peer: str) -> CallerQueue:
        queue = self._queues.get(peer)
        if queue is None:
            queue = self._queues[peer] = CallerQueue(self._service, peer, self._bounds)
        return queue

    async def _connect(
        self,
        sock: socket.socket,
        source: str,
        protocol: Wire[ServerEvent] | RefusingProtocol,
        operator: str = "",
    ) -> bool:
        """Do the TLS handshake; whether it worked.

        A certificate that is not accepted is told under the ``operator`` at that address, who can
        mend it.
        """
        assert self._context is not None  # noqa: S101 - set before anything is accepted
        loop = asyncio.get_running_loop()
        try:
            await loop.connect_accepted_socket(
                lambda: protocol,
                sock,
                ssl=self._context,
                ssl_handshake_timeout=self._bounds.hello_s,
                ssl_shutdown_timeout=SHUTDOWN_S,
            )
        except ssl.SSLCertVerificationError as failure:
            text = f"the client certificate of {source} is not accepted: {failure.verify_message}"
            self._service.note_refused("B", operator or source, "certificate-refused", text)
            return False
        except OSError as failure:  # TLS errors, aborts and time-outs are among these
            reason = failure.strerror or getattr(failure, "reason", None) or str(failure)
            self._service.note_refused("B", source, "tls-failed", f"no TLS session: {reason}")
            return False
        return True


def _listener(host: str, port: int) -> socket.socket:
    address = "127.0.0.1" if host == "localhost" else host
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    try:
        listener = socket.create_server((address, port), family=family, backlog=256)
    except OSError as failure:
        raise ListenFailed(
            f"cannot listen on {host} port {port} ({failure.strerror})",
            "stomp.host and stomp.port",
            "Stop whatever uses the port, or set another address or port",
        ) from None
    listener.setblocking(False)
    return listener
