"""The WebSocket of one call for its caller's handset."""

import functools
from typing import Any
from uuid import UUID

from fastapi import APIRouter, WebSocket
from net119_protocol.api import common, handset
from net119_protocol.api.operations import SOCKETS
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel, trusted
from pydantic import TypeAdapter
from starlette.types import Scope

from net119_reference.connected import new_line
from net119_reference.metrics import Metrics
from net119_reference.ports import Attachment, HandsetIdentity, Refused, Sink
from net119_reference.web.connection import Connection
from net119_reference.web.conversation import Answer
from net119_reference.web.encoding import ack_frame
from net119_reference.web.routes import Context, call_in
from net119_reference.web.said import SaidLine

_FRAMES: TypeAdapter[handset.HandsetIn] = TypeAdapter(handset.HandsetIn)
_PATH = next(socket.path for socket in SOCKETS if socket.name == "chat")


class Chat:
    """The conversation of one handset about one call."""

    name = "chat"
    frames: TypeAdapter[Any] = _FRAMES
    hello: type[WireModel] = handset.HandsetHello

    def __init__(self, context: Context, call_id: str, scope: Scope) -> None:
        self._context = context
        self._scope = scope
        self._service = context.service
        self._metrics = context.metrics
        self._call_id_text = call_id
        self._who: HandsetIdentity | None = None
        self._call_id: UUID | None = None
        self._attachment: Attachment | None = None

    async def open(self, hello: handset.HandsetHello, sink: Sink) -> Attachment:
        """Log in with the token and attach to the call."""
        call_id = call_in({"call_id": self._call_id_text})
        who = await self._service.handset_identity(hello.token, call_id)
        who = self._context.over_link(who, self._scope)
        if call_id is None:
            raise Refused(
                Refusal.UNKNOWN_CALL, "the path does not hold a call's id", field="call_id"
            )
        attachment = await self._service.attach_handset(who, call_id, hello.after, sink)
        self._who, self._call_id, self._attachment = who, call_id, attachment
        # Only needed for logging in: thousands of chats keep no handshake.
        self._scope = {}
        return attachment

    def at_once(self, frame: object, answer: Answer) -> bool:
        """Say a line, if the call is at hand."""
        attached, call_id = self._attachment, self._call_id
        if not isinstance(frame, SaidLine | common.SayFrame) or attached is None or call_id is None:
            return False
        if frame.call_id is not None and frame.call_id != call_id:
            return False
        done = functools.partial(acknowledge, answer, self._metrics, "caller", call_id)
        return attached.begin_line(call_id, frame, done)

    async def act(self, frame: common.SayFrame | handset.LocationSent) -> WireModel | None:
        """Say a line, or tell where the handset is."""
        if self._who is None or self._call_id is None:
            raise RuntimeError("a frame was let through before hello")
        if isinstance(frame, handset.LocationSent):
            told = handset.NewLocation.model_validate(frame.model_dump(exclude={"type"}))
            view = await self._service.positions.tell(self._who, self._call_id, told)
            return handset.CallFrame(call=view)
        if frame.call_id not in (None, self._call_id):
            raise Refused(
                Refusal.NOT_YOUR_CALL,
                "this connection is for another call; leave callId out",
                field="callId",
            )
        stored = await self._service.caller_says(self._who, self._call_id, new_line(frame))
        self._metrics.line_stored("caller")
        return ack(self._call_id, stored)


def ack(call_id: UUID, stored: common.LineStored) -> common.AckFrame:
    """The frame that says that a line is stored (invariant I2)."""
    return trusted(
        common.AckFrame,
        type="ack",
        call_id=call_id,
        client_id=stored.client_id,
        seq=stored.seq,
        at=stored.at,
    )


def acknowledge(
    answer: Answer,
    metrics: Metrics,
    sender: str,
    call_id: UUID,
    stored: common.LineStored | None,
    error: Exception | None,
) -> None:
    """Answer a line that was begun, now that it is stored or refused."""
    if stored is None:
        answer(None, error)
        return
    metrics.line_stored(sender)
    answer(ack_frame(call_id, stored.client_id, stored.seq, stored.at), None)


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the chat's route."""

    async def chat(websocket: WebSocket, call_id: str) -> None:
        await Connection(websocket, context, Chat(context, call_id, websocket.scope)).begin(
            websocket
        )

    routes.add_api_websocket_route(_PATH, chat, name="chat")
