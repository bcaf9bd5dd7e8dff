"""Dispatchers that work by themselves: one task for each call that rings at their center."""

import asyncio
import logging
import ssl
from types import TracebackType
from typing import Self, Unpack
from uuid import UUID

from net119_protocol.api.console import ConsoleCall
from net119_protocol.codes import CallState

from net119_simulators.console_board import ConsoleFrame
from net119_simulators.dispatcher import ConsoleOptions, Dispatcher

# A caller who has lost the connection before anybody answered still wants help.
_TO_BE_ANSWERED = frozenset({CallState.RINGING, CallState.INTERRUPTED})
_log = logging.getLogger(__name__)


class AutomaticDispatcher(Dispatcher):
    """Starts `handle` for every call of its center that rings, once for each call.

    What `handle` raises is kept in ``failures`` and raised by `wait_until_handled`.
    """

    def __init__(
        self,
        base_url: str,
        tls: ssl.SSLContext | None,
        token: str,
        **options: Unpack[ConsoleOptions],
    ) -> None:
        super().__init__(base_url, tls, token, **options)
        self._tasks: dict[UUID, asyncio.Task[None]] = {}
        self.handled: dict[UUID, ConsoleCall] = {}
        self.failures: dict[UUID, Exception] = {}

    async def __aenter__(self) -> Self:
        await super().__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        for task in self._tasks.values():
            task.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks.values())
        await super().__aexit__(kind, error, trace)

    async def handle(self, call: ConsoleCall) -> ConsoleCall:
        """Work on a ringing call to its end; returns the call as it ended."""
        raise NotImplementedError(f"{type(self).__name__} does not say what to do with a call")

    async def wait_until_handled(self, call_id: UUID, within: float = 30.0) -> ConsoleCall:
        """The call as it ended.

        Raises:
            Exception: what `handle` raised for this call.
            Waited: it has not ended in time.
        """

        def look() -> ConsoleCall | None:
            if call_id in self.failures:
                raise self.failures[call_id]
            return self.handled.get(call_id)

        call = self.call(call_id)
        return await self._watch.until(
            look, f"the end of {call.where}", within, self._describe(call)
        )

    def _take(self, frame: ConsoleFrame) -> None:
        super()._take(frame)
        for call in self.calls:
            view = call.view
            if (
                view is not None
                and view.mine
                and view.answered_at is None
                and view.state in _TO_BE_ANSWERED
                and call.id not in self._tasks
            ):
                self._tasks[call.id] = asyncio.create_task(
                    self._run(view), name=f"{self.name} {call.id}"
                )

    async def _run(self, call: ConsoleCall) -> None:
        try:
            self.handled[call.call_id] = await self.handle(call)
        except Exception as wrong:
            self.failures[call.call_id] = wrong
            _log.warning("%s could not handle call %s: %s", self.name, call.call_id, wrong)
        finally:
            self._watch.changed()
