"""What a dispatcher does with a call beside answering and writing."""

import functools
from typing import Any
from uuid import UUID

from net119_protocol.api.admin import ReportedDiscrepancies
from net119_protocol.api.console import ConsoleCall
from net119_protocol.api.console_acts import (
    Discrepancy,
    LocationAsked,
    NewDiscrepancy,
    NewTransfer,
    Transfer,
)
from net119_protocol.api.console_desk import CenterView, DepartmentArea
from net119_protocol.codes import Refusal

from net119_reference.calls.effects import ActKind
from net119_reference.calls.hand_over import take_over
from net119_reference.calls.transfer import Asked
from net119_reference.ports import DispatcherIdentity, Refused
from net119_reference.service import call_acts
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.center_desk import CenterDesk
from net119_reference.service.consoles import TALKING, ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.positions import Positions
from net119_reference.service.recorded_acts import RecordedActs
from net119_reference.service.registration.review import Review
from net119_reference.service.transfers import Transfers
from net119_reference.service.waiters import act_key


class ConsoleActs(RecordedActs):
    """Transfers, positions and reports of a center's dispatchers, and what else is recorded."""

    def __init__(
        self,
        core: Core,
        desk: ConsoleDesk,
        transfers: Transfers,
        positions: Positions,
        callbacks: Callbacks,
        review: Review,
    ) -> None:
        super().__init__(core, desk, callbacks, review)
        self._positions = positions
        self._transfers = transfers
        self._center = CenterDesk(core)

    def center(self, who: DispatcherIdentity) -> CenterView:
        """The dispatcher's center, and whom it may give a call."""
        return self._center.center(who)

    def area(self, department: str) -> DepartmentArea:
        """The border of a department."""
        return self._center.area(department)

    async def take_over(self, who: DispatcherIdentity, call_id: UUID) -> ConsoleCall:
        """Take an answered call over from another dispatcher of the center.

        Raises:
            Refused: the center does not own the call, or nobody has taken it yet
                (``not-answered``), or it is closed.
        """
        await self._core.ensure(call_id)

        def take(tx: Transaction) -> ConsoleCall:
            live, call = self._desk.owned(who, call_id)
            if call.state not in TALKING:
                raise Refused(Refusal.NOT_ANSWERED, "nobody has the call yet: answer it")
            self._core.record(tx, live, take_over(call, who.name))
            return self._desk.view(who, live)

        return await self._core.kernel.run(take)

    async def ask_location(self, who: DispatcherIdentity, call_id: UUID) -> LocationAsked:
        """Ask the caller's handset where it is."""
        return await self._positions.ask(who, call_id)

    async def report_discrepancy(
        self, who: DispatcherIdentity, call_id: UUID, body: NewDiscrepancy
    ) -> Discrepancy:
        """Report that something about the call was wrong."""
        return await self._positions.report(who, call_id, body)

    async def discrepancies(self, after: int) -> ReportedDiscrepancies:
        """Every report of a discrepancy that is kept here, after a number (gap D16)."""
        return await self._core.database.read(
            functools.partial(call_acts.discrepancies, after=after)
        )

    async def transfer(self, who: DispatcherIdentity, call_id: UUID, body: NewTransfer) -> Transfer:
        """Give the call to another department; returns when that is done or has failed (I9).

        Raises:
            Refused: the center does not own the call, or it is closed; or (``not-confirmed``)
                the home provider has not answered yet: the feed tells how it ends.
        """
        core = self._core
        await core.ensure(call_id)

        def ask(tx: Transaction) -> tuple[str, Any]:
            live, call = self._desk.owned(who, call_id)
            to = self._transfers.department(body.department, tx.now)
            key = act_key(ActKind.TRANSFER, call.transfers + 1)
            # Before the change: its end, in the same batch, must find somebody waiting.
            waiting = core.waiters.expect(call_id, key)
            self._transfers.ask(tx, live, call, Asked(to, who.name, body.reason))
            return key, waiting

        key, waiting = await core.with_lines(core.live(call_id), ask)
        # The anchor's own T1 decides; a remote owner waits for the way there and back, too.
        seconds = 2 * core.config.timers.t1_s * core.config.timers.offer_attempts
        ended: Transfer = await core.waiters.wait(call_id, key, waiting, seconds)
        return ended
