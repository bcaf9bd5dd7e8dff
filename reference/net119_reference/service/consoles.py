"""Interface C of the service: dispatchers, the calls of their center, and their lines."""

import asyncio
import functools
from collections.abc import Mapping
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.api.console import (
    CallList,
    CallRecord,
    CloseCall,
    ConsoleCall,
    ConsoleWelcome,
    HistoryEntry,
)
from net119_protocol.api.console_acts import CallDisclosure, Discrepancy, Dispatch, Transfer
from net119_protocol.chat import LineContent
from net119_protocol.codes import CallState, CloseOutcome, Mode, Refusal, SenderRole
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.interconnect.whereabouts import TrailPoint
from sqlalchemy.engine import Connection

from net119_reference.calls import anchor, callee, whereabouts
from net119_reference.calls.effects import ActKind, Send
from net119_reference.calls.model import Call, Side
from net119_reference.ports import DispatcherIdentity, Line, LineDone, Refused, Sink
from net119_reference.service import call_acts, rows, transcripts, views
from net119_reference.service import live as memory
from net119_reference.service.core import Core
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import Live, PendingLine
from net119_reference.service.waiters import CLOSE
from net119_reference.store import schema

NEVER_DISPATCHED = frozenset({Mode.PRACTICE, Mode.TEST})
"""Modes in which no crew is ever sent (I5); in a drill one may be, as part of it."""
TALKING = frozenset({CallState.ANSWERED, CallState.INTERRUPTED, CallState.TRANSFERRING})
"""States in which somebody of the center has taken the call."""


class ConsoleAttachment:
    """A console connected to its center's feed."""

    def __init__(
        self, desk: "ConsoleDesk", core: Core, who: DispatcherIdentity, subscriber: Subscriber
    ) -> None:
        self._desk = desk
        self._core = core
        self._who = who
        self._subscriber: Subscriber | None = subscriber

    def begin_line(self, call_id: UUID, line: Line, done: LineDone) -> bool:
        """Say a line without waiting for anything, if the call's lines are numbered here."""
        return self._desk.begin_line(self._who, call_id, line, done)

    async def detach(self) -> None:
        """The connection is gone."""
        subscriber, self._subscriber = self._subscriber, None
        if subscriber is not None:
            subscriber.gone = True
            self._core.hub.remove_console(self._who.center, subscriber)


class ConsoleDesk:
    """What dispatchers may do."""

    def __init__(self, core: Core) -> None:
        self._core = core
        self._author = memory.dispatcher_of(core.operator)

    def seen(self, who: DispatcherIdentity, call_id: UUID) -> tuple[Live, Call]:
        """A call that the center has or had."""
        live, call = self._core.call_here(call_id)
        if who.center not in call.centers:
            raise Refused(Refusal.UNKNOWN_CALL, f"center {who.center} has no call {call_id}")
        return live, call

    def owned(self, who: DispatcherIdentity, call_id: UUID) -> tuple[Live, Call]:
        """A call that the center's department owns now, and that is not closed."""
        live, call = self.seen(who, call_id)
        self._check_owned(who, call)
        return live, call

    def _check_owned(self, who: DispatcherIdentity, call: Call) -> None:
        if call.owner.provider != self._core.operator or call.owner.center != who.center:
            raise Refused(Refusal.OWNED_BY_OTHER, f"the call is now {call.owner.department.code}'s")
        if not call.open:
            raise Refused(Refusal.CALL_CLOSED, "the call is closed")

    def view(self, who: DispatcherIdentity, live: Live) -> ConsoleCall:
        """The call as the dispatcher's center sees it."""
        return views.for_console(live.known(), live.last_seq, who.center, self._core.operator)

    # --- looking ------------------------------------------------------------------------------

    async def center_calls(self, who: DispatcherIdentity) -> CallList:
        """Calls of the center, open and lately closed, newest first."""

        def look(_tx: Transaction) -> CallList:
            found = [
                live
                for live in self._core.lives.values()
                if live.call is not None and who.center in live.call.centers
            ]
            found.sort(key=lambda live: live.known().opened_at, reverse=True)
            return CallList(calls=tuple(self.view(who, live) for live in found))

        return await self._core.kernel.run(look)

    async def call_record(self, who: DispatcherIdentity, call_id: UUID) -> CallRecord:
        """A call with its transcript and history."""
        core = self._core
        await core.ensure(call_id)

        def read(tx: Transaction) -> ConsoleCall:
            live = self.seen(who, call_id)[0]
            known = live.known()
            tx.write(
                rows.INSERT_AUDIT,
                at=rows.stamp(tx.now),
                department=known.accountable(who.center),
                actor=who.name,
                action="read",
                registrant_id=str(known.registrant_id) if known.registrant_id else None,
                purpose=f"record of call {call_id}",
                what=f"center {who.center}",
            )
            return self.view(who, live)

        call = await core.kernel.run(read)

        known = core.live(call_id).known()

        def found(connection: Connection) -> CallRecord:
            trail = call_acts.read(connection, call_id, ActKind.LOCATION, TrailPoint)
            return CallRecord(
                call=call,
                lines=memory.lines_after(connection, call_id, 0),
                history=_history_of(connection, call_id),
                trail=trail or (whereabouts.first(known),),
                discrepancies=call_acts.read(connection, call_id, ActKind.DISCREPANCY, Discrepancy),
                transfers=call_acts.read(connection, call_id, ActKind.TRANSFER, Transfer),
                callbacks=tuple(each.callback for each in known.callbacks),
                disclosures=call_acts.read(connection, call_id, ActKind.DISCLOSURE, CallDisclosure),
                dispatches=call_acts.read(connection, call_id, ActKind.DISPATCH, Dispatch),
            )

        return await core.database.read(found)

    # --- acting -------------------------------------------------------------------------------

    async def answer(self, who: DispatcherIdentity, call_id: UUID) -> ConsoleCall:
        """Take a ringing call; the second dispatcher is told who has it."""
        await self._core.ensure(call_id)

        def take(tx: Transaction) -> ConsoleCall:
            live, call = self.owned(who, call_id)
            if call.state is not CallState.RINGING:
                detail = (
                    f"{call.answered_by} has the call"
                    if call.answered_by
                    else f"the call is {call.state.value}"
                )
                raise Refused(Refusal.WRONG_STATE, detail)
            if call.side is Side.ANCHOR:
                change = anchor.on_answered(call, who.name, tx.now)
            else:
                change = callee.answer(call, who.name, tx.now)
            self._core.record(tx, live, change)
            return self.view(who, live)

        return await self._core.kernel.run(take)

    async def dispatcher_says(
        self, who: DispatcherIdentity, call_id: UUID, line: NewLine
    ) -> LineStored:
        """Say a line; returns when the anchor has numbered and stored it (invariant I2)."""
        core = self._core
        await core.ensure(call_id)
        stored = await core.kernel.run(functools.partial(self._say, who, call_id, line))
        if isinstance(stored, LineStored):
            return stored
        seconds = core.config.timers.t1_s * core.config.timers.offer_attempts
        answer: LineStored = await core.waiters.wait(call_id, line.client_id, stored, seconds)
        return answer

    def begin_line(
        self, who: DispatcherIdentity, call_id: UUID, line: Line, done: LineDone
    ) -> bool:
        """As :meth:`dispatcher_says` for a call in memory whose lines are numbered here."""
        core = self._core
        live = core.lives.get(call_id)
        if live is None or live.call is None or live.call.side is not Side.ANCHOR:
            return False
        if not live.call.open:
            # An open call stays in memory anyway.
            live.touched = core.clock.now()
        core.kernel.submit(functools.partial(self.say_here, who, call_id, line), done)
        return True

    def say_here(
        self, who: DispatcherIdentity, call_id: UUID, line: Line, tx: Transaction
    ) -> LineStored:
        """Number and store a line of a dispatcher's, in a call whose lines are numbered here."""
        stored = self._say(who, call_id, line, tx)
        if not isinstance(stored, LineStored):
            raise TypeError("a call changed its side")
        return stored

    def _say(
        self, who: DispatcherIdentity, call_id: UUID, line: Line, tx: Transaction
    ) -> "LineStored | asyncio.Future[Any]":
        """The stored line, or what to wait for where the anchor has to number it."""
        core = self._core
        live, call = self.seen(who, call_id)
        live.touched = tx.now
        author = self._author
        known = live.said.get((author, line.client_id))
        if known is None:
            self._check_owned(who, call)
            if call.state not in TALKING:
                raise Refused(Refusal.NOT_ANSWERED, "take the call before you write to the caller")
            # A line that is under way to the anchor was its writer's when it was written.
            under_way = line.client_id in live.pending
            if not under_way and call.answered_by not in (None, who.name):
                raise Refused(Refusal.NOT_OWNER, f"{call.answered_by} has the call: take it over")
            if not under_way and not core.bounds.may_write(tx, live, author):
                raise Refused(Refusal.TOO_MANY, "too many lines at once; say it again shortly")
        if call.side is Side.ANCHOR or known is not None:
            said = core.say(tx, live, author, SenderRole.DISPATCHER, who.name, line.client_id, line)
            return said.stored(line.client_id)
        self._pass_on(tx, who, live, call, line)
        # Here, not later: the answer may come in the same batch, and be over before one waits.
        return core.waiters.expect(call_id, line.client_id)

    def _pass_on(
        self, tx: Transaction, who: DispatcherIdentity, live: Live, call: Call, line: Line
    ) -> None:
        """Send a line to the anchor, which numbers it."""
        core = self._core
        pending = live.pending.get(line.client_id)
        if pending is not None:
            if memory.digest_of(pending.content) != memory.digest_of(line):
                raise Refused(
                    Refusal.ID_REUSED, f"clientId {line.client_id} was used for another line"
                )
            return
        core.check_choice(live, line)
        body = bodies.ChatMessage(
            client_id=line.client_id,
            sender=SenderRole.DISPATCHER,
            sender_name=who.name,
            text=line.text,
            options=line.options,
            choice=line.choice,
        )
        message_id = core.send(tx, live, Send(call.anchor, MessageType.CHAT_MESSAGE, body))
        content = LineContent(text=line.text, options=line.options, choice=line.choice)
        entry = PendingLine(
            client_id=line.client_id, dispatcher=who.name, message_id=message_id, content=content
        )
        tx.put(live.pending, line.client_id, entry)
        tx.write(
            rows.INSERT_PENDING,
            call_id=str(call.call_id),
            client_id=line.client_id,
            document=entry.model_dump_json(by_alias=True),
        )

    async def close(self, who: DispatcherIdentity, call_id: UUID, body: CloseCall) -> ConsoleCall:
        """Close a call; at the callee, returns when the anchor has closed it (invariant I9).

        Raises:
            Refused: nobody is sent to a practice or test call (``no-dispatch``, I5); or another
                center has it.
        """
        core = self._core
        await core.ensure(call_id)

        def close(tx: Transaction) -> "asyncio.Future[Any] | None":
            live, call = self.owned(who, call_id)
            if body.outcome is CloseOutcome.DISPATCHED and call.mode in NEVER_DISPATCHED:
                raise Refused(
                    Refusal.NO_DISPATCH,
                    f"a {call.mode.value} call is not closed as dispatched: name another outcome",
                )
            if call.side is Side.ANCHOR:
                change = anchor.close(
                    call,
                    tx.now,
                    outcome=body.outcome,
                    note=body.note,
                    by=who.name,
                    relayed_to=body.relayed_to,
                )
            else:
                change = callee.ask_to_close(
                    call,
                    outcome=body.outcome,
                    note=body.note,
                    by=who.name,
                    relayed_to=body.relayed_to,
                )
            core.record(tx, live, change)
            return None if call.side is Side.ANCHOR else core.waiters.expect(call_id, CLOSE)

        waiting = await core.kernel.run(close)
        if waiting is not None:
            seconds = core.config.timers.t1_s * core.config.timers.offer_attempts
            await core.waiters.wait(call_id, CLOSE, waiting, seconds)
        return await core.kernel.run(lambda _tx: self.view(who, core.live(call_id)))

    # --- connections --------------------------------------------------------------------------

    async def attach(
        self, who: DispatcherIdentity, after: Mapping[UUID, int], sink: Sink
    ) -> ConsoleAttachment:
        """Open a center's feed: a welcome, the lines not yet seen, then what comes."""
        core = self._core
        subscriber = Subscriber(sink, who.name)

        def attach(tx: Transaction) -> list[UUID]:
            found = [live for live in core.open_calls() if who.center in live.known().centers]
            ids = [live.call_id for live in found]
            if core.alarm_feed is not None:
                core.alarm_feed.opened(tx, who)
            tx.after(functools.partial(self._register, who, subscriber, found, after))
            return ids

        attachment = ConsoleAttachment(self, core, who, subscriber)
        try:
            calls = await core.kernel.run(attach)
            await transcripts.Earlier(core.database, subscriber, calls, core.outbox.spawn).show()
        except BaseException:
            # Cancelled, too: a console that is not there must not get calls accepted.
            await attachment.detach()
            raise
        return attachment

    def _register(
        self,
        who: DispatcherIdentity,
        subscriber: Subscriber,
        found: list[Live],
        after: Mapping[UUID, int],
    ) -> None:
        if subscriber.gone:
            return
        calls = tuple(self.view(who, live) for live in found)
        subscriber.sink.send(
            ConsoleWelcome(
                center=who.center,
                dispatcher=who.name,
                calls=calls,
                now=self._core.clock.now(),
            )
        )
        alarms = self._core.alarm_feed
        for frame in () if alarms is None else alarms.shown(who.center):
            subscriber.sink.send(frame)
        for call_id, seq in after.items():
            subscriber.has(call_id, seq)  # also of closed calls, which may ring again
        for live in found:
            seq = after.get(live.call_id, 0)
            subscriber.follow(live.call_id, seq, transcripts.at_hand(live, seq))
        self._core.hub.add_console(who.center, subscriber)


def _history_of(connection: Connection, call_id: UUID) -> tuple[HistoryEntry, ...]:
    found = connection.execute(
        sa.select(schema.history)
        .where(schema.history.c.call_id == str(call_id))
        .order_by(schema.history.c.number)
    )
    return tuple(
        HistoryEntry(at=rows.moment(row.at), what=row.what, detail=row.detail, epoch=row.epoch)
        for row in found
    )
