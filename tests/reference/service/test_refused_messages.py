"""Messages that are refused: each is answered with its reason, recorded, and changes nothing."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, ErrorCode, Mode, SenderRole
from net119_protocol.interconnect import Envelope, MessageType, Via, bodies
from net119_reference.ports import Channel

from tests.reference.service.link import Pipe, forged, via_of
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import new_line


def carried(pair: Pair, kind: MessageType) -> Envelope:
    """The last message of a type that went over the link."""
    return [envelope for _, envelope in pair.link.carried if envelope.type is kind][-1]


async def errors(pair: Pair, pipe: Pipe) -> list[tuple[ErrorCode, str | None]]:
    """Code and field of the errors that wait on a pipe, which are taken off it."""
    found = []
    await pair.link.settle()
    while await pipe.waiting():
        envelope = await pipe.deliver(arrives=False)
        assert isinstance(envelope.body, bodies.ErrorReport)
        found.append((envelope.body.code, envelope.body.field))
    return found


async def to_anchor(pair: Pair, payload: bytes) -> list[tuple[ErrorCode, str | None]]:
    await pair.a.service.receive("midori", payload, Channel.CLIENT)
    return await errors(pair, pair.link.to_b())


async def to_callee(pair: Pair, payload: bytes) -> list[tuple[ErrorCode, str | None]]:
    await pair.b.service.receive("aoba", payload, Channel.QUEUE)
    return await errors(pair, pair.link.to_a())


def line_of_dispatcher(text: str = "x", **changes: Any) -> bodies.ChatMessage:
    return bodies.ChatMessage(
        client_id=f"c-{text}", sender=SenderRole.DISPATCHER, text=text, **changes
    )


def numbered(seq: int, client_id: str, text: str = "x") -> bodies.ChatMessage:
    return bodies.ChatMessage(
        client_id=client_id,
        sender=SenderRole.CALLER,
        text=text,
        seq=seq,
        at=datetime(2026, 4, 1, tzinfo=UTC),
    )


def from_owner(pair: Pair, body: Any = None, **changes: Any) -> bytes:
    """A dispatcher's line of midori, next in its count unless said otherwise."""
    like = carried(pair, MessageType.CALL_ANSWERED)
    assert like.call_id is not None
    changes = {
        "n": pair.a.live(like.call_id).n_in["midori"] + 1,
        "type": MessageType.CHAT_MESSAGE,
    } | changes
    return forged(like, body=body or line_of_dispatcher(), **changes)


def from_anchor(pair: Pair, body: Any, **changes: Any) -> bytes:
    """A message of the anchor, next in its count unless said otherwise."""
    like = carried(pair, MessageType.CALL_ASSIGN)
    assert like.call_id is not None
    changes = {
        "n": pair.b.live(like.call_id).n_in["aoba"] + 1,
        "type": MessageType.CHAT_MESSAGE,
    } | changes
    return forged(like, body=body, **changes)


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"epoch": 1}, ErrorCode.STALE_EPOCH, "epoch"),
        ({"epoch": 3}, ErrorCode.WRONG_STATE, "epoch"),
        ({"mode": Mode.DRILL}, ErrorCode.MODE_MISMATCH, "mode"),
        ({"mode": Mode.LIVE}, ErrorCode.MODE_MISMATCH, "mode"),
        ({"call_id": uuid4(), "n": 1}, ErrorCode.UNKNOWN_CALL, "callId"),
        (
            {"via": Via(destination="/queue/midori.callee", operator="akane")},
            ErrorCode.VIA_MISMATCH,
            "via",
        ),
        (
            {"via": Via(destination="/queue/akane.callee", operator="midori")},
            ErrorCode.VIA_MISMATCH,
            "via",
        ),
        ({"via": via_of("midori", Channel.QUEUE)}, ErrorCode.VIA_MISMATCH, "via"),
        ({"n": 1}, ErrorCode.INVALID_ENVELOPE, "n"),
        ({"n": 2000}, ErrorCode.INVALID_ENVELOPE, "n"),
    ],
)
def test_an_owners_line_that_does_not_fit_is_refused(
    changes: dict[str, Any], code: ErrorCode, field: str
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        assert await to_anchor(pair, from_owner(pair, **changes)) == [(code, field)]
        assert await pair.a.lines(call_id) == []
        assert pair.refusals(pair.a) == [code.value]
        assert pair.a.live(call_id).known().state is CallState.ANSWERED

    on_pair(work)


def test_a_message_of_a_provider_that_was_never_offered_the_call_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        payload = from_owner(pair, n=1, via=via_of("akane", Channel.CLIENT))
        await pair.a.service.receive("akane", payload, Channel.CLIENT)
        assert pair.refusals(pair.a) == ["not-your-call"]
        assert await pair.a.lines(call_id) == []

    on_pair(work)


def test_an_offer_of_a_call_that_is_anchored_elsewhere_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        offer = carried(pair, MessageType.CALL_OFFER)
        payload = forged(offer, n=1, via=via_of("akane", Channel.QUEUE))
        await pair.b.service.receive("akane", payload, Channel.QUEUE)
        assert pair.refusals(pair.b) == ["not-your-call"]
        assert pair.b.live(call_id).known().anchor == "aoba"

    on_pair(work)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (line_of_dispatcher(seq=9, at=datetime(2026, 4, 1, tzinfo=UTC)), "invalid-body", "seq"),
        (line_of_dispatcher(choice={"seq": 1, "option_id": "no"}), "invalid-body", "choice"),
    ],
)
def test_an_owners_line_with_a_wrong_body_is_refused(
    body: bodies.ChatMessage, code: str, field: str
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        ((found, where),) = await to_anchor(pair, from_owner(pair, body))
        assert found.value == code
        assert where is not None
        assert where.endswith(field)
        assert await pair.a.lines(call_id) == []
        # The count goes on behind what was refused.
        await to_anchor(pair, b"{}")
        await pair.a.service.receive("midori", from_owner(pair), Channel.CLIENT)
        assert [line.text for line in await pair.a.lines(call_id)] == ["x"]

    on_pair(work)


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        (b"", ErrorCode.MALFORMED_JSON),
        (b"\xff\xfe", ErrorCode.MALFORMED_JSON),
        (b"{", ErrorCode.MALFORMED_JSON),
        (b"[]", ErrorCode.INVALID_ENVELOPE),
        (b"{}", ErrorCode.UNSUPPORTED_PROFILE),
        (b'{"profile": "net119-interconnect/1", "type": "call.hold"}', ErrorCode.UNKNOWN_TYPE),
        (b'{"profile": "net119-interconnect/1", "type": "error"}', None),
        (b" " * (256 * 1024 + 1), ErrorCode.TOO_LARGE),
    ],
)
def test_what_cannot_be_read_is_answered_unless_it_is_an_error(
    payload: bytes, code: ErrorCode | None
) -> None:
    async def work(pair: Pair) -> None:
        found = await to_callee(pair, payload)
        assert [each for each, _ in found] == ([] if code is None else [code])
        assert len(pair.refusals(pair.b)) == 1

    on_pair(work)


# --- ids --------------------------------------------------------------------------------------


def test_an_id_with_other_content_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        used = carried(pair, MessageType.CALL_ANSWERED).message_id
        found = await to_anchor(pair, from_owner(pair, message_id=used))
        assert found == [(ErrorCode.ID_REUSED, "messageId")]
        assert await pair.a.lines(call_id) == []

    on_pair(work)


def test_an_id_that_is_used_in_another_call_is_refused_and_stops_nobody() -> None:
    async def work(pair: Pair) -> None:
        await pair.talking()
        first = carried(pair, MessageType.CALL_ANSWERED)
        second = await pair.talking()
        found = await to_anchor(pair, from_owner(pair, message_id=first.message_id))
        assert found == [(ErrorCode.ID_REUSED, "messageId")]
        await pair.a.service.caller_says(pair.caller, second, new_line("still there?"))
        await pair.link.flow()
        assert [line.text for line in await pair.same_lines(second)] == ["still there?"]

    on_pair(work)


def test_an_id_of_a_call_that_is_no_longer_in_memory_stops_nobody() -> None:
    async def work(pair: Pair) -> None:
        first = await pair.talking()
        used = carried(pair, MessageType.CALL_ANSWERED).message_id
        second = await pair.talking()
        core = pair.a.service.core
        core.lives.pop(first)
        pair.a.service._inbound._call_of.clear()
        await pair.a.service.receive("midori", from_owner(pair, message_id=used), Channel.CLIENT)
        assert [line.text for line in await pair.a.lines(second)] == ["x"]

    on_pair(work)


def test_an_id_that_waits_under_another_count_is_refused_and_stops_nobody() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        n = pair.a.live(call_id).n_in["midori"]
        one = uuid4()
        early = from_owner(pair, line_of_dispatcher("early"), message_id=one, n=n + 3)
        assert await to_anchor(pair, early) == []
        for wrong in n + 2, n + 1:
            payload = from_owner(pair, line_of_dispatcher("other"), message_id=one, n=wrong)
            assert await to_anchor(pair, payload) == [(ErrorCode.ID_REUSED, "messageId")]
        other = from_owner(pair, line_of_dispatcher("other"), n=n + 3)
        assert await to_anchor(pair, other) == [(ErrorCode.ID_REUSED, "n")]
        for number in n + 1, n + 2:
            payload = from_owner(pair, line_of_dispatcher(f"n{number}"), n=number)
            await pair.a.service.receive("midori", payload, Channel.CLIENT)
        texts = [line.text for line in await pair.a.lines(call_id)]
        assert texts == [f"n{n + 1}", f"n{n + 2}", "early"]

    on_pair(work)


def test_the_same_message_twice_while_it_waits_is_one_message() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        n = pair.a.live(call_id).n_in["midori"]
        early = from_owner(pair, line_of_dispatcher("early"), n=n + 2)
        assert await to_anchor(pair, early) == []
        assert await to_anchor(pair, early) == []
        await pair.a.service.receive("midori", from_owner(pair), Channel.CLIENT)
        assert [line.text for line in await pair.a.lines(call_id)] == ["x", "early"]
        assert pair.refusals(pair.a) == []

    on_pair(work)


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
