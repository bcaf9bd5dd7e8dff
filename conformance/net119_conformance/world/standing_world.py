"""The world of a purpose at a system that somebody else started: what differs from our own runs."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NoReturn

from net119_protocol.person import RegistrantData
from net119_simulators.network.authority import trusting
from net119_simulators.peer import SimulatedPeer, Way
from net119_simulators.person import make_person

from net119_conformance.at_desk import Desk
from net119_conformance.catalogue import Role, Text
from net119_conformance.drivers.interface import Verb
from net119_conformance.errors import TrialEnded
from net119_conformance.sut.kinds import find_kind
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.verbs import registers_people
from net119_conformance.sut.way import place_of
from net119_conformance.verdict import Verdict
from net119_conformance.world.plan import Ground
from net119_conformance.world.prepared import PreparedPerson
from net119_conformance.world.world import Registered, World

_MARGIN_S = 1.0
_CLOCK_JA = "プロファイルの clock.settable が false のため、時計を進める試験は行いません"
_LEFT_OUT = Text(
    en="the profile: driver.verbs does not name 'console-page'",
    ja="プロファイルの driver.verbs に 'console-page' がありません",
)
_NO_PAGE = Text(
    en="the driver claims the verb 'console-page', but there is no page at /console/log-in "
    "(404). Start the system with it, or list driver.verbs without 'console-page'",
    ja="ドライバーは 'console-page' に対応しているとしていますが、/console/log-in に画面が"
    "ありません (404)。画面のある状態で起動するか、'console-page' を除いて driver.verbs を書いて"
    "ください",
)


class StandingWorld(World):
    """``run`` tells the people of this run from those of earlier ones; ``people`` are registered.

    Where the system cannot be asked which peers it counts as running, a peer counts as running
    once both sessions stand, and as gone after T3.
    """

    def __init__(
        self,
        *arguments: Any,
        profile: SutProfile,
        ca_file: Path,
        run: str,
        people: Sequence[PreparedPerson],
        browser_lacks: Text | None = None,
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
        self._profile = profile
        self._browser_lacks = browser_lacks
        self.base_url = profile.addresses.base_url
        self._ca_file = ca_file
        roles = profile.claims.roles
        # Who only receives has nothing to say at a peer's endpoint, and the other way round.
        self._ways = tuple(
            way
            for way, role in ((Way.ANCHOR, Role.RECEIVING), (Way.CALLEE, Role.HOME))
            if role in roles
        ) or tuple(Way)
        patience = profile.timers.patience_s
        self.patience = patience
        self._run = run
        self._registered = list(people)

    @property
    def https(self) -> tuple[str, int] | None:
        """Host and port of the base URL; None where the profile names none."""
        return place_of(self.base_url) if self.base_url else None

    def trust(self) -> ssl.SSLContext:
        """A client's context that trusts who signed the system's certificates."""
        return trusting(self._ca_file)

    def person(self, ground: Ground | None = None) -> RegistrantData:
        """A new person who lives in the department's area, and whom no earlier run had."""
        self._people += 1
        where = (ground or self.home).municipality
        return make_person(f"{self.trial.purpose.id}/{self._run}/{self._people}", where)

    @property
    def _registers(self) -> bool:
        """Whether people are registered through the driver; else they are beforehand."""
        return registers_people(self._profile, self.driver.verbs)

    async def register(
        self, ground: Ground | None = None, person: RegistrantData | None = None
    ) -> Registered:
        """Register somebody; where the driver cannot, the next of those registered beforehand."""
        if self._registers or person is not None:
            return await super().register(ground, person)
        department = (ground or self.home).department
        found = [each for each in self._registered if each.department == department]
        one = self.trial.require(
            f"somebody is registered with {department} beforehand (registrants.json), or the "
            f"driver {self.driver.name!r} offers {Verb.STAFF.value!r}",
            found[0] if found else None,
        )
        self._registered.remove(one)
        return Registered(one.person, one.credentials, department)

    async def in_session(self, peer: SimulatedPeer) -> None:
        """Wait until the sessions that the claimed roles need are up.

        The system may take its time to connect to a peer that was not there for long.
        """
        await peer.connected(self.patience + (self.timers.reconnect_s or 0.0), self._ways)

    async def seen_running(self, operator: str) -> None:
        """Wait until the system counts a peer as running."""
        if Verb.HEALTH in self.driver.verbs:
            await super().seen_running(operator)

    async def seen_not_running(self, operator: str) -> None:
        """Wait until the system no longer counts a peer as running."""
        if Verb.HEALTH in self.driver.verbs:
            await super().seen_not_running(operator)
            return
        with self.trial.waiting(f"T3 to pass without {operator}"):
            await asyncio.sleep((self.timers.t3_s or 30.0) + _MARGIN_S)

    async def set_clock(self, moment: datetime) -> None:
        """Have the clock go on from a moment; it is set back when the purpose ends.

        Where the profile says that it cannot be set, the purpose ends as NOT_APPLICABLE with the
        profile's line; where it says that it can, and the driver cannot, as INCONCLUSIVE.
        """
        if not self._profile.clock.settable:
            self.trial.not_applicable("the profile says: clock.settable = false", ja=_CLOCK_JA)
        self.claimed(Verb.CLOCK)
        self._stack.push_async_callback(self._set_back)
        await super().set_clock(moment)

    async def desk(self, center: str = "") -> Desk:
        """A dispatcher at the SUT's own console page; NOT_APPLICABLE if the profile has none."""
        driver = self._profile.driver
        if Verb.CONSOLE_PAGE not in find_kind(driver.kind).verbs:
            kind = driver.kind
            self.trial.not_applicable(
                f"the driver {kind!r} operates the system's own console; only this project's "
                "console page is known to the suite",
                ja=f"ドライバー {kind!r} は試験対象の指令台を操作します。画面として判定できるのは、"
                "このプロジェクトの指令台の画面だけです",
            )
        if driver.verbs is not None and Verb.CONSOLE_PAGE not in driver.verbs:
            self.trial.not_applicable(_LEFT_OUT.en, ja=_LEFT_OUT.ja)
        return await super().desk(center)

    def no_console_page(self) -> NoReturn:
        """End the purpose as INCONCLUSIVE: the driver claims a page that is not there."""
        self.trial.conclude(Verdict.INCONCLUSIVE, en=_NO_PAGE.en, ja=_NO_PAGE.ja)
        raise TrialEnded(_NO_PAGE.en)

    async def _set_back(self) -> None:
        if Verb.CLOCK in self.driver.verbs:
            await self.driver.set_clock(datetime.now(UTC))
