"""Sections Connecting, CONNECT or STOMP Frame, CONNECTED Frame, Protocol Negotiation."""

from collections.abc import Callable

import pytest
from net119_protocol.stomp import (
    ClientSession,
    Closed,
    Connected,
    ErrorReceived,
    ErrorSent,
    Frame,
    HeartBeatIntervals,
    HeartBeatOffer,
    OwnQueues,
    PeerConnected,
    ProtocolFailed,
    Section,
    ServerSession,
    SessionState,
    SessionStateError,
)

from tests.protocol.stomp.support import CONNECT, Pair, one_frame, open_client, open_server


def server(**options: object) -> ServerSession:
    return ServerSession("midori", OwnQueues("aoba"), now=0, session_id="s1", **options)  # type: ignore[arg-type]  # a table of options


def refused(session: ServerSession, data: bytes) -> Frame:
    """The ERROR that answers ``data``; the session must be over."""
    session.receive_data(data, 0)
    *_, sent, closed = session.events()
    assert isinstance(sent, ErrorSent)
    assert isinstance(closed, Closed)
    assert not closed.clean
    assert session.state is SessionState.CLOSED
    error = one_frame(session.data_to_send())
    assert error.command == "ERROR"
    assert error.headers["message"]
    assert error.headers["content-type"] == "text/plain;charset=utf-8"
    assert len(error.body) > len(error.headers["message"])
    return error


def test_client_sends_the_required_headers() -> None:
    client = ClientSession()
    client.connect("aoba", HeartBeatOffer(5_000, 10_000))
    assert one_frame(client.data_to_send()) == Frame(
        "CONNECT", {"accept-version": "1.2", "host": "aoba", "heart-beat": "5000,10000"}
    )


@pytest.mark.parametrize("command", [b"CONNECT", b"STOMP"])
def test_server_handles_stomp_like_connect(command: bytes) -> None:
    session = server(server_name="net119/0.1.0", heart_beat=HeartBeatOffer(20_000, 10_000))
    session.receive_data(
        command + b"\naccept-version:1.0,1.1,1.2\nhost:aoba\nheart-beat:5000,30000\n\n\0", 0
    )
    assert one_frame(session.data_to_send()) == Frame(
        "CONNECTED",
        {
            "version": "1.2",
            "heart-beat": "20000,10000",
            "session": "s1",
            "server": "net119/0.1.0",
        },
    )
    (event,) = session.events()
    assert isinstance(event, PeerConnected)
    assert (event.operator, event.host) == ("midori", "aoba")
    assert event.heart_beat == HeartBeatIntervals(send=30, expect=10)


def test_login_and_passcode_are_ignored() -> None:
    session = server()
    session.receive_data(b"CONNECT\naccept-version:1.2\nhost:a\nlogin:x\npasscode:\\y:z\n\n\0", 0)
    assert one_frame(session.data_to_send()).command == "CONNECTED"


@pytest.mark.parametrize(
    "versions", [b"", b"accept-version:1.0,1.1\n", b"accept-version:1.20\n", b"accept-version:\n"]
)
def test_no_common_version(versions: bytes) -> None:
    error = refused(server(), b"CONNECT\n" + versions + b"host:aoba\n\n\0")
    assert error.headers["version"] == "1.2"
    assert "Supported protocol versions are 1.2" in error.body.decode()


@pytest.mark.parametrize("host", [b"", b"host:\n"])
def test_host_is_required(host: bytes) -> None:
    error = refused(server(), b"CONNECT\naccept-version:1.2\n" + host + b"\n\0")
    assert "host" in error.headers["message"]


def test_host_must_be_known_where_hosts_are_given() -> None:
    hosts = frozenset({"aoba"})
    session = server(hosts=hosts)
    session.receive_data(CONNECT, 0)
    assert session.state is SessionState.OPEN
    error = refused(server(hosts=hosts), CONNECT.replace(b"aoba", b"akane"))
    assert "unknown host 'akane'" in error.headers["message"]


def test_malformed_heart_beat_header() -> None:
    error = refused(server(), CONNECT.replace(b"\n\n", b"\nheart-beat:often\nreceipt:r1\n\n"))
    assert "heart-beat" in error.headers["message"]
    assert error.headers["receipt-id"] == "r1"


@pytest.mark.parametrize("command", ["SEND", "SUBSCRIBE", "DISCONNECT", "BEGIN", "ACK"])
def test_frames_before_connect_are_refused(command: str) -> None:
    error = refused(server(), f"{command}\nreceipt:r1\n\n\0".encode() + CONNECT)
    assert error.headers["message"] == f"{command} before CONNECT"
    assert error.headers["receipt-id"] == "r1"


def test_second_connect_is_refused() -> None:
    session = open_server()
    error = refused(session, CONNECT)
    assert "already connected" in error.headers["message"]


def test_frames_sent_along_with_connect_are_processed_in_order() -> None:
    session = server()
    session.receive_data(CONNECT + b"\nDISCONNECT\n\n\0", 0)
    connected, closed = session.events()
    assert isinstance(connected, PeerConnected)
    assert isinstance(closed, Closed)
    assert closed.clean


@pytest.mark.parametrize(
    ("data", "section"),
    [
        (b"\x16\x03\x01\x02\x00\x01\x00", Section.FRAMES),
        (b"GET / HTTP/1.1\r\nHost: aoba\r\n\r\n", Section.BNF),
        (b"CONNECT\naccept-version:1.2\nhost:aoba\n\0", Section.FRAMES),
        (b"CONNECT\naccept-version:1.2\nhost:\xff\n\n\0", Section.VALUE_ENCODING),
    ],
    ids=["tls", "http", "no-blank-line", "latin-1"],
)
def test_malformed_first_frame_is_answered(data: bytes, section: Section) -> None:
    session = server()
    session.receive_data(data, 0)
    sent, closed = session.events()
    assert isinstance(sent, ErrorSent)
    assert sent.cause.section is section
    assert isinstance(closed, Closed)
    assert one_frame(session.data_to_send()).body == sent.frame.body


def test_handshake() -> None:
    pair = Pair()
    pair.client.connect("aoba")
    pair.pump()
    connected = pair.take_client(Connected)
    assert connected.frame.headers["session"] == "s1"
    assert connected.heart_beat == HeartBeatIntervals(10, 10)
    pair.take_server(PeerConnected)
    assert pair.client.state is SessionState.OPEN


@pytest.mark.parametrize("connecting", [False, True])
def test_client_writes_nothing_before_connected(connecting: bool) -> None:
    # A-bis 10
    client = ClientSession()
    if connecting:
        client.connect("aoba")
        client.data_to_send()
    verbs: list[Callable[[], object]] = [
        lambda: client.send("/queue/aoba.callee", b"x"),
        lambda: client.subscribe("/queue/midori.caller"),
        lambda: client.unsubscribe("sub-1"),
        lambda: client.ack("1"),
        lambda: client.nack("1"),
        lambda: client.disconnect(),
    ]
    for verb in verbs:
        with pytest.raises(SessionStateError, match="before CONNECTED"):
            verb()
    assert client.data_to_send() == b""


def test_client_connects_once() -> None:
    client = open_client()
    with pytest.raises(SessionStateError, match="cannot connect"):
        client.connect("aoba")


@pytest.mark.parametrize(
    ("answer", "section"),
    [
        (b"CONNECTED\n\n\0", Section.NEGOTIATION),
        (b"CONNECTED\nversion:1.1\n\n\0", Section.NEGOTIATION),
        (b"RECEIPT\nreceipt-id:1\n\n\0", Section.CONNECTING),
        (b"MESSAGE\ndestination:a\nmessage-id:1\nsubscription:1\n\n\0", Section.CONNECTING),
        (b"CONNECTED\nversion:1.2\nheart-beat:x\n\n\0", Section.HEART_BEATING),
        (b"CONNECT\naccept-version:1.2\nhost:a\n\n\0", Section.SERVER_FRAMES),
    ],
)
def test_client_refuses_a_wrong_answer(answer: bytes, section: Section) -> None:
    client = ClientSession()
    client.connect("aoba")
    client.receive_data(answer, 0)
    failed, closed = client.events()
    assert isinstance(failed, ProtocolFailed)
    assert failed.cause.section is section
    assert isinstance(closed, Closed)


def test_rejected_connection() -> None:
    client = ClientSession()
    client.connect("aoba")
    client.receive_data(b"ERROR\nmessage:unknown operator\n\nGo away.\0", 0)
    error, closed = client.events()
    assert isinstance(error, ErrorReceived)
    assert error.frame.body == b"Go away."
    assert isinstance(closed, Closed)
    assert "unknown operator" in closed.reason
    with pytest.raises(SessionStateError):
        client.send("a", b"x")


def test_second_connected_is_a_fault() -> None:
    client = open_client()
    client.receive_data(b"CONNECTED\nversion:1.2\n\n\0", 0)
    assert isinstance(client.events()[0], ProtocolFailed)


def test_nothing_from_a_server_before_connect() -> None:
    client = ClientSession()
    client.receive_data(b"RECEIPT\nreceipt-id:1\n\n\0", 0)
    assert isinstance(client.events()[0], ProtocolFailed)
