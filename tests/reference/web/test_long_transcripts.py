"""A client that asks for a long transcript, over a real TLS WebSocket, and reads it slowly."""

import asyncio
import contextlib
import json
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
import uvloop
from net119_protocol.api.admin import AccountRole, NewAccount
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.chat import ChatLine
from net119_reference.config.model import Limits
from net119_reference.http_server import HttpServer, bind
from net119_reference.ports import HandsetIdentity, StorageFailed
from net119_reference.tls import https_context
from net119_reference.web import create_app
from net119_reference.web.outgoing import Outgoing
from websockets.asyncio.client import ClientConnection, connect
from websockets.exceptions import ConnectionClosed

from tests.reference.service.support import (
    PERSON,
    ManualClock,
    Site,
    new_call,
    new_line,
    quick_folder,
)
from tests.reference.web.live_server import DEADLINE_S, Certificates, make_certificates

LINES = 3000
TEXT = "あ" * 2000
"""6 kB: all lines together are far more than both ends' sockets take in."""
QUEUE_OCTETS = 300_000
LARGEST_FRAME = 20_000


class Seen:
    """What the queues of all connections held at most, and whether one could not go on."""

    def __init__(self) -> None:
        self.most_octets = 0
        self.stuck = asyncio.Event()


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> Seen:
    found = Seen()
    put, writable = Outgoing.put, Outgoing.writable

    def watched_put(out: Outgoing, frame: bytes) -> bool:
        taken = put(out, frame)
        found.most_octets = max(found.most_octets, out._octets)
        return taken

    def watched_writable(out: Outgoing, now: bool) -> None:
        writable(out, now)
        if not now:
            found.stuck.set()

    monkeypatch.setattr(Outgoing, "put", watched_put)
    monkeypatch.setattr(Outgoing, "writable", watched_writable)
    return found


class Scene:
    """A provider over TLS with one answered call that has a long transcript."""

    def __init__(self, site: Site, certificates: Certificates) -> None:
        self.site = site
        self._certificates = certificates
        self.port = 0
        self.token = self.dispatcher_token = ""
        self.caller: HandsetIdentity
        self.call_id: UUID

    async def prepare(self) -> None:
        service = self.site.service
        staff = await service.staff_identity(await self.site.staff())
        entered = await service.enter_registrant(staff, NewRegistrant(data=PERSON))
        given = await service.approve_registrant(staff, entered.registrant_id)
        log_in = LogIn(login_id=given.login_id, password=given.password)
        self.token = (await service.log_in(log_in)).token
        self.caller = await service.handset_identity(self.token)
        account = NewAccount(role=AccountRole.DISPATCHER, unit=self.site.center, name="佐藤")
        self.dispatcher_token = (await service.add_account(account)).token
        self.call_id = (await self.site.call(self.caller, new_call())).call_id
        await self.say(range(LINES), TEXT)

    async def say(self, numbers: range, text: str) -> None:
        service = self.site.service
        lines = (new_line(text, f"line-{number}") for number in numbers)
        await asyncio.gather(
            *(service.caller_says(self.caller, self.call_id, line) for line in lines)
        )

    def stored(self) -> int:
        return self.site.live(self.call_id).last_seq

    @contextlib.asynccontextmanager
    async def _socket(self, path: str, hello: dict[str, Any]) -> AsyncIterator[ClientConnection]:
        """A client whose socket takes in little; it has said hello and reads nothing yet."""
        with socket.socket() as little:
            little.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            little.setblocking(False)
            loop = asyncio.get_running_loop()
            await loop.sock_connect(little, ("127.0.0.1", self.port))
            async with connect(
                f"wss://127.0.0.1:{self.port}{path}",
                sock=little,
                ssl=ssl.create_default_context(cafile=str(self._certificates.ca)),
                max_queue=1,
                ping_interval=None,
                close_timeout=1,
            ) as connection:
                await connection.send(json.dumps({"type": "hello", **hello}))
                yield connection

    def chat(self, after: int = 0) -> AbstractAsyncContextManager[ClientConnection]:
        """The caller's handset, which has the lines up to ``after``."""
        path = f"/api/handset/v1/calls/{self.call_id}/chat"
        return self._socket(path, {"token": self.token, "after": after})

    def feed(self) -> AbstractAsyncContextManager[ClientConnection]:
        """A console that has no lines yet."""
        return self._socket("/api/console/v1/feed", {"token": self.dispatcher_token})


async def next_line(connection: ClientConnection) -> ChatLine:
    """The next line that is shown; other frames are passed over."""
    while True:
        frame = json.loads(await connection.recv())
        if frame["type"] == "line":
            return ChatLine.model_validate(frame["line"])


async def all_lines(connection: ClientConnection, last: int) -> list[int]:
    """The numbers of the lines that are shown, up to this one."""
    found: list[int] = []
    while not found or found[-1] < last:
        found.append((await next_line(connection)).seq)
    return found


async def until_closed(connection: ClientConnection) -> tuple[list[int], int]:
    """The numbers of all lines up to the provider's closing, and its code."""
    found: list[int] = []
    while True:
        try:
            found.append((await next_line(connection)).seq)
        except ConnectionClosed as closed:
            return found, 1006 if closed.rcvd is None else closed.rcvd.code


def on_scene(folder: Path, work: Callable[[Scene], Awaitable[None]]) -> None:
    certificates = make_certificates(folder)
    limits = Limits(
        line_burst=100_000,
        lines_per_s=100_000.0,
        send_queue=100_000,
        send_queue_octets=QUEUE_OCTETS,
        stall_s=3600,
    )

    async def main() -> None:
        with quick_folder() as name:
            site = await Site("aoba", Path(name), ManualClock(), limits=limits).start()
            config = site.service.core.config
            context = https_context(
                certificates.cert, certificates.key, config.tls.in_force(site.clock.now().date())
            )
            server = HttpServer(
                create_app(site.service, config), config, bind("http", "127.0.0.1", 0), context
            )
            await server.start()
            try:
                scene = Scene(site, certificates)
                scene.port = server.port
                async with asyncio.timeout(3 * DEADLINE_S):
                    await scene.prepare()
                    await work(scene)
            finally:
                await server.stop()
                await site.stop()

    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(main())


def test_who_reads_nothing_of_a_long_transcript_holds_no_more_than_any_other(
    seen: Seen, tmp_path: Path
) -> None:
    async def work(scene: Scene) -> None:
        async with scene.chat() as connection:
            await seen.stuck.wait()
            # What goes on meanwhile is held back, and waits nowhere either.
            await scene.say(range(LINES, LINES + 600), TEXT)
            assert seen.most_octets <= QUEUE_OCTETS + LARGEST_FRAME
            # It was slow, not gone: when it reads it gets everything.
            last = scene.stored()
            assert await all_lines(connection, last) == list(range(1, last + 1))
            await scene.say(range(LINES + 600, LINES + 601), "まだいます")
            assert (await next_line(connection)).seq == last + 1
        assert seen.most_octets <= QUEUE_OCTETS + LARGEST_FRAME

    on_scene(tmp_path, work)


def test_who_reads_slowly_may_speak_before_it_has_read_all(seen: Seen, tmp_path: Path) -> None:
    async def work(scene: Scene) -> None:
        async with scene.chat(after=5) as connection:
            assert (await next_line(connection)).seq == 6
            await seen.stuck.wait()
            before = scene.stored()
            said = {"type": "say", "clientId": "now", "text": "聞こえますか"}
            await connection.send(json.dumps(said))
            while scene.stored() == before:
                # It is the provider that has to get on; the client reads a line each time.
                await next_line(connection)
            found = await all_lines(connection, before + 1)
            assert found[-1] == before + 1
            assert found == list(range(found[0], before + 2))

    on_scene(tmp_path, work)


def test_a_resumption_that_cannot_be_read_to_its_end_ends_the_connection(
    seen: Seen, tmp_path: Path
) -> None:
    """Else it would be shown nothing any more: newer lines wait for the earlier ones."""

    async def work(scene: Scene) -> None:
        database = scene.site.service.core.database
        read = database.read

        async def failing(_query: Any) -> Any:
            raise StorageFailed("the database does not answer")

        async with scene.chat() as connection:
            await seen.stuck.wait()
            database.read = failing  # type: ignore[method-assign, assignment]  # the test stands in for the disk
            found, code = await until_closed(connection)
        database.read = read  # type: ignore[method-assign]  # the test stands in for the disk
        assert code == 1013
        assert found == list(range(1, len(found) + 1))
        async with scene.chat(after=found[-1]) as again:
            rest = await all_lines(again, scene.stored())
        assert rest == list(range(found[-1] + 1, scene.stored() + 1))

    on_scene(tmp_path, work)


def test_a_console_that_reads_nothing_holds_no_more_than_any_other(
    seen: Seen, tmp_path: Path
) -> None:
    async def work(scene: Scene) -> None:
        other = (await scene.site.call(scene.caller, new_call())).call_id
        async with scene.feed() as connection:
            await seen.stuck.wait()
            service = scene.site.service
            for number in range(20):
                await service.caller_says(scene.caller, other, new_line(f"other {number}"))
            assert seen.most_octets <= QUEUE_OCTETS + LARGEST_FRAME
            wanted = {
                call_id: list(range(1, scene.site.live(call_id).last_seq + 1))
                for call_id in (scene.call_id, other)
            }
            found: dict[UUID, list[int]] = {call_id: [] for call_id in wanted}
            while found != wanted:
                frame = json.loads(await connection.recv())
                if frame["type"] == "line":
                    found[UUID(frame["callId"])].append(frame["line"]["seq"])
        assert seen.most_octets <= QUEUE_OCTETS + LARGEST_FRAME

    on_scene(tmp_path, work)
