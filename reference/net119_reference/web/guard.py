"""What stands around every request: size limit, access log, and the last net for our own errors."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from net119_reference.logs import get_log
from net119_reference.metrics import Metrics
from net119_reference.ports import ProviderService
from net119_reference.web.problems import problem, showable

BODY_LIMIT = 64 * 1024
"""Largest request body, in bytes."""
ADMIN_BODY_LIMIT = 1024 * 1024
"""Largest body for the admin API: a whole directory."""
STAFF_BODY_LIMIT = 512 * 1024
"""Largest form of the staff pages: a long one comes back through the log-in, each kanji of it as
nine characters."""
REPLAY_BODY_LIMIT = 16 * 1024 * 1024
"""Largest replay of a drill."""
IMAGE_BODY_LIMIT = 11 * 1024 * 1024
"""Largest body that may hold an identity image of 10 MB, in a form or alone."""

_HANDSET, _CONSOLE, _STAFF, _ADMIN = (
    f"/api/{name}/" for name in ("handset", "console", "staff", "admin")
)
_REPLAYS = f"{_ADMIN}v1/replays/"
_MAILED = ("/r/", "/m/r/")
_STAFF_PAGES = "/staff/"
_REGISTRATION = "/api/registration/"
_IMAGE = re.compile(rf"{_REGISTRATION}v1/[^/]+/image")
_PLAIN_PART = re.compile(r"[A-Za-z0-9._-]{0,15}")
_SECRET_PARENTS = ("r", "c", "s", "b", "callbacks")
_SHOWN_PATH = 200
log = get_log("http")
Answer = Callable[[Scope, Problem, Mapping[str, str] | None], Response]
"""Makes the response of a refusal, as a page or as a problem document."""


def interface_of(path: str) -> str:
    """The interface that a path belongs to, as refused inputs name it (design, section 4)."""
    if path.startswith((_HANDSET, _REGISTRATION)):
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


class TooLarge(Exception):
    """The body is longer than allowed."""


@dataclass
class Guard:
    """ASGI middleware around the application."""

    app: ASGIApp
    refusals: Refusals
    metrics: Metrics
    answer: Answer
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
            body = await whole_body(scope, receive)
            await self.app(scope, _replay(body, receive), watched)
        except TooLarge:
            limit = _limit_for(scope)
            document = problem(
                Refusal.TOO_LARGE, f"the body is larger than {limit} bytes; send less"
            )
            self.refusals.note(scope, document.code.value, document.detail)
            answer = self.answer(scope, document, {"Connection": "close"})
            await answer(scope, receive, watched)
        except Exception as error:
            log.error("request failed", path=_route_of(scope), exc_info=error)
            if status == 0:
                document = problem(Refusal.INTERNAL, "an error of this program; its log says where")
                self.refusals.note(scope, document.code.value, document.detail)
                await self.answer(scope, document, None)(scope, receive, watched)
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
                # A route of ours says why; where there is none, nobody does.
                reason = message.get("reason")
                code = Refusal.FORBIDDEN if reason else Refusal.NOT_FOUND
                self.refusals.note(
                    scope, code.value, reason or "there is no WebSocket at this path"
                )
            await send(message)

        await self.app(scope, receive, watched)


def _limit_for(scope: Scope) -> int:
    if scope["path"].startswith(_REPLAYS):
        return REPLAY_BODY_LIMIT
    if scope["path"].startswith(_ADMIN):
        return ADMIN_BODY_LIMIT
    if scope["path"].startswith(_STAFF_PAGES):
        return STAFF_BODY_LIMIT
    if scope["path"].startswith(_MAILED) or _is_image(scope):
        return IMAGE_BODY_LIMIT
    return BODY_LIMIT


def _is_image(scope: Scope) -> bool:
    return scope["method"] == "PUT" and _IMAGE.fullmatch(scope["path"]) is not None


async def whole_body(scope: Scope, receive: Receive) -> list[Message]:
    """The body's messages up to its end, or to the client's disappearance."""
    limit = _limit_for(scope)
    for name, value in scope["headers"]:
        if name == b"content-length" and value.isdigit() and int(value[:12]) > limit:
            raise TooLarge
    messages: list[Message] = []
    size = 0
    while True:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            return messages
        size += len(message.get("body", b""))
        if size > limit:
            raise TooLarge
        if not message.get("more_body", False):
            return messages


def _replay(messages: list[Message], receive: Receive) -> Receive:
    waiting = iter(messages)

    async def replay() -> Message:
        for message in waiting:
            return message
        return await receive()

    return replay


def _route(scope: Scope) -> Any:
    return scope.get("route")


def _name_of(scope: Scope) -> str:
    """The operation's name; never the raw path, which a client may choose at will."""
    return str(getattr(_route(scope), "name", None) or "none")


def _route_of(scope: Scope) -> str:
    return str(getattr(_route(scope), "path", None) or without_secrets(scope["path"]))


def without_secrets(path: str) -> str:
    """A path as it may be logged, where no route says which part of it is a secret.

    A mailed URL or a call page, mistyped, still holds its secret.  Parts that are long, or follow
    what a secret follows, are hidden.
    """
    parts = path[:_SHOWN_PATH].split("/")
    for number, part in enumerate(parts):
        follows = number > 0 and parts[number - 1].casefold() in _SECRET_PARENTS
        if follows or not _PLAIN_PART.fullmatch(part):
            parts[number] = "***"
    return "/".join(parts)
