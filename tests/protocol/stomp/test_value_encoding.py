"""Section Value Encoding."""

import pytest
from net119_protocol.stomp import Frame, FrameEncodeError, Section

from tests.protocol.stomp.support import fault, one_frame, parse


@pytest.mark.parametrize(
    ("wire", "value"),
    [
        (rb"\r", "\r"),
        (rb"\n", "\n"),
        (rb"\c", ":"),
        (rb"\\", "\\"),
        (rb"a\\cb", r"a\cb"),
        (rb"\\\c", "\\:"),
        (rb"\\\\n", r"\\n"),
        (rb"\r\n\c\\", "\r\n:\\"),
    ],
)
def test_escapes_both_ways(wire: bytes, value: str) -> None:
    data = b"SEND\nname:" + wire + b"\n\n\0"
    assert one_frame(data).headers == {"name": value}
    assert Frame("SEND", {"name": value}).encode() == data


def test_escapes_in_header_names() -> None:
    frame = Frame("SEND", {"a:b\n\\": "c"})
    assert frame.encode() == b"SEND\na\\cb\\n\\\\:c\n\n\0"
    assert one_frame(frame.encode()) == frame


@pytest.mark.parametrize("wire", [rb"\t", rb"\x41", rb"\C", rb"\0", b"\\", rb"a\ b", rb"\\\ "])
def test_undefined_escape_is_fatal(wire: bytes) -> None:
    error = fault(b"SEND\nok:1\nname:" + wire + b"\n\n\0", Section.VALUE_ENCODING)
    assert "undefined escape" in error.reason
    assert "'name'" in error.reason
    assert error.offset == len(b"SEND\nok:1\n")
    assert error.command == "SEND"


def test_undefined_escape_in_a_name_is_fatal() -> None:
    assert "undefined escape" in fault(b"SEND\na\\qb:1\n\n\0", Section.VALUE_ENCODING).reason


@pytest.mark.parametrize("command", ["CONNECT", "STOMP", "CONNECTED"])
def test_connect_frames_are_not_unescaped(command: str) -> None:
    data = f"{command}\npasscode:a\\cb\\t:c\\\n\n\0".encode()
    frame = one_frame(data)
    assert frame.headers == {"passcode": "a\\cb\\t:c\\"}
    assert frame.deviations == ()
    assert frame.encode() == data


@pytest.mark.parametrize("command", ["CONNECT", "STOMP", "CONNECTED"])
@pytest.mark.parametrize(
    ("name", "value"), [("a:b", "c"), ("a\nb", "c"), ("a", "c\n"), ("a", "c\r"), ("a", "\0")]
)
def test_connect_frames_refuse_what_they_cannot_carry(command: str, name: str, value: str) -> None:
    with pytest.raises(FrameEncodeError, match="no escapes"):
        Frame(command, {name: value}).encode()


@pytest.mark.parametrize("command", ["SEND", "MESSAGE", "ERROR", "RECEIPT", "ACK"])
def test_all_other_frames_are_escaped(command: str) -> None:
    assert Frame(command, {"x": "a:b"}).encode() == f"{command}\nx:a\\cb\n\n\0".encode()


def test_utf_8_in_names_and_values() -> None:
    frame = Frame("SEND", {"氏名": "𠮷田 髙志 ①😀"})
    assert one_frame(frame.encode()) == frame


def test_invalid_utf_8_is_fatal_and_located() -> None:
    error = fault(b"SEND\na:\xe3\x81\n\n\0", Section.VALUE_ENCODING)
    assert "0xE3" in error.reason
    assert error.offset == 7


@pytest.mark.parametrize("octets", [b"\xed\xa0\x80", b"\xc0\xaf", b"\xf5\x80\x80\x80"])
def test_surrogates_overlong_and_beyond_unicode_are_not_utf_8(octets: bytes) -> None:
    assert "not UTF-8" in fault(b"SEND\na:" + octets + b"\n\n\0", Section.VALUE_ENCODING).reason


def test_body_need_not_be_utf_8() -> None:
    assert one_frame(b"SEND\na:b\n\n\xff\xfe\0").body == b"\xff\xfe"


@pytest.mark.parametrize("value", [" padded ", "  ", "\t", "a ", "　全角"])
def test_values_are_never_trimmed(value: str) -> None:
    frame = Frame("SEND", {" name ": value})
    assert one_frame(frame.encode()) == frame


def test_cr_inside_a_line_is_fatal() -> None:
    assert "carriage return" in fault(b"SEND\na:b\rc\n\n\0", Section.BNF).reason
    assert "carriage return" in fault(b"SEND\na:b\r\r\n\n\0", Section.BNF).reason


def test_unescaped_colon_in_a_value_is_noted() -> None:
    items, error = parse(b"SEND\nsent-at:10:30:00\nok:1\n\n\0")
    assert error is None
    (frame,) = items
    assert isinstance(frame, Frame)
    assert frame.headers["sent-at"] == "10:30:00"
    assert frame.deviations == ("unescaped colon in the value of header 'sent-at'",)


def test_unescaped_colon_in_a_value_is_fatal_when_strict() -> None:
    error = fault(b"SEND\nok:1\nsent-at:10:30:00\n\n\0", Section.BNF, strict=True)
    assert "unescaped colon" in error.reason
    assert error.offset == 10
