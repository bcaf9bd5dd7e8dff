"""One call between two simulated peers, and what each role refuses or repeats."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import pytest
from net119_protocol.chat import ChatLine
from net119_protocol.codes import (
    CloseOutcome,
    ErrorCode,
    Mode,
    Presence,
    RejectReason,
    SenderRole,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_simulators.errors import Waited
from net119_simulators.peer import (
    Accepting,
    Answering,
    LateAccepting,
    MessageRefused,
    OtherAnswer,
    Rejecting,
    Silent,
)

from tests.simulators.peer.stage import Pair, pair


def line(seq: int, text: str) -> ChatLine:
    return ChatLine(
        seq=seq, client_id=f"c{seq}", sender=SenderRole.SYSTEM, text=text, at=datetime.now(UTC)
    )


def test_a_call_from_offer_to_close(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call(transcript=(line(1, "接続しています"),))
            assert (anchored.epoch, taken.epoch) == (2, 2)
            assert taken.offer.registrant.name == "青葉　花子"
            assert taken.is_owner
            await taken.ring()
            assert (await anchored.ringing()).center == "chita-center"
            await taken.answer("指令員A")
            assert (await anchored.answered()).dispatcher == "指令員A"

            spoken = await anchored.say_as_caller("火事です")
            receipt = await taken.say("どこですか")
            assert (spoken.seq, receipt.seq) == (2, 3)
            assert (await taken.wait_for_line(lambda each: each.seq == 2)).text == "火事です"
            assert anchored.line(3) == taken.line(3)
            assert anchored.lines == taken.lines

            await anchored.presence(Presence.GONE)
            await taken.expect(MessageType.CALLER_PRESENCE)
            assert taken.presence is Presence.GONE
            done = await taken.close(CloseOutcome.RELAYED_BY_PHONE, "済", relayed_to="千歳")
            assert (done.outcome, done.relayed_to) == (CloseOutcome.RELAYED_BY_PHONE, "千歳")
            assert (await anchored.closed()).note == "済"
            assert not taken.is_owner
            for peer in (both.aoba, both.midori):
                assert peer.violations == ()
                assert peer.unexpected() == []

    asyncio.run(run())


def test_lines_said_before_the_assignment_follow_it(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored = await both.offer()
            await anchored.say_as_caller("早く")
            taken = await both.midori.accept(await both.midori.expect(MessageType.CALL_OFFER))
            await anchored.accepted()
            assert taken.lines == ()
            await anchored.assign()
            assert (await taken.wait_for_line(lambda each: True)).text == "早く"
            assert both.midori.violations == ()

    asyncio.run(run())


def test_both_roles_at_once(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            backwards = Pair(both.midori, both.aoba)
            (anchored, taken), (other, mine) = await asyncio.gather(both.call(), backwards.call())
            await asyncio.gather(taken.say("1"), mine.say("2"), anchored.say_as_caller("3"))
            assert [each.text for each in other.lines] == ["2"]
            assert {each.text for each in taken.lines} == {"1", "3"}
            assert both.aoba.violations == both.midori.violations == ()

    asyncio.run(run())


def test_reject_is_not_accept(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            both.midori.behave(Rejecting(RejectReason.OVERLOAD))
            first = await both.offer()
            assert (await first.rejected()).reason is RejectReason.OVERLOAD
            second = await both.offer()
            with pytest.raises(OtherAnswer, match=r"call\.reject n=1 e=1, not call\.accept"):
                await second.accepted()
            both.midori.behave(Accepting())
            third = await both.offer()
            with pytest.raises(OtherAnswer, match=r"not call\.reject"):
                await third.rejected()

    asyncio.run(run())


def test_answering_takes_rings_and_answers(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            both.midori.behave(Answering("center", "指令員B"))
            anchored = await both.offer()
            await anchored.accepted()
            await anchored.assign()
            assert (await anchored.ringing()).center == "center"
            assert (await anchored.answered()).dispatcher == "指令員B"
            assert both.midori.unexpected() == []

    asyncio.run(run())


def test_a_late_accept_is_withdrawn(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            later = asyncio.Event()
            both.midori.behave(LateAccepting(later, "center"))
            anchored = await both.offer(expires_in_s=0.0)
            with pytest.raises(Waited, match=r"call\.accept or call\.reject"):
                await anchored.accepted(within=0.05)
            later.set()
            await anchored.accepted()
            await anchored.withdraw(WithdrawReason.LATE_ACCEPT)
            withdrawn = await both.midori.expect(MessageType.CALL_WITHDRAW, anchored.call_id)
            assert withdrawn.envelope.epoch == 1
            taken = both.midori.calls[anchored.call_id]
            with pytest.raises(Waited):
                await taken.expect(MessageType.CALL_ASSIGN, within=0.05)

    asyncio.run(run())


def test_an_acceptance_that_is_withdrawn_tells_how_late_it_was(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored = await both.offer()
            offer = await both.midori.expect(MessageType.CALL_OFFER)
            offer.at -= timedelta(seconds=7)
            taking = asyncio.create_task(both.midori.take(offer, "center"))
            await anchored.accepted()
            await anchored.withdraw(WithdrawReason.LATE_ACCEPT)
            with pytest.raises(OtherAnswer, match=r"not call\.assign") as other:
                await taking
            assert 7 < (other.value.accepted_after_s or 0) < 12

    asyncio.run(run())


def test_a_failing_behaviour_is_told_on_leaving(tmp_path: Path) -> None:
    class Failing:
        async def on_offer(self, peer: object, offer: object) -> None:
            raise LookupError("no such plan")

    async def run() -> None:
        async with pair(tmp_path) as both:
            both.midori.behave(Failing())
            await both.offer()
            await both.midori.expect(MessageType.CALL_OFFER)

    with pytest.raises(LookupError, match="no such plan"):
        asyncio.run(run())


def test_a_withdrawn_owner_is_refused_as_stale(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await anchored.withdraw()
            assert (await taken.withdrawn()).taken_by == anchored.offer.home
            assert not taken.is_owner
            with pytest.raises(MessageRefused) as refused:
                await taken.say("まだいます", epoch=2)
            assert refused.value.report.code is ErrorCode.STALE_EPOCH
            assert refused.value.report.current_epoch == 3
            assert anchored.lines == ()

    asyncio.run(run())


def test_a_stale_message_of_the_anchor_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            sent = await anchored.send(
                bodies.CallerPresence(presence=Presence.GONE, since=datetime.now(UTC)), epoch=1
            )
            error = await anchored.expect(MessageType.ERROR)
            assert error.envelope.in_reply_to == sent.message_id
            assert error.body_as(bodies.ErrorReport).code is ErrorCode.STALE_EPOCH
            assert taken.presence is Presence.CONNECTED
            assert [each.rule for each in both.midori.violations] == ["I1"]

    asyncio.run(run())


def test_another_mode_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call(mode=Mode.PRACTICE)
            assert taken.mode is Mode.PRACTICE
            with pytest.raises(MessageRefused, match="mode-mismatch"):
                await taken.say("本番", mode=Mode.DRILL)
            assert [each.rule for each in both.aoba.violations] == ["I5"]
            assert anchored.lines == ()

    asyncio.run(run())


def test_a_line_numbered_by_the_owner_is_refused(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await taken.send(
                bodies.ChatMessage(
                    client_id="x",
                    sender=SenderRole.DISPATCHER,
                    text="1",
                    seq=1,
                    at=datetime.now(UTC),
                )
            )
            await taken.expect(MessageType.ERROR)
            assert taken.errors[0].field == "body.seq"
            assert anchored.lines == ()
            assert anchored.violations[0].rule == "I3"

    asyncio.run(run())


def test_the_same_client_id_keeps_its_number(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            first = await taken.say("一度", client_id="same")
            second = await taken.say("一度", client_id="same")
            assert first == second
            assert len(anchored.lines) == len(taken.lines) == 1
            assert both.midori.violations == ()

    asyncio.run(run())


def test_a_repeated_message_is_answered_again_and_not_done_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            sent = await taken.send_line("一度だけ", client_id="once")
            await taken.expect(MessageType.CHAT_RECEIPT)
            again = both.midori._speaker.ledger(taken.call_id)
            assert again is not None
            await both.midori.send_envelope(again.sent[-1])
            repeat = await taken.expect(MessageType.CHAT_RECEIPT, repeats=True)
            assert repeat.envelope.in_reply_to == sent.message_id
            assert len(anchored.lines) == 1
            repeated = both.aoba.find(MessageType.CHAT_MESSAGE)
            assert [each.repeat for each in repeated] == [False, True]
            assert both.aoba.violations == both.midori.violations == ()

    asyncio.run(run())


def test_a_repeat_with_another_content_is_a_violation(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            _, taken = await both.call()
            sent = await taken.send_line("A", client_id="a")
            await taken.send_line("B", client_id="b", message_id=sent.message_id)
            await both.aoba.expect(MessageType.CHAT_MESSAGE, repeats=True)
            assert "id" in [each.rule for each in both.aoba.violations]

    asyncio.run(run())


def test_an_offer_sent_again_is_answered_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            both.midori.behave(Silent())
            anchored = await both.offer()
            offer = await both.midori.expect(MessageType.CALL_OFFER)
            await anchored.offer_again()
            again = await both.midori.expect(MessageType.CALL_OFFER, repeats=True)
            assert again.raw == offer.raw
            await both.midori.accept(offer)
            await anchored.accepted()
            await anchored.offer_again()
            await anchored.expect(MessageType.CALL_ACCEPT, repeats=True)
            assert both.aoba.violations == both.midori.violations == ()

    asyncio.run(run())


def test_resume_brings_the_missing_messages_again(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            await anchored.say_as_caller("一")
            await anchored.say_as_caller("二")
            await taken.resume(after_n=3)
            again = await taken.expect(MessageType.CHAT_MESSAGE, repeats=True)
            assert again.body_as(bodies.ChatMessage).text == "二"
            assert [each.text for each in taken.lines] == ["一", "二"]
            assert both.midori.violations == ()

    asyncio.run(run())


def test_a_gap_in_the_count_is_seen(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            _, taken = await both.call()
            await taken.send_line("x", n=9)
            await both.aoba.expect(MessageType.CHAT_MESSAGE)
            assert [each.rule for each in both.aoba.violations] == ["n"]
            assert "n=9, but 2 was next" in both.aoba.violations[0].what

    asyncio.run(run())


def test_a_wrong_receipt_is_a_violation_and_a_line_made_by_hand_is_none(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            by_hand = bodies.ChatMessage.model_validate(line(1, "手").model_dump())
            sent = await anchored.send(by_hand)
            await anchored.expect(MessageType.CHAT_RECEIPT)
            assert not both.aoba.violations
            wrong = bodies.ChatReceipt(client_id="c1", seq=7, at=datetime.now(UTC))
            await taken.send(wrong, in_reply_to=sent.message_id)
            await anchored.expect(MessageType.CHAT_RECEIPT)
            assert [each.rule for each in both.aoba.violations] == ["I3"]

    asyncio.run(run())


def test_duties_left_undone(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            anchored, taken = await both.call()
            both.aoba.duties.number_lines = False
            both.aoba.duties.confirm_close = False
            both.midori.duties.chat_receipts = False
            with pytest.raises(Waited, match=r"chat\.receipt of call"):
                await taken.say("?", within=0.05)
            with pytest.raises(Waited):
                await anchored.say_as_caller("?", within=0.05)
            with pytest.raises(Waited):
                await taken.close(within=0.05)
            assert (await taken.wait_for_line(lambda each: each.text == "?")).seq == 1
            assert (await anchored.closed()).outcome is CloseOutcome.DISPATCHED

    asyncio.run(run())


def test_a_message_of_no_call_is_unexpected_until_expected(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            envelope = both.midori.build(
                MessageType.CALL_RINGING, bodies.CallRinging(center="c"), uuid4(), 1
            )
            await (await both.midori.send_envelope(envelope)).confirmed()
            await both.aoba.watch_for(MessageType.CALL_ANSWERED, during=0.01)
            assert [each.message_id for each in both.aoba.unexpected()] == [envelope.message_id]
            await both.aoba.expect({MessageType.CALL_RINGING, MessageType.CALL_ANSWERED})
            assert both.aoba.unexpected() == []

    asyncio.run(run())


def test_waiting_in_vain_tells_what_came(tmp_path: Path) -> None:
    async def run() -> None:
        async with pair(tmp_path) as both:
            await both.offer(expires_at=datetime.now(UTC) - timedelta(seconds=1))
            await both.midori.expect(MessageType.CALL_OFFER)
            with pytest.raises(Waited) as waited:
                await both.midori.expect(MessageType.CALL_ASSIGN, within=0.01)
            assert waited.value.what == "call.assign"
            assert "call.offer n=1 e=1; 1 connections of aoba" in waited.value.seen

    asyncio.run(run())
