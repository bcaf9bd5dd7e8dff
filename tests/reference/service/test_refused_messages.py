"""Messages that are refused: each is answered with its reason, recorded, and changes nothing."""

import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from net119_protocol.codes import CallState, ErrorCode, Mode, Presence, SenderRole
from net119_protocol.interconnect import Envelope, MessageType, Via, bodies, decode
from net119_reference.ports import Channel

from tests.reference.service.link import via_of
from tests.reference.service.messages import (
    carried,
    errors,
    from_anchor,
    from_owner,
    line_of_dispatcher,
    to_anchor,
    to_callee,
)
from tests.reference.service.pair import Pair, on_pair
from tests.reference.service.support import new_line


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


@pytest.mark.parametrize(("ahead", "held"), [(1, False), (2, True), (201, True), (202, False)])
def test_a_message_waits_for_at_most_200_earlier_ones(ahead: int, held: bool) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        n = pair.a.live(call_id).n_in["midori"] + ahead
        await pair.a.service.receive("midori", from_owner(pair, n=n), Channel.CLIENT)
        assert (("midori", n) in pair.a.live(call_id).held) is held
        refused = pair.refusals(pair.a)
        assert refused == ([] if ahead < 202 else [ErrorCode.INVALID_ENVELOPE.value])

    on_pair(work)


async def answer_to(pair: Pair, payload: bytes) -> Envelope:
    """The only answer of aoba to a message of midori."""
    await pair.a.service.receive("midori", payload, Channel.CLIENT)
    await pair.link.settle()
    (item,) = await pair.link.to_b().waiting()
    return decode(item.payload)


@pytest.mark.parametrize("known", [True, False])
def test_an_error_names_what_it_refuses_and_the_log_says_the_same(known: bool) -> None:
    """I10: its sender can find the message, and sees the epoch in force."""

    async def work(pair: Pair) -> None:
        call_id = await pair.talking(Mode.DRILL) if known else uuid4()
        if known:
            payload = from_owner(pair, epoch=1)
        else:
            await pair.talking(Mode.DRILL)
            payload = from_owner(pair, call_id=call_id, n=1)
        error = await answer_to(pair, payload)
        assert (error.type, error.in_reply_to) == (MessageType.ERROR, decode(payload).message_id)
        assert (error.call_id, error.mode, error.n) == (call_id, Mode.DRILL, 0)
        body = error.body
        assert isinstance(body, bodies.ErrorReport)
        assert body.offending_type == "chat.message"
        assert (body.current_epoch, error.epoch) == ((2, 2) if known else (None, 0))
        (entry,) = pair.a.service.core.refusals.after(0).entries
        assert (entry.interface, entry.source) == ("B", "midori")
        assert (entry.code, entry.detail) == (body.code.value, body.detail)

    on_pair(work)


def test_an_error_about_what_cannot_be_read_says_as_much_as_could_be() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking(Mode.DRILL)
        message = json.loads(from_owner(pair))
        message["body"] = {"text": 5}
        error = await answer_to(pair, json.dumps(message).encode())
        assert str(error.in_reply_to) == message["messageId"]
        assert (error.call_id, error.mode) == (call_id, Mode.DRILL)
        body = error.body
        assert isinstance(body, bodies.ErrorReport)
        assert (body.code, body.offending_type) == (ErrorCode.INVALID_BODY, "chat.message")
        (entry,) = pair.a.service.core.refusals.after(0).entries
        assert (entry.interface, entry.source, entry.code) == ("B", "midori", "invalid-body")
        assert body.detail in entry.detail
        await errors(pair, pair.link.to_b())

        error = await answer_to(pair, b"{")
        assert (error.in_reply_to, error.call_id, error.mode) == (None, None, Mode.TEST)

    on_pair(work)


def test_an_error_is_never_answered_by_an_error() -> None:
    """Else two providers would never stop."""

    async def work(pair: Pair) -> None:
        await pair.talking()
        report = bodies.ErrorReport(code=ErrorCode.UNKNOWN_CALL, detail="no such call")
        for wrong in ({"call_id": uuid4()}, {"via": via_of("akane", Channel.CLIENT)}):
            payload = from_owner(pair, report, type=MessageType.ERROR, n=0, **wrong)
            assert await to_anchor(pair, payload) == []
        assert pair.refusals(pair.a) == ["unknown-call", "via-mismatch"]

    on_pair(work)


@pytest.mark.parametrize(
    ("epoch", "code"), [(1, ErrorCode.STALE_EPOCH), (9, ErrorCode.WRONG_STATE)]
)
def test_an_anchors_message_under_an_epoch_that_was_never_assigned_is_refused(
    epoch: int, code: ErrorCode
) -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        gone = bodies.CallerPresence(presence=Presence.GONE, since=datetime(2026, 4, 1, tzinfo=UTC))
        payload = from_anchor(pair, gone, type=MessageType.CALLER_PRESENCE, epoch=epoch)
        assert await to_callee(pair, payload) == [(code, "epoch")]
        assert pair.b.live(call_id).known().presence is Presence.CONNECTED

    on_pair(work)


def test_a_message_of_a_provider_that_was_never_offered_the_call_is_refused() -> None:
    async def work(pair: Pair) -> None:
        call_id = await pair.talking()
        payload = from_owner(pair, n=1, via=via_of("akane", Channel.CLIENT))
        await pair.a.service.receive("akane", payload, Channel.CLIENT)
        assert pair.refusals(pair.a) == ["not-your-call"]
        assert await pair.a.lines(call_id) == []

    on_pair(work)


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        (line_of_dispatcher(seq=9, at=datetime(2026, 4, 1, tzinfo=UTC)), "invalid-body", "seq"),
        (line_of_dispatcher(choice={"seq": 1, "option_id": "no"}), "invalid-body", "choice"),
        (
            line_of_dispatcher().model_copy(update={"sender": SenderRole.CALLER}),
            "invalid-body",
            "sender",
        ),
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
