"""A network of providers on this machine: certificates, configuration, processes, accounts."""

from net119_simulators.network.authority import Authority, Certificate
from net119_simulators.network.local import LocalNetwork
from net119_simulators.network.ports import FreePorts, NoFreePort
from net119_simulators.network.specs import PeerSpec, ProviderSpec, RunningProvider, Timers
from net119_simulators.network.supervisor import ProviderDidNotStart, Supervisor

__all__ = [
    "Authority",
    "Certificate",
    "FreePorts",
    "LocalNetwork",
    "NoFreePort",
    "PeerSpec",
    "ProviderDidNotStart",
    "ProviderSpec",
    "RunningProvider",
    "Supervisor",
    "Timers",
]
