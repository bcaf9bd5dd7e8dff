"""A peer whose endpoint is a general message broker: its queues are there, not with the peer."""

import asyncio
import ssl
from collections.abc import Callable
from dataclasses import dataclass

from net119_protocol.interconnect import callee_queue
from net119_protocol.stomp import Frame

from net119_simulators.peer.client import Client
from net119_simulators.peer.evidence import FrameTape
from net119_simulators.peer.habits import Habits
from net119_simulators.peer.sending import Sent
from net119_simulators.peer.specs import Duties, SutEndpoint
from net119_simulators.waiting import Watch

PERSISTENT = {"persistent": "true"}
"""Makes a broker store a message before it confirms it."""


@dataclass(frozen=True)
class Broker:
    """The broker that serves as a peer's endpoint, and how the peer itself logs in there.

    ``at`` names the peer's own operator code; it is the virtual host, too.
    """

    at: SutEndpoint
    tls: ssl.SSLContext


class BrokeredEndpoint:
    """Stands in for the peer's ``Endpoint``: works on the two queues over the peer's own session.

    It reads ``/queue/{peer}.callee`` and writes to ``/queue/{sut}.caller``.  What the broker
    refuses the SUT is not seen here.
    """

    def __init__(
        self,
        me: str,
        broker: Broker,
        address: str,
        *,
        tape: FrameTape,
        duties: Duties,
        habits: Habits,
        heart_beat_ms: int,
        watch: Watch,
        on_message: Callable[[bytes, Frame], None],
        on_subscribed: Callable[[], None],
    ) -> None:
        self.port = broker.at.port
        self.refusals: list[str] = []
        self.turned_away: list[str] = []
        self._client = Client(
            me,
            broker.at,
            address,
            broker.tls,
            tape=tape,
            duties=duties,
            habits=habits,
            heart_beat_ms=heart_beat_ms,
            watch=watch,
            on_message=on_message,
            on_ready=on_subscribed,
            queue=callee_queue(me),
        )

    @property
    def subscribed(self) -> bool:
        """Whether the peer works on its queues; whether the SUT does, only the broker knows."""
        return self._client.ready

    @property
    def stomp_errors(self) -> list[Frame]:
        """ERROR frames that the broker sent the peer."""
        return self._client.stomp_errors

    def state(self) -> str:
        """What there is, in words."""
        return f"broker: {self._client.state()}"

    async def on(self) -> None:
        """Log in at the broker, and again whenever the session is lost."""
        self._client.on()
        await asyncio.sleep(0)

    async def off(self) -> None:
        """Leave the broker; its queues stay."""
        await self._client.leave()

    async def cut(self) -> None:
        """Cut the peer's own session; what it had not acknowledged is delivered again."""
        await self._client.cut()

    def put(self, item: Sent) -> None:
        """Place a message in the SUT's queue."""
        item.headers.update(PERSISTENT)
        self._client.put(item)
