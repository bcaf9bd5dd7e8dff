"""A call anchored at aoba, and two other providers that it can go to: midori and akane."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.api import common, console_acts
from net119_protocol.interconnect import Envelope, MessageType
from net119_reference.ports import DispatcherIdentity, HandsetIdentity

from tests.reference.mail.support import Sink
from tests.reference.service import support
from tests.reference.service.link import Link
from tests.reference.service.support import (
    CHITOSE,
    TOKONAME,
    ManualClock,
    Site,
    Tape,
    new_call,
    quick_folder,
    settle,
)

T = TypeVar("T")


@dataclass
class Trio:
    """Three providers in memory, each with a console; the links of the anchor."""

    a: Site
    b: Site
    c: Site
    to_b: Link
    to_c: Link
    caller: HandsetIdentity
    handset: Tape = field(default_factory=Tape)
    tapes: dict[str, Tape] = field(default_factory=dict)

    receivers: dict[UUID, str] = field(default_factory=dict)
    """To whom each message went that :meth:`flow` carried."""

    @property
    def sites(self) -> tuple[Site, ...]:
        return self.a, self.b, self.c

    async def flow(self) -> list[tuple[str, Envelope]]:
        """Carry everything over until nothing is left anywhere."""
        arrived: list[tuple[str, Envelope]] = []
        while True:
            await settle(*(site.service for site in self.sites))
            found = []
            for link in (self.to_b, self.to_c):
                part = await link.flow()
                ends = {link.a.operator: link.b.operator, link.b.operator: link.a.operator}
                self.receivers |= {each.message_id: ends[sender] for sender, each in part}
                found += part
            if not found:
                return arrived
            arrived += found

    async def advance(self, seconds: float) -> None:
        while seconds > 0:
            step = min(seconds, 0.25)
            self.a.clock.advance(step)
            seconds -= step
            self.to_b.beat()
            self.to_c.beat()
            await settle(*(site.service for site in self.sites))

    async def call(self, *, away: bool = False) -> UUID:
        """An answered call: at home, or ``away`` at midori."""
        view = await self.a.call(self.caller, new_call(TOKONAME if away else CHITOSE))
        attachment = await self.a.service.attach_handset(self.caller, view.call_id, 0, self.handset)
        self.a.attachments.append(attachment)
        await self.flow()
        site = self.b if away else self.a
        await site.service.answer(site.dispatcher, view.call_id)
        await self.flow()
        return view.call_id

    async def ask(
        self, site: Site, call_id: UUID, department: str, who: DispatcherIdentity | None = None
    ) -> "asyncio.Task[console_acts.Transfer]":
        """A dispatcher asks for a transfer; returns once the request is stored."""
        before = site.live(call_id).known().transfers
        body = console_acts.NewTransfer(department=department, reason="管轄が違うため")
        asked = asyncio.create_task(
            site.service.acts.transfer(who or site.dispatcher, call_id, body)
        )
        while site.live(call_id).known().transfers == before and not asked.done():
            await asyncio.sleep(0)
            await site.settle()
        return asked

    async def doing(self, act: Coroutine[Any, Any, T]) -> tuple[T, list[tuple[str, Envelope]]]:
        """What an act that needs the other providers gives, and what was said meanwhile."""
        task, said = asyncio.create_task(act), []
        while not task.done():
            said += await self.flow()
            await asyncio.sleep(0)
        return await task, said + await self.flow()

    async def transfer(self, site: Site, call_id: UUID, department: str) -> console_acts.Transfer:
        """A transfer from its request to its end."""
        asked = await self.ask(site, call_id, department)
        while not asked.done():
            await self.flow()
            await asyncio.sleep(0)
        return await asked

    def owners(self, call_id: UUID) -> list[str]:
        """Every provider that takes the open call for its own."""
        found = []
        for site in self.sites:
            live = site.service.core.lives.get(call_id)
            call = None if live is None else live.call
            if call is not None and call.open and call.owner.provider == site.operator:
                found.append(site.operator)
        return found

    def state(self, site: Site, call_id: UUID) -> tuple[str, int, str]:
        call = site.live(call_id).known()
        return call.state.value, call.epoch, call.owner.department.code


def on_trio(work: Callable[[Trio], Awaitable[None]]) -> None:
    """Run a test on three connected providers."""
    _on_trio(work, None)


def on_trio_with_mail(work: Callable[[Trio, Sink], Awaitable[None]]) -> None:
    """The same; the anchor hands its mail to a carrier's server, which is empty at first."""
    sink = Sink()

    async def with_sink(trio: Trio) -> None:
        await sink.until(lambda: bool(sink.stored))
        sink.stored.clear()
        await work(trio, sink)

    _on_trio(with_sink, sink)


def _on_trio(work: Callable[[Trio], Awaitable[None]], sink: Sink | None) -> None:
    async def main(folder: Path) -> None:
        if sink is not None:
            await sink.start()
        port = None if sink is None else sink.port
        clock = ManualClock()
        a = await Site("aoba", folder / "aoba", clock, relay_port=port).start()
        b, c = [await Site(name, folder / name, clock).start() for name in ("midori", "akane")]
        trio = Trio(a, b, c, Link(a, b), Link(a, c), await a.registrant())
        for site in trio.sites:
            trio.tapes[site.operator] = Tape()
            await site.console(trio.tapes[site.operator])
        trio.to_b.up()
        trio.to_c.up()
        await trio.flow()
        try:
            async with asyncio.timeout(60):
                await work(trio)
        finally:
            for site in trio.sites:
                await site.stop()
            if sink is not None:
                await sink.stop()

    with quick_folder() as folder:
        asyncio.run(main(Path(folder)))


def sent(arrived: list[tuple[str, Envelope]], kind: MessageType) -> list[Envelope]:
    """The messages of one type among what has arrived."""
    return [envelope for _, envelope in arrived if envelope.type is kind]


_numbers = itertools.count(1)


def new_line(text: str) -> common.NewLine:
    """A line with a client id of its own, whatever it says."""
    return support.new_line(text, f"c{next(_numbers)}")
