"""Makes the simulated peers of purposes that run against local providers."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from net119_protocol.interconnect import PORT
from net119_protocol.interconnect.mapping import PROFILE_NAME, load_mapping
from net119_simulators.network.authority import Authority, Certificate, trusting
from net119_simulators.peer import RawSession, SimulatedPeer, SutEndpoint
from net119_simulators.peer.bad.shown import Shown, make_shown, read_shown

from net119_conformance.errors import ConformanceError
from net119_conformance.world.needs import Needs
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
    port: int = PORT
    """Where the peer listens."""

    def peer(self, world: World) -> SimulatedPeer:
        """The peer of this estate."""
        operator, address = self._identity()
        server = _server_context(self.certificates / address)
        return SimulatedPeer(
            operator,
            address,
            sut=self.endpoint,
            tls_server=server,
            tls_client=self._trusting(address),
            port=self.port,
            wiretap=world.trial.evidence,
            heart_beat_ms=HEART_BEAT_MS,
            mapping=load_mapping(self.mapping),
        )

    def raw(self, world: World) -> RawSession:
        """A raw session from the peer's address."""
        operator, address = self._identity()
        return RawSession(
            self.endpoint,
            self._trusting(address),
            source=address,
            me=operator,
            wiretap=world.trial.evidence,
            mapping=load_mapping(self.mapping),
        )

    def wrong_certificates(self) -> Mapping[str, Shown]:
        """Certificates to show that are not the peer's own, as far as the run made any."""
        _, address = self._identity()
        return read_shown(_wrong(self.certificates, address), self.ca_file)

    def _trusting(self, address: str) -> ssl.SSLContext:
        """The peer's context as a client; it shows its own certificate."""
        stem = self.certificates / address
        own = Certificate(Path(f"{stem}.pem"), Path(f"{stem}.key"))
        return trusting(self.ca_file, own)

    def _identity(self) -> tuple[str, str]:
        if self.estate.peer is None:
            raise ConformanceError(
                "the purpose uses a peer that it did not ask for",
                self.estate.home.department,
                "declare needs=Needs(peer=True)",
            )
        return self.estate.peer.operator, self.estate.peer_address


def issue_for_peer(ca: Authority, folder: Path, estate: Estate, other: str, needs: Needs) -> None:
    """Give a purpose's peer its certificate, and wrong ones if it is to show them.

    ``other`` is the address of another operator, whose certificate is among the wrong ones.
    """
    if estate.peer is None:
        return
    ca.issue(estate.peer_address)
    if needs.wrong_certificates:
        make_shown(_wrong(folder, estate.peer_address), ca, estate.peer_address, other=other)


def _wrong(certificates: Path, address: str) -> Path:
    """Where a peer's certificates lie that are not its own."""
    return certificates / f"wrong-{address}"


def _server_context(stem: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(f"{stem}.pem", f"{stem}.key")
    return context
