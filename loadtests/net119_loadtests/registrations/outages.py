"""The outgoing mail server dies in the midst of a mail, stays away, and comes back."""

import asyncio
import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from net119_simulators.errors import Waited
from net119_simulators.mailbox import Killed, Moment

from net119_loadtests.registrations.course import Course

_MOMENTS = (Moment.AFTER_STORING, Moment.CONTENT, Moment.BEFORE_STORING)
_LOOK_EVERY_S = 0.05


class MailServer(Protocol):
    """What dies and comes back."""

    async def kill_in_mail(self, moment: Moment) -> Killed:
        """Die at a moment of a mail; `Waited` where none comes."""

    async def restart(self) -> None:
        """Come back at the same address, with everything that was stored."""


@dataclass(frozen=True)
class Outage:
    """One outage: how it struck, and how many people were under way when it began and ended."""

    at: datetime
    moment: str
    down_s: float
    connections_cut: int
    mails_cut: int
    busy_at_start: int
    busy_at_end: int

    @property
    def proves(self) -> bool:
        """Whether it cut a mail off while people were at work, before and after it."""
        return self.mails_cut > 0 and self.busy_at_start > 0 and self.busy_at_end > 0


class Outages:
    """``count`` outages of ``down_s`` seconds, spread evenly over the submissions."""

    def __init__(
        self,
        boxes: MailServer,
        courses: Sequence[Course],
        count: int,
        down_s: float,
        told: Callable[[Outage], None],
    ) -> None:
        self._boxes = boxes
        self._courses = courses
        self._count = count
        self._down_s = down_s
        self._told = told
        self.struck: list[Outage] = []

    def _busy(self) -> int:
        return sum(each.stage is not None and not each.is_over for each in self._courses)

    def _submitted(self) -> int:
        return sum(each.has_submitted for each in self._courses)

    async def strike(self) -> None:
        """Wait for each outage's turn and carry it out; ends early when all people are done."""
        moments = itertools.cycle(_MOMENTS)
        for number in range(1, self._count + 1):
            turn = len(self._courses) * number // (self._count + 1)
            while self._submitted() < turn:
                if all(each.is_over for each in self._courses):
                    return
                await asyncio.sleep(_LOOK_EVERY_S)
            try:
                await self._one(next(moments))
            except Waited:
                # No mail came any more: the report says that this outage was not there.
                return

    async def _one(self, moment: Moment) -> None:
        loop = asyncio.get_running_loop()
        busy = self._busy()
        killed = await self._boxes.kill_in_mail(moment)
        began = loop.time()
        try:
            await asyncio.sleep(self._down_s)
        finally:
            await self._boxes.restart()
        outage = Outage(
            at=killed.at,
            moment=moment.name.lower(),
            down_s=round(loop.time() - began, 2),
            connections_cut=killed.connections,
            mails_cut=killed.in_mail,
            busy_at_start=busy,
            busy_at_end=self._busy(),
        )
        self.struck.append(outage)
        self._told(outage)
