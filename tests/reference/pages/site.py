"""A provider of one department with its pages, mail and people's mailboxes, in a thread of its own.

Tests of pages are plain functions: they browse with httpx or Chromium, and reach into the
provider with :meth:`Site.do`.
"""

import asyncio
import ssl
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import AsyncExitStack, contextmanager
from typing import Any, TypeVar

import httpx
import uvloop
from net119_reference.http_server import HttpServer, bind
from net119_reference.tls import https_context
from net119_reference.web import create_app

from tests.reference.registration.support import Town, town
from tests.reference.web.live_server import Certificates

T = TypeVar("T")
DEADLINE_S = 30.0
"""How long a test waits for anything; far above what it takes."""


class Site:
    """A running provider; ``town`` is its inside, ``base_url`` where its pages are."""

    def __init__(self, department: str, certificates: Certificates, **settings: Any) -> None:
        self.department = department
        self._settings = settings
        self.certificates = certificates
        self.town: Town
        self._server: HttpServer | None = None
        self._plain: HttpServer | None = None
        self._bound = bind("http", "127.0.0.1", 0)
        self.base_url = f"https://127.0.0.1:{self._bound.getsockname()[1]}"
        self._loop: asyncio.AbstractEventLoop = uvloop.new_event_loop()
        self._stack = AsyncExitStack()

    @contextmanager
    def running(self) -> Iterator["Site"]:
        """Serve until the block ends."""
        thread = threading.Thread(target=self._run, daemon=True)
        thread.start()
        try:
            self.do(self._start)
            yield self
        finally:
            self.do(self._stack.aclose)
            self._loop.call_soon_threadsafe(self._loop.stop)
            thread.join(DEADLINE_S)
            self._loop.close()
        assert not thread.is_alive()

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()

    async def _start(self) -> None:
        self.town = await self._stack.enter_async_context(
            town(self.department, self.base_url, alarms=self._settings.get("alarms"))
        )
        self._stack.push_async_callback(self.shut_down)
        await self._serve()

    async def _serve(self) -> None:
        provider = self.town.provider
        config = provider.core.config.model_copy(update=self._settings)
        tls = https_context(
            self.certificates.cert,
            self.certificates.key,
            config.tls.in_force(self.town.clock.now().date()),
        )
        app = create_app(provider, config)
        self._server = HttpServer(app, config, self._bound, tls)
        await self._server.start()
        if config.plaintext.enabled:
            self._plain = HttpServer(app, config, bind("plaintext", "127.0.0.1", 0), None)
            await self._plain.start()

    async def shut_down(self) -> None:
        """Stop serving: nobody reaches the provider any more."""
        for server in (self._server, self._plain):
            if server is not None:
                await server.stop()
        self._server = self._plain = None

    async def start_again(self) -> None:
        """Restart the provider over its database, and serve at the same address."""
        await self.town.restart()
        self._bound = bind("http", "127.0.0.1", int(self.base_url.rpartition(":")[2]))
        await self._serve()

    def client_tls(self) -> ssl.SSLContext:
        """A client's TLS context that trusts the throw-away CA."""
        return ssl.create_default_context(cafile=str(self.certificates.ca))

    def do(self, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """What a coroutine function of the provider's loop returns."""
        return asyncio.run_coroutine_threadsafe(work(), self._loop).result(DEADLINE_S)

    @contextmanager
    def http(self, **options: Any) -> Iterator[httpx.Client]:
        """A browser without JavaScript: it keeps cookies, says that it wants HTML."""
        headers = {"Accept": "text/html", "Origin": self.base_url}
        with httpx.Client(
            base_url=self.base_url,
            verify=self.client_tls(),
            headers={**headers, **options.pop("headers", {})},
            timeout=DEADLINE_S,
            trust_env=False,
            **options,
        ) as client:
            yield client

    @contextmanager
    def plain_http(self) -> Iterator[httpx.Client]:
        """A browser at the listener without encryption, which ``plaintext`` settings enable."""
        assert self._plain is not None
        url = f"http://127.0.0.1:{self._plain.port}"
        with httpx.Client(base_url=url, timeout=DEADLINE_S, trust_env=False) as client:
            yield client


@contextmanager
def site(department: str, certificates: Certificates, **settings: Any) -> Iterator[Site]:
    """A site of the department; ``settings`` replace those of the pages' configuration."""
    with Site(department, certificates, **settings).running() as running:
        yield running
