"""Helpers of tests that play a peer against a server session."""

from net119_protocol.stomp import (
    Closed,
    ErrorSent,
    Frame,
    FrameParser,
    Section,
    ServerSession,
    Subscribed,
)

CALLEE = "/queue/aoba.callee"
OWN = "/queue/midori.caller"


def feed(server: ServerSession, command: str, body: bytes = b"", /, **headers: str) -> None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    server.receive_data(Frame(command, named, body).encode(), 0.0)


def sent(server: ServerSession) -> list[Frame]:
    parser = FrameParser(sender="server")
    parser.receive_data(server.data_to_send())
    assert parser.error is None
    return [item for item in parser.events() if isinstance(item, Frame)]


def refusal(server: ServerSession, section: Section) -> Frame:
    """The ERROR that ended the session; checks that it is complete and final."""
    *_, error_sent, closed = server.events()
    assert isinstance(error_sent, ErrorSent)
    assert error_sent.cause.section is section
    assert isinstance(closed, Closed)
    assert not closed.clean
    error = sent(server)[-1]
    assert error.command == "ERROR"
    assert error.headers["message"]
    assert len(error.body) > 20
    feed(server, "SEND", destination=CALLEE)
    assert server.events() == []
    assert server.data_to_send() == b""
    return error


def subscribe(server: ServerSession, ack: str, id_: str = "0") -> None:
    feed(server, "SUBSCRIBE", id=id_, destination=OWN, ack=ack)
    assert server.events() == [Subscribed(id_, OWN, ack)]


def deliver(server: ServerSession, count: int, id_: str = "0") -> list[str | None]:
    return [
        server.deliver(id_, f"m{n}", OWN, b"{}", {"content-type": "application/json"}, token=n)
        for n in range(count)
    ]
