"""A transaction whose statements are sent together is one all the same, and planned for growth."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from net119_reference.ports import StorageFailed
from net119_reference.service import rows
from net119_reference.store import Database, Write, level, schema
from net119_reference.store.level import Known
from net119_reference.store.together import TransactionTogether, driver_of
from sqlalchemy.engine import Connection

from tests.postgres.server import PostgresServer

SETTING = sa.insert(schema.settings)


def call(name: str, client_call_id: str | None = None) -> dict[str, Any]:
    return {
        "call_id": name,
        "side": "anchor",
        "state": "answered",
        "registrant_id": "r",
        "client_call_id": client_call_id or name,
        "opened_at": "t",
        "document": "{}",
    }


def line(call_id: str, seq: int, author: str = "caller") -> Write:
    row = {"call_id": call_id, "seq": seq, "author": author, "client_id": f"c{seq}"}
    return Write(rows.INSERT_LINE, {**row, "at": "t", "document": "髙橋"})


def entry(call_id: str, what: str) -> Write:
    row = {"call_id": call_id, "at": "t", "epoch": 1, "what": what, "detail": ""}
    return Write(rows.INSERT_HISTORY, row)


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


def stored(connection: Connection) -> tuple[list[str], list[tuple[str, int]], list[str], list[str]]:
    """Calls, lines, history and settings, in order."""
    return (
        list(connection.scalars(sa.select(schema.calls.c.call_id).order_by("call_id"))),
        [
            (row.call_id, row.seq)
            for row in connection.execute(sa.select(schema.lines).order_by("call_id", "seq"))
        ],
        list(connection.scalars(sa.select(schema.history.c.what).order_by("number"))),
        list(connection.scalars(sa.select(schema.settings.c.key).order_by("key"))),
    )


def test_all_kinds_of_statements_of_a_transaction_run_in_their_order(url: str) -> None:
    async def work(database: Database) -> None:
        await database.commit(
            [
                Write(rows.INSERT_CALL, call("a")),
                entry("a", "opened"),
                entry("a", "routed"),
                # Not sent together with others, in their midst.
                Write(SETTING, {"key": "k", "value": "v"}),
                *(line("a", seq) for seq in range(1, 40)),
                Write(rows.INSERT_CALL, call("b")),
                entry("b", "opened"),
                Write(rows.UPDATE_CALL, rows_changed("a", "closed")),
            ]
        )
        calls, lines, history, keys = await database.read(stored)
        assert (calls, history, keys) == (["a", "b"], ["opened", "routed", "opened"], ["k"])
        assert lines == [("a", seq) for seq in range(1, 40)]
        states = sa.select(schema.calls.c.state).order_by("call_id")
        assert await database.read(lambda c: c.scalars(states).all()) == ["closed", "answered"]

    on_database(url, work)


def rows_changed(call_id: str, state: str) -> dict[str, Any]:
    return {"b_call_id": call_id, "b_state": state, "b_side": "anchor", "b_document": "{}"}


@pytest.mark.parametrize("place", ["first", "middle", "last"])
@pytest.mark.parametrize("kind", ["one", "several", "lines", "alone"])
def test_if_one_fails_nothing_is_stored_and_nobodys_data_are_told(
    url: str, place: str, kind: str, caplog: pytest.LogCaptureFixture
) -> None:
    bad = {
        "one": [Write(rows.INSERT_CALL, call("new", "secret 髙橋"))],
        "several": [
            Write(rows.INSERT_CALL, call("new")),
            Write(rows.INSERT_CALL, call("newer", "secret 髙橋")),
        ],
        "lines": [line("a", 1, "secret 髙橋")],
        "alone": [Write(SETTING, {"key": "secret 髙橋", "value": "v"})],
    }[kind]
    good = [[entry("a", "before"), line("a", 2)], [line("a", 3), entry("a", "after")]]
    writes = {
        "first": [*bad, *good[0], *good[1]],
        "middle": [*good[0], *bad, *good[1]],
        "last": [*good[0], *good[1], *bad],
    }[place]

    async def work(database: Database) -> None:
        first = [
            Write(rows.INSERT_CALL, call("a", "secret 髙橋")),
            line("a", 1, "secret 髙橋"),
            Write(SETTING, {"key": "secret 髙橋", "value": "v"}),
        ]
        await database.commit(first)
        before = await database.read(stored)
        for _ in range(7):  # prepared by the driver from the sixth time on
            with pytest.raises(StorageFailed, match="duplicate key") as caught:
                await database.commit(writes)
            assert "髙橋" not in str(caught.value)
            assert await database.read(stored) == before
        await database.commit([*good[0], *good[1]])
        assert (await database.read(stored))[1] == [("a", 1), ("a", 2), ("a", 3)]

    with caplog.at_level(logging.DEBUG):
        on_database(url, work)
    assert "髙橋" not in caplog.text


def test_a_commit_that_the_server_did_not_make_is_none(url: str) -> None:
    """Of a transaction that failed the server answers COMMIT with ROLLBACK, and no error."""

    def half(connection: Connection) -> None:
        raw = driver_of(connection)
        with TransactionTogether(connection) as transaction:
            raw.execute("INSERT INTO settings VALUES ('a', 'b')")
            with transaction.waiting(), pytest.raises(psycopg.Error, match="does not exist"):
                raw.execute("SELECT * FROM nothing")

    async def work(database: Database) -> None:
        with pytest.raises(RuntimeError, match="answered by ROLLBACK"):
            await database.read(half)
        assert (await database.read(stored))[3] == []

    on_database(url, work)


def _plans(connection: Connection) -> list[str]:
    raw = driver_of(connection)
    raw.execute("SET plan_cache_mode = force_generic_plan")
    found = []
    for number, (text, kinds) in enumerate(
        (
            (level._LOCK, "text[]"),
            (level._CHANGED, "text[], text[]"),
            (level._NEW_LINES, "text[], int[]"),
            ("UPDATE calls SET state = %s WHERE call_id = %s", "text, text"),
            ("SELECT FROM lines WHERE call_id = %s AND seq > %s", "text, int"),
        )
    ):
        marks = iter(range(1, 9))
        while "%s" in text:
            text = text.replace("%s", f"${next(marks)}", 1)
        raw.execute(f"PREPARE p{number} ({kinds}) AS {text}")
        values = ", ".join("'{}'" if "[]" in kind else "'1'" for kind in kinds.split(","))
        lines = raw.execute(f"EXPLAIN EXECUTE p{number}({values})").fetchall()
        found.append("\n".join(row[0] for row in lines))
    return found


@pytest.mark.parametrize("stored_before", [0, 60])
def test_what_every_commit_asks_for_never_reads_a_whole_table(
    server: PostgresServer, url: str, stored_before: int
) -> None:
    """A plan made while there were few rows, counted or not, is kept while they become many."""

    async def work(database: Database) -> None:
        names = [f"c{number}" for number in range(stored_before)]
        await database.commit([Write(rows.INSERT_CALL, call(name)) for name in names])
        await database.commit([line(name, 1) for name in names])
        if stored_before:
            server.execute("ANALYZE", url.rpartition("/")[2])
        for plan in await database.read(_plans):
            assert "Index" in plan
            assert "Seq Scan on" not in plan
            assert "Hash Join" not in plan
            assert "Merge Join" not in plan

    on_database(url, work)


def test_a_server_that_was_restarted_or_refuses_is_told_as_with_other_questions(
    server: PostgresServer, url: str
) -> None:
    async def work(database: Database) -> None:
        await database.commit([Write(rows.INSERT_CALL, call("a"))])
        await asyncio.to_thread(server.kill)
        with pytest.raises(StorageFailed):
            await database.read(lambda c: level.read(c, [Known("a", "", 0)]))
        await asyncio.to_thread(server.start)
        news = await database.read(lambda c: level.read(c, [Known("a", "", 0)]))
        assert [each.call_id for each in news.calls] == ["a"]
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        assert await database.read(lambda c: level.read(c, [Known("a", "", 0)])) == news
        with pytest.raises(StorageFailed, match="invalid input syntax"):
            await database.read(lambda c: level.read(c, [Known("a", "", "x")]))  # type: ignore[arg-type]  # no number
        assert await database.read(lambda c: level.read(c, [Known("a", "", 0)])) == news

    on_database(url, work)


def test_others_lines_and_changes_are_found(url: str) -> None:
    async def work(database: Database) -> None:
        await database.commit([Write(rows.INSERT_CALL, call(name)) for name in ("a", "b", "c")])
        await database.commit([line("b", 1), line("a", 2), line("a", 1), line("b", 2)])
        first = await database.read(lambda c: level.read(c, [Known("a", "", 0)]))
        (a,) = first.calls
        assert [each.author for each in first.lines] == ["caller", "caller"]
        known = [
            Known("b", "", 1),
            Known("a", a.version, 1),
            Known("x", "", 0),
            Known("c", None, 0),
        ]
        news = await database.read(lambda c: level.read(c, known))
        assert [each.call_id for each in news.calls] == ["b"]
        assert [each.call_id for each in news.lines] == ["b", "a"]
        assert not await database.read(lambda c: level.read(c, [Known("a", a.version, 2)]))

    on_database(url, work)
