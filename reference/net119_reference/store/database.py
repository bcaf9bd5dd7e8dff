"""The database: one thread, one writer, every transaction durable when it returns.

SQLite runs with ``synchronous=FULL`` and a write-ahead log, PostgreSQL with
``synchronous_commit=on`` and ``fsync=on``; durable means that (invariant I2).  What is deleted is
overwritten in SQLite's file, not only given free (``secure_delete``; ASO-06).
"""

import asyncio
import contextlib
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias, TypeVar

import msgspec
import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from net119_reference.ports import OutcomeUnknown, StorageFailed
from net119_reference.store import postgres, postgres_scrub, sqlite
from net119_reference.store.advice import advice
from net119_reference.store.bulk import BulkInsert
from net119_reference.store.deciding import (
    FREE_ROUNDS,
    ROUNDS,
    Behind,
    DecideAgain,
    Deciding,
    kept_busy,
)
from net119_reference.store.engines import POSTGRESQL, SQLITE, engine_for
from net119_reference.store.level import Around, Busy
from net119_reference.store.migrate import migrate
from net119_reference.store.prepared import Prepared
from net119_reference.store.together import TransactionTogether

T = TypeVar("T")


Statement: TypeAlias = sa.Executable | BulkInsert | Prepared


class Write(msgspec.Struct):
    """One statement with its parameters."""

    statement: Statement
    parameters: dict[str, Any]


class Database:
    """Access to the provider's database.

    All work runs in one thread of its own: SQLite has one writer anyway, and the event loop
    never waits for the disk.  A lost connection to PostgreSQL is opened again when it is needed.

    Args:
        alone: whether this process is the one that has the database for itself, brings its tables
            to the present version, and writes whatever it likes; if not, another one is, and
            every commit has to be made around :func:`net119_reference.store.level.lock`.
    """

    def __init__(self, url: str, *, alone: bool = True) -> None:
        self._url = url
        self._alone = alone
        self._engine: Engine | None = None
        self._connection: Connection | None = None
        self._session: postgres.Session | None = None
        """Set while the database is PostgreSQL."""
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="database")

    async def open(self) -> None:
        """Open, and bring the tables to the present version.

        Raises:
            StorageFailed: the database cannot be opened or migrated; the text says why.
        """
        await self._run(self._open)

    async def close(self) -> None:
        """Close; what was committed stays."""
        await self._run(self._close)
        self._thread.shutdown(wait=True)

    async def commit(
        self,
        writes: Sequence[Write],
        around: Around | None = None,
        again: DecideAgain | None = None,
    ) -> None:
        """Run all writes in one transaction.

        If ``around`` finds that they rest upon less than what is stored, ``again`` is called in the
        event loop, while the transaction waits, and what it decides is written in their place.

        Raises:
            OutcomeUnknown: the connection was lost and cannot be opened again at present;
                :meth:`settle` will tell what became of it.
            StorageFailed: nothing of it was stored.
        """
        await self._run(self._commit, Deciding(writes, around, again))

    async def settle(self) -> bool:
        """Whether the commit of unknown outcome was stored; to be asked before the next commit.

        Raises:
            StorageFailed: that cannot be told yet.
        """
        return await self._run(self._settle)

    async def read(self, query: Callable[[Connection], T]) -> T:
        """Run a query on what is committed.

        Raises:
            StorageFailed: the database did not answer.
        """
        return await self._run(self._read, query)

    async def scrub(self) -> None:
        """Take what was deleted or changed out of the write-ahead log, too (ASO-06).

        Raises:
            StorageFailed: the log could not be emptied; what was committed stays.
        """
        await self._run(self._scrub)

    async def _run(self, work: Callable[..., T], *arguments: Any) -> T:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, work, *arguments)

    def _open(self) -> None:
        try:
            self._engine = engine_for(self._url)
            if self._engine.dialect.name == SQLITE:
                migrate(self._url)
                sa.event.listen(self._engine, "connect", sqlite.durable)
                self._connection = self._engine.connect()
            elif not self._alone:
                self._session = postgres.SharedSession()
                self._connection = self._engine.connect()
                self._session.take(self._connection)
            else:
                session = postgres.Session()
                self._connection = self._engine.connect()
                # The lock first: nobody else may be using the tables that a migration changes.
                session.take(self._connection)
                migrate(self._url)
                session.claim(self._connection)
                self._session = session
        except SQLAlchemyError as error:
            raise _failed(error) from error

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()

    def _commit(self, decision: Deciding) -> None:
        try:
            self._store(decision)
        except _Lost as lost:
            try:
                stored = self._settle()
            except StorageFailed as error:
                raise OutcomeUnknown(f"{lost}; {error}", error.what_to_do) from error
            if stored:
                return
            # A server that was restarted while nothing was under way costs nobody anything.
            try:
                self._store(decision)
            except _Lost as again:
                raise OutcomeUnknown(str(again)) from again

    def _store(self, decision: Deciding) -> None:
        for attempt in range(FREE_ROUNDS + ROUNDS):
            try:
                return self._try(decision, hold=attempt >= FREE_ROUNDS)
            except Behind as behind:
                decision.decide_again(behind.news)
            except Busy:
                continue
        raise kept_busy()

    def _try(self, decision: Deciding, *, hold: bool) -> None:
        connection = self._connected()
        session = self._session
        try:
            with connection.begin():
                if session is None:
                    _write(connection, decision.writes, contextlib.nullcontext)
                else:
                    with TransactionTogether(connection) as transaction:
                        session.begin(connection)
                        decision.become_level(connection, hold=hold)
                        if not decision.writes:
                            raise _Nothing
                        _write(connection, decision.writes, transaction.waiting)
                        if decision.around is not None:
                            decision.around.after(connection)
        except _Nothing:
            if session is not None:
                session.rolled_back()
            return
        except (Behind, Busy):
            if session is not None:
                session.rolled_back()
            raise
        except Exception as error:
            if session is not None and _is_lost(connection):
                self._drop()
                raise _Lost(_text(error)) from error
            # A failed COMMIT leaves SQLite's own transaction open, although SQLAlchemy's is over
            # (so that its rollback does nothing): the next commit would store what was refused.
            connection.connection.rollback()
            if session is not None:
                session.rolled_back()
            raise StorageFailed(_text(error)) from error
        if session is not None:
            session.committed()

    def _settle(self) -> bool:
        self._connected()
        return self._session is not None and self._session.outcome() is True

    def _read(self, query: Callable[[Connection], T]) -> T:
        try:
            return self._ask(query)
        except _Lost:
            try:
                return self._ask(query)
            except _Lost as again:
                raise StorageFailed(str(again)) from again

    def _ask(self, query: Callable[[Connection], T]) -> T:
        connection = self._connected()
        try:
            with connection.begin():
                return query(connection)
        except (SQLAlchemyError, connection.dialect.loaded_dbapi.Error) as error:
            if self._session is not None and _is_lost(connection):
                self._drop()
                raise _Lost(_text(error)) from error
            raise StorageFailed(_text(error)) from error

    def _scrub(self) -> None:
        connection = self._connected()
        try:
            # Outside of a transaction, in which neither could be done.
            if connection.dialect.name == SQLITE:
                sqlite.scrub(connection)
            elif connection.dialect.name == POSTGRESQL:
                postgres_scrub.scrub(connection)
        except StorageFailed:
            raise
        except Exception as error:
            raise StorageFailed(_text(error)) from error

    def _connected(self) -> Connection:
        if self._connection is None:
            if self._session is None or self._engine is None:
                raise StorageFailed("the database is not open")
            self._connection = self._reconnected(self._engine, self._session)
        return self._connection

    def _reconnected(self, engine: Engine, session: postgres.Session) -> Connection:
        try:
            connection = engine.connect()
            try:
                session.take(connection)
                session.resume(connection)
            except BaseException:
                connection.invalidate()
                connection.close()
                raise
        except StorageFailed:
            raise
        except Exception as error:
            raise _failed(error) from error
        return connection

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.invalidate()
            connection.close()


class _Nothing(Exception):
    """Decided again, nothing is left to be written."""


class _Lost(Exception):
    """The connection was lost; the database itself may be fine."""


def _is_lost(connection: Connection) -> bool:
    return connection.invalidated or bool(getattr(connection.connection, "closed", False))


def _failed(error: Exception) -> StorageFailed:
    text = _text(error)
    return StorageFailed(text, advice(text))


def _text(error: Exception) -> str:
    """What went wrong, in one line, without the values of rows: those are people's."""
    cause = error.orig if isinstance(error, DBAPIError) and error.orig else error
    # Of psycopg's: its str() goes on with the values that were in the way.
    primary = getattr(getattr(cause, "diag", None), "message_primary", None)
    return " ".join((primary or str(cause)).split())


def _write(
    connection: Connection,
    writes: Sequence[Write],
    waiting: Callable[[], contextlib.AbstractContextManager[None]],
) -> None:
    for statement, rows in _grouped(writes):
        if isinstance(statement, BulkInsert | Prepared):
            statement.run(connection, rows)
        else:
            with waiting():
                connection.execute(statement, rows)


def _grouped(writes: Sequence[Write]) -> list[tuple[Statement, list[dict[str, Any]]]]:
    """Neighbouring writes of one statement together, so that they run as one ``executemany``."""
    groups: list[tuple[Statement, list[dict[str, Any]]]] = []
    for write in writes:
        if groups and groups[-1][0] is write.statement:
            groups[-1][1].append(write.parameters)
        else:
            groups.append((write.statement, [write.parameters]))
    return groups
