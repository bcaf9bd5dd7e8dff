"""Text in PostgreSQL as SQLite has it: of any length, compared and sorted by its bytes.

A value that is too long for its column would fail the commit of everybody in the same transaction;
how long a text may be is checked where it comes in.  Times and ids are compared as text, which the
rules of a language (the database's collation) would sort differently.
"""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

_OURS = sa.text(
    """
    SELECT table_name, column_name FROM information_schema.columns
    WHERE table_schema = current_schema() AND table_name <> 'alembic_version'
      AND (data_type = 'character varying' OR data_type = 'text' AND collation_name IS NULL)
    ORDER BY table_name, ordinal_position
    """
)


def plain_text(connection: Connection) -> None:
    """Make every text column of our tables one of type ``text`` with the collation ``C``."""
    quote = connection.dialect.identifier_preparer.quote
    columns: dict[str, list[str]] = {}
    for table, column in connection.execute(_OURS):
        columns.setdefault(table, []).append(column)
    for table, names in columns.items():
        changes = ", ".join(f'ALTER COLUMN {quote(name)} TYPE text COLLATE "C"' for name in names)
        connection.execute(sa.text(f"ALTER TABLE {quote(table)} {changes}"))
