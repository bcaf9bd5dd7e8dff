"""Every known-bad peer is judged by exactly one purpose in each of its roles."""

from collections import Counter
from ipaddress import IPv4Address, IPv4Network
from pathlib import Path
from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, patch

import pytest
from net119_conformance import at_bad_peers
from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.purposes import bad_owners, bad_peers
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import peer_addresses, stranger_beside
from net119_simulators.peer import OtherAnswer
from net119_simulators.peer.bad import BadResult, PeerRole
from net119_simulators.peer.bad import bad_peers as known

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy

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


def test_a_peer_of_ours_that_was_too_late_leaves_a_doubt(tmp_path: Path) -> None:
    """A bad peer has to do well until it does wrong; where it was slow, nobody is to blame."""
    answer: Any = SimpleNamespace(label="call.withdraw n=2 e=1", text="{}")

    def verdict(after_s: float) -> Verdict:
        async def plays(_name: str, role: PeerRole, *_: Any) -> BadResult:
            late = OtherAnswer("call.assign", answer, after_s)
            return BadResult("late-accept", role, (), ("I1",), str(late), (late,))

        async def body(t: Trial, w: ToyWorld) -> None:
            t.offers_hold_s = 1.6
            with (
                patch.object(at_bad_peers, "run_bad", plays),
                patch.object(at_bad_peers, "_bench", AsyncMock()),
            ):
                await at_bad_peers.survives(t, w, PeerRole.RECEIVES, ["late-accept"])  # type: ignore[arg-type]  # no bench is made

        purpose = toy("TOY-BAD", body)
        record = judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), tmp_path)
        assert [each.passed for each in record.checks] == [False]
        return record.verdict

    assert verdict(0.2) is Verdict.FAIL
    assert verdict(1.9) is Verdict.INCONCLUSIVE


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
