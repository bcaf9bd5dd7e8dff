"""What an anchor may not do to its callee, and what it may do although it is odd."""

from datetime import UTC, datetime

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, ErrorCode, Mode, SenderRole
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.ports import Channel

from tests.reference.service.link import forged, via_of
from tests.reference.service.messages import (
    carried,
    errors,
    from_anchor,
    numbered,
    to_callee,
)
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import new_line

# --- what an anchor may not do to its callee --------------------------------------------------


def test_a_number_that_another_line_has_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        await pair.a.service.caller_says(pair.caller, call_id, new_line("first"))
        await pair.link.flow()
        found = await to_callee(pair, from_anchor(pair, numbered(1, "c-other")))
        assert found == [(ErrorCode.ID_REUSED, "body.seq")]
        found = await to_callee(pair, from_anchor(pair, numbered(2, "c-first", "changed")))
        assert found == [(ErrorCode.ID_REUSED, "body.seq")]
        assert [line.text for line in await pair.b.lines(call_id)] == ["first"]

    on_pair(work)


def test_a_receipt_with_a_number_that_another_line_has_is_refused_and_stops_nobody() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        await pair.a.service.caller_says(pair.caller, call_id, new_line("first"))
        await pair.link.flow()
        b = pair.b.service
        await b.core.kernel.run(
            lambda tx: b._consoles._say(pair.b.dispatcher, call_id, new_line("said"), tx)
        )
        await pair.link.to_a().deliver(arrives=False)
        receipt = bodies.ChatReceipt(client_id="c-said", seq=1, at=pair.a.clock.now())
        payload = from_anchor(pair, receipt, type=MessageType.CHAT_RECEIPT)
        assert await to_callee(pair, payload) == [(ErrorCode.ID_REUSED, "body.seq")]
        good = bodies.ChatReceipt(client_id="c-said", seq=2, at=pair.a.clock.now())
        await b.receive(
            "aoba", from_anchor(pair, good, type=MessageType.CHAT_RECEIPT), Channel.QUEUE
        )
        assert pair.there.seqs(call_id) == [1, 2]

    on_pair(work)


def test_a_receipt_for_a_line_that_nobody_said_is_refused() -> None:
    async def work(pair: Pair) -> None:
        await pair.talking()
        receipt = bodies.ChatReceipt(client_id="c-none", seq=1, at=pair.a.clock.now())
        payload = from_anchor(pair, receipt, type=MessageType.CHAT_RECEIPT)
        assert await to_callee(pair, payload) == [(ErrorCode.INVALID_BODY, "body.clientId")]

    on_pair(work)


def test_a_second_assignment_under_the_same_epoch_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        assign = bodies.CallAssign(department="chita-tokoname", last_seq=0)
        payload = from_anchor(pair, assign, type=MessageType.CALL_ASSIGN)
        assert await to_callee(pair, payload) == [(ErrorCode.STALE_EPOCH, "epoch")]
        assert pair.b.live(call_id).known().state is CallState.ANSWERED

    on_pair(work)


def test_an_old_offer_does_not_reopen_a_call_that_was_taken_away() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        await pair.link.flow()
        offer = carried(pair, MessageType.CALL_OFFER)
        withdraw = bodies.CallWithdraw(reason="taken-home")
        payload = from_anchor(pair, withdraw, type=MessageType.CALL_WITHDRAW, epoch=3)
        assert await to_callee(pair, payload) == []
        n = pair.b.live(call_id).n_in["aoba"] + 1
        assert await to_callee(pair, forged(offer, n=n)) == [(ErrorCode.STALE_EPOCH, "epoch")]
        call = pair.b.live(call_id).known()
        assert (call.state, call.epoch) == (CallState.CLOSED, 3)

    on_pair(work)


def test_an_offer_without_end_is_taken_all_the_same() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        offer = await pair.link.to_b().deliver(arrives=False)
        assert isinstance(offer.body, bodies.CallOffer)
        last = offer.body.model_copy(
            update={"expires_at": datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)}
        )
        await pair.b.service.receive("aoba", forged(offer, body=last), Channel.QUEUE)
        assert pair.b.live(call_id).known().state is CallState.OFFERING
        # Nobody assigns it: it is not kept for ever.
        await pair.link.advance(2, flowing=False)
        pair.a.clock.advance(2 * 3600)
        await pair.b.settle()
        assert pair.b.live(call_id).known().state is CallState.CLOSED

    on_pair(work)


def test_an_offer_whose_transcript_contradicts_itself_is_refused_whole() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call()
        offer = await pair.link.to_b().deliver(arrives=False)
        assert isinstance(offer.body, bodies.CallOffer)
        lines = tuple(
            ChatLine(
                seq=1, client_id=each, sender=SenderRole.CALLER, at=pair.a.clock.now(), text=each
            )
            for each in ("one", "two")
        )
        body = offer.body.model_copy(update={"transcript": lines, "last_seq": 1})
        found = await to_callee(pair, forged(offer, body=body))
        assert found == [(ErrorCode.ID_REUSED, "body.seq")]
        assert pair.b.live(call_id).call is None
        assert await pair.b.lines(call_id) == []

    on_pair(work)


def test_an_error_about_an_offer_that_could_not_be_read_brings_the_call_home() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.call(Mode.DRILL)
        offer = await pair.link.to_b().deliver(arrives=False)
        report = bodies.ErrorReport(code=ErrorCode.MALFORMED_JSON, detail="not JSON")
        # Whoever could not read a message cannot know its mode.
        error = forged(
            offer,
            body=report,
            type=MessageType.ERROR,
            n=0,
            mode=Mode.TEST,
            in_reply_to=offer.message_id,
            via=via_of("midori", Channel.CLIENT),
        )
        await pair.a.service.receive("midori", error, Channel.CLIENT)
        assert pair.a.live(call_id).known().state is CallState.RINGING
        assert await errors(pair, pair.link.to_b()) == []

    on_pair(work)
