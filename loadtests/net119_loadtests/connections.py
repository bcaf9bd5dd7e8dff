"""Connections of simulated users inside the generator: blocking calls, which gevent makes fit.

This module is used after locust has patched the standard library; it imports none of locust.
"""

import contextlib
import http.client
import json
import socket
import ssl
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from net119_simulators.safety import check_target
from websockets.exceptions import ConnectionClosed, WebSocketException
from websockets.sync.client import ClientConnection, connect

from net119_loadtests.plan import Plan
from net119_loadtests.stage import Failed

Frame = dict[str, Any]

_OPEN_S = 15.0
_LARGEST_FRAME = 64 * 1024 * 1024
_FIRST_RETRY_S = 0.1
_LAST_RETRY_S = 2.0


class Target:
    """The provider: its address, and the one TLS context that all connections share.

    Raises:
        SafetyInterlock: the host is neither loopback nor declared to be a test system.
    """

    def __init__(self, plan: Plan) -> None:
        check_target(plan.base_url, plan.declared_test_hosts)
        parts = urlsplit(plan.base_url)
        self.host = parts.hostname or ""
        self.port = parts.port or (443 if parts.scheme == "https" else 80)
        self.scheme = parts.scheme
        self.tls = _context(plan.ca_file) if parts.scheme == "https" else None

    def post(self, path: str, token: str, body: Frame, status: int) -> Frame:
        """POST a JSON body and return the JSON answer.

        Raises:
            Failed: another status than expected, no JSON, or no connection.
        """
        try:
            connection = self._http()
            try:
                connection.request(
                    "POST",
                    path,
                    json.dumps(body).encode(),
                    {"Content-Type": "application/json", "Authorization": f"Bearer {token}"},
                )
                response = connection.getresponse()
                content = response.read()
            finally:
                connection.close()
        except (OSError, http.client.HTTPException) as error:
            raise Failed(f"POST {path}: {_reason(error)}") from error
        if response.status != status:
            raise Failed(f"POST {path}: status {response.status}: {content[:300]!r}")
        return parsed(content)

    def _http(self) -> http.client.HTTPConnection:
        if self.tls is not None:
            return http.client.HTTPSConnection(
                self.host, self.port, timeout=_OPEN_S, context=self.tls
            )
        return http.client.HTTPConnection(self.host, self.port, timeout=_OPEN_S)

    def open_socket(self, path: str) -> ClientConnection:
        """An open WebSocket.

        Raises:
            Failed: it could not be opened.
        """
        scheme = "wss" if self.tls is not None else "ws"
        host = f"[{self.host}]" if ":" in self.host else self.host
        raw: socket.socket | None = None
        try:
            # A socket of our own: redirects to another host are not followed.
            raw = socket.create_connection((self.host, self.port), timeout=_OPEN_S)
            raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            opening = connect(
                f"{scheme}://{host}:{self.port}{path}",
                sock=raw,
                ssl=self.tls,
                server_hostname=self.host if self.tls is not None else None,
                compression=None,
                proxy=None,
                # Silence is the provider's to notice; a load test adds no drops of its own.
                ping_interval=None,
                open_timeout=_OPEN_S,
                close_timeout=2.0,
                max_size=_LARGEST_FRAME,
            )
            # Entered by hand, to outlive this function; `Line` closes it.
            return opening.__enter__()
        except (OSError, WebSocketException) as error:
            if raw is not None:
                raw.close()
            raise Failed(f"WebSocket {path}: {_reason(error)}") from error


class Line:
    """A WebSocket that is opened again when it breaks, until it is closed.

    ``hello`` makes the first frame, anew for every connection; ``take`` gets every frame that is
    a JSON object; ``lost`` is told why a connection was lost, ``again`` that the next one stands.
    """

    def __init__(
        self,
        target: Target,
        path: str,
        hello: Callable[[], Frame],
        take: Callable[[Frame], None],
        lost: Callable[[str], None],
        again: Callable[[], None],
    ) -> None:
        self._target = target
        self._path = path
        self._hello = hello
        self._take = take
        self._lost = lost
        self._again = again
        self._connection: ClientConnection | None = None
        self._closed = False

    def open(self) -> None:
        """Open the first connection; raises Failed."""
        connection = self._target.open_socket(self._path)
        try:
            connection.send(_text(self._hello()))
        except ConnectionClosed as error:
            raise Failed(f"WebSocket {self._path}: {error}") from error
        self._connection = connection

    def send(self, frame: Frame) -> bool:
        """Send a frame; whether there was a connection to send it on."""
        if self._connection is None:
            return False
        try:
            self._connection.send(_text(frame))
        except (ConnectionClosed, OSError):
            return False
        return True

    def run(self) -> None:
        """Read until `close`; to be run in a greenlet of its own, after `open`."""
        while not self._closed:
            connection = self._connection
            why = "never opened" if connection is None else self._read(connection)
            if self._closed:
                return
            self._connection = None
            self._lost(why)
            self._reopen()

    def close(self) -> None:
        """Close the connection in good order; `run` ends."""
        self._closed = True
        if self._connection is not None:
            with contextlib.suppress(OSError, WebSocketException):
                self._connection.close()

    def _read(self, connection: ClientConnection) -> str:
        try:
            while True:
                # One that is no JSON object is a fault of the provider; the connection is lost.
                self._take(parsed(connection.recv()))
        except ConnectionClosed as closed:
            return str(closed)
        except (OSError, Failed) as error:
            with contextlib.suppress(OSError, WebSocketException):
                connection.close()
            return _reason(error)

    def _reopen(self) -> None:
        pause = _FIRST_RETRY_S
        while not self._closed:
            try:
                self.open()
            except Failed:
                time.sleep(pause)
                pause = min(pause * 2, _LAST_RETRY_S)
            else:
                self._again()
                return


def parsed(content: str | bytes) -> Frame:
    """A JSON object; raises Failed."""
    try:
        data = json.loads(content)
    except ValueError as error:
        raise Failed(f"not JSON: {content[:200]!r}") from error
    if not isinstance(data, dict):
        raise Failed(f"no JSON object: {content[:200]!r}")
    return data


def _reason(error: Exception) -> str:
    return str(error) or type(error).__name__


def _text(frame: Frame) -> str:
    return json.dumps(frame, ensure_ascii=False, separators=(",", ":"))


def _context(ca_file: Path | None) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if ca_file is None:
        context.load_default_certs()
    else:
        context.load_verify_locations(cafile=ca_file)
    return context
