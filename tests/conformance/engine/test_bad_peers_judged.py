"""Every known-bad peer is judged by exactly one purpose in each of its roles."""

from collections import Counter

from net119_conformance.purposes import bad_owners, bad_peers
from net119_conformance.world.addresses import stranger_beside
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


def test_a_stranger_has_no_peers_address() -> None:
    assert stranger_beside("127.10.1.7") == "127.10.251.7"
    assert stranger_beside("127.10.249.254") == "127.10.254.254"
