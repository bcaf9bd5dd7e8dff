"""A relay's application: its WebSockets are served here, every other request by the office."""

from dataclasses import replace
from datetime import datetime
from typing import Any, cast
from uuid import UUID

from fastapi import APIRouter, FastAPI
from net119_protocol.codes import Refusal
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from net119_reference.config import Config
from net119_reference.metrics import Metrics
from net119_reference.ports import HandsetIdentity, StorageFailed
from net119_reference.several.channel import ChannelLost
from net119_reference.several.office_link import OfficeLink
from net119_reference.several.relay_service import Relay
from net119_reference.several.told import PageIdentity, scope_told
from net119_reference.web import chat, feed
from net119_reference.web.access import LogInBrake, link_security
from net119_reference.web.application import answers
from net119_reference.web.guard import Answer, Guard, Refusals, TooLarge, whole_body
from net119_reference.web.link_rules import LinkRules
from net119_reference.web.pages.chat import socket
from net119_reference.web.pages.chat.callback_door import CallbackChatDoor
from net119_reference.web.pages.chat.visit import CallPageChatDoor, ChatDoor, Visit, Visited
from net119_reference.web.pages.rendering import Pages
from net119_reference.web.pages.routing import Endpoint
from net119_reference.web.problems import problem
from net119_reference.web.routes import Context


class RelayContext(Context):
    """As the routers of WebSockets need it."""

    def now(self) -> datetime:
        """The present moment by the office's clock, UTC."""
        relay: Any = self.service
        return cast(Relay, relay).now()

    def over_link(self, who: HandsetIdentity, scope: Scope) -> HandsetIdentity:
        """The same registrant, on this connection; the office decides whether it may be."""
        return replace(who, link=link_security(scope))


class OfficeChatDoor:
    """A chat page's door: the office opens it."""

    def __init__(self, path: str, office: OfficeLink) -> None:
        self.path = path
        self._office = office

    def guard(self, endpoint: Visited) -> Endpoint:
        """The pages themselves are the office's."""
        raise NotImplementedError("a relay serves no pages")

    async def opened(self, connection: HTTPConnection) -> Visit:
        """See :class:`~net119_reference.web.pages.chat.visit.ChatDoor`."""
        told = scope_told(connection.scope)
        answer, _ = await self._office.ask({"do": "door", "path": self.path, "scope": told})
        who = PageIdentity(**answer["who"])
        return Visit(who, UUID(answer["call"]), path="", csrf="", back="")


class Passing:
    """Passes requests on to the office."""

    def __init__(
        self, office: OfficeLink, own: ASGIApp, answer: Answer, refusals: Refusals
    ) -> None:
        self._office = office
        self._own = own
        self._answer = answer
        self._refusals = refusals

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a WebSocket, or answer a request with what the office says."""
        if scope["type"] != "http":
            await self._own(scope, receive, send)
            return
        try:
            body = b"".join(
                message.get("body", b"") for message in await whole_body(scope, receive)
            )
            told = scope_told(scope)
        except TooLarge:
            # The office says so, by the length alone.
            body, told = b"", _too_long(scope_told(scope))
        try:
            answer, octets = await self._office.ask({"do": "http", "scope": told}, body)
        except StorageFailed as failed:
            away = isinstance(failed, ChannelLost)
            detail = failed.detail if away else "an error of this program; its log says where"
            code = Refusal.STORAGE_FAILED if away else Refusal.INTERNAL
            self._refusals.note(scope, code.value, f"{scope['method']}: {detail}")
            await self._answer(scope, problem(code, detail), None)(scope, receive, send)
            return
        headers = [
            (name.encode("latin-1"), value.encode("latin-1")) for name, value in answer["headers"]
        ]
        await send({"type": "http.response.start", "status": answer["status"], "headers": headers})
        await send({"type": "http.response.body", "body": octets})


def _too_long(told: dict[str, Any]) -> dict[str, Any]:
    others = [each for each in told["headers"] if each[0] != "content-length"]
    return {**told, "headers": [*others, ["content-length", "9" * 12]]}


def create_relay_app(relay: Relay, config: Config, metrics: Metrics) -> ASGIApp:
    """The ASGI application of a relay."""
    metrics.follow_open_calls(relay.open_calls)
    service: Any = relay
    refusals = Refusals(service, metrics)
    # Log-ins are the office's.
    context = RelayContext(service, config, metrics, refusals, LogInBrake(1, 1, 1.0))
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None, redirect_slashes=False)
    chat.add_routes(app.router, context)
    feed.add_routes(app.router, context)
    _add_page_chats(app.router, context, relay.office)
    answer = answers(Pages(config.map.tile_origin))
    app.add_middleware(LinkRules, public_url=config.public_url, refusals=refusals, answer=answer)
    app.add_middleware(Guard, refusals=refusals, metrics=metrics, answer=answer)
    return Passing(relay.office, app, answer, refusals)


def _add_page_chats(routes: APIRouter, context: Context, office: OfficeLink) -> None:
    for path in (CallPageChatDoor.path, CallbackChatDoor.path):
        door: ChatDoor = OfficeChatDoor(path, office)
        socket.add_routes(routes, context, door)
