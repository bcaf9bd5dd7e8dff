"""Stores that a peer has messages; tries again until that has worked."""

import asyncio
from collections.abc import Callable

from net119_reference.logs import get_log
from net119_reference.ports import ProviderService, StorageFailed

RETRY_S = 1.0

log = get_log("stomp.client")


class Confirmer:
    """Collects numbers of messages that the peer has, and confirms all that wait at once.

    ``pending`` are those not stored yet: they must not be sent again in the meantime.
    ``stored`` is told the numbers afterwards.
    """

    def __init__(
        self, service: ProviderService, peer: str, stored: Callable[[list[int]], None]
    ) -> None:
        self.pending: set[int] = set()
        self._service = service
        self._peer = peer
        self._stored = stored
        self._changed = asyncio.Event()
        self._idle = asyncio.Event()
        self._idle.set()
        self._task = asyncio.create_task(self._run(), name=f"confirm-{peer}")

    def add(self, number: int) -> None:
        """The peer has this message."""
        self.pending.add(number)
        self._idle.clear()
        self._changed.set()

    async def idle(self) -> None:
        """Return when everything is stored."""
        await self._idle.wait()

    async def stop(self) -> None:
        """End; what is not stored is sent again after the next start."""
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)

    async def _run(self) -> None:
        while True:
            await self._changed.wait()
            self._changed.clear()
            numbers = sorted(self.pending)
            try:
                await self._service.confirmed(numbers)
            except Exception as failure:
                if isinstance(failure, StorageFailed):
                    log.warning("storage-failed", peer=self._peer, messages=len(numbers))
                else:
                    log.exception("confirm-failed", peer=self._peer, messages=len(numbers))
                await asyncio.sleep(RETRY_S)
                self._changed.set()
                continue
            self.pending.difference_update(numbers)
            self._stored(numbers)
            if not self.pending:
                self._idle.set()
