"""A provider of several processes within one test: an office and relays, each with its memory.

They share nothing but the database and the office's socket, and run in one event loop: what takes
processes of their own (signals, listening sockets) is tested elsewhere.
"""

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast
from uuid import UUID, uuid4

import psycopg
from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal
from net119_protocol.model import WireModel
from net119_reference.clock import SettableClock
from net119_reference.config.alarms import Alarms
from net119_reference.config.model import Limits
from net119_reference.connected import ShownLine
from net119_reference.metrics import Metrics
from net119_reference.ports import Attachment, DispatcherIdentity, HandsetIdentity
from net119_reference.service.sharing import Sharing
from net119_reference.several.office_door import OfficeDoor
from net119_reference.several.office_link import FILE, OfficeLink
from net119_reference.several.relay_service import Relay

from tests.reference.service.support import Site, Tape, config, new_call, new_line

PATIENCE_S = 20.0
FREE = Limits(line_burst=100_000, lines_per_s=100_000.0)


class Watching(Tape):
    """A client's connection; somebody may wait for what it shows."""

    def __init__(self) -> None:
        super().__init__()
        self._more = asyncio.Event()

    def send(self, frame: WireModel | ShownLine) -> None:
        super().send(frame)
        self._more.set()

    def end(self, code: Refusal, detail: str) -> None:
        super().end(code, detail)
        self._more.set()

    async def until(self, shown: Callable[["Watching"], bool]) -> None:
        """Return when it shows that."""
        async with asyncio.timeout(PATIENCE_S):
            while not shown(self):
                self._more.clear()
                await self._more.wait()

    async def until_line(self, call_id: UUID, seq: int) -> list[ChatLine]:
        """All its lines, once it has this one."""
        await self.until(lambda tape: seq in tape.seqs(call_id))
        return self.lines(call_id)


class Post:
    """One relay."""

    def __init__(self, folder: Path, limits: Limits) -> None:
        clock = SettableClock()
        self.link = OfficeLink(folder / FILE, "relay", Metrics("aoba").text, clock)
        self.link.patience_s = 0.05
        self.relay = Relay(config("aoba", folder, limits=limits), clock, self.link)

    async def start(self) -> "Post":
        await self.link.start()
        await self.relay.start()
        return self

    async def stop(self) -> None:
        await self.relay.stop()
        await self.link.stop()

    async def phone(
        self, who: HandsetIdentity, call_id: UUID, after: int = 0
    ) -> tuple[Watching, Attachment]:
        """A handset that is connected here."""
        tape = Watching()
        return tape, await self.relay.attach_handset(who, call_id, after, tape)

    async def console(
        self, who: DispatcherIdentity, after: dict[UUID, int] | None = None
    ) -> tuple[Watching, Attachment]:
        """A console that is connected here."""
        tape = Watching()
        return tape, await self.relay.attach_console(who, after or {}, tape)


class House:
    """An office with its relays."""

    def __init__(self, folder: Path, alarms: Alarms | None = None) -> None:
        self.folder = folder
        self.site = Site("aoba", folder, cast(Any, SettableClock()), FREE, alarms=alarms)
        self.posts: list[Post] = []
        self.sharing: Sharing
        self.door: OfficeDoor

    async def open_office(self) -> None:
        await self.site.start()
        settings = config("aoba", self.folder, limits=FREE)
        service = self.site.service
        self.sharing = Sharing(service.core, settings.database_url, changes_calls=True)
        await self.sharing.start()
        self.door = OfficeDoor(service, settings, Metrics("aoba"), cast(Any, self.site.clock))
        await self.door.start(self.folder / FILE)

    async def close_office(self) -> None:
        await self.door.stop()
        await self.sharing.stop()
        await self.site.stop()

    async def add_post(self) -> Post:
        post = await Post(self.folder, FREE).start()
        self.posts.append(post)
        return post

    @property
    def database(self) -> str:
        return config("aoba", self.folder).database_url

    async def answered_call(self, who: HandsetIdentity) -> UUID:
        """A call that a dispatcher has taken."""
        call_id = (await self.site.call(who, new_call())).call_id
        await self.site.service.answer(self.site.dispatcher, call_id)
        return call_id

    def cut_listeners(self) -> int:
        """End the connections that hear of others' writes; returns how many there were."""
        with psycopg.connect(self.database, autocommit=True) as connection:
            found = connection.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE query LIKE 'LISTEN%' AND datname = current_database()"
            )
            return len(found.fetchall())


@asynccontextmanager
async def house(posts: int = 2, alarms: Alarms | None = None) -> AsyncIterator[House]:
    """An office with relays; a short folder, since sockets have short names.

    ``alarms``: it has an alarm center, too.
    """
    with tempfile.TemporaryDirectory(prefix="n119-", dir="/tmp") as name:
        made = House(Path(name), alarms)
        await made.open_office()
        try:
            for _ in range(posts):
                await made.add_post()
            yield made
        finally:
            for post in made.posts:
                await post.stop()
            await made.close_office()


def begin(attachment: Attachment, call_id: UUID, line: NewLine) -> "asyncio.Future[LineStored]":
    """Say a line as a socket does; the future has its number, or why it was refused."""
    result: asyncio.Future[LineStored] = asyncio.get_running_loop().create_future()

    def done(stored: LineStored | None, error: Exception | None) -> None:
        if error is not None:
            result.set_exception(error)
        elif stored is not None:
            result.set_result(stored)

    assert attachment.begin_line(call_id, line, done)
    return result


async def say(attachment: Attachment, call_id: UUID, text: str) -> LineStored:
    """Say a line and wait for its number."""
    return await begin(attachment, call_id, new_line(text, f"once-{uuid4()}"))
