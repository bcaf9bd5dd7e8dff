"""Small pages served for real over HTTP on loopback, for tests of the browser."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import uvicorn
from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse


@dataclass
class Received:
    """One request that has arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    fields: list[tuple[str, Any]] = field(default_factory=list)


class ToySite:
    """Pages by path; keeps what arrives, with forms read by a real parser."""

    def __init__(self) -> None:
        self.pages: dict[str, tuple[str, dict[str, str]]] = {}
        self.received: list[Received] = []
        self.url = ""

    def put(self, path: str, html: str, **headers: str) -> None:
        """Serve a page."""
        self.pages[path] = (html, {key.replace("_", "-"): text for key, text in headers.items()})

    @property
    def last(self) -> Received:
        """The newest request."""
        return self.received[-1]

    def app(self) -> FastAPI:
        """The application."""
        app = FastAPI()

        @app.api_route("/{path:path}", methods=["GET", "POST"])
        async def anything(request: Request, path: str) -> Response:
            body = await request.body()
            arrived = Received(request.method, request.url.path, dict(request.headers), body)
            if request.method == "POST":
                for name, value in (await request.form()).multi_items():
                    if isinstance(value, str):
                        arrived.fields.append((name, value))
                    else:
                        content = await value.read()
                        arrived.fields.append((name, (value.filename, value.content_type, content)))
            else:
                arrived.fields += request.query_params.multi_items()
            self.received.append(arrived)
            return self._answer(request.url.path)

        return app

    def _answer(self, path: str) -> Response:
        if path.startswith("/go/"):
            status, _, target = path.removeprefix("/go/").partition("/")
            return RedirectResponse(f"/{target}", int(status))
        if path not in self.pages:
            return HTMLResponse("<body data-page=missing><h1>ありません</h1></body>", 404)
        html, headers = self.pages[path]
        charset = headers.pop("charset", "utf-8")
        content = html.encode("cp932" if charset == "shift_jis" else charset)
        return Response(content, headers=headers, media_type=f"text/html; charset={charset}")


@contextlib.asynccontextmanager
async def serving(site: ToySite) -> AsyncIterator[ToySite]:
    """Serve the site on a free port of 127.0.0.1 until the block ends."""
    config = uvicorn.Config(
        site.app(), host="127.0.0.1", port=0, log_level="critical", lifespan="off"
    )
    server = uvicorn.Server(config)
    server.capture_signals = contextlib.nullcontext  # type: ignore[assignment,method-assign]  # the test's own signals stay
    ready = asyncio.Event()
    start = server.startup

    async def started(sockets: Any = None) -> None:
        await start(sockets)
        ready.set()

    server.startup = started  # type: ignore[method-assign]  # tells when the port is known
    task = asyncio.create_task(server.serve())
    try:
        async with asyncio.timeout(10):
            await ready.wait()
        port = server.servers[0].sockets[0].getsockname()[1]
        site.url = f"http://127.0.0.1:{port}"
        yield site
    finally:
        server.should_exit = True
        await task


def at_site(story: Callable[[ToySite], Awaitable[None]]) -> None:
    """Run a story at a new site."""

    async def run() -> None:
        async with serving(ToySite()) as site:
            await story(site)

    asyncio.run(run())
