"""Both sides of interface B as one thing: what the service wakes, what the process starts."""

import asyncio
from collections.abc import Sequence

from net119_protocol.api.admin import PeerOperator

from net119_reference.config import Config
from net119_reference.ports import Channel, PeerLinks, ProviderService
from net119_reference.stomp_shell.bounds import Bounds
from net119_reference.stomp_shell.endpoint import EndpointServer
from net119_reference.stomp_shell.interconnect import Interconnect


class Links(PeerLinks):
    """The endpoint and the client connections of one provider."""

    def __init__(
        self, service: ProviderService, endpoint: EndpointServer, interconnect: Interconnect
    ) -> None:
        self.endpoint = endpoint
        self.interconnect = interconnect
        self._service = service

    async def start(self) -> None:
        """Listen, then begin connecting to the peers.

        Raises:
            TlsError: certificate, key or CA cannot be used.
            ListenFailed: the endpoint's address or port cannot be used.
        """
        self._service.bind_links(self)
        await self.endpoint.start()
        try:
            await self.interconnect.start()
        except BaseException:
            await self.endpoint.stop()
            raise

    async def stop(self) -> None:
        """Leave the peers' endpoints and close our own, within ``timers.stop_s`` seconds."""
        await asyncio.gather(self.interconnect.stop(), self.endpoint.stop())

    def wake(self, peer: str, channel: Channel) -> None:
        """See PeerLinks."""
        if channel is Channel.CLIENT:
            self.interconnect.wake(peer)
        else:
            self.endpoint.wake(peer)

    def operators_changed(self, peers: Sequence[PeerOperator]) -> None:
        """See PeerLinks."""
        self.endpoint.operators_changed(peers)
        self.interconnect.operators_changed(peers)


def build_links(service: ProviderService, config: Config, bounds: Bounds | None = None) -> Links:
    """Endpoint and interconnect of a provider, not started yet."""
    interconnect = Interconnect(service, config, bounds)
    # A peer that comes to us is back, so there is no need to wait before going to it.
    endpoint = EndpointServer(service, config, bounds, on_connected=interconnect.nudge)
    return Links(service, endpoint, interconnect)
