"""A line of text is read without its model: as the model reads it, or not at all."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.api.common import SayFrame
from net119_protocol.api.console import ConsoleIn
from net119_protocol.model import CLIENT_ID_LIMIT, TEXT_LIMIT
from net119_reference.web.said import said_in
from pydantic import TypeAdapter, ValidationError

CALL = UUID("2f0c5e6e-7f0b-4b5c-9d52-0f6f6a1c8a11")
MODEL: TypeAdapter[Any] = TypeAdapter(ConsoleIn)


def by_model(data: bytes) -> Any:
    try:
        return MODEL.validate_json(data)
    except ValidationError:
        return None


def frame(**values: Any) -> bytes:
    said = {"type": "say", "callId": str(CALL), "clientId": "a-1", "text": "助けて"}
    return json.dumps({**said, **values}, ensure_ascii=False).encode("utf-8", "surrogatepass")


@pytest.mark.parametrize(
    "text", ["髙橋 𠮷田 ①", " 救急 ", "\u3000a", "x" * TEXT_LIMIT, "𠮷" * TEXT_LIMIT]
)
def test_a_plain_line_is_read_as_the_model_reads_it(text: str) -> None:
    data = frame(text=text)
    said = said_in(data)
    assert said is not None
    assert said.as_frame() == by_model(data)
    assert (said.call_id, said.text, said.options, said.choice) == (CALL, text, (), None)


def test_a_handset_need_not_name_its_call() -> None:
    data = b'{"type":"say","clientId":"a","text":"b"}'
    said = said_in(data)
    assert said is not None
    assert said.call_id is None
    assert said.as_frame() == by_model(data)


@pytest.mark.parametrize(
    "values",
    [
        {"text": ""},
        {"text": " \u3000\n"},
        {"text": "a\0b"},
        {"text": "\ud842"},
        {"text": "x" * (TEXT_LIMIT + 1)},
        {"text": None},
        {"clientId": ""},
        {"clientId": "a b"},
        {"clientId": "a\x7f"},
        {"clientId": "ａ"},
        {"clientId": "x" * (CLIENT_ID_LIMIT + 1)},
        {"callId": "1_2f0c5e6e7f0b4b5c9d520f6f6a1c8a1"},
        {"callId": "?"},
        {"type": "hello"},
        {"more": 1},
    ],
)
def test_what_the_model_refuses_is_left_to_it(values: dict[str, Any]) -> None:
    data = frame(**values)
    assert by_model(data) is None
    assert said_in(data) is None


@pytest.mark.parametrize(
    "values",
    [
        {"callId": str(CALL).upper()},
        {"callId": CALL.hex},
        {"text": "", "choice": {"seq": 1, "optionId": "a"}},
        {"options": [{"id": "a", "label": "はい"}]},
    ],
)
def test_what_is_not_plain_is_left_to_the_model(values: dict[str, Any]) -> None:
    data = frame(**values)
    assert isinstance(by_model(data), SayFrame)
    assert said_in(data) is None


_KEYS = st.sampled_from(("type", "callId", "clientId", "text", "options", "choice", "call_id"))
_VALUES = st.one_of(
    st.just("say"), st.just(str(CALL)), st.just("a-1"), st.text(max_size=5), st.none(), st.just([])
)


@settings(max_examples=60)
@given(st.lists(st.tuples(_KEYS, _VALUES), max_size=6), st.binary(max_size=2))
def test_it_never_reads_anything_else_than_the_model(
    pairs: list[tuple[str, Any]], rest: bytes
) -> None:
    """Keys that are doubled or missing, values of another kind, octets behind the end."""
    fields = ['"type":"say"', '"clientId":"a-1"', '"text":"b"']
    fields += [f"{json.dumps(key)}:{json.dumps(value)}" for key, value in pairs]
    data = f"{{{','.join(fields)}}}".encode("utf-8", "surrogatepass") + rest
    said = said_in(data)
    assert said is None or said.as_frame() == by_model(data)
