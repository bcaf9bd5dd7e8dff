"""Invariant I10 on a running provider: garbage at every port is refused and told, nothing falls."""

import asyncio
import json
import socket
from collections.abc import Callable, Iterator

import pytest
from net119_protocol.stomp import Frame
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec
from net119_simulators.network.local import REFERENCE
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from tests.system.attack import (
    HOST,
    PEER,
    SAID_BY_CALLER,
    SAID_BY_DISPATCHER,
    SETTINGS,
    WITHIN_S,
    Target,
    called,
    talk,
    under_attack,
)

FLOOD = 1000


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("bad-input")
    spec = ProviderSpec("aoba", HOST, settings=SETTINGS)
    with asyncio.Runner() as runner:
        network = LocalNetwork(
            [spec],
            folder,
            peers=[PeerSpec("midori", PEER)],
            # Its process is looked into.
            command=REFERENCE,
            start_within_s=WITHIN_S,
        )
        try:
            runner.run(network.__aenter__())
            yield runner.run(called(runner, network))
        finally:
            runner.run(network.stop())


GARBAGE = [
    b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
    b"CONNECT\naccept-version:1.2\nhost:aoba\n\n\x00",
    b"\x16\x03\x01\x00\x05hello",
    b"\x16\x03\x01\xff\xff" + b"\x00" * 5000,
    bytes(range(256)) * 64,
    b"\x00" * 10,
]


@pytest.mark.parametrize("port", ["https", "stomp"])
def test_what_is_no_tls_is_turned_away(target: Target, port: str) -> None:
    async def attack() -> None:
        address = target.https if port == "https" else target.stomp
        for octets in GARBAGE:
            answer = await talk(address, octets)
            assert b"HTTP/1.1 200" not in answer
            assert b"CONNECTED" not in answer

    under_attack(target, attack)


@pytest.mark.parametrize("port", ["https", "stomp"])
def test_connections_that_say_nothing_do_not_keep_others_out(target: Target, port: str) -> None:
    async def attack() -> None:
        address = target.https if port == "https" else target.stomp
        silent: list[socket.socket] = []
        try:
            for number in range(200):
                connection = socket.create_connection(address, WITHIN_S)
                silent.append(connection)
                if number % 2:
                    connection.send(b"\x16\x03\x01\x02\x00\x01")
            assert (await target.network.health("aoba")).operator == "aoba"
            # Our peer's own address has room left, whatever strangers hold.
            async with target.raw_session() as session:
                await session.connect(within=WITHIN_S)
        finally:
            for connection in silent:
                connection.close()

    under_attack(target, attack)


def request(path: str, body: bytes = b"", headers: str = "", method: str = "POST") -> bytes:
    head = f"{method} {path} HTTP/1.1\r\nHost: {HOST}\r\nConnection: close\r\n{headers}"
    return f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body


JSON = "Content-Type: application/json\r\n"
SESSIONS = "/api/handset/v1/sessions"
BAD_REQUESTS = {
    "no HTTP": (b"\xff\xfe\x00 what?\r\n\r\n", {400}),
    "huge header": (request(SESSIONS, b"{}", f"X-Big: {'a' * 300_000}\r\n"), {400, 413, 422, 431}),
    "many headers": (request(SESSIONS, b"{}", "X-Many: 1\r\n" * 5_000), {400, 413, 422, 431}),
    "huge path": (request("/" + "a" * 200_000, method="GET"), {400, 404, 414}),
    "huge body": (request(SESSIONS, b"a" * 300_000, JSON), {413}),
    "endless body": (
        request(SESSIONS, b"", "Transfer-Encoding: chunked\r\n").replace(
            b"Content-Length: 0\r\n", b""
        )
        + b"10000\r\n"
        + b"a" * 65536
        + b"\r\n"
        + b"10000\r\n"
        + b"a" * 65536
        + b"\r\n",
        {413},
    ),
    "false length": (
        request(SESSIONS, b"", JSON).replace(
            b"Content-Length: 0", b"Content-Length: 9" + b"9" * 30
        ),
        {400, 413},
    ),
    "no JSON": (request(SESSIONS, b'{"loginId": ', JSON), {400}),
    "deep JSON": (request(SESSIONS, b"[" * 60_000, JSON), {400}),
    "no UTF-8": (request(SESSIONS, b'{"loginId": "\xff\xfe"}', JSON), {400}),
    "half surrogate": (
        request(SESSIONS, b'{"loginId": "\\ud800", "password": "x"}', JSON),
        {401, 422},
    ),
    "unknown path": (request("/no/such/path", b"{}", JSON), {404}),
    "wrong method": (request(SESSIONS, method="PUT"), {405}),
    "wrong token": (
        request("/api/handset/v1/calls", method="GET", headers="Authorization: Bearer ?\r\n"),
        {401},
    ),
}


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_bad_request_is_refused(target: Target, name: str) -> None:
    octets, statuses = BAD_REQUESTS[name]

    async def attack() -> None:
        before = await target.count("127.0.0.1")
        answer = await talk(target.https, octets, target.network.tls)
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None
        assert status in statuses, answer[:500]
        if b"application/problem+json" in answer:
            assert await target.count("127.0.0.1") == before + 1

    under_attack(target, attack)


CHAT = "/api/handset/v1/calls/00000000-0000-4000-8000-000000000000/chat"
FEED = "/api/console/v1/feed"
FIRST_FRAMES: list[str | bytes] = [
    "",
    "{",
    "null",
    "[" * 30_000,
    b"\x00\xff\xfe",
    '{"type": "hello"}',
    '{"type": "say", "clientId": "1", "text": "hello?"}',
    '{"type": "hello", "token": "\\ud800"}',
    '{"type": "hello", "token": "' + "a" * 70_000 + '"}',
    '{"type": "hello", "token": "wrong-token-00000000000000"}',
]


@pytest.mark.parametrize("path", [CHAT, FEED])
def test_a_websocket_that_begins_badly_is_refused(target: Target, path: str) -> None:
    async def attack() -> None:
        before = await target.count("127.0.0.1")
        ends = await asyncio.gather(
            *(websocket_talk(target, path, first) for first in FIRST_FRAMES)
        )
        told = 0
        for first, (frames, code) in zip(FIRST_FRAMES, ends, strict=True):
            assert code in range(1002, 5000), f"{first[:40]!r} was answered with {code}"
            assert {frame["type"] for frame in frames} == {"refused"}, first[:40]
            told += len(frames)
        assert await target.count("127.0.0.1") == before + told

    under_attack(target, attack)


async def websocket_talk(
    target: Target, path: str, first: str | bytes
) -> tuple[list[dict[str, object]], int | None]:
    """Every frame until the provider closes, and the code that it closes with."""
    host, port = target.https
    frames = []
    async with (
        asyncio.timeout(WITHIN_S),
        connect(f"wss://{host}:{port}{path}", ssl=target.network.tls, proxy=None) as websocket,
    ):
        await websocket.send(first)
        try:
            while True:
                frames.append(json.loads(await websocket.recv()))
        except ConnectionClosed:
            return frames, websocket.close_code


def test_octets_that_are_no_websocket_frames_end_the_connection(target: Target) -> None:
    handshake = (
        f"GET {FEED} HTTP/1.1\r\nHost: {HOST}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n"
    ).encode()
    garbage = [
        b"\xff" * 1000,  # reserved bits and an unknown opcode
        b"\x81\x05hello",  # a client's frame without mask
        b"\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff" + b"\x00" * 100,  # 2**63 octets announced
        b"\x89\xfe\xff\xff" + b"\x00" * 70_000,  # a ping longer than a ping may be
    ]

    async def attack() -> None:
        ends = await asyncio.gather(
            *(upgraded_talk(target, handshake, octets) for octets in garbage)
        )
        for octets, end in zip(garbage, ends, strict=True):
            assert CLOSE_FRAME in end, octets[:20]

    under_attack(target, attack)


CLOSE_FRAME = b"\x88"


async def upgraded_talk(target: Target, handshake: bytes, octets: bytes) -> bytes:
    """What the provider says to octets on a connection that has become a WebSocket."""
    reader, writer = await asyncio.open_connection(
        *target.https, ssl=target.network.tls, server_hostname=HOST
    )
    try:
        async with asyncio.timeout(WITHIN_S):
            writer.write(handshake)
            assert (await reader.readuntil(b"\r\n\r\n")).startswith(b"HTTP/1.1 101")
            writer.write(octets)
            return await reader.read()
    finally:
        writer.transport.abort()


BAD_STOMP = {
    "no command": b"\x00",
    "binary": bytes(range(1, 256)) * 100,
    "unknown command": b"HELLO\n\n\x00",
    "huge header": b"CONNECT\nx:" + b"a" * 200_000,
    "many headers": b"CONNECT\n" + b"x:1\n" * 50_000,
    "huge frame": b"SEND\ndestination:/queue/aoba.callee\ncontent-length:999999999\n\n" + b"a" * 99,
    "endless body": b"SEND\ndestination:/queue/aoba.callee\n\n" + b"a" * 3_000_000,
    "no CONNECT first": b"SEND\ndestination:/queue/aoba.callee\n\n{}\x00",
    "wrong escape": b"CONNECTED\nx:\\t\n\n\x00",
}


@pytest.mark.parametrize("name", BAD_STOMP)
@pytest.mark.parametrize("connected", [False, True])
def test_octets_that_are_no_stomp_are_answered_by_error(
    target: Target, name: str, connected: bool
) -> None:
    if connected and name == "no CONNECT first":
        return  # that is what one may do then

    async def attack() -> None:
        before = await target.count("midori")
        async with target.raw_session() as session:
            if connected:
                await session.connect(within=WITHIN_S)
            session.send_octets(BAD_STOMP[name])
            error = await session.expect("ERROR", within=WITHIN_S)
            assert error.get("message")
            await session.closed(within=WITHIN_S)
        assert await target.count("midori") == before + 1

    under_attack(target, attack)


MALFORMED: dict[str, Callable[[int], bytes]] = {
    "the same again and again": lambda _: b'{"profile": ',
    "each another": lambda number: json.dumps({"profile": f"p-{number}", "x": number}).encode(),
}


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_flood_of_malformed_messages_is_counted_not_listed(target: Target, kind: str) -> None:
    async def attack() -> None:
        before = await target.refused("midori")
        total = sum(entry.count for entry in before)
        written = target.log().count('"refused"')
        async with target.raw_session() as session:
            await session.connect(within=WITHIN_S)
            queue = {"id": "1", "destination": "/queue/midori.caller", "ack": "auto"}
            session.send(Frame("SUBSCRIBE", queue))
            for number in range(FLOOD):
                session.send_message(MALFORMED[kind](number))
            # Answers to an earlier flood, not yet acknowledged, may come again before ours.
            async with asyncio.timeout(WITHIN_S):
                while await target.count("midori") < total + FLOOD:
                    await session.expect("MESSAGE", within=WITHIN_S)
        after = await target.refused("midori")
        assert sum(entry.count for entry in after) == total + FLOOD
        assert len(after) - len(before) < FLOOD / 10
        assert target.log().count('"refused"') - written < FLOOD / 10

    under_attack(target, attack)


def test_the_log_tells_nothing_of_persons(target: Target) -> None:
    """The provider logs at debug level, and has had a registration, a call and a chat."""
    entries = [json.loads(line) for line in target.log().splitlines()]
    assert {"request", "refused", "ready"} <= {entry["event"] for entry in entries}
    log = json.dumps(entries, ensure_ascii=False)
    data = json.loads(target.person.model_dump_json(by_alias=True))
    secrets = {
        SAID_BY_CALLER,
        SAID_BY_DISPATCHER,
        "指令 花子",
        target.dispatcher_token,
        target.credentials.login_id,
        target.credentials.password,
        target.network.operation("aoba").admin_token,
        "42.634123",
        "141.605521",
        *texts_of(data),
    }
    assert len(secrets) > 12
    told = {secret for secret in secrets if secret in log}
    assert told == set()


def texts_of(value: object) -> Iterator[str]:
    """Every text in a document that says something of a person; codes and words are shorter."""
    if isinstance(value, dict):
        for inner in value.values():
            yield from texts_of(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts_of(inner)
    elif isinstance(value, str) and (len(value) > 8 or not value.isascii()):
        yield value
