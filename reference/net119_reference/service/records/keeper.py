"""Keeps the records in time: sweeps at start and after each midnight in Japan, and the clock.

A machine that starts with a wrong clock must not cost anybody their registration: after a longer
gap than :data:`GAP`, or with a clock behind the last sweep, nothing is swept until a person says so
(``net119 records sweep``, or the clock set through the admin API).
"""

import asyncio
import contextlib
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from net119_protocol.api import admin
from net119_protocol.codes import Refusal

from net119_reference.clock import SettableClock
from net119_reference.logs import get_log
from net119_reference.ports import Refused
from net119_reference.records.fiscal import japan_day
from net119_reference.service import settings
from net119_reference.service.core import Core
from net119_reference.service.kernel import Transaction
from net119_reference.service.records.acts import midnight
from net119_reference.service.records.deletions import BadList
from net119_reference.service.records.sweep import Sweeper
from net119_reference.service.records.table import table
from net119_reference.service.rows import moment, stamp

GAP = timedelta(days=62)
"""Longest time since the last sweep after which one is made without being asked for."""
AFTER_MIDNIGHT = timedelta(minutes=1)
LAST_YEAR = 2199
"""The clock is not set beyond it: periods of retention are added to what it shows."""
_LOOK_S = 3600.0
"""Longest time without a look at the clock; after a failure the next try."""
log = get_log("records")


class ClockAhead(Exception):
    """The database was used with a clock set ahead, which is allowed with the admin API only."""

    def __init__(self, ahead_s: float) -> None:
        self.what = (
            f"the clock of this database was set {timedelta(seconds=round(ahead_s))} ahead of the "
            "machine's through the admin API, which is now switched off"
        )
        self.where = "admin.enabled"
        self.what_to_do = "Switch the admin API on again, or use a new data_dir"
        super().__init__(f"{self.where}: {self.what}. {self.what_to_do}")


class Keeper:
    """The provider's timekeeper."""

    def __init__(self, core: Core, sweeper: Sweeper) -> None:
        self._core = core
        self.sweeper = sweeper
        self.last_sweep: datetime | None = None
        """When the records were last swept, also by an earlier run."""
        self.looked = asyncio.Event()
        """Set once the sweep at start is over, or was decided against."""
        self._looked_on: date | None = None
        self._list_is_old = False
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def load(self, stored: Mapping[str, str]) -> None:
        """Take up the clock where it was left.

        Raises:
            ClockAhead: it was set ahead, and the admin API is switched off.
        """
        clock, ahead = self._core.clock, float(stored.get(settings.CLOCK, 0))
        if ahead and isinstance(clock, SettableClock):
            if not self._core.config.admin.enabled:
                raise ClockAhead(ahead)
            clock.ahead = timedelta(seconds=ahead)
        if settings.SWEPT in stored:
            self.last_sweep = moment(stored[settings.SWEPT])

    def start(self) -> None:
        """Begin to sweep."""
        self._task = asyncio.create_task(self._run(), name="records")

    async def stop(self) -> None:
        """End; what a sweep under way has not done yet, the next one does."""
        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def deleted(self) -> None:
        """A record was destroyed: the list beside the database is to be brought up to date."""
        self._list_is_old = True
        self._wake.set()

    # --- asked for ----------------------------------------------------------------------------

    async def sweep(self, order: admin.SweepOrder) -> admin.Sweep:
        """Sweep now, or say what would be done at a moment.

        Raises:
            Refused: a real sweep at another moment than the present; or the list of deletions
                cannot be read.
        """
        try:
            if order.dry_run:
                plan = await self.sweeper.look(order.at or self._core.clock.now())
                return admin.Sweep(at=plan.at, dry_run=True, rows=table(plan))
            if order.at is not None:
                raise Refused(
                    Refusal.INVALID,
                    "a sweep is made at the provider's present; leave 'at' out, make it a dry run, "
                    "or set the clock",
                    field="at",
                )
            return await self._sweep()
        except BadList as error:
            raise Refused(
                Refusal.WRONG_STATE, f"{error.where}: {error.what}; {error.what_to_do}"
            ) from None

    async def set_clock(self, body: admin.SetClock) -> admin.ClockState:
        """Set the clock ahead, and do what is due then.

        Raises:
            Refused: it would go back (what is stored would lie in its future), or too far.
        """
        clock = self._core.clock
        if not isinstance(clock, SettableClock):
            raise Refused(Refusal.WRONG_STATE, "the clock of this provider cannot be set")
        if body.now.year > LAST_YEAR:
            raise Refused(
                Refusal.INVALID, f"the clock is set to {LAST_YEAR} at the latest", field="now"
            )
        await self._core.kernel.run(lambda tx: self._set(tx, clock, body.now))
        done = await self.sweep(admin.SweepOrder(dry_run=False))
        return admin.ClockState(now=clock.now(), ahead_s=clock.ahead.total_seconds(), sweep=done)

    def _set(self, tx: Transaction, clock: SettableClock, wanted: datetime) -> None:
        now = clock.now()
        if wanted < now:
            raise Refused(
                Refusal.INVALID,
                f"the clock shows {now.isoformat(timespec='seconds')} and is never set back, since "
                "what is stored would lie in its future; start with a new data_dir instead",
                field="now",
            )
        by = wanted - now
        ahead = clock.ahead + by
        settings.put(tx, settings.CLOCK, str(ahead.total_seconds()))

        def go_on() -> None:
            clock.ahead = ahead
            self._looked_on = japan_day(wanted)  # the sweep that follows was asked for
            self._core.clock_moved()
            log.info("clock set", ahead_s=round(ahead.total_seconds()))

        tx.after(go_on)

    async def _sweep(self) -> admin.Sweep:
        done = await self.sweeper.sweep()
        await self._core.kernel.run(lambda tx: settings.put(tx, settings.SWEPT, stamp(done.at)))
        self.last_sweep, self._looked_on = done.at, japan_day(done.at)
        return done

    # --- by itself ----------------------------------------------------------------------------

    async def _run(self) -> None:
        while True:
            self._wake.clear()
            try:
                if japan_day(self._core.clock.now()) != self._looked_on:
                    await self._by_itself()
                    self.looked.set()
                if self._list_is_old:
                    self._list_is_old = False
                    await self.sweeper.write_list()
            except Exception as error:
                # Whatever it was: a record whose time comes must not wait for the next start.
                log.error("the records could not be swept", exc_info=error)
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._pause_s()):
                    await self._wake.wait()

    def _pause_s(self) -> float:
        now = self._core.clock.now()
        until = midnight(japan_day(now) + timedelta(days=1)) + AFTER_MIDNIGHT - now
        return min(until.total_seconds(), _LOOK_S)

    async def _by_itself(self) -> None:
        now = self._core.clock.now()
        last = self.last_sweep
        if last is not None and not timedelta(days=-1) <= now - last <= GAP:
            self._looked_on = japan_day(now)
            log.error(
                "the records are not swept: the clock is far from the last sweep; if it is right, "
                "run net119 records sweep",
                last_sweep=last.isoformat(),
            )
            return
        await self._sweep()
