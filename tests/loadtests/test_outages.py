"""Recovery counts from the first lost connection until all stand again."""

from net119_loadtests.stage import Outages


def test_it_lasts_until_the_last_one_is_back() -> None:
    outages = Outages()
    outages.lost("a", 10.0)
    outages.lost("b", 11.0)
    assert outages.stands("a", 12.0) == 2.0
    assert (outages.recovered_s, outages.down) == ([], 1)
    assert outages.stands("b", 15.0) == 4.0
    assert (outages.recovered_s, outages.down) == ([5.0], 0)


def test_one_that_breaks_again_is_still_the_same_outage() -> None:
    outages = Outages()
    outages.lost("a", 10.0)
    outages.lost("a", 12.0)
    assert outages.stands("a", 13.0) == 3.0
    assert outages.recovered_s == [3.0]


def test_a_first_connection_recovers_from_nothing() -> None:
    outages = Outages()
    assert outages.stands("a", 1.0) is None
    assert outages.recovered_s == []


def test_who_has_hung_up_is_not_waited_for() -> None:
    outages = Outages()
    outages.lost("a", 1.0)
    outages.gone("a")
    assert outages.down == 0
    outages.lost("b", 5.0)
    outages.stands("b", 6.0)
    assert outages.recovered_s == [1.0]
