"""An independent client, stomp.py, against the endpoint: TLS, source address, both directions."""

import asyncio
import contextlib
import queue
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stomp  # type: ignore[import-untyped]  # it comes without types
from net119_reference.ports import Channel
from stomp.utils import Frame as TheirFrame  # type: ignore[import-untyped]  # it comes without types

from tests.brokers.their_client import close
from tests.reference.stomp_shell.support import (
    AOBA,
    CALLER,
    MIDORI,
    STRANGER,
    WITHIN_S,
    certificates,
    config,
    endpoint,
    service,
)


class Heard(stomp.ConnectionListener):  # type: ignore[misc]  # as above
    """Puts every frame from the endpoint into a queue."""

    def __init__(self) -> None:
        self.frames: queue.Queue[tuple[str, TheirFrame]] = queue.Queue()

    def on_connected(self, frame: TheirFrame) -> None:
        self.frames.put(("CONNECTED", frame))

    def on_message(self, frame: TheirFrame) -> None:
        self.frames.put(("MESSAGE", frame))

    def on_receipt(self, frame: TheirFrame) -> None:
        self.frames.put(("RECEIPT", frame))

    def on_error(self, frame: TheirFrame) -> None:
        self.frames.put(("ERROR", frame))

    def on_disconnected(self) -> None:
        self.frames.put(("GONE", None))

    def expect(self, command: str) -> TheirFrame:
        got, frame = self.frames.get(timeout=WITHIN_S)
        assert got == command, frame
        return frame


@contextmanager
def client(port: int, source: str, *, certificate: bool = False) -> Iterator[tuple[Any, Heard]]:
    heard = Heard()
    connection = stomp.Connection12(
        [(AOBA, port)],
        bind_host_port=(source, 0),
        heartbeats=(5000, 5000),
        reconnect_attempts_max=1,
    )
    files = certificates()
    own = {"cert_file": str(files.cert), "key_file": str(files.key)} if certificate else {}
    connection.set_ssl([(AOBA, port)], ca_certs=str(files.ca), **own)
    connection.set_listener("heard", heard)
    try:
        yield connection, heard
    finally:
        close(connection)


def test_it_sends_and_receives() -> None:
    def talk(port: int) -> None:
        with client(port, MIDORI) as (connection, heard):
            connection.connect(wait=True, headers={"host": "aoba"})
            connected = heard.expect("CONNECTED")
            assert connected.headers["version"] == "1.2"
            connection.send(
                "/queue/aoba.callee",
                '{"text": "こんにちは: \\\\ "}',
                content_type="application/json;charset=utf-8",
                receipt="one",
            )
            assert heard.expect("RECEIPT").headers["receipt-id"] == "one"
            connection.subscribe(CALLER, id="7", ack="client-individual")
            for text in ("答え 1", "答え 2"):
                message = heard.expect("MESSAGE")
                assert message.body == text
                assert message.headers["net119-sender"] == "aoba"
                connection.ack(message.headers["ack"])
            connection.disconnect(receipt="bye")
            # It leaves when the receipt is here; its listener may hear of either first.
            last = [heard.frames.get(timeout=WITHIN_S) for _ in range(2)]
            assert sorted(command for command, _ in last) == ["GONE", "RECEIPT"]
            [receipt] = [frame for command, frame in last if command == "RECEIPT"]
            assert receipt.headers["receipt-id"] == "bye"

    async def scenario() -> None:
        fake = service()
        fake.queue("midori", "答え 1")
        fake.queue("midori", "答え 2")
        async with endpoint(fake) as port:
            await asyncio.to_thread(talk, port)
            await fake.until(lambda: fake.confirmations == [1, 2])
            assert fake.received == [("midori", '{"text": "こんにちは: \\\\ "}', Channel.QUEUE)]
            assert fake.refused == []

    asyncio.run(scenario())


def test_it_is_told_what_is_refused() -> None:
    def talk(port: int) -> None:
        with client(port, MIDORI) as (connection, heard):
            connection.connect(wait=True, headers={"host": "aoba"})
            heard.expect("CONNECTED")
            connection.subscribe("/queue/akane.caller", id="1", ack="client-individual")
            assert "/queue/midori.caller" in heard.expect("ERROR").body
        with client(port, MIDORI) as (connection, heard):
            connection.connect(wait=True, headers={"host": "aoba"})
            heard.expect("CONNECTED")
            connection.begin()
            assert "transaction" in heard.expect("ERROR").headers["message"]
        with client(port, STRANGER) as (connection, heard):
            connection.connect(wait=False, headers={"host": "aoba"})
            assert heard.expect("ERROR").headers["message"] == "unknown-operator"

    async def scenario() -> None:
        fake = service()
        async with endpoint(fake) as port:
            await asyncio.to_thread(talk, port)
            assert fake.codes() == ["stomp-subscribe", "stomp-begin", "unknown-operator"]

    asyncio.run(scenario())


def test_without_a_client_certificate_it_is_refused_where_one_is_demanded() -> None:
    def talk(port: int) -> None:
        with client(port, MIDORI) as (connection, heard):
            # With TLS 1.3 the refusal comes after the client takes the handshake for done; if it
            # meets what the client is sending, stomp.py tells nobody that the connection is gone.
            with contextlib.suppress(stomp.exception.ConnectFailedException, queue.Empty):
                connection.connect(wait=False, headers={"host": "aoba"})
                assert heard.frames.get(timeout=WITHIN_S)[0] == "GONE"
            assert "CONNECTED" not in [command for command, _ in tuple(heard.frames.queue)]
        with client(port, MIDORI, certificate=True) as (connection, heard):
            connection.connect(wait=False, headers={"host": "aoba"})
            heard.expect("CONNECTED")

    async def scenario() -> None:
        fake = service()
        demanding = config("aoba", AOBA, stomp={"client_certificates": True})
        async with endpoint(fake, demanding) as port:
            await asyncio.to_thread(talk, port)

    asyncio.run(scenario())
