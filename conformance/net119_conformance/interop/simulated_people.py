"""The caller and the dispatcher of a simulated system: what purposes of pairs do with them."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID, uuid4

from net119_protocol.api.common import CallView, LineStored
from net119_protocol.api.console import CallRecord, ConsoleCall
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Kind,
    Mode,
    PlaceChoice,
    Positioning,
    SenderRole,
)
from net119_protocol.person import DepartmentRef
from net119_protocol.places import Fix
from net119_simulators.errors import Waited
from net119_simulators.line_sender import new_client_id
from net119_simulators.peer import OfferedCall, TakenCall

from net119_conformance.world.plan import Ground

T = TypeVar("T")
_LOOK_EVERY_S = 0.02

Offer = Callable[[Kind, Mode, Fix | None], Awaitable[OfferedCall | None]]


async def _until(
    look: Callable[[], T | None], what: str, within: float, seen: Callable[[], str]
) -> T:
    """The first value that is there; raises Waited."""
    loop = asyncio.get_running_loop()
    deadline = loop.time() + within
    while (found := look()) is None:
        if loop.time() >= deadline:
            raise Waited(what, within, seen())
        await asyncio.sleep(_LOOK_EVERY_S)
    return found


class SimulatedHandset:
    """The phone of a registrant of a simulated system."""

    def __init__(self, offer: Offer, receiver: DepartmentRef, *, loses: Callable[[], bool]) -> None:
        self._offer = offer
        self._receiver = receiver
        self._loses = loses

    async def call(
        self,
        kind: Kind,
        place: PlaceChoice,
        *,
        mode: Mode = Mode.TEST,
        fix: Fix | None = None,
        positioning: Positioning = Positioning.ON,
        **_: Any,
    ) -> "SimulatedCall":
        """Call from a place."""
        offered = await self._offer(kind, mode, fix)
        return SimulatedCall(offered, kind, mode, self._receiver, loses=self._loses)


class SimulatedCall:
    """A call of a simulated system's registrant, whom it may never have offered to anybody."""

    def __init__(
        self,
        offered: OfferedCall | None,
        kind: Kind,
        mode: Mode,
        receiver: DepartmentRef,
        *,
        loses: Callable[[], bool],
    ) -> None:
        self.id: UUID = offered.call_id if offered is not None else uuid4()
        self.violations: Sequence[object] = ()
        self._offered = offered
        self._kind, self._mode, self._receiver = kind, mode, receiver
        self._opened_at = datetime.now(UTC)
        self._loses = loses
        self._lost: list[ChatLine] = []

    @property
    def view(self) -> CallView:
        """The call as its caller sees it."""
        return CallView(
            call_id=self.id,
            kind=self._kind,
            mode=self._mode,
            state=self._state(),
            opened_at=self._opened_at,
            receiver=self._receiver,
            last_seq=self.last_seq,
        )

    def _state(self) -> CallState:
        call = self._offered
        if call is None:
            return CallState.OFFERING
        if call.closing is not None:
            return CallState.CLOSED
        if call.answering is not None:
            return CallState.ANSWERED
        return CallState.RINGING if call.ringing_at is not None else CallState.OFFERING

    @property
    def lines(self) -> tuple[ChatLine, ...]:
        """The chat."""
        there = self._offered.lines if self._offered is not None else ()
        return (*there, *self._lost)

    @property
    def last_seq(self) -> int:
        """Number of the newest line."""
        return max((line.seq for line in self.lines), default=0)

    async def say(self, text: str, **more: Any) -> LineStored:
        """Say a line, which is numbered and stored at once."""
        if self._offered is None or self._loses():
            line = ChatLine(
                client_id=new_client_id(),
                sender=SenderRole.CALLER,
                text=text,
                seq=self.last_seq + 1,
                at=datetime.now(UTC),
            )
            self._lost.append(line)
        else:
            line, _ = await self._offered.send_line(text)
        return LineStored(client_id=line.client_id, seq=line.seq, at=line.at)

    async def wait_for_line(
        self, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line that fits."""
        return await _until(
            lambda: next((line for line in self.lines if wanted(line)), None),
            f"a certain line of call {self.id}",
            within,
            lambda: f"{len(self.lines)} lines",
        )

    async def wait_for_view(
        self, wanted: Callable[[CallView], bool], within: float = 10.0
    ) -> CallView:
        """A state that fits."""
        return await _until(
            lambda: self.view if wanted(self.view) else None,
            f"a certain state of call {self.id}",
            within,
            lambda: f"state {self._state().value}",
        )


class SimulatedConsole:
    """A dispatcher of a simulated system."""

    def __init__(
        self,
        taken: Mapping[UUID, TakenCall],
        own: Ground,
        name: str,
        *,
        loses: Callable[[], bool],
        closes: bool,
    ) -> None:
        self.violations: Sequence[object] = ()
        self._taken = taken
        self._own = own
        self._name = name
        self._loses = loses
        self._closes = closes
        self._answered: dict[UUID, datetime] = {}

    def lines(self, call_id: UUID) -> tuple[ChatLine, ...]:
        """Lines of a call."""
        taken = self._taken.get(call_id)
        return taken.lines if taken is not None else ()

    async def wait_for_call(
        self,
        call_id: UUID,
        within: float = 10.0,
        wanted: Callable[[ConsoleCall], bool] = lambda _: True,
    ) -> ConsoleCall:
        """The call, once it is there and fits."""

        def look() -> ConsoleCall | None:
            taken = self._taken.get(call_id)
            if taken is None:
                return None
            shown = self._shown(taken)
            return shown if wanted(shown) else None

        return await _until(
            look,
            f"a certain state of call {call_id} at {self._name}",
            within,
            lambda: f"{len(self._taken)} calls, {'this one among them' * (call_id in self._taken)}",
        )

    async def answer(
        self, call_id: UUID, *, within: float = 10.0, over_http: bool = False
    ) -> ConsoleCall:
        """Take the call."""
        self._answered[call_id] = datetime.now(UTC)
        await self._taken[call_id].answer(self._name, self._answered[call_id])
        return self._shown(self._taken[call_id])

    async def say(
        self, call_id: UUID, text: str, *_: Any, within: float = 10.0, **__: Any
    ) -> LineStored:
        """Say a line; returns with the acknowledgement."""
        taken = self._taken[call_id]
        if self._loses():
            seq = max((line.seq for line in taken.lines), default=0) + 1
            return LineStored(client_id=new_client_id(), seq=seq, at=datetime.now(UTC))
        receipt = await taken.say(text, dispatcher=self._name, within=within)
        return LineStored(client_id=receipt.client_id, seq=receipt.seq, at=receipt.at)

    async def wait_for_line(
        self, call_id: UUID, wanted: Callable[[ChatLine], bool], within: float = 10.0
    ) -> ChatLine:
        """A line of the call that fits."""
        return await self._taken[call_id].wait_for_line(wanted, within)

    async def close(
        self, call_id: UUID, outcome: CloseOutcome, *, note: str = "", within: float = 10.0
    ) -> ConsoleCall:
        """Close the call."""
        taken = self._taken[call_id]
        if not self._closes:
            return self._shown(taken)
        await taken.close(outcome, note, closed_by=self._name, within=within)
        return self._shown(taken)

    async def record(self, call_id: UUID) -> CallRecord:
        """The call with its transcript."""
        taken = self._taken[call_id]
        return CallRecord(call=self._shown(taken), lines=taken.lines, history=())

    def _shown(self, taken: TakenCall) -> ConsoleCall:
        offer = taken.offer
        answered_at = self._answered.get(taken.call_id)
        state = CallState.RINGING if answered_at is None else CallState.ANSWERED
        closing = taken.closing
        return ConsoleCall(
            call_id=taken.call_id,
            kind=offer.kind,
            mode=taken.mode,
            state=state if closing is None else CallState.CLOSED,
            epoch=taken.epoch,
            opened_at=offer.opened_at,
            answered_at=answered_at,
            outcome=closing.outcome if closing is not None else None,
            transferred_from=offer.transferred_from,
            mine=taken.is_owner,
            owner=self._own.reference,
            owner_provider=self._own.operator,
            anchor=offer.home.code,
            home=offer.home,
            presence=taken.presence,
            last_seq=max((line.seq for line in taken.lines), default=0),
            place=offer.place,
            routing=offer.routing,
            registrant=offer.registrant,
        )
