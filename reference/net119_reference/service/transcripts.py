"""Lines of a call for a peer or a newcomer, also those that are no longer in memory."""

import functools
import logging
from collections import deque
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal
from sqlalchemy.engine import Connection

from net119_reference.ports import Declined, StorageFailed
from net119_reference.service import live as memory
from net119_reference.service.hub import Subscriber
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.live import Live
from net119_reference.store import Database

T = TypeVar("T")

AT_ONCE = 50
"""Lines of a call that a newcomer is shown at once; more are read beside what goes on."""
PORTION = 50
"""Lines that are read for a newcomer at a time."""
log = logging.getLogger("net119.transcripts")


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


class Earlier:
    """The stored lines that a newcomer lacks: read and shown as fast as its client reads.

    So no client holds more in memory than any other, however long its transcript and however
    slowly it reads: a portion of lines, and what waits in its queue.

    Args:
        calls: those whose lines may have to be read, one after the other.
        spawn: runs what is left once the client takes more.
    """

    def __init__(
        self,
        database: Database,
        subscriber: Subscriber,
        calls: Iterable[UUID],
        spawn: Callable[[Coroutine[Any, Any, None]], None],
    ) -> None:
        self._database = database
        self._subscriber = subscriber
        self._calls = deque(calls)
        self._spawn = spawn
        self._lines: deque[ChatLine] = deque()
        self._all = False
        """Whether the lines of the call up to its last one were read."""

    async def show(self) -> None:
        """Show what the client takes at once; the rest follows by itself.

        Raises:
            StorageFailed: the database did not answer.
        """
        while self._calls:
            call_id = self._calls[0]
            while self._subscriber.waits_for_earlier(call_id):
                if not self._show_read(call_id):
                    return
                await self._read_on(call_id)
            self._lines.clear()
            self._all = False
            self._calls.popleft()

    def _show_read(self, call_id: UUID) -> bool:
        """Whether all lines that were read are shown, and the client has room for more."""
        subscriber = self._subscriber
        while not subscriber.gone and subscriber.sink.has_room(self._go_on):
            if not self._lines:
                return True
            subscriber.earlier(call_id, self._lines.popleft())
        return False

    async def _read_on(self, call_id: UUID) -> None:
        if self._all:
            late = self._subscriber.caught_up(call_id)
            if late is not None:
                self._lines.extend(late)
                return
        after = self._subscriber.reads_after(call_id)
        lines = await self._database.read(functools.partial(_read, call_id, after, PORTION))
        self._lines.extend(lines)
        self._all = len(lines) < PORTION

    def _go_on(self) -> None:
        self._spawn(self._rest())

    async def _rest(self) -> None:
        try:
            await self.show()
        except Exception as error:
            # Newer lines are held back: without the earlier ones it must not stay connected.
            log.exception("earlier lines cannot be read; the client has to connect again")
            stored = isinstance(error, StorageFailed)
            self._subscriber.sink.end(
                Refusal.STORAGE_FAILED if stored else Refusal.INTERNAL,
                "earlier lines cannot be read; connect again with the last number",
            )


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
            live.older = await database.read(
                functools.partial(_read, live.call_id, needs.after, None)
            )
            continue
        live.older = ()
        return done


def _read(
    call_id: UUID, after: int, most: int | None, connection: Connection
) -> tuple[ChatLine, ...]:
    return memory.lines_after(connection, call_id, after, most)
