"""The network that people use, kept over several drills, with log-ins for everybody."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from net119_protocol.directory import CenterRow, Department
from net119_protocol.labels import Label
from net119_protocol.person import RegistrantData
from net119_protocol.profile.load import load_profiles
from net119_simulators.mailbox import Letter
from net119_simulators.mailbox_pages import MailboxPages
from net119_simulators.person import make_person

from net119_scenarios.acted import library
from net119_scenarios.acted.alarms.cast import ALARM_CENTER
from net119_scenarios.acted.alarms.persons import center_names
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.venue import Shape, Venue, directory_of
from net119_scenarios.drills.web.log_ins import (
    DESKS,
    Desk,
    StaffSeat,
    WayIn,
    new_key,
    new_password,
)
from net119_scenarios.drills.web.ports import Ports, local_url
from net119_scenarios.drills.web.widening import widened

_FIRST = "tunnel-and-callback"
_FIRST_ALARM = "alarm-no-answer-at-night"


def first_for(center: str) -> Scenario:
    """A scenario whose network suits most drills of a center; LookupError for an unknown center."""
    if center == ALARM_CENTER:
        return library.load(_FIRST_ALARM)
    scenario = library.load(_FIRST)
    view = directory_of(scenario.network).at(datetime.now(UTC))
    return widened(scenario, [view.centers[center].provider])


def providers_of(scenario: Scenario) -> tuple[str, ...]:
    """All operators of the directory, in its order: each has a port, whether it runs or not."""
    centers = directory_of(scenario.network).content.centers
    return tuple(dict.fromkeys(each.provider for each in centers))


class Hall:
    """Opens a venue for a scenario, and another one when a scenario needs another.

    ``async with`` opens it for ``first``. Passwords stay the same for as long as the hall exists.
    ``doors``: further settings of every provider, by its code.
    """

    def __init__(
        self,
        first: Scenario,
        ports: Ports,
        *,
        doors: Mapping[str, Mapping[str, Any]] | None = None,
    ) -> None:
        self.first = first
        self.ports = ports
        self._doors = dict(doors or {})
        self._stack = AsyncExitStack()
        self._venue: Venue | None = None
        self._opening = asyncio.Lock()
        self._passwords: dict[tuple[str, int | str], str] = {}
        self.desks: tuple[Desk, ...] = ()
        self.callers: tuple[WayIn, ...] = ()
        """Registrants for trying calls out, one for each center."""
        self.staff: tuple[StaffSeat, ...] = ()
        """At the staff pages of the departments where drills needed somebody so far."""

    async def __aenter__(self) -> Self:
        try:
            await self.open(self.first)
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._close()

    @property
    def venue(self) -> Venue:
        """What is open; RuntimeError while nothing is."""
        if self._venue is None:
            raise RuntimeError("no venue is open")
        return self._venue

    @property
    def is_open(self) -> bool:
        """Whether people find a network now."""
        return self._venue is not None

    def suits(self, scenario: Scenario) -> bool:
        """Whether what is open will do, so that everybody stays logged in."""
        venue = self._venue
        if venue is None or venue.spent or venue.shape != self._shape(scenario):
            return False
        # A clock that jumps ends everybody's log-in, and makes units look silent.
        return scenario.network.starts is None or not venue.ahead_s

    async def open(self, scenario: Scenario) -> Venue:
        """The venue for a scenario; another one is closed before, with all its calls and log-ins.

        The staff that its drill needs can log in then.

        Raises:
            SimulatorError: it cannot be opened; nothing is open then. Or staff cannot be added.
        """
        async with self._opening:
            if not self.suits(scenario):
                await self._close()
                await self._open(widened(scenario, self.first.network.providers))
            for code in scenario.drill.staff if scenario.drill is not None else ():
                await self._seat(self.venue, code)
            return self.venue

    async def admit(self, venue: Venue, department: Department, person: RegistrantData) -> WayIn:
        """Register a person; raises what `LocalNetwork.register` raises."""
        provider = department.provider
        if provider is None:
            raise LookupError(f"{department.code} has not adopted NET119")
        given = await venue.network.register(provider, department.code, person)
        return WayIn(
            who=Label(person.name, person.name),
            department=Label(department.name_ja, department.name_en),
            provider=provider,
            login_id=given.login_id,
            password=given.password,
            mail=person.mail,
            key=new_key(),
        )

    def letters(self, mail: str) -> tuple[Letter, ...]:
        """What came to a mailbox, the oldest first."""
        return () if self._venue is None else tuple(self._venue.boxes.letters(mail))

    def _shape(self, scenario: Scenario) -> Shape:
        return Shape.of(widened(scenario, self.first.network.providers))

    async def _close(self) -> None:
        self._venue, self.desks, self.callers, self.staff = None, (), (), ()
        stack, self._stack = self._stack, AsyncExitStack()
        await stack.aclose()

    async def _open(self, scenario: Scenario) -> None:
        codes = scenario.network.providers
        doors = {code: self._door(code) for code in codes}
        try:
            venue = await self._stack.enter_async_context(Venue(scenario, doors=doors))
            pages = MailboxPages(venue.boxes, "127.0.0.1", self.ports.mailboxes)
            await self._stack.enter_async_context(pages)
            view = venue.view()
            centers = [each for each in view.centers.values() if each.provider in codes]
            alarms = venue.settings.alarms
            staffed = [(e.code, Label(e.name_ja, e.name_en), e.provider) for e in centers]
            if alarms is not None:
                staffed.append((ALARM_CENTER, Label(*center_names()), alarms.provider))
            desks = [await self._hire(venue, *e, n + 1) for e in staffed for n in range(DESKS)]
            callers = [await self._caller(venue, each) for each in centers]
        except BaseException:
            await self._close()
            raise
        self._venue, self.desks, self.callers = venue, tuple(desks), tuple(callers)

    def _door(self, code: str) -> dict[str, Any]:
        port = self.ports.of_provider(code)
        return {
            "local": {"enabled": True, "port": port},
            "modes": {"accepted": ["practice", "drill"], "pages": "drill"},
            "mail": {"public_url": local_url(port)},
            **self._doors.get(code, {}),
        }

    async def _hire(
        self, venue: Venue, center: str, title: Label, provider: str, number: int
    ) -> Desk:
        password = self._passwords.setdefault((center, number), new_password())
        port = self.ports.of_provider(provider)
        desk = Desk(center, title, provider, number, password, port)
        await venue.network.operation(provider).add_dispatcher(center, desk.name, password)
        return desk

    async def _seat(self, venue: Venue, code: str) -> None:
        """Let somebody log in at a department's staff pages, if nobody can yet."""
        if any(each.department == code for each in self.staff):
            return
        department = venue.view().department(code)
        provider = department.provider
        if provider is None:
            raise LookupError(f"{code} has not adopted NET119, so it has no staff pages")
        password = self._passwords.setdefault((code, "staff"), new_password())
        title = Label(department.name_ja, department.name_en)
        seat = StaffSeat(code, title, provider, password, self.ports.of_provider(provider))
        await venue.network.operation(provider).add_staff(code, seat.name, password)
        self.staff = (*self.staff, seat)

    async def _caller(self, venue: Venue, center: CenterRow) -> WayIn:
        profiles = load_profiles()
        served = [each for each in venue.view().departments.values() if each.center == center.code]
        department = next((each for each in served if each.code in profiles), served[0])
        person = make_person(f"drill {center.code}", department.municipalities[0])
        return await self.admit(venue, department, person)
