"""A provider's times in real time, though a scenario sets the clock ahead."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st
from net119_scenarios.drills.clocks import Clocks

BEGAN = datetime(2026, 4, 7, 0, 30, tzinfo=UTC)


def after(seconds: float) -> datetime:
    return BEGAN + timedelta(seconds=seconds)


@given(
    jumps=st.lists(st.tuples(st.integers(1, 60), st.integers(2, 100_000)), max_size=4),
    part=st.integers(0, 4),
    into_s=st.integers(0, 59),
    first=st.integers(-100_000, 100_000),
)
def test_what_a_clock_showed_is_found_again_however_it_was_set(
    jumps: list[tuple[int, int]], part: int, into_s: int, first: int
) -> None:
    shown = [BEGAN]
    clocks = Clocks(lambda: shown[0])
    parts = [(0, first)]  # from which second on it was how far ahead
    for length, ahead in jumps:
        parts.append((parts[-1][0] + length, parts[-1][1] + ahead))
    for since, ahead in parts:
        shown[0] = after(since + ahead)
        clocks.look(after(since))
        clocks.look(after(since))
    since, ahead = parts[min(part, len(parts) - 1)]
    lengths = [length for length, _ in jumps] + [60]
    at_s = since + min(into_s, lengths[min(part, len(parts) - 1)] - 1)
    assert clocks.real(after(at_s + ahead)) == after(at_s)


def test_a_moment_that_was_skipped_is_when_the_clock_was_set() -> None:
    shown = [after(0), after(3600)]
    clocks = Clocks(lambda: shown.pop(0))
    clocks.look(after(0))
    clocks.look(after(10))
    assert clocks.real(after(9)) == after(9)
    assert clocks.real(after(1800)) == after(10)
    assert clocks.real(after(3605)) == after(15)
    assert clocks.real(after(-5)) == after(-5), "what was before the first look"
