"""A call between two providers, step by step: what is said, and who owns it."""

import asyncio

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    ErrorCode,
    Mode,
    Presence,
    ProviderState,
    RejectReason,
    SenderRole,
    WithdrawReason,
)
from net119_protocol.interconnect import Envelope, MessageType, bodies
from net119_reference.ports import Channel

from tests.reference.service.link import forged, types
from tests.reference.service.pair import Pair, on_pair, until_waiting
from tests.reference.service.support import CLOSED, TOKONAME, new_call, new_line


def only(arrived: list[tuple[str, Envelope]], kind: MessageType) -> Envelope:
    # By id: an offer sent again may bring the same answer again, with the same messageId.
    by_id = {envelope.message_id: envelope for _, envelope in arrived if envelope.type is kind}
    (found,) = by_id.values()
    return found


def test_a_whole_call() -> None:
    async def work(pair: Pair) -> None:
        a, b, link = pair.a, pair.b, pair.link
        call_id = await pair.call()
        first = await a.service.caller_says(pair.caller, call_id, new_line("before the accept"))
        arrived = await link.flow()
        assert types(arrived) == [
            "aoba: call.offer",
            "midori: call.accept",
            "aoba: call.assign",
            "aoba: chat.message",
            "midori: call.ringing",
            "midori: chat.receipt",
        ]
        assert first.seq == 1
        assert pair.epochs(call_id) == (2, 2)
        owner = a.live(call_id).known().owner
        assert (owner.provider, owner.department.code) == ("midori", "chita-tokoname")
        assert pair.b_owns(call_id)

        answered = await b.service.answer(b.dispatcher, call_id)
        assert answered.state is CallState.ANSWERED
        await link.flow()
        assert a.live(call_id).known().answered_by == b.dispatcher.name

        asked = asyncio.create_task(
            b.service.dispatcher_says(
                b.dispatcher, call_id, new_line("who?", options=("me", "other"))
            )
        )
        await until_waiting(pair, b, "c-who?")
        assert pair.there.texts(call_id) == ["before the accept"]  # not said until numbered
        await link.flow()
        assert (await asked).seq == 2
        await a.service.caller_says(pair.caller, call_id, new_line("", "tap", choice=(2, "me")))
        await link.flow()
        lines = await pair.same_lines(call_id)
        assert [line.sender for line in lines] == [
            SenderRole.CALLER,
            SenderRole.DISPATCHER,
            SenderRole.CALLER,
        ]
        assert pair.handset.lines(call_id) == pair.there.lines(call_id) == lines

        closing = asyncio.create_task(b.service.close(b.dispatcher, call_id, CLOSED))
        await until_waiting(pair, b, "\0close")
        assert b.live(call_id).known().open  # not closed until the anchor says so (I9)
        await link.flow()
        closed = await closing
        assert (closed.state, closed.outcome) == (CallState.CLOSED, CloseOutcome.PRACTICE_DONE)
        assert a.live(call_id).known().state is CallState.CLOSED
        assert pair.refusals(a) == pair.refusals(b) == []

    on_pair(work)


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.DRILL, Mode.TEST])
def test_the_mode_goes_with_every_message(mode: Mode) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking(mode)
        await pair.a.service.caller_says(pair.caller, call_id, new_line("help"))
        await pair.link.flow()
        modes = {envelope.mode for _, envelope in pair.link.carried if envelope.call_id}
        assert modes == {mode}
        assert pair.b.live(call_id).known().mode is mode
        assert {call.mode for call in pair.there.calls()} == {mode}

    on_pair(work)


# --- offers -----------------------------------------------------------------------------------


def test_no_console_there_brings_the_call_home_at_once() -> None:
    async def work(pair: Pair) -> None:
        for attachment in pair.b.attachments:
            await attachment.detach()
        call_id = await pair.call()
        arrived = await pair.link.flow()
        reject = only(arrived, MessageType.CALL_REJECT)
        assert isinstance(reject.body, bodies.CallReject)
        assert reject.body.reason is RejectReason.NO_CONSOLE
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 1)
        assert [told.code for told in call.told] == [NoticeCode.CALL_HOME_PEER_NO_CONSOLE]
        assert call.told[0].phone_to[0].code == "chita-tokoname"
        assert pair.refusals(pair.b) == ["no-console"]

    on_pair(work)


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ProviderState.MAINTENANCE, RejectReason.MAINTENANCE),
        (ProviderState.OVERLOADED, RejectReason.OVERLOAD),
    ],
)
def test_a_provider_not_in_its_normal_state_rejects(
    state: ProviderState, reason: RejectReason
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        pair.b.service.core.state = state
        reject = only(await pair.link.flow(), MessageType.CALL_REJECT)
        assert isinstance(reject.body, bodies.CallReject)
        assert reject.body.reason is reason
        assert pair.a.live(call_id).known().state is CallState.RINGING

    on_pair(work)


def test_silence_is_asked_again_with_the_same_message_and_then_the_call_is_home() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        first = await pair.link.to_b().deliver(arrives=False)
        assert first.type is MessageType.CALL_OFFER
        await pair.link.advance(4.75, flowing=False)
        assert await pair.link.to_b().waiting() == []
        await pair.link.advance(0.25, flowing=False)
        again = await pair.link.to_b().deliver(arrives=False)
        assert again == first
        await pair.link.advance(4.75, flowing=False)
        assert pair.a.live(call_id).known().state is CallState.OFFERING
        await pair.link.advance(0.25, flowing=False)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 1)
        assert [told.code for told in call.told] == [NoticeCode.CALL_HOME_PEER_SILENT]
        assert "0000" in pair.handset.texts(call_id)[0] or pair.handset.texts(call_id)

    on_pair(work)


def test_a_late_accept_is_withdrawn_and_nothing_of_the_call_stays_open_there() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.to_b().deliver()
        await pair.link.advance(10, flowing=False)  # the accept is under way all the time
        assert pair.a.live(call_id).known().state is CallState.RINGING
        withdraw = only(await pair.link.flow(), MessageType.CALL_WITHDRAW)
        assert isinstance(withdraw.body, bodies.CallWithdraw)
        assert withdraw.body.reason is WithdrawReason.LATE_ACCEPT
        assert withdraw.body.taken_by is not None
        assert withdraw.body.taken_by.code == "chitose"
        assert not pair.b_owns(call_id)
        assert pair.there.calls() == []  # its console never saw a call that was not its own
        assert pair.refusals(pair.a) == pair.refusals(pair.b) == []

    on_pair(work)


def test_an_expired_offer_is_rejected() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.advance(10.25, flowing=False)
        reject = only(await pair.link.flow(), MessageType.CALL_REJECT)
        assert isinstance(reject.body, bodies.CallReject)
        assert reject.body.reason is RejectReason.EXPIRED
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner) == (CallState.RINGING, call.home)

    on_pair(work)


def test_a_repeated_offer_is_answered_again_and_not_done_again() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        offer = await pair.link.to_b().deliver(receipt=False)
        accept = await pair.link.to_a().deliver(arrives=False)
        assert accept.type is MessageType.CALL_ACCEPT
        await pair.link.to_b().deliver()
        await pair.link.settle()
        again = await pair.link.to_a().deliver()
        assert again == accept
        assert again.in_reply_to == offer.message_id
        await pair.link.flow()
        assert pair.epochs(call_id) == (2, 2)
        record = await pair.b.service.call_record(pair.b.dispatcher, call_id)
        assert [entry.what for entry in record.history] == ["offer accepted", "assigned"]

    on_pair(work)


def test_a_second_accept_changes_nothing() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        accept = only(await pair.link.flow(), MessageType.CALL_ACCEPT)
        n = pair.a.live(call_id).n_in["midori"] + 1
        await pair.a.service.receive("midori", forged(accept, n=n), Channel.CLIENT)
        await pair.link.settle()
        assert await pair.link.to_b().waiting() == []
        assert pair.epochs(call_id) == (2, 2)
        assert (await pair.a.history(call_id))[-1] == "accepted again"

    on_pair(work)


def test_a_caller_who_has_gone_before_the_assignment_is_shown_as_gone() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.advance(1, flowing=False)
        await pair.a.attachments.pop().detach()
        await pair.link.flow()
        assert pair.b.live(call_id).known().presence is Presence.GONE
        await pair.b.service.answer(pair.b.dispatcher, call_id)
        await pair.link.flow()
        states = {pair.a.live(call_id).known().state, pair.b.live(call_id).known().state}
        assert states == {CallState.INTERRUPTED}

    on_pair(work)


def test_a_caller_who_has_not_connected_yet_is_shown_as_connecting() -> None:
    async def work(pair: Pair) -> None:
        call_id = (await pair.a.call(pair.caller, new_call(TOKONAME))).call_id
        await pair.link.advance(1)
        await pair.b.service.answer(pair.b.dispatcher, call_id)
        await pair.link.flow()
        shown = pair.there.calls()[-1]
        assert (shown.state, shown.presence, shown.connecting) == (
            CallState.ANSWERED,
            Presence.GONE,
            True,
        )
        assert pair.a.live(call_id).known().state is CallState.ANSWERED
        handset = await pair.a.service.attach_handset(pair.caller, call_id, 0, pair.handset)
        await pair.link.flow()
        shown = pair.there.calls()[-1]
        assert (shown.presence, shown.connecting) == (Presence.CONNECTED, False)
        await pair.link.advance(1)
        await handset.detach()
        await pair.link.flow()
        shown = pair.there.calls()[-1]
        assert (shown.state, shown.connecting) == (CallState.INTERRUPTED, False)

    on_pair(work)


def test_an_assignment_that_is_refused_brings_the_call_home() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.to_b().deliver()
        await pair.link.to_a().deliver()
        # So late that the other side has given the call up.
        await pair.link.advance(80, flowing=False)
        assert not pair.b.live(call_id).known().open
        assert pair.a.live(call_id).known().owner.provider == "midori"
        arrived = await pair.link.flow()
        assert "midori: error" in types(arrived)
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 3)
        assert not pair.b_owns(call_id)

    on_pair(work)


def test_an_owner_that_no_longer_knows_the_call_loses_it() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        report = bodies.ErrorReport(
            code=ErrorCode.UNKNOWN_CALL, detail="no such call", offending_type="chat.message"
        )
        sent = only(pair.link.carried, MessageType.CALL_ANSWERED)
        error = forged(sent, body=report, n=0, type=MessageType.ERROR)
        await pair.a.service.receive("midori", error, Channel.CLIENT)
        await pair.link.settle()
        call = pair.a.live(call_id).known()
        assert (call.state, call.owner, call.epoch) == (CallState.RINGING, call.home, 3)

    on_pair(work)
