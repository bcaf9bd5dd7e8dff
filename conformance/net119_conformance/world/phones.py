"""Phones of the world: any handset of the field, with its own handshake, at this SUT."""

from contextlib import AsyncExitStack

from net119_simulators.handsets import find_handset
from net119_simulators.handsets.model import Handset as HandsetFacts
from net119_simulators.handsets.phone import Phone
from net119_simulators.handsets.position import Measured

from net119_conformance.drivers.handset_side import HandsetSide
from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.trial import Trial
from net119_conformance.world.desks import Desks
from net119_conformance.world.plan import Ground


class Phones(Desks):
    """Phones and plaintext handsets; part of `World`."""

    driver: Driver
    trial: Trial
    _stack: AsyncExitStack

    def handset_side(self) -> HandsetSide:
        """Where phones reach the SUT."""
        self.claimed(Verb.PHONE)
        return self.driver.handset_side()

    async def phone(self, kind: str | HandsetFacts, ground: Ground, *, name: str = "") -> Phone:
        """A handset of the matrix (or one made up), in the middle of a department's area."""
        facts = find_handset(kind) if isinstance(kind, str) else kind
        side = self.handset_side()
        here = Measured(ground.lat, ground.lon)
        phone = Phone(facts, side.roots, here, name=name or facts.name, wiretap=self.trial.evidence)
        return await self._stack.enter_async_context(phone)
