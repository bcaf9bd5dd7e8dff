"""The calls that come to a center from a moment on, apart from those that it had before.

A system that is judged again has the calls of earlier runs: its desk may show them, and rightly.
"""

import asyncio
import contextlib
from collections.abc import Callable, Collection
from typing import Self
from uuid import UUID

from net119_protocol.api.console import ConsoleCall

from net119_conformance.drivers.actors import Console
from net119_conformance.looking import looking
from net119_conformance.polling import until
from net119_conformance.trial import Trial
from net119_conformance.world.world import World


class NewCalls:
    """What a console shows of the calls that came since `since_now`."""

    def __init__(self, w: World, console: Console, before: Collection[UUID]) -> None:
        self._w = w
        self._console = console
        self._before = frozenset(before)

    @classmethod
    async def since_now(cls, w: World, console: Console) -> Self:
        """To be made before that of which a call comes, or must not come."""
        return cls(w, console, await console.calls_before())

    async def now(self) -> tuple[ConsoleCall, ...]:
        """Those that are shown now, newest first."""
        shown = await self._console.center_calls()
        return tuple(each for each in shown if each.call_id not in self._before)

    async def rung(self, wanted: Callable[[ConsoleCall], bool] = lambda _: True) -> ConsoleCall:
        """The newest that is as wanted, once there is one.

        Raises:
            TimeoutError: none came.
        """

        async def fitting() -> list[ConsoleCall]:
            return [each for each in await self.now() if wanted(each)]

        return (await until(self._w, fitting, bool))[0]

    async def once_rung(
        self, wanted: Callable[[ConsoleCall], bool] = lambda _: True
    ) -> tuple[ConsoleCall, ...]:
        """Those that are shown once one is as wanted; once none will be, where none ever is."""
        with contextlib.suppress(TimeoutError):
            await self.rung(wanted)
        return await self.now()

    async def late(self) -> tuple[ConsoleCall, ...]:
        """Those that are shown once it is late for a call to come; see `looking`.

        From now on, since what might have a call come of it has only just ended.
        """
        await asyncio.sleep(looking(self._w).left())
        return await self.now()


async def no_other_came(
    t: Trial, new: NewCalls, taken: Collection[UUID], name: str, ja: str
) -> None:
    """Check that the center has got these calls and no other, not even late."""
    seen = [each.call_id for each in await new.late()]
    t.check(
        name,
        len(seen) == len(taken) and set(seen) == set(taken),
        expected=f"{len(taken)} new calls, those that were taken: {sorted(map(str, taken))}",
        seen=sorted(map(str, seen)),
        ja=ja,
    )
