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
import functools
import heapq
import itertools
import logging
import time
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, TypeAlias, TypeVar

from net119_reference.ports import Clock, Declined, OutcomeUnknown, Refused, StorageFailed
from net119_reference.store import Database, Statement, Write

T = TypeVar("T")
K = TypeVar("K", bound=Hashable)
V = TypeVar("V")

MAX_BATCH = 2000
"""Commands in one transaction; more would make the first of them wait for all."""
RETRY = timedelta(seconds=1)
"""Pause before a command that nobody waits for is tried again after a failed commit."""

Done: TypeAlias = Callable[[T | None, Exception | None], None]
"""Told how a command went, with its result or why there is none; must not block."""

log = logging.getLogger("net119.kernel")
_ABSENT: Any = object()


@dataclass
class Transaction:
    """What a batch of commands has done so far; undone if it cannot be committed."""

    now: datetime
    writes: list[Write] = field(default_factory=list)
    _undo: list[Callable[[], None]] = field(default_factory=list)
    _after: list[Callable[[], None]] = field(default_factory=list)

    @functools.cached_property
    def moment(self) -> datetime:
        """The batch's time as it travels (:data:`net119_protocol.model.Timestamp`)."""
        return self.now.replace(microsecond=self.now.microsecond // 1000 * 1000)

    def write(self, statement: Statement, **parameters: Any) -> None:
        """Write a row when the batch is committed."""
        self.writes.append(Write(statement, parameters))

    def add(self, statement: Statement, parameters: dict[str, Any]) -> None:
        """As :meth:`write`, with the row as it is: not to be changed afterwards."""
        self.writes.append(Write(statement, parameters))

    def put(self, mapping: dict[K, V], key: K, value: V) -> None:
        """Set an entry of the state in memory, undone with the batch."""
        before = mapping.get(key, _ABSENT)
        mapping[key] = value
        self._undo.append(lambda: _restore(mapping, key, before))

    def drop(self, mapping: dict[K, V], key: K) -> None:
        """Remove an entry of the state in memory, undone with the batch."""
        before = mapping.pop(key, _ABSENT)
        self._undo.append(lambda: _restore(mapping, key, before))

    def set(self, target: object, name: str, value: object) -> None:
        """Set an attribute of the state in memory, undone with the batch."""
        before = getattr(target, name)
        setattr(target, name, value)
        self._undo.append(lambda: setattr(target, name, before))

    def undo(self, action: Callable[[], None]) -> None:
        """Something was done to the state in memory that ``action`` undoes."""
        self._undo.append(action)

    def after(self, action: Callable[[], None]) -> None:
        """Do this once the batch is durable; must not raise and must not block."""
        self._after.append(action)

    def mark(self) -> tuple[int, int, int]:
        """A point that :meth:`back_to` returns to."""
        return len(self.writes), len(self._undo), len(self._after)

    def back_to(self, mark: tuple[int, int, int]) -> None:
        """Undo everything since the mark."""
        writes, undo, after = mark
        while len(self._undo) > undo:
            self._undo.pop()()
        del self.writes[writes:]
        del self._after[after:]

    def publish(self) -> None:
        """The batch is durable: do what waited for that."""
        for action in self._after:
            try:
                action()
            except Exception:
                log.exception("publishing failed")


def _restore(mapping: dict[K, V], key: K, before: V) -> None:
    if before is _ABSENT:
        mapping.pop(key, None)
    else:
        mapping[key] = before


class _Command(Generic[T]):
    __slots__ = ("awaited", "done", "value", "work")

    def __init__(self, work: Callable[[Transaction], T], done: Done[T], awaited: bool) -> None:
        self.work = work
        self.done: Done[T] | None = done
        self.awaited = awaited
        """Whether somebody waits for the result, rather than the kernel itself (``post``)."""
        self.value: T | None = None

    def finish(self, error: Exception | None) -> None:
        """Tell who waits how it went, unless that was told already."""
        done, self.done = self.done, None
        if done is None:
            return
        try:
            done(None if error else self.value, error)
        except Exception:
            log.exception("a result was not taken")


class Kernel:
    """Runs commands in batches; see the module's text."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
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

    def now(self) -> datetime:
        """The present moment."""
        return self._clock.now()

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
        self._waiting.append(_Command(work, done, awaited=True))
        self._work.set()

    def post(self, work: Callable[[Transaction], None], *, again: bool = True) -> None:
        """Run a command whose result nobody waits for; a failure is logged.

        If it could not be stored it is run again after a pause, unless ``again`` is False: nobody
        else would repeat a deadline that was met while the disk was full (invariant I7).
        """
        if self._stopping:
            return
        done = functools.partial(self._posted, work, again)
        self._waiting.append(_Command(work, done, awaited=False))
        self._work.set()

    def wake(self) -> None:
        """The clock was set: deadlines may have passed."""
        self._work.set()

    def at(self, when: datetime, work: Callable[[Transaction], None]) -> None:
        """Run a command at a time; it must itself see whether it is still called for."""
        heapq.heappush(self._deadlines, (when, next(self._count), work))
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
            if not self._waiting:
                if self._stopping:
                    return
                continue
            batch = [self._waiting.popleft() for _ in range(min(MAX_BATCH, len(self._waiting)))]
            await self._execute(batch)

    async def _wait(self) -> None:
        if self._waiting:
            await asyncio.sleep(0)
            return
        self._work.clear()
        if self._stopping:
            return
        timeout = None
        if self._deadlines:
            timeout = max(0.0, (self._deadlines[0][0] - self._clock.now()).total_seconds())
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                await self._work.wait()

    def _take_due(self) -> None:
        now = self._clock.now()
        while self._deadlines and self._deadlines[0][0] <= now:
            self.post(heapq.heappop(self._deadlines)[2])

    async def _execute(self, batch: list[_Command[Any]]) -> None:
        transaction = Transaction(self._clock.now())
        start = transaction.mark()
        refused: list[tuple[_Command[Any], Exception]] = []
        done: list[_Command[Any]] = []
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
        if transaction.writes:
            began = time.perf_counter()
            failure = await self._commit(transaction.writes, batch)
            if failure is not None:
                transaction.back_to(start)
                # A refusal, too, may rest upon what has just been undone.
                for command in batch:
                    command.finish(failure)
                return
            self.commit_seconds(time.perf_counter() - began)
        transaction.publish()
        for command, reason in refused:
            command.finish(reason)
        for command in done:
            command.finish(None)

    async def _commit(
        self, writes: Sequence[Write], batch: Sequence[_Command[Any]]
    ) -> StorageFailed | None:
        """Commit; why that failed, if it did.

        Whatever the reason, the kernel goes on: without it nothing would ever be answered again.
        """
        try:
            await self._database.commit(writes)
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
