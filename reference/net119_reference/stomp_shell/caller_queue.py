"""The queue of one peer at our endpoint: what waits in the outbox, given to whoever subscribes.

The messages themselves stay stored until they are acknowledged; here is only who has which of
them at the moment.  It is a queue, not a topic: each message goes to one subscription.
"""

import asyncio
from collections import deque
from collections.abc import Iterable
from typing import Protocol

from net119_reference.logs import get_log
from net119_reference.ports import Channel, Outgoing, ProviderService
from net119_reference.stomp_shell.bounds import Bounds

FETCHED_AT_ONCE = 50
LONGEST_PAUSE = 20
"""Most that the pause after a message was given back grows, as a multiple of the first one."""
RETRY_S = 1.0
"""Pause after the outbox could not be read, or a message not be written."""

log = get_log("stomp.queue")


class Subscriber(Protocol):
    """One subscription to the queue."""

    def has_room(self) -> bool:
        """Whether it takes a message now."""

    def deliver(self, item: Outgoing, *, redelivered: bool) -> None:
        """Write the message; only while ``has_room``."""


class CallerQueue:
    """Hands out what waits for one peer, in order, each message to one subscription.

    A message is *out* while a subscription has it, *back* when it is to be delivered again, and
    *acknowledged* until that is stored.  The newest subscription comes first: an older one is
    often a connection that its peer has already left.
    """

    def __init__(self, service: ProviderService, peer: str, bounds: Bounds) -> None:
        self._service = service
        self._peer = peer
        self._bounds = bounds
        self._subscribers: list[Subscriber] = []
        self._fetched: deque[Outgoing] = deque()
        self._after = 0  # all stored messages up to this number were fetched
        self._out: dict[int, Outgoing] = {}
        self._back: dict[int, Outgoing] = {}
        self._paused: dict[int, asyncio.TimerHandle] = {}  # given back, waits before it is back
        self._acknowledged: dict[int, Outgoing] = {}
        self._done: set[int] = set()  # since the last fetch began, which may still list them
        self._seen: set[int] = set()  # delivered at least once, not done
        self._given_back: dict[int, int] = {}  # how often
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    # --- subscriptions ------------------------------------------------------------------------

    def add(self, subscriber: Subscriber) -> None:
        """Begin delivering to a subscription."""
        self._subscribers.append(subscriber)
        if len(self._subscribers) == 1:
            self._service.peer_session(self._peer, Channel.QUEUE, True)
        if self._task is None:
            self._task = asyncio.create_task(self._run(), name=f"caller-queue-{self._peer}")
        self._wake.set()

    def remove(self, subscriber: Subscriber, numbers: Iterable[int]) -> None:
        """End a subscription; ``numbers`` are delivered again, to whoever subscribes."""
        if subscriber not in self._subscribers:
            return
        self._subscribers.remove(subscriber)
        for number in numbers:
            self._take_back(number)
        if not self._subscribers:
            self._service.peer_session(self._peer, Channel.QUEUE, False)
            self._forget()
        self._wake.set()

    def wake(self) -> None:
        """Look for something to deliver."""
        self._wake.set()

    async def stop(self) -> None:
        """End delivering; everything unacknowledged stays stored."""
        for timer in self._paused.values():
            timer.cancel()
        self._paused.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    # --- what becomes of a message ------------------------------------------------------------

    def acknowledged(self, numbers: Iterable[int]) -> None:
        """The peer has these; they are not delivered again unless storing that fails."""
        for number in numbers:
            item = self._out.pop(number, None)
            if item is not None:
                self._acknowledged[number] = item
        self._wake.set()

    def done(self, numbers: Iterable[int]) -> None:
        """It is stored that the peer has these."""
        for number in numbers:
            self._acknowledged.pop(number, None)
            self._done.add(number)
            self._seen.discard(number)
            self._given_back.pop(number, None)

    def not_done(self, numbers: Iterable[int]) -> None:
        """It could not be stored that the peer has these: they are delivered again."""
        for number in numbers:
            item = self._acknowledged.pop(number, None)
            if item is not None and self._subscribers:
                self._back[number] = item
        self._wake.set()

    def give_back(self, numbers: Iterable[int]) -> None:
        """The peer could not take these: delivered again after a pause that grows."""
        for number in numbers:
            times = self._given_back[number] = self._given_back.get(number, 0) + 1
            factor = min(2 ** min(times - 1, 10), LONGEST_PAUSE)
            self._paused[number] = asyncio.get_running_loop().call_later(
                self._bounds.nack_pause_s * factor, self._after_pause, number
            )
            log.warning(
                "given-back", peer=self._peer, number=number, times=times, what_next="again later"
            )
        self._wake.set()

    def _after_pause(self, number: int) -> None:
        del self._paused[number]
        self._take_back(number)
        self._wake.set()

    def _take_back(self, number: int) -> None:
        item = self._out.pop(number, None)
        if item is not None:
            self._back[number] = item

    def _forget(self) -> None:
        """Nobody listens: drop what the store has anyway, and begin again from its start."""
        for timer in self._paused.values():
            timer.cancel()
        self._paused.clear()
        self._out.clear()
        self._back.clear()
        self._fetched.clear()
        self._after = 0

    # --- delivering ---------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                await self._deliver()
            except Exception:
                log.exception("not-delivered", peer=self._peer, what_next="tried again")
                await asyncio.sleep(RETRY_S)
                continue
            await self._wake.wait()

    async def _deliver(self) -> None:
        while self._with_room() is not None:
            if not self._back and not self._fetched and not await self._fetch():
                return
            subscriber = self._with_room()  # it may have gone meanwhile
            if subscriber is None:
                return
            item = self._next()
            if item is None:
                continue
            redelivered = item.number in self._seen
            self._seen.add(item.number)
            # Out before it is written: writing may end the subscription, which gives back its own.
            self._out[item.number] = item
            try:
                subscriber.deliver(item, redelivered=redelivered)
            except BaseException:
                # Nobody has it then: no acknowledgement would come, and no end of a subscription.
                self._take_back(item.number)
                raise

    def _with_room(self) -> Subscriber | None:
        return next((each for each in reversed(self._subscribers) if each.has_room()), None)

    def _next(self) -> Outgoing | None:
        if self._back:
            return self._back.pop(min(self._back))
        item = self._fetched.popleft() if self._fetched else None
        if item is None or item.number in self._acknowledged or item.number in self._done:
            return None
        return item

    async def _fetch(self) -> bool:
        """Read on in the outbox; whether there was anything to look at."""
        after = self._after
        self._done.clear()
        items = await self._service.outgoing(self._peer, Channel.QUEUE, after, FETCHED_AT_ONCE)
        if self._after != after:
            return True  # begun again from the start meanwhile
        if not items:
            return bool(self._back)
        self._after = items[-1].number
        self._fetched.extend(items)
        return True
