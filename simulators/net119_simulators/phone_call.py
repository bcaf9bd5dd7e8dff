"""One call from the caller's side: its chat, its drops and resumptions, and what was wrong."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias
from uuid import UUID

from net119_protocol.api.common import (
    AckFrame,
    CallView,
    LineFrame,
    LineStored,
    NewLine,
    PresenceFrame,
    RefusedFrame,
    Transcript,
)
from net119_protocol.api.handset import (
    CallFrame,
    HandsetHello,
    HandsetOut,
    HandsetWelcome,
    LocationRequestFrame,
    LocationSent,
    NewLocation,
)
from net119_protocol.chat import ChatLine, Choice, Option
from pydantic import TypeAdapter

from net119_simulators.api_client import ApiClient
from net119_simulators.errors import NotConnected
from net119_simulators.frame_socket import FrameSocket, keep_trying
from net119_simulators.line_log import LineLog, Violation
from net119_simulators.line_sender import LineSender, new_client_id
from net119_simulators.own_notice import OutOfReach, OwnNotice
from net119_simulators.waiting import Watch

if TYPE_CHECKING:
    from net119_simulators.smartphone import Smartphone

HandsetFrame: TypeAlias = (
    HandsetWelcome
    | CallFrame
    | LineFrame
    | AckFrame
    | RefusedFrame
    | PresenceFrame
    | LocationRequestFrame
)
_FRAMES: TypeAdapter[HandsetFrame] = TypeAdapter(HandsetOut)


class PhoneCall:
    """A call as its caller's handset has it.

    ``views`` are all states that the provider told, oldest first; ``violations`` what it did
    against the rules (I2-I4); ``refusals`` the refused frames; ``own_notices`` what the phone
    showed by itself, each also given to ``told``.  ``api`` has the token for the call, by default
    that of the phone's session.
    """

    def __init__(
        self,
        phone: "Smartphone",
        view: CallView,
        chat_path: str,
        after: int = 0,
        api: ApiClient | None = None,
    ) -> None:
        self._phone = phone
        self._api = phone.api if api is None else api
        self._chat_path = chat_path
        self._log = LineLog(after)
        self._watch = Watch()
        self._where = f"call {view.call_id} of {phone.name}"
        self._sender = LineSender(self._log, self._where)
        self._socket: FrameSocket[HandsetFrame] | None = None
        self._why_down = "not opened yet"
        self.views: list[CallView] = [view]
        self.refusals: list[RefusedFrame] = []
        self.presences: list[PresenceFrame] = []
        self.location_requests: list[LocationRequestFrame] = []
        self.own_notices: list[OwnNotice] = []
        self.told: Callable[[OwnNotice], None] = lambda _: None
        self._out_of_reach = OutOfReach(self._tell)

    def __repr__(self) -> str:
        return self._where

    @property
    def id(self) -> UUID:
        """The call's identifier."""
        return self.views[0].call_id

    @property
    def view(self) -> CallView:
        """The call as the provider told it last."""
        return self.views[-1]

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """All lines, one's own too, in the order in which they came."""
        return self._log.lines

    @property
    def last_seq(self) -> int:
        """Number of the newest line that this handset has."""
        return self._log.last_seq

    @property
    def violations(self) -> list[Violation]:
        """What the provider did against the rules, in the order it was seen."""
        return self._log.violations

    @property
    def connected(self) -> bool:
        """Whether the chat's connection is up."""
        return self._socket is not None

    @property
    def unacknowledged(self) -> tuple[NewLine, ...]:
        """One's own lines that were neither acknowledged nor refused."""
        return self._sender.pending()

    def unseen(self) -> tuple[LineStored, ...]:
        """One's own acknowledged lines that have not come back as lines."""
        return self._log.unseen()

    async def say(
        self,
        text: str,
        *,
        options: Sequence[Option] = (),
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns when it is acknowledged.

        The connection may break meanwhile: a resumption sends the line again.

        Raises:
            CallRefused: the provider refused the line.
            NotConnected: the connection is down when the line is to be sent.
            Waited: no acknowledgement within ``within`` seconds.
        """
        line = NewLine(client_id=client_id or new_client_id(), text=text, options=tuple(options))
        return await self._say(line, within)

    async def choose(
        self, seq: int, option_id: str, *, client_id: str | None = None, within: float = 10.0
    ) -> LineStored:
        """Tap an option of line ``seq``; raises what :meth:`say` raises."""
        choice = Choice(seq=seq, option_id=option_id)
        return await self._say(
            NewLine(client_id=client_id or new_client_id(), choice=choice), within
        )

    async def send(self, line: NewLine) -> None:
        """Send a line without waiting for its acknowledgement.

        Raises:
            NotConnected: the connection is down.
        """
        await self._open_socket().send(self._sender.frame(line))

    async def send_text(self, text: str | bytes) -> None:
        """Send something that need not be a frame; raises `NotConnected`."""
        await self._open_socket().send_text(text)

    async def say_over_http(self, line: NewLine) -> LineStored:
        """Say a line by POST, as a handset without WebSocket does.

        Raises:
            CallRefused, UnexpectedAnswer, Unreachable: see `ApiClient.ask`.
        """
        stored = await self._api.ask("say", LineStored, path={"call_id": self.id}, body=line)
        self._sender.acknowledged(stored)
        self._watch.changed()
        return stored

    async def tell_location(self, where: NewLocation) -> None:
        """Tell where the handset is, or why it cannot, over the chat's connection.

        Raises:
            NotConnected: the connection is down.
        """
        await self._open_socket().send(LocationSent.model_validate(where.model_dump()))

    async def tell_location_over_http(self, where: NewLocation) -> CallView:
        """The same by POST; returns when it is stored. Raises what `ApiClient.ask` raises."""
        view = await self._api.ask("tell_location", CallView, path={"call_id": self.id}, body=where)
        self._viewed(view)
        return view

    async def wait_for_location_request(
        self, within: float = 10.0, *, after: int = 0
    ) -> LocationRequestFrame:
        """The newest request for the position, once there are more than ``after``.

        Raises:
            Waited: it was not asked for in time.
        """
        return await self._watch.until(
            lambda: self.location_requests[-1] if len(self.location_requests) > after else None,
            f"a request for the position in {self._where}",
            within,
            self._describe,
        )

    async def poll(self, after: int = 0) -> Transcript:
        """Lines after a number by GET; raises what `ApiClient.ask` raises."""
        return await self._api.ask(
            "my_lines", Transcript, path={"call_id": self.id}, query={"after": after}
        )

    async def refresh(self) -> CallView:
        """The call by GET; raises what `ApiClient.ask` raises."""
        view = await self._api.ask("my_call", CallView, path={"call_id": self.id})
        self._viewed(view)
        return view

    def drop(self) -> None:
        """Break the connection at once, as out of radio range; no-op when it is down."""
        if self._socket is not None:
            self._socket.abort()

    async def disconnect(self) -> None:
        """Close the page: its connection in good order, if it is up."""
        self._out_of_reach.leave()
        await self._hang_up()

    async def connect(self, *, within: float = 10.0) -> None:
        """Open the chat's connection once, without another try.

        Raises:
            CallRefused: the provider refused it.
            UnexpectedAnswer, Unreachable: it was not opened.
        """
        phone = self._phone
        self._socket = await FrameSocket.open(
            phone.base_url,
            self._chat_path,
            phone.tls,
            HandsetHello(token=self._token(), after=self.last_seq),
            _FRAMES,
            phone.recorder,
            take=self._take,
            unreadable=self._unreadable,
            ended=self._ended,
            within=within,
            source_address=phone.source_address,
            declared_test_hosts=phone.declared_test_hosts,
        )
        self._out_of_reach.over()

    async def resume(self, *, within: float = 10.0) -> None:
        """Connect again, ask for what was missed, and say unacknowledged lines again.

        A provider that cannot be reached is tried again until ``within`` seconds have passed.

        Raises:
            CallRefused: the provider refused the connection.
            Unreachable: it could not be reached in time.
        """
        await self._hang_up()
        await keep_trying(self.connect, within)
        for line in self._sender.pending():
            await self.send(line)

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """The first line that is ``wanted``; one that came before the wait counts.

        Raises:
            Waited: there was none in time.
        """
        return await self._watch.until(
            lambda: next((line for line in self.lines if wanted(line)), None),
            f"a certain line in {self._where}",
            within,
            self._describe,
        )

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """The newest view once it is ``wanted``; raises `Waited`."""
        return await self._watch.until(
            lambda: self.view if wanted(self.view) else None,
            f"a certain state of {self._where}",
            within,
            self._describe,
        )

    async def wait_for_own_notice(self, code: str, within: float = 10.0) -> OwnNotice:
        """The text with this code that the phone shows by itself now; raises `Waited`."""
        out = self._out_of_reach
        return await self._watch.until(
            lambda: out.shown if out.shown and out.shown.code == code else None,
            f"the text {code!r} of the phone itself in {self._where}",
            within,
            self._describe,
        )

    async def wait_for_drop(self, within: float = 10.0) -> str:
        """Wait until the connection is down; returns why. Raises `Waited`."""
        return await self._watch.until(
            lambda: None if self.connected else self._why_down,
            f"the end of the connection of {self._where}",
            within,
            self._describe,
        )

    async def wait_for_refusal(
        self, wanted: Callable[[RefusedFrame], bool] = lambda _: True, within: float = 10.0
    ) -> RefusedFrame:
        """The first refused frame that is ``wanted``; raises `Waited`."""
        return await self._watch.until(
            lambda: next((frame for frame in self.refusals if wanted(frame)), None),
            f"a refusal in {self._where}",
            within,
            self._describe,
        )

    async def _hang_up(self) -> None:
        if self._socket is not None:
            await self._socket.close()

    async def _say(self, line: NewLine, within: float) -> LineStored:
        await self.send(line)
        return await self._watch.until(
            lambda: self._sender.outcome(line.client_id),
            f"the acknowledgement of line {line.client_id!r} in {self._where}",
            within,
            self._describe,
        )

    def _take(self, frame: HandsetFrame) -> None:
        if isinstance(frame, HandsetWelcome | CallFrame):
            self._viewed(frame.call)
        elif isinstance(frame, PresenceFrame):
            self.presences.append(frame)
        elif isinstance(frame, RefusedFrame):
            self.refusals.append(frame)
            self._sender.refused(frame)
        elif frame.call_id != self.id:
            self._unreadable(f"{frame.type} of another call, {frame.call_id}")
        elif isinstance(frame, AckFrame):
            self._sender.acknowledged(frame)
        elif isinstance(frame, LocationRequestFrame):
            self.location_requests.append(frame)
        else:
            self._log.take(frame.line)
            self._sender.came(frame.line)
        self._watch.changed()

    def _viewed(self, view: CallView) -> None:
        if view.call_id != self.id:
            self._unreadable(f"view of another call, {view.call_id}")
            return
        if (view.mode, view.kind) != (self.view.mode, self.view.kind):
            self.violations.append(
                Violation("I5", f"mode or kind changed to {view.mode.value}, {view.kind.value}")
            )
        self.views.append(view)
        self._watch.changed()

    def _unreadable(self, what: str) -> None:
        self.violations.append(Violation("frame", what))
        self._watch.changed()

    def _ended(self, why: str) -> None:
        self._socket = None
        self._why_down = why
        self._out_of_reach.lost(self.view)
        self._watch.changed()

    def _tell(self, notice: OwnNotice) -> None:
        self.own_notices.append(notice)
        self.told(notice)
        self._watch.changed()

    def _token(self) -> str:
        if self._api.token is None:
            raise NotConnected(self._where, "not logged in")
        return self._api.token

    def _open_socket(self) -> FrameSocket[HandsetFrame]:
        if self._socket is None:
            raise NotConnected(self._where, self._why_down)
        return self._socket

    def _describe(self) -> str:
        texts = [f"{line.seq} {line.sender.value}: {line.text!r}" for line in self.lines[-5:]]
        link = "connected" if self.connected else f"connection down ({self._why_down})"
        broken = f", violations {self.violations}" if self.violations else ""
        return f"state {self.view.state.value}, {link}, last lines {texts}{broken}"
