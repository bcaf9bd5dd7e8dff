"""The real HTTP server around a fake service, in a thread of its own."""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, TypeVar

import httpx
import trustme
import uvloop
from net119_reference.config import Config
from net119_reference.handshakes import FailedHandshake
from net119_reference.http_server import HttpServer, bind
from net119_reference.tls import https_context
from net119_reference.web import create_app
from net119_reference.web.link import Door
from starlette.types import ASGIApp
from websockets.asyncio.client import ClientConnection, connect

from tests.reference.web.fake_service import AT, FakeService

T = TypeVar("T")
DEADLINE_S = 20.0
"""How long a test waits for anything; far above what it takes."""


@dataclass(frozen=True)
class Certificates:
    """A throw-away CA and a server certificate for loopback addresses.

    ``rsa`` is a second certificate with its key, for phones that know RSA alone.
    """

    ca: Path
    cert: Path
    key: Path
    rsa: tuple[Path, Path] | None = None


def make_certificates(folder: Path, *, rsa: bool = False) -> Certificates:
    """Certificates as PEM files in ``folder``; with a second one if ``rsa``."""
    authority = trustme.CA()
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    made = Certificates(folder / "ca.pem", folder / "server.pem", folder / "server.key")
    authority.cert_pem.write_to_path(str(made.ca))
    made.cert.write_bytes(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    leaf.private_key_pem.write_to_path(str(made.key))
    if rsa:
        other = authority.issue_cert("127.0.0.1", "localhost", key_type=trustme.KeyType.RSA)
        cert, key = folder / "rsa.pem", folder / "rsa.key"
        cert.write_bytes(b"".join(pem.bytes() for pem in other.cert_chain_pems))
        other.private_key_pem.write_to_path(str(key))
        made = replace(made, rsa=(cert, key))
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
        self.failed: list[FailedHandshake] = []
        self._told = threading.Condition()
        self.service = service
        self.config = config
        self.certificates = certificates
        self.port = 0
        self.loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self.server: HttpServer | None = None
        self.plain: HttpServer | None = None
        self.doors: dict[Door, HttpServer] = {}

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
        given = self.certificates
        context = https_context(given.cert, given.key, profile, given.rsa)
        app = self.app or create_app(self.service, self.config)
        self.server = HttpServer(
            app, self.config, bind("http", "127.0.0.1", 0), context, self._note
        )
        await self.server.start()
        if self.config.plaintext.enabled:
            self.plain = HttpServer(app, self.config, bind("plaintext", "127.0.0.1", 0), None)
            await self.plain.start()
        for door, enabled in (
            (Door.LOCAL, self.config.local.enabled),
            (Door.LAN, self.config.lan.enabled),
        ):
            if enabled:
                bound = bind(door.value, "127.0.0.1", 0)
                over = context if door is Door.LAN else None
                self.doors[door] = HttpServer(app, self.config, bound, over, door=door)
                await self.doors[door].start()
        return self.server.port

    def _note(self, failed: FailedHandshake) -> None:
        with self._told:
            self.failed.append(failed)
            self._told.notify_all()

    def next_failed(self) -> FailedHandshake:
        """The first failed handshake that nobody has asked for yet."""
        with self._told:
            assert self._told.wait_for(lambda: self.failed, DEADLINE_S), "no handshake has failed"
            return self.failed.pop(0)

    def stop(self) -> None:
        """Stop serving; harmless a second time."""
        others = (self.server, self.plain, *self.doors.values())
        servers = [server for server in others if server is not None]
        self.server = self.plain = None
        self.doors = {}
        for server in servers:
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
    def plain_http(self, token: str | None = None) -> Iterator[httpx.Client]:
        """An HTTP client of the listener without encryption; it follows no redirect."""
        assert self.plain is not None
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        url = f"http://127.0.0.1:{self.plain.port}"
        with httpx.Client(
            base_url=url, headers=headers, timeout=DEADLINE_S, trust_env=False
        ) as client:
            yield client

    @contextlib.contextmanager
    def at(self, door: Door, **headers: str) -> Iterator[httpx.Client]:
        """An HTTP client at the door of this machine or of the local network."""
        scheme = "https" if door is Door.LAN else "http"
        with httpx.Client(
            base_url=f"{scheme}://127.0.0.1:{self.doors[door].port}",
            verify=self.client_context(),
            headers=headers,
            timeout=DEADLINE_S,
            trust_env=False,
        ) as client:
            yield client

    @contextlib.contextmanager
    def socket(self, path: str, *, plain: bool = False) -> Iterator["Talk"]:
        """A WebSocket at ``path``, of the listener without encryption if ``plain``.

        It lives in the server's loop.  The client with a thread of its own reads and writes one
        TLS connection from two threads, which OpenSSL forbids: it hung once in some hundred runs.
        """

        async def open_() -> ClientConnection:
            assert self.plain is not None or not plain
            server = f"ws://127.0.0.1:{self.plain.port}" if self.plain and plain else None
            return await connect(
                f"{server or f'wss://127.0.0.1:{self.port}'}{path}",
                ssl=None if plain else self.client_context(),
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
