"""A call anchored at aoba that is received by midori, for tests of both ends."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Mode
from net119_reference.ports import HandsetIdentity

from tests.reference.service.link import Link
from tests.reference.service.support import (
    TOKONAME,
    ManualClock,
    Site,
    Tape,
    new_call,
    quick_folder,
)


@dataclass
class Pair:
    """aoba (anchor) and midori, a registrant of Chitose, and tapes of everyone."""

    a: Site
    b: Site
    link: Link
    caller: HandsetIdentity
    handset: Tape = field(default_factory=Tape)
    home: Tape = field(default_factory=Tape)
    there: Tape = field(default_factory=Tape)

    async def call(self, mode: Mode = Mode.TEST) -> UUID:
        """A call from Tokoname, with the handset connected; offered, but not yet sent."""
        view = await self.a.call(self.caller, new_call(TOKONAME, mode=mode))
        assert view.state is CallState.OFFERING
        attachment = await self.a.service.attach_handset(self.caller, view.call_id, 0, self.handset)
        self.a.attachments.append(attachment)
        return view.call_id

    async def talking(self, mode: Mode = Mode.TEST) -> UUID:
        """A call that midori's dispatcher has answered."""
        call_id = await self.call(mode)
        await self.link.flow()
        await self.b.service.answer(self.b.dispatcher, call_id)
        await self.link.flow()
        assert self.a.live(call_id).known().state is CallState.ANSWERED
        return call_id

    def epochs(self, call_id: UUID) -> tuple[int, int]:
        return self.a.live(call_id).known().epoch, self.b.live(call_id).known().epoch

    def b_owns(self, call_id: UUID) -> bool:
        call = self.b.live(call_id).call
        return call is not None and call.open and call.owner.provider == "midori"

    async def same_lines(self, call_id: UUID) -> list[ChatLine]:
        """The transcript, which both databases agree about."""
        at_a, at_b = await self.a.lines(call_id), await self.b.lines(call_id)
        assert at_a == at_b
        assert [line.seq for line in at_a] == list(range(1, len(at_a) + 1))
        return at_a

    def refusals(self, site: Site) -> list[str]:
        return [entry.code for entry in site.service.core.refusals.after(0).entries]


@asynccontextmanager
async def running_pair(folder: Path, *, relay_port: int | None = None) -> AsyncIterator[Pair]:
    """A connected pair with a console at each center.

    ``relay_port``: where aoba, the home provider, hands its mail.
    """
    clock = ManualClock()
    a = await Site("aoba", folder / "a", clock, relay_port=relay_port).start()
    b = await Site("midori", folder / "b", clock).start()
    link = Link(a, b)
    pair = Pair(a, b, link, await a.registrant())
    await a.console(pair.home)
    await b.console(pair.there)
    link.up()
    await link.flow()
    try:
        yield pair
    finally:
        await a.stop()
        await b.stop()


def on_pair(work: Callable[[Pair], Awaitable[None]]) -> None:
    """Run a test on a connected pair with a console at each center."""

    async def main(folder: Path) -> None:
        async with running_pair(folder) as pair, asyncio.timeout(60):
            await work(pair)

    with quick_folder() as folder:
        asyncio.run(main(Path(folder)))


async def until_waiting(pair: Pair, site: Site, key: str) -> None:
    """Return when a dispatcher at ``site`` waits for the anchor's answer."""
    while not any(each == key for _, each in site.service.core.waiters._futures):
        await asyncio.sleep(0)
        await pair.link.settle()
