"""Moments on paper, to the second."""

from datetime import UTC, datetime

from net119_reference.web.pages.paper import timed


def test_a_moment_of_another_day_names_its_day() -> None:
    began = datetime(2026, 11, 30, 14, 59, 50, tzinfo=UTC)
    next_day = datetime(2026, 11, 30, 15, 0, 5, tzinfo=UTC)
    assert (timed("ja", began, began), timed("en", began, began)) == ("23時59分50秒", "23:59:50")
    assert timed("ja", next_day, began) == "令和8年12月1日 0時00分05秒"
    assert timed("en", next_day, began) == "1 December 2026, 00:00:05"
