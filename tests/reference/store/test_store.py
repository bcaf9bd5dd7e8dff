"""The database: its tables, its migrations, and what "durable" means."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from net119_reference.ports import StorageFailed
from net119_reference.store import Database, Write, schema
from net119_reference.store.migrate import alembic_config, migrate

INSERT = sa.insert(schema.settings)


def url_of(folder: Path) -> str:
    return f"sqlite:///{folder / 'net119.db'}"


def on_database(url: str, work: Callable[[Database], Awaitable[None]]) -> None:
    async def main() -> None:
        database = Database(url)
        await database.open()
        try:
            await work(database)
        finally:
            await database.close()

    asyncio.run(main())


def setting(key: str) -> Write:
    return Write(INSERT, {"key": key, "value": "x"})


async def keys(database: Database) -> list[str]:
    query = sa.select(schema.settings.c.key).order_by(schema.settings.c.key)
    return list(await database.read(lambda connection: connection.scalars(query).all()))


def test_the_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path) -> None:
    url = url_of(tmp_path)
    migrate(url)
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"compare_type": True, "compare_server_default": True}
        )
        assert compare_metadata(context, schema.metadata) == []
        found = sa.inspect(connection)
        for table in schema.metadata.sorted_tables:
            primary = found.get_pk_constraint(table.name)["constrained_columns"]
            assert primary == [column.name for column in table.primary_key]
    engine.dispose()


def test_a_second_run_changes_nothing(tmp_path: Path) -> None:
    url = url_of(tmp_path)
    migrate(url)
    first = (tmp_path / "net119.db").read_bytes()
    migrate(url)
    assert (tmp_path / "net119.db").read_bytes() == first


def test_down_and_up_again(tmp_path: Path) -> None:
    url = url_of(tmp_path)
    migrate(url)
    command.downgrade(alembic_config(url), "base")
    engine = sa.create_engine(url)
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    migrate(url)
    assert set(sa.inspect(engine).get_table_names()) == {
        "alembic_version",
        *schema.metadata.tables,
    }
    engine.dispose()


def test_a_folder_with_a_percent_sign(tmp_path: Path) -> None:
    folder = tmp_path / "100%"
    folder.mkdir()
    migrate(url_of(folder))
    assert (folder / "net119.db").exists()


def test_every_commit_reaches_the_disk(tmp_path: Path) -> None:
    async def work(database: Database) -> None:
        def pragma(name: str) -> Callable[[sa.Connection], object]:
            return lambda connection: connection.exec_driver_sql(f"PRAGMA {name}").scalar()

        assert await database.read(pragma("journal_mode")) == "wal"
        assert await database.read(pragma("synchronous")) == 2  # FULL
        assert await database.read(pragma("foreign_keys")) == 1
        assert await database.read(pragma("busy_timeout")) == 5000

    on_database(url_of(tmp_path), work)


def test_what_is_committed_is_there_for_another_process_at_once(tmp_path: Path) -> None:
    async def work(database: Database) -> None:
        await database.commit([setting("a")])
        other = sqlite3.connect(tmp_path / "net119.db")
        assert other.execute("SELECT key FROM settings").fetchall() == [("a",)]
        other.close()

    on_database(url_of(tmp_path), work)


def test_a_commit_is_all_or_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    async def work(database: Database) -> None:
        await database.commit([setting("a")])
        with pytest.raises(StorageFailed):
            await database.commit([setting("b"), setting("a"), setting("c")])
        assert await keys(database) == ["a"]
        await database.commit([setting("d")])
        assert await keys(database) == ["a", "d"]

    on_database(url_of(tmp_path), work)


def test_a_commit_that_only_fails_at_its_end_leaves_nothing_behind(tmp_path: Path) -> None:
    async def work(database: Database) -> None:

        orphan = Write(
            sa.insert(schema.pending_lines),
            {"call_id": "none", "client_id": "c", "document": "{}"},
        )
        pragma = Write(sa.text("PRAGMA defer_foreign_keys = ON"), {})
        with pytest.raises(StorageFailed):
            await database.commit([setting("a"), pragma, orphan])
        assert await keys(database) == []
        await database.commit([setting("b")])
        assert await keys(database) == ["b"]

    on_database(url_of(tmp_path), work)


def test_a_value_that_no_column_holds_is_a_failed_commit_and_the_next_one_works(
    tmp_path: Path,
) -> None:
    async def work(database: Database) -> None:
        too_large = Write(
            sa.text("INSERT INTO settings (key, value) VALUES (:key, :value)"),
            {"key": "big", "value": 2**70},
        )
        with pytest.raises(StorageFailed):
            await database.commit([setting("a"), too_large])
        await database.commit([setting("b")])
        assert await keys(database) == ["b"]

    on_database(url_of(tmp_path), work)


def test_a_database_that_cannot_be_opened(tmp_path: Path) -> None:
    missing = tmp_path / "no such folder"

    async def main() -> None:
        database = Database(url_of(missing))
        with pytest.raises(StorageFailed, match="unable to open"):
            await database.open()
        await database.close()

    asyncio.run(main())


def test_a_database_of_a_newer_version_is_not_touched(tmp_path: Path) -> None:
    url = url_of(tmp_path)
    migrate(url)
    with sqlite3.connect(tmp_path / "net119.db") as raw:
        raw.execute("UPDATE alembic_version SET version_num = '9999'")
    raw.close()

    async def main() -> None:
        database = Database(url)
        with pytest.raises(StorageFailed, match="9999"):
            await database.open()
        await database.close()

    asyncio.run(main())


def test_a_database_that_is_not_open_says_so(tmp_path: Path) -> None:
    async def main() -> None:
        database = Database(url_of(tmp_path))
        with pytest.raises(StorageFailed, match="not open"):
            await database.commit([setting("a")])
        with pytest.raises(StorageFailed, match="not open"):
            await keys(database)
        await database.close()

    asyncio.run(main())
