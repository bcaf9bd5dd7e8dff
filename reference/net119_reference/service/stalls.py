"""New calls are shed while the database stalls, before those that are open suffer (ASO-20).

A call that would wait for a disk that has stopped is refused with the other means instead, within
a time that is known; lines of open calls go on waiting, and are acknowledged when they are stored.
"""

import asyncio
import logging
from collections.abc import Callable
from typing import Generic, TypeVar

from net119_protocol.codes import Refusal

from net119_reference.ports import Refused
from net119_reference.service.kernel import Kernel, Transaction

T = TypeVar("T")
DETAIL = "what is to be stored waits too long; use other means, or call again shortly"

log = logging.getLogger("net119.overload")


class Stall:
    """Whether the database stalls; it does no longer once it has been quick for a while.

    Args:
        limit_s: how long a command may wait, in seconds; the stall is over when for as long none
            has waited for half of that.
        oldest: seconds for which the oldest command that is not done has waited.
        elapsed: seconds since some moment.
    """

    def __init__(
        self, limit_s: float, oldest: Callable[[], float], elapsed: Callable[[], float]
    ) -> None:
        self.limit_s = limit_s
        self._oldest = oldest
        self._elapsed = elapsed
        self._since: float | None = None
        self._slow_at = 0.0

    def waited(self, seconds: float) -> bool:
        """A command had to wait for so long; whether the database stalls."""
        now = self._elapsed()
        if self._since is None:
            if seconds <= self.limit_s:
                return False
            self._since = now
            log.warning("new calls are shed: a command has waited for %.1f s", seconds)
        if seconds > self.limit_s / 2:
            self._slow_at = now
        elif now - self._slow_at >= self.limit_s:
            log.warning("new calls are taken again, after %.1f s", now - self._since)
            self._since = None
        return self._since is not None

    def lasts(self) -> bool:
        """Whether the database stalls at present."""
        return self.waited(self._oldest())


class _Patient(Generic[T]):
    """A command that is not done any more once it has waited too long for its turn."""

    def __init__(
        self,
        work: Callable[[Transaction], T],
        result: asyncio.Future[T],
        unless: Callable[[], bool],
    ) -> None:
        self._work = work
        self._unless = unless
        self._result = result
        self._begun = False

    def __call__(self, tx: Transaction) -> T:
        if self._result.done() and not self._begun:
            raise Refused(Refusal.OVERLOAD, DETAIL)
        self._begun = True
        return self._work(tx)

    def give_up(self) -> None:
        """The time is over.  A command that is being stored is waited for all the same."""
        if not (self._begun or self._result.done() or self._unless()):
            self._result.set_exception(Refused(Refusal.OVERLOAD, DETAIL))

    def done(self, value: T | None, error: Exception | None) -> None:
        """How it went."""
        if self._result.done():
            return
        if error is None:
            self._result.set_result(value)  # type: ignore[arg-type]  # what the work returned
        else:
            self._result.set_exception(error)


async def run_soon(
    kernel: Kernel,
    work: Callable[[Transaction], T],
    within_s: float,
    *,
    unless: Callable[[], bool],
) -> T:
    """As :meth:`Kernel.run`, but that it is not done if its turn has not come within a time.

    Args:
        within_s: that time, in seconds.
        unless: asked then; if it is so, the command is waited for all the same.

    Raises:
        Refused: that happened (``overload``), or the command refused; nothing was stored.
        OutcomeUnknown: as there.
        StorageFailed: as there.
    """
    loop = asyncio.get_running_loop()
    result: asyncio.Future[T] = loop.create_future()
    patient = _Patient(work, result, unless)
    kernel.submit(patient, patient.done)
    timer = loop.call_later(within_s, patient.give_up)
    try:
        return await result
    finally:
        timer.cancel()
