"""Known-bad peers: providers with one defect each, by name, for both roles of interface B.

``bad_peers()`` lists them, ``run_bad`` lets one loose on a ``Bench`` and says what came of it.
"""

from net119_simulators.peer.bad.against import bench_against, read_against
from net119_simulators.peer.bad.bench import Bench, Side, furnish, local_bench
from net119_simulators.peer.bad.model import (
    BadPeer,
    BadResult,
    PeerRole,
    Step,
    StepKind,
    Words,
)
from net119_simulators.peer.bad.registry import bad_peer, bad_peers
from net119_simulators.peer.bad.running import run_bad

__all__ = [
    "BadPeer",
    "BadResult",
    "Bench",
    "PeerRole",
    "Side",
    "Step",
    "StepKind",
    "Words",
    "bad_peer",
    "bad_peers",
    "bench_against",
    "furnish",
    "local_bench",
    "read_against",
    "run_bad",
]
