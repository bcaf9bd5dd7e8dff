"""Client and server sessions joined in memory."""

import random

import pytest
from net119_protocol.stomp import (
    Acked,
    Closed,
    DisconnectRequested,
    Frame,
    MessageReceived,
    Nacked,
    ReceiptReceived,
    SendReceived,
    Subscribed,
    user_headers,
)

from tests.protocol.stomp.support import Pair, open_server

CALLEE = "/queue/aoba.callee"
OWN = "/queue/midori.caller"


def cut_by(seed: int | None) -> Pair:
    """A pair whose octets arrive in pieces drawn from ``seed``, or whole."""
    if seed is None:
        return Pair().connected()
    draw = random.Random(seed)

    def cut(data: bytes) -> list[bytes]:
        pieces = []
        while data:
            size = draw.choice([1, 2, 3, 7, 40, 1400])
            pieces.append(data[:size])
            data = data[size:]
        return pieces

    return Pair(cut=cut).connected()


@pytest.mark.parametrize("seed", [None, 1, 2, 3, 4, 5])
def test_request_reply_and_goodbye(seed: int | None) -> None:
    pair = cut_by(seed)
    subscription = pair.client.subscribe(OWN, receipt=True)
    body = '{"text":"火事です\0"}'.encode()
    receipt = pair.client.send(CALLEE, body, {"content-type": "application/json", "x:y": "a\\cb"})
    pair.pump()
    pair.take_server(Subscribed)
    sent = pair.take_server(SendReceived)
    assert sent.frame.body == body
    assert pair.take_client(ReceiptReceived).receipt_id == f"subscribe-{subscription}"
    assert pair.client_events == []  # stored first, receipt then

    pair.server.confirm(sent.receipt_id)
    pair.server.deliver(
        subscription, "m1", OWN, body, {**user_headers(sent.frame), "net119-sender": "aoba"}
    )
    pair.pump()
    assert pair.take_client(ReceiptReceived).receipt_id == receipt
    message = pair.take_client(MessageReceived)
    assert message.frame.body == body
    assert message.frame.headers["x:y"] == "a\\cb"
    assert message.frame.headers["content-type"] == "application/json"
    assert message.frame.headers["net119-sender"] == "aoba"
    assert "receipt" not in message.frame.headers

    assert message.ack_id is not None
    pair.client.ack(message.ack_id)
    goodbye = pair.client.disconnect()
    pair.pump()
    assert pair.take_server(Acked).tokens == ("m1",)
    assert pair.take_server(DisconnectRequested).receipt_id == goodbye
    pair.server.confirm(goodbye)
    pair.pump()
    assert pair.take_client(ReceiptReceived).receipt_id == goodbye
    assert pair.take_client(Closed).clean
    assert pair.take_server(Closed) == Closed(True, "the peer disconnected")


@pytest.mark.parametrize("seed", range(10))
def test_every_message_is_settled_once_or_given_back(seed: int) -> None:
    """A queue behind the server: whatever the client does, no message is lost or done twice."""
    draw = random.Random(seed)
    waiting = list(range(60))
    done: list[int] = []
    connections = 0
    while waiting:
        connections += 1
        pair = cut_by(draw.randrange(1000))
        pair.server = open_server(max_unacked=draw.choice([1, 3, 10]))
        subscription = pair.client.subscribe(OWN)
        pair.pump()
        pair.server_events.clear()
        for _ in range(draw.randrange(1, 30)):
            while waiting and pair.server.can_deliver(subscription):
                number = waiting.pop(0)
                pair.server.deliver(subscription, f"m{number}", OWN, b"x", token=number)
            pair.pump()
            received = [e for e in pair.client_events if isinstance(e, MessageReceived)]
            pair.client_events.clear()
            for message in received:
                assert message.ack_id is not None
                act = draw.choice([pair.client.ack, pair.client.ack, pair.client.nack, None])
                if act is not None:
                    act(message.ack_id)
            pair.pump()
            for event in pair.server_events:
                assert isinstance(event, Acked | Nacked)
                settled = [token for token in event.tokens if isinstance(token, int)]
                (done if isinstance(event, Acked) else waiting).extend(settled)
            pair.server_events.clear()
        pair.server.receive_eof()
        (closed,) = pair.server.events()
        assert isinstance(closed, Closed)
        waiting.extend(token for token in closed.unacked if isinstance(token, int))
        assert sorted(done + waiting) == list(range(60))
    assert sorted(done) == list(range(60))
    assert connections >= 1


def test_redelivery_in_a_new_connection_has_a_new_ack_id() -> None:
    subscribe = Frame("SUBSCRIBE", {"id": "0", "destination": OWN, "ack": "client"}).encode()
    ack_ids = set()
    for session_id in ("s1", "s2", None, None):
        server = open_server(session_id=session_id)
        server.receive_data(subscribe, 0)
        ack_ids.add(server.deliver("0", "m1", OWN, b""))
    assert len(ack_ids) == 4


def test_observer_sees_every_frame_in_order() -> None:
    seen: list[tuple[str, str]] = []
    server = open_server(observer=lambda way, frame: seen.append((way, frame.command)))
    send = Frame("SEND", {"destination": CALLEE, "receipt": "1"}).encode()
    server.receive_data(b"\n" + send + b"\n" + b"BEGIN\n\n\0" + send, 0)
    assert seen == [
        ("in", "CONNECT"),
        ("out", "CONNECTED"),
        ("in", "SEND"),
        ("in", "BEGIN"),
        ("out", "ERROR"),
    ]
