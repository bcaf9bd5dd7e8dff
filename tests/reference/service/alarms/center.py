"""A provider with an alarm center, whose clock goes on only when told."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import Helper, Ledger
from net119_protocol.alarms.sample import kyoto
from net119_protocol.alarms.signals import NewSignal, SignalTaken, UnitSays
from net119_protocol.api import alarm_register as register
from net119_protocol.codes import Mode, Refusal
from net119_protocol.model import WireModel
from net119_reference.alarms.ports import UnitIdentity
from net119_reference.alarms.timers import AlarmTimers
from net119_reference.config.model import Config
from net119_reference.ports import DispatcherIdentity, Refused, StaffIdentity
from net119_reference.service.provider import Provider
from net119_reference.store import Database
from net119_reference.store.registration_schema import audit_log

from tests.reference.alarms.people import FAR, NEAR, NOW, user
from tests.reference.service.support import (
    ManualClock,
    Tape,
    fresh_database,
    quick_folder,
    settle,
)

DISPATCHER = DispatcherIdentity("kyoto", "指令員①")
STATION = StaffIdentity("nakagyo", "市民指導係長")
OTHER_STATION = StaffIdentity("ukyo", "右京の係員")
SECTION = StaffIdentity("kyoto-section", "市民安全課員")
TIMERS = AlarmTimers()
USER, UNIT = 1001, "K-1001"


def settings(folder: Path, **alarms: Any) -> Config:
    return Config.model_validate(
        {"operator": "miyako", "data_dir": folder, "alarms": {**kyoto(), **alarms}}
    )


@dataclass
class Center:
    """The provider, and one unit of it."""

    folder: Path
    clock: ManualClock
    provider: Provider
    unit: UnitIdentity = field(default_factory=lambda: UnitIdentity(UNIT))
    token: str = ""
    counted: int = 0

    @property
    def alarms(self) -> Any:
        return self.provider.alarms

    async def later(self, seconds: float) -> None:
        self.clock.advance(seconds)
        await settle(self.provider)

    async def crash(self, later: float = 0.0, **alarms: Any) -> None:
        """The process dies and is started again on what is stored, some seconds later."""
        old = self.provider
        # Nothing is said or written any more; what is under way is lost.
        assert old.core.kernel._task is not None
        old.core.kernel._task.cancel()
        await asyncio.gather(old.core.kernel._task, return_exceptions=True)
        await old.alarms.stop()
        await old.records.stop()
        await old.core.database.close()
        self.clock.advance(later)
        self.provider = await started(self.folder, self.clock, **alarms)
        await settle(self.provider)

    # --- people ---------------------------------------------------------------------------------

    async def register(
        self, *helpers: Helper, registration: int = USER, unit: str = UNIT
    ) -> Ledger:
        """A user with a unit in the house, all papers done."""
        today = self.clock.now().date()
        await self.alarms.register.enter(
            STATION,
            register.NewCard(registration=registration, user=user(*helpers), received_on=today),
        )
        await self.alarms.register.give_back(
            STATION, registration, 1, register.GiveBack(household="S-77", on=today)
        )
        moved = register.LedgerMoves(on=today)
        await self.alarms.register.at_section(SECTION, registration, moved)
        await self.alarms.register.at_station(SECTION, registration, moved)
        installed = await self.alarms.register.install(
            STATION, registration, register.InstallUnit(unit_id=unit, on=today)
        )
        self.token = installed.token
        ledger: Ledger = installed.ledger
        return ledger

    async def send(self, kind: SignalKind = SignalKind.ALARM, **more: Any) -> SignalTaken:
        """A signal of the unit, with the next count unless ``n`` says otherwise."""
        if "n" not in more:
            self.counted += 1
        given = {"n": self.counted, "mode": Mode.DRILL, **more}
        taken: SignalTaken = await self.alarms.signals.take(
            self.unit, NewSignal(kind=kind, **given)
        )
        return taken

    async def says(self, text: str) -> None:
        await self.alarms.signals.says(self.unit, UnitSays(text=text))

    # --- what is there --------------------------------------------------------------------------

    def incidents(self) -> list[Incident]:
        """All, oldest first."""
        found = self.alarms.state.book.everything()
        return sorted(found, key=lambda each: (each.raised_at, each.number))

    def only(self) -> Incident:
        (found,) = self.incidents()
        return found

    async def audited(self) -> list[tuple[str, str, str, str]]:
        """Actor, action, purpose and what, of all entries, oldest first."""

        def read(connection: sa.Connection) -> list[tuple[str, str, str, str]]:
            rows = connection.execute(sa.select(audit_log).order_by(audit_log.c.number))
            return [(row.actor, row.action, row.purpose, row.what) for row in rows]

        return await self.provider.core.database.read(read)

    async def console(self) -> Tape:
        """A dispatcher's feed."""
        tape = Tape()
        await self.provider.attach_console(DISPATCHER, {}, tape)
        return tape

    def of(self, tape: Tape, kind: type[WireModel]) -> list[Any]:
        return [each for each in tape.frames if isinstance(each, kind)]


async def started(folder: Path, clock: ManualClock, **alarms: Any) -> Provider:
    config = settings(folder, **alarms)
    provider = Provider(config, clock, Database(config.database_url))
    await provider.start()
    return provider


@asynccontextmanager
async def center(
    now: datetime = NOW, *, registered: bool = True, **alarms: Any
) -> AsyncIterator[Center]:
    """An alarm center that runs, with one user."""
    with quick_folder() as name:
        folder, clock = Path(name), ManualClock(now)
        fresh_database(folder)
        made = Center(folder, clock, await started(folder, clock, **alarms))
        if registered:
            await made.register(NEAR, FAR)
        try:
            yield made
        finally:
            await made.provider.stop()


def on_center(work: Callable[[Center], Awaitable[None]], **given: Any) -> None:
    """Run a test at an alarm center."""

    async def main() -> None:
        async with center(**given) as made:
            await work(made)

    asyncio.run(main())


@contextmanager
def refused(code: Refusal, *words: str) -> Iterator[None]:
    """What is done inside is refused, in these words."""
    with pytest.raises(Refused) as caught:
        yield
    assert caught.value.code is code, caught.value
    for each in words:
        assert each in caught.value.detail
