"""The WebSocket of a dispatcher's console: all calls of a center."""

import functools
from typing import Any

from fastapi import APIRouter, WebSocket
from net119_protocol.api import common, console
from net119_protocol.api.operations import SOCKETS
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from pydantic import TypeAdapter

from net119_reference.connected import new_line
from net119_reference.ports import Attachment, DispatcherIdentity, Refused, Sink
from net119_reference.web.chat import ack, acknowledge
from net119_reference.web.connection import Connection
from net119_reference.web.conversation import Answer
from net119_reference.web.routes import Context
from net119_reference.web.said import SaidLine

_FRAMES: TypeAdapter[console.ConsoleIn] = TypeAdapter(console.ConsoleIn)
_PATH = next(socket.path for socket in SOCKETS if socket.name == "feed")


class Feed:
    """The conversation of one console."""

    name = "feed"
    frames: TypeAdapter[Any] = _FRAMES
    hello: type[WireModel] = console.ConsoleHello

    def __init__(self, context: Context) -> None:
        self._context = context
        self._service = context.service
        self._metrics = context.metrics
        self._who: DispatcherIdentity | None = None
        self._attachment: Attachment | None = None

    async def open(self, hello: console.ConsoleHello, sink: Sink) -> Attachment:
        """Log in with the token and attach to the center."""
        who = await self._service.dispatcher_identity(hello.token)
        attachment = await self._service.attach_console(who, hello.after, sink)
        self._who, self._attachment = who, attachment
        return attachment

    def at_once(self, frame: object, answer: Answer) -> bool:
        """Say a line, if the call is at hand and numbered here."""
        attached = self._attachment
        if not isinstance(frame, SaidLine | common.SayFrame) or attached is None:
            return False
        if frame.call_id is None:
            return False
        done = functools.partial(acknowledge, answer, self._metrics, "dispatcher", frame.call_id)
        return attached.begin_line(frame.call_id, frame, done)

    async def act(
        self,
        frame: console.AnswerFrame | console.CloseFrame | common.SayFrame | console.PingFrame,
    ) -> WireModel | None:
        """Answer or close a call, say a line in it, or give a sign of life."""
        if isinstance(frame, console.PingFrame):
            return console.PongFrame(now=self._context.now())
        who = self._who
        if who is None:
            raise RuntimeError("a frame was let through before hello")
        if isinstance(frame, console.AnswerFrame):
            answered = await self._service.answer(who, frame.call_id)
            return console.ConsoleCallFrame(call=answered)
        if isinstance(frame, console.CloseFrame):
            body = console.CloseCall(
                outcome=frame.outcome, note=frame.note, relayed_to=frame.relayed_to
            )
            closed = await self._service.close(who, frame.call_id, body)
            self._metrics.call_closed(frame.outcome.value)
            return console.ConsoleCallFrame(call=closed)
        if frame.call_id is None:
            raise Refused(Refusal.INVALID, "a console must say which call: callId", field="callId")
        stored = await self._service.dispatcher_says(who, frame.call_id, new_line(frame))
        self._metrics.line_stored("dispatcher")
        return ack(frame.call_id, stored)


def add_routes(routes: APIRouter, context: Context) -> None:
    """Add the feed's route."""

    async def feed(websocket: WebSocket) -> None:
        await Connection(websocket, context, Feed(context)).begin(websocket)

    routes.add_api_websocket_route(_PATH, feed, name="feed")
