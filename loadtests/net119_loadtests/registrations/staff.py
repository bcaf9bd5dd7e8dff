"""The departments' staff: they approve at the pages whatever comes in, until nobody waits."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from net119_simulators.errors import SimulatorError
from net119_simulators.pages.staff import StaffAtPages
from net119_simulators.pages.window import new_browser
from net119_simulators.wiretap import Interface

from net119_loadtests.registrations.course import Course
from net119_loadtests.registrations.world import OPERATOR, Clerk, World

_LOOK_EVERY_S = 0.5
_MOST_FAULTS = 20


@dataclass
class Reviews:
    """What the staff did."""

    approved: int = 0
    faults: list[str] = field(default_factory=list)
    times_ms: list[float] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set, repr=False)
    """Passwords and cookies of staff, which nobody else may learn."""


class Office:
    """Staff at work; the clerks of one department share its queue out by turns."""

    def __init__(self, world: World, clerks: Sequence[Clerk], courses: Sequence[Course]) -> None:
        self._world = world
        self._clerks = clerks
        self._courses = courses
        self.reviews = Reviews()

    async def work(self, told: Callable[[], None]) -> None:
        """Approve until every course is over.

        Raises:
            SimulatorError: a clerk cannot even log in, or meets fault after fault.
        """
        await asyncio.gather(*(self._clerk(clerk, told) for clerk in self._clerks))

    def _waiting(self, department: str) -> bool:
        return any(not each.is_over for each in self._courses if each.department == department)

    async def _clerk(self, clerk: Clerk, told: Callable[[], None]) -> None:
        loop = asyncio.get_running_loop()
        colleagues = [each for each in self._clerks if each.department == clerk.department]
        turn = colleagues.index(clerk)
        browser = new_browser(
            self._world.network.tls, name=clerk.name, provider=OPERATOR, interface=Interface.C
        )
        async with browser:
            staff = StaffAtPages(browser, self._world.base_url)
            await staff.log_in(clerk.department, clerk.name, clerk.password)
            self.reviews.secrets.update((clerk.password, *browser.cookies.values()))
            while self._waiting(clerk.department):
                rows = [row for row in await staff.queue() if row.number % len(colleagues) == turn]
                if not rows:
                    await asyncio.sleep(_LOOK_EVERY_S)
                for row in rows:
                    began = loop.time()
                    try:
                        await staff.open(row)
                        await staff.approve()
                    except SimulatorError as wrong:
                        self._fault(wrong)
                        continue
                    self.reviews.times_ms.append((loop.time() - began) * 1000)
                    self.reviews.approved += 1
                    told()

    def _fault(self, wrong: SimulatorError) -> None:
        self.reviews.faults.append(f"{type(wrong).__name__}: {wrong}"[:500])
        if len(self.reviews.faults) > _MOST_FAULTS:
            raise wrong
