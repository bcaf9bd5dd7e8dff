"""What a simulated dispatcher does with a call beside answering, writing and closing."""

from collections.abc import Callable
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.console_acts import (
    Block,
    Blocked,
    Callback,
    CallbackFrame,
    CallDisclosure,
    Discrepancy,
    Dispatch,
    LocationAsked,
    NewCallDisclosure,
    NewDiscrepancy,
    NewDispatch,
    NewTransfer,
    Transfer,
)
from net119_protocol.codes import DiscrepancyKind, ReceiverKind
from net119_protocol.model import LongText, StrictModel

from net119_simulators.api_client import ApiClient
from net119_simulators.console_board import ConsoleBoard


class _NothingSaid(StrictModel):
    """What closes a call but for the outcome."""

    note: LongText = ""


class ConsoleActs(ConsoleBoard):
    """A console board from which acts are asked for over ``api``.

    Every method that asks raises what `ApiClient.ask` raises.
    """

    def __init__(self, name: str, api: ApiClient) -> None:
        super().__init__(name)
        self.api = api

    async def take_over(self, call_id: UUID) -> ConsoleCall:
        """Take an answered call over from a colleague of the same center."""
        view = await self.api.ask("take_over", ConsoleCall, path={"call_id": call_id})
        self._viewed(view)
        return view

    async def close_without_outcome(self, call_id: UUID) -> ConsoleCall:
        """Try to close a call and say nothing of what came of it, which is to be refused."""
        return await self.api.ask(
            "close", ConsoleCall, path={"call_id": call_id}, body=_NothingSaid()
        )

    async def transfer(self, call_id: UUID, department: str, reason: str = "") -> Transfer:
        """Give the call to another department; returns once that is done or has failed.

        A transfer that failed is no error: see ``failure``.
        """
        return await self.api.ask(
            "transfer",
            Transfer,
            path={"call_id": call_id},
            body=NewTransfer(department=department, reason=reason),
        )

    async def ask_location(self, call_id: UUID) -> LocationAsked:
        """Ask where the caller is; the feed brings the answer."""
        return await self.api.ask("ask_location", LocationAsked, path={"call_id": call_id})

    async def report_discrepancy(
        self, call_id: UUID, kind: DiscrepancyKind, detail: str, department: str | None = None
    ) -> Discrepancy:
        """Report that something was wrong with the call."""
        return await self.api.ask(
            "report_discrepancy",
            Discrepancy,
            path={"call_id": call_id},
            body=NewDiscrepancy(kind=kind, detail=detail, department=department),
        )

    async def call_back(self, call_id: UUID) -> Callback:
        """Mail the caller a URL that leads back to the call (CNB-31).

        Returns once the letter is sent or has failed, or while it still waits (``queued``): see
        ``state``.  What comes of it later is told by the feed, see :meth:`wait_for_callback`.
        """
        return await self.api.ask("call_back", Callback, path={"call_id": call_id})

    async def disclose(
        self, call_id: UUID, receiver: ReceiverKind, receiver_name: str, what: str, why: str = ""
    ) -> CallDisclosure:
        """Record that the caller's data were given to somebody outside (CNB-21, ASO-27)."""
        return await self.api.ask(
            "disclose",
            CallDisclosure,
            path={"call_id": call_id},
            body=NewCallDisclosure(
                receiver=receiver, receiver_name=receiver_name, what=what, why=why
            ),
        )

    async def record_dispatch(self, call_id: UUID, units: str, note: str = "") -> Dispatch:
        """Record that a crew was sent (TOM-25)."""
        return await self.api.ask(
            "record_dispatch",
            Dispatch,
            path={"call_id": call_id},
            body=NewDispatch(units=units, note=note),
        )

    async def block_caller(self, call_id: UUID, reason: str) -> Blocked:
        """Refuse further calls of this caller, who is shown the reason (ASO-20, CNB-34)."""
        return await self.api.ask(
            "block_caller", Blocked, path={"call_id": call_id}, body=Block(reason=reason)
        )

    def callbacks(self, call_id: UUID) -> tuple[Callback, ...]:
        """What the feed told of the call's callbacks, oldest first: one for each change."""
        acts = self.call(call_id).acts
        return tuple(each.callback for each in acts if isinstance(each, CallbackFrame))

    async def wait_for_callback(
        self,
        call_id: UUID,
        wanted: Callable[[Callback], bool] = lambda _: True,
        within: float = 10.0,
    ) -> Callback:
        """The first callback told by the feed that is ``wanted``; raises `Waited`."""
        call = self.call(call_id)
        told = self._describe(call)

        def seen() -> str:
            states = [
                f"{each.number} {each.state}{f' ({each.failure.value})' if each.failure else ''}"
                for each in self.callbacks(call_id)
            ]
            return f"callbacks told {states}, {told()}"

        return await self._watch.until(
            lambda: next((each for each in self.callbacks(call_id) if wanted(each)), None),
            f"a certain callback of {call.where}",
            within,
            seen,
        )
