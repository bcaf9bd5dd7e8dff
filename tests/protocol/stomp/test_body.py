"""Sections Body and Header content-length."""

import pytest
from net119_protocol.stomp import Frame, FrameEncodeError, FrameParser, Section

from tests.protocol.stomp.support import fault, frames, one_frame

WITH_BODY = ["SEND", "MESSAGE", "ERROR"]
WITHOUT_BODY = [
    "CONNECT",
    "STOMP",
    "CONNECTED",
    "SUBSCRIBE",
    "UNSUBSCRIBE",
    "ACK",
    "NACK",
    "BEGIN",
    "COMMIT",
    "ABORT",
    "DISCONNECT",
    "RECEIPT",
]


@pytest.mark.parametrize("command", WITH_BODY)
def test_body_with_and_without_content_length(command: str) -> None:
    assert one_frame(f"{command}\n\nhello\0".encode()).body == b"hello"
    assert one_frame(f"{command}\ncontent-length:5\n\nhello\0".encode()).body == b"hello"


@pytest.mark.parametrize("command", WITHOUT_BODY)
def test_body_on_other_frames_is_fatal(command: str) -> None:
    error = fault(f"{command}\nreceipt:7\n\nx\0".encode(), Section.BODY)
    assert f"{command} with a body" in error.reason
    assert error.receipt == "7"
    announced = fault(f"{command}\ncontent-length:1\n\nx\0".encode(), Section.BODY)
    assert announced.command == command


@pytest.mark.parametrize("command", WITHOUT_BODY)
def test_content_length_0_is_allowed_on_all_frames(command: str) -> None:
    data = f"{command}\ncontent-length:0\n\n\0".encode()
    assert one_frame(data) == Frame(command, {"content-length": "0"})


@pytest.mark.parametrize("command", WITHOUT_BODY)
def test_body_on_other_frames_is_not_written(command: str) -> None:
    with pytest.raises(FrameEncodeError, match="must not have a body"):
        Frame(command, {}, b"x").encode()


def test_body_without_content_length_ends_at_the_first_nul() -> None:
    first, second = frames(b"SEND\na:1\n\nab\0SEND\na:2\n\ncd\0")
    assert (first.body, second.body) == (b"ab", b"cd")


@pytest.mark.parametrize("chunk", [1, 5, None])
def test_content_length_octets_are_read_regardless_of_nul(chunk: int | None) -> None:
    body = b"\0a\0\0b\n\n\0"
    data = b"SEND\ncontent-length:8\n\n" + body + b"\0"
    assert [frame.body for frame in frames(data * 3, chunk=chunk)] == [body] * 3


def test_content_length_counts_octets_not_characters() -> None:
    body = "火事です".encode()
    data = Frame("SEND", {"destination": "a"}, body).encode()
    assert b"content-length:12\n" in data
    assert one_frame(data).body == body


@pytest.mark.parametrize("length", [1, 2, 4])
def test_content_length_too_short_is_fatal(length: int) -> None:
    head = f"SEND\nreceipt:r1\ncontent-length:{length}\n\n".encode()
    error = fault(head + b"hello\0", Section.CONTENT_LENGTH)
    assert error.offset == len(head) + length
    assert error.receipt == "r1"


def test_content_length_too_long_swallows_nothing_silently() -> None:
    error = fault(b"SEND\ncontent-length:6\n\nhello\0SEND\n\n\0", Section.CONTENT_LENGTH)
    assert "no NUL after the 6 octets" in error.reason


@pytest.mark.parametrize(
    "value", ["", "-1", "+1", " 1", "1 ", "1_0", "0x1", "1.0", "a", "١", "9" * 19]
)
def test_content_length_must_be_digits(value: str) -> None:
    error = fault(f"SEND\ncontent-length:{value}\n\nx\0".encode(), Section.CONTENT_LENGTH)
    assert "not a number of octets" in error.reason
    assert error.offset == 5


def test_content_length_is_set_where_there_is_a_body() -> None:
    assert b"content-length:3\n\na\0b\0" in Frame("MESSAGE", {}, b"a\0b").encode()
    assert b"content-length" not in Frame("MESSAGE", {}).encode()


@pytest.mark.parametrize("value", ["2", "x", "-3", "³"])
def test_wrong_content_length_is_not_written(value: str) -> None:
    with pytest.raises(FrameEncodeError, match="content-length"):
        Frame("SEND", {"content-length": value}, b"abc").encode()


def test_right_content_length_is_written_once() -> None:
    data = Frame("SEND", {"content-length": "3"}, b"abc").encode()
    assert data == b"SEND\ncontent-length:3\n\nabc\0"


def test_frame_waits_for_its_nul() -> None:
    parser = FrameParser()
    parser.receive_data(b"SEND\ncontent-length:2\n\nab")
    assert parser.events() == []
    parser.receive_data(b"\0")
    assert parser.events() == [Frame("SEND", {"content-length": "2"}, b"ab")]


def test_body_is_immutable_bytes() -> None:
    assert type(one_frame(b"SEND\n\nab\0").body) is bytes
    assert type(one_frame(b"SEND\n\n\0").body) is bytes
