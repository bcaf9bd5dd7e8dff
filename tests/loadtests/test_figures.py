"""Percentiles are values that were measured, by the nearest-rank method."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_loadtests.figures import Summary, percentile


@pytest.mark.parametrize(
    ("share", "value"), [(5, 15), (30, 20), (40, 20), (50, 35), (95, 50), (100, 50)]
)
def test_nearest_rank(share: float, value: float) -> None:
    assert percentile([15, 20, 35, 40, 50], share) == value


@pytest.mark.parametrize("count", [20, 100, 1000])
def test_round_counts_are_not_off_by_one(count: int) -> None:
    assert percentile(range(1, count + 1), 95) == count * 95 // 100


@given(
    values=st.lists(st.floats(min_value=0, max_value=1e6), min_size=1),
    share=st.floats(min_value=0.1, max_value=100),
)
def test_enough_values_lie_at_or_below_it(values: list[float], share: float) -> None:
    ordered = sorted(values)
    found = percentile(ordered, share)
    assert found in ordered
    assert sum(value <= found for value in values) >= share / 100 * len(values) - 1e-6


@pytest.mark.parametrize("share", [0, -1, 100.1])
def test_there_are_no_other_percentiles(share: float) -> None:
    with pytest.raises(ValueError, match="up to 100"):
        percentile([1], share)


def test_of_nothing_there_is_no_summary() -> None:
    assert Summary.of([]) is None
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_summary_needs_no_sorted_values() -> None:
    assert Summary.of([3, 1, 2]) == Summary(count=3, p50=2, p95=3, p99=3, max=3)
