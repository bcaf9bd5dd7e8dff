"""The recorded ways between the systems of a run: whether they stand, and how they are broken."""

from net119_simulators.peer import Way
from net119_simulators.peer.crossing import Crossing

from net119_conformance.interop.reconnecting import Absence, absences, absences_of
from net119_conformance.interop.simulated import SimulatedSystem


class Links:
    """The ways between the systems of a run, by the two operator codes in either order.

    ``originators`` are the codes of those that originate calls: they alone have to connect to
    others, since who only receives says everything at its own endpoint.
    """

    def __init__(self) -> None:
        self.crossings: dict[frozenset[str], tuple[Crossing, ...]] = {}
        self.played: dict[frozenset[str], SimulatedSystem] = {}
        self.originators: set[str] = set()

    async def up(self, pair: frozenset[str], within: float) -> None:
        """Return once two systems are connected as they need be; raises Waited."""
        for crossing in self._needed(pair):
            await crossing.up(within)
        if pair in self.played:
            await self.played[pair].peer.connected(within, self._ways(pair))

    def are_up(self, pair: frozenset[str]) -> bool:
        """Whether two systems are connected as they need be, now."""
        if pair in self.played:
            peer = self.played[pair].peer
            return all(peer.is_connected(way) for way in self._ways(pair))
        needed = self._needed(pair)
        return bool(needed) and all(crossing.is_up for crossing in needed)

    async def absences(self, pair: frozenset[str], within: float) -> list[Absence]:
        """What is missing after two systems had so many seconds to connect again."""
        if pair in self.played:
            return await absences_of(self.played[pair].peer, self._ways(pair), within)
        return await absences(self._needed(pair), within)

    async def cut(self, pair: frozenset[str]) -> None:
        """Cut every connection of two systems."""
        for crossing in self.crossings.get(pair, ()):
            await crossing.cut()
        if pair in self.played:
            await self.played[pair].link_broke()
            await self.played[pair].peer.endpoint.cut()
            await self.played[pair].peer.client.cut()

    def hold(self, pair: frozenset[str]) -> bool:
        """Let nothing pass between two systems, though connections stand; False: it cannot be."""
        for crossing in self.crossings.get(pair, ()):
            crossing.hold()
        return pair in self.crossings

    async def release(self, pair: frozenset[str]) -> None:
        """Cut what was held, and let everything pass again."""
        for crossing in self.crossings.get(pair, ()):
            await crossing.release()

    def _needed(self, pair: frozenset[str]) -> tuple[Crossing, ...]:
        crossings = self.crossings.get(pair, ())
        return tuple(each for each in crossings if each.client.name in self.originators)

    def _ways(self, pair: frozenset[str]) -> tuple[Way, ...]:
        peer = self.played[pair].peer
        clients = {Way.ANCHOR: peer.operator, Way.CALLEE: peer.sut.operator}
        return tuple(way for way, code in clients.items() if code in self.originators)
