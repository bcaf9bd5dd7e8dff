"""What waits to be sent: stored, sent again when asked for, and never twice at once."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
import sqlalchemy as sa
from net119_protocol.interconnect import MessageType, bodies, decode
from net119_reference.ports import Channel, StorageFailed
from net119_reference.service import outbox
from net119_reference.store import schema
from sqlalchemy.engine import Connection

from tests.reference.service.messages import from_owner
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import Site, new_line


async def stored(site: Site) -> list[tuple[bool, bool]]:
    """Of each message in the database: whether it belongs to a call, and is confirmed."""

    def read(connection: Connection) -> Sequence[Any]:
        table = schema.outbox.c
        return connection.execute(sa.select(table.call_id, table.confirmed)).all()

    rows = await site.service.core.database.read(read)
    return [(row.call_id is not None, bool(row.confirmed)) for row in rows]


async def texts_waiting(pair: Pair) -> list[str]:
    found = [decode(each.payload).body for each in await pair.link.to_b().waiting()]
    return [body.text for body in found if isinstance(body, bodies.ChatMessage)]


async def asks_again(pair: Pair, after_n: int) -> None:
    """midori asks for everything after a count."""
    resume = bodies.ChatResume(after_n=after_n, after_seq=0)
    payload = from_owner(pair, resume, type=MessageType.CHAT_RESUME, n=0)
    await pair.a.service.receive("midori", payload, Channel.CLIENT)
    await pair.link.settle()


@pytest.mark.parametrize("restarted", [False, True])
def test_a_message_of_no_call_is_kept_until_it_is_confirmed_and_others_as_long_as_the_call(
    restarted: bool,
) -> None:
    async def work(pair: Pair) -> None:
        await pair.talking()
        pair.link.down()
        await pair.a.service.core.kernel.run(lambda tx: None)
        pair.link.up()
        await pair.link.settle()
        before = await stored(pair.a)
        assert (False, False) in before
        assert (True, True) in before
        if restarted:
            await pair.a.restart()
        await pair.link.flow()
        after = await stored(pair.a)
        assert set(after) == {(True, True)}
        assert len(after) >= before.count((True, True))

    on_pair(work)


def test_what_waits_is_in_order_after_a_restart_and_before_what_comes_then() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        for text in ("one", "two"):
            await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
        await pair.a.restart()
        await pair.a.service.caller_says(pair.caller, call_id, new_line("three"))
        assert await texts_waiting(pair) == ["one", "two", "three"]
        numbers = [each.number for each in await pair.link.to_b().waiting()]
        assert numbers == sorted(set(numbers))
        pair.link.up()
        await pair.link.flow()
        assert [line.text for line in await pair.same_lines(call_id)] == ["one", "two", "three"]

    on_pair(work)


def test_what_is_asked_for_comes_again_in_order_and_not_what_is_on_its_way() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        had = pair.b.live(call_id).n_in["aoba"]
        for text in ("one", "two"):
            await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
        await asks_again(pair, had)
        assert await texts_waiting(pair) == ["one", "two"], "they are on their way already"
        first = await pair.link.to_b().deliver(arrives=False)
        await pair.link.to_b().deliver(arrives=False)
        for _ in range(2):
            await asks_again(pair, had)
            assert await texts_waiting(pair) == ["one", "two"]
        await asks_again(pair, had + 2)
        again = [decode(each.payload) for each in await pair.link.to_b().waiting()]
        assert [each.n for each in again] == [had + 1, had + 2]
        assert again[0] == first
        await pair.link.flow()
        assert [line.text for line in await pair.same_lines(call_id)] == ["one", "two"]

    on_pair(work)


def test_what_is_asked_for_while_the_database_does_not_answer_comes_afterwards(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        had = pair.b.live(call_id).n_in["aoba"]
        await pair.a.service.caller_says(pair.caller, call_id, new_line("one"))
        await pair.link.to_b().deliver(arrives=False)
        database = pair.a.service.core.database
        read, failures = database.read, [StorageFailed("no answer")] * 2

        async def stuttering(query: Callable[[Connection], Any]) -> Any:
            if failures:
                raise failures.pop()
            return await read(query)

        monkeypatch.setattr(outbox, "_READ_AGAIN_S", 0)
        monkeypatch.setattr(database, "read", stuttering)
        await asks_again(pair, had)
        assert not failures
        assert await texts_waiting(pair) == ["one"]

    on_pair(work)
