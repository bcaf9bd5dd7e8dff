"""A system that the suite plays, from its people's side: a caller and a dispatcher at it.

A simulated peer speaks interface B for it; the driver moves its people as it does those of any
other system, and its defect is done here.
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from datetime import UTC, datetime
from secrets import token_hex
from typing import Any, cast
from uuid import UUID, uuid4

from net119_protocol.api.staff import Credentials
from net119_protocol.codes import Kind, Mode, PlaceChoice, RejectReason
from net119_protocol.interconnect import bodies
from net119_protocol.person import DepartmentRef, RegistrantData
from net119_protocol.places import CallPlace, Fix, Point
from net119_simulators.errors import SimulatorError
from net119_simulators.peer import OfferedCall, Received, SimulatedPeer, TakenCall
from net119_simulators.wiretap import Wiretap

from net119_conformance.drivers.actors import Console, Handset
from net119_conformance.drivers.interface import Verb
from net119_conformance.drivers.unclaimed import Unclaimed
from net119_conformance.errors import DriverFailed
from net119_conformance.interop.simulated_people import SimulatedConsole, SimulatedHandset
from net119_conformance.interop.systems import Defect
from net119_conformance.world.plan import Ground

_LATE_S = 0.5
"""How long after the end of an offer a late system accepts it."""
_RADIUS_M = 100.0


class SimulatedSystem:
    """A system as one partner meets it: its peer, its consoles, and its calls.

    ``grounds`` grows with the departments that purposes give it.
    """

    def __init__(self, peer: SimulatedPeer, defect: Defect, *, t1_total_s: float) -> None:
        self.peer = peer
        self.defect = defect
        self.consoles: set[str] = set()
        self.taken: dict[UUID, TakenCall] = {}
        self._t1_total_s = t1_total_s
        self._centers: dict[str, str] = {}
        self._forgets = False
        self._tasks: set[asyncio.Task[None]] = set()
        receipts = defect is not Defect.NO_RECEIPTS
        peer.duties.chat_receipts = peer.duties.number_lines = receipts
        peer.duties.own_via = defect is not Defect.SPOOFED_VIA
        peer.duties.confirm_close = defect is not Defect.NEVER_CLOSES
        peer.behave(self)

    async def link_broke(self) -> None:
        """The connections with the partner were cut."""
        self._forgets = self.defect is Defect.FORGETFUL
        if self.defect is Defect.STAYS_AWAY:
            await self.peer.client_off()

    def loses_line(self) -> bool:
        """Whether the line that one of its people writes now is lost."""
        forgets, self._forgets = self._forgets, False
        return forgets or self.defect is Defect.LOST_LINES

    def serves(self, ground: Ground) -> None:
        """Have it answer for a department."""
        self._centers[ground.department] = ground.center

    async def on_offer(self, peer: SimulatedPeer, offer: Received) -> None:
        """Decide about an offer: willing, if a console is open there."""
        body = offer.body_as(bodies.CallOffer)
        center = self._centers.get(body.department, "")
        if self.defect is Defect.SILENCE:
            return
        if center not in self.consoles:
            await peer.reject(offer, RejectReason.NO_CONSOLE)
            return
        if self.defect is Defect.LATE:
            left = (body.expires_at - datetime.now(UTC)).total_seconds()
            await asyncio.sleep(max(0.0, left) + _LATE_S)
        taken = await peer.accept(offer, center)
        try:
            await taken.assigned(self._t1_total_s)
        except SimulatorError:
            return  # withdrawn, refused or forgotten: it is among what was recorded
        self.taken[taken.call_id] = taken
        await taken.ring()

    async def offer(
        self, person: RegistrantData, home: DepartmentRef, there: Ground, kind: Kind, mode: Mode
    ) -> OfferedCall | None:
        """Offer a call to a department of the partner; None: it offers none."""
        if self.defect is Defect.SILENCE:
            return None
        point = Point(lat=there.lat, lon=there.lon)
        call = await self.peer.offer(
            department=there.department,
            person=person,
            place=CallPlace(choice=PlaceChoice.CURRENT, point=point, radius_m=_RADIUS_M),
            home=home,
            kind=kind,
            mode=mode,
            expires_in_s=self._t1_total_s,
        )
        task = asyncio.create_task(self._assign(call), name="simulated anchor")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return call

    async def _assign(self, call: OfferedCall) -> None:
        try:
            await call.accepted(self._t1_total_s + _LATE_S)
        except SimulatorError:
            return
        if self.defect is not Defect.LATE:
            await call.assign()

    async def end(self) -> None:
        """Let nothing of it go on."""
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)


class SimulatedDriver(Unclaimed):
    """Moves the people of a simulated system, for one purpose.

    ``own`` is its department, ``other`` that of the partner.
    """

    name = "simulated"
    verbs = frozenset({Verb.STAFF, Verb.HANDSET, Verb.CONSOLE})

    def __init__(self, system: SimulatedSystem, own: Ground, other: Ground) -> None:
        self._system = system
        self._own = own
        self._other = other
        self._people: dict[UUID, RegistrantData] = {}
        system.serves(own)
        system.peer.client.on()  # also the one that stayed away in the purpose before

    async def register(self, department: str, person: RegistrantData) -> Credentials:
        """Remember a person."""
        keys = Credentials(registrant_id=uuid4(), login_id=f"{department}-1", password=token_hex(4))
        self._people[keys.registrant_id] = person
        return keys

    def handset(
        self, credentials: Any, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Handset]:
        """The phone of a person."""
        return self._phone(self._people[credentials.registrant_id])

    @asynccontextmanager
    async def _phone(self, person: RegistrantData) -> AsyncIterator[Handset]:
        async def call(kind: Kind, mode: Mode, fix: Fix | None) -> OfferedCall | None:
            if fix is None or (fix.lat, fix.lon) != (self._other.lat, self._other.lon):
                raise DriverFailed(
                    "a simulated system takes calls from its partner's area only",
                    "模擬システムは、相手の管内からの通報だけを扱います",
                )
            home = self._own.reference
            return await self._system.offer(person, home, self._other, kind, mode)

        yield cast(
            Handset,
            SimulatedHandset(call, self._other.reference, loses=self._system.loses_line),
        )

    def console(
        self, center: str, *, name: str, wiretap: Wiretap
    ) -> AbstractAsyncContextManager[Console]:
        """A dispatcher, whose center takes calls while it is entered."""
        return self._desk(center, name)

    @asynccontextmanager
    async def _desk(self, center: str, name: str) -> AsyncIterator[Console]:
        self._system.consoles.add(center)
        closes = self._system.defect is not Defect.NEVER_CLOSES
        try:
            yield cast(
                Console,
                SimulatedConsole(
                    self._system.taken,
                    self._own,
                    name,
                    loses=self._system.loses_line,
                    closes=closes,
                ),
            )
        finally:
            self._system.consoles.discard(center)

    async def close(self) -> None:
        """Nothing to let go of: the system stays for the next purpose."""
