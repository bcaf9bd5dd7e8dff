"""Who owns a call between two providers when time passes, links break and processes end."""

import asyncio

import pytest
from net119_protocol.api.common import NoticeCode, PresenceFrame
from net119_protocol.codes import (
    CallState,
    Presence,
    Refusal,
    WithdrawReason,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_reference.ports import Refused

from tests.reference.service.pair import Pair, on_pair, until_waiting
from tests.reference.service.support import CLOSED, TOKONAME, new_call, new_line


def only(arrived: list[tuple[str, Envelope]], kind: MessageType) -> Envelope:
    (found,) = [envelope for _, envelope in arrived if envelope.type is kind]
    return found


# --- presence, T2, T3 -------------------------------------------------------------------------


def test_the_other_side_sees_the_caller_go_and_come_back() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        await pair.link.advance(1)
        await pair.a.attachments.pop().detach()
        await pair.link.flow()
        assert pair.b.live(call_id).known().state is CallState.INTERRUPTED
        await pair.a.service.attach_handset(pair.caller, call_id, 0, pair.handset)
        await pair.link.flow()
        assert pair.b.live(call_id).known().state is CallState.ANSWERED
        assert pair.a.live(call_id).known().state is CallState.ANSWERED
        seen = [frame.presence for frame in pair.there.frames if isinstance(frame, PresenceFrame)]
        assert seen == [Presence.GONE, Presence.CONNECTED]

    on_pair(work)


def test_ringing_unanswered_there_reminds_and_then_comes_home() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.flow()
        await pair.link.advance(60)
        told = [notice.code for notice in pair.a.live(call_id).known().told]
        assert told == [NoticeCode.NOBODY_ANSWERS]
        assert len(pair.there.texts(call_id)) == 1  # the machine's line is seen there as well
        await pair.link.advance(60)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 3)
        withdraw = only(pair.link.carried, MessageType.CALL_WITHDRAW)
        assert isinstance(withdraw.body, bodies.CallWithdraw)
        assert withdraw.body.reason is WithdrawReason.RINGING_UNANSWERED
        assert not pair.b_owns(call_id)
        assert pair.there.calls()[-1].state is CallState.CLOSED
        assert not pair.there.calls()[-1].mine

    on_pair(work)


def test_a_peer_silent_past_t3_loses_the_call_and_is_told_when_it_is_back() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        b = pair.b.service
        pair.link.down()
        in_flight = asyncio.create_task(
            b.dispatcher_says(pair.b.dispatcher, call_id, new_line("can you hear me?"))
        )
        await until_waiting(pair, pair.b, "c-can-you-hear-me?")
        stored = await pair.a.service.caller_says(pair.caller, call_id, new_line("hello?"))
        await pair.link.advance(30)
        await pair.a.look_for_lost_peers()
        assert pair.a.live(call_id).known().owner.provider == "midori"
        await pair.link.advance(0.25)
        await pair.a.look_for_lost_peers()
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 3)
        assert pair.b_owns(call_id)  # it cannot know yet, but its epoch is over
        await pair.a.service.answer(pair.a.dispatcher, call_id)
        await pair.a.service.dispatcher_says(pair.a.dispatcher, call_id, new_line("home here"))

        pair.link.up()
        await pair.link.flow()
        with pytest.raises(Refused) as refused:
            await in_flight
        assert refused.value.code is Refusal.OWNED_BY_OTHER
        assert not pair.b_owns(call_id)
        assert not pair.there.calls()[-1].mine
        texts = [line.text for line in await pair.a.lines(call_id)]
        assert texts[0] == "hello?"
        assert texts[-1] == "home here"
        assert "can you hear me?" not in texts
        assert stored.seq == 1
        # What was acknowledged before it came home reaches the old owner's transcript as well.
        assert [line.text for line in await pair.b.lines(call_id)] == ["hello?"]
        assert "stale-epoch" in pair.refusals(pair.a)

    on_pair(work)


def test_both_answer_at_the_moment_the_call_comes_home_and_one_has_it() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.flow()
        await pair.link.advance(119.75)
        await pair.link.advance(0.25, flowing=False)  # the withdrawal is under way
        await pair.b.service.answer(pair.b.dispatcher, call_id)
        home = await pair.a.service.answer(pair.a.dispatcher, call_id)
        await pair.link.flow()
        assert home.mine
        assert not pair.b_owns(call_id)
        assert pair.a.live(call_id).known().answered_by == pair.a.dispatcher.name
        assert pair.a.live(call_id).known().epoch == 3

    on_pair(work)


def test_a_call_closed_at_home_while_it_is_offered_is_withdrawn_from_who_accepts() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.a.service.close(pair.a.dispatcher, call_id, CLOSED)
        withdraw = only(await pair.link.flow(), MessageType.CALL_WITHDRAW)
        assert isinstance(withdraw.body, bodies.CallWithdraw)
        assert withdraw.body.reason is WithdrawReason.CLOSED
        assert not pair.b_owns(call_id)

    on_pair(work)


# --- restarts ---------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["aoba", "midori"])
@pytest.mark.parametrize("steps", range(8))
def test_a_restart_between_any_two_messages_loses_nothing(who: str, steps: int) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.a.service.caller_says(pair.caller, call_id, new_line("one"))
        for _ in range(steps):
            await pair.link.settle()
            full = [each for each in pair.link.pipes if await each.waiting()]
            if full:
                await full[0].deliver()
        site = pair.a if who == "aoba" else pair.b
        await site.restart()
        await pair.a.console(pair.home)
        await pair.b.console(pair.there)
        pair.link.up()
        await pair.link.flow()
        await pair.a.service.attach_handset(pair.caller, call_id, 0, pair.handset)
        await pair.a.service.caller_says(pair.caller, call_id, new_line("two"))
        await pair.link.advance(12)
        call = pair.a.live(call_id).known()
        if call.owner.provider == "midori":
            assert pair.b_owns(call_id)
            assert pair.epochs(call_id) == (2, 2)
            assert [line.text for line in await pair.same_lines(call_id)] == ["one", "two"]
        else:
            # An offer that arrives while no console has reconnected is rejected.
            assert not pair.b_owns(call_id)
            assert call.state is CallState.RINGING
        assert [line.text for line in await pair.a.lines(call_id)][:1] == ["one"]

    on_pair(work)


def test_a_line_in_flight_survives_a_restart_of_its_writers_provider() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        said = asyncio.create_task(
            pair.b.service.dispatcher_says(pair.b.dispatcher, call_id, new_line("x"))
        )
        await until_waiting(pair, pair.b, "c-x")
        said.cancel()
        await pair.b.restart()
        assert set(pair.b.live(call_id).pending) == {"c-x"}
        pair.link.up()
        await pair.link.flow()
        assert [line.text for line in await pair.same_lines(call_id)] == ["x"]
        assert pair.b.live(call_id).pending == {}

    on_pair(work)


def test_two_calls_at_once_do_not_mix() -> None:
    async def work(pair: Pair) -> None:
        first = await pair.talking()
        other = await pair.a.registrant()
        second = (await pair.a.call(other, new_call(TOKONAME))).call_id
        await pair.link.flow()
        await pair.b.service.answer(pair.b.dispatcher, second)
        await pair.link.flow()
        await pair.a.service.caller_says(pair.caller, first, new_line("first"))
        await pair.a.service.caller_says(other, second, new_line("second"))
        await pair.link.flow()
        assert [line.text for line in await pair.same_lines(first)] == ["first"]
        assert [line.text for line in await pair.same_lines(second)] == ["second"]
        with pytest.raises(Refused) as refused:
            await pair.a.service.caller_says(other, first, new_line("not mine"))
        assert refused.value.code is Refusal.UNKNOWN_CALL

    on_pair(work)
