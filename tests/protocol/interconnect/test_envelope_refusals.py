"""What ``decode`` refuses: the code, the field and what an answer needs, for each defect."""

import json
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.codes import ErrorCode, Mode
from net119_protocol.interconnect import (
    BODY_OF,
    MAX_BYTES,
    PROFILE,
    EnvelopeRefused,
    MessageType,
    Via,
    bodies,
    decode,
)
from net119_protocol.interconnect.envelope import MAX_DEPTH

MESSAGE_ID = "11111111-2222-4333-8444-555555555555"
CALL_ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"
GONE: Any = object()

RINGING: dict[str, Any] = {
    "profile": PROFILE,
    "messageId": MESSAGE_ID,
    "type": "call.ringing",
    "callId": CALL_ID,
    "epoch": 2,
    "n": 3,
    "mode": "drill",
    "sentAt": "2026-04-01T00:00:00.000Z",
    "via": {"destination": "/queue/aoba.caller", "operator": "aoba"},
    "body": {"center": "east"},
}
LINE = {
    **RINGING,
    "type": "chat.message",
    "body": {"clientId": "c-1", "sender": "caller", "text": "火事です"},
}


def changed(base: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The message with these fields instead; ``GONE`` takes one out."""
    both = {**base, **fields}
    return {name: value for name, value in both.items() if value is not GONE}


def with_body(base: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {**base, "body": changed(base["body"], **fields)}


def as_bytes(message: Any) -> bytes:
    return json.dumps(message).encode()


def refusal(data: bytes) -> EnvelopeRefused:
    with pytest.raises(EnvelopeRefused) as caught:
        decode(data)
    return caught.value


def nested(depth: int) -> bytes:
    """A good message with an unknown field so that it is nested ``depth`` deep in all."""
    arrays = depth - 1
    return as_bytes(RINGING)[:-1] + b',"later":' + b"[" * arrays + b"]" * arrays + b"}"


def test_the_messages_that_the_tables_break_are_good() -> None:
    assert decode(as_bytes(RINGING)).body == bodies.CallRinging(center="east")
    assert decode(as_bytes(LINE)).type is MessageType.CHAT_MESSAGE


BAD_HEADER: list[tuple[str, Any, str]] = [
    ("messageId", GONE, "messageId"),
    ("messageId", None, "messageId"),
    ("messageId", 5, "messageId"),
    ("messageId", "not-a-uuid", "messageId"),
    ("callId", GONE, "callId"),
    ("callId", None, "callId"),
    ("callId", "x", "callId"),
    ("callId", [], "callId"),
    ("epoch", -1, "epoch"),
    ("epoch", "1", "epoch"),
    ("epoch", 1.5, "epoch"),
    ("epoch", True, "epoch"),
    ("epoch", None, "epoch"),
    ("epoch", 2**53, "epoch"),
    ("epoch", 10**400, "epoch"),
    ("n", GONE, "n"),
    ("n", 0, "n"),
    ("n", -1, "n"),
    ("n", [], "n"),
    ("n", "3", "n"),
    ("n", False, "n"),
    ("mode", GONE, "mode"),
    ("mode", "LIVE", "mode"),
    ("mode", [], "mode"),
    ("mode", {}, "mode"),
    ("sentAt", GONE, "sentAt"),
    ("sentAt", "2026-04-01T00:00:00", "sentAt"),
    ("sentAt", "2026-04-01", "sentAt"),
    ("sentAt", "2026-04-01 00:00:00Z", "sentAt"),
    ("sentAt", "2026-02-30T00:00:00Z", "sentAt"),
    ("sentAt", "2026-06-30T23:59:60Z", "sentAt"),
    ("sentAt", "２０２６-04-01T00:00:00Z", "sentAt"),
    ("sentAt", 1775000000, "sentAt"),
    ("sentAt", "1775000000", "sentAt"),
    ("sentAt", "0001-01-01T00:00:00+14:00", "sentAt"),
    ("sentAt", "9999-12-31T23:59:59-14:00", "sentAt"),
    ("via", GONE, "via"),
    ("via", "aoba", "via"),
    ("via", {"operator": "aoba"}, "via.destination"),
    ("via", {"operator": "aoba", "destination": ""}, "via.destination"),
    ("via", {"operator": "aoba", "destination": "x" * 201}, "via.destination"),
    ("via", {"operator": "aoba", "destination": "a\x00"}, "via.destination"),
    ("via", {"operator": "AOBA", "destination": "x"}, "via.operator"),
    ("inReplyTo", "x", "inReplyTo"),
    ("inReplyTo", 0, "inReplyTo"),
    ("body", GONE, "body"),
    ("body", None, "body"),
    ("body", [], "body"),
    ("body", "center", "body"),
]


@pytest.mark.parametrize(("name", "value", "field"), BAD_HEADER)
def test_a_wrong_header_field_is_named(name: str, value: Any, field: str) -> None:
    refused = refusal(as_bytes(changed(RINGING, **{name: value})))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_ENVELOPE, field)
    assert refused.detail
    assert refused.type == "call.ringing"


BAD_BODY: list[tuple[dict[str, Any], dict[str, Any], str]] = [
    (RINGING, {"center": GONE}, "body.center"),
    (RINGING, {"center": "East Side"}, "body.center"),
    (RINGING, {"center": "x" * 41}, "body.center"),
    (RINGING, {"center": 7}, "body.center"),
    (RINGING, {"center": "a\ud800"}, "body.center"),
    (LINE, {"clientId": "with space"}, "body.clientId"),
    (LINE, {"clientId": ""}, "body.clientId"),
    (LINE, {"clientId": "x" * 65}, "body.clientId"),
    (LINE, {"clientId": "鍵"}, "body.clientId"),
    (LINE, {"sender": "robot"}, "body.sender"),
    (LINE, {"text": "x" * 2001}, "body.text"),
    (LINE, {"text": "a\ud800b"}, "body.text"),
    (LINE, {"text": "\udfff"}, "body.text"),
    (LINE, {"text": "a\x00b"}, "body.text"),
    (LINE, {"text": 119}, "body.text"),
    (LINE, {"text": " \n　"}, "body"),
    (LINE, {"text": GONE}, "body"),
    (LINE, {"senderName": "\ud83d"}, "body.senderName"),
    (LINE, {"seq": 1}, "body"),
    (LINE, {"at": "2026-04-01T00:00:00Z"}, "body"),
    (LINE, {"seq": 0, "at": "2026-04-01T00:00:00Z"}, "body.seq"),
    (LINE, {"seq": True, "at": "2026-04-01T00:00:00Z"}, "body.seq"),
    (LINE, {"seq": 2**63, "at": "2026-04-01T00:00:00Z"}, "body.seq"),
    (LINE, {"options": {}}, "body.options"),
    (LINE, {"options": [{"id": "a", "label": "x"}] * 2}, "body"),
    (LINE, {"options": [{"id": "a"}]}, "body.options.0.label"),
    (LINE, {"options": [{"id": "a", "label": "x\x00"}]}, "body.options.0.label"),
    (LINE, {"options": [{"id": str(i), "label": "x"} for i in range(21)]}, "body.options"),
    (LINE, {"choice": {"seq": 0, "optionId": "a"}}, "body.choice.seq"),
    (LINE, {"choice": {"seq": 1}}, "body.choice.optionId"),
]


@pytest.mark.parametrize(("base", "fields", "field"), BAD_BODY)
def test_a_wrong_body_field_is_named(
    base: dict[str, Any], fields: dict[str, Any], field: str
) -> None:
    refused = refusal(as_bytes(with_body(base, **fields)))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_BODY, field)
    assert refused.detail


BAD_JSON: list[tuple[str, bytes]] = [
    ("empty", b""),
    ("blank", b"  "),
    ("cut off", as_bytes(RINGING)[:-1]),
    ("two values", as_bytes(RINGING) * 2),
    ("not UTF-8", as_bytes(RINGING).replace(b"east", b"e\xffst")),
    ("Shift_JIS", json.dumps(LINE, ensure_ascii=False).encode("shift_jis")),
    ("UTF-16", json.dumps(RINGING).encode("utf-16")),
    ("byte order mark", b"\xef\xbb\xbf" + as_bytes(RINGING)),
    ("a surrogate in UTF-8", as_bytes(RINGING).replace(b"east", b"e\xed\xa0\x80st")),
    ("NaN", as_bytes(RINGING).replace(b'"n": 3', b'"n": NaN')),
    ("Infinity", as_bytes(RINGING).replace(b'"n": 3', b'"n": Infinity')),
    ("-Infinity in an unknown field", as_bytes({**RINGING, "later": float("-inf")})),
    ("a raw NUL", as_bytes(RINGING).replace(b"east", b"e\x00st")),
    ("endless number", as_bytes(RINGING).replace(b'"n": 3', b'"n": ' + b"9" * 5000)),
    ("single quotes", b"{'profile': 'x'}"),
    ("too deep", nested(MAX_DEPTH + 1)),
    ("far too deep", nested(100_000)),
    ("never closed", b"[" * 100_000),
    ("a name twice", as_bytes(RINGING)[:-1] + b',"n":4}'),
    ("a name twice inside", as_bytes({**RINGING, "body": 0}).replace(b"0}", b'{"a":1,"a":1}}')),
]


@pytest.mark.parametrize("data", [data for _, data in BAD_JSON], ids=[name for name, _ in BAD_JSON])
def test_what_is_no_json_is_malformed(data: bytes) -> None:
    refused = refusal(data)

    assert refused.code is ErrorCode.MALFORMED_JSON
    assert refused.detail


@pytest.mark.parametrize("data", [b"null", b"[]", b'"text"', b"5", b"true"])
def test_a_message_is_an_object(data: bytes) -> None:
    assert refusal(data).code is ErrorCode.INVALID_ENVELOPE


def test_the_deepest_nesting_allowed_is_read() -> None:
    assert decode(nested(MAX_DEPTH)) == decode(as_bytes(RINGING))


def test_of_a_name_that_stands_twice_neither_value_is_used() -> None:
    """Which message was meant is unknown, so the refusal answers none; the rest is still read."""
    other = b',"messageId":"00000000-2222-4333-8444-555555555555"}'

    refused = refusal(as_bytes(RINGING)[:-1] + other)

    assert refused.message_id is None
    assert refused.call_id == UUID(CALL_ID)


@pytest.mark.parametrize(
    "profile", [GONE, None, "", "net119-interconnect/2", "TS-1022", [], {}, 1, [[[]]]]
)
def test_another_profile_is_refused(profile: Any) -> None:
    refused = refusal(as_bytes(changed(RINGING, profile=profile)))

    assert (refused.code, refused.field) == (ErrorCode.UNSUPPORTED_PROFILE, "profile")
    assert PROFILE in refused.detail


@pytest.mark.parametrize("kind", [GONE, None, "", "call.dance", "CALL.OFFER", [], {}, 5, True])
def test_an_unknown_type_is_refused(kind: Any) -> None:
    refused = refusal(as_bytes(changed(RINGING, type=kind)))

    assert (refused.code, refused.field) == (ErrorCode.UNKNOWN_TYPE, "type")
    assert refused.message_id == UUID(MESSAGE_ID)


@pytest.mark.parametrize("kind", sorted(set(MessageType) - {"status.report", "error"}))
def test_all_types_but_two_belong_to_a_call(kind: str) -> None:
    n = 0 if kind == "chat.resume" else 1

    refused = refusal(as_bytes(changed(RINGING, type=kind, n=n, callId=GONE)))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_ENVELOPE, "callId")


@pytest.mark.parametrize("kind", ["status.report", "error", "chat.resume"])
def test_a_type_that_is_not_counted_has_no_number(kind: str) -> None:
    refused = refusal(as_bytes(changed(RINGING, type=kind, n=1)))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_ENVELOPE, "n")


def test_a_message_that_is_too_large_is_refused_unread() -> None:
    refused = refusal(b" " * (MAX_BYTES + 1))

    assert refused.code is ErrorCode.TOO_LARGE
    assert str(MAX_BYTES) in refused.detail
    padding = b" " * (MAX_BYTES - len(as_bytes(RINGING)))
    assert decode(as_bytes(RINGING) + padding) == decode(as_bytes(RINGING))


def test_names_are_those_of_the_wire_only() -> None:
    """``message_id`` is an unknown name like any other: there is one spelling."""
    renamed = {**changed(RINGING, messageId=GONE), "message_id": MESSAGE_ID}

    refused = refusal(as_bytes(renamed))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_ENVELOPE, "messageId")


def test_a_refusal_carries_what_an_answer_needs() -> None:
    refused = refusal(as_bytes(with_body(RINGING, center="")))

    assert refused.message_id == UUID(MESSAGE_ID)
    assert refused.call_id == UUID(CALL_ID)
    assert refused.via == Via(destination="/queue/aoba.caller", operator="aoba")
    assert refused.mode is Mode.DRILL
    assert refused.type == "call.ringing"
    assert str(refused).startswith("invalid-body (body.center): ")


def test_a_refusal_carries_nothing_that_could_not_be_read() -> None:
    refused = refusal(b'{"messageId": 5, "callId": [], "via": {"operator": 1}, "mode": {}}')

    assert refused.message_id is None
    assert refused.call_id is None
    assert refused.via is None
    assert refused.mode is None
    assert refused.type is None


def test_a_type_that_cannot_be_sent_back_is_made_sendable() -> None:
    refused = refusal(as_bytes(changed(RINGING, type="x\ud800\x00" + "y" * 300)))

    assert refused.type == "x\ufffd\ufffd" + "y" * 197
    report = bodies.ErrorReport(
        code=refused.code, detail=refused.detail, offending_type=refused.type
    )
    assert report.model_dump_json().encode()


def test_the_detail_counts_further_flaws() -> None:
    refused = refusal(as_bytes(changed(RINGING, epoch=-1, mode="x", sentAt=1)))

    assert refused.field == "epoch"
    assert refused.detail.endswith("(and 2 more)")


def test_the_header_is_judged_before_the_body() -> None:
    refused = refusal(as_bytes(changed(with_body(RINGING, center=""), epoch=-1)))

    assert (refused.code, refused.field) == (ErrorCode.INVALID_ENVELOPE, "epoch")


def test_unknown_fields_are_ignored_whatever_they_hold() -> None:
    later: dict[str, Any] = {"a": None, "b": [1.5e300, "\ud800\x00"], "c": {"d": {}}}

    read = decode(as_bytes({**with_body(RINGING, later=later), "later": later}))

    assert read == decode(as_bytes(RINGING))


def test_every_type_has_its_body_and_no_two_share_one() -> None:
    assert set(BODY_OF) == set(MessageType)
    assert len(set(BODY_OF.values())) == len(MessageType)
