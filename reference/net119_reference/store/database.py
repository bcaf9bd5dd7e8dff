"""The database: one thread, one writer, every transaction durable when it returns.

SQLite runs with ``synchronous=FULL`` and a write-ahead log; durable means that (invariant I2).
What is deleted is overwritten in the file, not only given free (``secure_delete``; ASO-06).
"""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from net119_reference.ports import StorageFailed
from net119_reference.store.migrate import migrate

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Write:
    """One statement with its parameters."""

    statement: sa.Executable
    parameters: dict[str, Any]


class Database:
    """Access to the provider's database.

    All work runs in one thread of its own: SQLite has one writer anyway, and the event loop
    never waits for the disk.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self._engine: Engine | None = None
        self._connection: Connection | None = None
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

    async def commit(self, writes: Sequence[Write]) -> None:
        """Run all writes in one transaction.

        Raises:
            StorageFailed: nothing of it was stored.
        """
        await self._run(self._commit, writes)

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
            migrate(self._url)
            self._engine = sa.create_engine(self._url)
            if self._engine.dialect.name == "sqlite":
                sa.event.listen(self._engine, "connect", _durable_sqlite)
            self._connection = self._engine.connect()
        except SQLAlchemyError as error:
            cause = error.orig if isinstance(error, DBAPIError) else error
            raise StorageFailed(str(cause)) from error

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
        if self._engine is not None:
            self._engine.dispose()

    def _commit(self, writes: Sequence[Write]) -> None:
        connection = self._connected()
        try:
            with connection.begin():
                for statement, rows in _grouped(writes):
                    connection.execute(statement, rows)
        except Exception as error:
            # A failed COMMIT leaves SQLite's own transaction open, although SQLAlchemy's is over
            # (so that its rollback does nothing): the next commit would store what was refused.
            connection.connection.rollback()
            raise StorageFailed(str(error)) from error

    def _read(self, query: Callable[[Connection], T]) -> T:
        connection = self._connected()
        try:
            with connection.begin():
                return query(connection)
        except SQLAlchemyError as error:
            raise StorageFailed(str(error)) from error

    def _scrub(self) -> None:
        connection = self._connected()
        if connection.dialect.name != "sqlite":
            return
        try:
            # Outside of a transaction, in which SQLite would not empty the log.
            raw = connection.connection.cursor()
            try:
                busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
            finally:
                raw.close()
        except Exception as error:
            raise StorageFailed(str(error)) from error
        if busy:
            raise StorageFailed("another program reads the database: its log cannot be emptied")

    def _connected(self) -> Connection:
        if self._connection is None:
            raise StorageFailed("the database is not open")
        return self._connection


def _durable_sqlite(raw: Any, _record: Any) -> None:
    cursor = raw.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def _grouped(writes: Sequence[Write]) -> list[tuple[sa.Executable, list[dict[str, Any]]]]:
    """Neighbouring writes of one statement together, so that they run as one ``executemany``."""
    groups: list[tuple[sa.Executable, list[dict[str, Any]]]] = []
    for write in writes:
        if groups and groups[-1][0] is write.statement:
            groups[-1][1].append(write.parameters)
        else:
            groups.append((write.statement, [write.parameters]))
    return groups
