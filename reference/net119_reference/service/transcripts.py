"""Lines of a call for a peer or a newcomer, also those that are no longer in memory."""

import functools
from collections.abc import Callable
from typing import TypeVar
from uuid import UUID

from net119_protocol.chat import ChatLine
from sqlalchemy.engine import Connection

from net119_reference.ports import Declined
from net119_reference.service import live as memory
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.live import Live
from net119_reference.store import Database

T = TypeVar("T")

AT_ONCE = 50
"""Lines of a call that a newcomer is shown at once; more are read beside what goes on."""


class NeedsLines(Declined):
    """A command needs lines that are not in memory: read them, then run it again."""

    def __init__(self, after: int) -> None:
        super().__init__(f"the lines after {after} are not in memory")
        self.after = after


def lines_after(live: Live, seq: int) -> tuple[ChatLine, ...]:
    """Every line with a number above ``seq``.

    Raises:
        NeedsLines: some are in the database only; see :func:`run`.
    """
    if live.last_seq <= seq:
        return ()
    first = live.recent[0].seq
    if first <= seq + 1:
        return tuple(line for line in live.recent if line.seq > seq)
    older = live.older
    if older and older[0].seq <= seq + 1 and older[-1].seq >= first - 1:
        return tuple(line for line in older if seq < line.seq < first) + tuple(live.recent)
    raise NeedsLines(seq)


def at_hand(live: Live, after: int) -> tuple[ChatLine, ...] | None:
    """Every line with a number above ``after`` if that is in memory, and not much; else ``None``.

    After a commit, and before the next command, that is what the database has.
    """
    if live.seqs:  # lines beyond a gap, perhaps older than what is in memory
        return None
    wanted = live.last_seq - after
    if wanted <= 0:
        return ()
    if wanted > AT_ONCE:
        return None
    found = sorted((line for line in live.recent if line.seq > after), key=lambda line: line.seq)
    return tuple(found) if len(found) == wanted else None


async def show_earlier(
    database: Database, subscriber: Subscriber, call_id: UUID, after: int
) -> None:
    """Read the lines that were not at hand for a newcomer, and show them.

    Raises:
        StorageFailed: the database did not answer.
    """
    if subscriber.waits_for_earlier(call_id):
        lines = await database.read(functools.partial(_read, call_id, after))
        subscriber.caught_up(call_id, lines)


async def run(
    kernel: Kernel, database: Database, live: Live, work: Callable[[Transaction], T]
) -> T:
    """Run a command that may need the whole transcript of a call.

    Lines that are said between the reading and the command are in memory then.
    """
    while True:
        try:
            done = await kernel.run(work)
        except NeedsLines as needs:
            live.older = await database.read(functools.partial(_read, live.call_id, needs.after))
            continue
        live.older = ()
        return done


def _read(call_id: UUID, after: int, connection: Connection) -> tuple[ChatLine, ...]:
    return memory.lines_after(connection, call_id, after)
