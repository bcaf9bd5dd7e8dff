"""Transfers: what the anchor does when an owner asks, and what a remote owner does with the answer.

The rules stand in :mod:`net119_reference.calls.transfer`; here they are told what the directory
and the peers say at that moment.
"""

from datetime import datetime
from uuid import UUID

from net119_protocol.codes import ErrorCode, ProviderState, TransferFailure
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_protocol.person import DepartmentRef

from net119_reference.calls import transfer, transfer_asked, transfer_request, whereabouts
from net119_reference.calls.model import Call, Side, Unit
from net119_reference.calls.transfer import Asked
from net119_reference.service import live as memory
from net119_reference.service import transcripts
from net119_reference.service.core import Core
from net119_reference.service.jurisdiction import ref
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live

MINOR = 1
"""Minor version of the profile that brought transfers."""


class Transfers:
    """Carries out transfers, within commands of the kernel."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def department(self, code: str, now: datetime) -> DepartmentRef:
        """A department as it is shown, also one that is not in the directory."""
        found = self._core.jurisdiction.department(code, now)
        if found is None:
            return DepartmentRef(code=code, name_ja=code, name_en=code, phone="")
        return ref(found)

    def ask(self, tx: Transaction, live: Live, call: Call, asked: Asked) -> int:
        """Begin a transfer, or keep why it cannot be; returns the number it is kept under.

        Raises:
            NeedsLines: the transcript is not in memory; run the command again with it.
        """
        if call.side is Side.CALLEE:
            self._ask_anchor(tx, live, call, asked)
        else:
            self._begin(tx, live, call, asked)
        return live.known().transfers

    def _begin(self, tx: Transaction, live: Live, call: Call, asked: Asked) -> None:
        core = self._core
        target = self._target(asked.department.code, tx.now)
        obstacle = transfer_request.obstacle(call, asked, target)
        if obstacle is not None or target.unit is None:
            reason, detail = obstacle or (TransferFailure.NOT_ADOPTED, "")
            core.record(tx, live, transfer.refuse(call, asked, reason, detail, tx.now))
            return
        if target.own:
            change = transfer_request.give(call, asked, target.unit, tx.now, core.timing)
        else:
            change = transfer_request.ask(
                call,
                asked,
                target.unit,
                tx.now,
                core.timing,
                message_id=memory.new_id(),
                lines=transcripts.lines_after(live, 0),
                trail=live.trail or (whereabouts.first(call),),
            )
        core.record(tx, live, change)

    def _target(self, code: str, now: datetime) -> transfer_request.Target:
        core = self._core
        department = core.jurisdiction.department(code, now)
        unit = core.jurisdiction.unit(code, now)
        in_service = department is not None and department.state is ProviderState.NORMAL
        own = unit is not None and unit.provider == core.operator
        return transfer_request.Target(
            known=department is not None,
            unit=unit,
            own=own,
            console=unit is not None and own and core.hub.has_console(unit.center),
            running=unit is not None and in_service and core.peers.running(unit.provider),
        )

    # --- a remote owner -----------------------------------------------------------------------

    def _ask_anchor(self, tx: Transaction, live: Live, call: Call, asked: Asked) -> None:
        """Ask the anchor; what is plain here already is not asked."""
        core = self._core
        reason: tuple[TransferFailure, str] | None = None
        if core.peers.speaks(call.anchor, MINOR) is False:
            reason = TransferFailure.UNSUPPORTED, f"{call.anchor} does not know transfers"
        else:
            anywhere = transfer_request.Target(
                known=True, unit=call.owner, own=False, console=True, running=True
            )
            reason = transfer_request.obstacle(call, asked, anywhere)
        if reason is not None:
            core.record(tx, live, transfer.refuse(call, asked, *reason, tx.now))
            return
        core.record(tx, live, transfer_asked.ask(call, asked, tx.now, memory.new_id()))

    def on_request(
        self,
        tx: Transaction,
        live: Live,
        call: Call,
        envelope: Envelope,
        body: bodies.TransferRequest,
    ) -> None:
        """The owner at another provider asks this anchor."""
        to = self.department(body.department, tx.now)
        asked = Asked(to, body.requested_by, body.reason, envelope.message_id)
        self._begin(tx, live, call, asked)

    def on_answer(
        self,
        tx: Transaction,
        live: Live,
        call: Call,
        envelope: Envelope,
        body: bodies.TransferDone | bodies.TransferFailed,
    ) -> None:
        """The anchor's answer to a request of ours."""
        if isinstance(body, bodies.TransferDone):
            unit = self._core.jurisdiction.unit(body.department.code, tx.now)
            code = body.department.code
            provider = unit.provider if unit is not None else call.anchor
            center = unit.center if unit is not None else code
            owner = Unit(department=body.department, center=center, provider=provider)
            change = transfer_asked.on_done(call, body, owner, tx.now)
        else:
            change = transfer_asked.on_failed(
                call, body.reason, body.detail, envelope.in_reply_to, tx.now
            )
        self._core.record(tx, live, change)

    def on_error(
        self, tx: Transaction, live: Live, in_reply_to: UUID | None, error: bodies.ErrorReport
    ) -> None:
        """The anchor refused a message of ours; if it was the request, that has failed at once."""
        call = live.known()
        pending = call.transfer
        if pending is None or call.side is Side.ANCHOR:
            return
        ours = in_reply_to is not None and in_reply_to == pending.request_id
        nameless = in_reply_to is None and (
            error.offending_type == MessageType.TRANSFER_REQUEST.value
        )
        if not ours and not nameless:
            return
        unknown = error.code is ErrorCode.UNKNOWN_TYPE
        reason = TransferFailure.UNSUPPORTED if unknown else TransferFailure.WRONG_STATE
        detail = f"{error.code.value}: {error.detail}"
        self._core.record(tx, live, transfer.failed(call, reason, detail, tx.now))
