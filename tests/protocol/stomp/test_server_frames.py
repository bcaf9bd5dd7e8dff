"""Section Server Frames, as the client session keeps them, and the client's own frames."""

import pytest
from net119_protocol.stomp import (
    ClientSession,
    Closed,
    ErrorReceived,
    Frame,
    FrameParser,
    MessageReceived,
    ProtocolFailed,
    ReceiptReceived,
    Section,
    SessionState,
    SessionStateError,
)

from tests.protocol.stomp.support import one_frame, open_client

QUEUE = "/queue/midori.caller"


def feed(client: ClientSession, command: str, body: bytes = b"", /, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    client.receive_data(Frame(command, named, body).encode(), 0.0)


def failed(client: ClientSession, section: Section) -> ProtocolFailed:
    event, closed = client.events()
    assert isinstance(event, ProtocolFailed)
    assert event.cause.section is section
    assert isinstance(closed, Closed)
    assert not closed.clean
    return event


# --- what the client writes ------------------------------------------------------------------


def test_send_asks_for_a_receipt_by_default() -> None:
    client = open_client()
    receipt = client.send("/queue/aoba.callee", b"{}", {"content-type": "application/json"})
    assert one_frame(client.data_to_send()) == Frame(
        "SEND",
        {
            "content-type": "application/json",
            "destination": "/queue/aoba.callee",
            "receipt": receipt or "",
            "content-length": "2",
        },
        b"{}",
    )
    assert client.pending_receipts == (receipt,)


def test_send_without_receipt() -> None:
    client = open_client()
    assert client.send("/queue/aoba.callee", b"", receipt=False) is None
    assert one_frame(client.data_to_send()).headers == {"destination": "/queue/aoba.callee"}
    assert client.pending_receipts == ()


def test_subscribe_unsubscribe_ack_nack() -> None:
    client = open_client()
    subscription = client.subscribe(QUEUE)
    other = client.subscribe(QUEUE, "auto", receipt=True)
    assert subscription != other
    client.ack("a1")
    client.nack("a2")
    receipt = client.unsubscribe(subscription, receipt=True)
    parser = FrameParser(sender="client")
    parser.receive_data(client.data_to_send())
    assert parser.events() == [
        Frame("SUBSCRIBE", {"id": subscription, "destination": QUEUE, "ack": "client-individual"}),
        Frame(
            "SUBSCRIBE",
            {
                "id": other,
                "destination": QUEUE,
                "ack": "auto",
                "receipt": f"subscribe-{other}",
            },
        ),
        Frame("ACK", {"id": "a1"}),
        Frame("NACK", {"id": "a2"}),
        Frame("UNSUBSCRIBE", {"id": subscription, "receipt": receipt or ""}),
    ]
    with pytest.raises(SessionStateError, match="no subscription"):
        client.unsubscribe(subscription)


def test_receipt_ids_are_unique() -> None:
    client = open_client()
    receipts = [client.send("a", b"") for _ in range(100)]
    assert len(set(receipts)) == 100
    assert client.pending_receipts == tuple(receipts)


def test_disconnect_waits_for_its_receipt_and_writes_nothing_more() -> None:
    client = open_client()
    receipt = client.disconnect()
    assert one_frame(client.data_to_send()) == Frame("DISCONNECT", {"receipt": receipt})
    with pytest.raises(SessionStateError, match="after DISCONNECT"):
        client.send("a", b"")
    with pytest.raises(SessionStateError):
        client.disconnect()
    assert client.data_to_send() == b""
    feed(client, "RECEIPT", receipt_id=receipt)
    assert client.events() == [ReceiptReceived(receipt), Closed(True, "disconnected")]
    assert client.state is SessionState.CLOSED


# --- MESSAGE ---------------------------------------------------------------------------------


def test_message() -> None:
    client = open_client()
    subscription = client.subscribe(QUEUE)
    feed(
        client,
        "MESSAGE",
        b"{}",
        subscription=subscription,
        message_id="m1",
        destination=QUEUE,
        ack="s1.1",
    )
    (event,) = client.events()
    assert isinstance(event, MessageReceived)
    assert event.frame.body == b"{}"
    assert (event.subscription, event.destination) == (subscription, QUEUE)
    assert (event.message_id, event.ack_id, event.late) == ("m1", "s1.1", False)


@pytest.mark.parametrize("missing", ["destination", "message_id", "subscription", "ack"])
def test_message_without_a_required_header(missing: str) -> None:
    client = open_client()
    subscription = client.subscribe(QUEUE)
    headers = {
        "destination": QUEUE,
        "message_id": "m1",
        "subscription": subscription,
        "ack": "s1.1",
    }
    del headers[missing]
    feed(client, "MESSAGE", **headers)
    assert missing.replace("_", "-") in failed(client, Section.MESSAGE).cause.reason


def test_ack_header_is_not_needed_in_mode_auto() -> None:
    client = open_client()
    subscription = client.subscribe(QUEUE, "auto")
    feed(client, "MESSAGE", subscription=subscription, message_id="m1", destination=QUEUE)
    (event,) = client.events()
    assert isinstance(event, MessageReceived)
    assert event.ack_id is None


def test_message_for_a_subscription_that_never_was() -> None:
    client = open_client()
    feed(client, "MESSAGE", subscription="x", message_id="m1", destination=QUEUE, ack="1")
    assert "never existed" in failed(client, Section.MESSAGE).cause.reason


def test_message_under_way_at_unsubscribe_is_late() -> None:
    client = open_client()
    subscription = client.subscribe(QUEUE)
    client.unsubscribe(subscription)
    feed(client, "MESSAGE", subscription=subscription, message_id="m", destination=QUEUE, ack="1")
    (event,) = client.events()
    assert isinstance(event, MessageReceived)
    assert event.late
    assert event.ack_id is None


# --- RECEIPT ---------------------------------------------------------------------------------


def test_receipts_settle_in_any_order() -> None:
    client = open_client()
    first, second = client.send("a", b""), client.send("a", b"")
    feed(client, "RECEIPT", receipt_id=second or "")
    assert client.pending_receipts == (first,)
    feed(client, "RECEIPT", receipt_id=first or "")
    assert client.events() == [ReceiptReceived(second or ""), ReceiptReceived(first or "")]


def test_receipt_nobody_asked_for_is_reported_as_such() -> None:
    client = open_client()
    feed(client, "RECEIPT", receipt_id="r-9")
    assert client.events() == [ReceiptReceived("r-9", expected=False)]


def test_receipt_without_id() -> None:
    client = open_client()
    feed(client, "RECEIPT")
    assert "receipt-id" in failed(client, Section.RECEIPT).cause.reason


# --- ERROR and the end -----------------------------------------------------------------------


def test_error_ends_the_session_and_names_what_is_unconfirmed() -> None:
    client = open_client()
    first, second = client.send("a", b"1") or "", client.send("a", b"2") or ""
    feed(client, "ERROR", b"why", message="no", receipt_id=second)
    error, closed = client.events()
    assert isinstance(error, ErrorReceived)
    assert error.receipt_id == second
    assert closed == Closed(False, "the server sent ERROR: no", unconfirmed=(first, second))
    feed(client, "RECEIPT", receipt_id=first)
    assert client.events() == []


@pytest.mark.parametrize("state", ["new", "connecting", "open", "disconnecting"])
def test_error_is_understood_at_any_time(state: str) -> None:
    client = ClientSession() if state in ("new", "connecting") else open_client()
    if state == "connecting":
        client.connect("aoba")
    if state == "disconnecting":
        client.disconnect()
    feed(client, "ERROR")
    assert isinstance(client.events()[0], ErrorReceived)


def test_malformed_frame() -> None:
    client = open_client()
    receipt = client.send("a", b"")
    client.receive_data(b"RECEIPT\nreceipt-id:" + (receipt or "").encode() + b"\n\0", 0)
    failed(client, Section.FRAMES)
    assert client.pending_receipts == (receipt,)


@pytest.mark.parametrize("data", [b"", b"\n", b"MESSAGE\nsub"])
def test_lost_connection(data: bytes) -> None:
    client = open_client()
    client.receive_data(data, 0)
    client.receive_eof()
    client.receive_eof()
    (closed,) = client.events()
    assert isinstance(closed, Closed)
    assert not closed.clean
    assert ("middle of a frame" in closed.reason) is data.startswith(b"M")
