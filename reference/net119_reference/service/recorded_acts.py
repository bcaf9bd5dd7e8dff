"""What dispatchers do beside the chat and is recorded: callback, disclosure, dispatch, block."""

import functools
from typing import Any
from uuid import UUID

from net119_protocol.api.console_acts import (
    Block,
    Blocked,
    Callback,
    CallDisclosure,
    Dispatch,
    NewCallDisclosure,
    NewDispatch,
)
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel

from net119_reference.calls import callback
from net119_reference.calls.effects import ActKind, Change, Keep, Note
from net119_reference.calls.model import Call, Side
from net119_reference.ports import DispatcherIdentity, Refused, StaffIdentity
from net119_reference.service import rows
from net119_reference.service.callbacks import Callbacks
from net119_reference.service.consoles import NEVER_DISPATCHED, ConsoleDesk
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live
from net119_reference.service.registration.review import Review
from net119_reference.service.waiters import act_key

ANSWER_S = 10.0
"""So long a dispatcher's request waits to hear what became of a letter; the feed tells the rest."""


class RecordedActs:
    """Callbacks, disclosures, dispatches and blocks; each stands in the audit trail (CNB-40)."""

    def __init__(self, core: Core, desk: ConsoleDesk, callbacks: Callbacks, review: Review) -> None:
        self._core = core
        self._desk = desk
        self._callbacks = callbacks
        self._review = review

    def _owned_at_last(self, who: DispatcherIdentity, call_id: UUID) -> tuple[Live, Call]:
        """A call that the center's department owns, or owned when it was closed."""
        live, call = self._desk.seen(who, call_id)
        owner = call.owner
        if owner.provider != self._core.operator or owner.center != who.center:
            raise Refused(Refusal.OWNED_BY_OTHER, f"the call is {owner.department.code}'s")
        return live, call

    def _audit(
        self, tx: Transaction, who: DispatcherIdentity, call: Call, action: str, what: str
    ) -> None:
        tx.write(
            rows.INSERT_AUDIT,
            at=rows.stamp(tx.now),
            department=call.accountable(who.center),
            actor=who.name,
            action=action,
            registrant_id=str(call.registrant_id) if call.registrant_id else None,
            purpose=f"{call.mode.value} call {call.call_id}",
            what=f"center {who.center}: {what}",
        )

    def _keep(
        self,
        tx: Transaction,
        live: Live,
        kind: ActKind,
        number: int,
        act: WireModel,
        note: Note,
        **update: int,
    ) -> None:
        call = live.known().model_copy(update=update)
        self._core.record(tx, live, Change(call, (note, Keep(kind, number, act))))

    async def call_back(self, who: DispatcherIdentity, call_id: UUID) -> Callback:
        """Mail the caller a URL that reopens the call (CNB-31).

        Returns when the receiving mail server has taken the letter or it has failed; as it is,
        ``queued``, if that is not known after 10 s.

        Raises:
            Refused: the center does not own the call, nor did so when it was closed.
        """
        core = self._core
        await core.ensure(call_id)

        def ask(tx: Transaction) -> tuple[int, Any]:
            live, call = self._owned_at_last(who, call_id)
            number = len(call.callbacks) + 1
            # Before the change: its end, in the same batch, must find somebody waiting.
            waiting = core.waiters.expect(call_id, act_key(ActKind.CALLBACK, number))
            self._callbacks.ask(tx, live, call, who.name)
            self._audit(tx, who, call, "called-back", f"callback {number}")
            return number, waiting

        number, waiting = await core.kernel.run(ask)
        key = act_key(ActKind.CALLBACK, number)
        try:
            told: Callback = await core.waiters.wait(call_id, key, waiting, ANSWER_S)
        except Refused as refused:
            if refused.code is not Refusal.NOT_CONFIRMED:
                raise
            await core.ensure(call_id)
            return callback.shown(core.live(call_id).known(), number)
        return told

    async def disclose(
        self, who: DispatcherIdentity, call_id: UUID, body: NewCallDisclosure
    ) -> CallDisclosure:
        """Record that the caller's data were given to somebody outside (CNB-21, CNB-51, ASO-27).

        Any center that has, or had, the call can have done so, at the home provider or another.
        """
        await self._core.ensure(call_id)

        def record(tx: Transaction) -> CallDisclosure:
            live, call = self._desk.seen(who, call_id)
            given = CallDisclosure(at=tx.now, by=who.name, **body.model_dump())
            number = call.disclosures + 1
            to = f"{given.receiver.value} {given.receiver_name}"
            note = Note("disclosed", f"{given.what} to {to} by {given.by}")
            self._keep(tx, live, ActKind.DISCLOSURE, number, given, note, disclosures=number)
            self._audit(tx, who, call, "disclosed", f"{to}: {given.what}")
            return given

        return await self._core.kernel.run(record)

    async def record_dispatch(
        self, who: DispatcherIdentity, call_id: UUID, body: NewDispatch
    ) -> Dispatch:
        """Record that a crew was sent (TOM-25).

        Raises:
            Refused: practice and test calls send nobody (``no-dispatch``, I5); nobody has
                taken the call (``not-answered``); or another center has it.
        """
        await self._core.ensure(call_id)

        def record(tx: Transaction) -> Dispatch:
            live, call = self._owned_at_last(who, call_id)
            if call.mode in NEVER_DISPATCHED:
                raise Refused(Refusal.NO_DISPATCH, f"no crew is sent to a {call.mode.value} call")
            if call.answered_at is None:
                raise Refused(
                    Refusal.NOT_ANSWERED, "take the call before you record that a crew was sent"
                )
            sent = Dispatch(at=tx.now, by=who.name, **body.model_dump())
            number = call.dispatches + 1
            note = Note("dispatched", f"{sent.units} by {sent.by}")
            self._keep(tx, live, ActKind.DISPATCH, number, sent, note, dispatches=number)
            self._audit(tx, who, call, "dispatched", sent.units)
            return sent

        return await self._core.kernel.run(record)

    async def block_caller(self, who: DispatcherIdentity, call_id: UUID, body: Block) -> Blocked:
        """Refuse further calls of this caller, who is shown why (ASO-20, CNB-34).

        Raises:
            Refused: the center is not the home department's, which alone can do it; or the
                registration is not one that can be suspended.
        """
        core = self._core
        await core.ensure(call_id)

        def check(_tx: Transaction) -> Call:
            call = self._desk.seen(who, call_id)[1]
            home = call.home
            ours = call.side is Side.ANCHOR and home.provider == core.operator
            if not ours or home.center != who.center or call.registrant_id is None:
                to = home.department
                raise Refused(
                    Refusal.FORBIDDEN,
                    f"only the home department can block its registrant: ask {to.name_ja} "
                    f"{to.name_en}, phone {to.phone}",
                )
            return call

        call = await core.kernel.run(check)
        staff = StaffIdentity(call.home.department.code, who.name)
        if call.registrant_id is None:
            raise LookupError("the call has no registrant")
        await self._review.suspend(staff, call.registrant_id, None, body.reason)
        return await core.kernel.run(functools.partial(self._note_block, who, call_id, body))

    def _note_block(
        self, who: DispatcherIdentity, call_id: UUID, body: Block, tx: Transaction
    ) -> Blocked:
        call = self._core.live(call_id).known()
        blocked = Blocked(at=tx.now, by=who.name, reason=body.reason)
        self._core.note(tx, call, "caller blocked", f"{body.reason} by {who.name}")
        self._audit(tx, who, call, "blocked", body.reason)
        return blocked
