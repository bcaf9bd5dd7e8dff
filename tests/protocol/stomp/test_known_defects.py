"""Defects of the one public implementation of this interface, by number, shown not to be ours."""

from net119_protocol.stomp import Frame, HeartBeat

from tests.protocol.stomp.support import frames, one_frame, parse

SEND = b"SEND\ndestination:/queue/a\n\nx\0"


def test_1_frame_after_a_heart_beat_is_not_dropped() -> None:
    for beat in (b"\n", b"\r\n", b"\n\n\n"):
        for chunk in (None, 1):
            items, error = parse(beat + SEND + beat + SEND, chunk=chunk)
            assert error is None
            received = [item for item in items if isinstance(item, Frame)]
            assert [frame.body for frame in received] == [b"x", b"x"]
            assert sum(item.count for item in items if isinstance(item, HeartBeat)) == 2 * (
                beat.count(b"\n")
            )


def test_2_frame_without_body_has_its_blank_line() -> None:
    assert Frame("ACK", {"id": "1"}).encode() == b"ACK\nid:1\n\n\0"


def test_3_backslash_c_survives_and_connect_is_not_escaped() -> None:
    frame = Frame("SEND", {"a": r"a\cb"})
    assert frame.encode() == b"SEND\na:a\\\\cb\n\n\0"
    assert one_frame(frame.encode()) == frame
    assert Frame("CONNECTED", {"server": "a:b\\c"}).encode() == b"CONNECTED\nserver:a:b\\c\n\n\0"


def test_4_content_length_counts_and_cr_does_not_stay_in_values() -> None:
    data = b"SEND\r\ncontent-length:3\r\nnote:v\r\n\r\na\0b\0"
    (first, second) = frames(data + data)
    assert first == second
    assert first.body == b"a\0b"
    assert first.headers["note"] == "v"
