"""The home alarm service: its parts put together behind one face for the shells."""

import asyncio
import contextlib
from collections.abc import Sequence

from net119_protocol.api.alarms import AlarmFrame, AlarmUnitFrame
from net119_protocol.model import WireModel

from net119_reference.alarms.ports import UnitIdentity
from net119_reference.logs import get_log
from net119_reference.ports import DispatcherIdentity, StorageFailed
from net119_reference.service.alarms.core import AlarmCore
from net119_reference.service.alarms.desk import AlarmDesk
from net119_reference.service.alarms.logins import AlarmLogins
from net119_reference.service.alarms.register import Register
from net119_reference.service.alarms.signals import SignalDesk
from net119_reference.service.core import Core
from net119_reference.service.registration.staff_logins import StaffLogins
from net119_reference.service.transaction import Transaction

_DAY_S = 86_400.0
log = get_log("alarms")


class AlarmService:
    """Interface H, the alarm desk and the register of one provider."""

    def __init__(self, core: Core) -> None:
        self._alarms = AlarmCore(core)
        self.signals = SignalDesk(self._alarms)
        self.desk = AlarmDesk(self._alarms)
        self.register = Register(self._alarms)
        self.door: AlarmLogins
        """Log-ins at the register's pages; set by :meth:`open_door`."""
        self._sweeping: asyncio.Task[None] | None = None
        core.alarm_feed = self

    def open_door(self, logins: StaffLogins) -> None:
        """Let staff in at the register's pages, with the accounts of the staff pages."""
        self.door = AlarmLogins(self._alarms.config, logins)

    @property
    def state(self) -> AlarmCore:
        """What is in memory."""
        return self._alarms

    async def unit_identity(self, token: str) -> UnitIdentity:
        """The unit with this token; Refused if there is none."""
        return self.signals.identity(token)

    # --- life -----------------------------------------------------------------------------------

    async def load(self) -> None:
        """Read everything; nothing is due before :meth:`start`."""
        if self._alarms.config.enabled:
            await self._alarms.core.database.read(self._alarms.book.load)

    async def start(self) -> None:
        """Take up every incident where it was left."""
        if self._alarms.config.enabled:
            await self._alarms.kernel.run(self._alarms.resume)
            self._sweeping = asyncio.create_task(self._sweep_daily(), name="alarms")

    async def stop(self) -> None:
        """Let nobody wait any more."""
        for waiting in self._alarms.listening.values():
            for each in waiting:
                each.set()
        if self._sweeping is not None:
            self._sweeping.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._sweeping

    async def sweep(self) -> None:
        """Delete incidents past their period, out of the database's free space, too."""
        if not self._alarms.config.enabled:
            return
        deleted = await self._alarms.kernel.run(self._alarms.forget_old)
        if deleted:
            log.info("incidents past their period were deleted", incidents=deleted)
            await self._alarms.core.database.scrub()

    async def _sweep_daily(self) -> None:
        while True:
            try:
                await self.sweep()
            except StorageFailed as failed:
                log.error("old incidents stay until the next sweep", why=str(failed))
            await asyncio.sleep(_DAY_S)

    # --- accounts and feed ----------------------------------------------------------------------

    def has_unit(self, unit: str, *, dispatcher: bool) -> bool:
        """Whether accounts can be made for this center, station or section."""
        config = self._alarms.config
        if not config.enabled:
            return False
        if dispatcher:
            return unit == config.center
        return unit == config.section or unit in self._alarms.stations

    def opened(self, tx: Transaction, who: DispatcherIdentity) -> None:
        """A console of the alarm center is opened, which shows what is open (KYO-16)."""
        config = self._alarms.config
        if config.enabled and who.center == config.center:
            numbers = ", ".join(each.number for each in self._alarms.book.open.values())
            self._alarms.audit(tx, who.name, "alarms-shown", f"incidents {numbers or 'none'}")
            self._alarms.shown_at(tx, who.name)

    def shown(self, center: str) -> Sequence[WireModel]:
        """Frames of all that is open, for a console that has just been opened."""
        config = self._alarms.config
        if not config.enabled or center != config.center:
            return ()
        book = self._alarms.book
        now = self._alarms.core.clock.now()
        incidents = [AlarmFrame(incident=each, now=now) for each in book.open.values()]
        units = [
            AlarmUnitFrame(unit=held.state()) for held in book.units.values() if held.unit.troubles
        ]
        return [*incidents, *units]
