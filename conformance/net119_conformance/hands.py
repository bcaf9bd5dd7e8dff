"""The hands of a worker process: each is a thread that judges one item of the plan after the other.

A purpose mostly waits for timers of the system, so a process can have several in hand. Hands of
all processes take the items in the order of the plan, whoever is free the next one.
"""

import os
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from net119_conformance.claim import Claim, process_of, put_down
from net119_conformance.judge import with_evidence
from net119_conformance.plan import Plan, PlanItem
from net119_conformance.record import ItemRecord, unjudged
from net119_conformance.verdict import Verdict

LOOK_EVERY_S = 0.1
"""How often somebody who waits looks at what other processes have done."""

GIVEN_UP = 70
"""Exit status of a process that ends because of what blocks in its only hand."""

FRAMES = 4
"""Of a thread that blocks, told in its record."""


@dataclass(eq=False)
class _Taken:
    """An item in one of our hands."""

    item: PlanItem
    claim: Claim
    hand: threading.Thread
    until: float


class Hands:
    """The hands of this process.

    ``judge`` judges one item, in whatever thread. ``limit_s`` is how many seconds it may take:
    only for what blocks its event loop, where no time-out of its own can fire. Then its verdict is
    HARNESS_ERROR, the thread is left to itself, and another hand takes its place. The only hand of
    a process takes its process along: what it has left may have to be alone, and would not be if
    the thread came to itself. xdist puts another process in its place, which takes what is left.
    """

    def __init__(
        self,
        plan: Plan,
        judge: Callable[[PlanItem], ItemRecord],
        limit_s: Callable[[PlanItem], float],
    ) -> None:
        self._plan = plan
        self._judge = judge
        self._limit_s = limit_s
        self._to_take = iter(plan.items)
        self._taken: list[_Taken] = []
        self._hands: set[threading.Thread] = set()
        self._changed = threading.Condition()

    def start(self) -> None:
        """Take as many items as the plan says."""
        with self._changed:
            for _ in range(self._plan.hands):
                self._add_hand()

    def wait_for(self, item: PlanItem) -> ItemRecord | None:
        """The record of an item, whoever judges it; None if the process that did so died.

        Raises OSError or ValueError if the record cannot be read.
        """
        record, started = self._plan.record_path(item), self._plan.started_path(item)
        with self._changed:
            while not record.exists():
                # Where no hand is left, everything was taken, or nothing can be.
                lost = put_down(started) or not (self._hands or process_of(started))
                # The record is written before the item is put down.
                if lost and not record.exists():
                    return None
                self._wait()
        return ItemRecord.read(record)

    def finish(self) -> None:
        """Wait until nothing of the plan is left to take, and nothing is in hand here."""
        with self._changed:
            while self._hands:
                self._wait()

    def _wait(self) -> None:
        self._changed.wait(LOOK_EVERY_S)
        for taken in [each for each in self._taken if each.until < time.monotonic()]:
            self._give_up(taken)

    def _add_hand(self) -> None:
        hand = threading.Thread(target=self._work, name="hand", daemon=True)
        self._hands.add(hand)
        hand.start()

    def _work(self) -> None:
        hand = threading.current_thread()
        try:
            while (taken := self._take(hand)) is not None:
                record = self._record(taken.item)
                if not self._put_down(taken, record):
                    return
        finally:
            with self._changed:
                self._hands.discard(hand)
                self._changed.notify_all()

    def _take(self, hand: threading.Thread) -> _Taken | None:
        with self._changed:
            for item in self._to_take:
                claim = Claim.take(self._plan.started_path(item))
                if claim is not None:
                    taken = _Taken(item, claim, hand, time.monotonic() + self._limit_s(item))
                    self._taken.append(taken)
                    return taken
        return None

    def _record(self, item: PlanItem) -> ItemRecord:
        try:
            return self._judge(item)
        except BaseException as problem:
            # SystemExit, too: it would end this thread without a word.
            traceback.print_exc()
            text = f"{type(problem).__name__}: {problem}"
            return _broken(
                item, en=f"the suite itself broke: {text}", ja=f"試験側の異常です: {text}"
            )

    def _put_down(self, taken: _Taken, record: ItemRecord) -> bool:
        """Leave the record; False if the item was given up before, and has one."""
        with self._changed:
            if taken not in self._taken:
                return False
            self._taken.remove(taken)
            try:
                record.write(self._plan.record_path(taken.item))
            except OSError:
                # Without a record it counts as broken; the others go on.
                traceback.print_exc()
            taken.claim.release()
            self._changed.notify_all()
        return True

    def _give_up(self, taken: _Taken) -> None:
        limit_s, where = self._limit_s(taken.item), _place(taken.hand)
        en = (
            f"the suite itself broke: it blocks its event loop for more than {limit_s:g} s, {where}"
        )
        ja = f"試験側の異常です: イベントループが {limit_s:g} 秒以上止まっています ({where})"
        alone = self._plan.hands == 1
        if alone:
            en += "; its process was ended, so that it disturbs nothing that is judged later"
            ja += "。後の試験を妨げないよう、そのプロセスを終了しました"
        record = with_evidence(_broken(taken.item, en=en, ja=ja), self._plan.out)
        self._put_down(taken, record)
        if alone:
            # Not sys.exit, which pytest catches.
            os._exit(GIVEN_UP)
        self._hands.discard(taken.hand)
        self._add_hand()


def _broken(item: PlanItem, *, en: str, ja: str) -> ItemRecord:
    verdict = Verdict.HARNESS_ERROR
    return unjudged(item.purpose, item.sut, verdict, en=en, ja=ja, at=datetime.now(UTC))


def _place(thread: threading.Thread) -> str:
    """Where a thread is, innermost first; with names of files only: reports leave the machine."""
    frame = sys._current_frames().get(thread.ident or 0)
    if frame is None:
        return "nowhere"
    places = [
        f"{each.filename.rsplit('/', 1)[-1]}:{each.lineno} in {each.name}"
        for each in traceback.extract_stack(frame)[-FRAMES:]
    ]
    return " < ".join(reversed(places))
