"""Connections of many simulated handsets and consoles on one asyncio loop.

One callback for each frame (picows) in place of a task or a thread for each connection: what that
saves is measured by ``benchmarks/handset_links.py``.
"""

import asyncio
import contextlib
import itertools
import json
import socket
import ssl
import uuid
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
from net119_protocol.api.operations import operation
from net119_simulators.safety import check_target
from picows import WSError, WSFrame, WSListener, WSMsgType, WSTransport, ws_connect
from picows.url import WSParsedURL

from net119_loadtests.plan import CHAT, Plan
from net119_loadtests.stage import Failed, Refused

Frame = dict[str, Any]

_CALL = operation("call")
_OPEN_S = 15.0
_LARGEST_FRAME = 64 * 1024 * 1024
_FIRST_RETRY_S = 0.1
_LAST_RETRY_S = 2.0
_POSTS_AT_ONCE = 32
_KEPT_S = 2.0
"""A connection that is idle for longer is not used again. Servers close theirs after some 5 s: who
waits as long meets connections that are just being closed."""
_SMALL_BUFFER = 4096
_SMALL_SEGMENT = 536
"""The least that every link must carry (RFC 9293)."""


class Target:
    """The provider: its address, the one TLS context, and the addresses that we call from.

    Raises:
        SafetyInterlock: the host is neither loopback nor declared to be a test system.
    """

    def __init__(self, plan: Plan) -> None:
        check_target(plan.base_url, plan.declared_test_hosts)
        parts = urlsplit(plan.base_url)
        secure = parts.scheme == "https"
        self.tls = context_of(plan.ca_pem) if secure else None
        host = parts.hostname or ""
        host = f"[{host}]" if ":" in host else host
        self._sockets = (
            f"{'wss' if secure else 'ws'}://{host}:{parts.port or (443 if secure else 80)}"
        )
        self._bare = plan.bare
        self._sources = itertools.cycle(plan.sources) if plan.sources else None
        self._slots = asyncio.Semaphore(_POSTS_AT_ONCE)
        self._http = httpx.AsyncClient(
            base_url=plan.base_url,
            verify=self.tls if self.tls is not None else False,
            timeout=_OPEN_S,
            limits=httpx.Limits(max_connections=_POSTS_AT_ONCE, keepalive_expiry=_KEPT_S),
            trust_env=False,
        )

    async def close(self) -> None:
        """Close what is kept open between requests."""
        await self._http.aclose()

    async def post(self, path: str, token: str, body: Frame, status: int) -> Frame:
        """POST a JSON body, which may be said twice, and return the JSON answer.

        Raises:
            Refused: another status than expected.
            Failed: no JSON, or no connection.
        """
        try:
            # httpx looks through all that wait whenever one is done: with thousands it does
            # nothing else any more. So they wait here.
            async with self._slots:
                answer = await self._posted(path, token, body)
        except httpx.HTTPError as error:
            raise Failed(f"POST {path}: {_reason(error)}") from error
        if answer.status_code != status:
            raise Refused(
                f"POST {path}: status {answer.status_code}: {answer.content[:300]!r}",
                answer.content,
            )
        return parsed(answer.content)

    async def place(self, token: str, body: Frame) -> Frame:
        """Place a call and return the answer; raises Failed."""
        if self._bare:
            call_id = str(uuid.uuid4())
            return {"call": {"callId": call_id}, "chatPath": CHAT + call_id}
        return await self.post(_CALL.path, token, body, _CALL.status)

    async def _posted(self, path: str, token: str, body: Frame) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token}"}
        try:
            return await self._http.post(path, json=body, headers=headers)
        except (httpx.RemoteProtocolError, httpx.ReadError, httpx.WriteError):
            # A kept connection that the server has just closed, as it may: a browser, too, asks
            # once more. The call has an id by which a repeat is recognised.
            return await self._http.post(path, json=body, headers=headers)

    async def open_socket(
        self, path: str, listener: WSListener, *, small_buffers: bool = False
    ) -> WSTransport:
        """An open WebSocket, whose frames go to ``listener``.

        ``small_buffers``: the kernel holds little of what is not read.

        Raises:
            Failed: it could not be opened.
        """
        more: dict[str, Any] = {}
        if self._sources is not None:
            more["local_addr"] = (next(self._sources), 0)
        if small_buffers:
            more["socket_factory"] = self._small_socket
        try:
            # Not redirected to another host, whatever the answer is.
            transport, _ = await ws_connect(
                lambda: listener,
                self._sockets + path,
                ssl_context=self.tls,
                websocket_handshake_timeout=_OPEN_S,
                max_frame_size=_LARGEST_FRAME,
                max_redirects=0,
                **more,
            )
        except (OSError, WSError, TimeoutError) as error:
            raise Failed(f"WebSocket {path}: {_reason(error)}") from error
        return transport

    async def _small_socket(self, url: WSParsedURL) -> socket.socket:
        """A connected socket that tells the provider to send little at a time.

        The provider's own buffer grows with the segments it may send: on a loopback interface it
        would hold megabytes before the provider noticed that nobody reads.
        """
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(url.host, url.port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, address = found[0]
        made = socket.socket(family, kind, protocol)
        try:
            made.setblocking(False)
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
            made.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, _SMALL_SEGMENT)
            await loop.sock_connect(made, address)
        except BaseException:
            made.close()
            raise
        return made


class _Connection(WSListener):
    """One connection of a line."""

    def __init__(self, line: "Line") -> None:
        super().__init__()
        self._line = line
        self._parts: list[bytes] = []
        self.why = "the connection ended"

    def on_ws_frame(self, transport: WSTransport, frame: WSFrame) -> None:
        kind = frame.msg_type
        if kind == WSMsgType.CLOSE:
            message = frame.get_close_message() or b""
            self.why = f"closed: {frame.get_close_code()} {message.decode('utf-8', 'replace')}"
            transport.send_close(frame.get_close_code())
            transport.disconnect()
        elif kind in (WSMsgType.TEXT, WSMsgType.BINARY, WSMsgType.CONTINUATION):
            data = frame.get_payload_as_bytes()
            if self._parts or not frame.fin:
                self._parts.append(data)
                if not frame.fin:
                    return
                data = b"".join(self._parts)
                self._parts.clear()
            try:
                self._line.take(parsed(data))
            except Failed as error:
                # A frame that is not as described is a fault of the provider; nothing after it
                # can be trusted.
                self.why = str(error)
                transport.disconnect(graceful=False)

    def on_ws_disconnected(self, transport: WSTransport) -> None:
        self._line.ended(self)


class Line:
    """A WebSocket that is opened again when it breaks, until it is closed.

    ``hello`` makes the first frame, anew for every connection; ``take`` gets every frame that is
    a JSON object; ``lost`` is told why a connection was lost, and whether that was our own doing
    (`drop`); ``again`` that the next one stands.
    """

    def __init__(
        self,
        target: Target,
        path: str,
        hello: Callable[[], Frame],
        take: Callable[[Frame], None],
        lost: Callable[[str, bool], None],
        again: Callable[[], None],
        *,
        small_buffers: bool = False,
    ) -> None:
        self._target = target
        self._small_buffers = small_buffers
        self._path = path
        self._hello = hello
        self.take = take
        self._lost = lost
        self._again = again
        self._transport: WSTransport | None = None
        self._connection: _Connection | None = None
        self._reopening: asyncio.Task[None] | None = None
        self._dropped = False
        self._closed = False

    async def open(self) -> None:
        """Open a connection; raises Failed."""
        connection = _Connection(self)
        transport = await self._target.open_socket(
            self._path, connection, small_buffers=self._small_buffers
        )
        if self._closed:
            transport.disconnect(graceful=False)
            return
        self._connection, self._transport = connection, transport
        if not self.send(self._hello()):
            raise Failed(f"WebSocket {self._path}: {connection.why}")

    def send(self, frame: Frame) -> bool:
        """Send a frame; whether there was a connection to send it on."""
        if self._transport is None or self._transport.is_disconnected:
            return False
        self._transport.send(WSMsgType.TEXT, _text(frame))
        return True

    def drop(self) -> None:
        """Break the connection, as a lost link does; it is opened again at once."""
        if self._transport is not None:
            self._dropped = True
            self._transport.disconnect(graceful=False)

    def read(self, *, on: bool) -> None:
        """Stop reading, or go on: what comes in meanwhile waits in the kernel's buffers."""
        if self._transport is None or self._transport.is_disconnected:
            return
        with contextlib.suppress(RuntimeError):
            if on:
                self._transport.underlying_transport.resume_reading()
            else:
                self._transport.underlying_transport.pause_reading()

    def ended(self, connection: _Connection) -> None:
        """A connection is gone."""
        if connection is not self._connection:
            return
        self._connection = self._transport = None
        dropped, self._dropped = self._dropped, False
        if self._closed:
            return
        self._lost(connection.why, dropped)
        if self._reopening is None:
            self._reopening = asyncio.get_running_loop().create_task(self._reopen())

    def close(self) -> None:
        """Close the connection in good order, for good."""
        self._closed = True
        if self._reopening is not None:
            self._reopening.cancel()
        if self._transport is not None and not self._transport.is_disconnected:
            self._transport.send_close()
            self._transport.disconnect()

    async def _reopen(self) -> None:
        pause = _FIRST_RETRY_S
        try:
            while self._transport is None and not self._closed:
                try:
                    await self.open()
                except Failed:
                    await asyncio.sleep(pause)
                    pause = min(pause * 2, _LAST_RETRY_S)
                else:
                    self._again()
        finally:
            self._reopening = None


def parsed(content: str | bytes) -> Frame:
    """A JSON object; raises Failed."""
    try:
        data = json.loads(content)
    except ValueError as error:
        raise Failed(f"not JSON: {content[:200]!r}") from error
    if not isinstance(data, dict):
        raise Failed(f"no JSON object: {content[:200]!r}")
    return data


def context_of(ca_pem: str | None) -> ssl.SSLContext:
    """The one TLS context of a generator; it trusts that authority, or this machine's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_pem is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cadata=ca_pem)
    return context


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__


def _text(frame: Frame) -> bytes:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":")).encode()
