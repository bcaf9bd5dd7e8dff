"""Two writers of the same calls: who was behind decides again while the other waits.

A process with large batches would else be behind one with small ones for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import pytest
import sqlalchemy as sa
from net119_reference.store import Database, Write, schema
from net119_reference.store import database as database_module
from net119_reference.store.deciding import FREE_ROUNDS, Decision
from net119_reference.store.level import Known, News, lock
from sqlalchemy.engine import Connection

CALLS = ("a", "b", "c")
WITHIN_S = 20.0
TAKE = "SELECT 1 FROM calls WHERE call_id = %s FOR UPDATE NOWAIT"
LINE = (
    "INSERT INTO lines (call_id, seq, author, client_id, at, document)"
    " VALUES (%s, %s, 'third', %s, '2026-11-29T00:00:00.000Z', 'third')"
)


class Writer:
    """A process that writes lines to calls, and knows how many each has."""

    def __init__(self, name: str, url: str) -> None:
        self.name = name
        self.database = Database(url, alone=False)
        self.known = dict.fromkeys(CALLS, 0)
        self.decisions = 0
        self.calls: Callable[[int], tuple[str, ...]] = lambda _decision: CALLS
        """Which calls it writes to in its nth decision."""
        self.deciding: Callable[[int], None] = lambda _decision: None
        self.looking: Callable[[frozenset[str]], None] = lambda _held: None
        """Told of each look, with the calls that are held already."""
        self._writes_to: tuple[str, ...] = CALLS

    def decide(self) -> Decision:
        self.decisions += 1
        self.deciding(self.decisions)
        self._writes_to = self.calls(self.decisions)
        return [self._line(call, self.known[call] + 1) for call in self._writes_to], self

    def again(self, news: News) -> Decision:
        for line in news.lines:
            self.known[line.call_id] += 1
        return self.decide()

    async def commit(self) -> None:
        writes, around = self.decide()
        await self.database.commit(writes, around, self.again)
        for call in self._writes_to:
            self.known[call] += 1

    def before(self, connection: Connection, held: set[str]) -> News:
        self.looking(frozenset(held))
        known = [Known(call, None, self.known[call]) for call in self._writes_to]
        return lock(connection, known, held)

    def after(self, _connection: Connection) -> None:
        """Nobody is told."""

    def _line(self, call: str, seq: int) -> Write:
        row = {
            "call_id": call,
            "seq": seq,
            "author": self.name,
            "client_id": f"{self.name}-{seq}",
            "at": "2026-11-29T00:00:00.000Z",
            "document": self.name,
        }
        return Write(sa.insert(schema.lines), row)


@asynccontextmanager
async def two(url: str) -> AsyncIterator[tuple[Writer, Writer]]:
    """Two processes, and three calls without lines."""
    writers = Writer("one", url), Writer("other", url)
    async with asyncio.timeout(WITHIN_S):
        for each in writers:
            await each.database.open()
        try:
            for call in CALLS:
                row = {"call_id": call, "side": "anchor", "state": "active"}
                row |= {"opened_at": "2026-11-29T00:00:00.000Z", "document": "{}"}
                await writers[0].database.commit([Write(sa.insert(schema.calls), row)])
            yield writers
        finally:
            for each in writers:
                await each.database.close()


async def numbers(writer: Writer, call: str) -> list[tuple[int, str]]:
    """The call's lines: number, who wrote it."""
    query = (
        sa.select(schema.lines.c.seq, schema.lines.c.author)
        .where(schema.lines.c.call_id == call)
        .order_by(schema.lines.c.seq)
    )
    rows = await writer.database.read(lambda connection: connection.execute(query).all())
    return [(seq, author) for seq, author in rows]


def test_who_is_behind_again_and_again_keeps_others_off_at_last(url: str) -> None:
    """Others write before each of its attempts, until it holds the calls while it decides."""

    async def main() -> None:
        async with two(url) as (one, other):
            pending: list[asyncio.Task[None]] = []
            stored: list[str] = []
            free = FREE_ROUNDS + 1
            with psycopg.connect(url, autocommit=True) as third:

                def at(decision: int) -> None:
                    if decision <= free:
                        # Nobody is kept off while it decides: each could be had.
                        for call in CALLS:
                            third.execute(TAKE, (call,))
                            third.execute(LINE, (call, decision, f"third-{decision}"))
                    else:
                        for call in CALLS:
                            with pytest.raises(psycopg.errors.LockNotAvailable):
                                third.execute(TAKE, (call,))
                        pending.append(asyncio.create_task(other.commit()))
                        pending[-1].add_done_callback(lambda _task: stored.append("other"))

                one.deciding = at
                await one.commit()
            stored.append("one")
            (waited,) = pending
            await waited
            assert one.decisions == free + 1
            assert stored == ["one", "other"]
            expected = [*((seq, "third") for seq in range(1, free + 1))]
            expected += [(free + 1, "one"), (free + 2, "other")]
            for call in CALLS:
                assert await numbers(one, call) == expected

    asyncio.run(main())


def test_many_writers_of_the_same_calls_all_come_through(url: str) -> None:
    """However often each is behind the other, none is for ever."""

    async def main() -> None:
        async with two(url) as (one, other):

            async def write(writer: Writer) -> None:
                for _ in range(40):
                    await writer.commit()

            await asyncio.gather(write(one), write(other))
            assert max(one.decisions, other.decisions) <= 40 * (FREE_ROUNDS + 2)
            for call in CALLS:
                found = await numbers(one, call)
                assert [seq for seq, _ in found] == list(range(1, 81))
                assert sorted(author for _, author in found) == ["one"] * 40 + ["other"] * 40

    asyncio.run(main())


def test_who_turns_to_a_call_that_another_holds_begins_anew_instead_of_waiting(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who holds b and wants a gives b back first: else it and who holds a and wants b would wait
    for each other."""
    monkeypatch.setattr(database_module, "FREE_ROUNDS", 0)

    async def main() -> None:
        async with two(url) as (one, other):
            other.calls = lambda _decision: ("b",)
            await other.commit()  # one is behind in b
            one.calls = lambda decision: ("b",) if decision == 1 else ("a", "b")
            looks: list[frozenset[str]] = []
            with psycopg.connect(url) as third:

                def at(decision: int) -> None:
                    if decision == 2:
                        third.execute("SELECT 1 FROM calls WHERE call_id = 'a' FOR UPDATE")

                def look(held: frozenset[str]) -> None:
                    looks.append(held)
                    if len(looks) == 3:  # b is free again: the third could have it now
                        third.execute("SELECT 1 FROM calls WHERE call_id = 'b' FOR UPDATE NOWAIT")
                        third.rollback()

                one.deciding, one.looking = at, look
                await one.commit()
            assert looks == [frozenset(), frozenset("b"), frozenset()]
            assert await numbers(one, "a") == [(1, "one")]
            assert await numbers(one, "b") == [(1, "other"), (2, "one")]

    asyncio.run(main())
