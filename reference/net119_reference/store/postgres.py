"""A provider's one session with PostgreSQL: alone, durable, and sure of what was committed.

A session-level advisory lock keeps a second provider off the database.  Each commit leaves a
random mark in the table ``last_commit``; after a lost connection the mark tells whether the commit
in flight was stored, and whether anybody else has written since.
"""

import os
import secrets
import socket
import time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.ports import StorageFailed
from net119_reference.store import schema
from net119_reference.store.together import driver_of

LOCK = 0x6E657431_31390001
"""Number of the advisory lock: "net119" in ASCII, and 1."""
WAIT_S = 5.0
"""How long the session of a provider that has just died is waited for."""
_LOOK_EVERY_S = 0.05
_TABLE = schema.last_commit
_MARK = "UPDATE last_commit SET mark = %s"

_SESSION = {
    "TimeZone": "UTC",
    # A server may end sessions that say nothing; ours holds the lock.
    "idle_session_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "statement_timeout": "0",
    # Somebody's LOCK TABLE or backup must not hold calls for ever.
    "lock_timeout": "10s",
    # A statement is planned once, perhaps while the tables are still empty, and goes on reading a
    # whole table while it grows, until the server counts its rows anew: in an earthquake too late.
    "enable_seqscan": "off",
    # Else a question that has to read a whole table would be compiled: its cost looks enormous.
    "jit": "off",
}
_MUST_BE = {
    "fsync": ("on",),
    "full_page_writes": ("on",),
    "synchronous_commit": ("on", "remote_apply"),
    "server_encoding": ("UTF8",),
}
_WHY = {
    "fsync": "a commit would not reach the disk",
    "full_page_writes": "a power failure could destroy what was stored",
    "synchronous_commit": "a commit would be answered before it is safe",
    "server_encoding": "names such as 髙橋 and 𠮷田 could not be stored",
}
_ADVICE = {
    "fsync": "Set fsync = on in postgresql.conf and reload the server",
    "full_page_writes": "Set full_page_writes = on in postgresql.conf and reload the server",
    "synchronous_commit": "Set synchronous_commit = on, in postgresql.conf and reload the server, "
    "or for this database: ALTER DATABASE ... SET synchronous_commit = on (also ALTER ROLE)",
    "server_encoding": "Make the database with: CREATE DATABASE ... ENCODING 'UTF8' "
    "TEMPLATE template0",
}


class Session:
    """What is known of the session, across lost connections; for the database's thread."""

    def __init__(self) -> None:
        self._backend: tuple[int, str] | None = None
        """Process of the server that served us last, and when it began."""
        self._last: str | None = None
        self._tried: str | None = None
        self._outcome: bool | None = None

    def take(self, connection: Connection) -> None:
        """Prepare a new connection: check the server, and lock the database for us.

        Raises:
            StorageFailed: the server is not safe, or somebody else has the database.
        """
        raw = driver_of(connection)
        # For good: a question needs no transaction, whose beginning and end would be waited for;
        # what is written begins one itself (:mod:`net119_reference.store.together`).
        raw.autocommit = True
        _check(raw)
        self._lock(raw)

    def claim(self, connection: Connection) -> None:
        """Leave our first mark: whoever had the database before sees that it has it no more."""
        mark = secrets.token_hex(16)
        raw = driver_of(connection)
        with raw.transaction():
            raw.execute("DELETE FROM last_commit")
            raw.execute("INSERT INTO last_commit (mark) VALUES (%s)", (mark,))
        self._last = mark

    def resume(self, connection: Connection) -> None:
        """After a lost connection: find out how the commit in flight ended.

        Raises:
            StorageFailed: the database is not as we left it.
        """
        with connection.begin():
            found = connection.scalar(sa.select(_TABLE.c.mark))
        if self._tried is not None and found == self._tried:
            self._last, self._outcome = self._tried, True
        elif found == self._last:
            self._outcome = None if self._tried is None else False
        else:
            raise StorageFailed(
                "the database is not as this provider left it: another provider has used it, or "
                "it was restored from a backup",
                "Restart the provider, so that it reads what is stored there",
            )
        self._tried = None

    def begin(self, connection: Connection) -> None:
        """The first statement of a transaction: its mark."""
        self._tried = secrets.token_hex(16)
        driver_of(connection).execute(_MARK, (self._tried,))

    def committed(self) -> None:
        """The transaction is stored."""
        self._last, self._tried = self._tried, None

    def rolled_back(self) -> None:
        """The transaction is not stored."""
        self._tried = None

    def outcome(self) -> bool | None:
        """How the commit in flight ended, asked once; ``None`` if there was none."""
        found, self._outcome = self._outcome, None
        return found

    def _lock(self, raw: Any) -> None:
        deadline = time.monotonic() + WAIT_S
        if self._backend is not None:
            # Ours, which the server may not have missed yet; what it still does ends with it.
            raw.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE pid = %s AND backend_start::text = %s",
                self._backend,
            )
        while not raw.execute("SELECT pg_try_advisory_lock(%s)", (LOCK,)).fetchone()[0]:
            if time.monotonic() > deadline:
                raise StorageFailed(
                    f"another provider uses it ({_holder(raw)})",
                    "Stop the other one first, or give each provider a database of its own",
                )
            time.sleep(_LOOK_EVERY_S)
        self._backend = raw.execute(
            "SELECT pid, backend_start::text FROM pg_stat_activity WHERE pid = pg_backend_pid()"
        ).fetchone()


class SharedSession(Session):
    """A session beside the one that has the database: without lock, and without marks.

    What became of a commit in flight need not be known: it is tried again, and whoever tries sees
    by the lines that are stored whether it had been (:func:`net119_reference.store.level.lock`).
    """

    def claim(self, connection: Connection) -> None:
        """Nothing is claimed."""

    def resume(self, connection: Connection) -> None:
        """Nothing is found out."""

    def begin(self, connection: Connection) -> None:
        """No mark: all processes would wait for each other's."""

    def _lock(self, raw: Any) -> None:
        """No lock: another process has it."""


def _check(raw: Any) -> None:
    if raw.execute("SELECT pg_is_in_recovery()").fetchone()[0]:
        raise StorageFailed(
            "it is a standby, which cannot be written to", "Name the primary server's address"
        )
    name = f"net119 {socket.gethostname()} {os.getpid()}"[:63]
    for key, value in {**_SESSION, "application_name": name}.items():
        # Older servers do not know all of them.
        raw.execute(
            "SELECT set_config(name, %s, false) FROM pg_settings WHERE name = %s", (value, key)
        )
    for key, allowed in _MUST_BE.items():
        found = raw.execute("SELECT current_setting(%s)", (key,)).fetchone()[0]
        if found not in allowed:
            raise StorageFailed(f"{key} is {found} there: {_WHY[key]}", _ADVICE[key])


def _holder(raw: Any) -> str:
    found = raw.execute(
        "SELECT a.application_name, a.client_addr, a.pid FROM pg_locks l"
        " JOIN pg_stat_activity a USING (pid) WHERE l.locktype = 'advisory' AND l.granted"
        " AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (l.classid::bigint << 32) + l.objid::bigint = %s",
        (LOCK,),
    ).fetchone()
    if found is None:
        return "it has just ended"
    name, address, pid = found
    where = f" at {address}" if address else ""
    return f"{name or 'without a name'}{where}, process {pid} of the server"
