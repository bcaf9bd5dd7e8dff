"""One WebSocket connection: hello, frames in, frames out, and an end that says why.

What differs between a handset's chat and a console's feed is a :class:`Conversation`.
"""

import asyncio
import contextlib
import re
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, Protocol
from uuid import UUID

from net119_protocol.api.common import RefusedFrame
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from net119_protocol.texts import refusal_texts
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket, WebSocketDisconnect

from net119_reference.logs import get_log
from net119_reference.ports import Attachment, Refused, Sink, StorageFailed
from net119_reference.web.guard import source_of
from net119_reference.web.problems import code_of_errors, explain_errors, showable
from net119_reference.web.routes import Context

FRAME_LIMIT = 64 * 1024
"""Largest frame taken, in bytes of UTF-8."""
COMMANDS_AT_ONCE = 64
"""Frames of one connection that are worked on at the same time; then reading waits."""
FAREWELL_S = 5.0
"""How long a last frame may take to leave before the connection is dropped."""

_CLIENT_ID = re.compile(r"^[\x21-\x7e]{1,64}$")
log = get_log("websocket")


class CloseCode(IntEnum):
    """Why the provider closes a WebSocket (RFC 6455, 7.4; from 4000 on our own)."""

    TOO_LARGE = 1009
    INTERNAL = 1011
    STOPPING = 1012
    TRY_AGAIN = 1013
    NOT_AUTHENTICATED = 4401
    FORBIDDEN = 4403
    UNKNOWN_CALL = 4404
    SLOW_READER = 4408


_CLOSE_CODES = {
    Refusal.NOT_AUTHENTICATED: CloseCode.NOT_AUTHENTICATED,
    Refusal.UNKNOWN_CALL: CloseCode.UNKNOWN_CALL,
    Refusal.NOT_YOUR_CALL: CloseCode.UNKNOWN_CALL,
    Refusal.NOT_FOUND: CloseCode.UNKNOWN_CALL,
    Refusal.STORAGE_FAILED: CloseCode.TRY_AGAIN,
    Refusal.OVERLOAD: CloseCode.TRY_AGAIN,
    Refusal.INTERNAL: CloseCode.INTERNAL,
}


def _close_code(code: Refusal) -> CloseCode:
    return _CLOSE_CODES.get(code, CloseCode.FORBIDDEN)


class Conversation(Protocol):
    """What is said over a connection."""

    name: str
    frames: "TypeAdapter[Any]"
    hello: type[WireModel]

    async def open(self, hello: Any, sink: Sink) -> Attachment:
        """Check who it is and attach; the service sends the welcome through ``sink``.

        Raises:
            Refused: the connection is closed after saying so.
        """

    async def act(self, frame: Any) -> WireModel | None:
        """Do what a frame asks; the answer, if there is one.

        Raises:
            Refused: told to the client; the connection stays.
        """


@dataclass(frozen=True)
class _End:
    """How a connection ends from our side."""

    code: CloseCode
    reason: str


class Connection:
    """Runs one conversation; also the :class:`Sink` that the service sends into."""

    def __init__(self, websocket: WebSocket, context: Context, conversation: Conversation) -> None:
        self._websocket = websocket
        self._context = context
        self._conversation = conversation
        self._queue: deque[WireModel] = deque()
        self._backlog = 0
        self._bounded = False
        self._wake = asyncio.Event()
        self._finishing = False
        self._dismissed = asyncio.Event()
        self._end: _End | None = None
        self._attachment: Attachment | None = None
        self._slots = asyncio.Semaphore(COMMANDS_AT_ONCE)
        self._lanes: dict[Hashable, asyncio.Task[None]] = {}
        self._running: set[asyncio.Task[None]] = set()

    # --- outgoing -------------------------------------------------------------------------------

    def send(self, frame: WireModel) -> None:
        """Queue a frame; a queue that is full ends the connection, and the client resumes.

        What is sent while attaching (a long transcript, perhaps) is not counted: it says nothing
        of how fast the client reads.
        """
        if self._finishing or self._dismissed.is_set():
            return
        limit = self._context.config.limits.send_queue
        if self._bounded and len(self._queue) - self._backlog >= limit:
            self._dismiss(
                _End(CloseCode.SLOW_READER, "reads too slowly; connect again with after=seq")
            )
            return
        self._queue.append(frame)
        self._wake.set()

    def end(self, code: Refusal, detail: str) -> None:
        """Say why, after what is queued already, and close the connection."""
        self._refuse(code, detail)
        self._dismiss(_End(_close_code(code), code.value))

    def _dismiss(self, end: _End) -> None:
        """The client is to be sent away; the first reason stands."""
        if not self._dismissed.is_set():
            self._end = end
            self._dismissed.set()

    def _refuse(
        self,
        code: Refusal,
        detail: str,
        *,
        field: str | None = None,
        call_id: UUID | None = None,
        client_id: str | None = None,
    ) -> None:
        self._context.refusals.note(
            self._websocket.scope, code.value, f"{self._conversation.name}: {detail}"
        )
        self.send(
            RefusedFrame(
                code=code,
                detail=showable(detail),
                field=None if field is None else showable(field, 200),
                call_id=call_id,
                client_id=client_id,
                message_ja=refusal_texts(code).message_ja,
            )
        )

    async def _write(self) -> None:
        while True:
            while not self._queue:
                if self._finishing:
                    return
                self._wake.clear()
                await self._wake.wait()
            frame = self._queue.popleft()
            self._backlog = max(0, self._backlog - 1)
            await self._websocket.send_text(frame.model_dump_json(by_alias=True, exclude_none=True))

    # --- life -----------------------------------------------------------------------------------

    async def run(self) -> None:
        """Accept the connection and serve it until it ends."""
        name = self._conversation.name
        await self._websocket.accept()
        self._context.metrics.socket_opened(name)
        source = source_of(self._websocket.scope)
        log.info("websocket opened", socket=name, source=source)
        reader = asyncio.create_task(self._read(), name=f"{name}-reader")
        writer = asyncio.create_task(self._write(), name=f"{name}-writer")
        dismissed = asyncio.create_task(self._dismissed.wait(), name=f"{name}-dismissed")
        end: _End | None = None
        try:
            await asyncio.wait({reader, writer, dismissed}, return_when=asyncio.FIRST_COMPLETED)
            end = self._end_of(reader)
            if self._attachment is not None:
                # Nothing more is to be queued by the service while we say good-bye.
                await asyncio.shield(self._attachment.detach())
            await self._say_goodbye(end, writer)
        finally:
            for task in (reader, writer, dismissed):
                task.cancel()
            await asyncio.gather(reader, writer, dismissed, return_exceptions=True)
            if self._attachment is not None:
                await asyncio.shield(self._attachment.detach())
            if self._running:
                # Commands under way are finished: a cancelled one might be half done.
                await asyncio.wait(self._running)
            self._context.metrics.socket_closed(name)
            log.info(
                "websocket closed",
                socket=name,
                source=source,
                code=None if end is None else int(end.code),
            )

    def _end_of(self, reader: "asyncio.Task[_End | None]") -> _End | None:
        if self._dismissed.is_set():
            return self._end
        if not reader.done():
            return None  # the writer ended: the client is gone
        error = reader.exception()
        if error is None:
            return reader.result()
        log.error("websocket failed", socket=self._conversation.name, exc_info=error)
        return _End(CloseCode.INTERNAL, "an error of this program")

    async def _say_goodbye(self, end: _End | None, writer: "asyncio.Task[None]") -> None:
        self._finishing = True
        self._wake.set()
        if end is None:
            return
        # A client that went away meanwhile has nothing to be told.
        with contextlib.suppress(TimeoutError, WebSocketDisconnect, RuntimeError, OSError):
            async with asyncio.timeout(FAREWELL_S):
                if end.code is CloseCode.SLOW_READER:
                    writer.cancel()
                else:
                    await asyncio.wait({writer})
                await self._websocket.close(int(end.code), end.reason)

    # --- incoming -------------------------------------------------------------------------------

    async def _read(self) -> _End | None:
        """Read until the client goes (None) or has to be sent away."""
        hello_s = self._context.config.timers.hello_s
        frame: Any = None
        try:
            async with asyncio.timeout(hello_s):
                while not isinstance(frame, self._conversation.hello):
                    frame = await self._next_frame()
                    if isinstance(frame, _End):
                        return frame
                    if frame is None:
                        return None
                    if not isinstance(frame, self._conversation.hello):
                        self._refuse(
                            Refusal.NOT_AUTHENTICATED,
                            "the first frame must be hello, with the token",
                            client_id=getattr(frame, "client_id", None),
                        )
        except TimeoutError:
            detail = f"no valid hello within {hello_s:g} s"
            self._refuse(Refusal.NOT_AUTHENTICATED, detail)
            return _End(CloseCode.NOT_AUTHENTICATED, detail)
        refused = await self._open(frame)
        if refused is not None:
            return refused
        while True:
            frame = await self._next_frame()
            if frame is None or isinstance(frame, _End):
                return frame
            if isinstance(frame, self._conversation.hello):
                self._refuse(Refusal.WRONG_STATE, "hello was said already; connect again to resume")
                continue
            await self._start(frame)

    async def _open(self, hello: WireModel) -> _End | None:
        try:
            self._attachment = await self._conversation.open(hello, self)
        except Refused as refused:
            code, detail, field = refused.code, refused.detail, refused.field
        except StorageFailed:
            code, detail, field = Refusal.STORAGE_FAILED, "the database failed; try again", None
        else:
            self._backlog = len(self._queue)
            self._bounded = True
            return None
        self._refuse(code, detail, field=field)
        return _End(_close_code(code), code.value)

    async def _next_frame(self) -> Any:
        """The next valid frame; invalid ones are refused on the way. None: the client is gone."""
        while True:
            message = await self._websocket.receive()
            if message["type"] == "websocket.disconnect":
                if message.get("code") in (1002, 1007, CloseCode.TOO_LARGE):
                    self._context.refusals.note(
                        self._websocket.scope,
                        Refusal.INVALID.value,
                        f"WebSocket protocol error {message['code']}; connection closed",
                    )
                return None
            text = message.get("text")
            if text is None:
                self._refuse(Refusal.INVALID, "frames are JSON texts, not binary")
            elif len(text) > FRAME_LIMIT or len(text.encode()) > FRAME_LIMIT:
                self._refuse(Refusal.TOO_LARGE, f"the frame is larger than {FRAME_LIMIT} bytes")
                return _End(CloseCode.TOO_LARGE, "frame too large")
            else:
                try:
                    return self._conversation.frames.validate_json(text)
                except ValidationError as wrong:
                    self._refuse_invalid(text, wrong)

    def _refuse_invalid(self, text: str, wrong: ValidationError) -> None:
        errors = wrong.errors(include_url=False, include_input=False)
        kind = errors[0]["type"]
        if kind == "json_invalid":
            self._refuse(Refusal.INVALID, f"the frame is not JSON ({errors[0]['msg']})")
            return
        if kind in {"union_tag_invalid", "union_tag_not_found"}:
            known = errors[0].get("ctx", {}).get("expected_tags", "")
            detail = f"the frame needs a known type; {known}" if known else "type is missing"
            self._refuse(Refusal.INVALID, detail, field="type", client_id=_client_id_in(text))
            return
        detail, field = explain_errors(errors, skip=1)
        self._refuse(
            code_of_errors(errors),
            detail,
            field=field,
            client_id=_client_id_in(text),
        )

    # --- commands -------------------------------------------------------------------------------

    async def _start(self, frame: Any) -> None:
        """Work on a frame beside the reading; frames of one call stay in order.

        A line to a slow peer must not hold up the other calls of the same console.
        """
        await self._slots.acquire()
        lane: Hashable = getattr(frame, "call_id", None)
        task = asyncio.create_task(self._carry_out(frame, self._lanes.get(lane)))
        self._lanes[lane] = task
        self._running.add(task)

        def finished(done: "asyncio.Task[None]") -> None:
            self._slots.release()
            self._running.discard(done)
            if self._lanes.get(lane) is done:
                del self._lanes[lane]

        task.add_done_callback(finished)

    async def _carry_out(self, frame: Any, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        call_id = getattr(frame, "call_id", None)
        client_id = getattr(frame, "client_id", None)
        try:
            answer = await self._conversation.act(frame)
        except Refused as refused:
            self._refuse(
                refused.code,
                refused.detail,
                field=refused.field,
                call_id=call_id,
                client_id=client_id,
            )
        except StorageFailed as failed:
            self._refuse(
                Refusal.STORAGE_FAILED, failed.detail, call_id=call_id, client_id=client_id
            )
        except Exception as error:
            log.error("frame failed", socket=self._conversation.name, exc_info=error)
            detail = "an error of this program; its log says where"
            self._refuse(Refusal.INTERNAL, detail, call_id=call_id, client_id=client_id)
        else:
            if answer is not None:
                self.send(answer)


_CLIENT_ID_IN = TypeAdapter(dict[str, Any])


def _client_id_in(text: str) -> str | None:
    """The sender's own id in a frame that is otherwise wrong, so that it can tell which one."""
    try:
        value = _CLIENT_ID_IN.validate_json(text).get("clientId")
    except ValidationError:
        return None
    return value if isinstance(value, str) and _CLIENT_ID.match(value) else None
