"""Makes the simulated peers of purposes that run against local providers."""

import ssl
from dataclasses import dataclass
from pathlib import Path

from net119_protocol.interconnect import PORT
from net119_protocol.interconnect.mapping import PROFILE_NAME, load_mapping
from net119_simulators.network.authority import trusting
from net119_simulators.peer import RawSession, SimulatedPeer, SutEndpoint

from net119_conformance.errors import ConformanceError
from net119_conformance.world.plan import Estate
from net119_conformance.world.world import World

HEART_BEAT_MS = 500
"""Of simulated peers: well within T3, so that the SUT counts them as running."""


@dataclass(frozen=True)
class Maker:
    """Makes simulated peers for one purpose."""

    endpoint: SutEndpoint
    estate: Estate
    ca_file: Path
    certificates: Path
    mapping: str = PROFILE_NAME

    def peer(self, world: World) -> SimulatedPeer:
        """The peer of this estate."""
        operator, address = self._identity()
        server = _server_context(self.certificates / address)
        return SimulatedPeer(
            operator,
            address,
            sut=self.endpoint,
            tls_server=server,
            tls_client=trusting(self.ca_file),
            port=PORT,
            wiretap=world.trial.evidence,
            heart_beat_ms=HEART_BEAT_MS,
            mapping=load_mapping(self.mapping),
        )

    def raw(self, world: World) -> RawSession:
        """A raw session from the peer's address."""
        operator, address = self._identity()
        return RawSession(
            self.endpoint,
            trusting(self.ca_file),
            source=address,
            me=operator,
            wiretap=world.trial.evidence,
            mapping=load_mapping(self.mapping),
        )

    def _identity(self) -> tuple[str, str]:
        if self.estate.peer is None:
            raise ConformanceError(
                "the purpose uses a peer that it did not ask for",
                self.estate.home.department,
                "declare needs=Needs(peer=True)",
            )
        return self.estate.peer.operator, self.estate.peer_address


def _server_context(stem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
    return context
