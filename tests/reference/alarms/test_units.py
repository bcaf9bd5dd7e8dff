"""Repeats, silence and troubles of alarm units."""

from datetime import timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.codes import UnitTrouble as Trouble
from net119_reference.alarms.units import REMEMBERED, Unit, is_late

from tests.reference.alarms.people import NOW, TIMERS

S = SignalKind
NEW = Unit("K-1001", since=NOW)


def repeats(unit: Unit, n: int, kind: S, seconds: float = 5, **sent: Any) -> bool:
    return unit.repeat_of(n, kind, NOW + timedelta(seconds=seconds), TIMERS, **sent) is not None


def test_a_signal_sent_again_is_known_with_its_incident() -> None:
    unit = NEW.after(7, S.ALARM, "20261130-1", NOW)
    had = unit.repeat_of(7, S.ALARM, NOW, TIMERS)
    assert had is not None
    assert had.incident == "20261130-1"
    assert not repeats(unit, 8, S.ALARM)


def test_an_alarm_of_a_unit_that_counts_anew_is_no_repeat_of_a_test() -> None:
    assert not repeats(NEW.after(1, S.TEST, "20261130-1", NOW), 1, S.ALARM)


def test_a_lower_count_that_was_not_had_is_new() -> None:
    assert not repeats(NEW.after(900, S.HEARTBEAT, None, NOW), 1, S.HEARTBEAT)


def test_an_alarm_of_a_unit_that_counts_anew_is_no_repeat_of_an_older_alarm() -> None:
    sent = NOW - timedelta(seconds=1)
    without_clock = NEW.after(1, S.ALARM, "20261130-1", NOW)
    assert repeats(without_clock, 1, S.ALARM, TIMERS.repeat_s)
    assert not repeats(without_clock, 1, S.ALARM, TIMERS.repeat_s + 1)
    assert not repeats(without_clock, 1, S.ALARM, TIMERS.repeat_s + 1, replayed=True)
    with_clock = NEW.after(1, S.ALARM, "20261130-1", NOW, sent_at=sent)
    assert repeats(with_clock, 1, S.ALARM, sent_at=sent)
    assert not repeats(with_clock, 1, S.ALARM, sent_at=sent + timedelta(seconds=3))
    assert not repeats(with_clock, 1, S.ALARM, TIMERS.repeat_s + 1, sent_at=sent)


def test_a_signal_kept_while_the_line_was_down_is_a_repeat_hours_later_by_its_own_clock() -> None:
    sent = NOW - timedelta(seconds=1)
    unit = NEW.after(1, S.ALARM, "20261130-1", NOW, sent_at=sent)
    assert repeats(unit, 1, S.ALARM, 7200, sent_at=sent, replayed=True)
    assert not repeats(unit, 1, S.ALARM, 7200, sent_at=NOW, replayed=True)


@given(st.lists(st.integers(1, 10_000), min_size=1, max_size=200, unique=True))
def test_the_newest_counts_are_remembered(counts: list[int]) -> None:
    unit = NEW
    for n in counts:
        unit = unit.after(n, S.HEARTBEAT, None, NOW)
    assert len(unit.seen) <= REMEMBERED
    assert all(repeats(unit, n, S.HEARTBEAT) for n in counts[-REMEMBERED:])


def test_a_repeat_ends_a_units_silence() -> None:
    silent = NEW.tick(NEW.silent_at(TIMERS), TIMERS)
    assert silent.heard_again(NOW + timedelta(days=1)).troubles == frozenset()


def test_three_missed_heart_beats_are_silence_and_any_signal_ends_it() -> None:
    unit = NEW.after(1, S.HEARTBEAT, None, NOW)
    just_before = NOW + timedelta(seconds=3 * TIMERS.heartbeat_s - 1)
    assert unit.tick(just_before, TIMERS) == unit
    silent = unit.tick(unit.silent_at(TIMERS), TIMERS)
    assert silent.troubles == {Trouble.SILENT}
    assert silent.after(2, S.ALARM, "20261130-2", NOW).troubles == frozenset()


def test_a_unit_that_was_never_heard_falls_silent_too() -> None:
    assert NEW.tick(NOW + timedelta(days=1), TIMERS).troubles == {Trouble.SILENT}


def test_battery_and_line_stay_until_they_are_good_again() -> None:
    unit = NEW.after(1, S.BATTERY_LOW, None, NOW, 4).after(2, S.LINE_FAILURE, None, NOW)
    unit = unit.after(3, S.HEARTBEAT, None, NOW)
    assert unit.troubles == {Trouble.BATTERY, Trouble.LINE}
    assert unit.battery_percent == 4
    unit = unit.after(4, S.LINE_BACK, None, NOW).after(5, S.BATTERY_GOOD, None, NOW, 100)
    assert unit.troubles == frozenset()
    assert unit.battery_percent == 100


def test_a_signal_is_late_by_its_units_own_clock_alone() -> None:
    assert not is_late(None, NOW, TIMERS)
    assert not is_late(NOW - timedelta(seconds=TIMERS.late_s), NOW, TIMERS)
    assert is_late(NOW - timedelta(seconds=TIMERS.late_s + 1), NOW, TIMERS)
    assert not is_late(NOW + timedelta(days=1), NOW, TIMERS), "its clock is ahead"
