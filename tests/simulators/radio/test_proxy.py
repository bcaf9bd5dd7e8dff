"""The proxy over real TCP: what a phone and a provider see of the radio between them."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any

import pytest
from net119_simulators.errors import SafetyInterlock
from net119_simulators.mailbox import Draft, MailboxServer, send_mail
from net119_simulators.radio import NoNetwork, RadioProfile, RadioProxy, load_radios

from tests.simulators.support import Tape

RADIOS = load_radios()
IDEAL = RADIOS["ideal"]
_DEADLINE_S = 60


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    complaints: list[dict[str, Any]] = []

    async def bounded() -> None:
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _loop, context: complaints.append(context))
        async with asyncio.timeout(_DEADLINE_S):
            await test()

    asyncio.run(bounded())
    assert complaints == []


@asynccontextmanager
async def echo(profile: RadioProfile = IDEAL, **options: Any) -> AsyncIterator[RadioProxy]:
    """A radio before a server that sends everything back and closes when the phone does."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65_536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.2", 0)
    async with server:
        to = ("127.0.0.2", server.sockets[0].getsockname()[1])
        async with RadioProxy(profile, to, **options) as radio:
            yield radio


async def connect(radio: RadioProxy) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    return await asyncio.open_connection(radio.host, radio.port)


async def talk(radio: RadioProxy, text: bytes = b"119") -> None:
    reader, writer = await connect(radio)
    writer.write(text)
    assert await reader.readexactly(len(text)) == text
    writer.close()


@pytest.mark.parametrize("code", sorted(RADIOS))
def test_all_octets_come_back_in_order_over_every_radio(code: str) -> None:
    generator = random.Random(code)
    chunks = [generator.randbytes(generator.randint(1, 6000)) for _ in range(20)]

    async def test() -> None:
        # Before its course begins, the link alone is at work.
        async with echo(RADIOS[code], seed=3, scale=0.01) as radio:
            reader, writer = await connect(radio)
            for chunk in chunks:
                writer.write(chunk)
                await writer.drain()
            writer.write_eof()
            assert await reader.read(-1) == b"".join(chunks)
            assert dict(radio.counts) == {"opened": 1}
            writer.close()

    run(test)


def test_a_tunnel_holds_octets_back_and_loses_none() -> None:
    async def test() -> None:
        async with echo(scale=0.05) as radio:
            reader, writer = await connect(radio)
            writer.write(b"before")
            assert await reader.readexactly(6) == b"before"
            radio.tunnel(20.0)
            end = radio.now + 20.0
            writer.write(b"in the tunnel")
            assert await reader.readexactly(13) == b"in the tunnel"
            assert radio.now >= end
            # A connection that is opened in a tunnel waits for its end.
            radio.tunnel(10.0)
            end = radio.now + 10.0
            await talk(radio)
            assert radio.now >= end
            writer.close()

    run(test)


def test_a_hand_over_resets_both_sides_and_the_next_connection_is_fine() -> None:
    async def test() -> None:
        async with echo() as radio:
            reader, writer = await connect(radio)
            writer.write(b"x")
            await reader.readexactly(1)
            radio.hand_over()
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            await talk(radio)
            assert radio.counts["reset"] == 1

    run(test)


def test_out_of_area_connections_are_refused_and_come_back() -> None:
    async def test() -> None:
        async with echo(scale=0.05) as radio:
            reader, writer = await connect(radio)
            writer.write(b"x")
            await reader.readexactly(1)
            radio.out_of_area(40.0)
            with pytest.raises(ConnectionRefusedError):
                await connect(radio)
            writer.write(b"lost")
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            while True:
                try:
                    await talk(radio)
                except ConnectionError:
                    await asyncio.sleep(0.02)
                else:
                    break

    run(test)


def test_out_of_area_connections_may_vanish() -> None:
    async def test() -> None:
        async with echo(scale=0.02) as radio:
            radio.out_of_area(60.0, NoNetwork.VANISH)
            reader, writer = await connect(radio)
            writer.write(b"anybody there?")
            # At the end of it the phone has a new address: the old connection is gone.
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            assert radio.counts["vanished"] == 1
            await talk(radio)

    run(test)


def test_a_course_begins_when_told_and_resets_at_its_moment() -> None:
    tape = Tape()

    async def test() -> None:
        async with echo(RADIOS["hand-over"], seed=5, scale=0.02, wiretap=tape) as radio:
            reader, writer = await connect(radio)
            writer.write(b"x")
            await reader.readexactly(1)
            assert radio.now < 0
            radio.begin()
            (expected,) = radio.model.course.resets(0.0, 45.0)
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            assert radio.now >= expected
            assert tape.labels() == ["hand-over"]
            radio.tunnel(2.0)
            assert tape.labels() == ["hand-over", "tunnel for 2 s"]
            assert json.loads(tape.events[-1].payload) == {"radio": "tunnel", "seconds": 2.0}

    run(test)


def test_a_provider_that_is_away_or_breaks_off_is_seen_by_the_phone() -> None:
    async def test() -> None:
        async with MailboxServer() as gone:
            port = gone.port
        async with RadioProxy(IDEAL, ("127.0.0.1", port)) as radio:
            reader, _ = await connect(radio)
            with pytest.raises(ConnectionResetError):
                await reader.read(1)
            assert radio.counts["unreachable"] == 1
        async with MailboxServer() as boxes, RadioProxy(IDEAL, (boxes.host, boxes.port)) as radio:
            reader, _ = await connect(radio)
            assert (await reader.readline()).startswith(b"220")
            await boxes.kill()
            with pytest.raises((ConnectionResetError, asyncio.IncompleteReadError)):
                await reader.readexactly(1)

    run(test)


def test_mail_goes_over_it() -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            weak = RADIOS["weak-3g"]
            async with RadioProxy(weak, (boxes.host, boxes.port), scale=0.05) as radio:
                draft = Draft("a@docomo.example", "b@x.example", "登録", "髙橋", "shift_jis")
                await send_mail(draft, radio.host, radio.port)
                assert (await boxes.wait_for_letter("b@x.example")).text == "髙橋"

    run(test)


def test_it_neither_listens_nor_connects_beyond_this_machine() -> None:
    with pytest.raises(SafetyInterlock):
        RadioProxy(IDEAL, ("192.0.2.1", 443))
    with pytest.raises(SafetyInterlock):
        RadioProxy(IDEAL, ("127.0.0.1", 443), host="0.0.0.0")
    with pytest.raises(ValueError, match="scale"):
        RadioProxy(IDEAL, ("127.0.0.1", 443), scale=0)
