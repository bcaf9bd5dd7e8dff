"""What a simulated peer does by itself with a call that the SUT offers."""

import asyncio
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from net119_protocol.codes import RejectReason

from net119_simulators.errors import SimulatorError
from net119_simulators.peer.messages import Received

if TYPE_CHECKING:
    from net119_simulators.peer.peer import SimulatedPeer


class Behaviour(Protocol):
    """Decides about offers; runs as a task of the peer for each new offer."""

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """A new offer came."""


@dataclass(frozen=True)
class Accepting:
    """Accepts every offer for a center (default: the code of the department asked)."""

    center: str | None = None

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """See Behaviour."""
        await peer.accept(offer, self.center)


@dataclass(frozen=True)
class Rejecting:
    """Rejects every offer."""

    reason: RejectReason = RejectReason.NO_CONSOLE
    detail: str = ""

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """See Behaviour."""
        await peer.reject(offer, self.reason, self.detail)


@dataclass(frozen=True)
class Silent:
    """Takes offers from the wire and says nothing."""

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """See Behaviour."""


@dataclass(frozen=True)
class LateAccepting:
    """Accepts once an event is set, which may be long after the offer expired."""

    delay: asyncio.Event
    center: str | None = None

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """See Behaviour."""
        await self.delay.wait()
        await peer.accept(offer, self.center)


@dataclass(frozen=True)
class Answering:
    """Accepts every offer, rings when it is assigned, and lets a dispatcher answer at once."""

    center: str | None = None
    dispatcher: str = "simulated dispatcher"
    assigned_within: float = 30.0

    async def on_offer(self, peer: "SimulatedPeer", offer: Received) -> None:
        """See Behaviour."""
        try:
            call = await peer.take(offer, self.center, within=self.assigned_within)
        except SimulatorError:
            return  # withdrawn, refused or forgotten: it is among what the peer received
        await call.ring()
        await call.answer(self.dispatcher)
