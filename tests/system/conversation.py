"""A chat between a caller and a dispatcher that goes on whatever happens to the providers."""

import asyncio
import itertools
from collections.abc import Coroutine, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import NotConnected
from net119_simulators.line_log import Violation
from net119_simulators.line_sender import new_client_id
from net119_simulators.phone_call import PhoneCall
from net119_simulators.waiting import Watch

PATIENCE_S = 120.0
"""For everything that must happen; a provider needs seconds to start on a busy machine."""


class Client(Protocol):
    """What the handset and the console have in common."""

    async def say(self, text: str, client_id: str) -> LineStored: ...

    async def resume(self) -> None: ...

    async def wait_for_drop(self) -> None: ...

    def lines(self) -> tuple[ChatLine, ...]: ...

    def violations(self) -> list[Violation]: ...


@dataclass(frozen=True)
class PhoneClient:
    """The caller's side."""

    call: PhoneCall

    async def say(self, text: str, client_id: str) -> LineStored:
        return await self.call.say(text, client_id=client_id, within=PATIENCE_S)

    async def resume(self) -> None:
        await self.call.resume(within=PATIENCE_S)

    async def wait_for_drop(self) -> None:
        await self.call.wait_for_drop(within=10 * PATIENCE_S)

    def lines(self) -> tuple[ChatLine, ...]:
        return self.call.lines

    def violations(self) -> list[Violation]:
        return self.call.violations


@dataclass(frozen=True)
class ConsoleClient:
    """The dispatcher's side."""

    dispatcher: Dispatcher
    call_id: UUID

    async def say(self, text: str, client_id: str) -> LineStored:
        return await self.dispatcher.say(self.call_id, text, client_id=client_id, within=PATIENCE_S)

    async def resume(self) -> None:
        await self.dispatcher.resume(within=PATIENCE_S)

    async def wait_for_drop(self) -> None:
        await self.dispatcher.wait_for_drop(within=10 * PATIENCE_S)

    def lines(self) -> tuple[ChatLine, ...]:
        return self.dispatcher.lines(self.call_id)

    def violations(self) -> list[Violation]:
        return self.dispatcher.violations


@dataclass
class Speaker:
    """One side of the chat: says numbered texts, resumes by itself, keeps what was acknowledged.

    A line that a broken connection kept from being acknowledged is said again under the same
    ``clientId`` until it is.  ``pace_s`` is the least time between two lines.
    """

    name: str
    client: Client
    pace_s: float = 0.2
    said: dict[str, str] = field(default_factory=dict)
    """Every text that was tried, by its ``clientId``."""
    acknowledged: dict[str, LineStored] = field(default_factory=dict)
    """By text."""
    resumed: int = 0
    watch: Watch = field(default_factory=Watch)

    async def speak(self, over: asyncio.Event, texts: Iterator[int]) -> None:
        """Say lines until ``over``; each is seen through to its acknowledgement."""
        while not over.is_set():
            await self._say(f"{self.name} {next(texts)}", new_client_id())
            with suppress(TimeoutError):
                async with asyncio.timeout(self.pace_s):
                    await over.wait()

    async def keep_connected(self) -> None:
        """Resume whenever the connection breaks; runs until it is cancelled."""
        while True:
            await self.client.wait_for_drop()
            # It may break again while what is pending is said again.
            with suppress(NotConnected):
                await self.client.resume()
                self.resumed += 1
                self.watch.changed()

    async def wait_for_acknowledgements(self, count: int) -> None:
        """Until this many more lines have been acknowledged."""
        wanted = len(self.acknowledged) + count
        await self.watch.until(
            lambda: True if len(self.acknowledged) >= wanted else None,
            f"acknowledgement {wanted} of {self.name}",
            PATIENCE_S,
            lambda: f"{len(self.acknowledged)} acknowledged, resumed {self.resumed} times",
        )

    async def wait_for_resumptions(self, count: int) -> None:
        """Until the connection has been resumed this many times since the start."""
        await self.watch.until(
            lambda: True if self.resumed >= count else None,
            f"resumption {count} of {self.name}",
            PATIENCE_S,
            lambda: f"resumed {self.resumed} times, {len(self.acknowledged)} acknowledged",
        )

    async def _say(self, text: str, client_id: str) -> None:
        self.said[client_id] = text
        while text not in self.acknowledged:
            resumed = self.resumed
            try:
                self.acknowledged[text] = await self.client.say(text, client_id)
            except NotConnected:
                await self.wait_for_resumptions(resumed + 1)
        self.watch.changed()


class Chat:
    """Both speakers, each saying several lines at a time, while inside ``async with``.

    Leaving waits until everything that was said is acknowledged.
    """

    def __init__(self, caller: Speaker, dispatcher: Speaker, at_once: int = 2) -> None:
        self.speakers = (caller, dispatcher)
        self._at_once = at_once
        self._over = asyncio.Event()
        self._speaking: list[asyncio.Task[None]] = []
        self._keeping: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> "Chat":
        for speaker in self.speakers:
            texts = itertools.count(1)
            self._keeping.append(asyncio.create_task(speaker.keep_connected()))
            self._speaking += (
                asyncio.create_task(speaker.speak(self._over, texts)) for _ in range(self._at_once)
            )
        return self

    async def __aexit__(self, kind: type[BaseException] | None, *_: object) -> None:
        self._over.set()
        try:
            if kind is None:
                await asyncio.gather(*self._speaking)
        finally:
            tasks = (*self._speaking, *self._keeping)
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def while_it_goes_on(self, work: Coroutine[Any, Any, None]) -> None:
        """Do some work; what goes wrong with the chat meanwhile is raised at once."""
        working = asyncio.create_task(work)
        tasks = {working, *self._speaking, *self._keeping}
        try:
            while not working.done():
                done, tasks = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    task.result()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)
