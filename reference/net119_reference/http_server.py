"""The HTTP server inside the provider's own event loop: uvicorn without its signal handling."""

import asyncio
import contextlib
import errno
import functools
import socket
import ssl
from collections.abc import Callable, Iterator
from typing import Any, TypeAlias

import uvicorn
from net119_protocol.codes import LinkSecurity
from starlette.types import ASGIApp
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from net119_reference.config import Config
from net119_reference.direct_socket import DirectSocket
from net119_reference.handshakes import FailedHandshake, TlsAcceptor, log_failed
from net119_reference.web.link import DOOR_KEY, LINK_KEY, Door, Link
from net119_reference.web.needs_https import whole_response

WIRE_FRAME_LIMIT = 1024 * 1024
"""WebSocket frames above this are cut off by the server; below, the application answers."""
_BACKLOG = 2048
_LINGER_S = 0.25
_MakeAcceptor: TypeAlias = Callable[[Callable[[], asyncio.Protocol]], TlsAcceptor]


class CannotListen(Exception):
    """An address cannot be bound; ``what``, ``where`` and ``what_to_do`` are for the operator."""

    def __init__(self, section: str, host: str, port: int, error: OSError) -> None:
        self.where = f"{section}.host and {section}.port ({host}:{port})"
        if error.errno == errno.EADDRINUSE:
            self.what = f"port {port} of {host} is in use by another program"
            self.what_to_do = f"Stop that program, or choose another {section}.port"
        elif error.errno == errno.EADDRNOTAVAIL:
            self.what = f"this machine does not have the address {host}"
            self.what_to_do = "Use 127.0.0.1 or another 127.x address"
        elif error.errno in (errno.EACCES, errno.EPERM):
            self.what = f"port {port} may not be used by this user"
            self.what_to_do = "Choose a port above 1023"
        else:
            self.what = f"cannot listen there: {error.strerror or error}"
            self.what_to_do = "Check address and port"
        super().__init__(f"{self.where}: {self.what}. {self.what_to_do}")


def bind(section: str, host: str, port: int) -> socket.socket:
    """A bound TCP socket, not yet listening.

    Raises:
        CannotListen: the port is in use, or the address is not this machine's.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    bound = socket.socket(family, socket.SOCK_STREAM)
    try:
        # Else a port stays unusable for a minute after a restart.
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind((host, port))
        # Two processes may both bind a port that nobody listens on yet: claim it now.
        bound.listen(_BACKLOG)
        bound.setblocking(False)
    except OSError as error:
        bound.close()
        raise CannotListen(section, host, port, error) from None
    return bound


class HttpServer:
    """Serves an application on a bound socket until it is closed.

    Args:
        context: for HTTPS; without one, plain HTTP is served.
        report: told of every client that did not get in.
        door: by which door the clients of this socket come.
    """

    def __init__(
        self,
        app: ASGIApp,
        config: Config,
        bound: socket.socket,
        context: ssl.SSLContext | None,
        report: Callable[[FailedHandshake], None] = log_failed,
        *,
        door: Door = Door.MAIN,
    ) -> None:
        self._socket = bound
        self.port: int = bound.getsockname()[1]
        self._acceptor: _MakeAcceptor | None = None
        if context is not None:
            page = whole_response(config.public_url)
            self._acceptor = functools.partial(
                TlsAcceptor, bound, context, plain_answer=page, report=report
            )
        ping = config.timers.ws_ping_s
        self._server = _Server(
            uvicorn.Config(
                app,
                http=_LinkedProtocol,
                ws=DirectSocket,
                ws_max_size=WIRE_FRAME_LIMIT,
                ws_per_message_deflate=False,
                ws_ping_interval=ping,
                ws_ping_timeout=ping,
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                # Nothing stands before this server; believing X-Forwarded-For would let anybody
                # claim to be a loopback client.
                proxy_headers=False,
                timeout_graceful_shutdown=max(1, int(config.timers.stop_s / 2)),
            ),
            door,
        )
        self._ticker: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Accept connections from here on."""
        await self._server.open(self._socket, self._acceptor)
        self._ticker = asyncio.create_task(self._server.main_loop(), name="http-ticker")

    async def stop(self) -> None:
        """Stop accepting, close WebSockets with 1012, finish the requests under way."""
        if self._ticker is None:
            self._socket.close()
            return
        self._server.should_exit = True
        await self._ticker
        cutting = asyncio.create_task(self._server.cut_unanswered(), name="http-linger")
        try:
            await self._server.shutdown(sockets=[self._socket])
        finally:
            cutting.cancel()


class _LinkedProtocol(HttpToolsProtocol):
    """HTTP that tells each scope, and those of its WebSocket, how the connection is protected."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn itself narrows it
        super().connection_made(transport)
        self.app_state = {**self.app_state, LINK_KEY: self._link(transport)}

    def _link(self, transport: asyncio.Transport) -> Link:
        door: Door = self.app_state[DOOR_KEY]
        secured = transport.get_extra_info("ssl_object")
        if secured is None:
            inside = door is Door.LOCAL
            return Link(LinkSecurity.ENCRYPTED if inside else LinkSecurity.PLAINTEXT, door=door)
        cipher = secured.cipher()
        name = cipher[0] if cipher else None
        return Link(LinkSecurity.ENCRYPTED, secured.version(), name, door)


class _Server(uvicorn.Server):
    def __init__(self, config: uvicorn.Config, door: Door) -> None:
        super().__init__(config)
        self._door = door

    async def open(self, bound: socket.socket, acceptor: _MakeAcceptor | None) -> None:
        """Serve ``bound``, through the acceptor that ``acceptor`` makes if there is one."""
        if not self.config.loaded:
            self.config.load()
        self.lifespan = self.config.lifespan_class(self.config)
        self.lifespan.state[DOOR_KEY] = self._door
        if acceptor is None:
            await self.startup(sockets=[bound])
            return
        await self.lifespan.startup()
        accepting = acceptor(self._protocol)
        accepting.start()
        # What uvicorn does with its servers is to close them and to wait for that.
        self.servers = [accepting]  # type: ignore[list-item]  # has what uvicorn uses of a server
        self.started = True

    def _protocol(self) -> asyncio.Protocol:
        return _LinkedProtocol(
            config=self.config, server_state=self.server_state, app_state=self.lifespan.state
        )

    async def cut_unanswered(self) -> None:
        """Cut the connections whose closing the other side leaves unanswered, until cancelled.

        A client that keeps an idle connection does not read it, and so does not confirm the end
        of TLS; waiting for it would only delay the stop.
        """
        closing: set[Any] = set()
        while True:
            await asyncio.sleep(_LINGER_S)
            still = {each for each in self.server_state.connections if _is_closing(each)}
            for connection in still & closing:
                connection.transport.abort()
            closing = still

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        # Signals belong to the whole process, not to one of its servers.
        yield


def _is_closing(connection: Any) -> bool:
    transport: asyncio.Transport | None = connection.transport
    return (
        transport is not None and transport.is_closing() and transport.get_write_buffer_size() == 0
    )
