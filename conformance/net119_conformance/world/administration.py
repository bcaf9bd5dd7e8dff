"""What a purpose does with the system under test as its operator, verb by verb as it is claimed."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from net119_protocol.api.admin import Health, PeerOperator, RefusedInput
from net119_protocol.codes import ProviderState
from net119_simulators.network.specs import Timers

from net119_conformance.drivers.interface import Driver, Verb
from net119_conformance.trial import Trial
from net119_conformance.world.plan import Ground


class Administration:
    """Base of `World`: administration of the SUT through its driver."""

    trial: Trial
    driver: Driver

    async def health(self) -> Health:
        """The SUT's state, its peers among it."""
        self.claimed(Verb.HEALTH)
        return await self.driver.health()

    async def refused_inputs(self, after: int = 0) -> tuple[RefusedInput, ...]:
        """What the SUT logged as refused, after the entry of this number."""
        self.claimed(Verb.LOG)
        return await self.driver.refused_inputs(after)

    async def set_state(self, state: ProviderState) -> None:
        """Put the SUT into an operating state."""
        self.claimed(Verb.STATE)
        await self.driver.set_state(state)

    async def load_directory(self, content: Mapping[str, Any]) -> None:
        """Replace the SUT's directory, for new calls."""
        self.claimed(Verb.DIRECTORY)
        await self.driver.load_directory(content)

    async def load_operators(self, peers: Sequence[PeerOperator]) -> None:
        """Replace the SUT's list of peers."""
        self.claimed(Verb.OPERATORS)
        await self.driver.load_operators(peers)

    async def set_clock(self, moment: datetime) -> None:
        """Have the SUT's clock go on from a moment.

        Ends the purpose as NOT_APPLICABLE where the SUT does not claim that its clock can be set:
        nobody can wait for years to pass.
        """
        if Verb.CLOCK not in self.driver.verbs:
            self.trial.not_applicable(
                f"the clock of the system under test cannot be set (the driver "
                f"{self.driver.name!r} does not claim {Verb.CLOCK.value!r})",
                ja=f"試験対象の時計を設定できません（ドライバー {self.driver.name!r} が "
                f"{Verb.CLOCK.value!r} に対応していません）",
            )
        await self.driver.set_clock(moment)

    async def revise_terms(self, ground: Ground, version: str, ja: str, en: str) -> None:
        """Put a revision of a department's terms into force."""
        self.claimed(Verb.TERMS)
        await self.driver.revise_terms(ground.department, version, ja, en)

    async def set_timers(self, timers: Timers) -> None:
        """Set those of the SUT's timers that are given."""
        self.claimed(Verb.TIMERS)
        await self.driver.set_timers(timers)

    async def restart(self) -> None:
        """Stop the SUT in good order and start it again."""
        self.claimed(Verb.RESTART)
        await self.driver.restart()

    async def crash(self) -> None:
        """Kill the SUT without warning and start it again.

        By the driver's word alone: a purpose has to see connections break, too.
        """
        self.claimed(Verb.CRASH)
        await self.driver.crash()

    def claimed(self, verb: Verb, driver: Driver | None = None) -> None:
        """End the purpose as INCONCLUSIVE if the driver (the SUT's by default) lacks a verb."""
        asked = driver or self.driver
        if verb not in asked.verbs:
            self.trial.require(f"the driver {asked.name!r} offers {verb.value!r}", None)
