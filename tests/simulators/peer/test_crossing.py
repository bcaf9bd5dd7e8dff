"""What stands between two providers passes everything on, writes it down, and lets no other in."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.interconnect.mapping import load_mapping
from net119_simulators.errors import SafetyInterlock, Waited
from net119_simulators.network.authority import Authority, trusting
from net119_simulators.peer.attempt import Reached
from net119_simulators.peer.crossing import NO_FRAME, Bank, Crossing
from net119_simulators.wiretap import Silence, WireEvent

HERE, THERE, SOURCE = "127.0.0.61", "127.0.0.62", "127.0.0.63"
CONNECTED = b"CONNECTED\nversion:1.2\n\n\0"
SESSION = b"CONNECT\naccept-version:1.2\nhost:x\n\n\0SUBSCRIBE\nid:1\ndestination:/queue/a\n\n\0"
GARBAGE = "髙𠮷①, and no frame\n\n".encode() + b"\xff\0"


class Tape:
    """Keeps what was written down."""

    def __init__(self) -> None:
        self.events: list[WireEvent] = []

    def record(self, event: WireEvent) -> None:
        self.events.append(event)


class Provider:
    """An endpoint that answers CONNECTED, and keeps what came and from where."""

    def __init__(self) -> None:
        self.got = b""
        self.source = ""
        self.port = 0
        self._came = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.source = writer.get_extra_info("peername")[0]
        writer.write(CONNECTED)
        while octets := await reader.read(4096):
            self.got += octets
            self._came.set()
        writer.close()

    async def until(self, octets: bytes) -> None:
        async with asyncio.timeout(5):
            while octets not in self.got:
                self._came.clear()
                await self._came.wait()


Serve = Callable[[Provider, asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]


@asynccontextmanager
async def between(
    folder: Path, tape: Tape, serve: Serve = Provider.serve
) -> AsyncIterator[tuple[Crossing, Provider, Authority]]:
    """A crossing, and the endpoint behind it; the two sides trust authorities of their own.

    ``serve`` is what the endpoint does with a connection.
    """
    near, far = Authority(folder / "near"), Authority(folder / "far")
    provider = Provider()
    server = await asyncio.start_server(
        partial(serve, provider), THERE, 0, ssl=far.server_context(far.issue(THERE))
    )
    provider.port = server.sockets[0].getsockname()[1]
    crossing = Crossing(
        Bank("aoba", HERE, 0, near.server_context(near.issue(HERE))),
        Bank("midori", THERE, provider.port, trusting(far.ca_file), source=SOURCE),
        is_client=lambda address: address == HERE,
        wiretap=tape,
        mapping=load_mapping(),
    )
    async with crossing:
        yield crossing, provider, near
    server.close()


async def connect(
    crossing: Crossing, near: Authority, source: str
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(
        HERE,
        crossing.port,
        ssl=trusting(near.ca_file),
        server_hostname=HERE,
        local_addr=(source, 0),
    )


def test_octets_pass_unchanged_and_are_written_down(tmp_path: Path) -> None:
    """From the address that the other side expects; what is no frame passes, too, and is told."""
    tape = Tape()

    async def play() -> None:
        async with between(tmp_path, tape) as (crossing, provider, near):
            with pytest.raises(Waited, match="nothing has connected yet"):
                await crossing.up(0.01)
            reader, writer = await connect(crossing, near, HERE)
            writer.write(SESSION)
            await crossing.up(5)
            assert await reader.readexactly(len(CONNECTED)) == CONNECTED
            writer.write(GARBAGE)
            await provider.until(GARBAGE)
            assert provider.got == SESSION + GARBAGE
            assert provider.source == SOURCE
            await crossing.cut()
            assert not crossing.is_up
            with pytest.raises(OSError, match=r"reset|closed|abort"):
                await _broken(reader)

    asyncio.run(play())
    said = [(each.source, each.target, each.label) for each in tape.events]
    assert ("aoba", "midori", "SUBSCRIBE /queue/a") in said
    assert ("midori", "aoba", "CONNECTED") in said
    assert [each.source for each in tape.events if each.payload.startswith(NO_FRAME)] == ["aoba"]


async def _broken(reader: asyncio.StreamReader) -> None:
    async with asyncio.timeout(5):
        if not await reader.read(1):
            raise ConnectionResetError("closed")


def test_a_stranger_is_turned_away_and_told_of(tmp_path: Path) -> None:
    async def play() -> None:
        async with between(tmp_path, Tape()) as (crossing, provider, near):
            reader, writer = await connect(crossing, near, SOURCE)
            writer.write(SESSION)
            with pytest.raises(OSError, match=r"reset|closed|abort"):
                await _broken(reader)
            assert provider.got == b""
            assert f"came from {SOURCE}, which is not aoba" in crossing.state

    asyncio.run(play())


def test_an_endpoint_that_is_not_there_is_told_of(tmp_path: Path) -> None:
    async def play() -> None:
        near = Authority(tmp_path)
        crossing = Crossing(
            Bank("aoba", HERE, 0, near.server_context(near.issue(HERE))),
            Bank("midori", THERE, 1, trusting(near.ca_file)),
            is_client=lambda _: True,
            wiretap=Silence(),
            mapping=load_mapping(),
        )
        async with crossing:
            reader, _ = await connect(crossing, near, HERE)
            with pytest.raises(OSError, match=r"reset|closed|abort"):
                await _broken(reader)
            assert "the endpoint of midori" in crossing.state
            assert "does not answer" in crossing.state

    asyncio.run(play())


def test_no_other_machine_is_connected_to() -> None:
    context = ssl.create_default_context()
    with pytest.raises(SafetyInterlock):
        Crossing(
            Bank("aoba", HERE, 0, context),
            Bank("midori", "192.0.2.1", 61614, context),
            is_client=lambda _: True,
            wiretap=Silence(),
            mapping=load_mapping(),
        )


def test_what_is_held_never_gets_there_though_heart_beats_do(tmp_path: Path) -> None:
    """And is not written down: nobody may be told to have heard it."""
    tape = Tape()
    lost = b"SEND\ndestination:/queue/lost\n\n\0"
    later = b"SEND\ndestination:/queue/later\n\n\0"

    async def play() -> None:
        async with between(tmp_path, tape) as (crossing, provider, near):
            _, writer = await connect(crossing, near, HERE)
            writer.write(SESSION)
            await crossing.up(5)
            crossing.hold()
            writer.write(b"\n")
            await provider.until(SESSION + b"\n")
            writer.write(lost)
            await writer.drain()
            assert crossing.is_up
            await crossing.release()
            assert not crossing.is_up
            _, again = await connect(crossing, near, HERE)
            again.write(SESSION + later)
            await provider.until(later)
            assert lost not in provider.got

    asyncio.run(play())
    said = "".join(each.payload for each in tape.events)
    assert "/queue/later" in said
    assert "/queue/lost" not in said


@pytest.mark.parametrize(
    ("octets", "reached"),
    [
        (b"", Reached.SAID_NOTHING),
        (b"CONNECT\naccept-version:1.2\nhost:x\n\n\0", Reached.NOT_SUBSCRIBED),
        (SESSION, Reached.SESSION),
    ],
)
def test_how_far_a_connection_gets_is_told(octets: bytes, reached: Reached, tmp_path: Path) -> None:
    async def play() -> None:
        async with between(tmp_path, Tape()) as (crossing, provider, near):
            assert crossing.attempts == []
            reader, writer = await connect(crossing, near, HERE)
            writer.write(octets)
            assert await reader.readexactly(len(CONNECTED)) == CONNECTED
            await provider.until(octets)
            assert crossing.attempts == [reached]
            assert await crossing.unreachable(5) == ""
            crossing.forget()
            assert crossing.attempts == [reached]
            await crossing.cut()
            assert crossing.attempts == [reached]
            crossing.forget()
            assert crossing.attempts == []

    asyncio.run(play())


@pytest.mark.parametrize(
    ("host", "reached"), [("midori", Reached.CLOSED), ("akane", Reached.TURNED_AWAY)]
)
def test_an_endpoint_that_closes_upon_connect(host: str, reached: Reached, tmp_path: Path) -> None:
    """It is told from one that closes where the CONNECT names somebody else."""

    async def hang_up(
        _provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        await reader.readuntil(b"\0")
        writer.close()

    async def play() -> None:
        async with between(tmp_path, Tape(), hang_up) as (crossing, _, near):
            reader, writer = await connect(crossing, near, HERE)
            writer.write(f"CONNECT\naccept-version:1.2\nhost:{host}\n\n\0".encode())
            with pytest.raises(OSError, match=r"reset|closed|abort"):
                await _broken(reader)
            assert crossing.attempts == [reached]

    asyncio.run(play())


def test_an_endpoint_that_cannot_be_reached_says_why(tmp_path: Path) -> None:
    async def play() -> None:
        near = Authority(tmp_path)
        crossing = Crossing(
            Bank("aoba", HERE, 0, near.server_context(near.issue(HERE))),
            Bank("midori", THERE, 1, trusting(near.ca_file)),
            is_client=lambda _: True,
            wiretap=Tape(),
            mapping=load_mapping(),
        )
        async with crossing:
            assert THERE in await crossing.unreachable(5)

    asyncio.run(play())
