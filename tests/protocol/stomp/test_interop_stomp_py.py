"""stomp.py, an independent client, against a small TLS server around ServerSession."""

import asyncio
import queue
import ssl
import threading
from collections.abc import Iterator
from typing import Any

import pytest
import stomp  # type: ignore[import-untyped]  # stomp.py ships no types
import trustme
from net119_protocol.stomp import (
    Acked,
    Closed,
    DisconnectRequested,
    HeartBeatOffer,
    Nacked,
    OwnQueues,
    SendReceived,
    ServerSession,
    Subscribed,
    user_headers,
)

DEADLINE = 10.0
CALLEE = "/queue/aoba.callee"
OWN = "/queue/midori.caller"


class Shell:
    """Echoes what is sent to the endpoint's queue back to the sender's own queue, once for each
    NACK again."""

    def __init__(self) -> None:
        self.events: queue.Queue[object] = queue.Queue()
        self.beats: queue.Queue[int] = queue.Queue()  # heart-beats received so far
        self._waiting: list[tuple[str, bytes, dict[str, str]]] = []
        self._given: dict[object, tuple[str, bytes, dict[str, str]]] = {}
        self._subscription: str | None = None
        self._count = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        clock = asyncio.get_running_loop().time
        session = ServerSession(
            "midori", OwnQueues("aoba"), now=clock(), heart_beat=HeartBeatOffer(200, 200)
        )
        open_ = True
        while open_:
            due = session.next_timer()
            try:
                async with asyncio.timeout_at(due):
                    data = await reader.read(4096)
                if data:
                    session.receive_data(data, clock())
                    self.beats.put(session.heart_beats_received)
                else:
                    session.receive_eof()
            except TimeoutError:
                session.handle_timer(clock())
            except ConnectionError:
                session.receive_eof()
            for event in session.events():
                self._act(session, event)
            self._deliver(session)
            for event in session.events():  # of confirm()
                self.events.put(event)
                open_ = open_ and not isinstance(event, Closed)
            open_ = open_ and session.state.value != "closed"
            writer.write(session.data_to_send(clock()))
            await writer.drain()
        writer.close()

    def _act(self, session: ServerSession, event: object) -> None:
        self.events.put(event)
        match event:
            case SendReceived(frame=frame, receipt_id=receipt_id):
                self._count += 1
                self._waiting.append((f"m{self._count}", frame.body, user_headers(frame)))
                session.confirm(receipt_id)
            case Subscribed(subscription=subscription):
                self._subscription = subscription
            case Acked(tokens=tokens, receipt_id=receipt_id):
                for token in tokens:
                    del self._given[token]
                session.confirm(receipt_id)
            case Nacked(tokens=tokens, receipt_id=receipt_id):
                self._waiting += [self._given.pop(token) for token in tokens]
                session.confirm(receipt_id)
            case DisconnectRequested(receipt_id=receipt_id):
                session.confirm(receipt_id)

    def _deliver(self, session: ServerSession) -> None:
        name = self._subscription
        while self._waiting and name is not None and session.can_deliver(name):
            message_id, body, headers = message = self._waiting.pop(0)
            self._given[message_id] = message
            session.deliver(name, message_id, OWN, body, {**headers, "net119-sender": "midori"})


class Endpoint:
    """Runs a Shell in a thread of its own."""

    def __init__(self, authority: trustme.CA) -> None:
        self.shell = Shell()
        self.port = 0
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.minimum_version = ssl.TLSVersion.TLSv1_2
        authority.issue_cert("127.0.0.1").configure_cert(self._context)
        self._ready = threading.Event()
        self._loop = asyncio.new_event_loop()
        self._stop = asyncio.Event()
        self._thread = threading.Thread(target=self._run)

    def __enter__(self) -> "Endpoint":
        self._thread.start()
        assert self._ready.wait(DEADLINE)
        return self

    def __exit__(self, *exc: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(DEADLINE)
        assert not self._thread.is_alive()

    def _run(self) -> None:
        self._loop.run_until_complete(self._main())
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _main(self) -> None:
        server = await asyncio.start_server(self.shell.serve, "127.0.0.1", 0, ssl=self._context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)


class Listener(stomp.ConnectionListener):  # type: ignore[misc]  # the base has no types
    """Puts what stomp.py reports into queues."""

    def __init__(self) -> None:
        self.seen: dict[str, queue.Queue[Any]] = {
            name: queue.Queue() for name in ("connected", "message", "receipt", "error", "gone")
        }

    def on_connected(self, frame: Any) -> None:
        self.seen["connected"].put(frame)

    def on_message(self, frame: Any) -> None:
        self.seen["message"].put(frame)

    def on_receipt(self, frame: Any) -> None:
        self.seen["receipt"].put(frame)

    def on_error(self, frame: Any) -> None:
        self.seen["error"].put(frame)

    def on_disconnected(self) -> None:
        self.seen["gone"].put(None)

    def take(self, name: str) -> Any:
        return self.seen[name].get(timeout=DEADLINE)


@pytest.fixture
def endpoint(tmp_path: Any) -> Iterator[Endpoint]:
    authority = trustme.CA()
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    with Endpoint(authority) as running:
        yield running


@pytest.fixture
def peer(endpoint: Endpoint, tmp_path: Any) -> Iterator[tuple[Any, Listener]]:
    address = [("127.0.0.1", endpoint.port)]
    connection = stomp.Connection12(
        address, vhost="aoba", heartbeats=(100, 1000), reconnect_attempts_max=1
    )
    connection.set_ssl(
        address, ca_certs=str(tmp_path / "ca.pem"), ssl_version=ssl.PROTOCOL_TLS_CLIENT
    )
    listener = Listener()
    connection.set_listener("test", listener)
    connection.connect(wait=True)
    try:
        yield connection, listener
    finally:
        if connection.is_connected():
            connection.disconnect()


def take(endpoint: Endpoint, kind: type) -> Any:
    event = endpoint.shell.events.get(timeout=DEADLINE)
    while not isinstance(event, kind):
        event = endpoint.shell.events.get(timeout=DEADLINE)
    return event


def test_send_receive_ack_nack_disconnect(endpoint: Endpoint, peer: tuple[Any, Listener]) -> None:
    connection, listener = peer
    assert listener.take("connected").headers["version"] == "1.2"
    connection.subscribe(OWN, id="7", ack="client-individual", headers={"receipt": "s"})
    assert listener.take("receipt").headers["receipt-id"] == "s"

    text = '{"text":"火事です 😀"}'
    connection.send(CALLEE, text, content_type="application/json", receipt="r:1", note="a:b\n\\c")
    assert listener.take("receipt").headers["receipt-id"] == "r:1"
    first = listener.take("message")
    assert first.body == text
    assert first.headers["note"] == "a:b\n\\c"
    assert first.headers["subscription"] == "7"
    assert first.headers["net119-sender"] == "midori"

    connection.nack(first.headers["ack"])
    assert take(endpoint, Nacked).tokens == (first.headers["message-id"],)
    again = listener.take("message")
    assert again.headers["message-id"] == first.headers["message-id"]
    assert again.headers["ack"] != first.headers["ack"]
    connection.ack(again.headers["ack"], receipt="r2")
    assert listener.take("receipt").headers["receipt-id"] == "r2"
    assert take(endpoint, Acked).tokens == (first.headers["message-id"],)

    connection.disconnect(receipt="bye")
    assert listener.take("receipt").headers["receipt-id"] == "bye"
    closed = take(endpoint, Closed)
    assert closed.clean
    assert closed.unacked == ()


def test_refusal_reaches_the_client(endpoint: Endpoint, peer: tuple[Any, Listener]) -> None:
    connection, listener = peer
    connection.subscribe("/queue/akane.caller", id="1", headers={"receipt": "r1"})
    error = listener.take("error")
    assert error.headers["receipt-id"] == "r1"
    assert error.headers["message"] == "subscription refused"
    assert "/queue/midori.caller" in error.body
    listener.take("gone")
    assert not take(endpoint, Closed).clean


def test_transaction_is_refused(endpoint: Endpoint, peer: tuple[Any, Listener]) -> None:
    connection, listener = peer
    connection.begin()
    assert "no transactions" in listener.take("error").headers["message"]
    listener.take("gone")


def test_heart_beats_keep_an_idle_connection(
    endpoint: Endpoint, peer: tuple[Any, Listener]
) -> None:
    # Agreed: every 0.2 s to the server, which would give up after 0.6 s of silence, and every
    # second from it, for which stomp.py waits 1.5 s. Ten of the former outlast both.
    connection, listener = peer
    while endpoint.shell.beats.get(timeout=DEADLINE) < 10:
        pass
    assert listener.seen["gone"].empty()
    connection.send(CALLEE, "still there", receipt="r1")
    assert listener.take("receipt").headers["receipt-id"] == "r1"
