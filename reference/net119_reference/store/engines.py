"""Engines for the two databases that a provider runs on: SQLite, and PostgreSQL by psycopg.

psycopg 3, since its plain (not asyncio) connections suit the one thread of the database, and its
``executemany`` sends a whole group of rows without waiting for each (libpq's pipeline).
"""

import sqlalchemy as sa
from sqlalchemy.engine import URL, Engine
from sqlalchemy.exc import ArgumentError

from net119_reference.ports import StorageFailed

SQLITE, POSTGRESQL = "sqlite", "postgresql"
_DRIVERS = {
    "sqlite": "sqlite",
    "sqlite+pysqlite": "sqlite",
    "postgresql": "postgresql+psycopg",
    "postgres": "postgresql+psycopg",
    "postgresql+psycopg": "postgresql+psycopg",
}
EXAMPLE = "postgresql://USER:PASSWORD@127.0.0.1:5432/DATABASE"
_CONNECTION = {
    # A server that is gone without a word is noticed after some 10 s, also in mid-commit.
    "connect_timeout": 10,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
}
"""Settings of libpq, in seconds (``tcp_user_timeout`` in milliseconds); the address's win."""


class BadUrl(StorageFailed):
    """An address that names no database we can use."""


def parsed(url: str) -> URL:
    """The address with the driver that is used.

    Raises:
        BadUrl: it is none, or not one of SQLite or PostgreSQL; the text says what is wrong.
    """
    try:
        found = sa.make_url(url)
    except (ArgumentError, ValueError):
        # Without the address: what cannot be read may hold a password anywhere.
        raise BadUrl("it is no address of a database", _advice()) from None
    driver = _DRIVERS.get(found.drivername)
    if driver is None:
        raise BadUrl(f"{found.drivername} is no database that this program knows", _advice())
    if driver != "sqlite" and not found.database:
        raise BadUrl("it names no database", _advice())
    return found.set(drivername=driver)


def shown(url: str) -> str:
    """The address without its password, as users may see it."""
    try:
        return parsed(url).render_as_string(hide_password=True)
    except BadUrl:
        return "of database.url"


def engine_for(url: str) -> Engine:
    """An engine that keeps no connection of its own.

    Raises:
        BadUrl: see :func:`parsed`; or the driver is not installed.
    """
    address = parsed(url)
    if address.get_backend_name() == SQLITE:
        return sa.create_engine(address, poolclass=sa.NullPool)
    given = {key for key in _CONNECTION if key in address.query}
    arguments = {key: value for key, value in _CONNECTION.items() if key not in given}
    try:
        return sa.create_engine(address, poolclass=sa.NullPool, connect_args=arguments)
    except ImportError:
        raise BadUrl(
            "psycopg, the driver of PostgreSQL, is not installed",
            'Install it: pip install "psycopg[binary]", or this program with its extra "postgres"',
        ) from None


def _advice() -> str:
    return f"Write {EXAMPLE}, or remove the setting to use a file of SQLite in data_dir"
