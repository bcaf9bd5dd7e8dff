"""Frozen bytes of every message type: what is on the wire today must be readable tomorrow.

The values are written down here, the bytes beside; neither is computed from the other.
"""

import json
import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from net119_protocol import codes
from net119_protocol.interconnect import (
    BODY_OF,
    Body,
    Envelope,
    MessageType,
    Via,
    bodies,
    compose,
    decode,
    encode,
)
from pydantic import BaseModel

from tests.protocol.interconnect.golden_values import (
    BARE_OFFER,
    BODIES,
    FORM_OFFER,
    FULL_OFFER,
    FULLEST_OFFER,
    JST,
    TRANSFER_OFFER,
)

GOLDEN = Path(__file__).parent / "golden"


def message(kind: MessageType, body: Body) -> Envelope:
    """The message in which ``body`` travels; every envelope field is set."""
    counted = kind not in {
        MessageType.STATUS_REPORT,
        MessageType.ERROR,
        MessageType.CHAT_RESUME,
    }
    return Envelope(
        message_id=UUID("11111111-2222-4333-8444-555555555555"),
        type=kind,
        call_id=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        epoch=2,
        n=7 if counted else 0,
        mode=codes.Mode.PRACTICE,
        sent_at=datetime(2026, 4, 1, 9, 0, 0, 123000, JST),
        via=Via(destination="/queue/aoba.caller", operator="aoba"),
        in_reply_to=UUID("99999999-2222-4333-8444-555555555555"),
        body=body,
    )


def golden(name: str) -> bytes:
    return (GOLDEN / f"{name}.json").read_bytes()


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_golden_bytes_are_read_as_the_value_written_down(kind: MessageType) -> None:
    assert decode(golden(kind)) == message(kind, BODIES[kind])


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_the_value_written_down_gives_the_golden_bytes(kind: MessageType) -> None:
    assert encode(message(kind, BODIES[kind])) == golden(kind)


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_an_envelope_of_checked_parts_is_the_same(kind: MessageType) -> None:
    whole = message(kind, BODIES[kind])
    parts = {name: value for name, value in whole if name not in ("profile", "type")}
    composed = compose(kind, **parts)
    assert composed == whole
    assert encode(composed) == golden(kind)

    other = BODIES[next(each for each in MessageType if each is not kind)]
    with pytest.raises(ValueError, match=f"not that of {kind.value}"):
        compose(kind, **(parts | {"body": other}))
    with pytest.raises(ValueError, match=f"in {re.escape(kind.value)}"):
        compose(kind, **(parts | {"n": 0 if parts["n"] else 1}))
    if kind not in (MessageType.STATUS_REPORT, MessageType.ERROR):
        with pytest.raises(ValueError, match="callId is missing"):
            compose(kind, **(parts | {"call_id": None}))


def test_every_type_has_a_golden_file_and_every_file_a_test() -> None:
    files = {path.stem for path in GOLDEN.glob("*.json")}
    others = {"call.offer-older", "call.offer-newer", "call.offer-form"}
    others |= {"call.offer-frequent", "call.offer-transfer"}
    others |= {f"{kind.value}-minor0" for kind in MINOR0}
    assert files == {kind.value for kind in MessageType} | others


def _unset(value: BaseModel, data: Any, where: str) -> list[str]:
    """Fields, at any depth, that the JSON does not hold or holds empty."""
    found = []
    for name, info in type(value).model_fields.items():
        path = f"{where}.{info.alias or name}"
        held = data.get(info.alias or name)
        if held in (None, "", []):
            found.append(path)
            continue
        inner = getattr(value, name)
        if isinstance(inner, BaseModel):
            found += _unset(inner, held, path)
        elif isinstance(inner, tuple):
            # Each field must be set in one element at least; a line has a text or a choice.
            per_element = [set(_unset(each, held[index], path)) for index, each in enumerate(inner)]
            found += sorted(set.intersection(*per_element))
    return found


@pytest.mark.parametrize("kind", MessageType, ids=str)
def test_the_golden_message_exercises_every_field(kind: MessageType) -> None:
    offer = kind is MessageType.CALL_OFFER
    body = TRANSFER_OFFER if offer else BODIES[kind]
    data = json.loads(golden("call.offer-transfer" if offer else kind))

    assert type(BODIES[kind]) is BODY_OF[kind]
    assert _unset(message(kind, body), data, "message") == []


OFFERS = [("form", FORM_OFFER), ("frequent", FULLEST_OFFER), ("transfer", TRANSFER_OFFER)]


@pytest.mark.parametrize(("name", "offer"), OFFERS)
def test_offers_that_say_more_have_their_golden_bytes(name: str, offer: bodies.CallOffer) -> None:
    expected = message(MessageType.CALL_OFFER, offer)
    assert decode(golden(f"call.offer-{name}")) == expected
    assert encode(expected) == golden(f"call.offer-{name}")


MINOR0: dict[MessageType, Body] = {
    MessageType.CALL_OFFER: FULL_OFFER,
    MessageType.CALL_ASSIGN: BODIES[MessageType.CALL_ASSIGN],
    MessageType.STATUS_REPORT: BODIES[MessageType.STATUS_REPORT].model_copy(
        update={"until": None, "minor": 0}
    ),
}
"""Messages of minor version 0 to which later ones added fields."""


@pytest.mark.parametrize("kind", MINOR0, ids=str)
def test_the_bytes_of_minor_version_0_are_read(kind: MessageType) -> None:
    assert decode(golden(f"{kind.value}-minor0")) == message(kind, MINOR0[kind])


def test_an_offer_of_an_older_minor_version_is_read() -> None:
    """Everything that was added since may be missing."""
    offer = decode(golden("call.offer-older"))

    assert offer == Envelope(
        message_id=UUID("11111111-2222-4333-8444-555555555555"),
        type=MessageType.CALL_OFFER,
        call_id=UUID("aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee"),
        epoch=0,
        n=1,
        mode=codes.Mode.LIVE,
        sent_at=datetime(2026, 4, 1, tzinfo=UTC),
        via=Via(destination="/queue/aoba.caller", operator="aoba"),
        body=BARE_OFFER,
    )


def test_an_offer_of_a_newer_minor_version_is_read() -> None:
    """Unknown fields are ignored at every level; the rest is read as if they were not there."""
    data = json.loads(golden("call.offer-newer"))

    assert decode(golden("call.offer-newer")) == message(MessageType.CALL_OFFER, FULL_OFFER)
    assert _objects_without(data, "inventedLater") == []


def _objects_without(data: Any, name: str, where: str = "message") -> list[str]:
    if isinstance(data, list):
        return [
            found
            for index, each in enumerate(data)
            for found in _objects_without(each, name, f"{where}.{index}")
        ]
    if not isinstance(data, dict) or where.endswith(name):
        return []
    return [
        *([] if name in data else [where]),
        *(
            found
            for key, each in data.items()
            for found in _objects_without(each, name, f"{where}.{key}")
        ),
    ]
