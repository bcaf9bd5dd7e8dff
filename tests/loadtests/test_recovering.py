"""When callers have recovered from a fault, and when they have not."""

import pytest
from net119_loadtests.recovering import Disturbance, p99_back, together


def over_at(moment: float) -> Disturbance:
    made = Disturbance("kill-server", 10.0)
    made.over = moment
    return made


def test_not_while_the_fault_lasts() -> None:
    assert not Disturbance("stall-server", 10.0).look(20.0, down=0, oldest_waiting=None)


def test_not_while_a_connection_is_down() -> None:
    assert not over_at(12.0).look(13.0, down=1, oldest_waiting=None)


def test_not_while_a_line_of_before_its_end_waits() -> None:
    made = over_at(12.0)
    assert not made.look(13.0, down=0, oldest_waiting=12.0)
    assert made.look(14.0, down=0, oldest_waiting=12.1)
    assert made.to_json()["recovered_s"] == 4.0
    assert made.to_json()["over_s"] == 2.0


def test_not_while_a_line_of_before_the_last_connection_waits() -> None:
    made = over_at(12.0)
    made.touched(15.0)
    assert not made.look(16.0, down=0, oldest_waiting=14.0)
    assert made.look(17.0, down=0, oldest_waiting=None)


@pytest.mark.parametrize(
    ("since", "until", "spoilt"),
    [(8.0, 9.0, False), (9.0, 10.5, True), (11.0, 12.0, True), (13.0, 16.0, True)]
    + [(14.1, 16.0, False)],
)
def test_what_was_under_way_in_a_fault_is_told_apart(
    since: float, until: float, spoilt: bool
) -> None:
    made = over_at(12.0)
    made.recovered = 14.0
    assert made.spoils(since, until) is spoilt


def test_the_last_generator_to_recover_counts() -> None:
    first, second = over_at(12.0), over_at(12.5)
    first.recovered, second.recovered = 13.0, 15.0
    first.errors["handset connection lost"] = second.errors["handset connection lost"] = 2
    found = together([first.to_json(), second.to_json()])
    assert (found["over_s"], found["recovered_s"]) == (2.5, 5.0)
    assert found["errors"] == {"handset connection lost": 4}


def test_one_generator_that_has_not_recovered_is_enough() -> None:
    first, second = over_at(12.0), over_at(12.5)
    first.recovered = 13.0
    assert together([first.to_json(), second.to_json()])["recovered_s"] is None


def test_the_p99_is_back_after_the_last_slow_second() -> None:
    # Written after 0.5 s, 1.2 s, 3.9 s and 5.0 s.
    samples = [0.5, 9000.0, 1.2, 10.0, 3.9, 2500.0, 5.0, 10.0]
    assert p99_back(samples, 2000.0) == 4.0


def test_one_slow_line_of_many_is_no_slow_second() -> None:
    samples = [number for _ in range(100) for number in (1.0, 10.0)]
    assert p99_back([*samples, 1.0, 9000.0], 2000.0) == 0.0


@pytest.mark.parametrize("samples", [[], [0.5, 10.0, 1.5, 9000.0]])
def test_the_p99_is_not_back_where_nothing_shows_it(samples: list[float]) -> None:
    assert p99_back(samples, 2000.0) is None
