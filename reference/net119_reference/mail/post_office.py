"""Outgoing mail: stored with what causes it, handed to the relay afterwards, its answer recorded.

A letter is never lost, and handed over twice only if we stopped between the relay's storing it
and our recording its answer; both copies then have the same Message-ID and the same bytes.
"""

import asyncio
import contextlib
import functools
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from net119_reference.config.model import Config
from net119_reference.logs import get_log
from net119_reference.mail import address, outbox_rows
from net119_reference.mail.letter import to_bytes
from net119_reference.mail.letters import Letters
from net119_reference.mail.outbox_rows import Waiting
from net119_reference.mail.relay import Relay
from net119_reference.mail.schedule import Answer, Delivery, Schedule
from net119_reference.ports import Clock, Refused, StorageFailed
from net119_reference.service.kernel import Kernel, Transaction
from net119_reference.service.rows import stamp
from net119_reference.store import Database

AddressOf = Callable[[UUID], str | None]
"""The mail address of a registrant at this moment; ``None`` if there is none any more."""

_AHEAD = 100
"""Letters in memory at the same time."""
_IDLE_S = 5.0
"""A connection without a letter to send is closed after this."""
_AGAIN_S = 1.0
"""Pause after the database failed."""
_LOOK_S = 60.0
"""Longest time without a look at the clock, which may have been set."""
log = get_log("mail")


class RelayForbidden(Exception):
    """The safety interlock does not allow mail to be handed to the configured relay."""


class PostOffice(Letters):
    """Sends the stored letters.

    Args:
        address_of: where letters sent with ``follows`` go, asked at each attempt (I8).
    """

    def __init__(
        self,
        kernel: Kernel,
        database: Database,
        clock: Clock,
        config: Config,
        *,
        address_of: AddressOf | None = None,
    ) -> None:
        super().__init__(database, config)
        self._kernel = kernel
        self._clock = clock
        self._address_of = address_of
        settings = config.mail
        self._schedule = Schedule(
            timedelta(seconds=settings.retry_s),
            timedelta(seconds=settings.retry_max_s),
            timedelta(seconds=settings.give_up_s),
        )
        self._urgent_schedule = Schedule(
            timedelta(seconds=config.callback.retry_s),
            timedelta(seconds=config.callback.retry_max_s),
            timedelta(seconds=config.callback.valid_s),
        )
        self._urgent: asyncio.Queue[Waiting | None] = asyncio.Queue()
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._in_hand: set[int] = set()
        self._more = False
        self._lanes: list[asyncio.Queue[Waiting | None]] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._relay_failures = 0
        self._paused_until: datetime | None = None

    # --- sending ------------------------------------------------------------------------------

    async def start(self) -> None:
        """Begin to send, also what an earlier run left.

        Raises:
            RelayForbidden: the relay is neither this machine nor a declared test system.
        """
        settings = self._config.mail
        if not self._config.permits_host(settings.relay_host):
            raise RelayForbidden(
                f"mail.relay_host: {settings.relay_host} is not a loopback address, and not "
                "declared a test system; declare it in [test_systems]"
            )
        self._lanes = [asyncio.Queue() for _ in range(settings.connections)]
        self._tasks = [
            asyncio.create_task(self._look_after(), name="mail-outbox"),
            *(asyncio.create_task(self._lane(lane), name="mail-lane") for lane in self._lanes),
            # Connections of their own: urgent letters wait for no other, nor for a slow server
            # of another urgent one.
            *(
                asyncio.create_task(self._lane(self._urgent, urgent=True), name="mail-urgent")
                for _ in range(settings.connections)
            ),
        ]

    async def stop(self, within_s: float = 5.0) -> None:
        """Finish the letters that are being handed over; the others stay stored.

        Stop the kernel afterwards: the relay's last answers are recorded through it.
        """
        self._stopping.set()
        self.wake()
        for lane in (*self._lanes, *(self._urgent for _ in self._lanes)):
            lane.put_nowait(None)
        if not self._tasks:
            return
        _, late = await asyncio.wait(self._tasks, timeout=within_s)
        for task in late:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._tasks = []

    def wake(self) -> None:
        """Something may be due: a new letter, or the clock was set."""
        self._wake.set()

    async def _look_after(self) -> None:
        """Give every letter that is due to the lane of its recipient."""
        while not self._stopping.is_set():
            self._wake.clear()
            now = self._clock.now()
            self._more = len(self._in_hand) >= _AHEAD
            # Urgent letters wait neither for others nor for a relay that was out of reach.
            urgent_only = self._more or self._paused()
            room = _AHEAD if urgent_only else _AHEAD - len(self._in_hand)
            look = functools.partial(
                outbox_rows.due, now, tuple(self._in_hand), room, urgent_only=urgent_only
            )
            try:
                found, later = await self._database.read(look)
            except StorageFailed as error:
                log.error("the mail outbox cannot be read", exc_info=error)
                await self._wait(_AGAIN_S)
                continue
            for waiting in found:
                # Read while it was being finished: it was in hand then, and is not due again.
                self._in_hand.add(waiting.number)
                self._lane_of(waiting).put_nowait(waiting)
            if urgent_only and self._paused_until is not None and self._paused_until > now:
                later = min(later or self._paused_until, self._paused_until)
            if not urgent_only:
                self._more = len(found) == room
            pause = _LOOK_S if later is None else (later - self._clock.now()).total_seconds()
            await self._wait(min(max(pause, 0.0), _LOOK_S))

    def _lane_of(self, waiting: Waiting) -> "asyncio.Queue[Waiting | None]":
        """All letters to one recipient take the same lane, so that they arrive in order."""
        if waiting.letter.kind in outbox_rows.URGENT:
            return self._urgent
        key = address.key_of(waiting.letter.to).encode()
        return self._lanes[zlib.crc32(key) % len(self._lanes)]

    async def _wait(self, seconds: float) -> None:
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._wake.wait()

    async def _lane(self, lane: "asyncio.Queue[Waiting | None]", *, urgent: bool = False) -> None:
        settings = self._config.mail
        relay = Relay(settings.relay_host, settings.relay_port, settings.timeout_s)
        try:
            while True:
                waiting = await _next(lane, relay)
                if waiting is None:
                    return
                again = False
                if not self._stopping.is_set() and (urgent or not self._paused()):
                    again = await self._handle(waiting, relay)
                self._in_hand.discard(waiting.number)
                few = len(self._in_hand) <= _AHEAD // 2
                if again or (self._more and few) or not self._in_hand:
                    self.wake()
        finally:
            await relay.close()

    def _paused(self) -> bool:
        return self._paused_until is not None and self._clock.now() < self._paused_until

    async def _handle(self, waiting: Waiting, relay: Relay) -> bool:
        """Send one letter and record what came of it; whether it will be due again."""
        try:
            waiting, answer = await self._attempt(waiting, relay)
        except Exception as error:
            log.exception("a letter could not be handled", kind=waiting.letter.kind)
            answer = Answer(Delivery.DEFERRED, None, f"an error of ours ({type(error).__name__})")
        self._note_relay(answer)
        while True:
            try:
                return await self._kernel.run(functools.partial(self._record, waiting, answer))
            except Exception as error:
                # Whatever it is: without a record the letter would be due, and sent again.
                log.error("a letter's status cannot be stored", exc_info=error)
                if self._stopping.is_set():
                    return False
                with contextlib.suppress(TimeoutError):
                    async with asyncio.timeout(_AGAIN_S):
                        await self._stopping.wait()

    async def _attempt(self, waiting: Waiting, relay: Relay) -> tuple[Waiting, Answer]:
        letter = waiting.letter
        if waiting.follows and letter.registrant_id is not None and self._address_of is not None:
            present = self._address_of(letter.registrant_id)
            if present is None:
                reason = "the registrant has no mail address any more"
                return waiting, Answer(Delivery.FAILED, None, reason)
            letter = replace(letter, to=address.canonical(present))
            waiting = replace(waiting, letter=letter)
        try:
            self._check(letter.to, "the mail address", "mail")
        except Refused as error:
            return waiting, Answer(Delivery.FAILED, None, error.detail)
        content = to_bytes(letter, waiting.written)
        return waiting, await relay.deliver(letter.sender, letter.to, content)

    def _note_relay(self, answer: Answer) -> None:
        """Leave a relay alone that is out of reach: every letter would find the same."""
        if not answer.connection:
            if answer.code is not None:
                self._relay_failures = 0
            return
        if self._paused():
            return
        self._relay_failures += 1
        pause = self._schedule.pause(self._relay_failures)
        self._paused_until = self._clock.now() + pause
        log.warning("the mail relay is out of reach", pause_s=pause.total_seconds())
        self.wake()

    def _record(self, waiting: Waiting, answer: Answer, tx: Transaction) -> bool:
        attempts = waiting.attempts + 1
        state, reason, again = answer.outcome, answer.reason, None
        if state is Delivery.DEFERRED:
            urgent = waiting.letter.kind in outbox_rows.URGENT
            schedule = self._urgent_schedule if urgent else self._schedule
            again = schedule.next_attempt(waiting.written, attempts, tx.now)
            if again is None:
                state, reason = Delivery.FAILED, f"given up: {reason}"
            elif answer.connection and self._paused_until is not None and not urgent:
                again = min(again, max(self._paused_until, tx.now))
        if again is not None:
            tx.write(
                outbox_rows.DEFER,
                b_number=waiting.number,
                b_attempts=attempts,
                b_code=answer.code,
                b_reason=reason,
                b_due_at=stamp(again),
            )
        else:
            tx.write(
                outbox_rows.FINISH,
                b_number=waiting.number,
                b_state=state.value,
                b_recipient=waiting.letter.to,
                b_attempts=attempts,
                b_code=answer.code,
                b_reason=reason,
                b_ended_at=stamp(tx.now),
            )
        self.on_fate(tx, waiting.letter.message_id, state, reason)
        if state is Delivery.FAILED:
            log.warning(
                "a letter failed",
                kind=waiting.letter.kind,
                department=waiting.letter.department,
                code=answer.code,
            )
        return again is not None


async def _next(lane: "asyncio.Queue[Waiting | None]", relay: Relay) -> Waiting | None:
    """The next letter of a lane; the connection is closed while none comes."""
    try:
        async with asyncio.timeout(_IDLE_S):
            return await lane.get()
    except TimeoutError:
        await relay.close()
        return await lane.get()
