"""A phone's connections: HTTP/1.1 over its own TLS, one request each, told to the recorder."""

import asyncio
import http.client
import io
import socket
from collections.abc import Collection
from typing import Any
from urllib.parse import urlsplit

import httpx
from tlslite.errors import (  # type: ignore[import-untyped]  # no type hints
    BaseTLSException,
    TLSAbruptCloseError,
)

from net119_simulators.handsets.chain import Roots
from net119_simulators.handsets.handshake import Handshake, HandshakeFailed
from net119_simulators.handsets.model import Handset
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target

_PORTS = {"http": 80, "https": 443}
_NOT_SENT = frozenset({"accept-encoding", "connection", "transfer-encoding"})
"""What httpx adds that the phones here do not send: they take no compressed pages."""
_MOST = 5_000_000


class PhoneTransport(httpx.AsyncBaseTransport):
    """Carries a browser's requests as the phone would.

    Handshakes go to the recorder: what was offered, and what was chosen or which alert ended it.
    Every request has a connection of its own, and so a handshake.

    Raises, on a request:
        HandshakeFailed: over https, no common ground, or a certificate that the phone refuses.
        httpx.ConnectError, httpx.ReadError: no connection, or no readable answer.
    """

    def __init__(
        self,
        handset: Handset,
        roots: Roots,
        recorder: Recorder,
        *,
        timeout_s: float = 30.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.handset = handset
        self.handshake = Handshake(handset.encryption, roots)
        self._recorder = recorder
        self._timeout_s = timeout_s
        self._source = (source_address, 0) if source_address else None
        self._declared = frozenset(declared_test_hosts)

    @property
    def chosen(self) -> str:
        """What the last handshake came to, in words."""
        chosen = self.handshake.chosen
        return str(chosen) if chosen is not None else "not encrypted"

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Ask, and read the whole answer."""
        url = str(request.url)
        check_target(url, self._declared)
        content = await request.aread()
        sock = await asyncio.to_thread(self._connected, url)
        try:
            stream = await self._encrypted(sock, url)
            return await asyncio.to_thread(_exchange, stream, request, content)
        finally:
            sock.close()

    async def _encrypted(self, sock: socket.socket, url: str) -> Any:
        parts = urlsplit(url)
        if parts.scheme != "https":
            return sock
        where = f"{parts.hostname}:{parts.port or _PORTS['https']}"
        self._recorder.sent("TLS ClientHello", str(self.handshake.offer))
        try:
            stream = await asyncio.to_thread(self.handshake.open, sock, parts.hostname or "", where)
        except HandshakeFailed as failed:
            told = f"TLS alert {failed.alert}" if failed.alert else "TLS connection cut"
            (self._recorder.sent if failed.by_phone else self._recorder.received)(told, failed.why)
            raise
        self._recorder.received("TLS handshake", str(self.handshake.chosen))
        return stream

    def _connected(self, url: str) -> socket.socket:
        parts = urlsplit(url)
        # A page may lead anywhere.
        if parts.scheme not in _PORTS:
            raise httpx.UnsupportedProtocol(f"the phone's browser knows no {parts.scheme}:")
        try:
            address = (parts.hostname or "", parts.port or _PORTS[parts.scheme])
        except ValueError as wrong:
            raise httpx.ConnectError(str(wrong)) from wrong
        try:
            return socket.create_connection(address, self._timeout_s, self._source)
        except OSError as wrong:
            raise httpx.ConnectError(str(wrong)) from wrong


def _exchange(stream: Any, request: httpx.Request, content: bytes) -> httpx.Response:
    head = [f"{request.method} {request.url.raw_path.decode('ascii')} HTTP/1.1"]
    head += [
        f"{name.decode('latin-1')}: {value.decode('latin-1')}"
        for name, value in request.headers.raw
        if name.decode("latin-1").lower() not in _NOT_SENT
    ]
    head.append("Connection: close")
    try:
        stream.sendall("\r\n".join(head).encode("latin-1") + b"\r\n\r\n" + content)
        answer = http.client.HTTPResponse(
            _Socket(stream),  # type: ignore[arg-type]  # of a socket it uses makefile only
            method=request.method,
        )
        answer.begin()
        body = answer.read()
    except (OSError, http.client.HTTPException) as wrong:
        raise httpx.ReadError(f"{type(wrong).__name__}: {wrong}") from wrong
    headers = [
        (name, value)
        for name, value in answer.getheaders()
        # The body has been put together already.
        if name.lower() != "transfer-encoding"
    ]
    return httpx.Response(answer.status, headers=headers, content=body, request=request)


class _Socket:
    """What `http.client` needs of a socket."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def makefile(self, mode: str) -> io.BufferedIOBase:
        """The stream, to be read."""
        return io.BufferedReader(_Reader(self._stream))


class _Reader(io.RawIOBase):
    def __init__(self, stream: Any) -> None:
        self._stream = stream
        self._left = _MOST

    def readable(self) -> bool:
        """It is."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read what there is; 0 at the end, also where TLS is not ended in good order."""
        try:
            got = self._stream.recv(len(buffer))
        except TLSAbruptCloseError:
            # Whether the answer is whole is told by its length, as browsers have it.
            return 0
        except BaseTLSException as wrong:
            raise OSError(f"{type(wrong).__name__}: {wrong}") from wrong
        self._left -= len(got)
        if self._left < 0:
            raise OSError(f"an answer of more than {_MOST} octets")
        buffer[: len(got)] = got
        return len(got)


__all__ = ["PhoneTransport"]
