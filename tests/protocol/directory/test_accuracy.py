"""Radius of the disc of uncertainty (design: "Accuracy")."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.directory import (
    platform_accuracy,
    radius_from_class,
    radius_from_platform,
)


@pytest.mark.parametrize(
    ("accuracy", "radius"),
    [
        (None, 500.0),
        (0.0, 500.0),
        (5.0, 100.0),
        (62.5, 100.0),
        (100.0, 160.0),
        (1_000.0, 1_600.0),
        (5_000.0, 8_000.0),
        (1e9, 50_000.0),
    ],
)
def test_platform_values_are_68_percent(accuracy: float | None, radius: float) -> None:
    assert radius_from_platform(accuracy) == pytest.approx(radius)


@pytest.mark.parametrize("accuracy", [-1.0, math.nan, math.inf, -math.inf])
def test_an_impossible_accuracy_is_refused(accuracy: float) -> None:
    with pytest.raises(ValueError, match="accuracy"):
        radius_from_platform(accuracy)


@pytest.mark.parametrize(
    ("accuracy_class", "radius"), [(None, 500.0), (1, 2_000.0), (2, 300.0), (3, 100.0)]
)
def test_carrier_classes(accuracy_class: int | None, radius: float) -> None:
    assert radius_from_class(accuracy_class) == radius


@pytest.mark.parametrize("accuracy_class", [0, 4, -1])
def test_an_unknown_class_is_refused(accuracy_class: int) -> None:
    with pytest.raises(ValueError, match="accuracy class"):
        radius_from_class(accuracy_class)


@given(st.floats(0.001, 1e7), st.floats(0.001, 1e7))
def test_worse_accuracy_never_gives_a_smaller_radius(one: float, other: float) -> None:
    small, large = sorted((one, other))
    assert 100.0 <= radius_from_platform(small) <= radius_from_platform(large) <= 50_000.0


@given(st.floats(100.0, 50_000.0))
def test_a_radius_survives_the_platform(radius: float) -> None:
    assert radius_from_platform(platform_accuracy(radius)) == pytest.approx(radius)
