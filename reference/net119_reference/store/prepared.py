"""Statements of which every value is given, compiled once."""

from collections.abc import Callable, Mapping, Sequence
from operator import itemgetter
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import Connection
from sqlalchemy.engine.interfaces import Compiled

from net119_reference.store.together import driver_of

Values = Callable[[Mapping[str, Any]], Any]


class Prepared:
    """An INSERT, UPDATE or DELETE of single rows that is on a call's way.

    Its text goes to the driver as it is: what SQLAlchemy does around one statement costs several
    times as much as the statement, and everybody whose commit it is waits for it.  On PostgreSQL it
    may be sent together with others (:mod:`net119_reference.store.together`), which SQLAlchemy
    knows nothing of.
    """

    def __init__(self, statement: sa.Insert | sa.Update | sa.Delete, *columns: str) -> None:
        """Prepare a statement.

        Args:
            statement: the statement.
            columns: of an INSERT, which columns its rows have, where that is not all of them.
        """
        # Nothing is to be returned of new rows.
        self._statement = statement.inline() if isinstance(statement, sa.Insert) else statement
        self._columns = list(columns) or None
        self._compiled: dict[str, tuple[str, Values]] = {}

    def run(self, connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
        """Run it for each row, in order.

        Raises:
            Exception: of SQLAlchemy or of the driver, if the database refuses.
            KeyError: a row lacks a value.
        """
        name = connection.dialect.name
        if name not in self._compiled:
            self._compiled[name] = self._compile(connection)
        text, values_of = self._compiled[name]
        values = [values_of(row) for row in rows]
        cursor = driver_of(connection).cursor()
        try:
            if len(values) == 1:
                cursor.execute(text, values[0])
            else:
                cursor.executemany(text, values)
        finally:
            if name == "sqlite":
                cursor.close()  # psycopg's may still wait for its answer

    def _compile(self, connection: Connection) -> tuple[str, Values]:
        compiled = self._statement.compile(dialect=connection.dialect, column_keys=self._columns)
        return str(compiled), _values_of(compiled)


def _values_of(compiled: Compiled) -> Values:
    """How a row becomes what the driver takes with the statement."""
    found: Any = compiled
    fixed = {name: each.value for each, name in found.bind_names.items() if not each.required}
    names = tuple(found.positiontup or found.bind_names.values())

    def value(row: Mapping[str, Any], name: str) -> Any:
        return row[name] if name in row or name not in fixed else fixed[name]

    if not found.positional:
        return lambda row: {name: value(row, name) for name in names}
    if fixed or len(names) < 2:
        return lambda row: tuple(value(row, name) for name in names)
    return itemgetter(*names)
