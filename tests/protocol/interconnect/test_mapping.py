"""Mappings: every message passes through another form unchanged, and what is no message is refused.

The second mapping, in ``tests/mappings``, has names, codes and a structure of its own.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.codes import ErrorCode
from net119_protocol.interconnect import Envelope, EnvelopeRefused, decode, encode
from net119_protocol.interconnect.envelope import MAX_BYTES, MAX_DEPTH
from net119_protocol.interconnect.mapping import (
    Chosen,
    MappingFailed,
    UnknownMapping,
    load_mapping,
)

SECOND = "tests.mappings.second:SecondMapping"
GOLDEN = sorted((Path(__file__).parent / "golden").glob("*"))
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["hd", "ct", "ret", "v", "knd", "mid", "md", "geo"]) | st.text(),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


def golden(name: str) -> Envelope:
    [path] = [each for each in GOLDEN if each.name.startswith(name)]
    return decode(path.read_bytes())


def refused(mapping: Chosen, data: bytes) -> EnvelopeRefused:
    with pytest.raises(EnvelopeRefused) as caught:
        mapping.from_wire(data)
    return caught.value


def outcome(mapping: Chosen, data: bytes) -> EnvelopeRefused | None:
    """The refusal; ``None`` if it is read.  Anything else fails the test."""
    try:
        mapping.from_wire(data)
    except EnvelopeRefused as error:
        return error
    return None


@pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
def test_every_message_comes_back_as_it_was(path: Path) -> None:
    second, profile = load_mapping(SECOND), load_mapping()
    envelope = decode(path.read_bytes())
    wire = second.to_wire(envelope)
    assert second.from_wire(wire) == envelope
    assert profile.to_wire(envelope) == encode(envelope)
    assert profile.from_wire(encode(envelope)) == envelope
    # The two forms have nothing in common: neither is read as the other.
    assert envelope.type.value.encode() not in wire
    assert refused(profile, wire).code is ErrorCode.UNSUPPORTED_PROFILE
    assert refused(second, encode(envelope)).code is ErrorCode.UNSUPPORTED_PROFILE


@given(st.binary(max_size=200) | JSON.map(lambda value: json.dumps(value).encode()))
def test_whatever_comes_is_read_or_refused(data: bytes) -> None:
    for mapping in (load_mapping(SECOND), load_mapping()):
        refused(mapping, data)


@given(
    st.sampled_from(GOLDEN),
    st.sampled_from(["hd", "ct", "ret", "v", "mid", "knd", "cas", "no", "md", "ts"]),
    JSON,
)
def test_a_spoilt_message_is_refused_with_what_an_answer_needs(
    path: Path, name: str, value: Any
) -> None:
    second = load_mapping(SECOND)
    envelope = decode(path.read_bytes())
    wire = json.loads(second.to_wire(envelope))
    (wire if name in wire else wire["hd"])[name] = value
    error = outcome(second, json.dumps(wire).encode())
    if error is None:
        return  # the value fits, or nobody asks for that name
    if name not in ("hd", "mid"):
        assert error.message_id == envelope.message_id
    if name not in ("hd", "md"):
        assert error.mode is envelope.mode


def test_a_refusal_names_the_field_as_the_wire_does() -> None:
    second = load_mapping(SECOND)
    envelope = golden("chat.message")
    error = refused(second, second.altered(envelope, messageId="no uuid"))
    assert (error.code, error.field) == (ErrorCode.INVALID_ENVELOPE, "hd.mid")
    wire = json.loads(second.to_wire(envelope))
    del wire["ct"]["mark"]
    error = refused(second, json.dumps(wire).encode())
    assert (error.code, error.field) == (ErrorCode.INVALID_BODY, "ct.mark")
    assert error.message_id == envelope.message_id


def test_an_unknown_code_is_refused_as_unknown_and_a_twice_written_name_too() -> None:
    second = load_mapping(SECOND)
    envelope = golden("call.ringing")
    error = refused(second, second.altered(envelope, type="call.teleport"))
    assert (error.code, error.message_id) == (ErrorCode.UNKNOWN_TYPE, envelope.message_id)
    # The profile's own code means nothing here.
    error = refused(second, second.to_wire(envelope).replace(b'"md":"2"', b'"md":"practice"'))
    assert (error.code, error.field) == (ErrorCode.INVALID_ENVELOPE, "hd.md")
    twice = second.to_wire(envelope)[:-1] + b',"v":"F2"}'
    error = refused(second, twice)
    assert (error.code, error.message_id) == (ErrorCode.MALFORMED_JSON, envelope.message_id)
    deep = b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1)
    error = refused(second, second.to_wire(envelope)[:-1] + b',"deep":' + deep + b"}")
    assert (error.code, error.message_id) == (ErrorCode.MALFORMED_JSON, envelope.message_id)


class Broken:
    """A mapping with defects."""

    name = "broken"
    version = "0"

    def to_wire(self, envelope: Envelope) -> bytes:
        raise KeyError(envelope.type)

    def from_wire(self, data: bytes) -> Any:
        if data == b"nothing":
            return None
        raise RecursionError


class Half:
    """No mapping."""

    name = "half"


def broken_maker() -> Any:
    raise OSError("no table")


def test_a_broken_mapping_refuses_and_never_drops() -> None:
    broken = Chosen(Broken())
    assert refused(broken, b"{}").code is ErrorCode.INVALID_ENVELOPE
    assert refused(broken, b"nothing").code is ErrorCode.INVALID_ENVELOPE
    assert refused(broken, b"x" * (MAX_BYTES + 1)).code is ErrorCode.TOO_LARGE
    with pytest.raises(MappingFailed, match=r"broken 0 cannot write call\.ringing: KeyError"):
        broken.to_wire(golden("call.ringing"))
    with pytest.raises(MappingFailed, match="no method altered"):
        broken.altered(golden("call.ringing"), n=1)


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("ts-1022", "installed: profile"),
        ("no.such.module:Thing", "ModuleNotFoundError"),
        (f"{__name__}:nothing", "AttributeError"),
        (f"{__name__}:Half", "has no version, to_wire, from_wire"),
        (f"{__name__}:broken_maker", "OSError: no table"),
    ],
)
def test_a_mapping_that_cannot_be_had_says_why(name: str, says: str) -> None:
    with pytest.raises(UnknownMapping, match=says):
        load_mapping(name)


def test_a_mapping_is_found_by_its_entry_point(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    info = tmp_path / "vendor-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: vendor\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text(
        f"[net119.mappings]\nvendor = {SECOND}\nlost = no.such.module:Thing\n"
    )
    monkeypatch.syspath_prepend(str(tmp_path))
    assert load_mapping("vendor").version == "0.2"
    with pytest.raises(UnknownMapping, match="cannot be loaded: ModuleNotFoundError"):
        load_mapping("lost")
    with pytest.raises(UnknownMapping, match="installed: lost, profile, vendor"):
        load_mapping("other")
