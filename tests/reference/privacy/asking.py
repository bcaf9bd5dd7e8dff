"""Asking the application as clients do, and everything that an answer says."""

import asyncio
import base64
import contextlib
import html
import json
import re
from collections import deque
from collections.abc import Callable, Coroutine, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import httpx
from net119_reference.web.wire import WIRE_KEY, Reader
from starlette.types import ASGIApp, Message, Scope

from tests.reference.privacy.people import number_of

HOST = "https://net119.example"
_EMBEDDED = re.compile(r"data:[a-z/+]+;base64,([A-Za-z0-9+/=]+)")


@dataclass(frozen=True)
class Answer:
    """What came back, in every form in which a reader might take it."""

    status: int
    text: str


def client_of(app: ASGIApp) -> httpx.AsyncClient:
    """A client of the application that follows no redirect and keeps no cookie of its own."""
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app, client=("127.0.0.9", 50000)), base_url=HOST
    )


def told(response: httpx.Response) -> Answer:
    """The answer with its headers, unescaped, decoded and unpacked."""
    heads = "\n".join(f"{name}: {value}" for name, value in response.headers.multi_items())
    kind = response.headers.get("Content-Type", "")
    if kind.startswith("image/jpeg"):
        return Answer(response.status_code, f"{heads}\n<picture {number_of(response.content)}>")
    return Answer(response.status_code, everything(f"{heads}\n{response.text}", response.text))


def everything(text: str, body: str = "") -> str:
    """A text together with what it holds in escaped form."""
    parts = list({text, html.unescape(text), unquote_plus(text)})
    parts += [base64.b64decode(each).decode("utf-8", "replace") for each in _EMBEDDED.findall(text)]
    with contextlib.suppress(ValueError):
        parts.append(json.dumps(json.loads(body), ensure_ascii=False))
    return "\n".join(parts)


class _Wire:
    """Stands for the server's connection: says ``frames``, and tells the texts that come back."""

    def __init__(self, frames: Iterable[bytes], hear: Callable[[str], None]) -> None:
        self._waiting: deque[bytes | None] = deque(frames)
        self._hear = hear
        self._reader: Reader | None = None
        self._held = False
        self._tasks: list[asyncio.Task[None]] = []

    def begin(self, reader: Reader) -> None:
        self._reader = reader
        self._deliver()

    def write(self, frames: bytes) -> None:
        """Whole text frames, unmasked (RFC 6455, 5.2)."""
        while frames:
            assert frames[0] == 0x81, frames[:20]
            short = frames[1]
            size = {126: 2, 127: 8}.get(short, 0)
            length = int.from_bytes(frames[2 : 2 + size]) if size else short
            self._hear(frames[2 + size : 2 + size + length].decode())
            frames = frames[2 + size + length :]

    def hold(self) -> None:
        self._held = True

    def go_on(self) -> None:
        self._held = False
        asyncio.get_running_loop().call_soon(self._deliver)

    def not_utf8(self) -> None:
        raise AssertionError("frames here are JSON")

    def run(self, work: Coroutine[Any, Any, None]) -> "asyncio.Task[None]":
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.append(task)
        return task

    def close(self, code: int, reason: str) -> None:
        self._hear(f"closed {code} {reason}")

    async def ended(self) -> None:
        """Until all that belongs to the connection is done."""
        await asyncio.gather(*self._tasks)

    def leave(self) -> None:
        """The client goes once everything is said."""
        self._waiting.append(None)
        self._deliver()

    def _deliver(self) -> None:
        while self._reader is not None and self._waiting and not self._held:
            frame = self._waiting.popleft()
            if frame is None:
                self._reader.gone(1000)
            else:
                self._reader.text(frame)


async def talk(
    app: ASGIApp, path: str, frames: list[Mapping[str, Any]], headers: Mapping[str, str]
) -> Answer:
    """Open a WebSocket, say the frames, and hear everything until the other side closes or rests.

    It is opened as a page of the application itself does, with the cookies of whoever asks.

    The first silence ends it: what is to be told at the beginning has then been told.
    """
    waiting: asyncio.Queue[Message] = asyncio.Queue()
    heard: list[str] = []
    last = asyncio.Event()
    waiting.put_nowait({"type": "websocket.connect"})

    def hear(text: str) -> None:
        heard.append(text)
        last.set()

    wire = _Wire([json.dumps(frame).encode() for frame in frames], hear)

    async def send(message: Message) -> None:
        if message["type"] == "websocket.close":
            hear(f"closed {message['code']} {message.get('reason')}")

    scope: Scope = {
        "type": "websocket",
        "path": path,
        "raw_path": path.encode(),
        "query_string": b"",
        "headers": [
            (b"host", b"net119.example"),
            (b"origin", HOST.encode()),
            *((name.lower().encode(), value.encode()) for name, value in headers.items()),
        ],
        "subprotocols": [],
        "client": ("127.0.0.9", 50000),
        "server": ("127.0.0.1", 443),
        "scheme": "wss",
        "root_path": "",
        "extensions": {WIRE_KEY: wire},
    }
    running = asyncio.ensure_future(app(scope, waiting.get, send))
    async with asyncio.timeout(10):
        await last.wait()
    wire.leave()
    waiting.put_nowait({"type": "websocket.disconnect", "code": 1000})
    async with asyncio.timeout(10):
        await running
        await wire.ended()
    text = "\n".join(heard)
    unpacked = "\n".join(
        json.dumps(json.loads(each), ensure_ascii=False) for each in heard if each.startswith("{")
    )
    return Answer(101, f"{text}\n{unpacked}")
