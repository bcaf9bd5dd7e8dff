"""Section Client Frames, and RECEIPT and ERROR, as the server session keeps them."""

import pytest
from net119_protocol.stomp import (
    Closed,
    DisconnectRequested,
    ErrorSent,
    Frame,
    Section,
    SendReceived,
    SessionState,
    SessionStateError,
    Subscribed,
    Unsubscribed,
)

from tests.protocol.stomp.at_server import CALLEE, OWN, deliver, feed, refusal, sent, subscribe
from tests.protocol.stomp.support import one_frame, open_server

# --- SEND -------------------------------------------------------------------------------------


def test_send_is_reported_and_receipted_only_when_confirmed() -> None:
    server = open_server()
    feed(server, "SEND", b"{}", destination=CALLEE, receipt="r1")
    (event,) = server.events()
    assert isinstance(event, SendReceived)
    assert (event.destination, event.receipt_id, event.frame.body) == (CALLEE, "r1", b"{}")
    assert server.data_to_send() == b""
    assert server.confirm("r1")
    assert sent(server) == [Frame("RECEIPT", {"receipt-id": "r1"})]


def test_send_without_receipt_gets_none() -> None:
    server = open_server()
    feed(server, "SEND", destination=CALLEE)
    (event,) = server.events()
    assert isinstance(event, SendReceived)
    assert not server.confirm(event.receipt_id)
    assert server.data_to_send() == b""


def test_receipts_in_any_order_and_with_equal_ids() -> None:
    server = open_server()
    for receipt in ("a", "b", "a"):
        feed(server, "SEND", destination=CALLEE, receipt=receipt)
    for receipt in ("b", "a", "a"):
        server.confirm(receipt)
    assert [frame.headers["receipt-id"] for frame in sent(server)] == ["b", "a", "a"]
    with pytest.raises(SessionStateError, match="no frame waits for the receipt 'a'"):
        server.confirm("a")


def test_receipt_id_is_escaped() -> None:
    server = open_server()
    feed(server, "SEND", destination=CALLEE, receipt="a:b\n\\")
    server.confirm("a:b\n\\")
    assert sent(server) == [Frame("RECEIPT", {"receipt-id": "a:b\n\\"})]


def test_send_needs_a_destination() -> None:
    server = open_server()
    feed(server, "SEND", receipt="r1")
    error = refusal(server, Section.SEND)
    assert error.headers["message"] == "SEND without destination header"
    assert error.headers["receipt-id"] == "r1"


@pytest.mark.parametrize("destination", [OWN, "/queue/akane.callee", "/topic/x", ""])
def test_send_to_a_foreign_queue_is_refused(destination: str) -> None:
    server = open_server()
    feed(server, "SEND", destination=destination, receipt="r1")
    error = refusal(server, Section.SEND)
    assert error.headers["receipt-id"] == "r1"
    assert CALLEE in error.body.decode()


@pytest.mark.parametrize("by_frame", [True, False])
def test_shell_refuses_a_send(by_frame: bool) -> None:
    server = open_server()
    feed(server, "SEND", b"not json", destination=CALLEE, receipt="r1")
    (event,) = server.events()
    assert isinstance(event, SendReceived)
    server.refuse(event.frame if by_frame else "r1", "The disk is full. Try again later.")
    error = refusal(server, Section.SEND)
    assert error.headers["receipt-id"] == "r1"
    assert error.body == b"The disk is full. Try again later."
    server.refuse("r1", "too late, and harmless")
    assert not server.confirm("r1")
    assert server.data_to_send() == b""


def test_shell_refuses_a_send_without_receipt() -> None:
    server = open_server()
    feed(server, "SEND", destination=CALLEE)
    server.refuse(None, "The body is not JSON. Send JSON.")
    assert "receipt-id" not in refusal(server, Section.SEND).headers


# --- SUBSCRIBE, UNSUBSCRIBE -------------------------------------------------------------------


def test_ack_mode_defaults_to_auto() -> None:
    server = open_server()
    feed(server, "SUBSCRIBE", id="0", destination=OWN)
    assert server.events() == [Subscribed("0", OWN, "auto")]


def test_subscribe_with_receipt() -> None:
    server = open_server()
    feed(server, "SUBSCRIBE", id="0", destination=OWN, receipt="r1")
    assert sent(server) == [Frame("RECEIPT", {"receipt-id": "r1"})]


@pytest.mark.parametrize(
    ("headers", "section"),
    [
        ({"destination": OWN}, Section.SUBSCRIBE_ID),
        ({"id": "0"}, Section.SUBSCRIBE),
        ({"id": "0", "destination": OWN, "ack": "maybe"}, Section.SUBSCRIBE_ACK),
        ({"id": "0", "destination": "/queue/akane.caller"}, Section.SUBSCRIBE),
        ({"id": "0", "destination": CALLEE}, Section.SUBSCRIBE),
    ],
    ids=["no-id", "no-destination", "bad-ack", "foreign-queue", "endpoint-queue"],
)
def test_subscribe_refused(headers: dict[str, str], section: Section) -> None:
    server = open_server()
    feed(server, "SUBSCRIBE", receipt="r9", **headers)
    assert refusal(server, section).headers["receipt-id"] == "r9"


def test_subscription_ids_are_unique_in_a_connection() -> None:
    server = open_server()
    subscribe(server, "auto")
    feed(server, "SUBSCRIBE", id="0", destination=OWN)
    assert "in use" in refusal(server, Section.SUBSCRIBE_ID).headers["message"]


def test_subscription_id_can_be_used_again_after_unsubscribe() -> None:
    server = open_server()
    subscribe(server, "client")
    feed(server, "UNSUBSCRIBE", id="0", receipt="r1")
    assert server.events() == [Unsubscribed("0", OWN, ())]
    assert sent(server) == [Frame("RECEIPT", {"receipt-id": "r1"})]
    subscribe(server, "auto")


def test_number_of_subscriptions_is_bounded() -> None:
    server = open_server(max_subscriptions=2)
    subscribe(server, "auto", "0")
    subscribe(server, "auto", "1")
    feed(server, "SUBSCRIBE", id="2", destination=OWN)
    refusal(server, Section.SIZE_LIMITS)


@pytest.mark.parametrize("headers", [{}, {"id": "unknown"}])
def test_unsubscribe_refused(headers: dict[str, str]) -> None:
    server = open_server()
    subscribe(server, "auto")
    feed(server, "UNSUBSCRIBE", **headers)
    refusal(server, Section.UNSUBSCRIBE)


# --- transactions -----------------------------------------------------------------------------


@pytest.mark.parametrize("command", ["BEGIN", "COMMIT", "ABORT"])
@pytest.mark.parametrize("headers", [{}, {"transaction": "tx1"}])
def test_transactions_are_refused(command: str, headers: dict[str, str]) -> None:
    server = open_server()
    feed(server, command, receipt="r1", **headers)
    error = refusal(server, Section[command])
    assert error.headers["receipt-id"] == "r1"
    assert "Transactions are not supported" in error.body.decode()


@pytest.mark.parametrize(
    "command", ["SEND", "ACK", "NACK", "SUBSCRIBE", "UNSUBSCRIBE", "DISCONNECT"]
)
def test_transaction_header_is_refused_on_any_frame(command: str) -> None:
    server = open_server()
    feed(server, command, id="0", destination=CALLEE, transaction="tx1", receipt="r1")
    error = refusal(server, Section[command])
    assert error.headers["receipt-id"] == "r1"
    assert "no transactions" in error.headers["message"]


# --- DISCONNECT -------------------------------------------------------------------------------


def test_disconnect_without_receipt() -> None:
    server = open_server()
    subscribe(server, "client")
    deliver(server, 2)
    feed(server, "DISCONNECT")
    (closed,) = server.events()
    assert closed == Closed(True, "the peer disconnected", unacked=(0, 1))


def test_disconnect_receipt_comes_last() -> None:
    server = open_server()
    feed(server, "SEND", destination=CALLEE, receipt="r1")
    feed(server, "DISCONNECT", receipt="r2")
    assert server.events()[1] == DisconnectRequested("r2")
    server.confirm("r2")
    assert server.data_to_send() == b""
    server.confirm("r1")
    assert [frame.headers["receipt-id"] for frame in sent(server)] == ["r1", "r2"]
    assert server.events() == [Closed(True, "the peer disconnected")]
    assert server.state is SessionState.CLOSED


def test_disconnect_with_a_receipt_id_used_before() -> None:
    server = open_server()
    feed(server, "SEND", destination=CALLEE, receipt="r")
    feed(server, "DISCONNECT", receipt="r")
    server.confirm("r")
    server.confirm("r")
    assert [frame.headers["receipt-id"] for frame in sent(server)] == ["r", "r"]
    assert server.state is SessionState.CLOSED


def test_frames_after_disconnect_are_refused() -> None:
    server = open_server()
    feed(server, "DISCONNECT", receipt="r1")
    feed(server, "SEND", destination=CALLEE, receipt="r2")
    error = refusal(server, Section.DISCONNECT)
    assert error.headers["message"] == "SEND after DISCONNECT"


# --- ERROR ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "receipt"),
    [
        (b"SEND\nreceipt:r1\ncontent-length:1\n\nabc\0", "r1"),
        (b"SEND\nreceipt:r1\nbad\\tescape:1\n\n\0", "r1"),
        (b"ACK\nreceipt:r1\n\nbody\0", "r1"),
        (b"SEND\nnonsense\nreceipt:r1\n\n\0", None),
        (b"NONSENSE\nreceipt:r1\n\n\0", None),
    ],
)
def test_malformed_frame_is_answered_with_its_receipt_id(data: bytes, receipt: str | None) -> None:
    server = open_server()
    server.receive_data(data, 0)
    sent_event, closed = server.events()
    assert isinstance(sent_event, ErrorSent)
    assert isinstance(closed, Closed)
    error = one_frame(server.data_to_send())
    assert error.get("receipt-id") == receipt
    assert "octet" in error.body.decode()


def test_frames_before_a_malformed_one_are_processed() -> None:
    server = open_server()
    good = Frame("SEND", {"destination": CALLEE, "receipt": "r1"}, b"x").encode()
    server.receive_data(good + b"nonsense\n\n\0" + good, 0)
    first, error, closed = server.events()
    assert isinstance(first, SendReceived)
    assert isinstance(error, ErrorSent)
    assert isinstance(closed, Closed)


def test_frames_after_a_refused_one_in_the_same_chunk_are_not_processed() -> None:
    server = open_server()
    good = Frame("SEND", {"destination": CALLEE}, b"x").encode()
    server.receive_data(b"BEGIN\ntransaction:1\n\n\0" + good, 0)
    assert [type(event) for event in server.events()] == [ErrorSent, Closed]


def test_header_of_the_error_stays_short() -> None:
    server = open_server()
    feed(server, "SUBSCRIBE", id="0", destination="/queue/" + "x" * 5000)
    error = refusal(server, Section.SUBSCRIBE)
    assert len(error.headers["message"]) <= 200
    assert len(error.body) < 1000


def test_lost_connection_gives_everything_back() -> None:
    server = open_server()
    subscribe(server, "client-individual", "0")
    subscribe(server, "client", "1")
    deliver(server, 2, "0")
    deliver(server, 1, "1")
    server.receive_data(b"SEND\ndest", 0)
    server.receive_eof()
    (closed,) = server.events()
    assert isinstance(closed, Closed)
    assert not closed.clean
    assert "middle of a frame" in closed.reason
    assert closed.unacked == (0, 1, 0)
