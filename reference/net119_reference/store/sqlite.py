"""What a provider's SQLite needs: durable commits, and nothing left of what was deleted."""

from typing import Any

from sqlalchemy.engine import Connection

from net119_reference.ports import StorageFailed


def durable(raw: Any, _record: Any) -> None:
    """Prepare a new connection.

    ``synchronous=FULL`` with a write-ahead log makes a commit durable when it returns (I2);
    ``secure_delete`` overwrites what is deleted (ASO-06).
    """
    cursor = raw.cursor()
    cursor.execute("PRAGMA journal_mode=WAL")
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.execute("PRAGMA foreign_keys=ON")
    cursor.execute("PRAGMA busy_timeout=5000")
    cursor.execute("PRAGMA secure_delete=ON")
    cursor.close()


def scrub(connection: Connection) -> None:
    """Empty the write-ahead log; the connection must not be in a transaction.

    Raises:
        StorageFailed: another program reads the database.
    """
    raw = connection.connection.cursor()
    try:
        busy, *_ = raw.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    finally:
        raw.close()
    if busy:
        raise StorageFailed("another program reads the database: its log cannot be emptied")
