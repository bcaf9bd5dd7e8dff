"""Two providers under watch: their clients, what was acknowledged, and what must hold of it."""

import asyncio
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import CallState, Mode, Refusal
from net119_reference.config.model import Limits
from net119_reference.ports import Attachment, HandsetIdentity, Refused

from tests.reference.service.link import Link
from tests.reference.service.support import (
    Site,
    Tape,
    quick_folder,
)

T = TypeVar("T")
# A clock that is set by hand leaps while something waits for the database, which is no stall.
LIMITS = Limits(line_burst=1000, registrant_calls=1000, registrant_call_burst=1000, stall_s=3600)


@dataclass
class Client:
    """A handset or a console: what it has seen over all its connections, as it would show it."""

    seen: dict[UUID, list[ChatLine]] = field(default_factory=dict)
    tape: Tape = field(default_factory=Tape)
    attachment: Attachment | None = None

    def after(self) -> dict[UUID, int]:
        return {call_id: lines[-1].seq for call_id, lines in self.seen.items() if lines}

    def read(self, calls: list[UUID]) -> None:
        """Take over what has come since the last look."""
        for call_id in calls:
            self.seen.setdefault(call_id, []).extend(self.tape.lines(call_id))
        self.tape.frames.clear()

    def cut(self) -> None:
        """The connection is gone; the next one is another."""
        self.attachment = None
        self.tape = Tape()


@dataclass
class Asked:
    """A dispatcher's request at midori, which the anchor has to answer."""

    call_id: UUID
    client_id: str | None
    task: "asyncio.Task[Any]"


class Watched:
    """Two providers, everyone connected to them, and the checks of the invariants."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = quick_folder()
        self.calls: list[UUID] = []
        self.modes: dict[UUID, Mode] = {}
        self.handsets: dict[UUID, Client] = {}
        self.consoles = {"aoba": Client(), "midori": Client()}
        self.acknowledged: dict[UUID, dict[str, LineStored]] = {}
        self.asked: list[Asked] = []
        self.refused_lines: set[str] = set()
        self.count = 0
        self.link: Link
        self.caller: HandsetIdentity

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        async def bounded() -> T:
            async with asyncio.timeout(30):
                return await work

        return self.runner.run(bounded())

    def site(self, operator: str) -> Site:
        return self.link.a if operator == "aoba" else self.link.b

    def call(self, which: int) -> UUID:
        return self.calls[which % len(self.calls)]

    def text(self) -> str:
        self.count += 1
        return f"t{self.count}"

    def _acknowledge(self, call_id: UUID, stored: LineStored) -> None:
        assert self.acknowledged[call_id].setdefault(stored.client_id, stored) == stored

    async def _look_at_answers(self) -> None:
        await self.link.settle()
        for each in tuple(self.asked):
            if not each.task.done():
                continue
            self.asked.remove(each)
            answer: Any = (await asyncio.gather(each.task, return_exceptions=True))[0]
            assert not isinstance(answer, BaseException) or isinstance(answer, Refused)
            if isinstance(answer, Refused):
                assert answer.code is not Refusal.NOT_CONFIRMED
                self.refused_lines |= {each.client_id} if each.client_id else set()
            elif isinstance(answer, LineStored):
                self._acknowledge(each.call_id, answer)

    async def _time_passes(self, seconds: float) -> None:
        self.link.a.clock.advance(seconds)
        self.link.beat()
        await self.link.settle()
        await self.link.a.look_for_lost_peers()
        await self.link.b.look_for_lost_peers()

    async def _check(self) -> None:
        await self._look_at_answers()
        for call_id in self.calls:
            lines = await self._check_lines(call_id)
            await self._check_owner(call_id)
            for client in (self.handsets[call_id], *self.consoles.values()):
                client.read(self.calls)
                seen = client.seen[call_id]
                assert seen == lines[: len(seen)], "a client shows another order than the anchor"

    async def _check_lines(self, call_id: UUID) -> list[ChatLine]:
        lines = await self.link.a.lines(call_id)
        assert [line.seq for line in lines] == list(range(1, len(lines) + 1))
        by_client = {line.client_id: line for line in lines}
        assert len(by_client) == len(lines)
        for client_id, stored in self.acknowledged[call_id].items():
            line = by_client[client_id]
            assert (line.seq, line.at) == (stored.seq, stored.at)
            assert line.text == client_id.removeprefix("c-")
        assert not self.refused_lines & by_client.keys(), "refused, and said all the same"
        there = await self.link.b.lines(call_id)
        assert there == [lines[line.seq - 1] for line in there]
        return lines

    async def _check_owner(self, call_id: UUID) -> None:
        for site in (self.link.a, self.link.b):
            await site.service.core.ensure(call_id)
            live = site.live(call_id)
            if live.call is not None:
                stored = (await site.stored(call_id)).known()
                for name in ("state", "epoch", "owner", "peer", "presence", "mode", "told"):
                    assert getattr(stored, name) == getattr(live.call, name), name
                assert live.call.mode is self.modes[call_id]
        anchor, there = self.link.a.live(call_id).known(), self.link.b.live(call_id).call
        assert (anchor.peer == "midori") == (anchor.owner.provider == "midori")
        if there is None:
            assert anchor.owner.provider == "aoba"
            return
        assert there.epoch <= anchor.epoch
        if there.open and there.owner.provider == "midori" and anchor.open:
            same = there.epoch == anchor.epoch
            assert same == (anchor.owner.provider == "midori")

    async def _end(self) -> None:
        """With a good link again everything comes to rest, and both sides agree."""
        if not self.link.is_up:
            self.link.up()
        for _ in range(20):
            await self.link.flow()
            await self._time_passes(0.5)
            if not any([await pipe.waiting() for pipe in self.link.pipes]):
                break
        await self.link.flow()
        await self._check()
        for call_id in self.calls:
            anchor, there = self.link.a.live(call_id).known(), self.link.b.live(call_id)
            assert not self.link.a.live(call_id).held
            assert not there.held
            owns = there.call is not None and there.call.owner.provider == "midori"
            if there.call is not None and there.call.open and owns:
                assert anchor.open
                assert anchor.epoch == there.call.epoch
            if anchor.owner.provider == "midori":
                assert owns
                assert there.call is not None
                assert (there.call.state, there.call.epoch) == (anchor.state, anchor.epoch)
                assert await self.link.b.lines(call_id) == await self.link.a.lines(call_id)
                assert not there.pending
            elif there.call is not None and there.call.open:
                assert there.call.state is CallState.OFFERING
        assert not self.asked, "somebody still waits for an answer"
        for site in (self.link.a, self.link.b):
            await site.stop()
