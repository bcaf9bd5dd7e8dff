"""Everybody's mailboxes in a thread of their own: what reads pages must not hold mail up."""

import asyncio
import threading
from collections.abc import Callable, Coroutine, Mapping
from types import TracebackType
from typing import Any, Self, TypeVar

from net119_simulators.mailbox import Killed, Letter, MailboxServer, Moment

T = TypeVar("T")


class Mailroom:
    """A `MailboxServer` on an event loop of its own; ``async with`` starts and stops it.

    Reading a page takes tens of milliseconds, and a mail a dozen turns of the loop: in one loop
    with a crowd of readers each mail would take seconds.
    """

    def __init__(self, host: str) -> None:
        self._boxes = MailboxServer(host)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="mail", daemon=True)

    async def __aenter__(self) -> Self:
        self._thread.start()
        try:
            await self._there(self._boxes.restart())
        except BaseException:
            self._end()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self._there(self._boxes.kill())
        finally:
            self._end()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        """The result of something done in the mail's own loop."""
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._boxes.port

    async def mailboxes(self) -> Mapping[str, tuple[Letter, ...]]:
        """All mailboxes that ever got a mail, as they are now."""

        async def look() -> Mapping[str, tuple[Letter, ...]]:
            return self._boxes.mailboxes

        return await self._there(look())

    async def wait_for_letter(
        self, address: str, wanted: Callable[[Letter], bool], within: float
    ) -> Letter:
        """The first mail that fits; raises `Waited` as `MailboxServer.wait_for_letter`."""
        return await self._there(self._boxes.wait_for_letter(address, wanted, within=within))

    async def wait_until(
        self, wanted: Callable[[Mapping[str, tuple[Letter, ...]]], bool], what: str, within: float
    ) -> None:
        """Until something about the mailboxes is true; raises `Waited` if not in time."""
        await self._there(
            self._boxes.wait_until(lambda: wanted(self._boxes.mailboxes), what, within)
        )

    async def kill_in_mail(self, moment: Moment) -> Killed:
        """Die in the midst of a mail; raises `Waited` as `MailboxServer.kill_in_mail`."""
        return await self._there(self._boxes.kill_in_mail(moment))

    async def restart(self) -> None:
        """Come back at the same port."""
        await self._there(self._boxes.restart())
