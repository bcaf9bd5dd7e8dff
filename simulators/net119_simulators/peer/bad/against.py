"""A bench with a system that runs already, described by a TOML file."""

import ssl
import tempfile
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from net119_protocol.interconnect.mapping import PROFILE_NAME, load_mapping
from pydantic import BaseModel, ConfigDict, ValidationError

from net119_simulators.errors import SimulatorError
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec, RunningProvider
from net119_simulators.network.authority import Certificate, trusting
from net119_simulators.peer.bad.bench import Bench, furnish, sides
from net119_simulators.peer.bad.shown import load_shown
from net119_simulators.peer.peer import SimulatedPeer
from net119_simulators.peer.specs import SutEndpoint


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SystemTable(_Model):
    """The system: how its API and its STOMP endpoint are reached; ``ca`` is whom it trusts.

    It must be one for tests, on a loopback address, run by the directory that comes with us.
    """

    operator: str
    base_url: str
    ca: Path
    admin_token: str
    address: str
    stomp_port: int
    t1_s: float
    offer_attempts: int
    t3_s: float
    reconnect_s: float = 10.0
    """Longest pause after which it connects again to a peer that it could not reach."""
    client_certificates: bool = False
    """Whether its endpoint demands a certificate of who connects."""


class PeerTable(_Model):
    """The peer that the system knows: its code, where it listens, and its certificate."""

    operator: str
    address: str
    stomp_port: int
    cert: Path
    key: Path
    stranger: str


class CertificateTable(_Model):
    """A certificate that is not the peer's own, signed by whom the system trusts if it can be."""

    cert: Path
    key: Path


class Against(_Model):
    """The whole file; relative paths count from its folder.

    ``certificates`` are those to show by the name of the bad peer, which is left out without one:
    only who signs the system's certificates can make an expired one.
    """

    system: SystemTable
    peer: PeerTable
    certificates: dict[str, CertificateTable] = {}


class UnusableFile(SimulatorError):
    """The file does not describe a system and a peer."""


def read_against(file: Path) -> Against:
    """Read a description of a running system.

    Raises:
        UnusableFile: it cannot be read, or is no such description.
    """
    what_to_do = "Write it as docs/bad-peers.md shows"
    try:
        return Against.model_validate(tomllib.loads(file.read_text("utf-8")))
    except OSError as wrong:
        raise UnusableFile(wrong.strerror or str(wrong), str(file), what_to_do) from None
    except ValidationError as wrong:
        first = wrong.errors(include_url=False)[0]
        field = ".".join(str(part) for part in first["loc"])
        raise UnusableFile(f"{field}: {first['msg']}", str(file), what_to_do) from None
    except ValueError as wrong:  # TOML and UTF-8
        raise UnusableFile(str(wrong), str(file), what_to_do) from None


@asynccontextmanager
async def bench_against(file: Path, *, mapping: str = PROFILE_NAME) -> AsyncIterator[Bench]:
    """A bench with the system of this file; it is used, never stopped.

    Args:
        mapping: how the system writes its messages, and the peer so, too (docs/mappings.md).

    Raises:
        UnknownMapping: there is none of this name.
        UnusableFile: see `read_against`; or the certificate cannot be loaded.
        SafetyInterlock: the system is on no loopback address.
        SimulatorError: the system cannot be reached, or does not come together with the peer.
    """
    told = read_against(file)
    system, peer = told.system, told.peer
    ca = file.parent / system.ca
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        server.load_cert_chain(file.parent / peer.cert, file.parent / peer.key)
        own = Certificate(file.parent / peer.cert, file.parent / peer.key)
        # Shown where the system demands one; others do not ask for it.
        trust = trusting(ca, own)
        to_show = {
            name: load_shown(Certificate(file.parent / each.cert, file.parent / each.key), ca)
            for name, each in told.certificates.items()
        }
    except OSError as wrong:
        raise UnusableFile(
            f"certificate, key or ca cannot be used: {wrong}", str(file), "Correct the paths"
        ) from None
    running = RunningProvider(system.base_url, ca, system.admin_token)
    async with AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        network = LocalNetwork(
            [
                ProviderSpec(
                    system.operator, system.address, stomp_port=system.stomp_port, running=running
                )
            ],
            folder,
            peers=[PeerSpec(peer.operator, peer.address, peer.stomp_port)],
        )
        await stack.enter_async_context(network)
        simulated = SimulatedPeer(
            peer.operator,
            peer.address,
            port=peer.stomp_port,
            sut=SutEndpoint(system.operator, system.address, system.stomp_port),
            tls_server=server,
            tls_client=trust,
            heart_beat_ms=max(50, round(system.t3_s * 100)),
            mapping=load_mapping(mapping),
        )
        home, there = sides(system.operator, peer.operator)
        bench = await furnish(
            stack, network, system.operator, simulated, home, there, back_s=system.reconnect_s
        )
        bench.stranger = peer.stranger
        bench.t1_total = system.t1_s * system.offer_attempts
        bench.t3_s = system.t3_s
        bench.certificates = to_show
        bench.asks_for_certificates = system.client_certificates
        yield bench
