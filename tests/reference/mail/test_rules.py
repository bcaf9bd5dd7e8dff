"""When letters are tried again, what answers mean, and how much mail is taken."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_reference.mail.flood import Flood, Rate
from net119_reference.mail.schedule import Delivery, Schedule, answered

NOW = datetime(2026, 4, 1, tzinfo=UTC)
PLAN = Schedule(timedelta(seconds=30), timedelta(hours=1), timedelta(days=2))


@pytest.mark.parametrize(
    ("code", "outcome", "connection"),
    [
        (250, Delivery.SENT, False),
        (251, Delivery.SENT, False),
        (421, Delivery.DEFERRED, True),
        (450, Delivery.DEFERRED, False),
        (451, Delivery.DEFERRED, False),
        (503, Delivery.DEFERRED, True),
        (550, Delivery.FAILED, False),
        (554, Delivery.FAILED, False),
        (354, Delivery.DEFERRED, False),
    ],
)
def test_answers(code: int, outcome: Delivery, connection: bool) -> None:
    found = answered(code, "some\n text")
    assert (found.outcome, found.connection, found.reason) == (outcome, connection, "some text")


def test_pauses_double_up_to_a_bound() -> None:
    seconds = [PLAN.pause(attempts).total_seconds() for attempts in range(1, 11)]
    assert seconds == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]
    assert PLAN.pause(10**6) == timedelta(hours=1)


@given(st.integers(1, 10_000), st.floats(0, 4 * 86_400))
def test_there_is_an_end_and_a_last_attempt_at_it(attempts: int, late_s: float) -> None:
    now = NOW + timedelta(seconds=late_s)
    again = PLAN.next_attempt(NOW, attempts, now)
    if now >= NOW + PLAN.give_up:
        assert again is None
    else:
        assert again is not None
        assert now < again <= NOW + PLAN.give_up


def test_one_sender_is_bounded_and_may_come_later() -> None:
    flood = Flood(Rate(2, 1 / 60), Rate(100, 1))
    assert [flood.refuses("a", NOW) for _ in range(3)] == [None, None, "sender"]
    assert flood.refuses("b", NOW) is None
    assert flood.refuses("a", NOW + timedelta(seconds=59)) == "sender"
    assert flood.refuses("a", NOW + timedelta(seconds=60)) is None


def test_all_together_are_bounded_and_memory_is() -> None:
    flood = Flood(Rate(5, 1), Rate(50, 1), remembered=10)
    answers = [flood.refuses(f"sender {number}", NOW) for number in range(60)]
    assert answers == [None] * 50 + ["everyone"] * 10
    assert len(flood) == 10
    assert flood.refuses(None, NOW) == "everyone"
    assert flood.refuses(None, NOW + timedelta(seconds=1)) is None
    assert len(flood) == 10
