"""Our connections to peers' endpoints: against our own endpoint, and against one by hand."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

import pytest
from net119_protocol.api.admin import PeerOperator
from net119_protocol.stomp import Frame, FrameParser
from net119_reference.config import Config
from net119_reference.ports import Channel, StorageFailed
from net119_reference.stomp_shell import (
    Bounds,
    EndpointServer,
    Interconnect,
    Links,
    build_links,
)

from tests.reference.stomp_shell.support import (
    AKANE,
    AOBA,
    MIDORI,
    QUICK,
    WITHIN_S,
    FakeService,
    certificates,
    config,
    open_descriptors,
    peer,
)

UP = ("aoba", Channel.CLIENT, True)
DOWN = ("aoba", Channel.CLIENT, False)


@asynccontextmanager
async def pair() -> AsyncIterator[tuple[FakeService, EndpointServer, FakeService, Links]]:
    """Aoba's endpoint, and midori with both sides, connected to it."""
    aoba = FakeService("aoba", peer("midori", MIDORI))
    endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA), QUICK)
    await endpoint.start()
    midori = FakeService("midori", peer("aoba", AOBA, endpoint.port))
    links = build_links(midori.as_service(), config("midori", MIDORI), QUICK)
    await links.start()
    try:
        await midori.until(lambda: midori.sessions == [UP])
        yield aoba, endpoint, midori, links
    finally:
        await links.stop()
        await endpoint.stop()


async def at_port(aoba: FakeService, port: int) -> EndpointServer:
    """Aoba's endpoint at a certain port."""
    endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA, stomp={"port": port}), QUICK)
    await endpoint.start()
    return endpoint


def test_messages_pass_both_ways_in_order() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            for n in range(200):
                midori.queue("aoba", f"request {n}", Channel.CLIENT)
                aoba.queue("midori", f"answer {n}")
            endpoint.wake("midori")
            await aoba.until(lambda: len(aoba.received) == 200 and not aoba.stored)
            await midori.until(lambda: len(midori.received) == 200 and not midori.stored)
            assert aoba.received == [("midori", f"request {n}", Channel.QUEUE) for n in range(200)]
            assert midori.received == [("aoba", f"answer {n}", Channel.CLIENT) for n in range(200)]
            assert midori.confirmations == list(range(1, 201))
            assert midori.heard > 0
            assert aoba.refused == midori.refused == []

    asyncio.run(scenario())


def test_after_a_restart_of_the_endpoint_nothing_is_lost_or_doubled() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            midori.queue("aoba", "before", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            port = endpoint.port
            await endpoint.stop()
            await midori.until(lambda: midori.sessions == [UP, DOWN])
            midori.queue("aoba", "meanwhile", Channel.CLIENT)
            aoba.queue("midori", "answer")
            again = await at_port(aoba, port)
            try:
                await midori.until(lambda: midori.sessions == [UP, DOWN, UP])
                await midori.until(lambda: not midori.stored and midori.texts() == ["answer"])
                assert aoba.texts() == ["before", "meanwhile"]
            finally:
                await again.stop()

    asyncio.run(scenario())


def test_a_connection_cut_before_the_receipt_means_the_same_message_again() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            aoba.gate.clear()
            midori.queue("aoba", "m", Channel.CLIENT)
            await aoba.until(lambda: aoba.receiving == 1)
            endpoint.operators_changed([])  # cuts midori off
            await midori.until(lambda: midori.sessions[-1] == UP and len(midori.sessions) == 3)
            aoba.gate.set()
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m", "m"]
            assert midori.confirmations == [1]

    asyncio.run(scenario())


def test_a_full_disk_at_the_endpoint_only_delays() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            # More often than a refused message would survive.
            aoba.fail = [StorageFailed("no space")] * 7
            for n in range(3):
                midori.queue("aoba", f"m{n}", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m0", "m1", "m2"]
            assert set(midori.codes()) == {"endpoint-error"}
            assert set(aoba.codes()) == {"storage-failed"}

    asyncio.run(scenario())


def test_a_message_that_is_refused_again_and_again_does_not_block_the_others() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            aoba.fail = [RuntimeError("poison")] * QUICK.refusals
            midori.queue("aoba", "poison", Channel.CLIENT)
            midori.queue("aoba", "good", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["good"]
            assert midori.codes().count("message-given-up") == 1
            assert aoba.codes() == ["internal-error"] * QUICK.refusals

    asyncio.run(scenario())


def test_our_own_full_disk_gives_the_message_back() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, _):
            midori.fail = [StorageFailed("no space"), RuntimeError("bug")]
            aoba.queue("midori", "m")
            endpoint.wake("midori")
            await aoba.until(lambda: not aoba.stored)
            assert midori.texts() == ["m"]
            assert midori.receiving == 3

    asyncio.run(scenario())


def test_confirmations_that_cannot_be_stored_are_tried_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("net119_reference.stomp_shell.confirmer.RETRY_S", 0.01)

    async def scenario() -> None:
        async with pair() as (aoba, _, midori, _links):
            midori.confirm_fails = 3
            midori.queue("aoba", "m", Channel.CLIENT)
            await midori.until(lambda: not midori.stored)
            assert aoba.texts() == ["m"]

    asyncio.run(scenario())


def test_operators_can_be_added_and_removed_while_running() -> None:
    async def scenario() -> None:
        async with pair() as (_, _endpoint, midori, links):
            akane = FakeService("akane", peer("midori", MIDORI))
            third = EndpointServer(akane.as_service(), config("akane", AKANE), QUICK)
            await third.start()
            try:
                links.operators_changed([peer("akane", AKANE, third.port)])
                await midori.until(lambda: ("akane", Channel.CLIENT, True) in midori.sessions)
                await midori.until(lambda: DOWN in midori.sessions)
                midori.queue("akane", "hello", Channel.CLIENT)
                await akane.until(lambda: akane.received == [("midori", "hello", Channel.QUEUE)])
            finally:
                await third.stop()

    asyncio.run(scenario())


def test_stopping_leaves_no_task_and_no_socket() -> None:
    async def scenario() -> None:
        tasks, sockets = asyncio.all_tasks(), open_descriptors()
        async with pair() as (aoba, endpoint, midori, _):
            midori.queue("aoba", "m", Channel.CLIENT)
            aoba.queue("midori", "answer")
            endpoint.wake("midori")
            await midori.until(lambda: not midori.stored and midori.texts() == ["answer"])
            # Somebody who never gets on with TLS.
            _, writer = await asyncio.open_connection(AOBA, endpoint.port, local_addr=(MIDORI, 0))
        assert midori.sessions == [UP, DOWN]
        writer.close()
        await writer.wait_closed()
        await asyncio.gather(midori.telling, aoba.telling)
        assert asyncio.all_tasks() == tasks
        assert open_descriptors() == sockets

    asyncio.run(scenario())


def test_stopping_waits_for_what_is_being_stored() -> None:
    async def scenario() -> None:
        async with pair() as (aoba, endpoint, midori, links):
            aoba.gate.clear()
            midori.queue("aoba", "m", Channel.CLIENT)
            await aoba.until(lambda: aoba.receiving == 1)
            stopping = asyncio.ensure_future(endpoint.stop())
            await asyncio.sleep(0)
            aoba.gate.set()
            await stopping
            assert aoba.texts() == ["m"]
            await midori.until(lambda: not midori.stored)  # its receipt arrived all the same
            assert links.endpoint.port

    asyncio.run(scenario())


# --- an endpoint by hand ----------------------------------------------------------------------

Serve = Callable[["HandEndpoint"], Awaitable[None]]


class HandEndpoint:
    """One connection at an endpoint that does what a test says."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer
        self._parser = FrameParser(sender="client")
        self._frames: list[Frame] = []

    async def write(self, frame: Frame | bytes) -> None:
        self.writer.write(frame.encode() if isinstance(frame, Frame) else frame)
        await self.writer.drain()

    async def expect(self, command: str) -> Frame:
        while not self._frames:
            data = await self.reader.read(65536)
            if not data:
                raise EOFError
            self._parser.receive_data(data)
            self._frames += [each for each in self._parser.events() if isinstance(each, Frame)]
        frame = self._frames.pop(0)
        assert frame.command == command
        return frame

    async def receipt(self, frame: Frame) -> None:
        await self.write(Frame("RECEIPT", {"receipt-id": frame.headers["receipt"]}))

    async def welcome(self, heart_beat: str = "0,0") -> Frame:
        """CONNECT and SUBSCRIBE as they should be; returns the SUBSCRIBE."""
        hello = await self.expect("CONNECT")
        assert hello.headers["host"] == "aoba"
        assert hello.headers["accept-version"] == "1.2"
        await self.write(Frame("CONNECTED", {"version": "1.2", "heart-beat": heart_beat}))
        subscribe = await self.expect("SUBSCRIBE")
        assert subscribe.headers["destination"] == "/queue/midori.caller"
        assert subscribe.headers["ack"] == "client-individual"
        await self.receipt(subscribe)
        return subscribe


@asynccontextmanager
async def by_hand(
    *turns: Serve, bounds: Bounds = QUICK, **more: Any
) -> AsyncIterator[tuple[FakeService, list[str]]]:
    """Midori's client against an endpoint that serves its connections by ``turns``.

    Gives midori's service and the source addresses of the connections.
    """
    files = certificates()
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(files.cert, files.key)
    sources: list[str] = []
    broken: list[BaseException] = []
    waiting = list(turns)

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        sources.append(writer.get_extra_info("peername")[0])
        turn = waiting.pop(0) if waiting else None
        try:
            if turn is not None:
                await turn(HandEndpoint(reader, writer))
            else:
                await reader.read()
        except (EOFError, ConnectionError):
            return
        except AssertionError as wrong:
            broken.append(wrong)
        finally:
            writer.transport.abort()

    server = await asyncio.start_server(serve, AOBA, 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    midori = FakeService("midori", peer("aoba", AOBA, port))
    timers = {"stop_s": 0.5, **more.pop("timers", {})}
    settings: Config = config("midori", MIDORI, timers=timers, **more)
    client = Interconnect(midori.as_service(), settings, bounds)
    await client.start()
    try:
        yield midori, sources
    finally:
        await client.stop()
        server.close()
        await server.wait_closed()
    assert not broken, broken


def test_it_comes_from_its_own_address_and_sends_a_message_again_unchanged() -> None:
    async def scenario() -> None:
        bodies: list[bytes] = []

        async def refuse(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            message = await endpoint.expect("SEND")
            bodies.append(message.body)
            await endpoint.write(
                Frame("ERROR", {"message": "no", "receipt-id": message.headers["receipt"]})
            )

        async def take(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            message = await endpoint.expect("SEND")
            bodies.append(message.body)
            assert message.headers["destination"] == "/queue/aoba.callee"
            assert message.headers["content-type"] == "application/json;charset=utf-8"
            await endpoint.receipt(message)
            await endpoint.expect("DISCONNECT")

        async with by_hand(refuse, take) as (midori, sources):
            midori.queue("aoba", "m", Channel.CLIENT)
            await midori.until(lambda: midori.confirmations == [1])
            assert bodies == [b"m", b"m"]
            assert sources == [MIDORI, MIDORI]
            assert midori.codes() == ["endpoint-error"]

    asyncio.run(scenario())


def test_an_endpoint_that_falls_silent_is_left_and_tried_again() -> None:
    async def scenario() -> None:
        async def silent(endpoint: HandEndpoint) -> None:
            await endpoint.welcome(heart_beat="100,0")
            await endpoint.reader.read()

        async def fine(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            await endpoint.reader.read()

        timers = {"heartbeat_s": 0.1, "t3_s": 0.3}
        async with by_hand(silent, fine, timers=timers) as (midori, _):
            await midori.until(lambda: midori.sessions == [UP, DOWN, UP])

    asyncio.run(scenario())


def test_heart_beats_arrive_where_they_are_wanted_and_only_there() -> None:
    async def scenario() -> None:
        beat = asyncio.Event()

        async def wants(endpoint: HandEndpoint) -> None:
            await endpoint.welcome(heart_beat="0,100")
            assert await endpoint.reader.readexactly(2) == b"\n\n"
            beat.set()

        async with by_hand(wants, timers={"heartbeat_s": 0.1, "t3_s": 15.0}):
            async with asyncio.timeout(WITHIN_S):
                await beat.wait()

    asyncio.run(scenario())


def test_a_broken_or_refusing_endpoint_is_tried_for_ever() -> None:
    async def scenario() -> None:
        async def garbage(endpoint: HandEndpoint) -> None:
            await endpoint.write(b"\x00\xffnonsense\n\n\0")
            await endpoint.reader.read()

        async def refuses(endpoint: HandEndpoint) -> None:
            await endpoint.expect("CONNECT")
            await endpoint.write(Frame("ERROR", {"message": "unknown-operator"}))

        async def wrong_version(endpoint: HandEndpoint) -> None:
            await endpoint.expect("CONNECT")
            await endpoint.write(Frame("CONNECTED", {"version": "1.0"}))

        async def no_receipt(endpoint: HandEndpoint) -> None:
            await endpoint.expect("CONNECT")
            await endpoint.write(Frame("CONNECTED", {"version": "1.2"}))
            await endpoint.reader.read()

        async def fine(endpoint: HandEndpoint) -> None:
            await endpoint.welcome()
            await endpoint.reader.read()

        bounds = Bounds(hello_s=1.0)
        turns = (garbage, refuses, wrong_version, no_receipt, *[refuses] * 10, fine)
        timers = {"reconnect_s": 0.01}
        async with by_hand(*turns, bounds=bounds, timers=timers) as (midori, sources):
            await midori.until(lambda: midori.sessions == [UP])
            assert len(sources) == len(turns)
            assert midori.codes().count("endpoint-error") == 11

    asyncio.run(scenario())


def test_what_somebody_else_put_on_our_queue_is_not_processed() -> None:
    async def scenario() -> None:
        acked = asyncio.Event()

        async def forged(endpoint: HandEndpoint) -> None:
            subscribe = await endpoint.welcome()
            headers = {
                "subscription": subscribe.headers["id"],
                "destination": "/queue/midori.caller",
            }
            for number, stamp in enumerate(("akane", "aoba")):
                more = {"message-id": f"{number}", "ack": f"a{number}", "net119-sender": stamp}
                await endpoint.write(Frame("MESSAGE", headers | more, stamp.encode()))
            assert (await endpoint.expect("ACK")).headers["id"] == "a0"
            assert (await endpoint.expect("ACK")).headers["id"] == "a1"
            acked.set()

        async with by_hand(forged) as (midori, _):
            async with asyncio.timeout(WITHIN_S):
                await acked.wait()
            assert midori.received == [("aoba", "aoba", Channel.CLIENT)]
            assert midori.codes() == ["sender-mismatch"]

    asyncio.run(scenario())


def test_a_certificate_for_somebody_else_is_not_accepted() -> None:
    async def scenario() -> None:
        aoba = FakeService("aoba", peer("midori", MIDORI))
        endpoint = EndpointServer(aoba.as_service(), config("aoba", AOBA), QUICK)
        await endpoint.start()
        wrong: PeerOperator = peer("aoba", AOBA, endpoint.port, server_name="aoba.example")
        midori = FakeService("midori", wrong)
        client = Interconnect(midori.as_service(), config("midori", MIDORI), QUICK)
        await client.start()
        try:
            await midori.until(lambda: "certificate-refused" in midori.codes())
            assert midori.sessions == []
        finally:
            await client.stop()
            await endpoint.stop()

    asyncio.run(scenario())


def test_an_address_that_is_no_declared_test_system_is_never_called() -> None:
    async def scenario() -> None:
        midori = FakeService("midori", peer("aoba", "192.0.2.1"))
        client = Interconnect(midori.as_service(), config("midori", MIDORI), QUICK)
        await client.start()
        await midori.until(lambda: "host-not-permitted" in midori.codes())
        await client.stop()

    asyncio.run(scenario())
