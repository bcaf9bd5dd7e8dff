"""The radio's model in virtual time: nothing lost, doubled or reordered, and the same each time."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_simulators.radio import (
    Course,
    Direction,
    Event,
    Happening,
    Link,
    LinkModel,
    NoNetwork,
    Opening,
    Planned,
    RadioProfile,
    load_radios,
)
from net119_simulators.radio.model import Stream

RADIOS = load_radios()
GOOD = Link(latency_s=0.05, jitter_s=0.0, loss=0.0, up_bps=1e6, down_bps=1e6)

times = st.floats(0, 200)
sends = st.lists(st.tuples(st.floats(0, 20), st.integers(1, 20_000)), min_size=1, max_size=40)
seeds = st.integers(0, 1000)
profiles = st.sampled_from(list(RADIOS.values()))


def quiet(link: Link = GOOD) -> Course:
    return Course(RadioProfile("x", "x", "x", link), 1)


def stream(course: Course, direction: Direction = Direction.UP) -> Stream:
    return LinkModel(course).connection(0.0).streams[direction]


def arrivals(profile: RadioProfile, seed: int, given: list[tuple[float, int]]) -> list[object]:
    """What a stream answers to sends with these pauses and sizes."""
    link = LinkModel(Course(profile, seed))
    now = 0.0
    answers: list[object] = [link.open(now)]
    one = link.connection(now).streams[Direction.UP]
    for pause, size in given:
        now += pause
        answers += one.send(now, size)
    answers.append(one.close(now))
    return answers


@given(profiles, seeds, sends)
def test_no_octet_is_lost_doubled_or_reordered_while_the_connection_lives(
    profile: RadioProfile, seed: int, given: list[tuple[float, int]]
) -> None:
    course = Course(profile, seed)
    for direction in Direction:
        one = LinkModel(course).connection(0.0).streams[direction]
        now, last = 0.0, float("-inf")
        for pause, size in given:
            now += pause
            packets = one.send(now, size)
            assert sum(packet.size for packet in packets) == size
            for packet in packets:
                assert packet.at >= max(now, last)
                last = packet.at
        assert one.close(now) >= last


@given(profiles, seeds, sends)
def test_the_same_seed_gives_the_same_course(
    profile: RadioProfile, seed: int, given: list[tuple[float, int]]
) -> None:
    assert arrivals(profile, seed, given) == arrivals(profile, seed, given)
    first, second = Course(profile, seed), Course(profile, seed)
    # Asked in another order, too.
    second.at(500.0)
    for now in range(0, 300, 7):
        assert first.at(now) == second.at(now)
        assert first.next_change(now) == second.next_change(now)


def test_another_seed_gives_another_course() -> None:
    train = RADIOS["train"]
    courses = {Course(train, seed).at(25.0) for seed in range(20)}
    assert len(courses) > 1


@given(profiles, seeds, st.floats(0, 300))
def test_nothing_gets_through_the_air_in_silence(
    profile: RadioProfile, seed: int, now: float
) -> None:
    course = Course(profile, seed)
    (packet,) = stream(course).send(now, 1)
    assert packet.at >= course.silent_until(now)


def test_a_tunnel_stalls_until_the_next_attempt_after_it() -> None:
    course = quiet()
    course.add(Happening(Event.TUNNEL, 10.0, 30.0))
    one = stream(course)
    (before,) = one.send(9.0, 100)
    assert before.at == pytest.approx(9.0508)
    # Sent again after 0.2, 0.4, 0.8 ... s: the attempt at 10 + 25.4 s is the first outside.
    (stalled,) = one.send(10.0, 100)
    assert stalled.at == pytest.approx(10.0008 + 25.4 + 0.05)
    # What follows waits for it (TCP's order), and needs no attempts of its own.
    (behind,) = one.send(29.0, 100)
    assert behind.at >= stalled.at
    (after,) = one.send(40.0, 100)
    assert after.at == pytest.approx(40.0508)


def test_rate_and_latency_make_the_time_of_a_bulk() -> None:
    course = quiet(Link(0.1, 0.0, 0.0, up_bps=80_000, down_bps=800_000))
    packets = stream(course).send(0.0, 10_000)
    assert packets[-1].at == pytest.approx(1.0 + 0.1)
    packets = stream(course, Direction.DOWN).send(0.0, 10_000)
    assert packets[-1].at == pytest.approx(0.1 + 0.1)


def test_loss_shows_as_stalls_as_often_as_it_says() -> None:
    course = quiet(Link(0.05, 0.0, 0.1, 1e9, 1e9))
    one = stream(course)
    sent = 4000
    stalls = sum(one.send(10.0 * each, 100)[0].at - 10.0 * each > 0.2 for each in range(sent))
    # Binomial, p = 0.1: more than five standard deviations away only by a mistake.
    assert 0.076 < stalls / sent < 0.124


def test_out_of_area_new_connections_are_refused_or_vanish_and_old_ones_are_reset() -> None:
    for new, opening in (
        (NoNetwork.REFUSE, Opening.REFUSED),
        (NoNetwork.VANISH, Opening.VANISHED),
    ):
        link = LinkModel(quiet())
        link.intervene(Happening(Event.OUT_OF_AREA, 5.0, 8.0, new))
        assert link.open(4.9).opening is Opening.OPENED
        assert link.open(5.0).opening is opening
        assert link.open(8.0).opening is Opening.OPENED
        assert not link.reset(4.9, 7.9)
        assert link.reset(4.9, 8.0)
        assert not link.reset(8.0, 100.0)


def test_a_connection_begun_in_a_tunnel_opens_after_it() -> None:
    link = LinkModel(quiet())
    link.intervene(Happening(Event.TUNNEL, 0.0, 20.0))
    opened = link.open(1.0)
    assert opened.opening is Opening.OPENED
    # Tried again after 1, 2, 4, 8, 16 s (RFC 6298).
    assert opened.at == pytest.approx(1 + 31 + 0.1)


@given(seeds)
def test_a_hand_over_in_mid_chat_happens_once_in_each_repetition(seed: int) -> None:
    course = Course(RADIOS["hand-over"], seed)
    for cycle in range(3):
        resets = course.resets(45.0 * cycle, 45.0 * (cycle + 1))
        assert len(resets) == 1
        assert 1 <= resets[0] - 45.0 * cycle <= 4


def test_what_no_radio_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="loss"):
        Link(0.0, 0.0, 1.0, 1.0, 1.0)
    with pytest.raises(ValueError, match="rates"):
        Link(0.0, 0.0, 0.0, 0.0, 1.0)
    with pytest.raises(ValueError, match="in order"):
        RadioProfile("x", "x", "x", GOOD, (Planned(Event.TUNNEL, (5, 1)),))
    with pytest.raises(ValueError, match="beyond repeat_s"):
        RadioProfile("x", "x", "x", GOOD, (Planned(Event.TUNNEL, (5, 8), (5, 5)),), 10)
