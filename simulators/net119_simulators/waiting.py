"""Waiting for something to become true, with a deadline and without polling."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

from net119_simulators.errors import Waited

T = TypeVar("T")


class Watch:
    """Wakes all who wait whenever the watched state changes.

    Its owner calls :meth:`changed` after every change; belongs to one event loop.
    """

    def __init__(self) -> None:
        self._sleepers: set[asyncio.Future[None]] = set()

    def changed(self) -> None:
        """Let everybody who waits look again."""
        for sleeper in self._sleepers:
            if not sleeper.done():
                sleeper.set_result(None)
        self._sleepers.clear()

    async def until(
        self, look: Callable[[], T | None], what: str, within: float, seen: Callable[[], str]
    ) -> T:
        """The first value of ``look`` that is not ``None``.

        ``look`` is asked at once and after every change; what it raises is passed on, which is
        how a refusal ends a wait.

        Raises:
            Waited: ``within`` seconds went by; ``what`` and ``seen()`` say what was missing.
        """
        loop = asyncio.get_running_loop()
        deadline = loop.time() + within
        while (found := look()) is None:
            left = deadline - loop.time()
            if left <= 0:
                raise Waited(what, within, seen())
            sleeper: asyncio.Future[None] = loop.create_future()
            self._sleepers.add(sleeper)
            try:
                await asyncio.wait((sleeper,), timeout=left)
            finally:
                self._sleepers.discard(sleeper)
        return found
