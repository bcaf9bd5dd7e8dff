"""Calls that come home without an offer: to a peer that is known not to take them."""

from datetime import UTC, datetime
from uuid import UUID

from net119_protocol.interconnect import MessageType
from net119_simulators.lookout import Lookout
from net119_simulators.peer import Received, SimulatedPeer

from net119_conformance.drivers.actors import HandsetCall
from net119_conformance.trial import Trial
from net119_conformance.world.world import World


class KeptHome:
    """The calls from a peer's area that must not be offered to it, neither at once nor later."""

    def __init__(self, t: Trial, w: World, other: SimulatedPeer) -> None:
        self._t = t
        self._w = w
        self._other = other
        self._calls: set[UUID] = set()
        self._new: set[UUID] = set()
        self._judged: list[Received] = []

    async def call(self) -> tuple[HandsetCall, datetime]:
        """One more of them, and since when it has been made."""
        call = await self._w.call_from(await self._w.handset(), self._w.ground("peer"))
        self._calls.add(call.id)
        self._new.add(call.id)
        return call, datetime.now(UTC)

    def not_offered(self, what: str, ja: str) -> None:
        """Check that none made since this was last asked has been offered yet."""
        new, self._new = self._new, set()
        offers = self._other.find(MessageType.CALL_OFFER, where=lambda got: got.call_id in new)
        self._judged += offers
        self._t.check(
            f"{what}: the call was not offered there",
            not offers,
            expected="no call.offer",
            seen=[each.label for each in offers] or "none",
            ja=f"{ja}: 相手に申し出ていない",
        )

    async def nor_later(self, since: Lookout) -> None:
        """Check that none has been offered since, now that nothing else stands against it.

        Who owns a call may not change unless somebody asks for it: an offer that only waited for
        the peer would take the call from the dispatcher who has answered it.
        """
        left = since.left()
        await self._t.observe_nothing(
            "a call that came home is not offered later either",
            self._other.expect(
                MessageType.CALL_OFFER, within=left + 1, where=self._concerns, repeats=None
            ),
            left,
            expected="no call.offer of these calls",
            ja="登録地に届いた通報は、後からも相手に申し出ない",
        )

    def _concerns(self, offer: Received) -> bool:
        return offer.call_id in self._calls and not any(offer is each for each in self._judged)
