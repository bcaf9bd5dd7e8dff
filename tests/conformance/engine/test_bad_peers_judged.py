"""Every known-bad peer is judged by exactly one purpose in each of its roles."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network

import pytest
from net119_conformance.purposes import bad_owners, bad_peers
from net119_conformance.world.addresses import peer_addresses, stranger_beside
from net119_simulators.peer.bad import PeerRole
from net119_simulators.peer.bad import bad_peers as known

OFFERING = (
    *bad_peers.FRAMES,
    *bad_peers.SESSIONS,
    *bad_peers.CERTIFICATES,
    *bad_peers.BEATS,
    *bad_peers.MESSAGES,
    *bad_peers.CALLS,
    *bad_peers.SILENT,
)
OWNING = (
    *bad_owners.FRAMES,
    *bad_owners.OF_ITS_ENDPOINT,
    *bad_peers.MESSAGES,
    *bad_owners.ANSWERS,
    *bad_owners.LOST,
)


def test_every_bad_peer_is_judged_once_in_each_role() -> None:
    for role, judged in ((PeerRole.ORIGINATES, OFFERING), (PeerRole.RECEIVES, OWNING)):
        assert Counter(judged) == Counter(each.name for each in known() if role in each.acts)


@pytest.mark.parametrize("network", ["127.10.0.0/16", "10.1.2.0/24"])
def test_a_stranger_has_no_peers_address(network: str) -> None:
    peers = list(peer_addresses(IPv4Network(network)))
    strangers = {stranger_beside(peer) for peer in peers}
    assert len(strangers) == len(peers) > 100
    assert strangers.isdisjoint(peers)
    assert all(IPv4Address(each) in IPv4Network(network) for each in strangers)
    with pytest.raises(ValueError, match="no address of a simulated peer"):
        stranger_beside(strangers.pop())
