"""The real HTTP server around a fake service, in a thread of its own."""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx
import trustme
import uvloop
from net119_reference.config import Config
from net119_reference.http_server import HttpServer, bind
from net119_reference.tls import https_context
from net119_reference.web import create_app
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from tests.reference.web.fake_service import AT, FakeService

T = TypeVar("T")
DEADLINE_S = 20.0
"""How long a test waits for anything; far above what it takes."""


@dataclass(frozen=True)
class Certificates:
    """A throw-away CA and a server certificate for loopback addresses."""

    ca: Path
    cert: Path
    key: Path


def make_certificates(folder: Path) -> Certificates:
    """Certificates as PEM files in ``folder``."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority.cert_pem.write_to_path(str(made.ca))
    made.cert.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(made.key))
    return made


class LiveServer:
    """What tests do with a running server."""

    def __init__(
        self,
        service: FakeService,
        config: Config,
        certificates: Certificates,
        app: ASGIApp | None = None,
    ) -> None:
        self.app = app
        self.service = service
        self.config = config
        self.certificates = certificates
        self.port = 0
        self.loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self.server: HttpServer | None = None

    def client_context(self) -> ssl.SSLContext:
        """A client's TLS context that trusts the throw-away CA."""
        return ssl.create_default_context(cafile=str(self.certificates.ca))

    @contextlib.contextmanager
    def running(self) -> Iterator["LiveServer"]:
        """Serve in a thread until the block ends."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            self.port = self.do(self._start)
            yield self
        finally:
            self.stop()
            self.loop.call_soon_threadsafe(self.loop.stop)
            thread.join(DEADLINE_S)
            self.loop.close()
        assert not thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self.loop)
        self.loop.run_forever()

    async def _start(self) -> int:
        profile = self.config.tls.in_force(AT.date())
        context = https_context(self.certificates.cert, self.certificates.key, profile)
        app = self.app or create_app(self.service, self.config)
        self.server = HttpServer(app, self.config, bind("http", "127.0.0.1", 0), context)
        await self.server.start()
        return self.server.port

    def stop(self) -> None:
        """Stop serving; harmless a second time."""
        server, self.server = self.server, None
        if server is not None:
            self.do(server.stop)

    def do(self, work: Callable[[], Any]) -> Any:
        """Run a coroutine function or a plain function in the server's loop; its result."""

        async def run() -> Any:
            result = work()
            return await result if asyncio.iscoroutine(result) else result

        return asyncio.run_coroutine_threadsafe(run(), self.loop).result(DEADLINE_S)

    @contextlib.contextmanager
    def http(self, token: str | None = None) -> Iterator[httpx.Client]:
        """An HTTP client, with a bearer token if one is given."""
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        with httpx.Client(
            base_url=f"https://127.0.0.1:{self.port}",
            verify=self.client_context(),
            headers=headers,
            timeout=DEADLINE_S,
            trust_env=False,
        ) as client:
            yield client

    @contextlib.contextmanager
    def socket(self, path: str) -> Iterator["Talk"]:
        """A WebSocket at ``path``.

        It lives in the server's loop.  The client with a thread of its own reads and writes one
        TLS connection from two threads, which OpenSSL forbids: it hung once in some hundred runs.
        """

        async def open_() -> ClientConnection:
            return await connect(
                f"wss://127.0.0.1:{self.port}{path}",
                ssl=self.client_context(),
                open_timeout=DEADLINE_S,
                max_size=None,
                ping_interval=None,
                proxy=None,
            )

        connection: ClientConnection = self.do(open_)
        try:
            yield Talk(connection, self)
        finally:
            self.do(connection.close)


@dataclass
class Talk:
    """A WebSocket that speaks JSON objects."""

    connection: ClientConnection
    server: LiveServer

    def send(self, frame: Any) -> None:
        """Send a frame; text goes out as it is."""
        content = frame if isinstance(frame, str | bytes) else json.dumps(frame)
        self.server.do(lambda: self.connection.send(content))

    def receive(self) -> dict[str, Any]:
        """The next frame."""

        async def next_one() -> str | bytes:
            async with asyncio.timeout(DEADLINE_S / 2):
                return await self.connection.recv()

        frame = json.loads(self.server.do(next_one))
        assert isinstance(frame, dict)
        return frame

    def until(self, kind: str) -> dict[str, Any]:
        """The next frame of this type; others on the way are passed over."""
        while True:
            frame = self.receive()
            if frame["type"] == kind:
                return frame
