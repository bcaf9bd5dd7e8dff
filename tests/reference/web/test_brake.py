"""The brake on guessing bounds one ID, and one source that goes through many IDs."""

import pytest
from net119_protocol.codes import Refusal
from net119_reference.ports import Refused
from net119_reference.web.access import LogInBrake, TooSoon


class Bench:
    """A brake with a clock that goes on only when told: 3 attempts of an ID, 5 of a source."""

    def __init__(self) -> None:
        self.now = 0.0
        self.brake = LogInBrake(3, 5, 60.0, lambda: self.now)

    def fail(self, login_id: str, source: str = "192.0.2.1") -> None:
        with pytest.raises(Refused) as found, self.brake.attempt(source, login_id):
            raise Refused(Refusal.NOT_AUTHENTICATED, "wrong")
        assert found.value.code is Refusal.NOT_AUTHENTICATED

    def succeed(self, login_id: str, source: str = "192.0.2.1") -> None:
        with self.brake.attempt(source, login_id):
            pass

    def slowed(self, login_id: str, source: str = "192.0.2.1") -> int:
        with pytest.raises(TooSoon) as found:
            self.succeed(login_id, source)
        return found.value.retry_after_s


@pytest.fixture
def bench() -> Bench:
    return Bench()


def test_one_id_is_bounded_and_a_right_password_clears_it(bench: Bench) -> None:
    bench.fail("a")
    bench.fail("a")
    bench.succeed("a")
    for _ in range(2):
        bench.fail("a")
    bench.now = 20.0
    bench.fail("a", "192.0.2.2")
    bench.fail("a")
    assert bench.slowed("a") == 40
    bench.now = 60.0
    bench.succeed("a")


def test_going_through_many_ids_is_bounded_for_the_source(bench: Bench) -> None:
    """Whoever scans IDs tries each only once."""
    for number in range(5):
        bench.fail(f"n{number}")
    bench.now = 10.0
    assert bench.slowed("n6") == 50
    bench.succeed("n6", "192.0.2.2")
    bench.now = 60.0
    bench.fail("n7")


def test_a_source_of_many_people_is_not_slowed_by_right_log_ins(bench: Bench) -> None:
    """A carrier's gateway stands for thousands of telephones."""
    for number in range(100):
        bench.succeed(f"n{number}")
    for number in range(4):
        bench.fail(f"n{number}")
        bench.succeed(f"n{number}")
    bench.succeed("n5")


def test_an_own_right_password_does_not_clear_a_source(bench: Bench) -> None:
    """Or a registrant could go on scanning by a log-in of their own between."""
    for number in range(5):
        bench.fail(f"n{number}")
    assert bench.slowed("own") == 60


def test_other_refusals_are_no_guesses(bench: Bench) -> None:
    for number in range(5):
        with pytest.raises(Refused), bench.brake.attempt("192.0.2.1", f"n{number}"):
            raise Refused(Refusal.OVERLOAD, "the disk is full")
    bench.succeed("n6")


def test_the_addresses_of_one_network_are_one_source(bench: Bench) -> None:
    """Whoever has an IPv6 address has 2**64 of them."""
    for number in range(5):
        bench.fail(f"n{number}", f"2001:db8::{number:x}")
    assert bench.slowed("n6", "2001:db8::ffff:1") == 60
    bench.succeed("n6", "2001:db8:0:1::1")
    bench.succeed("n6", "unknown")


def test_many_ids_of_other_sources_do_not_clear_one(bench: Bench) -> None:
    """What is remembered is bounded; a single source must not be able to push others out."""
    for _ in range(3):
        bench.fail("a")
    for number in range(20_000):
        with pytest.raises(Refused), bench.brake.attempt("192.0.2.9", f"n{number}"):
            raise Refused(Refusal.NOT_AUTHENTICATED, "wrong")
    assert bench.slowed("a") == 60
