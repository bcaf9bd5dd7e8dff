"""A relay before a real provider that lies as told: for proving that lies are noticed."""

import asyncio
import contextlib
import json
import ssl
import threading
from collections.abc import AsyncIterator, Iterator
from typing import Any

import httpx
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket, WebSocketDisconnect
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

Frame = dict[str, Any]


class Cut(Exception):
    """Raised by a lie: the connection breaks here."""


class Lie:
    """Passes everything on as it is; subclasses change what goes to the clients."""

    def frames(self, path: str, frame: Frame) -> list[Frame]:
        """The frames to send in place of this one, on the WebSocket of this path.

        Raises:
            Cut: the client's connection ends instead.
        """
        return [frame]

    def lines(self, call_id: str, lines: list[Frame]) -> list[Frame]:
        """The stored lines of a call to tell in place of these."""
        return lines


class Relay:
    """Plain HTTP in front of ``base_url``; frames and stored lines go by `lie`."""

    def __init__(self, base_url: str, tls: ssl.SSLContext, lie: Lie) -> None:
        self._base_url = base_url
        self._tls = tls
        self._lie = lie

    def app(self) -> Starlette:
        """The relay as an application."""
        routes = [
            WebSocketRoute("/{path:path}", self._socket),
            Route("/{path:path}", self._http, methods=["GET", "POST", "PUT"]),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @contextlib.asynccontextmanager
    async def _lifespan(self, _app: Starlette) -> AsyncIterator[None]:
        async with httpx.AsyncClient(
            base_url=self._base_url, verify=self._tls, trust_env=False, timeout=30
        ) as client:
            self._client = client
            yield

    async def _http(self, request: Request) -> Response:
        answer = await self._client.request(
            request.method,
            request.url.path,
            params=request.query_params,
            content=await request.body(),
            headers={
                name: value
                for name, value in request.headers.items()
                if name in ("authorization", "content-type", "accept")
            },
        )
        content, kind = answer.content, answer.headers.get("content-type", "")
        if kind == "application/json" and request.method == "GET":
            data = json.loads(content)
            if "lines" in data:
                call_id = (data.get("call") or data)["callId"]
                data["lines"] = self._lie.lines(call_id, data["lines"])
                content = json.dumps(data).encode()
        return Response(content, answer.status_code, media_type=kind or None)

    async def _socket(self, client: WebSocket) -> None:
        await client.accept()
        url = "wss" + self._base_url.removeprefix("https") + client.url.path
        async with connect(url, ssl=self._tls, proxy=None, max_size=None) as provider:
            tasks = {
                asyncio.create_task(self._up(client, provider)),
                asyncio.create_task(self._down(client, provider)),
            }
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(RuntimeError, WebSocketDisconnect):
            await client.close(1001)

    async def _up(self, client: WebSocket, provider: ClientConnection) -> None:
        with contextlib.suppress(WebSocketDisconnect):
            while True:
                await provider.send(await client.receive_text())

    async def _down(self, client: WebSocket, provider: ClientConnection) -> None:
        with contextlib.suppress(ConnectionClosed, WebSocketDisconnect, Cut):
            async for text in provider:
                for frame in self._lie.frames(client.url.path, json.loads(text)):
                    await client.send_text(json.dumps(frame))


class _Server(uvicorn.Server):
    """A server in a thread: signals are not its business."""

    started_here: threading.Event

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave signal handlers alone."""
        yield

    async def startup(self, sockets: Any = None) -> None:
        """Start, and tell whoever waits for it."""
        await super().startup(sockets)
        self.started_here.set()


@contextlib.contextmanager
def relaying(base_url: str, tls: ssl.SSLContext, lie: Lie) -> Iterator[str]:
    """A relay that runs; its URL."""
    app = Relay(base_url, tls, lie).app()
    server = _Server(
        uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="websockets-sansio")
    )
    server.started_here = threading.Event()
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        if not server.started_here.wait(30):
            raise TimeoutError("the relay did not start within 30 s")
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(30)
