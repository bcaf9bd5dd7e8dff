"""Sections MESSAGE, ACK, NACK and SUBSCRIBE ack Header, as the server session keeps them."""

import pytest
from net119_protocol.stomp import (
    Acked,
    Closed,
    ErrorSent,
    Frame,
    FrameEncodeError,
    Nacked,
    Section,
    SessionStateError,
    Unsubscribed,
)

from tests.protocol.stomp.at_server import OWN, deliver, feed, refusal, sent, subscribe
from tests.protocol.stomp.support import open_server


def test_message_has_the_required_headers() -> None:
    server = open_server()
    subscribe(server, "client-individual")
    server.deliver("0", "m1", OWN, b"{}", {"net119-sender": "aoba", "x": "a:b"})
    assert sent(server) == [
        Frame(
            "MESSAGE",
            {
                "subscription": "0",
                "message-id": "m1",
                "destination": OWN,
                "net119-sender": "aoba",
                "x": "a:b",
                "ack": "s1.1",
                "content-length": "2",
            },
            b"{}",
        )
    ]


def test_auto_has_no_ack_header_and_no_bookkeeping() -> None:
    server = open_server(max_unacked=1)
    subscribe(server, "auto")
    assert deliver(server, 3) == [None, None, None]
    assert all("ack" not in frame.headers for frame in sent(server))
    assert server.unacked("0") == ()
    server.receive_eof()
    (closed,) = server.events()
    assert isinstance(closed, Closed)
    assert closed.unacked == ()


def test_client_individual_settles_one() -> None:
    server = open_server()
    subscribe(server, "client-individual")
    first, second, third = deliver(server, 3)
    feed(server, "ACK", id=second or "", receipt="r1")
    feed(server, "NACK", id=third or "")
    assert server.events() == [Acked("0", (1,), "r1"), Nacked("0", (2,), None)]
    assert server.unacked("0") == (0,)
    server.data_to_send()
    server.confirm("r1")
    assert sent(server) == [Frame("RECEIPT", {"receipt-id": "r1"})]
    feed(server, "ACK", id=first or "")
    assert server.events() == [Acked("0", (0,), None)]


@pytest.mark.parametrize(("command", "kind"), [("ACK", Acked), ("NACK", Nacked)])
def test_client_mode_is_cumulative(command: str, kind: type[Acked] | type[Nacked]) -> None:
    server = open_server()
    subscribe(server, "client", "0")
    subscribe(server, "client", "1")
    ids = deliver(server, 4, "0")
    deliver(server, 2, "1")
    feed(server, command, id=ids[2] or "")
    assert server.events() == [kind("0", (0, 1, 2), None)]
    assert server.unacked("0") == (3,)
    assert server.unacked("1") == (0, 1)
    feed(server, command, id=ids[3] or "")
    assert server.events() == [kind("0", (3,), None)]


def test_cumulative_ack_skips_what_is_settled() -> None:
    server = open_server()
    subscribe(server, "client")
    ids = deliver(server, 4)
    feed(server, "NACK", id=ids[1] or "")
    feed(server, "ACK", id=ids[3] or "")
    assert server.events() == [Nacked("0", (0, 1), None), Acked("0", (2, 3), None)]


def test_token_is_the_message_id_by_default() -> None:
    server = open_server()
    subscribe(server, "client-individual")
    ack_id = server.deliver("0", "m1", OWN, b"")
    feed(server, "ACK", id=ack_id or "")
    assert server.events() == [Acked("0", ("m1",), None)]


@pytest.mark.parametrize("command", ["ACK", "NACK"])
def test_ack_needs_an_id(command: str) -> None:
    server = open_server()
    feed(server, command, receipt="r1")
    error = refusal(server, Section[command])
    assert error.headers["message"] == f"{command} without id header"
    assert error.headers["receipt-id"] == "r1"


@pytest.mark.parametrize("command", ["ACK", "NACK"])
def test_ack_of_something_else_is_refused(command: str) -> None:
    server = open_server()
    subscribe(server, "client-individual")
    deliver(server, 1)
    feed(server, command, id="s0.1")  # of an earlier connection
    refusal(server, Section[command])


def test_second_ack_is_refused_and_the_rest_is_given_back() -> None:
    server = open_server()
    subscribe(server, "client-individual")
    first, *_ = deliver(server, 3)
    feed(server, "ACK", id=first or "")
    feed(server, "ACK", id=first or "")
    acked, error, closed = server.events()
    assert acked == Acked("0", (0,), None)
    assert isinstance(error, ErrorSent)
    assert isinstance(closed, Closed)
    assert closed.unacked == (1, 2)


def test_window_of_unacknowledged_messages() -> None:
    server = open_server(max_unacked=2)
    subscribe(server, "client-individual")
    assert server.can_deliver("0")
    first, _ = deliver(server, 2)
    assert not server.can_deliver("0")
    with pytest.raises(SessionStateError, match="2 messages wait for an ACK"):
        deliver(server, 1)
    feed(server, "ACK", id=first or "")
    assert server.can_deliver("0")


def test_no_delivery_without_subscription_or_session() -> None:
    server = open_server()
    assert not server.can_deliver("0")
    with pytest.raises(SessionStateError, match="no such subscription"):
        deliver(server, 1)
    subscribe(server, "auto")
    feed(server, "DISCONNECT", receipt="r1")
    assert not server.can_deliver("0")
    with pytest.raises(SessionStateError, match="disconnecting"):
        deliver(server, 1)


@pytest.mark.parametrize("name", ["ack", "subscription", "message-id", "content-length"])
def test_headers_of_the_connection_cannot_be_overridden(name: str) -> None:
    server = open_server()
    subscribe(server, "client")
    with pytest.raises(FrameEncodeError, match=name):
        server.deliver("0", "m1", OWN, b"", {name: "x"})


def test_message_that_cannot_be_written_leaves_nothing_behind() -> None:
    server = open_server()
    subscribe(server, "client")
    with pytest.raises(FrameEncodeError, match="NUL"):
        server.deliver("0", "m1", OWN, b"", {"x": "\0"})
    assert server.data_to_send() == b""
    assert server.unacked("0") == ()


def test_unsubscribe_gives_back_what_is_not_acknowledged() -> None:
    server = open_server()
    subscribe(server, "client-individual")
    ids = deliver(server, 3)
    feed(server, "ACK", id=ids[1] or "")
    feed(server, "UNSUBSCRIBE", id="0")
    assert server.events() == [Acked("0", (1,), None), Unsubscribed("0", OWN, (0, 2))]
    feed(server, "ACK", id=ids[0] or "")
    error, closed = server.events()
    assert isinstance(error, ErrorSent)
    assert isinstance(closed, Closed)
    assert closed.unacked == ()  # given back already
