"""The world of a purpose at a system that somebody else started: what differs from our own runs."""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from net119_protocol.person import RegistrantData
from net119_simulators.network.authority import trusting
from net119_simulators.peer import SimulatedPeer, Way
from net119_simulators.person import make_person

from net119_conformance.catalogue import Role
from net119_conformance.drivers.interface import Verb
from net119_conformance.sut.profile import SutProfile
from net119_conformance.sut.way import place_of
from net119_conformance.world.plan import Ground
from net119_conformance.world.prepared import PreparedPerson
from net119_conformance.world.world import Registered, World

_MARGIN_S = 1.0


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
        **more: Any,
    ) -> None:
        super().__init__(*arguments, **more)
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

    async def register(
        self, ground: Ground | None = None, person: RegistrantData | None = None
    ) -> Registered:
        """Register somebody; where the driver cannot, the next of those registered beforehand."""
        if Verb.STAFF in self.driver.verbs or person is not None:
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
        """Have the clock go on from a moment; it is set back when the purpose ends."""
        self._stack.push_async_callback(self._set_back)
        await super().set_clock(moment)

    async def _set_back(self) -> None:
        if Verb.CLOCK in self.driver.verbs:
            await self.driver.set_clock(datetime.now(UTC))
