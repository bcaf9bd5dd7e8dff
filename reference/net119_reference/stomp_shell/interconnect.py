"""Our client side: one permanent connection to the endpoint of every peer."""

import asyncio
import ssl
from collections.abc import Sequence

from net119_protocol.api.admin import PeerOperator

from net119_reference.config import Config
from net119_reference.logs import get_log
from net119_reference.ports import ProviderService
from net119_reference.stomp_shell.bounds import Bounds
from net119_reference.stomp_shell.peer_link import PeerLink
from net119_reference.tls import stomp_client_context

log = get_log("stomp.client")


class Interconnect:
    """Connects to all peers of the service, and keeps at it (design: "Interface B")."""

    def __init__(
        self, service: ProviderService, config: Config, bounds: Bounds | None = None
    ) -> None:
        self._service = service
        self._config = config
        self._bounds = bounds or Bounds()
        self._context: ssl.SSLContext | None = None
        self._links: dict[str, PeerLink] = {}
        self._retiring: set[asyncio.Task[None]] = set()

    async def start(self) -> None:
        """Begin connecting; returns before anybody is reached.

        Raises:
            TlsError: certificate, key or CA cannot be used.
        """
        if self._context is None:
            self._context = stomp_client_context(self._config)
            self.operators_changed(self._service.peers())

    async def stop(self) -> None:
        """Leave all endpoints, within a time limit."""
        self._context = None
        for code in tuple(self._links):
            self._retire(code)
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await asyncio.sleep(0)  # transports close their sockets in the next turn of the loop

    def wake(self, peer: str) -> None:
        """There is something to send to this peer."""
        link = self._links.get(peer)
        if link is not None:
            link.wake()

    def nudge(self, peer: str) -> None:
        """This peer is there: try again at once if a pause is being made."""
        link = self._links.get(peer)
        if link is not None:
            link.nudge()

    def operators_changed(self, peers: Sequence[PeerOperator]) -> None:
        """The list of peers was replaced; connections to those that stay the same stay."""
        if self._context is None:
            return
        wanted = {peer.operator: peer for peer in peers if peer.operator != self._service.operator}
        for code, link in tuple(self._links.items()):
            if wanted.get(code) != link.peer:
                self._retire(code)
        for code, peer in wanted.items():
            if code not in self._links:
                self._links[code] = PeerLink(
                    self._service, self._config, self._bounds, peer, self._context
                )

    def _retire(self, code: str) -> None:
        link = self._links.pop(code)
        log.info("link-ends", peer=code)
        task = asyncio.create_task(link.stop(self._config.timers.stop_s * 0.6))
        self._retiring.add(task)
        task.add_done_callback(self._retiring.discard)
