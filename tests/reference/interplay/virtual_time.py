"""An event loop under a virtual clock: nothing waits, nothing runs beside, time is handed in.

All that a service does in threads (its database, its passwords) is done at once instead, so that a
run is the same every time and takes no longer than its work.
"""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

T = TypeVar("T")

START = datetime(2026, 4, 1, 3, 0, tzinfo=UTC)


class VirtualClock:
    """The time of every provider and of the event loop."""

    def __init__(self) -> None:
        self._now = START

    def now(self) -> datetime:
        return self._now

    def seconds(self) -> float:
        return (self._now - START).total_seconds()

    def advance(self, seconds: float) -> None:
        self._now += timedelta(seconds=seconds)


class MachineClock:
    """The clock of one provider's machine, which somebody may set; it runs as the time does."""

    def __init__(self, time: VirtualClock) -> None:
        self._time = time
        self.apart = 0.0
        """How far it is before the time, in seconds."""

    def now(self) -> datetime:
        return self._time.now() + timedelta(seconds=self.apart)

    def elapsed(self) -> float:
        return self._time.seconds()


class _Idle(selectors.SelectSelector):
    """Instead of waiting, says that there is nothing to do."""

    def __init__(self, idle: Callable[[], None]) -> None:
        super().__init__()
        self._idle = idle

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout > 0:
            self._idle()
        return []


class VirtualLoop(asyncio.SelectorEventLoop):
    """Runs until there is nothing to do at the clock's time."""

    def __init__(self, clock: VirtualClock) -> None:
        self._virtual = clock
        super().__init__(_Idle(self.stop))
        self.failures: list[dict[str, Any]] = []
        """What went wrong in tasks that nobody waits for."""
        self.set_exception_handler(lambda _loop, context: self.failures.append(context))

    def time(self) -> float:
        return self._virtual.seconds()

    def run_in_executor(  # type: ignore[override]  # narrower: nothing runs in an executor
        self, executor: object, func: Callable[..., T], *args: Any
    ) -> "asyncio.Future[T]":
        """Do it here and now."""
        done: asyncio.Future[T] = self.create_future()
        try:
            done.set_result(func(*args))
        except Exception as error:
            done.set_exception(error)
        return done

    def settle(self) -> None:
        """Return when nobody has anything left to do at the present time."""
        self.run_forever()

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of what needs no time.

        Raises:
            RuntimeError: it waits for something that does not come at the present time.
        """
        return self.run_until_complete(work)
