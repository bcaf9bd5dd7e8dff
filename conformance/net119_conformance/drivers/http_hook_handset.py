"""A caller's handset that a vendor's hook operates."""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import suppress
from uuid import UUID

from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.handset import LocationRequestFrame, NewLocation
from net119_protocol.chat import ChatLine, Choice, Option
from net119_protocol.codes import CallState, Kind, Mode, PlaceChoice, Positioning
from net119_protocol.places import Fix, Point
from net119_simulators.errors import CallRefused, NotConnected, Waited
from net119_simulators.line_log import Violation
from net119_simulators.line_sender import new_client_id
from net119_simulators.recorder import Recorder
from net119_simulators.safety import check_mode

from net119_conformance.drivers import http_hook_wire as wire
from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.drivers.http_hook_client import HookClient
from net119_conformance.drivers.http_hook_lines import ScreenLog
from net119_conformance.drivers.http_hook_poll import Poll
from net119_conformance.errors import DriverFailed


class HookCall:
    """A call from its caller's side; the hook is looked at until the phone is put away."""

    def __init__(
        self, client: HookClient, recorder: Recorder, call_id: UUID, name: str, poll_s: float
    ) -> None:
        self._client = client
        self._recorder = recorder
        self._id = call_id
        self._where = f"call {call_id} of {name}"
        self._name = name
        self._log = ScreenLog()
        self._poll = Poll(self._look, poll_s, client.settled)
        self._raw = b""
        self._screen: wire.CallerScreen | None = None
        self._dropping: asyncio.Task[None] | None = None
        self._why_down = ""

    async def open(self) -> None:
        """Look at the screen for the first time, and from then on."""
        await self._poll.start()

    async def put_away(self) -> None:
        """Close the handset; a hook that fails now has been judged already, or never will be."""
        with suppress(DriverFailed, CallRefused):
            await self._dropped()
            if not self._why_down and self.view.state is not CallState.CLOSED:
                await self._connection(connected=False)
        await self._poll.stop()

    @property
    def id(self) -> UUID:
        """The call."""
        return self._id

    @property
    def screen(self) -> wire.CallerScreen:
        """The screen as it was seen last."""
        if self._screen is None:
            raise NotConnected(self._name, "not looked at yet")
        return self._screen

    @property
    def view(self) -> wire.CallerScreen:
        """The call as told last."""
        self._poll.alive()
        return self.screen

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """The chat, in the order in which it came."""
        self._poll.alive()
        return self._log.lines

    @property
    def last_seq(self) -> int:
        """Number of the newest line."""
        self._poll.alive()
        return self._log.last_seq

    @property
    def violations(self) -> Sequence[Violation]:
        """Breaches of order or uniqueness (I2-I4)."""
        self._poll.alive()
        return self._log.violations

    async def say(
        self,
        text: str,
        *,
        options: Sequence[Option] = (),
        client_id: str | None = None,
        within: float = 10.0,
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""
        return await self._say(
            wire.Say(
                call_id=self._id,
                client_id=client_id or new_client_id(),
                text=text,
                options=tuple(options),
            ),
            within,
        )

    async def choose(
        self, seq: int, option_id: str, *, client_id: str | None = None, within: float = 10.0
    ) -> LineStored:
        """Tap an answer."""
        choice = Choice(seq=seq, option_id=option_id)
        return await self._say(
            wire.Say(call_id=self._id, client_id=client_id or new_client_id(), choice=choice),
            within,
        )

    def drop(self) -> None:
        """Cut the connection without a good-bye."""
        self._poll.pause()
        self._why_down = "dropped"
        self._dropping = asyncio.create_task(self._connection(connected=False))

    async def resume(self, *, within: float = 10.0) -> None:
        """Connect again."""
        await self._dropped()
        async with asyncio.timeout(within):
            await self._connection(connected=True)
        self._why_down = ""
        await self._poll.start()

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits, had or coming."""
        return await self._poll.until(
            lambda: next((line for line in self.lines if wanted(line)), None),
            f"a certain line in {self._where}",
            within,
            self._describe,
        )

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """A state that fits, had last or coming."""
        return await self._poll.until(
            lambda: self.view if wanted(self.view) else None,
            f"a certain state of {self._where}",
            within,
            self._describe,
        )

    async def wait_for_drop(self, within: float = 10.0) -> str:
        """The connection has gone; why."""
        return await self._poll.until(
            lambda: self._why_down or (None if self.screen.connected else "the hook says so"),
            f"the end of the connection of {self._where}",
            within,
            self._describe,
        )

    async def tell_location(self, where: NewLocation) -> None:
        """Tell where the handset is, or why it cannot."""
        self._connected()
        body = wire.Location(
            call_id=self._id,
            fix=where.fix,
            corrected_pin=where.corrected_pin,
            problem=where.problem,
        )
        await self._client.ask("location", body, wire.Empty, self._recorder)

    async def wait_for_location_request(self, within: float = 10.0) -> LocationRequestFrame:
        """The newest request for the position, had or coming."""
        asked = await self._poll.until(
            lambda: self.screen.location_asked_at,
            f"a request for the position in {self._where}",
            within,
            self._describe,
        )
        return LocationRequestFrame(call_id=self._id, asked_at=asked)

    async def _say(self, body: wire.Say, within: float) -> LineStored:
        self._connected()
        try:
            async with asyncio.timeout(within):
                said, _ = await self._client.ask("say", body, wire.Said, self._recorder)
        except TimeoutError:
            what = f"the acknowledgement of line {body.client_id!r} in {self._where}"
            raise Waited(what, within, self._describe()) from None
        stored = LineStored(client_id=body.client_id, seq=said.seq, at=said.at)
        self._log.acknowledged(stored)
        return stored

    def _connected(self) -> None:
        if self._why_down:
            raise NotConnected(self._name, self._why_down)

    async def _connection(self, *, connected: bool) -> None:
        body = wire.Connection(call_id=self._id, connected=connected)
        await self._client.ask("connection", body, wire.Empty, self._recorder)

    async def _dropped(self) -> None:
        if self._dropping is not None:
            dropping, self._dropping = self._dropping, None
            await dropping

    async def _look(self) -> None:
        body = wire.Caller(call_id=self._id)
        screen, raw = await self._client.ask(
            "caller", body, wire.CallerScreen, self._recorder, quiet=True
        )
        if raw == self._raw:
            return
        self._raw = raw
        self._recorder.received("hook 200 /caller", raw)
        self._screen = screen
        self._log.shown(screen.lines)

    def _describe(self) -> str:
        return f"state {self.view.state.value}, {len(self.lines)} lines, {self._why_down or 'up'}"


class HookHandset:
    """A registrant's handset; every call that it made is put away with it."""

    def __init__(
        self,
        client: HookClient,
        recorder: Recorder,
        registrant: str | None,
        name: str,
        poll_s: float,
        *,
        session: str | None = None,
        plaintext: bool = False,
    ) -> None:
        self._client = client
        self._recorder = recorder
        self._registrant = registrant
        self._session = session
        self._plaintext = plaintext
        self._name = name
        self._poll_s = poll_s
        self._calls: list[HookCall] = []

    async def call(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | None = None,
        positioning: Positioning = Positioning.ON,
        corrected_pin: Point | None = None,
        client_call_id: str | None = None,
    ) -> HandsetCall:
        """Call for help; a refusal is raised as ``CallRefused``."""
        call_id = await self.dial(
            kind,
            place,
            mode=mode,
            fix=fix,
            positioning=positioning,
            corrected_pin=corrected_pin,
            client_call_id=client_call_id,
        )
        call = HookCall(self._client, self._recorder, call_id, self._name, self._poll_s)
        self._calls.append(call)
        await call.open()
        return call

    async def dial(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | None = None,
        positioning: Positioning = Positioning.ON,
        corrected_pin: Point | None = None,
        client_call_id: str | None = None,
    ) -> UUID:
        """Call, and leave the screen alone; the call."""
        check_mode(self._client.url, mode)
        body = wire.Call(
            registrant=self._registrant,
            session=self._session,
            client_call_id=client_call_id or new_client_id(),
            kind=kind,
            place=place,
            mode=mode,
            positioning=positioning,
            fix=fix,
            corrected_pin=corrected_pin,
            plaintext=self._plaintext,
        )
        made, _ = await self._client.ask("call", body, wire.CallMade, self._recorder)
        return made.call_id

    async def come_back(self, url: str) -> HandsetCall:
        """Open the URL of a callback mail: no request of the hook does that."""
        raise DriverFailed(
            f"the hook of the system under test at {self._client.url} has no request that opens "
            f"the URL of a callback mail. What to do: use another driver for these purposes",
            "フックには、呼び返しメールのURLを開く要求がありません。別のドライバーを使ってください",
        )

    async def put_away(self) -> None:
        """Close the handset."""
        for call in self._calls:
            await call.put_away()
