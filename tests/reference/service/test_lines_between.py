"""Lines of a call between two providers: one order, nothing lost, nothing twice."""

import asyncio

import pytest
from net119_protocol.api.common import LineStored
from net119_protocol.codes import Mode, Refusal
from net119_protocol.interconnect import MessageType, bodies, decode
from net119_reference.ports import Channel, Refused

from tests.reference.service.pair import Pair, on_pair, until_waiting
from tests.reference.service.support import new_line

# --- lines ------------------------------------------------------------------------------------


def test_two_lines_at_once_have_one_order_on_both_sides() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        says = [
            asyncio.create_task(
                pair.b.service.dispatcher_says(pair.b.dispatcher, call_id, new_line(f"d{number}"))
            )
            for number in range(5)
        ]
        for number in range(5):
            await pair.a.service.caller_says(pair.caller, call_id, new_line(f"c{number}"))
        await until_waiting(pair, pair.b, "c-d4")
        await pair.link.flow()
        stored = await asyncio.gather(*says)
        lines = await pair.same_lines(call_id)
        assert {line.client_id: line.seq for line in lines}.items() >= {
            (each.client_id, each.seq) for each in stored
        }
        assert pair.handset.lines(call_id) == pair.there.lines(call_id) == lines

    on_pair(work)


def test_a_dispatchers_line_repeated_while_its_receipt_arrives_is_acknowledged() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        b = pair.b.service

        def say() -> "asyncio.Task[LineStored]":
            return asyncio.create_task(b.dispatcher_says(pair.b.dispatcher, call_id, new_line("x")))

        first = say()
        await until_waiting(pair, pair.b, "c-x")
        await pair.link.to_a().deliver()
        receipt = (await pair.link.to_b().waiting())[0]
        again = say()
        await asyncio.sleep(0)  # its command waits; the receipt comes into the same transaction
        await b.receive("aoba", receipt.payload, Channel.QUEUE)
        async with asyncio.timeout(5):
            assert (await first) == (await again)
        assert pair.there.texts(call_id) == ["x"]

    on_pair(work)


def test_a_line_is_not_confirmed_in_time_and_is_said_all_the_same() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        b = pair.b.service
        waiting = b.core.waiters.wait
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(
                b.core.waiters, "wait", lambda call, key, future, _s: waiting(call, key, future, 0)
            )
            with pytest.raises(Refused) as refused:
                await b.dispatcher_says(pair.b.dispatcher, call_id, new_line("x"))
        assert refused.value.code is Refusal.NOT_CONFIRMED
        again = asyncio.create_task(b.dispatcher_says(pair.b.dispatcher, call_id, new_line("x")))
        await until_waiting(pair, pair.b, "c-x")
        await pair.link.flow()
        assert (await again).seq == 1
        assert [line.text for line in await pair.same_lines(call_id)] == ["x"]
        repeated = await b.dispatcher_says(pair.b.dispatcher, call_id, new_line("x"))
        assert repeated == await again
        with pytest.raises(Refused) as reused:
            await b.dispatcher_says(pair.b.dispatcher, call_id, new_line("y", "c-x"))
        assert reused.value.code is Refusal.ID_REUSED

    on_pair(work)


def test_a_gap_is_asked_for_once_and_filled() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        pipe = pair.link.to_b()
        for text in "one", "two", "three", "four":
            await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
        lost = await pipe.deliver(arrives=False)
        for _ in range(3):
            await pipe.deliver()
        assert pair.there.texts(call_id) == []
        had = pair.b.live(call_id).n_in["aoba"]
        await pair.link.advance(0.25, flowing=False)
        assert await pair.link.to_a().waiting() == [], "perhaps it is only late"
        await pair.link.advance(0.25, flowing=False)
        (asked,) = [decode(item.payload) for item in await pair.link.to_a().waiting()]
        assert (asked.type, asked.call_id) == (MessageType.CHAT_RESUME, call_id)
        assert asked.body == bodies.ChatResume(after_n=had, after_seq=0)
        assert (asked.epoch, asked.n, asked.mode) == (2, 0, Mode.TEST)
        await pair.link.flow()
        assert pair.there.texts(call_id) == ["one", "two", "three", "four"]
        await pair.same_lines(call_id)
        again = [
            envelope for _, envelope in pair.link.carried if envelope.message_id == lost.message_id
        ]
        assert again == [lost]

    on_pair(work)


def test_every_gap_of_a_call_is_asked_for() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        for number in range(3):
            for text in (f"lost {number}", f"late {number}"):
                await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
            await pair.link.to_b().deliver(arrives=False)
            await pair.link.to_b().deliver()
            await pair.link.advance(2)
            assert pair.there.texts(call_id)[2 * number :] == [f"lost {number}", f"late {number}"]
            lines = await pair.same_lines(call_id)
            assert pair.b.live(call_id).last_seq == len(lines) == 2 * (number + 1)
            await pair.link.advance(2)
            assert await pair.link.to_a().waiting() == []

    on_pair(work)


def test_a_second_gap_behind_the_first_is_asked_for_too() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        pipe = pair.link.to_b()
        for text in "one", "two", "three":
            await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
        await pipe.deliver(2)  # three
        await pipe.deliver(0)  # one; now two is missing
        await pipe.deliver(0, arrives=False)
        await pair.link.advance(2)
        assert pair.there.texts(call_id) == ["one", "two", "three"]
        await pair.same_lines(call_id)

    on_pair(work)


def test_what_came_too_early_survives_a_restart() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        pipe = pair.link.to_b()
        for text in "one", "two", "three":
            await pair.a.service.caller_says(pair.caller, call_id, new_line(text))
        await pipe.deliver(arrives=False)
        await pipe.deliver()
        await pipe.deliver()
        held = dict(pair.b.live(call_id).held)
        assert len(held) == 2
        await pair.b.restart()
        assert pair.b.live(call_id).held == held
        await pair.link.flow()
        assert pair.b.live(call_id).held == {}
        assert [line.text for line in await pair.same_lines(call_id)] == ["one", "two", "three"]

    on_pair(work)
