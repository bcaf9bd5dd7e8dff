"""A provider for one purpose alone, which may be killed and changed."""

from pathlib import Path

from net119_simulators.network import LocalNetwork
from net119_simulators.network.supervisor import ProviderDidNotStart

from net119_conformance.errors import SutUnavailable
from net119_conformance.world.plan import Ground
from net119_conformance.world.profiles import write_profile


class OwnSystem:
    """What may be done to the provider besides using it; it is started by its network.

    ``folder`` holds the profile of ``home``, its only department with one.
    """

    def __init__(self, network: LocalNetwork, key: str, home: Ground, folder: Path) -> None:
        self._network = network
        self._key = key
        self._home = home
        self._folder = folder

    async def crash(self) -> None:
        """Kill it and start it again."""
        self._network.kill(self._key)
        try:
            await self._network.start(self._key)
        except ProviderDidNotStart as problem:
            raise SutUnavailable(f"not up again after it was killed: {problem}") from problem

    async def restart(self) -> None:
        """Stop it and start it again."""
        try:
            await self._network.restart(self._key)
        except ProviderDidNotStart as problem:
            raise SutUnavailable(f"not up again after a restart: {problem}") from problem

    async def revise_terms(self, department: str, version: str, ja: str, en: str) -> None:
        """Put other terms into the department's profile, and start again with it."""
        if department != self._home.department:
            raise ValueError(f"{department} has no profile here; {self._home.department} has one")
        terms = {"version": version, "effective": "2026-04-01", "text": {"ja": ja, "en": en}}
        write_profile(self._home, self._folder, terms=terms)
        await self.restart()
