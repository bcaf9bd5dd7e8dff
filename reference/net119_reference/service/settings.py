"""Settings that a provider keeps in its database: what the admin API loaded, and its clock."""

import sqlalchemy as sa
from sqlalchemy.engine import Connection

from net119_reference.service import rows
from net119_reference.service.kernel import Transaction
from net119_reference.store import schema

DIRECTORY, OPERATORS = "directory", "operators"
CLOCK = "clock"
"""Seconds that the provider's clock is ahead of the machine's."""
SWEPT = "swept"
"""When the records were last swept."""


def read(connection: Connection) -> dict[str, str]:
    """All that are stored."""
    return {row.key: row.value for row in connection.execute(sa.select(schema.settings))}


def put(tx: Transaction, key: str, value: str) -> None:
    """Store one, in place of its former value."""
    tx.write(rows.DELETE_SETTING, b_key=key)
    tx.write(rows.INSERT_SETTING, key=key, value=value)
