"""What is to be written, and how it is decided again if others have written to the same calls.

What a batch writes was decided upon what is in memory.  If other processes have stored more of its
calls, it is decided again: a few times with the rows of the calls given back meanwhile, and then
**while this transaction holds them**, so that nobody can be ahead once more.

Never to hold them: a process with large batches would always be behind one with small ones; of two
relays that both wrote to 450 calls, one stored 400 lines a second and the other next to nothing for
up to 50 s after PostgreSQL had come back.  To hold them at once: while one decides, the others
wait, their batches grow, and with them the chance to be behind (at 1,200 lines a second the p99 of
an acknowledgement was 160 to 710 ms, not 114 to 137 ms).
"""

import asyncio
import concurrent.futures
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, TypeAlias

from sqlalchemy.engine import Connection

from net119_reference.storage_failures import StorageFailed
from net119_reference.store.level import Around, Busy, News

if TYPE_CHECKING:
    from net119_reference.store.database import Write

Decision: TypeAlias = "tuple[Sequence[Write], Around | None]"
"""What is to be written, and what has to stand around it."""
DecideAgain: TypeAlias = Callable[[News], Decision]
"""Takes what was stored into memory and decides once more; called in the event loop."""

FREE_ROUNDS = 4
"""How often a batch is decided again without keeping others off meanwhile."""
ROUNDS = 20
"""How often a batch is decided anew, and how often it may find calls in others' hands that it
needs beside those it holds; one round is enough unless it turns to other calls."""
PATIENCE_S = 30.0
"""How long the event loop may take to decide anew while nobody is kept off meanwhile."""
HOLDING_S = 2.0
"""The same while others are kept off: after it the calls are given back, and it is tried again.
Others refuse what they cannot store within PostgreSQL's ``lock_timeout``, which is longer."""


class Behind(Exception):
    """What was decided rests upon less than what is stored."""

    def __init__(self, news: News) -> None:
        super().__init__("another process has written to the same call")
        self.news = news


class Deciding:
    """One commit's decision; made in the event loop, used in the database's thread."""

    def __init__(
        self, writes: "Sequence[Write]", around: Around | None, again: DecideAgain | None
    ) -> None:
        self.writes = writes
        self.around = around
        self._again = again
        self._loop = asyncio.get_running_loop()

    def become_level(self, connection: Connection, *, hold: bool = True) -> None:
        """Keep others off the calls, and decide again until it rests upon what is stored.

        Args:
            hold: whether others are kept off also while it is decided again.

        Raises:
            Behind: it has to be decided again (:meth:`decide_again`) after the transaction was
                rolled back; only unless ``hold``.
            Busy: the transaction has to be rolled back and begun anew.
            StorageFailed: it could not be decided.
        """
        held: set[str] = set()
        for _ in range(ROUNDS):
            if self.around is None:
                return
            news = self.around.before(connection, held)
            if not news:
                return
            if not hold:
                raise Behind(news)
            self.decide_again(news, hold=True)
        raise kept_busy()

    def decide_again(self, news: News, *, hold: bool = False) -> None:
        """Have the event loop decide upon what is stored, and wait for that.

        Args:
            hold: whether others are kept off meanwhile.

        Raises:
            Busy: it took too long to keep others off; the transaction has to be rolled back.
            StorageFailed: it does not decide: it has ended, or stands still.
        """
        again = self._again
        if again is None:
            raise StorageFailed("another process has written to the same call")
        answer: concurrent.futures.Future[Decision] = concurrent.futures.Future()

        def decide() -> None:
            if not answer.set_running_or_notify_cancel():
                return
            try:
                answer.set_result(again(news))
            except BaseException as error:
                answer.set_exception(error)

        try:
            self._loop.call_soon_threadsafe(decide)
        except RuntimeError:  # the loop is closed
            raise StorageFailed("the provider is stopping") from None
        # Not by the time-out's exception, which deciding may raise, too.
        concurrent.futures.wait([answer], HOLDING_S if hold else PATIENCE_S)
        if answer.cancel():
            # Whatever comes of it now, it will not be decided: memory stays as it was stored.
            if hold:
                raise Busy
            raise StorageFailed("the provider has not gone on for too long")
        self.writes, self.around = answer.result()


def kept_busy() -> StorageFailed:
    """It was tried as often as it may be."""
    return StorageFailed("other processes keep writing to the same calls")
