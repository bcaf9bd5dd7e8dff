"""Brings a database to the present version of the tables (alembic)."""

from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from net119_reference.ports import StorageFailed
from net119_reference.store.engines import engine_for

if TYPE_CHECKING:
    from alembic.config import Config as AlembicConfig

MIGRATIONS = Path(__file__).parent / "migrations"
HEAD = "0012"
"""The newest migration: a database of this version needs nothing."""


def alembic_config(url: str) -> "AlembicConfig":
    """Alembic's settings for a database of ours."""
    from alembic.config import Config as AlembicConfig

    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    config.set_main_option("sqlalchemy.url", url.replace("%", "%%"))
    return config


def migrate(url: str) -> None:
    """Run the migrations that this database has not seen.

    Raises:
        StorageFailed: the database has tables of a version that this program does not know.
        SQLAlchemyError: the database cannot be used.
    """
    found = version_of(url)
    if found == HEAD:
        return
    # Not above: alembic takes a good part of the start-up, and most starts find nothing to do.
    from alembic import command
    from alembic.util import CommandError

    try:
        command.upgrade(alembic_config(url), "head")
    except CommandError as error:
        raise StorageFailed(
            f"its tables have version {found}, this program knows versions up to {HEAD}"
        ) from error


def version_of(url: str) -> str | None:
    """The last migration that a database has seen; ``None`` for a new one."""
    engine = engine_for(url)
    with engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        found = connection.scalar(sa.text("SELECT version_num FROM alembic_version"))
        return None if found is None else str(found)
