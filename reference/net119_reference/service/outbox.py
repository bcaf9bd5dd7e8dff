"""Messages to peers: stored with the effect that causes them, sent after the commit.

They stay stored as long as the call, so that they can be sent again unchanged, with the same
``messageId`` (design: "Interface B").
"""

import asyncio
import functools
import itertools
import logging
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from net119_protocol.codes import Mode
from net119_protocol.interconnect import (
    Body,
    MessageType,
    Via,
    callee_queue,
    caller_queue,
    compose,
)
from net119_protocol.interconnect.mapping import Chosen
from sqlalchemy.engine import Connection, Row

from net119_reference.ports import Channel, Clock, Outgoing, PeerLinks, StorageFailed
from net119_reference.service import rows
from net119_reference.service.call_names import CallNames
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.known_calls import KnownCalls
from net119_reference.service.waiting import Waiting
from net119_reference.store import Database, schema

_T = schema.outbox
_READ_AGAIN_S = 1.0
StandIn = Callable[[Transaction, int, Channel], None]
"""Sends a message with the count of one that the peer cannot read."""
log = logging.getLogger("net119.outbox")


class Outbox:
    """What waits to be sent, in memory by peer and channel, and in the database."""

    def __init__(
        self,
        operator: str,
        kernel: Kernel,
        database: Database,
        clock: Clock,
        mapping: Chosen,
        names: CallNames,
        known: KnownCalls,
    ) -> None:
        self.links: PeerLinks | None = None
        self._via = {
            Channel.CLIENT: Via(destination=caller_queue(operator), operator=operator),
            Channel.QUEUE: Via(destination=callee_queue(operator), operator=operator),
        }
        self._mapping = mapping
        self._names = names
        self._known = known
        self._kernel = kernel
        self._database = database
        self._clock = clock
        self._numbers = itertools.count(1)
        self._waiting: dict[tuple[str, Channel], Waiting] = defaultdict(Waiting)
        self._free: dict[int, None] = {}
        """Numbers of messages that belong to no call: nobody needs them once they are confirmed."""
        self._tasks: set[asyncio.Task[None]] = set()

    async def load(self) -> None:
        """Bring what was not confirmed into memory."""
        highest, waiting = await self._database.read(_unconfirmed)
        self._numbers = itertools.count(highest + 1)
        for row in waiting:
            item = _item(row, row.number)
            self._waiting[item.peer, item.channel].add(item)
            if row.call_id is None:
                self._free[item.number] = None

    async def stop(self) -> None:
        """End the reads under way."""
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def send(
        self,
        tx: Transaction,
        peer: str,
        channel: Channel,
        kind: MessageType,
        body: Body,
        *,
        mode: Mode,
        call_id: UUID | None = None,
        epoch: int = 0,
        n: int = 0,
        in_reply_to: UUID | None = None,
        message_id: UUID | None = None,
    ) -> UUID:
        """Store a message; it goes out when the transaction is durable."""
        if call_id is not None:
            self._known.add(call_id)
        theirs = callee_queue if channel is Channel.CLIENT else caller_queue
        envelope = compose(
            kind,
            body,
            message_id=message_id or uuid4(),
            call_id=self._names.in_messages(call_id),
            epoch=epoch,
            n=n,
            mode=mode,
            sent_at=tx.moment,
            via=self._via[channel],
            in_reply_to=in_reply_to,
        )
        item = Outgoing(
            number=next(self._numbers),
            peer=peer,
            channel=channel,
            destination=theirs(peer),
            message_id=envelope.message_id,
            type=kind.value,
            payload=self._mapping.to_wire(envelope),
        )
        self._store(tx, item, call_id=_text(call_id), n=n, answers=_text(in_reply_to))
        return envelope.message_id

    def _store(
        self, tx: Transaction, item: Outgoing, *, call_id: str | None, n: int, answers: str | None
    ) -> None:
        tx.write(
            rows.INSERT_OUTBOX,
            number=item.number,
            peer=item.peer,
            channel=item.channel.value,
            destination=item.destination,
            message_id=str(item.message_id),
            type=item.type,
            call_id=call_id,
            n=n,
            answers=answers,
            payload=item.payload,
            created_at=tx.stamp,
            confirmed=False,
        )
        if call_id is None:
            tx.put(self._free, item.number, None)
        tx.after(functools.partial(self._hand_out, item))

    def _hand_out(self, item: Outgoing) -> None:
        self._waiting[item.peer, item.channel].add(item)
        if self.links is not None:
            self.links.wake(item.peer, item.channel)

    # --- sending again ------------------------------------------------------------------------

    def resend_message(self, tx: Transaction, peer: str, message_id: UUID) -> None:
        """Send one message again."""
        self._again(tx, _T.c.peer == peer, _T.c.message_id == str(message_id))

    def resend_answers(self, tx: Transaction, peer: str, message_id: UUID) -> None:
        """Send the answers to a repeated message again."""
        self._again(tx, _T.c.peer == peer, _T.c.answers == str(message_id))

    def resend_after(
        self,
        tx: Transaction,
        peer: str,
        call_id: UUID,
        n: int,
        unknown: Collection[UUID] = (),
        stand_in: StandIn | None = None,
    ) -> None:
        """Send the messages of a call with a higher count again.

        Those whose type the peer does not know are left out; ``stand_in`` sends another message
        with the same count once, so that the peer's count can go on.
        """
        conditions = _T.c.peer == peer, _T.c.call_id == str(call_id), _T.c.n > n
        self._again(tx, *conditions, left_out=frozenset(map(str, unknown)), stand_in=stand_in)

    def _again(
        self,
        tx: Transaction,
        *conditions: sa.ColumnElement[bool],
        left_out: frozenset[str] = frozenset(),
        stand_in: StandIn | None = None,
    ) -> None:
        def queue(tx: Transaction, found: Sequence[Row[Any]]) -> None:
            known = [row for row in found if row.message_id not in left_out]
            self._queue_copies(tx, known)
            filled = {row.n for row in known}
            for row in found:
                if stand_in is not None and row.n not in filled:
                    filled.add(row.n)
                    stand_in(tx, row.n, Channel(row.channel))

        tx.after(lambda: self.spawn(self._read_and_queue(conditions, queue)))

    def spawn(self, work: Any) -> None:
        """Do some reading beside the commands; ended with the outbox."""
        task: asyncio.Task[None] = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _read_and_queue(
        self,
        conditions: Sequence[sa.ColumnElement[bool]],
        queue: Callable[[Transaction, Sequence[Row[Any]]], None],
    ) -> None:
        while True:
            try:
                found = await self._database.read(_matching(conditions))
                break
            except StorageFailed:
                log.exception("messages to be sent again cannot be read; trying again")
                await asyncio.sleep(_READ_AGAIN_S)
        self._kernel.post(lambda tx: queue(tx, found))

    def _queue_copies(self, tx: Transaction, found: Sequence[Row[Any]]) -> None:
        done: set[str] = set()
        for row in found:
            if row.message_id in done or self._is_waiting(row):
                continue
            done.add(row.message_id)
            item = _item(row, next(self._numbers))
            self._store(tx, item, call_id=row.call_id, n=row.n, answers=row.answers)

    def _is_waiting(self, row: Row[Any]) -> bool:
        waiting = self._waiting[row.peer, Channel(row.channel)]
        return any(str(item.message_id) == row.message_id for item in waiting)

    # --- the links ----------------------------------------------------------------------------

    def outgoing(self, peer: str, channel: Channel, after: int, limit: int) -> Sequence[Outgoing]:
        """Messages not yet confirmed, in order."""
        return self._waiting[peer, channel].after(after, limit)

    async def confirmed(self, numbers: Sequence[int]) -> None:
        """The peer has them."""
        done = set(numbers)

        def confirm(tx: Transaction) -> None:
            for number in sorted(done):
                free = number in self._free
                statement = rows.DELETE_OUTBOX if free else rows.CONFIRM_OUTBOX
                tx.write(statement, b_number=number)
            tx.after(forget)

        def forget() -> None:
            for number in done:
                self._free.pop(number, None)
                any(waiting.remove(number) for waiting in self._waiting.values())

        await self._kernel.run(confirm)

    def counts(self) -> dict[tuple[str, Channel], int]:
        """How many messages wait, by peer and channel."""
        return {key: len(items) for key, items in self._waiting.items() if items}


def _text(value: UUID | None) -> str | None:
    return str(value) if value is not None else None


def _item(row: Row[Any], number: int) -> Outgoing:
    return Outgoing(
        number=number,
        peer=row.peer,
        channel=Channel(row.channel),
        destination=row.destination,
        message_id=UUID(row.message_id),
        type=row.type,
        payload=bytes(row.payload),
    )


def _unconfirmed(connection: Connection) -> tuple[int, Sequence[Row[Any]]]:
    highest = connection.scalar(sa.select(sa.func.max(_T.c.number))) or 0
    query = sa.select(_T).where(_T.c.confirmed.is_(False)).order_by(_T.c.number)
    return highest, connection.execute(query).all()


def _matching(
    conditions: Sequence[sa.ColumnElement[bool]],
) -> Callable[[Connection], Sequence[Row[Any]]]:
    query = sa.select(_T).where(*conditions).order_by(_T.c.n, _T.c.number)
    return lambda connection: connection.execute(query).all()
