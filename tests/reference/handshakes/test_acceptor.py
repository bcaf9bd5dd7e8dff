"""Clients that are slow, silent, gone, many or no TLS clients at all; real sockets throughout."""

import asyncio
import errno
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import cast

import pytest
import uvloop
from net119_reference.handshakes import FailedHandshake, Reason, TlsAcceptor
from net119_reference.handshakes.acceptor import Patience
from net119_reference.http_server import bind
from net119_reference.web.needs_https import whole_response

from tests.reference.handshakes.hellos import message, openssl_hello, records
from tests.reference.web.live_server import Certificates, make_certificates

DEADLINE_S = 20.0
PLAIN = whole_response("https://net119.example")
Loop = Callable[[], asyncio.AbstractEventLoop]


class Greeter(asyncio.Protocol):
    """Says hello over a finished handshake."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transport only looks like this one.
        cast(asyncio.Transport, transport).write(b"welcome")


class Listener(socket.socket):
    """A listening socket that can be out of file descriptors for a while."""

    trouble: list[OSError]

    def accept(self) -> tuple[socket.socket, object]:
        if self.trouble:
            raise self.trouble.pop()
        return super().accept()


class Door:
    """An acceptor in this loop, and what it reported."""

    def __init__(self, certificates: Certificates, patience: Patience) -> None:
        self.certificates = certificates
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificates.cert, certificates.key)
        bound = bind("http", "127.0.0.1", 0)
        self.listening = Listener(fileno=bound.detach())
        self.listening.trouble = []
        self.listening.setblocking(False)
        self.failed: asyncio.Queue[FailedHandshake] = asyncio.Queue()
        self.acceptor = TlsAcceptor(
            self.listening,
            context,
            Greeter,
            plain_answer=PLAIN,
            report=self.failed.put_nowait,
            patience=patience,
        )

    async def client(self) -> socket.socket:
        """A connection without a word."""
        plain = socket.socket()
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, self.listening.getsockname())
        return plain

    async def send(self, plain: socket.socket, data: bytes) -> None:
        await asyncio.get_running_loop().sock_sendall(plain, data)

    async def greeted(self) -> bytes:
        """What a proper client is told."""
        context = ssl.create_default_context(cafile=str(self.certificates.ca))
        host, port = self.listening.getsockname()
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
        try:
            return await reader.readexactly(7)
        finally:
            writer.close()

    async def reason(self) -> Reason:
        return (await self.failed.get()).reason


async def everything(plain: socket.socket) -> bytes:
    """All that comes until the other side closes."""
    loop = asyncio.get_running_loop()
    received = b""
    try:
        while part := await loop.sock_recv(plain, 65536):
            received += part
    except ConnectionResetError:
        pass
    return received


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("door"))


@asynccontextmanager
async def door(certificates: Certificates, patience: Patience) -> AsyncIterator[Door]:
    made = Door(certificates, patience)
    made.acceptor.start()
    try:
        async with asyncio.timeout(DEADLINE_S):
            yield made
    finally:
        made.acceptor.close()
        await made.acceptor.wait_closed()
        made.listening.close()


def with_door(
    test: Callable[[Door], Awaitable[None]],
    certificates: Certificates,
    patience: Patience | None = None,
    loop: Loop = uvloop.new_event_loop,
) -> None:
    """Run a test in the loop that the provider uses, or another."""

    async def run() -> None:
        async with door(certificates, patience or Patience()) as made:
            await test(made)

    with asyncio.Runner(loop_factory=loop) as runner:
        runner.run(run())


@pytest.mark.parametrize("loop", [uvloop.new_event_loop, asyncio.new_event_loop])
def test_a_hello_byte_by_byte_gets_in(certificates: Certificates, loop: Loop) -> None:
    async def test(made: Door) -> None:
        incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        context = ssl.create_default_context(cafile=str(certificates.ca))
        client = context.wrap_bio(incoming, outgoing, server_hostname="localhost")
        with await made.client() as plain:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            while True:
                try:
                    client.do_handshake()
                    break
                except ssl.SSLWantReadError:
                    for byte in outgoing.read():
                        await made.send(plain, bytes((byte,)))
                        await asyncio.sleep(0)
                    incoming.write(await asyncio.get_running_loop().sock_recv(plain, 65536))
            await made.send(plain, outgoing.read())
            received = b""
            while not received:
                incoming.write(await asyncio.get_running_loop().sock_recv(plain, 65536))
                try:
                    received = client.read()
                except ssl.SSLWantReadError:
                    continue
        assert received == b"welcome"
        assert made.failed.empty()

    with_door(test, certificates, loop=loop)


def test_one_that_leaves_in_the_middle_is_told_apart_from_one_that_never_spoke(
    certificates: Certificates,
) -> None:
    async def test(made: Door) -> None:
        (await made.client()).close()
        hello = openssl_hello(0x0303, 0x0304)
        for part in (hello[:3], hello[:50], hello):
            with await made.client() as plain:
                await made.send(plain, part)
            assert await made.reason() is Reason.CLOSED
        assert await made.greeted() == b"welcome"
        assert made.failed.empty()

    with_door(test, certificates)


def test_silence_and_a_hello_that_never_ends_are_cut(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        for part in (b"", b"\x16\x03\x01", openssl_hello(0x0303, 0x0304)[:100]):
            with await made.client() as plain:
                await made.send(plain, part)
                assert await everything(plain) == b""
            assert await made.reason() is Reason.TIMEOUT

    with_door(test, certificates, Patience(hello_s=0.2))


def test_a_handshake_that_stops_after_the_hello_is_cut(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        with await made.client() as plain:
            await made.send(plain, openssl_hello(0x0303, 0x0304))
            assert (await everything(plain))[:1] == b"\x16"
        failed = await made.failed.get()
        assert failed.reason is Reason.TIMEOUT
        assert failed.hello is not None
        assert failed.hello.server_name == "net119.example"

    with_door(test, certificates, Patience(handshake_s=0.2))


def test_of_too_many_the_one_that_waited_longest_goes(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        clients = [await made.client() for _ in range(4)]
        for number, plain in enumerate(clients):
            await made.send(plain, b"\x16")
            if number == 2:
                assert await everything(clients[0]) == b""
        assert await everything(clients[1]) == b""
        assert [await made.reason(), await made.reason()] == [Reason.CROWDED] * 2
        assert await made.greeted() == b"welcome"
        for plain in clients:
            plain.close()

    # The greeted one is a third for a moment, before its hello is there.
    with_door(test, certificates, Patience(waiting=2))


def test_plain_http_is_answered_with_a_page(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        with await made.client() as plain:
            request = b"POST /m HTTP/1.1\r\nHost: x\r\nContent-Length: 90000\r\n\r\n"
            await made.send(plain, request + b"x" * 90000)
            plain.shutdown(socket.SHUT_WR)
            answer = await everything(plain)
        assert answer == PLAIN
        assert await made.reason() is Reason.PLAIN_HTTP

    with_door(test, certificates)


@pytest.mark.parametrize("data", [b"\0" * 64, b"SSH-2.0-OpenSSH\r\n"])
def test_other_protocols_are_cut_at_once(certificates: Certificates, data: bytes) -> None:
    async def test(made: Door) -> None:
        with await made.client() as plain:
            await made.send(plain, data)
            assert await everything(plain) == b""
        assert await made.reason() is Reason.NOT_TLS

    with_door(test, certificates)


def test_a_hello_that_only_openssl_judges_ends_with_its_reason(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        with await made.client() as plain:
            # The list of ciphers claims to reach beyond the end.
            broken = bytearray(records(message(0x0303, b"\0\x2f")))
            broken[44:46] = b"\xff\xff"
            await made.send(plain, bytes(broken))
            await everything(plain)
        failed = await made.failed.get()
        assert (failed.reason, failed.hello) == (Reason.OTHER, None)
        assert failed.error

    with_door(test, certificates)


def test_without_descriptors_it_pauses_and_goes_on(
    certificates: Certificates, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("net119_reference.handshakes.acceptor._PAUSE_S", 0.01)

    async def test(made: Door) -> None:
        made.listening.trouble = [OSError(errno.EMFILE, "Too many open files")] * 2
        assert await made.greeted() == b"welcome"
        assert made.listening.trouble == []

    with_door(test, certificates)


def test_closing_drops_who_has_not_got_in_and_keeps_who_has(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        context = ssl.create_default_context(cafile=str(certificates.ca))
        host, port = made.listening.getsockname()
        reader, writer = await asyncio.open_connection(host, port, ssl=context)
        assert await reader.readexactly(7) == b"welcome"
        silent, waiting = await made.client(), await made.client()
        await made.send(waiting, openssl_hello(0x0303, 0x0304))
        loop = asyncio.get_running_loop()
        assert (await loop.sock_recv(waiting, 1)) == b"\x16"
        made.acceptor.close()
        await made.acceptor.wait_closed()
        await everything(waiting)
        assert await everything(silent) == b""
        assert not reader.at_eof()
        made.listening.close()
        with pytest.raises(ConnectionError):
            await asyncio.open_connection(host, port)
        for plain in (silent, waiting):
            plain.close()
        writer.close()

    with_door(test, certificates)


def test_many_at_once_all_get_in(certificates: Certificates) -> None:
    async def test(made: Door) -> None:
        answers = await asyncio.gather(*(made.greeted() for _ in range(60)))
        assert answers == [b"welcome"] * 60
        assert made.failed.empty()

    with_door(test, certificates)
