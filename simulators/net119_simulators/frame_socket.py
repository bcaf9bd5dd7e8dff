"""One WebSocket of a handset or a console: hello, welcome, then frames both ways."""

import asyncio
import ssl
from collections.abc import Callable, Collection
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import urlsplit

from net119_protocol.api.common import RefusedFrame
from net119_protocol.api.problems import Problem
from net119_protocol.codes import Refusal
from pydantic import BaseModel, TypeAdapter, ValidationError
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus

from net119_simulators.api_client import as_json, refusal_of
from net119_simulators.errors import CallRefused, NotConnected, UnexpectedAnswer, Unreachable
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_target

Frame = TypeVar("Frame", bound=BaseModel)

# The welcome of a busy center carries all its open calls with their registrants.
_LARGEST_FRAME = 64 * 1024 * 1024
_CLOSE_WITHIN_S = 2.0
_PASSING = frozenset({Refusal.OVERLOAD, Refusal.STORAGE_FAILED})
_FIRST_RETRY_S = 0.05
_LAST_RETRY_S = 1.0


def refusal(frame: RefusedFrame, where: str) -> CallRefused:
    """A ``refused`` frame as the exception that a problem document would give."""
    problem = Problem(
        title="refused on the WebSocket",
        status=0,
        code=frame.code,
        detail=frame.detail,
        field=frame.field,
        message_ja=frame.message_ja,
    )
    return CallRefused(problem, where)


class FrameSocket(Generic[Frame]):
    """An open connection; a task of its own hands every frame to ``take``.

    ``ended`` is called once, with the reason, when the connection is gone for whatever reason;
    ``unreadable`` with what a text that is no frame of the union looks like.
    """

    def __init__(
        self,
        connection: ClientConnection,
        frames: TypeAdapter[Frame],
        recorder: Recorder,
        where: str,
        take: Callable[[Frame], None],
        unreadable: Callable[[str], None],
        ended: Callable[[str], None],
    ) -> None:
        self._connection = connection
        self._frames = frames
        self._recorder = recorder
        self._where = where
        self._take = take
        self._unreadable = unreadable
        self._ended = ended
        self._why: str | None = None
        self._reader: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls,
        base_url: str,
        path: str,
        tls: ssl.SSLContext | None,
        hello: BaseModel,
        frames: TypeAdapter[Frame],
        recorder: Recorder,
        *,
        take: Callable[[Frame], None],
        unreadable: Callable[[str], None],
        ended: Callable[[str], None],
        within: float = 10.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> "FrameSocket[Frame]":
        """Connect, say hello, and read up to the welcome, which is handed to ``take`` too.

        Raises:
            CallRefused: the provider answered with a problem document or a ``refused`` frame.
            UnexpectedAnswer: the first frame is neither welcome nor refusal.
            Unreachable: no connection, or it was closed before the welcome, or ``within`` passed.
            SafetyInterlock: the host is neither loopback nor declared.
        """
        check_target(base_url, declared_test_hosts)
        url = "ws" + base_url.removeprefix("http").rstrip("/") + path
        where = f"WebSocket {url}"
        parts = urlsplit(url)
        recorder.sent(f"open {path}")
        connection: ClientConnection | None = None
        try:
            async with asyncio.timeout(within):
                connection = await connect(
                    url,
                    # An explicit host forbids redirects to another one.
                    host=parts.hostname,
                    port=parts.port or (443 if parts.scheme == "wss" else 80),
                    ssl=tls if parts.scheme == "wss" else None,
                    local_addr=(source_address, 0) if source_address else None,
                    compression=None,
                    proxy=None,
                    # Silence is the provider's to notice; a simulator adds no drops of its own.
                    ping_interval=None,
                    open_timeout=None,
                    close_timeout=_CLOSE_WITHIN_S,
                    max_size=_LARGEST_FRAME,
                )
                socket = cls(connection, frames, recorder, where, take, unreadable, ended)
                await socket.send(hello)
                await socket._welcome()
        except BaseException as wrong:
            if connection is not None:
                connection.transport.abort()
            if isinstance(wrong, InvalidStatus):
                raise _of_handshake(wrong, where) from wrong
            if isinstance(wrong, TimeoutError):
                raise Unreachable(f"no welcome within {within:g} s", where) from wrong
            if isinstance(wrong, OSError | InvalidHandshake | ConnectionClosed):
                raise Unreachable(str(wrong) or type(wrong).__name__, where) from wrong
            raise
        socket._reader = asyncio.create_task(socket._read(), name=where)
        return socket

    async def send(self, frame: BaseModel) -> None:
        """Send one frame.

        Raises:
            NotConnected: the connection is gone.
        """
        text = as_json(frame)
        self._recorder.sent(_label(frame), text)
        try:
            await self._connection.send(text)
        except ConnectionClosed as wrong:
            raise NotConnected(self._where, self._why or str(wrong)) from wrong

    async def send_text(self, text: str | bytes) -> None:
        """Send something that need not be a frame: malformed input on purpose.

        Raises:
            NotConnected: the connection is gone.
        """
        self._recorder.sent("raw", text)
        try:
            await self._connection.send(text)
        except ConnectionClosed as wrong:
            raise NotConnected(self._where, self._why or str(wrong)) from wrong

    def abort(self) -> None:
        """Break the TCP connection at once, as a lost radio link does: no closing handshake."""
        self._recorder.sent("connection dropped")
        self._end("dropped by the simulator")
        self._connection.transport.abort()
        if self._reader is not None:
            self._reader.cancel()

    async def close(self) -> None:
        """Close in good order; afterwards the reader task is gone."""
        if self._why is None:
            self._recorder.sent("connection closed")
            self._end("closed by the simulator")
            await self._connection.close()
        if self._reader is not None:
            await asyncio.wait((self._reader,))

    async def _welcome(self) -> None:
        text = await self._connection.recv()
        try:
            first = self._frames.validate_json(text)
        except ValidationError as wrong:
            self._recorder.received("unreadable", text)
            raise UnexpectedAnswer("the first frame cannot be read", self._where) from wrong
        self._recorder.received(_label(first), text)
        if isinstance(first, RefusedFrame):
            raise refusal(first, self._where)
        if (kind := getattr(first, "type", None)) != "welcome":
            raise UnexpectedAnswer(f"the first frame is {kind!r}, not 'welcome'", self._where)
        self._take(first)

    async def _read(self) -> None:
        why = "closed"
        try:
            while True:
                text = await self._connection.recv()
                if self._why is not None:
                    # Too late: a resumed connection asks for this again, and must be the only one.
                    break
                try:
                    frame = self._frames.validate_json(text)
                except ValidationError as wrong:
                    self._recorder.received("unreadable", text)
                    self._unreadable(f"{wrong.errors(include_url=False)[0]['msg']}: {text[:200]!r}")
                    continue
                self._recorder.received(_label(frame), text)
                self._take(frame)
        except ConnectionClosed as closed:
            why = str(closed)
        except Exception as wrong:
            why = f"the simulator failed to handle a frame: {type(wrong).__name__}: {wrong}"
            self._unreadable(why)
        finally:
            if self._why is None:
                self._recorder.received("connection ended", why)
            self._end(why)
            self._connection.transport.abort()

    def _end(self, why: str) -> None:
        if self._why is None:
            self._why = why
            self._ended(why)


class Connect(Protocol):
    """Opens a connection within a time."""

    async def __call__(self, *, within: float) -> None: ...


async def keep_trying(connect: Connect, within: float) -> None:
    """Try to connect until it succeeds or ``within`` seconds have passed.

    A refusal is final, unless it says that the provider cannot at the moment.

    Raises:
        CallRefused: the provider said no.
        Unreachable, UnexpectedAnswer: how the last try failed.
    """
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    pause = _FIRST_RETRY_S
    while True:
        try:
            return await connect(within=max(deadline - loop.time(), _FIRST_RETRY_S))
        except (CallRefused, Unreachable, UnexpectedAnswer) as wrong:
            if isinstance(wrong, CallRefused) and wrong.code not in _PASSING:
                raise
            if loop.time() + pause >= deadline:
                raise
        await asyncio.sleep(pause)
        pause = min(pause * 2, _LAST_RETRY_S)


def _label(frame: Any) -> str:
    kind = str(getattr(frame, "type", type(frame).__name__))
    line = getattr(frame, "line", None)
    seq = getattr(line, "seq", None) or getattr(frame, "seq", None)
    return f"{kind} {seq}" if seq else kind


def _of_handshake(wrong: InvalidStatus, where: str) -> Exception:
    response = wrong.response
    media_type = response.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    return refusal_of(response.status_code, media_type, bytes(response.body or b""), where)
