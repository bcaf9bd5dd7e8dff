"""A carrier's SMTP server on this machine, and a post office that sends to it."""

import asyncio
import contextlib
import socket
import time
from collections import defaultdict, deque
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from email import message_from_bytes
from email.message import Message
from pathlib import Path
from typing import Any, TypeVar

import aiosmtplib
from aiosmtpd.smtp import SMTP, Envelope
from net119_reference.config.model import Config, MailSettings
from net119_reference.config.model import Database as DatabaseSettings
from net119_reference.mail.post_office import AddressOf, PostOffice
from net119_reference.mail.schedule import Delivery
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.store import Database

T = TypeVar("T")
SENDER = "register@net119.example"
DEADLINE_S = 20.0


class RealClock:
    def now(self) -> datetime:
        return datetime.now(UTC)

    def elapsed(self) -> float:
        return time.monotonic()


class Sink:
    """Takes mail as it is told to; all that it stored is in ``stored``."""

    def __init__(self) -> None:
        self.stored: list[tuple[str, Message]] = []
        self.wire: list[str] = []
        """Arguments of RCPT as they came, and ``EHLO`` for each connection."""
        self.rcpt: dict[str, deque[str]] = defaultdict(deque)
        """Answers to RCPT by recipient, one for each time; then 250."""
        self.data: deque[str] = deque()
        """Answers to DATA in order: a status, or ``cut`` (the connection breaks in the middle),
        or ``store-and-cut`` (it breaks after storing, before the answer); then 250."""
        self.hold: asyncio.Event | None = None
        """While it is unset, DATA is not answered."""
        self.changed = asyncio.Condition()
        self.port = 0
        self._server: asyncio.Server | None = None
        self._sessions: list[_SinkSession] = []

    async def start(self, port: int = 0) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(self._session, "127.0.0.1", port)
        self.port = self._server.sockets[0].getsockname()[1]

    def _session(self) -> "_SinkSession":
        session = _SinkSession(self)
        self._sessions.append(session)
        return session

    async def stop(self) -> None:
        """Like SIGKILL: all connections break."""
        if self._server is not None:
            self._server.close()
        for session in self._sessions:
            session.cut()
        self._sessions.clear()

    async def until(self, condition: Callable[[], bool]) -> None:
        async with asyncio.timeout(DEADLINE_S), self.changed:
            await self.changed.wait_for(condition)

    async def note(self) -> None:
        async with self.changed:
            self.changed.notify_all()

    def subjects(self) -> list[str]:
        return [str(message["Subject"]) for _, message in self.stored]

    async def handle_RCPT(  # noqa: N802  # the library calls it so
        self, _server: SMTP, _session: Any, envelope: Envelope, to: str, _options: list[str]
    ) -> str:
        await self.note()
        if self.rcpt[to]:
            return self.rcpt[to].popleft()
        envelope.rcpt_tos.append(to)
        return "250 OK"

    async def handle_DATA(  # noqa: N802  # the library calls it so
        self, server: "_SinkSession", _session: Any, envelope: Envelope
    ) -> str:
        answer = self.data.popleft() if self.data else "250 stored"
        if answer[0] in "2s":
            content = envelope.content
            assert isinstance(content, bytes)
            self.stored.extend((to, message_from_bytes(content)) for to in envelope.rcpt_tos)
        await self.note()
        if answer == "store-and-cut":
            server.cut()
        if self.hold is not None:
            await self.hold.wait()
        return answer


class _SinkSession(SMTP):
    def __init__(self, sink: Sink) -> None:
        super().__init__(sink, hostname="sink.example", enable_SMTPUTF8=False)
        self._sink = sink

    def cut(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # the library calls it so
        self._sink.wire.append("EHLO")
        await super().smtp_EHLO(hostname)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802  # the library calls it so
        self._sink.wire.append(arg or "")
        await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # the library calls it so
        if self._sink.data and self._sink.data[0] == "cut":
            self._sink.data.popleft()
            await self.push("354 go on")
            await self._reader.readuntil(b"\r\n")
            self.cut()
            await self._sink.note()
            return
        await super().smtp_DATA(arg)


class Post:
    """A post office over a real kernel and database."""

    def __init__(
        self, folder: Path, port: int, address_of: AddressOf | None = None, **settings: Any
    ) -> None:
        given: dict[str, Any] = {
            "enabled": True,
            "relay_port": port,
            "retry_s": 0.02,
            "retry_max_s": 0.1,
            "connections": 2,
            "timeout_s": 5.0,
        }
        self.config = Config(
            operator="aoba",
            data_dir=folder,
            database=DatabaseSettings(url=f"sqlite:///{folder / 'mail.db'}"),
            mail=MailSettings(**(given | settings)),
        )
        clock = RealClock()
        self.database = Database(self.config.database_url)
        self.kernel = Kernel(self.database, clock)
        self.office = PostOffice(
            self.kernel, self.database, clock, self.config, address_of=address_of
        )

    async def start(self) -> None:
        await self.database.open()
        self.kernel.start()
        await self.office.start()

    async def stop(self) -> None:
        await self.office.stop()
        await self.kernel.stop()
        await self.database.close()

    async def send(self, to: str, subject: str = "one", **given: Any) -> str:
        def command(tx: Transaction) -> str:
            return self.put(tx, to, subject, **given)

        return await self.kernel.run(command)

    def put(self, tx: Transaction, to: str, subject: str = "one", **given: Any) -> str:
        letter: dict[str, Any] = {
            "department": "tomakomai",
            "sender": SENDER,
            "text": "本文です。",
            "kind": "test",
        }
        return self.office.send(tx, to=to, subject=subject, **(letter | given))

    async def until(self, message_id: str, *states: Delivery) -> Any:
        """The status of a letter, once it is in one of these states."""
        async with asyncio.timeout(DEADLINE_S):
            while True:
                found = await self.office.status(message_id)
                if found is not None and found.state in states:
                    return found
                # Every look is a question to the database's thread: nobody is starved.
                await asyncio.sleep(0)


@asynccontextmanager
async def posting(
    folder: Path, address_of: AddressOf | None = None, **settings: Any
) -> AsyncIterator[tuple[Post, Sink]]:
    """A started post office and the server it hands mail to."""
    sink = Sink()
    await sink.start()
    post = Post(folder, sink.port, address_of, **settings)
    await post.start()
    try:
        yield post, sink
    finally:
        await post.stop()
        await sink.stop()


def run(work: Coroutine[Any, Any, T]) -> T:
    return asyncio.run(work)


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def say(port: int, sender: str, recipients: list[str], content: bytes) -> tuple[int, str]:
    """Send one mail as a person's server does; the last answer."""
    client = aiosmtplib.SMTP(hostname="127.0.0.1", port=port, local_hostname="localhost")
    await client.connect()
    try:
        answer = await client.execute_command(b"MAIL", f"FROM:<{sender}>".encode())
        for recipient in recipients:
            if answer.code == 250:
                answer = await client.execute_command(b"RCPT", f"TO:<{recipient}>".encode())
        if answer.code != 250:
            return answer.code, answer.message
        answer = await client.data(content)
        return answer.code, answer.message
    except aiosmtplib.SMTPResponseException as error:
        return error.code, error.message
    finally:
        with contextlib.suppress(aiosmtplib.SMTPException):
            await client.quit()
