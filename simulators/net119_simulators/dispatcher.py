"""A dispatcher at a console: sees the calls of the center, answers, asks, closes."""

import ssl
from collections.abc import Callable, Collection, Sequence
from types import TracebackType
from typing import Self, TypedDict
from uuid import UUID

from net119_protocol.api.common import (
    LineStored,
    NewLine,
)
from net119_protocol.api.console import (
    AnswerFrame,
    CallList,
    CallRecord,
    CloseCall,
    CloseFrame,
    ConsoleCall,
    ConsoleHello,
    ConsoleOut,
)
from net119_protocol.api.operations import SOCKETS
from net119_protocol.chat import Option
from net119_protocol.codes import CloseOutcome, Refusal
from pydantic import TypeAdapter

from net119_simulators.api_client import ApiClient
from net119_simulators.console_acts import ConsoleActs
from net119_simulators.console_board import ConsoleFrame
from net119_simulators.errors import NotConnected
from net119_simulators.frame_socket import FrameSocket, keep_trying
from net119_simulators.line_sender import new_client_id
from net119_simulators.recorder import Recorder
from net119_simulators.wiretap import Interface, Wiretap

_FRAMES: TypeAdapter[ConsoleFrame] = TypeAdapter(ConsoleOut)
_FEED_PATH = next(socket.path for socket in SOCKETS if socket.name == "feed")


class ConsoleOptions(TypedDict, total=False):
    """The optional arguments of `Dispatcher`, which every kind of dispatcher takes."""

    name: str
    provider: str
    wiretap: Wiretap | None
    timeout_s: float
    source_address: str | None
    declared_test_hosts: Collection[str]


class Dispatcher(ConsoleActs):
    """A dispatcher whose console is open while inside ``async with``.

    ``token`` is the account's; ``name`` and ``provider`` are the actors' names in the evidence.
    What the feed told stands in `call` and `calls`, what was wrong with it in `violations`.

    Raises:
        SafetyInterlock: the provider's host is neither loopback nor declared a test system.
        CallRefused: on entering, the feed is refused.
        Unreachable, UnexpectedAnswer: on entering, the feed was not opened.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        *,
        name: str = "dispatcher",
        provider: str = "provider",
        wiretap: Wiretap | None = None,
        timeout_s: float = 10.0,
        source_address: str | None = None,
        declared_test_hosts: Collection[str] = (),
    ) -> None:
        self.tls = tls
        self.recorder = Recorder(wiretap, Interface.C, name, provider)
        api = ApiClient(
            base_url,
            tls,
            self.recorder,
            token=token,
            timeout_s=timeout_s,
            source_address=source_address,
            declared_test_hosts=declared_test_hosts,
        )
        super().__init__(name, api)
        self._token = token
        self._source_address = source_address
        self._declared_test_hosts = declared_test_hosts
        self._socket: FrameSocket[ConsoleFrame] | None = None

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            await self.api.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.disconnect()
        await self.api.close()

    async def connect(self, *, within: float = 10.0) -> None:
        """Open the feed, asking for the lines not seen yet.

        Raises:
            CallRefused: the provider refused it.
            Unreachable, UnexpectedAnswer: it was not opened.
        """
        self._socket = await FrameSocket.open(
            self.api.base_url,
            _FEED_PATH,
            self.tls,
            ConsoleHello(token=self._token, after=self.seen()),
            _FRAMES,
            self.recorder,
            take=self._take,
            unreadable=self._unreadable,
            ended=self._ended,
            within=within,
            source_address=self._source_address,
            declared_test_hosts=self._declared_test_hosts,
        )
        self._why_down = None

    async def resume(self, *, within: float = 10.0) -> None:
        """Open the feed again, trying until ``within`` seconds have passed; pending lines again.

        Raises:
            CallRefused: the provider refused it.
            Unreachable, UnexpectedAnswer: it was not opened in time.
        """
        await self.disconnect()
        await keep_trying(self.connect, within)
        for call in self.calls:
            for line in call.sender.pending():
                await self._open_socket().send(call.sender.frame(line))

    async def disconnect(self) -> None:
        """Close the console in good order; no-op when it is closed."""
        if self._socket is not None:
            await self._socket.close()

    def drop(self) -> None:
        """Break the console's connection at once; no-op when it is down."""
        if self._socket is not None:
            self._socket.abort()

    async def answer(
        self, call_id: UUID, *, within: float = 10.0, over_http: bool = False
    ) -> ConsoleCall:
        """Take a ringing call; returns when the feed (or the answer to the POST) says so.

        Raises:
            CallRefused: the provider refused it.
            NotConnected: the console is down.
            Waited: nothing came in time.
        """
        if over_http:
            view = await self.api.ask("answer", ConsoleCall, path={"call_id": call_id})
            self._viewed(view)
            return view
        return await self._ask(
            AnswerFrame(call_id=call_id),
            call_id,
            lambda view: view.answered_at is not None,
            "being answered",
            within,
        )

    async def close(
        self,
        call_id: UUID,
        outcome: CloseOutcome,
        *,
        note: str = "",
        relayed_to: str | None = None,
        within: float = 10.0,
        over_http: bool = False,
    ) -> ConsoleCall:
        """Close a call with what came of it; raises what :meth:`answer` raises."""
        if over_http:
            view = await self.api.ask(
                "close",
                ConsoleCall,
                path={"call_id": call_id},
                body=CloseCall(outcome=outcome, note=note, relayed_to=relayed_to),
            )
            self._viewed(view)
            return view
        return await self._ask(
            CloseFrame(call_id=call_id, outcome=outcome, note=note, relayed_to=relayed_to),
            call_id,
            lambda view: view.closed_at is not None,
            "being closed",
            within,
        )

    async def say(
        self,
        call_id: UUID,
        text: str,
        options: Sequence[Option] = (),
        *,
        client_id: str | None = None,
        within: float = 10.0,
        over_http: bool = False,
    ) -> LineStored:
        """Say a line, with options to tap if there are any; returns when it is acknowledged.

        Raises:
            CallRefused: the provider refused the line.
            NotConnected: the console is down when the line is to be sent.
            Waited: no acknowledgement in time.
        """
        line = NewLine(client_id=client_id or new_client_id(), text=text, options=tuple(options))
        call = self.call(call_id)
        if over_http:
            stored = await self.api.ask(
                "dispatcher_says", LineStored, path={"call_id": call_id}, body=line
            )
            call.sender.acknowledged(stored)
            self._watch.changed()
            return stored
        await self._open_socket().send(call.sender.frame(line))
        return await self._watch.until(
            lambda: call.sender.outcome(line.client_id),
            f"the acknowledgement of line {line.client_id!r} in {call.where}",
            within,
            self._describe(call),
        )

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with transcript and history, by GET; raises what `ApiClient.ask` raises."""
        return await self.api.ask("call_record", CallRecord, path={"call_id": call_id})

    async def center_calls(self) -> tuple[ConsoleCall, ...]:
        """The center's calls, newest first, by GET; raises what `ApiClient.ask` raises."""
        return (await self.api.ask("center_calls", CallList)).calls

    async def calls_before(self) -> frozenset[UUID]:
        """IDs of the calls that the center has now; raises what `ApiClient.ask` raises."""
        return frozenset(each.call_id for each in await self.center_calls())

    async def send_text(self, text: str | bytes) -> None:
        """Send something that need not be a frame; raises `NotConnected`."""
        await self._open_socket().send_text(text)

    async def _ask(
        self,
        frame: AnswerFrame | CloseFrame,
        call_id: UUID,
        done: Callable[[ConsoleCall], bool],
        what: str,
        within: float,
    ) -> ConsoleCall:
        call = self.call(call_id)
        # An older refusal or view is no answer to this frame.
        views, refusals = len(call.views), len(call.refusals)

        def look() -> ConsoleCall | None:
            for refused in call.refusals[refusals:]:
                # "Not confirmed" is no end: the provider goes on trying.
                if refused.client_id is None and refused.code is not Refusal.NOT_CONFIRMED:
                    raise call.sender.refusal(refused)
            return next((view for view in call.views[views:] if done(view)), None)

        await self._open_socket().send(frame)
        return await self._watch.until(look, f"{call.where} {what}", within, self._describe(call))

    def _open_socket(self) -> FrameSocket[ConsoleFrame]:
        if self._socket is None or self._why_down is not None:
            raise NotConnected(self.name, self._why_down or "not opened yet")
        return self._socket
