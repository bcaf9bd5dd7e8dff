"""Names of calls in memory: the database is asked for all that it holds, and for nothing else."""

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import MessageType, decode
from net119_reference.ports import Channel
from net119_reference.service.known_calls import KnownCalls
from net119_reference.store import schema
from sqlalchemy.engine import Connection

from tests.reference.service.link import OTHER
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import CLOSED, TOKONAME, Site, new_call


def _named(connection: Connection) -> set[UUID]:
    tables = (schema.calls, schema.inbox, schema.outbox, schema.lines, schema.call_acts)
    found = [connection.scalars(sa.select(each.c.call_id)).all() for each in tables]
    return {UUID(name) for names in found for name in names if name is not None}


async def _all_known(site: Site) -> set[UUID]:
    core = site.service.core
    named = await core.database.read(_named)
    assert {each for each in named if not core.known.may_hold(each)} == set()
    return named


def test_every_call_in_the_database_is_known_before_and_after_a_restart() -> None:
    async def work(pair: Pair) -> None:
        answered = await pair.talking()
        # Rejected: of such a call there are messages and nothing else.
        for each in tuple(pair.b.attachments):
            await each.detach()
        rejected = await pair.call()
        await pair.link.flow()
        # Refused: a message of a call that nobody knows.
        (sample, *_) = [
            each for _, each in pair.link.carried if each.type is MessageType.CALL_ACCEPT
        ]
        stray = uuid4()
        payload = sample.model_copy(update={"call_id": stray, "message_id": uuid4()})
        wire = pair.a.service.core.mapping.to_wire(payload)
        await pair.a.service.receive("midori", wire, Channel.CLIENT)
        assert pair.refusals(pair.a)[-1] == ErrorCode.UNKNOWN_CALL.value
        await pair.link.flow()
        wanted = {answered, rejected}
        for site in (pair.a, pair.b):
            before = await _all_known(site)
            assert wanted <= before
            assert not site.service.core.known.may_hold(uuid4())
            await site.restart()
            assert await _all_known(site) >= before
            assert not site.service.core.known.may_hold(uuid4())

    on_pair(work)


def test_requests_that_made_no_call_are_asked_for_nowhere() -> None:
    async def work(pair: Pair) -> None:
        site, caller = pair.a, pair.caller
        asked: list[object] = []
        read = site.service.core.database.read

        async def counted(query: Callable[[Connection], Any]) -> Any:
            asked.append(query)
            return await read(query)

        site.service.core.database.read = counted  # type: ignore[method-assign]  # only counts what is asked for
        first = await site.call(caller, new_call(client_call_id="one"))
        again = await site.call(caller, new_call(client_call_id="one"))
        assert (again.call_id, asked) == (first.call_id, [])
        await site.restart()
        known = site.service.core.known
        who = caller.registrant_id
        assert known.may_have_placed(who, "one")
        assert not known.may_have_placed(who, "two")
        assert not known.may_have_placed(uuid4(), "one")
        # It has left memory, too: the database knows it.
        await site.service.close(site.dispatcher, first.call_id, CLOSED)
        del site.service.core.lives[first.call_id]
        assert (await site.call(caller, new_call(client_call_id="one"))).call_id == first.call_id

    on_pair(work)


def test_an_old_offer_of_a_call_that_has_left_memory_is_answered_again() -> None:
    async def work(pair: Pair) -> None:
        call = await pair.a.call(pair.caller, new_call(TOKONAME))
        (offer,) = [
            each
            for each in await pair.link.to_b().waiting()
            if decode(each.payload).type is MessageType.CALL_OFFER
        ]
        await pair.link.flow()
        await pair.b.service.answer(pair.b.dispatcher, call.call_id)
        await pair.link.flow()
        core = pair.b.service.core
        before = await pair.b.stored(call.call_id)
        del core.lives[call.call_id]
        await pair.b.service.receive("aoba", offer.payload, OTHER[Channel.CLIENT])
        await pair.link.settle()
        after = await pair.b.stored(call.call_id)
        assert after.known().answered_by is not None
        assert (after.call, after.handled) == (before.call, before.handled)
        assert (await pair.b.history(call.call_id)).count("offer accepted") == 1
        again = [decode(each.payload).type for each in await pair.link.to_a().waiting()]
        assert again == [MessageType.CALL_ACCEPT]

    on_pair(work)


def test_until_the_names_are_read_every_call_is_asked_for() -> None:
    async def work(pair: Pair) -> None:
        known, early, stored = KnownCalls(), uuid4(), await pair.talking()
        assert known.may_hold(stored)
        known.add(early)
        await known.load(pair.b.service.core.database)
        assert known.may_hold(stored)
        assert known.may_hold(early)
        assert not known.may_hold(uuid4())

    on_pair(work)
