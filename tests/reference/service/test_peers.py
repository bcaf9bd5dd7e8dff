"""Which peers count as running, and which as lost."""

from pathlib import Path

from net119_reference.ports import Channel
from net119_reference.service.peers import Peers

from tests.reference.service.support import ManualClock, config, peer


def test_octets_outside_a_session_keep_nobody_alive(tmp_path: Path) -> None:
    """An endpoint that answers each attempt with what is no STOMP is as silent as one that is
    off: calls that its provider owns must come home (T3)."""
    clock = ManualClock()
    t3_s = (settings := config("aoba", tmp_path)).timers.t3_s
    peers = Peers(clock, settings)
    peers.replace([peer("akane")])
    peers.session("akane", Channel.CLIENT, True)
    assert not peers.lost("akane")
    peers.session("akane", Channel.CLIENT, False)
    for _ in range(4):
        clock.advance(t3_s / 2)
        peers.heard("akane")
    assert peers.lost("akane")
    (health,) = (each for each in peers.health() if each.operator == "akane")
    assert not health.running
    peers.session("akane", Channel.CLIENT, True)
    assert not peers.lost("akane")
    clock.advance(t3_s / 2)
    peers.heard("akane")
    clock.advance(t3_s / 2 + 0.1)
    assert not peers.lost("akane")
