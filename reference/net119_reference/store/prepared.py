"""Statements of which every value is given, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection


class Prepared:
    """An INSERT, UPDATE or DELETE of single rows that is on a call's way.

    On SQLite its text goes to the driver as it is: what SQLAlchemy does around one statement costs
    several times as much as the statement, and everybody whose commit it is waits for it.
    PostgreSQL is given it through SQLAlchemy, which sends a group of rows at once there.
    """

    def __init__(self, statement: sa.Insert | sa.Update | sa.Delete, *columns: str) -> None:
        """Prepare a statement.

        Args:
            statement: the statement.
            columns: of an INSERT, which columns its rows have, where that is not all of them.
        """
        self._statement = statement
        self._columns = list(columns) or None
        self._compiled: tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]] | None = None

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each row, in order.

        Raises:
            Exception: of SQLAlchemy or of the driver, if the database refuses.
            KeyError: a row lacks a value.
        """
        if connection.dialect.name != "sqlite":
            connection.execute(self._statement, rows)
            return
        if self._compiled is None:
            self._compiled = self._compile(connection)
        text, values_of = self._compiled
        values = [values_of(row) for row in rows]
        cursor = connection.connection.cursor()
        try:
            if len(values) == 1:
                cursor.execute(text, values[0])
            else:
                cursor.executemany(text, values)
        finally:
            cursor.close()

    def _compile(
        self, connection: Connection
    ) -> tuple[str, Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
        compiled = self._statement.compile(dialect=connection.dialect, column_keys=self._columns)
        fixed = {name: each.value for name, each in compiled.binds.items() if not each.required}
        names = tuple(compiled.positiontup or ())
        if fixed or len(names) < 2:

            def values_of(row: Mapping[str, Any]) -> tuple[Any, ...]:
                return tuple(row[name] if name in row else fixed[name] for name in names)

            return str(compiled), values_of
        return str(compiled), itemgetter(*names)
