"""The WebSocket of the chat page: the handset API's frames, opened by the page's own door.

A page's script cannot read the door's cookie, and needs no token: ``hello`` says only where to
resume.  ``ping`` is answered by ``pong``, since scripts do not see a WebSocket's own pings, and a
dead connection must show within seconds (CNB-36).
"""

import functools
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit
from uuid import UUID

from fastapi import APIRouter
from net119_protocol.api import common, handset
from net119_protocol.codes import PositionProblem, Refusal
from net119_protocol.model import Count, StrictModel, WireModel
from pydantic import Field, TypeAdapter
from starlette.routing import WebSocketRoute
from starlette.websockets import WebSocket

from net119_reference.connected import new_line
from net119_reference.ports import Attachment, Refused, Sink
from net119_reference.web.chat import ack
from net119_reference.web.connection import Connection
from net119_reference.web.conversation import Answer
from net119_reference.web.pages.chat.visit import ChatDoor, Visit
from net119_reference.web.routes import Context


class PageHello(StrictModel):
    """First frame; lines after number ``after`` are sent again."""

    type: Literal["hello"] = "hello"
    after: Count = 0


class Ping(StrictModel):
    """Asks for a sign of life."""

    type: Literal["ping"] = "ping"


class Pong(WireModel):
    """The sign of life."""

    type: Literal["pong"] = "pong"


class Located(WireModel):
    """What the page told of the position is stored, so that it may say so (I9)."""

    type: Literal["located"] = "located"
    problem: PositionProblem | None = None
    """Why there was no position, if there was none."""


PageIn = Annotated[
    PageHello | Ping | common.SayFrame | handset.LocationSent, Field(discriminator="type")
]
_FRAMES: TypeAdapter[Any] = TypeAdapter(PageIn)


class PageChat:
    """The conversation of one chat page about one call."""

    name = "page-chat"
    frames = _FRAMES
    hello: type[WireModel] = PageHello

    def __init__(self, context: Context, opened: Callable[[], Awaitable[Visit]]) -> None:
        self._service = context.service
        self._metrics = context.metrics
        self._opened = opened
        self._call_id: UUID | None = None

    async def open(self, hello: PageHello, sink: Sink) -> Attachment:
        """Open the page and attach to the call."""
        visit = await self._opened()
        attachment = await self._service.attach_handset(
            visit.identity, visit.call_id, hello.after, sink
        )
        self._call_id = visit.call_id
        return attachment

    def at_once(self, frame: object, answer: Answer) -> bool:
        """Nothing: the door has to be asked first."""
        return False

    async def act(self, frame: Ping | common.SayFrame | handset.LocationSent) -> WireModel | None:
        """Say a line, tell the position, or give a sign of life."""
        if isinstance(frame, Ping):
            return Pong()
        if self._call_id is None:
            raise RuntimeError("a frame was let through before hello")
        if isinstance(frame, handset.LocationSent):
            told = handset.NewLocation.model_validate(frame.model_dump(exclude={"type"}))
            who = (await self._opened()).identity
            await self._service.positions.tell(who, self._call_id, told)
            return Located(problem=frame.problem)
        if frame.call_id not in (None, self._call_id):
            raise Refused(
                Refusal.NOT_YOUR_CALL, "this connection is for another call", field="callId"
            )
        # Asked again before each line: the door may have been shut.
        who = (await self._opened()).identity
        stored = await self._service.caller_says(who, self._call_id, new_line(frame))
        self._metrics.line_stored("caller")
        return ack(self._call_id, stored)


def from_own_page(websocket: WebSocket) -> bool:
    """Whether a page of this site opens the connection; every browser says which one does.

    Cookies go along with a WebSocket that another site's page opens (RFC 6455, 10.2).
    """
    origin = websocket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == websocket.headers.get("host")


def add_routes(routes: APIRouter, context: Context, door: ChatDoor) -> None:
    """Add the WebSocket of the chat page."""

    async def chat(websocket: WebSocket) -> None:
        if not from_own_page(websocket):
            # Before it is accepted this answers 403, and the guard notes the reason.
            await websocket.close(reason="page-chat: opened from a page of another site")
            return
        conversation = PageChat(context, functools.partial(door.opened, websocket))
        await Connection(websocket, context, conversation).begin(websocket)

    routes.routes.append(WebSocketRoute(f"{door.path}/chat", chat, name="page-chat"))
