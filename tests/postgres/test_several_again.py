"""Two writers of the same calls: who was behind decides again while the other waits.

A process with large batches would else be behind one with small ones for ever.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import psycopg
import sqlalchemy as sa
from net119_reference.store import Database, Write, schema
from net119_reference.store.deciding import Decision
from net119_reference.store.level import Known, News, lock
from sqlalchemy.engine import Connection

CALLS = ("a", "b", "c")
WITHIN_S = 20.0


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


def test_who_was_behind_is_not_behind_a_second_time(url: str) -> None:
    """The other tries to write again while it decides, and has to wait until it is stored."""

    async def main() -> None:
        async with two(url) as (one, other):
            await other.commit()
            pending: list[asyncio.Task[None]] = []
            stored: list[str] = []

            def at(decision: int) -> None:
                if decision == 2:
                    pending.append(asyncio.create_task(other.commit()))
                    pending[0].add_done_callback(lambda _task: stored.append("other"))

            one.deciding = at
            await one.commit()
            stored.append("one")
            await pending[0]
            assert one.decisions == 2
            assert stored == ["one", "other"]
            for call in CALLS:
                assert await numbers(one, call) == [(1, "other"), (2, "one"), (3, "other")]

    asyncio.run(main())


def test_many_writers_of_the_same_calls_all_come_through(url: str) -> None:
    """Each is behind the other nearly every time, and none is behind for long."""

    async def main() -> None:
        async with two(url) as (one, other):

            async def write(writer: Writer) -> None:
                for _ in range(40):
                    await writer.commit()

            await asyncio.gather(write(one), write(other))
            assert max(one.decisions, other.decisions) <= 80
            for call in CALLS:
                found = await numbers(one, call)
                assert [seq for seq, _ in found] == list(range(1, 81))
                assert sorted(author for _, author in found) == ["one"] * 40 + ["other"] * 40

    asyncio.run(main())


def test_who_turns_to_a_call_that_another_holds_begins_anew_instead_of_waiting(url: str) -> None:
    """Who holds b and wants a gives b back first: else it and who holds a and wants b would wait
    for each other."""

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
