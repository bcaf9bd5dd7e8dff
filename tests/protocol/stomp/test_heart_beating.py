"""Section Heart-beating."""

import pytest
from net119_protocol.stomp import (
    ClientSession,
    Closed,
    HeartBeatIntervals,
    HeartBeatMonitor,
    HeartBeatOffer,
    OwnQueues,
    PeerDead,
    Section,
    ServerSession,
    StompProtocolError,
    negotiate,
)

from tests.protocol.stomp.support import Pair


@pytest.mark.parametrize(
    ("mine", "theirs", "send", "expect"),
    [
        ((0, 0), (0, 0), 0, 0),
        ((10_000, 10_000), (0, 0), 0, 0),
        ((0, 0), (10_000, 10_000), 0, 0),
        ((10_000, 0), (10_000, 10_000), 10, 0),
        ((0, 10_000), (10_000, 10_000), 0, 10),
        ((1_000, 20_000), (5_000, 3_000), 3, 20),
        ((1, 1), (1, 1), 0.001, 0.001),
    ],
)
def test_maximum_of_both_unless_one_is_0(
    mine: tuple[int, int], theirs: tuple[int, int], send: float, expect: float
) -> None:
    agreed = negotiate(HeartBeatOffer(*mine), HeartBeatOffer(*theirs))
    assert agreed == HeartBeatIntervals(send, expect)
    other_side = negotiate(HeartBeatOffer(*theirs), HeartBeatOffer(*mine))
    assert other_side == HeartBeatIntervals(expect, send)


def test_missing_header_means_0_0() -> None:
    assert HeartBeatOffer.parse(None) == HeartBeatOffer(0, 0)


@pytest.mark.parametrize("offer", [HeartBeatOffer(0, 0), HeartBeatOffer(10_000, 999)])
def test_header_both_ways(offer: HeartBeatOffer) -> None:
    assert HeartBeatOffer.parse(offer.header()) == offer


@pytest.mark.parametrize(
    "header", ["", "1", "1,", "1,2,3", "-1,0", "1, 2", "a,b", "1.5,2", "１,２"]
)
def test_malformed_header(header: str) -> None:
    with pytest.raises(StompProtocolError, match="not two numbers") as caught:
        HeartBeatOffer.parse(header)
    assert caught.value.section is Section.HEART_BEATING


@pytest.mark.parametrize("values", [(-1, 0), (0, 10**9)])
def test_impossible_offer(values: tuple[int, int]) -> None:
    with pytest.raises(ValueError, match="milliseconds"):
        HeartBeatOffer(*values)


def test_monitor_sends_before_the_interval_has_passed() -> None:
    monitor = HeartBeatMonitor(HeartBeatIntervals(send=10), now=100)
    assert monitor.next_timer() == 108
    assert not monitor.must_send(107.9)
    assert monitor.must_send(108)
    monitor.data_sent(105)
    assert not monitor.must_send(108)
    assert monitor.next_timer() == 113


def test_monitor_is_tolerant_and_takes_any_data_as_life() -> None:
    monitor = HeartBeatMonitor(HeartBeatIntervals(expect=10), now=100, dead_after=3)
    assert monitor.next_timer() == 130
    assert not monitor.peer_dead(129.9)
    monitor.data_received(129.9)
    assert not monitor.peer_dead(130)
    assert not monitor.peer_dead(159.8)
    assert monitor.peer_dead(160)
    assert monitor.silent_for(160) == pytest.approx(30.1)


def test_monitor_without_agreement_has_no_timer() -> None:
    monitor = HeartBeatMonitor(HeartBeatIntervals(), now=0)
    assert monitor.next_timer() is None
    assert not monitor.must_send(1e9)
    assert not monitor.peer_dead(1e9)


def test_monitor_needs_a_margin() -> None:
    with pytest.raises(ValueError, match="more than 1"):
        HeartBeatMonitor(HeartBeatIntervals(), 0, dead_after=1)


@pytest.mark.parametrize("interval", [0.001, 0.1, 1 / 3, 10.0, 29.999])
def test_timer_that_has_come_is_always_due(interval: float) -> None:
    # Otherwise a shell that sleeps until next_timer would spin.
    monitor = HeartBeatMonitor(HeartBeatIntervals(interval, interval), now=1e6 + 0.1)
    for _ in range(100):
        now = monitor.next_timer()
        assert now is not None
        assert monitor.must_send(now) or monitor.peer_dead(now)
        monitor.data_sent(now)
        monitor.data_received(now)


def pair(client: HeartBeatOffer, server: HeartBeatOffer) -> Pair:
    joined = Pair(
        server=ServerSession("midori", OwnQueues("aoba"), now=0, heart_beat=server, dead_after=3)
    )
    joined.client.connect("aoba", client)
    joined.pump()
    joined.client_events.clear()
    joined.server_events.clear()
    return joined


def test_idle_sessions_keep_each_other_alive() -> None:
    joined = pair(HeartBeatOffer(10_000, 10_000), HeartBeatOffer(10_000, 10_000))
    for second in range(1, 200):
        joined.now = float(second)
        joined.client.handle_timer(joined.now)
        joined.server.handle_timer(joined.now)
        joined.pump()
    assert joined.client_events == []
    assert joined.server_events == []
    assert 15 <= joined.client.heart_beats_received <= 25
    assert 15 <= joined.server.heart_beats_received <= 25


def test_no_heart_beat_while_there_is_traffic() -> None:
    joined = pair(HeartBeatOffer(10_000, 10_000), HeartBeatOffer(10_000, 10_000))
    for second in range(1, 50):
        joined.now = float(second)
        joined.client.handle_timer(joined.now)
        joined.client.send("/queue/aoba.callee", b"x", receipt=False)
        joined.pump()
    assert joined.server.heart_beats_received == 0


def test_silent_client_is_given_up_after_the_margin() -> None:
    joined = pair(HeartBeatOffer(10_000, 10_000), HeartBeatOffer(10_000, 10_000))
    joined.server.handle_timer(29.9)
    assert joined.server.events() == []
    joined.server.handle_timer(30.0)
    dead, closed = joined.server.events()
    assert dead == PeerDead(30.0, "heart-beat")
    assert isinstance(closed, Closed)
    assert not closed.clean
    assert joined.server.next_timer() is None


def test_silent_server_is_given_up_after_the_margin() -> None:
    joined = pair(HeartBeatOffer(10_000, 10_000), HeartBeatOffer(10_000, 10_000))
    receipt = joined.client.send("/queue/aoba.callee", b"x")
    joined.client.handle_timer(30.0)
    dead, closed = joined.client.events()
    assert dead == PeerDead(30.0, "heart-beat")
    assert isinstance(closed, Closed)
    assert closed.unconfirmed == (receipt,)


@pytest.mark.parametrize(
    ("client", "server"),
    [
        (HeartBeatOffer(0, 0), HeartBeatOffer(10_000, 10_000)),
        (HeartBeatOffer(10_000, 10_000), HeartBeatOffer(0, 0)),
    ],
)
def test_peer_that_declared_0_0_gets_no_beats_and_is_not_given_up(
    client: HeartBeatOffer, server: HeartBeatOffer
) -> None:
    # A-bis 15
    joined = pair(client, server)
    assert joined.server.next_timer() is None
    assert joined.client.next_timer() is None
    joined.server.handle_timer(1e6)
    joined.client.handle_timer(1e6)
    assert joined.server.data_to_send() == b""
    assert joined.client.data_to_send() == b""
    assert joined.server.events() == []
    assert joined.client.events() == []


def test_one_direction_only() -> None:
    joined = pair(HeartBeatOffer(5_000, 0), HeartBeatOffer(0, 10_000))
    joined.client.handle_timer(8.0)
    assert joined.client.data_to_send() == b"\n"
    assert joined.server.next_timer() == 30.0
    joined.server.receive_data(b"\n", 8.0)
    assert joined.server.next_timer() == 38.0
    assert joined.server.data_to_send() == b""


def test_client_that_gets_no_connected_in_time() -> None:
    client = ClientSession(connect_timeout=10)
    client.connect("aoba", now=5.0)
    assert client.next_timer() == 15.0
    client.handle_timer(14.9)
    assert client.events() == []
    client.handle_timer(15.0)
    dead, closed = client.events()
    assert dead == PeerDead(10, "CONNECTED")
    assert isinstance(closed, Closed)


def test_server_that_gets_no_connect_in_time_says_so() -> None:
    server = ServerSession("midori", OwnQueues("aoba"), now=5.0, connect_timeout=10)
    assert server.next_timer() == 15.0
    server.receive_data(b"\n", 14.0)  # heart-beats are no CONNECT
    server.handle_timer(15.0)
    assert server.events()[0] == PeerDead(10, "CONNECT")
    assert b"no CONNECT within 10 s" in server.data_to_send()
