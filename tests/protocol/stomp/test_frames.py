"""Sections STOMP Frames and Augmented BNF."""

import pytest
from net119_protocol.stomp import (
    CLIENT_COMMANDS,
    COMMANDS,
    SERVER_COMMANDS,
    Frame,
    FrameEncodeError,
    FrameParser,
    HeartBeat,
    Section,
)

from tests.protocol.stomp.support import fault, frames, one_frame, parse

SEND = b"SEND\ndestination:/queue/a\n\nhello\0"


def test_command_headers_body() -> None:
    assert one_frame(SEND) == Frame("SEND", {"destination": "/queue/a"}, b"hello")


@pytest.mark.parametrize("chunk", [1, 2, 3, 7, 16, 1400])
def test_pieces_of_any_size_give_the_same_frames(chunk: int) -> None:
    data = SEND + b"\r\n\n" + SEND.replace(b"\n", b"\r\n") + b"DISCONNECT\n\n\0"
    assert frames(data, chunk=chunk) == [
        Frame("SEND", {"destination": "/queue/a"}, b"hello"),
        Frame("SEND", {"destination": "/queue/a"}, b"hello"),
        Frame("DISCONNECT"),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"SEND\r\ndestination:/queue/a\r\n\r\nhello\0",
        b"SEND\ndestination:/queue/a\r\n\nhello\0",
        b"SEND\r\ndestination:/queue/a\n\r\nhello\0",
    ],
    ids=["all-crlf", "mixed", "mixed-blank-line-crlf"],
)
def test_lines_may_end_in_cr_lf(data: bytes) -> None:
    assert one_frame(data) == Frame("SEND", {"destination": "/queue/a"}, b"hello")


def test_line_endings_in_the_body_are_untouched() -> None:
    assert one_frame(b"SEND\ndestination:a\n\n\r\n\r\nx\r\0").body == b"\r\n\r\nx\r"


def test_no_headers_at_all() -> None:
    assert frames(b"DISCONNECT\n\n\0DISCONNECT\r\n\r\n\0") == [Frame("DISCONNECT")] * 2


@pytest.mark.parametrize("eols", [b"\n", b"\r\n", b"\n\n\r\n\n"])
def test_eols_after_nul_are_skipped(eols: bytes) -> None:
    items, error = parse(SEND + eols + SEND)
    assert error is None
    assert items[1] == HeartBeat(eols.count(b"\n"))
    assert [type(item) for item in items] == [Frame, HeartBeat, Frame]


def test_cr_and_lf_of_an_eol_may_arrive_apart() -> None:
    parser = FrameParser()
    parser.receive_data(b"\r")
    assert parser.events() == []
    parser.receive_data(b"\n")
    assert parser.events() == [HeartBeat(1)]
    assert parser.error is None


def test_lone_cr_between_frames_is_no_eol() -> None:
    assert "unknown command" in fault(b"\rSEND\n\n\0", Section.BNF).reason


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_is_known(command: str) -> None:
    assert one_frame(f"{command}\n\n\0".encode()).command == command


@pytest.mark.parametrize("line", [b"HELLO", b"send", b" SEND", b"SEND ", "火事".encode()])
def test_unknown_command_is_fatal(line: bytes) -> None:
    error = fault(line + b"\nh:v\n\n\0", Section.BNF)
    assert "unknown command" in error.reason
    assert error.offset == 0


def test_command_that_is_not_utf_8_is_fatal() -> None:
    assert fault(b"SE\xe9ND\n\n\0", Section.VALUE_ENCODING).offset == 2


def test_unknown_command_is_found_before_its_frame_ends() -> None:
    _, error = parse(b"GET / HTTP/1.1\r\nHost: ")
    assert error is not None
    assert "unknown command 'GET / HTTP/1.1'" in error.reason


def test_escaped_command_is_not_a_command() -> None:
    assert "unknown command" in fault(b"SE\\\\ND\n\n\0", Section.BNF).reason


@pytest.mark.parametrize("command", sorted(CLIENT_COMMANDS))
def test_client_frame_from_a_server(command: str) -> None:
    _, error = parse(f"{command}\n\n\0".encode(), sender="server")
    assert error is not None
    assert error.section is Section.SERVER_FRAMES
    assert "but a server sent it" in error.reason


@pytest.mark.parametrize("command", sorted(SERVER_COMMANDS))
def test_server_frame_from_a_client(command: str) -> None:
    _, error = parse(f"{command}\n\n\0".encode(), sender="client")
    assert error is not None
    assert error.section is Section.CLIENT_FRAMES
    assert "but a client sent it" in error.reason


def test_header_without_colon_is_fatal_and_located() -> None:
    error = fault(b"SEND\ndestination:a\nnonsense\n\n\0", Section.BNF)
    assert "header without a colon: 'nonsense'" in error.reason
    assert error.offset == len(b"SEND\ndestination:a\n")


def test_empty_header_name_is_fatal() -> None:
    assert "empty name" in fault(b"SEND\n:value\n\n\0", Section.BNF).reason


def test_empty_header_value_is_fine() -> None:
    assert one_frame(b"SEND\nnote:\n\n\0").headers == {"note": ""}


@pytest.mark.parametrize(
    "data", [b"SUBSCRIBE\nid:0\ndestination:a\n\0", b"DISCONNECT\n\0", b"SEND\0", b"SEND\na:b\0"]
)
def test_missing_blank_line_is_fatal_at_once(data: bytes) -> None:
    error = fault(data, Section.FRAMES)
    assert "NUL before the blank line" in error.reason
    assert error.offset == len(data) - 1
    assert error.command == data.split(b"\n")[0].rstrip(b"\0").decode()


def test_missing_blank_line_does_not_merge_two_frames() -> None:
    items, error = parse(b"DISCONNECT\nreceipt:1\0SEND\ndestination:a\n\nx\0")
    assert items == []
    assert error is not None
    assert error.section is Section.FRAMES


def test_frames_before_a_fault_are_kept_and_nothing_after_it() -> None:
    parser = FrameParser()
    parser.receive_data(SEND + b"NONSENSE\n\n\0" + SEND)
    parser.receive_data(SEND)
    assert parser.events() == [Frame("SEND", {"destination": "/queue/a"}, b"hello")]
    assert parser.error is not None
    assert parser.error.offset == len(SEND)
    assert parser.discarded == len(SEND)
    assert parser.buffered == 0


def test_offsets_count_from_the_start_of_the_stream() -> None:
    parser = FrameParser()
    for _ in range(3):
        parser.receive_data(b"\n" + SEND)
    parser.receive_data(b"SEND\nok:1\nbad\n\n\0")
    assert parser.error is not None
    assert parser.error.offset == 3 * (len(SEND) + 1) + len(b"SEND\nok:1\n")


@pytest.mark.parametrize("data", [b"S", b"SEND\n", b"SEND\n\n", b"SEND\ncontent-length:2\n\na"])
def test_end_of_stream_inside_a_frame_is_a_fault(data: bytes) -> None:
    parser = FrameParser()
    parser.receive_data(data)
    assert parser.error is None
    parser.receive_eof()
    assert parser.error is not None
    assert "middle of a frame" in parser.error.reason


@pytest.mark.parametrize("data", [b"", b"\n", b"\r\n\r", SEND, SEND + b"\r\n"])
def test_end_of_stream_between_frames_is_none(data: bytes) -> None:
    parser = FrameParser()
    parser.receive_data(data)
    parser.receive_eof()
    assert parser.error is None


def test_encoded_frame_has_the_blank_line_and_the_nul() -> None:
    assert Frame("DISCONNECT", {"receipt": "77"}).encode() == b"DISCONNECT\nreceipt:77\n\n\0"
    assert Frame("DISCONNECT").encode() == b"DISCONNECT\n\n\0"


@pytest.mark.parametrize(
    ("frame", "complaint"),
    [
        (Frame("HELLO"), "unknown command"),
        (Frame("SEND", {"": "x"}), "name is empty"),
        (Frame("SEND", {"a": "x\0"}), "NUL in header value"),
        (Frame("SEND", {"a\0": "x"}), "NUL in header name"),
        (Frame("SEND", {"a": "\ud83d"}), "surrogate"),
        (Frame("SEND", {}, history=(("a", "b"),)), "in history but not in headers"),
    ],
)
def test_what_cannot_be_written_is_refused(frame: Frame, complaint: str) -> None:
    with pytest.raises(FrameEncodeError, match=complaint):
        frame.encode()


def test_fault_says_what_where_and_what_to_do() -> None:
    text = str(fault(b"SEND\nnonsense\n\n\0", Section.BNF))
    assert text == (
        "header without a colon: 'nonsense' (STOMP 1.2, Augmented BNF; octet 5 of the stream). "
        "Write <name>:<value>, and a blank line between headers and body"
    )
