"""Asking the application as clients do, and everything that an answer says."""

import asyncio
import base64
import contextlib
import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote_plus

import httpx
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
    for frame in frames:
        waiting.put_nowait({"type": "websocket.receive", "text": json.dumps(frame)})

    async def send(message: Message) -> None:
        if message["type"] == "websocket.send":
            heard.append(message.get("text") or "")
            last.set()
        elif message["type"] == "websocket.close":
            heard.append(f"closed {message['code']} {message.get('reason')}")
            last.set()

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
    }
    running = asyncio.ensure_future(app(scope, waiting.get, send))
    async with asyncio.timeout(10):
        await last.wait()
    waiting.put_nowait({"type": "websocket.disconnect", "code": 1000})
    async with asyncio.timeout(10):
        await running
    text = "\n".join(heard)
    unpacked = "\n".join(
        json.dumps(json.loads(each), ensure_ascii=False) for each in heard if each.startswith("{")
    )
    return Answer(101, f"{text}\n{unpacked}")
