"""The WebSocket of the chat page: the handset API's frames, opened by the device's own key.

A page's script cannot read the key's cookie, and needs no token: ``hello`` says only where to
resume.  ``ping`` is answered by ``pong``, since scripts do not see a WebSocket's own pings, and a
dead connection must show within seconds (CNB-36).
"""

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

from net119_reference.ports import Attachment, HandsetIdentity, Refused, Sink
from net119_reference.registration.ports import CallPageRefused
from net119_reference.web.chat import ack, plain_line
from net119_reference.web.connection import Connection
from net119_reference.web.pages.sessions import device_key
from net119_reference.web.routes import Context

PATH = "/c/{secret}/calls/{call_id}/chat"


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

    def __init__(self, context: Context, secret: str, device: str, call_id: str) -> None:
        self._service = context.service
        self._metrics = context.metrics
        self._secret = secret
        self._device = device
        self._call_id_text = call_id
        self._who: HandsetIdentity | None = None
        self._call_id: UUID | None = None

    async def _opened(self) -> HandsetIdentity:
        """Who holds the page, on this device; asked again before each line."""
        service = self._service.registrations
        try:
            return (await service.open_call_page(self._secret, self._device)).identity
        except CallPageRefused as refused:
            code = Refusal(f"call-page-{refused.code.value}")
            raise Refused(code, f"the call page does not open here: {refused.code.value}") from None

    async def open(self, hello: PageHello, sink: Sink) -> Attachment:
        """Open the page and attach to the call."""
        who = await self._opened()
        try:
            call_id = UUID(self._call_id_text)
        except ValueError:
            raise Refused(
                Refusal.UNKNOWN_CALL, "the path does not hold a call's id", field="call_id"
            ) from None
        attachment = await self._service.attach_handset(who, call_id, hello.after, sink)
        self._who, self._call_id = who, call_id
        return attachment

    async def act(self, frame: Ping | common.SayFrame | handset.LocationSent) -> WireModel | None:
        """Say a line, tell the position, or give a sign of life."""
        if isinstance(frame, Ping):
            return Pong()
        if self._who is None or self._call_id is None:
            raise RuntimeError("a frame was let through before hello")
        if isinstance(frame, handset.LocationSent):
            told = handset.NewLocation.model_validate(frame.model_dump(exclude={"type"}))
            await self._service.positions.tell(await self._opened(), self._call_id, told)
            return Located(problem=frame.problem)
        if frame.call_id not in (None, self._call_id):
            raise Refused(
                Refusal.NOT_YOUR_CALL, "this connection is for another call", field="callId"
            )
        who = await self._opened()
        stored = await self._service.caller_says(who, self._call_id, plain_line(frame))
        self._metrics.line_stored("caller")
        return ack(self._call_id, stored)


def from_own_page(websocket: WebSocket) -> bool:
    """Whether a page of this site opens the connection; every browser says which one does.

    Cookies go along with a WebSocket that another site's page opens (RFC 6455, 10.2).
    """
    origin = websocket.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc == websocket.headers.get("host")


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the WebSocket of the chat page."""

    async def chat(websocket: WebSocket) -> None:
        if not from_own_page(websocket):
            # Before it is accepted this answers 403, and the guard notes the reason.
            await websocket.close(reason="page-chat: opened from a page of another site")
            return
        secret, call_id = websocket.path_params["secret"], websocket.path_params["call_id"]
        conversation = PageChat(context, secret, device_key(websocket) or "", call_id)
        await Connection(websocket, context, conversation).run()

    routes.routes.append(WebSocketRoute(PATH, chat, name="page-chat"))
