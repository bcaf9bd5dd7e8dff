"""Whatever arrives, ``decode`` reads it or refuses it; what was encoded is read as it was."""

import copy
import json
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from net119_protocol import codes
from net119_protocol.chat import Option
from net119_protocol.interconnect import (
    Envelope,
    EnvelopeRefused,
    MessageType,
    Via,
    bodies,
    decode,
    encode,
)
from net119_protocol.interconnect.types import UNCOUNTED
from net119_protocol.model import MAX_COUNT
from net119_protocol.spec import interconnect_schema

GOLDEN = [
    json.loads(path.read_bytes()) for path in sorted((Path(__file__).parent / "golden").glob("*"))
]
SCHEMA = Draft202012Validator(interconnect_schema())

SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(st.characters(exclude_categories=()), max_size=20)
    | st.sampled_from(["\ud800", "\x00", "", 10**400, -1, 2**63, "2026-04-01T00:00:00Z", "live"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=12,
)


def read_or_refused(data: bytes) -> Envelope | None:
    """Anything but these two outcomes fails the test that calls this."""
    try:
        read = decode(data)
    except EnvelopeRefused as error:
        refused = error
    else:
        assert decode(encode(read)) == read
        return read
    # A refusal must itself be fit to be sent.
    report = bodies.ErrorReport(
        code=refused.code, detail=refused.detail, field=refused.field, offending_type=refused.type
    )
    assert report.detail
    assert report.model_dump_json().encode()
    return None


@settings(deadline=None)
@given(st.binary(max_size=300))
@example(b"\xef\xbb\xbf{}")
@example(b"[" * 5000)
def test_arbitrary_bytes(data: bytes) -> None:
    assert read_or_refused(data) is None


@settings(deadline=None)
@given(JSON)
@example({"profile": "net119-interconnect/1", "type": []})
@example({"profile": "net119-interconnect/1", "type": "error", "mode": {}})
def test_arbitrary_json(value: Any) -> None:
    assert read_or_refused(json.dumps(value).encode()) is None


def _places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a JSON value, as the keys that lead there."""
    pairs: list[tuple[Any, Any]] = []
    if isinstance(value, dict):
        pairs = list(value.items())
    elif isinstance(value, list):
        pairs = list(enumerate(value))
    return [path, *(place for key, each in pairs for place in _places(each, (*path, key)))]


@st.composite
def mutated(draw: st.DrawFn) -> dict[str, Any]:
    """A golden message with one to three places changed, taken out or added."""
    message: dict[str, Any] = copy.deepcopy(draw(st.sampled_from(GOLDEN)))
    for _ in range(draw(st.integers(1, 3))):
        path = draw(st.sampled_from(_places(message)[1:]))
        holder: Any = message
        for key in path[:-1]:
            holder = holder[key]
        action = draw(st.sampled_from(["change", "take out", "add"]))
        if action == "change":
            holder[path[-1]] = draw(JSON)
        elif action == "take out":
            del holder[path[-1]]
        elif isinstance(holder, dict):
            holder[draw(st.text(max_size=10))] = draw(JSON)
        else:
            holder.append(draw(JSON))
        if len(_places(message)) == 1:
            break
    return message


@settings(deadline=None, max_examples=400, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutated_messages(message: dict[str, Any]) -> None:
    """What is read also fits the published schema: ``decode`` is never laxer than it."""
    if read_or_refused(json.dumps(message).encode()) is not None:
        assert [error.message for error in SCHEMA.iter_errors(message)] == []


@settings(deadline=None, max_examples=200)
@given(st.sampled_from(GOLDEN), st.data())
def test_broken_bytes(message: dict[str, Any], data: st.DataObject) -> None:
    """One byte changed, cut out or put in, anywhere."""
    good = json.dumps(message, ensure_ascii=False).encode()
    at = data.draw(st.integers(0, len(good) - 1))
    byte = bytes([data.draw(st.integers(0, 255))])
    keep = data.draw(st.sampled_from([0, 1]))
    read_or_refused(good[:at] + byte + good[at + keep :])
    read_or_refused(good[:at] + good[at + 1 :])
    assert decode(good).type is MessageType(message["type"])


TEXT = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=200)
LINE_TEXT = TEXT.filter(lambda text: bool(text.strip()))
CLIENT_ID = st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=64)
CODE = st.from_regex(r"\A[a-z0-9][a-z0-9._-]{0,39}\Z")
COUNT = st.integers(0, MAX_COUNT)
TIME = st.datetimes(
    datetime(1, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    datetime(9999, 12, 30),  # noqa: DTZ001 - likewise
    timezones=st.integers(-14 * 60, 14 * 60).map(lambda m: timezone(timedelta(minutes=m))),
)


def build(model: type[Any], **fields: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """Values of a model; `st.builds` would fill in the aliases by itself."""
    return st.fixed_dictionaries(fields).map(lambda values: model(**values))


SIMPLE_BODIES = {
    MessageType.CALL_ACCEPT: build(bodies.CallAccept, department=CODE, center=CODE),
    MessageType.CALL_REJECT: build(
        bodies.CallReject, reason=st.sampled_from(codes.RejectReason), detail=TEXT
    ),
    MessageType.CALL_ASSIGN: build(bodies.CallAssign, department=CODE, last_seq=COUNT),
    MessageType.CALL_ANSWERED: build(bodies.CallAnswered, dispatcher=TEXT, answered_at=TIME),
    MessageType.CHAT_MESSAGE: build(
        bodies.ChatMessage,
        client_id=CLIENT_ID,
        sender=st.sampled_from(codes.SenderRole),
        sender_name=TEXT,
        text=LINE_TEXT,
        options=st.lists(
            build(Option, id=CLIENT_ID, label=LINE_TEXT.map(lambda text: text[:100])),
            max_size=20,
            unique_by=lambda option: option.id,
        ).map(tuple),
    ),
    MessageType.CHAT_RESUME: build(bodies.ChatResume, after_n=COUNT, after_seq=COUNT),
    MessageType.CALLER_PRESENCE: build(
        bodies.CallerPresence, presence=st.sampled_from(codes.Presence), since=TIME
    ),
    MessageType.ERROR: build(
        bodies.ErrorReport,
        code=st.sampled_from(codes.ErrorCode),
        detail=TEXT,
        field=st.none() | TEXT,
        offending_type=st.none() | TEXT,
        current_epoch=st.none() | COUNT,
    ),
}


@st.composite
def envelopes(draw: st.DrawFn) -> Envelope:
    kind = draw(st.sampled_from(sorted(SIMPLE_BODIES)))
    return Envelope(
        message_id=draw(st.uuids()),
        type=kind,
        call_id=draw(st.uuids()),
        epoch=draw(COUNT),
        n=0 if kind in UNCOUNTED else draw(st.integers(1, MAX_COUNT)),
        mode=draw(st.sampled_from(codes.Mode)),
        sent_at=draw(TIME),
        via=Via(destination=draw(LINE_TEXT), operator=draw(CODE)),
        in_reply_to=draw(st.none() | st.uuids()),
        body=draw(SIMPLE_BODIES[kind]),
    )


@settings(deadline=None)
@given(envelopes())
def test_what_was_encoded_is_read_as_it_was(envelope: Envelope) -> None:
    data = encode(envelope)

    assert decode(data) == envelope
    assert encode(decode(data)) == data
    assert [error.message for error in SCHEMA.iter_errors(json.loads(data))] == []


@settings(deadline=None)
@given(TIME)
def test_a_moment_is_the_same_in_every_time_zone(moment: datetime) -> None:
    there = bodies.CallerPresence(presence=codes.Presence.GONE, since=moment)
    here = bodies.CallerPresence(presence=codes.Presence.GONE, since=moment.astimezone(UTC))

    assert there == here
    assert there.model_dump_json() == here.model_dump_json()
    assert there.since.microsecond % 1000 == 0


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-04-01T09:00:00+09:00", "2026-04-01T00:00:00.000Z"),
        ("2026-03-31T10:00:00.5-14:00", "2026-04-01T00:00:00.500Z"),
        ("2026-04-01t00:00:00z", "2026-04-01T00:00:00.000Z"),
        ("2026-04-01T00:00:00.123999Z", "2026-04-01T00:00:00.123Z"),
        ("2026-04-01T00:00:00.1234567890Z", "2026-04-01T00:00:00.123Z"),
        ("2026-04-01T05:45:00+05:45", "2026-04-01T00:00:00.000Z"),
    ],
)
def test_times_are_written_in_utc_with_milliseconds(written: str, read: str) -> None:
    presence = bodies.CallerPresence.model_validate({"presence": "gone", "since": written})

    assert json.loads(presence.model_dump_json())["since"] == read
