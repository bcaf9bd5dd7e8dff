"""A venue with a system that runs already: described as for `net119 peer run --against`."""

import ssl
import tempfile
from datetime import datetime
from pathlib import Path

from net119_protocol.codes import ProviderState
from net119_simulators.network import LocalNetwork, PeerSpec, ProviderSpec, RunningProvider
from net119_simulators.network.authority import trusting
from net119_simulators.peer import SimulatedPeer, SutEndpoint
from net119_simulators.peer.bad.against import Against, UnusableFile, read_against
from net119_simulators.wiretap import Wiretap

from net119_scenarios.acted.applicable import reasons_against
from net119_scenarios.acted.cast import Peer
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.venue import Venue
from net119_scenarios.words import Words


class Elsewhere(Venue):
    """The system of a file, used and never stopped; its peer is played where a scenario wants one.

    Raises:
        UnusableFile: the file describes no system, or its certificates cannot be used.
        SafetyInterlock: on entering, the system is on no loopback address.
    """

    def __init__(self, scenario: Scenario, file: Path) -> None:
        self._told: Against = read_against(file)
        self._file = file
        system = self._told.system
        network = scenario.network.model_copy(update={"providers": (system.operator,)})
        super().__init__(scenario.model_copy(update={"network": network}))

    def reasons(self, scenario: Scenario) -> tuple[Words, ...]:
        """Why the scenario cannot be acted here; empty if it can."""
        system, peer = self._told.system, self._told.peer
        return reasons_against(scenario, self.view(), system.operator, peer.operator)

    async def set_clock(self, moment: datetime) -> None:
        """Not here; see `reasons`."""
        raise LookupError(f"the clock of {self._told.system.operator} is not ours to set")

    def played(self, peer: Peer, name: str, wiretap: Wiretap) -> SimulatedPeer:
        """See `Venue.played`; with the certificate that the system knows."""
        system, told = self._told.system, self._told.peer
        folder = self._file.parent
        server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        server.minimum_version = ssl.TLSVersion.TLSv1_2
        try:
            server.load_cert_chain(folder / told.cert, folder / told.key)
            trust = trusting(folder / system.ca)
        except OSError as wrong:
            what = f"certificate, key or ca cannot be used: {wrong}"
            raise UnusableFile(what, str(self._file), "Correct the paths") from None
        return SimulatedPeer(
            told.operator,
            told.address,
            port=told.stomp_port,
            sut=SutEndpoint(system.operator, system.address, system.stomp_port),
            tls_server=server,
            tls_client=trust,
            heart_beat_ms=max(50, round(system.t3_s * 100)),
            name=name,
            state=peer.state,
            wiretap=wiretap,
        )

    async def restore(self) -> None:
        """Have the system say that it is well again, where a scenario let it say otherwise."""
        stated, self._stated = self._stated, set()
        for code in sorted(stated):
            await self.network.operation(code).set_state(ProviderState.NORMAL)

    async def _set_up(self) -> None:
        system, peer = self._told.system, self._told.peer
        folder = Path(
            self._exit.enter_context(tempfile.TemporaryDirectory(prefix="net119-scenario-"))
        )
        await self._exit.enter_async_context(self.boxes)
        ca = self._file.parent / system.ca
        running = RunningProvider(system.base_url, ca, system.admin_token)
        try:
            network = LocalNetwork(
                [
                    ProviderSpec(
                        system.operator,
                        system.address,
                        stomp_port=system.stomp_port,
                        running=running,
                    )
                ],
                folder,
                peers=[PeerSpec(peer.operator, peer.address, peer.stomp_port)],
            )
        except OSError as wrong:
            what = f"ca cannot be used: {wrong}"
            raise UnusableFile(what, str(self._file), "Correct the path") from None
        self._network = await self._exit.enter_async_context(network)
        await self.network.health(system.operator)
