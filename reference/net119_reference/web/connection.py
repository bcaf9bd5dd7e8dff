"""One WebSocket connection: hello, frames in, frames out, and an end that says why.

What differs between a handset's chat and a console's feed is a :class:`Conversation`.
"""

import asyncio
import functools
import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

from net119_protocol.api.common import RefusedFrame
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from net119_protocol.texts import refusal_texts
from pydantic import TypeAdapter, ValidationError
from starlette.websockets import WebSocket

from net119_reference.connected import ShownLine
from net119_reference.logs import get_log
from net119_reference.ports import Attachment, Refused, StorageFailed
from net119_reference.web.conversation import CloseCode, Conversation, close_code
from net119_reference.web.guard import source_of
from net119_reference.web.outgoing import Outgoing
from net119_reference.web.problems import code_of_errors, explain_errors, showable
from net119_reference.web.routes import Context
from net119_reference.web.said import SaidLine, said_in
from net119_reference.web.wire import Wire, wire_of

FRAME_LIMIT = 64 * 1024
"""Largest frame taken, in bytes of UTF-8."""
COMMANDS_AT_ONCE = 64
"""Frames of one connection that are worked on at the same time; then reading waits."""
FAREWELL_S = 5.0
"""How long a last frame may take to leave before the connection is dropped."""

_CLIENT_ID = re.compile(r"^[\x21-\x7e]{1,64}$")
log = get_log("websocket")


@dataclass(frozen=True)
class _End:
    """How a connection ends from our side."""

    code: CloseCode
    reason: str


class Connection:
    """Runs one conversation; also the :class:`Sink` that the service sends into."""

    def __init__(self, websocket: WebSocket, context: Context, conversation: Conversation) -> None:
        scope = websocket.scope
        self._scope = {"path": scope["path"], "client": scope.get("client")}
        """What of the handshake is told with a refusal; the rest of it is not kept."""
        self._context = context
        self._encoded = context.encoder.frame
        self._conversation = conversation
        self._loop = asyncio.get_running_loop()
        self._wire: Wire
        self._out: Outgoing
        self._hello_timer: asyncio.TimerHandle
        self._over = False
        """Nothing is read or sent any more, but for a last word."""
        self._attachment: Attachment | None = None
        self._opening: asyncio.Task[None] | None = None
        self._running: set[asyncio.Task[None]] = set()
        self._under_way = 0
        self._lanes: dict[Hashable, asyncio.Task[None]] = {}

    # --- outgoing -------------------------------------------------------------------------------

    def send(self, frame: WireModel | ShownLine) -> None:
        """Queue a frame; a queue that is full ends the connection, and the client resumes."""
        if not (self._over or self._out.put(self._encoded(frame))):
            self._too_slow()

    def has_room(self, again: Callable[[], None] | None = None) -> bool:
        """Whether more of a long transcript may be sent; see :class:`Sink`."""
        return not self._over and self._out.has_room(again)

    def _too_slow(self) -> None:
        self._dismiss(_End(CloseCode.SLOW_READER, "reads too slowly; connect again with after=seq"))

    def writable(self, now: bool) -> None:
        """The transport takes more, or has as much as it should hold."""
        self._out.writable(now)

    def end(self, code: Refusal, detail: str) -> None:
        """Say why, after what is queued already, and close the connection."""
        self._refuse(code, detail)
        self._dismiss(_End(close_code(code), code.value))

    def _refuse(
        self,
        code: Refusal,
        detail: str,
        *,
        field: str | None = None,
        call_id: UUID | None = None,
        client_id: str | None = None,
    ) -> None:
        self._context.refusals.note(self._scope, code.value, f"{self._conversation.name}: {detail}")
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

    # --- life -----------------------------------------------------------------------------------

    async def begin(self, websocket: WebSocket) -> None:
        """Accept the connection; it is served from here on, until it ends."""
        await websocket.accept()
        self._wire = wire_of(websocket.scope)
        self._out = self._bounded_queue()
        name = self._conversation.name
        self._context.metrics.socket_opened(name)
        log.info("websocket opened", socket=name, source=source_of(self._scope))
        hello_s = self._context.config.timers.hello_s
        self._hello_timer = self._loop.call_later(hello_s, self._no_hello, hello_s)
        self._wire.begin(self)

    def _bounded_queue(self) -> Outgoing:
        limits = self._context.config.limits
        return Outgoing(self._wire, limits.send_queue, limits.send_queue_octets)

    def _dismiss(self, end: _End | None) -> None:
        """The client is to be sent away, or (None) has gone; the first reason stands."""
        if not self._over:
            self._over = True
            self._wire.run(self._end(end))

    async def _end(self, end: _End | None) -> None:
        self._hello_timer.cancel()
        try:
            await self._detach()
            await self._say_goodbye(end)
        finally:
            if self._running:
                # Commands under way are finished: a cancelled one might be half done.
                await asyncio.wait(self._running)
            name = self._conversation.name
            self._context.metrics.socket_closed(name)
            log.info(
                "websocket closed",
                socket=name,
                source=source_of(self._scope),
                code=None if end is None else int(end.code),
            )

    async def _detach(self) -> None:
        """Nothing more is to be queued by the service."""
        if self._opening is not None:
            self._opening.cancel()
            await asyncio.wait({self._opening})
        if self._attachment is not None:
            await asyncio.shield(self._attachment.detach())

    async def _say_goodbye(self, end: _End | None) -> None:
        if end is None:
            return
        # Its reply to our closing has to be read; what it says before that is not.
        self._wire.go_on()
        try:
            async with asyncio.timeout(FAREWELL_S):
                if end.code is CloseCode.SLOW_READER:
                    self._out.drop()
                await self._out.emptied()
                self._wire.close(int(end.code), end.reason)
        except TimeoutError:
            # It reads nothing: neither the queue nor what the transport holds is kept for it.
            self._wire.abort()
            self._out.drop()

    # --- incoming -------------------------------------------------------------------------------

    def text(self, data: bytes) -> None:
        """A text message has come."""
        if self._over:
            return
        try:
            if len(data) > FRAME_LIMIT:
                self._refuse(Refusal.TOO_LARGE, f"the frame is larger than {FRAME_LIMIT} bytes")
                self._dismiss(_End(CloseCode.TOO_LARGE, "frame too large"))
                return
            said = None if self._opening is None else said_in(data)
            if said is not None:
                self._start(said)
                return
            try:
                frame = self._conversation.frames.validate_json(data)
            except ValidationError as wrong:
                self._refuse_invalid(data, wrong)
            else:
                self._take(frame)
        except Exception as error:
            self._fail(error)

    def binary(self) -> None:
        """A binary message has come."""
        if not self._over:
            self._refuse(Refusal.INVALID, "frames are JSON texts, not binary")

    def gone(self, code: int) -> None:
        """The client has left, or was thrown out."""
        if not self._over:
            if code in (1002, 1007, CloseCode.TOO_LARGE):
                self._context.refusals.note(
                    self._scope,
                    Refusal.INVALID.value,
                    f"WebSocket protocol error {code}; connection closed",
                )
            self._dismiss(None)
        else:
            self._out.drop()

    def _fail(self, error: Exception) -> None:
        log.error("websocket failed", socket=self._conversation.name, exc_info=error)
        self._dismiss(_End(CloseCode.INTERNAL, "an error of this program"))

    def _take(self, frame: Any) -> None:
        """A valid frame has come."""
        said_hello = self._opening is not None
        if isinstance(frame, self._conversation.hello):
            if said_hello:
                self._refuse(Refusal.WRONG_STATE, "hello was said already; connect again to resume")
                return
            self._hello_timer.cancel()
            # The next frame has to wait for what this one is answered with.
            self._wire.hold()
            self._opening = self._loop.create_task(self._open(frame))
        elif said_hello:
            self._start(frame)
        else:
            self._refuse(
                Refusal.NOT_AUTHENTICATED,
                "the first frame must be hello, with the token",
                client_id=getattr(frame, "client_id", None),
            )

    def _no_hello(self, hello_s: float) -> None:
        if self._over:
            return
        detail = f"no valid hello within {hello_s:g} s"
        self._refuse(Refusal.NOT_AUTHENTICATED, detail)
        self._dismiss(_End(CloseCode.NOT_AUTHENTICATED, detail))

    async def _open(self, hello: WireModel) -> None:
        try:
            self._attachment = await self._conversation.open(hello, self)
        except Refused as refused:
            code, detail, field = refused.code, refused.detail, refused.field
        except StorageFailed:
            code, detail, field = Refusal.STORAGE_FAILED, "the database failed; try again", None
        except Exception as error:
            self._fail(error)
            return
        else:
            self._wire.go_on()
            return
        self._refuse(code, detail, field=field)
        self._dismiss(_End(close_code(code), code.value))

    def _refuse_invalid(self, data: bytes, wrong: ValidationError) -> None:
        try:
            data.decode()
        except UnicodeDecodeError:
            self._wire.not_utf8()
            return
        errors = wrong.errors(include_url=False, include_input=False)
        kind = errors[0]["type"]
        if kind == "json_invalid":
            self._refuse(Refusal.INVALID, f"the frame is not JSON ({errors[0]['msg']})")
            return
        if kind in {"union_tag_invalid", "union_tag_not_found"}:
            known = errors[0].get("ctx", {}).get("expected_tags", "")
            detail = f"the frame needs a known type; {known}" if known else "type is missing"
            self._refuse(Refusal.INVALID, detail, field="type", client_id=_client_id_in(data))
            return
        detail, field = explain_errors(errors, skip=1)
        self._refuse(
            code_of_errors(errors),
            detail,
            field=field,
            client_id=_client_id_in(data),
        )

    # --- commands -------------------------------------------------------------------------------

    def _start(self, frame: Any) -> None:
        """Work on a frame beside the reading; frames of one call stay in order.

        A line to a slow peer must not hold up the other calls of the same console.
        """
        self._under_way += 1
        if self._under_way == COMMANDS_AT_ONCE:
            self._wire.hold()
        plain = type(frame) is SaidLine
        lane: Hashable = frame.call_id if plain else getattr(frame, "call_id", None)
        before = self._lanes.get(lane) if self._lanes else None
        answer = functools.partial(self._answer, frame)
        if before is None and self._conversation.at_once(frame, answer):
            return
        if plain:
            frame = frame.as_frame()
        task = self._loop.create_task(self._carry_out(frame, before))
        self._lanes[lane] = task
        self._running.add(task)

        def finished(done: "asyncio.Task[None]") -> None:
            self._running.discard(done)
            if self._lanes.get(lane) is done:
                del self._lanes[lane]

        task.add_done_callback(finished)

    async def _carry_out(self, frame: Any, before: "asyncio.Task[None] | None") -> None:
        if before is not None:
            await asyncio.wait({before})
        try:
            answer = await self._conversation.act(frame)
        except Exception as error:
            self._answer(frame, None, error)
        else:
            self._answer(frame, answer, None)

    def _answer(
        self, frame: Any, answer: WireModel | bytes | None, error: Exception | None
    ) -> None:
        """A frame was worked on: send what it is answered with, or why it was not done."""
        self._under_way -= 1
        if self._under_way == COMMANDS_AT_ONCE // 2:
            self._wire.go_on()
        if error is not None:
            self._refuse_failed(frame, error)
        elif type(answer) is bytes:
            if not (self._over or self._out.put(answer)):
                self._too_slow()
        elif answer is not None:
            self.send(cast("WireModel", answer))

    def _refuse_failed(self, frame: Any, error: Exception) -> None:
        call_id = getattr(frame, "call_id", None)
        client_id = getattr(frame, "client_id", None)
        if isinstance(error, Refused):
            self._refuse(
                error.code, error.detail, field=error.field, call_id=call_id, client_id=client_id
            )
        elif isinstance(error, StorageFailed):
            detail = error.detail
            self._refuse(Refusal.STORAGE_FAILED, detail, call_id=call_id, client_id=client_id)
        else:
            log.error("frame failed", socket=self._conversation.name, exc_info=error)
            detail = "an error of this program; its log says where"
            self._refuse(Refusal.INTERNAL, detail, call_id=call_id, client_id=client_id)


_CLIENT_ID_IN = TypeAdapter(dict[str, Any])


def _client_id_in(data: bytes) -> str | None:
    """The sender's own id in a frame that is otherwise wrong, so that it can tell which one."""
    try:
        value = _CLIENT_ID_IN.validate_json(data).get("clientId")
    except ValidationError:
        return None
    return value if isinstance(value, str) and _CLIENT_ID.match(value) else None
