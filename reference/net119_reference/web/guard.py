"""What stands around every request: size limit, access log, and the last net for our own errors."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from net119_reference.logs import get_log
from net119_reference.metrics import Metrics
from net119_reference.ports import ProviderService
from net119_reference.web.problems import problem, problem_response, showable

BODY_LIMIT = 64 * 1024
"""Largest request body, in bytes."""
ADMIN_BODY_LIMIT = 1024 * 1024
"""Largest body for the admin API: a whole directory."""

_HANDSET, _CONSOLE, _STAFF, _ADMIN = (
    f"/api/{name}/" for name in ("handset", "console", "staff", "admin")
)
log = get_log("http")


def interface_of(path: str) -> str:
    """The interface that a path belongs to, as refused inputs name it (design, section 4)."""
    if path.startswith(_HANDSET):
        return "A"
    if path.startswith((_CONSOLE, _STAFF)):
        return "C"
    return "admin" if path.startswith(_ADMIN) else "http"


def source_of(scope: Scope) -> str:
    """The client's address."""
    client = scope.get("client")
    return str(client[0]) if client else "unknown"


@dataclass
class Refusals:
    """Where every refused input is noted (invariant I10)."""

    service: ProviderService
    metrics: Metrics

    def note(self, scope: Scope, code: str, detail: str) -> None:
        """Note one refusal of a request or a frame."""
        interface = interface_of(scope["path"])
        self.metrics.input_refused(interface, code)
        self.service.note_refused(interface, source_of(scope), code, showable(detail))


class _TooLarge(Exception):
    """The body is longer than allowed."""


@dataclass
class Guard:
    """ASGI middleware around the application."""

    app: ASGIApp
    refusals: Refusals
    metrics: Metrics
    clock: Callable[[], float] = field(default=time.perf_counter)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one request or WebSocket."""
        if scope["type"] == "http":
            await self._http(scope, receive, send)
        elif scope["type"] == "websocket":
            await self._websocket(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    async def _http(self, scope: Scope, receive: Receive, send: Send) -> None:
        began = self.clock()
        status = 0

        async def watched(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            body = await _whole_body(scope, receive)
            await self.app(scope, _replay(body, receive), watched)
        except _TooLarge:
            limit = _limit_for(scope)
            document = problem(
                Refusal.TOO_LARGE, f"the body is larger than {limit} bytes; send less"
            )
            self.refusals.note(scope, document.code.value, document.detail)
            await _answer(document, scope, receive, watched, {"Connection": "close"})
        except Exception as error:
            log.error("request failed", path=_route_of(scope), exc_info=error)
            if status == 0:
                document = problem(Refusal.INTERNAL, "an error of this program; its log says where")
                self.refusals.note(scope, document.code.value, document.detail)
                await _answer(document, scope, receive, watched)
        finally:
            seconds = self.clock() - began
            name = _name_of(scope)
            self.metrics.request(name, status, seconds)
            write = log.debug if name in {"health", "metrics"} else log.info
            write(
                "request",
                method=scope["method"],
                path=_route_of(scope),
                status=status,
                milliseconds=round(seconds * 1000, 2),
                source=source_of(scope),
            )

    async def _websocket(self, scope: Scope, receive: Receive, send: Send) -> None:
        accepted = False

        async def watched(message: Message) -> None:
            nonlocal accepted
            if message["type"] == "websocket.accept":
                accepted = True
            elif message["type"] == "websocket.close" and not accepted:
                self.refusals.note(
                    scope, Refusal.NOT_FOUND.value, "there is no WebSocket at this path"
                )
            await send(message)

        await self.app(scope, receive, watched)


def _limit_for(scope: Scope) -> int:
    return ADMIN_BODY_LIMIT if scope["path"].startswith(_ADMIN) else BODY_LIMIT


async def _whole_body(scope: Scope, receive: Receive) -> list[Message]:
    """The body's messages up to its end, or to the client's disappearance."""
    limit = _limit_for(scope)
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:12]) > limit:
            raise _TooLarge
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return messages
        size += len(message.get("body", b""))
        if size > limit:
            raise _TooLarge
        if not message.get("more_body", False):
            return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay


async def _answer(
    document: Problem,
    scope: Scope,
    receive: Receive,
    send: Send,
    headers: dict[str, str] | None = None,
) -> None:
    await problem_response(document, headers)(scope, receive, send)


def _route(scope: Scope) -> Any:
    return scope.get("route")


def _name_of(scope: Scope) -> str:
    """The operation's name; never the raw path, which a client may choose at will."""
    return str(getattr(_route(scope), "name", None) or "none")


def _route_of(scope: Scope) -> str:
    return str(getattr(_route(scope), "path", None) or scope["path"])
