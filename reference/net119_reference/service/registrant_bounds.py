"""What one registrant may take of the provider, however many calls he has (ASO-20).

Without this bound one log-in could open as many calls as the provider takes, and everybody else
would be shed.  It is kept in memory: a provider that starts again knows nothing of earlier
presses, but counts the calls that are open.
"""

import functools
from collections.abc import Callable, Mapping
from uuid import UUID
from weakref import WeakValueDictionary

from net119_protocol.codes import CallState, Mode, Refusal

from net119_reference.config.model import Limits
from net119_reference.ports import Refused
from net119_reference.service.kernel import Transaction
from net119_reference.service.live import CALLER, Live
from net119_reference.service.rate import Bucket

_KEPT = 10_000
"""Registrants whose presses are remembered before those that have nothing left are looked for."""


class RegistrantBounds:
    """Calls and lines of each registrant.

    Args:
        limits: how much, as it is in force.
        lives: the calls in memory; every open call of the anchor is among them.
    """

    def __init__(self, limits: Callable[[], Limits], lives: Mapping[UUID, Live]) -> None:
        self._limits = limits
        self._lives = lives
        self._placing: dict[tuple[UUID, bool], Bucket] = {}
        self._calls: dict[UUID, set[UUID]] | None = None
        """Calls in memory by registrant; gathered when it is first needed."""
        self._lines: WeakValueDictionary[UUID, Bucket] = WeakValueDictionary()
        """Lives as long as a call in memory uses it."""

    def place(self, tx: Transaction, registrant_id: UUID, mode: Mode) -> None:
        """Count a new call; undone if it does not come about, so that only calls made count.

        Practice counts by itself: who has practised as often as he may must be able to call.

        Raises:
            Refused: (``too-many``) so many are open, or were made in a short time.
        """
        limits = self._limits()
        practice = mode is Mode.PRACTICE
        open_now = self._open_calls(registrant_id, practice=practice)
        if open_now >= limits.registrant_calls:
            raise Refused(
                Refusal.TOO_MANY,
                f"{open_now} calls of yours are open; go on in one of them, or use other means",
            )
        bucket = self._placing.get((registrant_id, practice))
        if bucket is None:
            self._tidy(tx)
            every_s = limits.registrant_call_every_s
            bucket = self._placing[registrant_id, practice] = Bucket(
                limits.registrant_call_burst, 1 / every_s
            )
        before = bucket.level, bucket.seen
        if not bucket.take(tx.now):
            raise Refused(
                Refusal.TOO_MANY,
                "too many calls of yours in a short time; go on in one that is open, wait "
                f"{limits.registrant_call_every_s:g} s and call again, or use other means",
            )
        # A refusal is not undone: after the clock was set back nothing would ever drain.
        tx.undo(functools.partial(bucket.back_to, *before))

    def placed(self, tx: Transaction, registrant_id: UUID, call_id: UUID) -> None:
        """A call was made."""
        calls = self._by_registrant().setdefault(registrant_id, set())
        calls.add(call_id)
        tx.undo(functools.partial(calls.discard, call_id))

    def may_write(self, tx: Transaction, live: Live, author: str) -> bool:
        """Whether this side is within its rate: a caller in all of his calls together."""
        bucket = live.buckets.get(author)
        if bucket is None:
            bucket = live.buckets[author] = self._bucket(live, author)
        if tx.shared:
            tx.if_again(functools.partial(bucket.back_to, bucket.level, bucket.seen))
        return bucket.take(tx.now)

    def _bucket(self, live: Live, author: str) -> Bucket:
        registrant_id = live.known().registrant_id if author == CALLER else None
        bucket = None if registrant_id is None else self._lines.get(registrant_id)
        if bucket is None:
            limits = self._limits()
            bucket = Bucket(limits.line_burst, limits.lines_per_s)
            if registrant_id is not None:
                self._lines[registrant_id] = bucket
        return bucket

    def _by_registrant(self) -> dict[UUID, set[UUID]]:
        if self._calls is None:
            self._calls = {}
            for call_id, live in self._lives.items():
                if live.call is not None and live.call.registrant_id is not None:
                    self._calls.setdefault(live.call.registrant_id, set()).add(call_id)
        return self._calls

    def _open_calls(self, registrant_id: UUID, *, practice: bool) -> int:
        calls = self._by_registrant().get(registrant_id, set())
        # A closed call stays: it may be opened again as long as it is in memory.
        calls.intersection_update(self._lives)
        known = (self._lives[each].call for each in calls)
        return sum(
            call is not None
            and call.state is not CallState.CLOSED
            and (call.mode is Mode.PRACTICE) is practice
            for call in known
        )

    def _tidy(self, tx: Transaction) -> None:
        if len(self._placing) >= _KEPT and len(self._placing) % 1000 == 0:
            self._placing = {
                who: bucket for who, bucket in self._placing.items() if not bucket.empty(tx.now)
            }
            calls = self._by_registrant()
            self._calls = {who: mine for who, mine in calls.items() if mine & self._lives.keys()}
