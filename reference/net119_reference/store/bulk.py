"""Many rows by one statement."""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.store.together import driver_of

_SIZES = (256, 32, 4, 1)
"""Rows of one statement. Few sizes, so that the database knows each statement already; six columns
times 256 stay far below what SQLite and PostgreSQL allow."""


class BulkInsert:
    """An INSERT into a table whose every column is given, with as many rows as there are.

    One statement instead of one for each row: the thread of the database gives up Python's lock
    with each, and under load waits its turn to get it back, for up to 5 ms each time.
    """

    def __init__(self, table: sa.Table) -> None:
        self._columns = tuple(column.name for column in table.columns)
        self._head = f"INSERT INTO {table.name} ({', '.join(self._columns)}) VALUES "  # noqa: S608  # names of our own tables
        self._texts: dict[tuple[str, int], str] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Insert the rows in their order.

        Raises:
            Exception: of SQLAlchemy or of the driver, if the database refuses.
        """
        sqlite = connection.dialect.name == "sqlite"
        mark = "?" if sqlite else "%s"
        done = 0
        for size in _SIZES:
            while len(rows) - done >= size:
                some = rows[done : done + size]
                values = tuple(row[name] for row in some for name in self._columns)
                text = self._text(mark, size)
                if sqlite:
                    connection.exec_driver_sql(text, values)
                else:
                    driver_of(connection).execute(text, values)
                done += size

    def _text(self, mark: str, size: int) -> str:
        text = self._texts.get((mark, size))
        if text is None:
            row = f"({', '.join([mark] * len(self._columns))})"
            text = self._texts[mark, size] = self._head + ", ".join([row] * size)
        return text
