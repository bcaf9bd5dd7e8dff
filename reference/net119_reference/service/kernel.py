"""The kernel: commands in, one transaction for all that wait, results when it is durable.

Commands are plain functions of a :class:`Transaction`; they run one after the other in the event
loop, against the state in memory, and collect what is to be written.  Everything that waited is
then committed at once (group commit), and only afterwards do the callers get their results and
the clients their frames (invariants I2 and I9).  If the commit fails, the state in memory is put
back and every caller is told.

If the database is lost in mid-commit, every caller is told that, too; the state in memory stays as
it is and nothing else is run until the database says what became of the commit.
"""

import asyncio
import contextlib
import dataclasses
import functools
import heapq
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import msgspec

from net119_reference.clock import SteadyTime
from net119_reference.ports import Clock, Declined, OutcomeUnknown, Refused, StorageFailed
from net119_reference.service.transaction import Transaction
from net119_reference.store import Database
from net119_reference.store.deciding import Decision
from net119_reference.store.level import Around, Known, News

T = TypeVar("T")

MAX_BATCH = 2000
"""Commands in one transaction; more would make the first of them wait for all."""
RETRY = timedelta(seconds=1)
"""Pause before a command that nobody waits for is tried again after a failed commit."""

__all__ = ["Kernel", "Others", "Transaction"]

Done: TypeAlias = Callable[[T | None, Exception | None], None]
"""Told how a command went, with its result or why there is none; must not block."""

log = logging.getLogger("net119.kernel")


class Others(Protocol):
    """The other processes that write to the same database, as the kernel needs to know them."""

    @property
    def ahead(self) -> bool:
        """Whether they have stored what is not in memory here."""

    async def catch_up(self) -> None:
        """Bring that into memory and show it; called between batches only."""

    def take(self, news: News) -> None:
        """As :meth:`catch_up`, with what was found stored."""

    def around(self, touched: Mapping[str, Known]) -> Around | None:
        """What has to stand around a transaction that writes to these calls."""

    def doubt(self, touched: Iterable[str]) -> None:
        """It is not known what is stored of these calls."""


class _Command(msgspec.Struct, Generic[T]):
    work: Callable[[Transaction], T]
    done: Done[T] | None
    awaited: bool
    """Whether somebody waits for the result, rather than the kernel itself (``post``)."""
    since: float
    """When it came, by the clock that nobody can set."""
    value: T | None = None

    def finish(self, error: Exception | None) -> None:
        """Tell who waits how it went, unless that was told already."""
        done, self.done = self.done, None
        if done is None:
            return
        try:
            done(None if error else self.value, error)
        except Exception:
            log.exception("a result was not taken")


@dataclasses.dataclass
class _Decided:
    """What a batch does, and what its commands are to be told once that is stored."""

    transaction: Transaction
    start: tuple[int, int, int]
    done: list[_Command[Any]]
    refused: list[tuple[_Command[Any], Exception]]

    def become(self, other: "_Decided") -> None:
        """It was decided again."""
        self.transaction, self.start = other.transaction, other.start
        self.done, self.refused = other.done, other.refused


class Kernel:
    """Runs commands in batches; see the module's text."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._steady = SteadyTime(clock)
        self._waiting: deque[_Command[Any]] = deque()
        self._work = asyncio.Event()
        self._deadlines: list[tuple[datetime, int, Callable[[Transaction], None]]] = []
        self._count = itertools.count()
        self._task: asyncio.Task[None] | None = None
        self._stopping = False
        self._stop = asyncio.Event()
        self._unsettled: StorageFailed | None = None
        """Why nothing can be run until the outcome of the last commit is known."""
        self.commit_seconds: Callable[[float], None] = lambda _seconds: None
        """Told how long each commit took."""
        self._in_hand: float | None = None
        """When the oldest command of the batch came that is being run."""
        self.waited: Callable[[float], object] = lambda _seconds: None
        """Told for each batch that is done how long its oldest command had waited."""
        self.others: Others | None = None
        """Set where other processes write to the same database."""

    def now(self) -> datetime:
        """The present moment."""
        return self._clock.now()

    def oldest(self) -> float:
        """Seconds for which the oldest command has waited; 0 where commands fail at once."""
        since = self._in_hand
        if since is None and self._waiting and self._unsettled is None:
            since = self._waiting[0].since
        return 0.0 if since is None else self._clock.elapsed() - since

    def start(self) -> None:
        """Begin to run commands."""
        self._task = asyncio.create_task(self._run(), name="kernel")

    async def stop(self) -> None:
        """Finish what waits, then stop."""
        self._stopping = True
        self._stop.set()
        self._work.set()
        if self._task is not None:
            await self._task

    async def run(self, work: Callable[[Transaction], T]) -> T:
        """Run a command; returns when its effect is durable.

        Raises:
            Refused: the command refused; nothing of it was stored.
            OutcomeUnknown: the database was lost meanwhile; it may have been stored.
            StorageFailed: the batch could not be committed; nothing of it was stored.
        """
        result: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self.submit(work, functools.partial(_resolve, result))
        return await result

    def submit(self, work: Callable[[Transaction], T], done: Done[T]) -> None:
        """Run a command; ``done`` is told once its effect is durable, or why it has none.

        As :meth:`run`, without a future and the switch of task that it takes.
        """
        if self._stopping:
            done(None, StorageFailed("the provider is stopping"))
            return
        if self._unsettled is not None:
            done(None, StorageFailed(str(self._unsettled), self._unsettled.what_to_do))
            return
        waiting = self._waiting
        if not waiting:  # else it is awake, or will be
            self._work.set()
        waiting.append(_Command(work, done, awaited=True, since=self._clock.elapsed()))

    def post(self, work: Callable[[Transaction], None], *, again: bool = True) -> None:
        """Run a command whose result nobody waits for; a failure is logged.

        If it could not be stored it is run again after a pause, unless ``again`` is False: nobody
        else would repeat a deadline that was met while the disk was full (invariant I7).
        """
        if self._stopping:
            return
        done = functools.partial(self._posted, work, again)
        self._waiting.append(_Command(work, done, awaited=False, since=self._clock.elapsed()))
        self._work.set()

    def wake(self) -> None:
        """The clock was set, or other processes have stored something: look what there is to do."""
        self._work.set()

    def at(self, when: datetime, work: Callable[[Transaction], None]) -> None:
        """Run a command at a time; it must itself see whether it is still called for.

        It is run after as many seconds as are left until then, also if the clock is set back.
        """
        heapq.heappush(self._deadlines, (self._steady.of(when), next(self._count), work))
        self._work.set()

    def _posted(
        self,
        work: Callable[[Transaction], None],
        again: bool,
        _result: None,
        error: Exception | None,
    ) -> None:
        if error is None:
            return
        log.error("a command nobody waited for failed: %r", error)
        if again and isinstance(error, StorageFailed) and not self._stopping:
            self.at(self._clock.now() + RETRY, work)

    async def _run(self) -> None:
        while True:
            await self._wait()
            self._take_due()
            if self.others is not None and self.others.ahead:
                await self.others.catch_up()
            if not self._waiting:
                if self._stopping:
                    return
                continue
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            self._in_hand = batch[0].since
            await self._execute(batch)
            if self._in_hand is not None:
                self.waited(self._clock.elapsed() - self._in_hand)
                self._in_hand = None

    async def _wait(self) -> None:
        if self._waiting or (self.others is not None and self.others.ahead):
            await asyncio.sleep(0)
            return
        self._work.clear()
        if self._stopping:
            return
        timeout = None
        if self._deadlines:
            timeout = max(0.0, (self._deadlines[0][0] - self._steady.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._work.wait()

    def _take_due(self) -> None:
        if not self._deadlines:
            return
        now = self._steady.now()
        while self._deadlines and self._deadlines[0][0] <= now:
            self.post(heapq.heappop(self._deadlines)[2])

    async def _execute(self, batch: list[_Command[Any]]) -> None:
        decided = self._decided(batch)
        if decided.transaction.writes:
            began = time.perf_counter()
            failure = await self._commit(decided, batch)
            if failure is not None:
                decided.transaction.back_to(decided.start)
                if self.others is not None:
                    self.others.doubt(decided.transaction.touched)
                # A refusal, too, may rest upon what has just been undone.
                _fail(batch, failure)
                return
            self.commit_seconds(time.perf_counter() - began)
        decided.transaction.publish()
        for command, reason in decided.refused:
            command.finish(reason)
        for command in decided.done:
            command.finish(None)

    def _decided(self, batch: list[_Command[Any]]) -> "_Decided":
        transaction = Transaction(self._clock.now(), shared=self.others is not None)
        return _Decided(transaction, transaction.mark(), *_carry_out(transaction, batch))

    async def _commit(
        self, decided: "_Decided", batch: list[_Command[Any]]
    ) -> StorageFailed | None:
        """Commit; why that failed, if it did.

        Where others have stored more of the same calls, it is decided again (``decided`` is then
        what was decided last) while the database keeps them off; nobody was told anything yet.

        Whatever the reason, the kernel goes on: without it nothing would ever be answered again.
        """
        others = self.others
        try:
            if others is None:
                await self._database.commit(decided.transaction.writes)
            else:

                def again(news: News) -> Decision:
                    decided.transaction.start_again()
                    others.take(news)
                    decided.become(self._decided(batch))
                    return decided.transaction.writes, others.around(decided.transaction.touched)

                around = others.around(decided.transaction.touched)
                await self._database.commit(decided.transaction.writes, around, again)
        except OutcomeUnknown as unknown:
            log.error("database lost in mid-commit: %s", unknown)
            _fail_awaited(batch, unknown)
            stored = await self._settled(unknown)
            log.warning("database is back: the commit was %s", "stored" if stored else "lost")
            return None if stored else unknown
        except StorageFailed as error:
            log.error("commit failed: %s", error)
            return error
        except Exception as error:
            log.exception("commit failed")
            return StorageFailed(f"{type(error).__name__}: {error}")
        return None

    async def _settled(self, unknown: OutcomeUnknown) -> bool:
        """Wait until the database says whether the commit was stored; meanwhile nobody waits long.

        When the provider is stopped instead, nothing is published: it reads what is stored when
        it starts again.
        """
        self._unsettled = unknown
        self._in_hand = None  # who waited for it was told; the database is not slow, but away
        try:
            while not self._stopping:
                _fail_awaited(self._waiting, self._unsettled)
                self._waiting = deque(each for each in self._waiting if not each.awaited)
                try:
                    return await self._database.settle()
                except StorageFailed as error:
                    if str(error) != str(self._unsettled):
                        log.error("the database cannot be used: %s", error)
                    self._unsettled = error
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(RETRY.total_seconds()):
                        await self._stop.wait()
            return False
        finally:
            self._unsettled = None


def _carry_out(
    transaction: Transaction, batch: Iterable[_Command[Any]]
) -> tuple[list[_Command[Any]], list[tuple[_Command[Any], Exception]]]:
    """Run the commands of a batch; those that were done, and those that refused with why."""
    done: list[_Command[Any]] = []
    refused: list[tuple[_Command[Any], Exception]] = []
    for command in batch:
        mark = transaction.mark()
        try:
            command.value = command.work(transaction)
        except Exception as error:
            # Refusals are ordinary; anything else is a defect of ours that must not take
            # the other commands of the batch with it.
            transaction.back_to(mark)
            if not isinstance(error, Refused | Declined):
                log.exception("command failed")
            refused.append((command, error))
        else:
            done.append(command)
    return done, refused


def _fail(commands: Iterable[_Command[Any]], error: Exception) -> None:
    for command in commands:
        command.finish(error)


def _fail_awaited(commands: Iterable[_Command[Any]], error: Exception) -> None:
    for command in commands:
        if command.awaited:
            command.finish(error)


def _resolve(result: "asyncio.Future[T]", value: Any, error: Exception | None) -> None:
    if result.done():
        return  # who waited was cancelled
    if error is None:
        result.set_result(value)
    else:
        result.set_exception(error)
