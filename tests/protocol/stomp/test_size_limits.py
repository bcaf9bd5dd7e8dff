"""Section Size Limits."""

import pytest
from net119_protocol.stomp import Frame, FrameParser, Limits, Section

from tests.protocol.stomp.support import parse

LIMITS = Limits(max_command_line=16, max_headers=3, max_header_line=20, max_body=10)
HEAD = b"SEND\nreceipt:r1\n\n"


@pytest.mark.parametrize("chunk", [1, 5, None])
@pytest.mark.parametrize("eol", [b"\n", b"\r\n"])
def test_everything_at_its_limit_is_accepted(chunk: int | None, eol: bytes) -> None:
    lines = [b"SEND", b"a:" + b"x" * 18, b"b:" + b"x" * 18, b"c:" + b"x" * 18, b"", b""]
    for body in (b"x" * 10, b""):
        items, error = parse(eol.join(lines) + body + b"\0", chunk=chunk, limits=LIMITS)
        assert error is None
        assert len(items) == 1


@pytest.mark.parametrize("chunk", [1, 5, None])
@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        (b"S" * 18, "the command line is longer than 16 octets"),
        (b"S" * 17 + b"\n\n\0", "the command line is longer than 16 octets"),
        (b"SEND\na:" + b"x" * 20, "a header line is longer than 20 octets"),
        (b"SEND\na:" + b"x" * 19 + b"\n\n\0", "a header line is longer than 20 octets"),
        (b"SEND\na:1\nb:2\nc:3\nd:4\n", "more than 3 header entries"),
        (b"SEND\na:1\na:2\na:3\na:4\n\n\0", "more than 3 header entries"),
        (HEAD + b"x" * 11, "exceeds 10 octets"),
        (HEAD[:-1] + b"content-length:11\n\n", "body of 11 octets; at most 10"),
        (HEAD[:-1] + b"content-length:99999\n\n", "body of 99999 octets; at most 10"),
    ],
)
def test_beyond_a_limit_is_fatal_without_waiting_for_the_rest(
    chunk: int | None, data: bytes, complaint: str
) -> None:
    items, error = parse(data, chunk=chunk, limits=LIMITS)
    assert items == []
    assert error is not None
    assert error.section is Section.SIZE_LIMITS
    assert complaint in error.reason
    assert error.receipt == ("r1" if data.startswith(HEAD[:-1]) else None)


def test_length_is_counted_in_octets() -> None:
    _, error = parse("SEND\na:ああああああ\n\n\0".encode(), limits=LIMITS)
    assert error is None
    _, error = parse("SEND\na:あああああああ\n\n\0".encode(), limits=LIMITS)
    assert error is not None
    assert error.section is Section.SIZE_LIMITS


def test_what_is_held_of_an_endless_head_is_bounded() -> None:
    parser = FrameParser(LIMITS)
    parser.receive_data(b"SEND\n")
    most = 0
    for _ in range(1000):
        parser.receive_data(b"a:b")
        most = max(most, parser.buffered)
    assert parser.error is not None
    assert most <= 16 + 4 * 22


def test_what_is_held_of_an_endless_body_is_bounded() -> None:
    parser = FrameParser(LIMITS)
    parser.receive_data(HEAD)
    most = 0
    for _ in range(1000):
        parser.receive_data(b"xxx")
        most = max(most, parser.buffered)
    assert parser.error is not None
    assert most <= 10


def test_heart_beats_are_not_held() -> None:
    parser = FrameParser(LIMITS)
    for _ in range(1000):
        parser.receive_data(b"\n\r\n")
        assert parser.buffered == 0
    assert parser.error is None
    assert len(parser.events()) == 1000


def test_default_limits_take_a_body_of_256_kib() -> None:
    for size, accepted in ((256 * 1024, True), (256 * 1024 + 1, False)):
        _, error = parse(Frame("SEND", {}, b"x" * size).encode(), chunk=65_536)
        assert (error is None) is accepted


def test_too_long_lines_that_arrive_whole_are_bounded_too() -> None:
    parser = FrameParser(LIMITS)
    parser.receive_data(b"SEND\n")
    parser.receive_data(b"a:" + b"x" * 100 + b"\n")
    assert parser.error is not None
    assert parser.error.section is Section.SIZE_LIMITS


def test_line_limit_holds_for_a_head_that_began_behind_another_frame() -> None:
    parser = FrameParser(LIMITS)
    parser.receive_data(b"SEND\na:1\nb:2\n\nbody\0SEND\na:")
    taken = 0
    while parser.error is None:
        parser.receive_data(b"x")
        taken += 1
    assert taken == 20  # the 20th might have been the CR of an EOL, so 18 + 2


class Counted(bytearray):
    """A buffer that counts how many octets were looked at by ``find``."""

    looked_at = 0

    def find(self, sub: object, start: object = 0, end: object = None) -> int:
        assert isinstance(sub, int)
        assert isinstance(start, int)
        assert end is None
        place = super().find(sub, start)
        self.looked_at += (len(self) if place < 0 else place + 1) - start
        return place


def test_no_octet_of_a_body_is_searched_twice() -> None:
    parser = FrameParser()
    parser._buffer = counted = Counted()
    parser.receive_data(b"SEND\n\n")
    for _ in range(10_000):
        parser.receive_data(b"x")
    parser.receive_data(b"\0")
    assert parser.events() == [Frame("SEND", {}, b"x" * 10_000)]
    assert counted.looked_at <= 10_001
