"""Looks at a hook again and again, and keeps what it said last."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import TypeVar

from net119_simulators.errors import CallRefused, Waited
from net119_simulators.waiting import Watch

from net119_conformance.errors import DriverFailed

T = TypeVar("T")


async def _nothing_owed() -> bool:
    return False


class Poll:
    """Asks for a screen every ``every_s`` seconds between `start` and `stop`.

    A hook that fails, or a refusal, ends it; everybody who waits, or looks, is told then.
    ``settled`` awaits what the hook has owed an answer to for long, and tells whether there was
    any: nothing is known to be missing before.
    """

    def __init__(
        self,
        look: Callable[[], Awaitable[None]],
        every_s: float,
        settled: Callable[[], Awaitable[bool]] = _nothing_owed,
    ) -> None:
        self._look = look
        self._every_s = every_s
        self._settled = settled
        self._watch = Watch()
        self._task: asyncio.Task[None] | None = None
        self._failure: DriverFailed | CallRefused | None = None
        self._one = asyncio.Lock()

    def alive(self) -> None:
        """Raise what ended the looking: what was seen last says nothing of now.

        A refusal is the system's own word: what was shown until then stays.

        Raises:
            DriverFailed: the hook can no longer be asked.
        """
        if isinstance(self._failure, DriverFailed):
            raise self._failure

    async def start(self) -> None:
        """Look once, then go on looking; raises what looking raises."""
        await self.now()
        self._failure = None
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._go_on())

    def pause(self) -> None:
        """Stop looking at once; what was seen stays."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def stop(self) -> None:
        """Stop looking."""
        task = self._task
        self.pause()
        if task is not None:
            with suppress(asyncio.CancelledError):
                await task

    async def now(self) -> None:
        """Look at once, once."""
        async with self._one:
            await self._look()
        self._watch.changed()

    async def until(
        self, look: Callable[[], T | None], what: str, within: float, seen: Callable[[], str]
    ) -> T:
        """The first value of ``look`` that is not None.

        Raises:
            Waited: it did not come within ``within`` seconds.
            DriverFailed, CallRefused: the screen can no longer be looked at, or the hook owes an
                answer and does not give it within its own limit.
        """

        def or_failed() -> T | None:
            found = look()
            if found is None and self._failure is not None:
                raise self._failure
            return found

        try:
            return await self._watch.until(or_failed, what, within, seen)
        except Waited:
            # An answer that is owed may be why it did not come, or why it was not seen.
            if not await self._settled():
                raise
            if self._task is not None:
                await self.now()
            if (found := or_failed()) is None:
                raise
            return found

    async def _go_on(self) -> None:
        while True:
            await asyncio.sleep(self._every_s)
            try:
                await self.now()
            except (DriverFailed, CallRefused) as failure:
                self._failure = failure
                self._watch.changed()
                return
