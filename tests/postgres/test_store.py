"""The store on PostgreSQL: its tables, what "durable" means, and what a lost connection costs."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from net119_reference.ports import OutcomeUnknown, StorageFailed
from net119_reference.store import Database, Write, postgres, registration_schema, schema
from net119_reference.store.engines import engine_for
from net119_reference.store.migrate import HEAD, alembic_config, migrate, version_of

from tests.postgres.cut import Cut, Wire
from tests.postgres.server import PostgresServer

INSERT = sa.insert(schema.settings)
AUDIT = sa.insert(registration_schema.audit_log)


def on_database(url: str, work: Callable[[Database], Awaitable[None]]) -> None:
    async def main() -> None:
        database = Database(url)
        async with asyncio.timeout(60):
            try:
                await database.open()
                await work(database)
            finally:
                await database.close()

    asyncio.run(main())


def setting(key: str, value: str = "x") -> Write:
    return Write(INSERT, {"key": key, "value": value})


async def keys(database: Database) -> list[str]:
    query = sa.select(schema.settings.c.key).order_by(schema.settings.c.key)
    return list(await database.read(lambda connection: connection.scalars(query).all()))


def same_kind(
    _context: object, _column: object, _ours: object, found: object, made: object
) -> bool:
    """Whether a column's type differs; all text is of one type there, whatever its length."""
    if isinstance(found, sa.String) and isinstance(made, sa.String):
        return False
    return not isinstance(found, type(made))


def test_every_migration_goes_up_and_down_and_makes_the_tables_of_the_code(
    empty_url: str,
) -> None:
    url = empty_url
    settings = alembic_config(url)
    versions = [each.revision for each in ScriptDirectory.from_config(settings).walk_revisions()]
    command.upgrade(settings, versions[-1])
    engine = engine_for(url)
    with engine.begin() as connection:
        row = "INSERT INTO registrants VALUES ('r', 'chitose', 'stopped', '髙橋', 't', 't', '')"
        connection.execute(sa.text(row))
    for version in versions[-2::-1]:
        command.upgrade(settings, version)
        assert version_of(url) == version
    assert version_of(url) == HEAD
    with engine.connect() as connection:
        known = sa.select(schema.registrants.c.data, schema.registrants.c.keyed_in)
        assert connection.execute(known).one() == ("髙橋", True)
        options = {"compare_type": same_kind, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, schema.metadata) == []
        kinds = sa.text(
            "SELECT DISTINCT data_type, collation_name FROM information_schema.columns"
            " WHERE table_schema = 'public' AND table_name <> 'alembic_version'"
            " AND data_type NOT IN ('integer', 'boolean', 'bytea')"
        )
        assert connection.execute(kinds).all() == [("text", "C")]
    command.downgrade(settings, "base")
    assert sa.inspect(engine).get_table_names() == ["alembic_version"]
    migrate(url)
    assert {*sa.inspect(engine).get_table_names()} == {"alembic_version", *schema.metadata.tables}


def test_commits_are_all_or_nothing_and_texts_as_in_sqlite(url: str) -> None:
    async def work(database: Database) -> None:
        await database.commit([setting("a"), setting("B"), setting("あ"), setting("-")])
        # By bytes, in whatever language the server sorts.
        assert await keys(database) == ["-", "B", "a", "あ"]
        with pytest.raises(StorageFailed, match="duplicate key") as caught:
            await database.commit([setting("c"), setting("a", "secret 髙橋"), setting("d")])
        assert "髙橋" not in str(caught.value)
        assert await keys(database) == ["-", "B", "a", "あ"]
        # Longer than its column says, which SQLite does not mind either: others wait for the same
        # commit.
        await database.commit([setting("k" * 1000, "𠮷" * 100_000)])
        assert len((await keys(database))[3]) == 1000

    on_database(url, work)


def test_the_audit_log_only_grows(url: str) -> None:
    log = registration_schema.audit_log
    entry = {
        **{"at": "t", "department": "chitose", "actor": "a", "action": "read"},
        **{"registrant_id": "r", "purpose": "p", "what": ""},
    }

    async def work(database: Database) -> None:
        await database.commit([Write(AUDIT, entry)])
        for change in (
            sa.update(log).values(actor="b"),
            sa.delete(log),
            sa.text("TRUNCATE audit_log"),
        ):
            with pytest.raises(StorageFailed, match="append-only"):
                await database.commit([Write(change, {})])
        swept = Write(
            sa.insert(registration_schema.audit_sweeps), {"registrant_id": "r", "at": "t"}
        )
        await database.commit([swept, Write(sa.delete(log), {})])

    on_database(url, work)


def test_what_was_deleted_is_not_in_the_files_of_the_tables(
    server: PostgresServer, url: str
) -> None:
    async def work(database: Database) -> None:
        await database.commit([setting("a", "見本 花子の電話番号")])
        await database.commit([Write(sa.delete(schema.settings), {})])
        await database.scrub()

    on_database(url, work)
    server.execute("CHECKPOINT")
    secret = "見本 花子の電話番号".encode()
    assert not [file for file in server.files() if secret in file.read_bytes()]


@pytest.fixture
def server_without_fsync(server: PostgresServer) -> Iterator[PostgresServer]:
    server.execute("ALTER SYSTEM SET fsync = off")
    server.execute("SELECT pg_reload_conf()")
    yield server
    server.execute("ALTER SYSTEM RESET fsync")
    server.execute("SELECT pg_reload_conf()")


async def refused(url: str) -> StorageFailed:
    database = Database(url)
    try:
        with pytest.raises(StorageFailed) as caught:
            await database.open()
    finally:
        await database.close()
    return caught.value


def test_a_server_that_loses_commits_is_refused(
    server_without_fsync: PostgresServer, url: str
) -> None:
    no = asyncio.run(refused(url))
    assert "fsync is off" in str(no)
    assert "fsync = on" in (no.what_to_do or "")


@pytest.mark.parametrize("value", ["off", "local", "remote_write"])
def test_a_database_that_answers_before_it_is_safe_is_refused(
    server: PostgresServer, empty_url: str, value: str
) -> None:
    url = empty_url
    name = url.rpartition("/")[2]
    server.execute(f"ALTER DATABASE {name} SET synchronous_commit = {value}")
    no = asyncio.run(refused(url))
    assert f"synchronous_commit is {value}" in str(no)
    assert "ALTER DATABASE" in (no.what_to_do or "")
    engine = engine_for(url)
    assert sa.inspect(engine).get_table_names() == [], "nothing was touched"


def test_a_second_provider_is_refused_while_the_first_one_runs(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WAIT_S", 0.0)

    async def work(first: Database) -> None:
        no = await refused(url)
        assert "another provider uses it (net119 " in str(no)
        await first.commit([setting("a")])

    on_database(url, work)

    async def next_one(second: Database) -> None:
        assert await keys(second) == ["a"]

    on_database(url, next_one)


def test_a_server_that_was_restarted_meanwhile_costs_nothing(
    server: PostgresServer, url: str
) -> None:
    async def work(database: Database) -> None:
        await database.commit([setting("a")])
        for end in (server.stop, server.kill):
            await asyncio.to_thread(end)
            await asyncio.to_thread(server.start)
            await database.commit([setting(end.__name__)])
        assert await keys(database) == ["a", "kill", "stop"]
        server.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name LIKE 'net119 %'"
        )
        assert await keys(database) == ["a", "kill", "stop"]

    on_database(url, work)


@pytest.mark.parametrize("cut", list(Cut))
def test_a_commit_cut_off_is_known_as_soon_as_the_database_is_back(
    server: PostgresServer, url: str, cut: Cut
) -> None:
    with Wire(server.port) as wire:

        async def work(database: Database) -> None:
            await database.commit([setting("a")])
            wire.cut = cut
            with pytest.raises(OutcomeUnknown):
                await database.commit([setting("b"), setting("c")])
            with pytest.raises(StorageFailed):
                await database.settle()
            with pytest.raises(StorageFailed):
                await keys(database)
            wire.mend()
            # Asked by somebody else first: that must not use the answer up.
            stored = ["b", "c"] if cut is Cut.AFTER else []
            assert await keys(database) == ["a", *stored]
            assert await database.settle() is bool(stored)
            await database.commit([setting("d")])
            assert await keys(database) == ["a", *stored, "d"]

        on_database(url.replace(f":{server.port}/", f":{wire.port}/"), work)


@pytest.mark.parametrize("cut", list(Cut))
def test_a_short_cut_is_seen_by_nobody(server: PostgresServer, url: str, cut: Cut) -> None:
    with Wire(server.port) as wire:
        wire.lasting = False

        async def work(database: Database) -> None:
            wire.cut = cut
            await database.commit([setting("a"), setting("b")])
            assert wire.cut is None, "it was cut"
            assert await keys(database) == ["a", "b"]

        on_database(url.replace(f":{server.port}/", f":{wire.port}/"), work)


def test_a_database_that_somebody_else_used_meanwhile_is_not_written_to(
    server: PostgresServer, url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postgres, "WAIT_S", 0.0)
    with Wire(server.port) as wire:

        async def work(first: Database) -> None:
            await first.commit([setting("a")])
            wire.refusing = True
            wire.break_all()
            second = Database(url)
            monkeypatch.setattr(postgres, "WAIT_S", 5.0)
            await second.open()
            wire.mend()
            monkeypatch.setattr(postgres, "WAIT_S", 0.0)
            with pytest.raises(StorageFailed, match="another provider uses it"):
                await first.commit([setting("b")])
            await second.close()
            with pytest.raises(StorageFailed, match="not as this provider left it") as caught:
                await first.settle()
            assert "Restart the provider" in (caught.value.what_to_do or "")
            with pytest.raises(StorageFailed, match="not as this provider left it"):
                await first.commit([setting("c")])

        on_database(url.replace(f":{server.port}/", f":{wire.port}/"), work)
