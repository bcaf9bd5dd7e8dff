"""Invariant I10 on a running provider: garbage at every port is refused and told, nothing falls."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass

import psutil
import pytest
from net119_protocol.api.admin import RefusedInput
from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, PlaceChoice
from net119_protocol.person import RegistrantData
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec
from net119_simulators.peer import RawSession, SutEndpoint
from net119_simulators.person import make_person

from tests.system.processes import BYTECODE

HOST, PEER = "127.0.0.4", "127.0.0.5"
WITHIN_S = 60.0
FLOOD = 1000
SAID_BY_CALLER, SAID_BY_DISPATCHER = "台所の鍋が燃えています", "すぐ外へ出てください"
GROWTH_BYTES = 150 * 1024 * 1024
"""More than this, after all that comes here, would mean that something is kept for ever."""


@dataclass
class Target:
    """The provider under attack, with a registrant who has called."""

    runner: asyncio.Runner
    network: LocalNetwork
    person: RegistrantData
    credentials: Credentials
    dispatcher_token: str

    @property
    def https(self) -> tuple[str, int]:
        return HOST, self.network.specs["aoba"].http_port

    @property
    def stomp(self) -> tuple[str, int]:
        return self.network.stomp_address("aoba")

    @property
    def process(self) -> psutil.Process:
        return psutil.Process(self.network.supervisor("aoba").pid)

    def log(self) -> str:
        return self.network.supervisor("aoba").log_file.read_text("utf-8")

    async def refused(self, code: str | None = None, after: int = 0) -> list[RefusedInput]:
        """What it noted, of one code if named."""
        entries = await self.network.operation("aoba").refused_inputs(after)
        return [entry for entry in entries if code in (None, entry.code)]

    async def newest(self) -> int:
        return max((entry.number for entry in await self.refused()), default=0)

    async def wait_for_refusals(self, code: str, count: int, after: int) -> list[RefusedInput]:
        """Entries of a code once they count this many refusals together."""
        async with asyncio.timeout(WITHIN_S):
            while True:
                entries = await self.refused(code, after)
                if sum(entry.count for entry in entries) >= count:
                    return entries
                await asyncio.sleep(0.05)

    def raw_session(self) -> RawSession:
        host, port = self.stomp
        return RawSession(SutEndpoint("aoba", host, port), self.network.tls, source=PEER)


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    folder = tmp_path_factory.mktemp("bad-input")
    spec = ProviderSpec("aoba", HOST, environment=BYTECODE, settings={"log": {"level": "debug"}})
    with asyncio.Runner() as runner:
        network = LocalNetwork(
            [spec], folder, peers=[PeerSpec("midori", PEER)], start_within_s=WITHIN_S
        )
        try:
            runner.run(network.__aenter__())
            yield runner.run(called(runner, network))
        finally:
            runner.run(network.stop())


async def called(runner: asyncio.Runner, network: LocalNetwork) -> Target:
    """A registrant has called and is in a chat, so that there is something to give away."""
    person = make_person("bad input", "01213")
    credentials = await network.register("aoba", "tomakomai", person)
    token = await network.dispatcher_token("aoba", "tomakomai", "指令 花子")
    dispatcher = network.dispatcher("aoba", token)
    async with dispatcher, network.phone("aoba", credentials) as phone:
        call = await phone.call(Kind.FIRE, PlaceChoice.CURRENT, fix=fixed(42.634123, 141.605521))
        await dispatcher.wait_for_call(call.id, WITHIN_S)
        await dispatcher.answer(call.id, within=WITHIN_S)
        await call.say(SAID_BY_CALLER, within=WITHIN_S)
        await dispatcher.say(call.id, SAID_BY_DISPATCHER, within=WITHIN_S)
    return Target(runner, network, person, credentials, token)


def under_attack(target: Target, attack: Callable[[], Awaitable[None]]) -> None:
    """Do it; afterwards the same process answers, and has not swollen."""
    process = target.process
    before = process.memory_info().rss

    async def run() -> None:
        await attack()
        assert (await target.network.health("aoba")).operator == "aoba"

    target.runner.run(run())
    assert target.process == process, "another process answers: it was started again"
    assert process.memory_info().rss < before + GROWTH_BYTES
    assert "Traceback" not in target.log()
    assert '"level": "error"' not in target.log()


async def talk(address: tuple[str, int], octets: bytes, tls: ssl.SSLContext | None = None) -> bytes:
    """Send octets and read until the other side closes, or has nothing more to say."""
    reader, writer = await asyncio.open_connection(
        *address, ssl=tls, server_hostname=address[0] if tls else None
    )
    try:
        writer.write(octets)
        async with asyncio.timeout(WITHIN_S):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.transport.abort()


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
    "no JSON": (request(SESSIONS, b'{"loginId": ', JSON), {422}),
    "deep JSON": (request(SESSIONS, b"[" * 60_000, JSON), {422}),
    "no UTF-8": (request(SESSIONS, b'{"loginId": "\xff\xfe"}', JSON), {422}),
    "half surrogate": (
        request(SESSIONS, b'{"loginId": "\\ud800", "password": "x"}', JSON),
        {401, 422},
    ),
    "unknown path": (request("/no/such/path", b"{}", JSON), {404}),
    "wrong method": (request(SESSIONS, method="DELETE"), {405}),
    "wrong token": (
        request("/api/handset/v1/calls", method="GET", headers="Authorization: Bearer ?\r\n"),
        {401},
    ),
}


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_bad_request_is_refused(target: Target, name: str) -> None:
    octets, statuses = BAD_REQUESTS[name]

    async def attack() -> None:
        before = await target.newest()
        answer = await talk(target.https, octets, target.network.tls)
        status = int(answer.split(b" ", 2)[1]) if answer.startswith(b"HTTP/1.1 ") else None
        assert status in statuses, answer[:500]
        if b"application/problem+json" in answer:
            noted = await target.refused(after=before)
            assert [entry.source for entry in noted] == ["127.0.0.1"]

    under_attack(target, attack)
