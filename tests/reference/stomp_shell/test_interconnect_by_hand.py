"""Our connections to peers' endpoints, against an endpoint that answers by hand."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import Any

from net119_protocol.stomp import Frame, FrameParser
from net119_reference.config import Config
from net119_reference.ports import Channel
from net119_reference.stomp_shell import Bounds, Interconnect

from tests.reference.stomp_shell.support import (
    AOBA,
    MIDORI,
    QUICK,
    WITHIN_S,
    FakeService,
    certificates,
    config,
    peer,
)

UP = ("aoba", Channel.CLIENT, True)
DOWN = ("aoba", Channel.CLIENT, False)

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
