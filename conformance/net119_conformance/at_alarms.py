"""The home alarm service as purposes meet it: users with units of their own, desk and register."""

import asyncio
import zlib
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from uuid import UUID

from net119_protocol.alarms.codes import Finding
from net119_protocol.alarms.incident import Incident
from net119_protocol.alarms.people import AlarmUser, Helper, Ledger
from net119_protocol.alarms.signals import SignalTaken
from net119_protocol.api import alarm_register as register
from net119_protocol.api import alarms as api
from net119_protocol.directory.model import JAPAN
from net119_protocol.person import Contact
from net119_simulators.alarms import (
    AlarmDesk,
    AlarmUnit,
    Answering,
    RegisterOffice,
    Resident,
    make_user,
)
from net119_simulators.errors import CallRefused

from net119_conformance.drivers.alarm_side import AlarmSide
from net119_conformance.drivers.interface import Verb
from net119_conformance.polling import until
from net119_conformance.trial import Trial
from net119_conformance.world.world import World

WARD, OFFICE, STATION = "26104", "nakagyo", "nakagyo"
"""Where the users of these purposes live: 中京区, its ward office and its station."""
OTHER_WARD, OTHER_OFFICE, OTHER_STATION = "26102", "kamigyo", "kamigyo"
NEAR = Helper(name="𠮷田　花子", phone="075-000-0001", minutes=5)
FAR = Helper(name="髙島　一郎", phone="075-000-0002", minutes=20)
CORPS = Helper(name="中西　ミチ", phone="075-000-0003", minutes=8, corps_member=True)
LOOK_EVERY_S = 0.1
OPENS, CLOSES = time(8, 45), time(17, 30)
"""Hours of the ward offices that the run sets up."""
HELPERS = (NEAR, FAR, CORPS)


@dataclass
class Kyoto:
    """The service of the system under test, with a dispatcher and the city section's staff."""

    trial: Trial
    world: World
    side: AlarmSide
    desk: AlarmDesk
    section: RegisterOffice
    stack: AsyncExitStack
    _next: int
    today: date = field(default_factory=lambda: datetime.now(UTC).astimezone(JAPAN).date())

    def number(self) -> int:
        """A registration number that nobody else uses."""
        self._next += 1
        return self._next

    def user(self, number: int, helpers: Sequence[Helper] = HELPERS, ward: str = WARD) -> AlarmUser:
        """A user with this number; the same for the same number.

        Telephone, illnesses, house and relative are filled in, so that it shows who is told them.
        """
        made = make_user(number, ward, OFFICE if ward == WARD else OTHER_OFFICE, helpers)
        relative = Contact(
            name="德永　稔", relation="長男", phone=f"075-{number % 1_000:03}-{number % 10_000:04}"
        )
        more = {
            "phone": f"0000-{number}",
            "illnesses": f"心不全①（受診番号{number}-9）",
            "house": f"玄関は引き戸、鍵箱{number}-7",
            "relatives": (relative,),
        }
        return made.model_copy(update=more)

    def card(
        self, number: int, helpers: Sequence[Helper] = HELPERS, ward: str = WARD
    ) -> register.NewCard:
        """The ward office's list and card of a user, received today."""
        user = self.user(number, helpers, ward)
        return register.NewCard(registration=number, user=user, received_on=self.today)

    async def office(self, unit: str) -> RegisterOffice:
        """Staff of a station."""
        return await self.stack.enter_async_context(await self.side.office(unit))

    async def entered(self, number: int, helpers: Sequence[Helper] = HELPERS) -> Ledger:
        """A user whose card was entered and went back."""
        await self.section.enter(self.card(number, helpers))
        back = register.GiveBack(household=f"S-{number}", on=self.today)
        return await self.section.give_back(number, 1, back)

    async def put_up(
        self, resident: Resident | None = None, helpers: Sequence[Helper] = HELPERS
    ) -> tuple[int, AlarmUnit]:
        """A user with a unit that listens; its registration number."""
        number = self.number()
        with self.trial.waiting(f"the registration of user {number} and their unit"):
            await self.entered(number, helpers)
            moves = register.LedgerMoves(on=self.today)
            await self.section.at_section(number, moves)
            await self.section.at_station(number, moves)
            made = register.InstallUnit(unit_id=f"K-{number}", on=self.today)
            installed = await self.section.install(number, made)
            unit = self.side.unit(installed.token, f"K-{number}", resident)
            return number, await self.stack.enter_async_context(unit)

    async def incident(
        self,
        taken: SignalTaken | None,
        wanted: Callable[[Incident], object] = lambda _: True,
        *,
        after: float = 0.0,
    ) -> Incident:
        """The incident of a signal once it is as wanted; TimeoutError with what it is instead.

        ``after``: it is not due before so many seconds have gone by, as with a timer of the center.
        """
        number = None if taken is None else taken.incident

        async def look() -> list[Incident]:
            listed = await self.desk.incidents(closed=True)
            return [each for each in listed if each.number == number]

        found = await until(self.world, look, lambda each: bool(each) and wanted(each[0]), after)
        return found[0]

    async def answered(self, *lines: str) -> tuple[Incident, AlarmUnit]:
        """An alarm whose user has answered the hail with the first of these lines."""
        _, unit = await self.put_up(Answering(lines))
        taken = await unit.press()
        with self.trial.waiting("the user's answer at the desk"):
            return await self.incident(taken, lambda each: each.answered), unit

    async def another_matter(self, text: str) -> UUID:
        """An alarm that is found to be somebody else's matter."""
        incident, _ = await self.answered("ヘルパーさんが来ないのです。")
        decision = api.DecideIncident(finding=Finding.OTHER, reason=text)
        return (await self.desk.decide(incident.incident_id, decision)).incident_id

    async def incident_is(
        self, incident_id: UUID, wanted: Callable[[Incident], object], *, after: float = 0.0
    ) -> Incident:
        """The incident once it is as wanted; TimeoutError with what it is instead."""
        return await until(self.world, lambda: self.now(incident_id), wanted, after)

    async def sent(self, incident_id: UUID) -> Incident:
        """The incident once crews were sent; waits for as long as it is asked."""
        while True:
            found = await self.now(incident_id)
            if found.dispatches:
                return found
            await asyncio.sleep(LOOK_EVERY_S)

    async def now(self, incident_id: UUID) -> Incident:
        """The incident as it is."""
        return (await self.desk.incident(incident_id)).incident


@asynccontextmanager
async def kyoto(t: Trial, w: World) -> AsyncIterator[Kyoto]:
    """The service, ready to be used."""
    w.claimed(Verb.ALARMS)
    side = w.driver.alarm_side(t.evidence)
    first = 1_000 + zlib.crc32(f"{t.purpose.id}/{w.sut}".encode()) % 90_000 * 100
    async with AsyncExitStack() as stack:
        with t.waiting("the alarm desk and the register"):
            desk = await stack.enter_async_context(await side.desk())
            section = await stack.enter_async_context(await side.office())
        yield Kyoto(t, w, side, desk, section, stack, first)


async def refusal_of(asked: Awaitable[object]) -> str:
    """Why it was refused; ``done`` if it was not."""
    try:
        await asked
    except CallRefused as refused:
        return refused.code.value
    return "done"


def private_of(user: AlarmUser) -> tuple[str, ...]:
    """What says who a user is, where, how they are, and who is near to them."""
    near = [text for each in user.helpers for text in (each.name, each.phone)]
    kin = [text for each in user.relatives for text in (each.name, each.phone or "")]
    own = [user.name, user.kana, user.address.street, user.phone, user.illnesses, user.house]
    return tuple(each for each in (*own, *near, *kin) if each)


def the_23rd(after: datetime) -> date:
    """The next 23 November that is a holiday in the middle of a week: Tuesday to Thursday.

    勤労感謝の日 is on that day whatever the year; the days beside it are then working days.
    """
    year = after.astimezone(JAPAN).year
    while True:
        day = date(year, 11, 23)
        if day.weekday() in (1, 2, 3) and day > after.astimezone(JAPAN).date():
            return day
        year += 1


def at(day: date, hour: int, minute: int = 0) -> datetime:
    """A moment in Japan, as UTC."""
    return datetime.combine(day, time(hour, minute), JAPAN).astimezone(UTC)
