"""Properties of the codec that hold for any input."""

import itertools
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st
from net119_protocol.stomp import (
    COMMANDS,
    ClientSession,
    Closed,
    Frame,
    FrameParser,
    HeartBeat,
    Limits,
    OwnQueues,
    ServerSession,
)

from tests.protocol.stomp.support import CONNECT

BODY_COMMANDS = ["SEND", "MESSAGE", "ERROR"]
UNESCAPED = ["CONNECT", "STOMP", "CONNECTED"]
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
PLAIN = TEXT.map(lambda text: text.replace("\n", "").rstrip("\r"))
PLAIN_NAME = PLAIN.map(lambda text: text.replace(":", "").rstrip("\r")).filter(bool)

# Octets that matter, so that random streams get deep into the parser.
PIECES = st.sampled_from(
    [b"SEND", b"CONNECT", b"MESSAGE", b"ACK", b"\n", b"\n\n", b"\r\n", b"\r", b"\0", b":", b"\\"]
    + [b"\\c", b"\\t", b"a:b\n", b"content-length:3\n", b"receipt:1\n", b"abc", b"\xe3\x81\x82"]
    + [b"\xff", b"SEND\ndestination:/queue/a\n\nhello\0", b"DISCONNECT\n\n\0"]
)
STREAMS = st.lists(PIECES, max_size=25).map(b"".join) | st.binary(max_size=100)
CUTS = st.lists(st.integers(0, 400), max_size=12)
LIMITS = st.sampled_from([Limits(), Limits(16, 3, 20, 10)])


def pieces(data: bytes, cuts: list[int]) -> list[bytes]:
    places = [0, *sorted(cut for cut in cuts if cut < len(data)), len(data)]
    return [data[a:b] for a, b in itertools.pairwise(places)]


def run(data: list[bytes], limits: Limits) -> tuple[list[Frame], int, FrameParser]:
    parser = FrameParser(limits)
    for piece in data:
        parser.receive_data(piece)
    events = parser.events()
    beats = sum(item.count for item in events if isinstance(item, HeartBeat))
    parser.receive_eof()
    return [item for item in events if isinstance(item, Frame)], beats, parser


@st.composite
def any_frame(draw: st.DrawFn) -> Frame:
    """Any frame that can be written, content-length left to the encoder."""
    command = draw(st.sampled_from(sorted(COMMANDS)))
    if command in UNESCAPED:
        names, values = PLAIN_NAME, PLAIN
    else:
        names, values = TEXT.filter(bool), TEXT
    entries = draw(st.lists(st.tuples(names, values), max_size=8))
    frame = Frame(command)
    for name, value in entries:
        if name == "content-length":
            continue
        if name in frame.headers:
            frame.history += ((name, value),)
        else:
            frame.headers[name] = value
    if draw(st.booleans()) and frame.headers:
        name = draw(st.sampled_from(sorted(frame.headers)))
        frame.history += ((name, draw(values)),)
    if command in BODY_COMMANDS:
        frame.body = draw(st.binary(max_size=200))
    return frame


@given(st.lists(any_frame(), max_size=4), CUTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_what_is_encoded_is_parsed_again(sent: list[Frame], cuts: list[int], eol: bool) -> None:
    gap = b"\r\n" if eol else b""
    data = b"".join(frame.encode() + gap for frame in sent)
    received, beats, parser = run(pieces(data, cuts), Limits())
    assert parser.error is None
    for frame in sent:
        if frame.body:
            frame.headers["content-length"] = str(len(frame.body))
    assert received == sent
    assert beats == (len(sent) if eol else 0)
    assert all(frame.deviations == () for frame in received)
    # What was parsed is written as it came.
    assert b"".join(frame.encode() + gap for frame in received) == b"".join(
        frame.encode() + gap for frame in sent
    )


@given(STREAMS, CUTS, LIMITS)
@settings(max_examples=500, deadline=None)
@example(b"SEND\n\r\n\0", [5, 6], Limits())
@example(b"\r\r\nSEND\n\n\0", [1], Limits())
def test_any_octets_are_judged_alike_however_they_are_cut(
    data: bytes, cuts: list[int], limits: Limits
) -> None:
    at_once, beats_at_once, first = run([data], limits)
    in_pieces, beats_in_pieces, second = run(pieces(data, cuts), limits)
    assert at_once == in_pieces
    assert beats_at_once == beats_in_pieces
    assert (first.error is None) == (second.error is None)
    if first.error is not None:
        assert 0 <= first.error.offset <= len(data)
        assert first.error.reason
        assert first.error.remedy


@given(STREAMS, CUTS)
@settings(max_examples=300, deadline=None)
def test_a_frame_is_never_held_back_by_what_follows(data: bytes, cuts: list[int]) -> None:
    whole = Frame("SEND", {"destination": "a"}, b"x").encode()
    received, _, _ = run([whole, *pieces(data, cuts)], Limits())
    assert received[0].body == b"x"


@given(STREAMS, CUTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_server_session_survives_any_octets(data: bytes, cuts: list[int], open_: bool) -> None:
    server = ServerSession("midori", OwnQueues("aoba"), now=0.0)
    if open_:
        server.receive_data(CONNECT, 0.0)
    for piece in pieces(data, cuts):
        server.receive_data(piece, 0.0)
    server.receive_eof()
    closed = [event for event in server.events() if isinstance(event, Closed)]
    assert len(closed) == 1
    out = FrameParser(sender="server")
    out.receive_data(server.data_to_send())
    assert out.error is None
    errors = [item for item in out.events() if isinstance(item, Frame) and item.command == "ERROR"]
    assert len(errors) <= 1


@given(STREAMS, CUTS, st.booleans())
@settings(max_examples=300, deadline=None)
def test_client_session_survives_any_octets(data: bytes, cuts: list[int], open_: bool) -> None:
    client = ClientSession()
    client.connect("aoba")
    if open_:
        client.receive_data(b"CONNECTED\nversion:1.2\n\n\0", 0.0)
    for piece in pieces(data, cuts):
        client.receive_data(piece, 0.0)
    client.receive_eof()
    closed = [event for event in client.events() if isinstance(event, Closed)]
    assert len(closed) == 1
    assert re.search(r"\S", closed[0].reason)
