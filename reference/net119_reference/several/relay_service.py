"""A relay's service: the connections of handsets and consoles, and their lines."""

import asyncio
import contextlib
import functools
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from net119_protocol.api import common, console, handset
from net119_protocol.codes import Refusal

from net119_reference.config import Config
from net119_reference.connected import new_line
from net119_reference.ports import (
    Attachment,
    Clock,
    DispatcherIdentity,
    HandsetIdentity,
    Line,
    LineDone,
    Refused,
    Sink,
    StorageFailed,
)
from net119_reference.service import transcripts
from net119_reference.service.consoles import ConsoleDesk
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Transaction
from net119_reference.several.office_link import OfficeLink, Seat
from net119_reference.several.relay_core import NotHere, RelayCore, RelayHandsets
from net119_reference.several.told import CONSOLE_OUT, DISPATCHER, HANDSET, HANDSET_OUT
from net119_reference.store import Database

Saying = Callable[[UUID, common.NewLine], Awaitable[common.LineStored]]
Begin = Callable[[UUID, Line, LineDone], bool]
_FORGET_S = 60.0
_T = TypeVar("_T", common.CallView, console.ConsoleCall)


class RelayAttachment:
    """A client connected to this relay.

    Lines are said here where that can be; the others, and those that follow one of them, go one
    after the other by ``say``.
    """

    def __init__(
        self, seat: Seat, leave: Callable[[], Awaitable[None]], begin: Begin, say: Saying
    ) -> None:
        self._seat: Seat | None = seat
        self._leave = leave
        self._begin = begin
        self._say = say
        self._slow: dict[UUID, asyncio.Task[None]] = {}

    def begin_line(self, call_id: UUID, line: Line, done: LineDone) -> bool:
        """See :class:`~net119_reference.connected.Attachment`."""
        if call_id in self._slow:
            self._say_slowly(call_id, line, done)
            return True

        def told(stored: common.LineStored | None, error: Exception | None) -> None:
            if isinstance(error, NotHere) or _may_be_old(error):
                self._say_slowly(call_id, line, done)
            else:
                done(stored, error)

        return self._begin(call_id, line, told)

    async def detach(self) -> None:
        """The client is gone; idempotent."""
        seat, self._seat = self._seat, None
        if seat is not None:
            seat.leave()
            await self._leave()

    def _say_slowly(self, call_id: UUID, line: Line, done: LineDone) -> None:
        before = self._slow.get(call_id)

        async def say() -> None:
            if before is not None:
                await asyncio.wait({before})
            try:
                stored = await self._say(call_id, new_line(line))
            except Exception as error:
                done(None, error)
            else:
                done(stored, None)

        task = asyncio.get_running_loop().create_task(say())
        self._slow[call_id] = task

        def finished(ended: "asyncio.Task[None]") -> None:
            if self._slow.get(call_id) is ended:
                del self._slow[call_id]

        task.add_done_callback(finished)


class RelayPositions:
    """Where callers are: the office takes that."""

    def __init__(self, relay: "Relay") -> None:
        self._relay = relay

    async def tell(
        self, who: HandsetIdentity, call_id: UUID, body: handset.NewLocation
    ) -> common.CallView:
        """See :class:`~net119_reference.ports.CallerPositions`."""
        head = {
            "do": "position",
            "who": HANDSET.dump_python(who, mode="json"),
            "call": str(call_id),
        }
        _, view = await self._relay.office.ask(head, body.model_dump_json(by_alias=True).encode())
        return await self._relay.level_with(call_id, common.CallView.model_validate_json(view))


class Relay:
    """What the sockets of a relay ask for; as :class:`~net119_reference.ports.ProviderService`."""

    def __init__(self, config: Config, clock: Clock, office: OfficeLink) -> None:
        self.operator = config.operator
        self.office = office
        self.database = Database(config.database_url, alone=False)
        self.core = RelayCore(config, clock, self.database)
        self.positions = RelayPositions(self)
        self._handsets = RelayHandsets(self.core)
        self._consoles = ConsoleDesk(self.core)
        self._forgetting: asyncio.Task[None] | None = None

    # --- life ---------------------------------------------------------------------------------

    async def start(self) -> None:
        """Open the database and follow the open calls.

        Raises:
            StorageFailed: the database cannot be used.
        """
        await self.database.open()
        self.core.kernel.start()
        await self.core.sharing.start()
        self._forgetting = asyncio.create_task(self._forget(), name="forget idle calls")

    async def stop(self) -> None:
        """Finish what waits."""
        if self._forgetting is not None:
            self._forgetting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._forgetting
        await self.core.sharing.stop()
        await self.core.outbox.stop()
        await self.core.kernel.stop()
        await self.database.close()

    async def _forget(self) -> None:
        while True:
            await asyncio.sleep(_FORGET_S)
            self.core.kernel.post(self.core.forget_idle)

    def now(self) -> datetime:
        """The present moment by the provider's clock, UTC."""
        return self.core.clock.now()

    async def level_with(self, call_id: UUID, answer: _T) -> _T:
        """The office's answer, once what it rests upon is in memory here, too.

        If the database cannot say so now, the answer is true all the same.
        """
        with contextlib.suppress(StorageFailed):
            await self.core.sharing.level(call_id)
        return answer

    # --- handsets -----------------------------------------------------------------------------

    async def handset_identity(self, token: str, call_id: UUID | None = None) -> HandsetIdentity:
        """See :class:`~net119_reference.ports.ProviderService`."""
        call = None if call_id is None else str(call_id)
        answer, _ = await self.office.ask({"do": "handset", "token": token, "call": call})
        return HANDSET.validate_python(answer["who"])

    async def attach_handset(
        self, who: HandsetIdentity, call_id: UUID, after: int, sink: Sink
    ) -> Attachment:
        """Connect a handset to its call, at the office and here."""
        told = HANDSET.dump_python(who, mode="json")
        seat = await self.office.sit(
            {"do": "sit", "who": told, "call": str(call_id)}, sink, HANDSET_OUT
        )
        subscriber = Subscriber(sink)

        async def leave() -> None:
            subscriber.gone = True
            self.core.hub.remove_handset(call_id, subscriber)

        attachment = RelayAttachment(
            seat,
            leave,
            functools.partial(self._handsets.begin_line, who),
            functools.partial(self.caller_says, who),
        )
        try:
            await self.core.sharing.level(call_id)
            register = functools.partial(self._handsets.register, who, call_id, after, subscriber)
            await self.core.kernel.run(register)
            await transcripts.Earlier(
                self.database, subscriber, (call_id,), self.core.outbox.spawn
            ).show()
            seat.open()
        except BaseException:
            await attachment.detach()
            raise
        return attachment

    async def caller_says(
        self, who: HandsetIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        """Say a line of the caller's; returns when it is numbered and durable (I2)."""
        here = functools.partial(self._handsets.say_here, who, call_id, line)
        told = {"do": "caller says", "who": HANDSET.dump_python(who, mode="json")}
        return await self._say(call_id, line, here, told)

    # --- consoles -----------------------------------------------------------------------------

    async def dispatcher_identity(self, token: str) -> DispatcherIdentity:
        """See :class:`~net119_reference.ports.ProviderService`."""
        answer, _ = await self.office.ask({"do": "dispatcher", "token": token})
        return DISPATCHER.validate_python(answer["who"])

    async def attach_console(
        self, who: DispatcherIdentity, after: Mapping[UUID, int], sink: Sink
    ) -> Attachment:
        """Open a center's feed, at the office and here."""
        told = DISPATCHER.dump_python(who, mode="json")
        seat = await self.office.sit({"do": "sit", "who": told, "call": None}, sink, CONSOLE_OUT)
        try:
            here = await self._consoles.attach(who, after, sink)
            seat.open()
        except BaseException:
            seat.leave()
            raise
        begin = functools.partial(self._consoles.begin_line, who)
        return RelayAttachment(
            seat, here.detach, begin, functools.partial(self.dispatcher_says, who)
        )

    async def dispatcher_says(
        self, who: DispatcherIdentity, call_id: UUID, line: common.NewLine
    ) -> common.LineStored:
        """Say a line of the dispatcher's; returns when the anchor has it (I2)."""
        here = functools.partial(self._consoles.say_here, who, call_id, line)
        told = {"do": "dispatcher says", "who": DISPATCHER.dump_python(who, mode="json")}
        return await self._say(call_id, line, here, told)

    async def answer(self, who: DispatcherIdentity, call_id: UUID) -> console.ConsoleCall:
        """Take a ringing call."""
        return await self._act("answer", who, call_id)

    async def close(
        self, who: DispatcherIdentity, call_id: UUID, body: console.CloseCall
    ) -> console.ConsoleCall:
        """Close a call."""
        return await self._act("close", who, call_id, body.model_dump_json(by_alias=True).encode())

    async def _act(
        self, do: str, who: DispatcherIdentity, call_id: UUID, body: bytes = b""
    ) -> console.ConsoleCall:
        told = DISPATCHER.dump_python(who, mode="json")
        _, view = await self.office.ask({"do": do, "who": told, "call": str(call_id)}, body)
        return await self.level_with(call_id, console.ConsoleCall.model_validate_json(view))

    # --- both ---------------------------------------------------------------------------------

    async def _say(
        self,
        call_id: UUID,
        line: common.NewLine,
        here: Callable[[Transaction], common.LineStored],
        told: dict[str, object],
    ) -> common.LineStored:
        await self.core.ensure(call_id)
        kernel = self.core.kernel
        try:
            try:
                return await kernel.run(here)
            except Refused as refused:
                if not _may_be_old(refused):
                    raise
                # Perhaps only because this process does not know yet what another has stored.
                await self.core.sharing.level(call_id)
                return await kernel.run(here)
        except NotHere:
            body = line.model_dump_json(by_alias=True).encode()
            _, stored = await self.office.ask({**told, "call": str(call_id)}, body)
            return common.LineStored.model_validate_json(stored)

    def note_refused(self, interface: str, source: str, code: str, detail: str) -> None:
        """Tell the office of a refused input (I10)."""
        self.office.tell({"do": "refused", "input": [interface, source, code, detail]})

    def open_calls(self) -> int:
        """How many calls are open, for the metrics."""
        return len(self.core.open_calls())


def _may_be_old(error: Exception | None) -> bool:
    """Whether a refusal may rest upon what is not so any more; too many lines are so here."""
    return isinstance(error, Refused) and error.code is not Refusal.TOO_MANY
