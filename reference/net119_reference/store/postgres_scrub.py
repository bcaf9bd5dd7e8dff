"""Takes deleted rows out of PostgreSQL's files (ASO-06)."""

from sqlalchemy.engine import Connection

from net119_reference.store.schema import metadata
from net119_reference.store.together import driver_of

SMALL = 16 * 1024 * 1024
"""Bytes up to which a table is written anew, which holds up commits for a moment."""


def scrub(connection: Connection) -> None:
    """Write small tables anew, without what was deleted, and give free what large ones held.

    In a large table the bytes stay until new rows come to lie upon them; in the write-ahead log,
    until the server uses its files again.  The connection must not be in a transaction.
    """
    raw = driver_of(connection)
    quote = connection.dialect.identifier_preparer.quote
    # Only where something was deleted or changed: the statistics may be late, so a table that is
    # small is always written anew.
    for table in metadata.tables.values():
        name = quote(table.name)
        size = raw.execute("SELECT pg_total_relation_size(%s::regclass)", (name,)).fetchone()[0]
        raw.execute(f"VACUUM (FULL) {name}" if size <= SMALL else f"VACUUM {name}")
