import math
import random

from net119_protocol.codes import FixSource, Positioning
from net119_simulators.gps import denied, fixed, scattered, searching, switched_off


def test_fixed_is_exactly_there() -> None:
    position = fixed(42.6341, 141.6055)
    assert position.positioning is Positioning.ON
    assert position.fix is not None
    assert (position.fix.lat, position.fix.lon) == (42.6341, 141.6055)
    assert position.fix.accuracy_m == 12.0
    assert position.fix.source is FixSource.GPS


def test_without_a_fix() -> None:
    assert (searching().positioning, searching().fix) == (Positioning.ON, None)
    assert (switched_off().positioning, switched_off().fix) == (Positioning.OFF, None)
    assert (denied().positioning, denied().fix) == (Positioning.DENIED, None)


def test_two_thirds_of_scattered_fixes_are_within_the_accuracy() -> None:
    rng = random.Random(1)
    within = 0
    for _ in range(2000):
        fix = scattered(42.0, 141.0, 50.0, rng).fix
        assert fix is not None
        north = (fix.lat - 42.0) * 111_195
        east = (fix.lon - 141.0) * 111_195 * math.cos(math.radians(42.0))
        within += math.hypot(north, east) <= 50.0
    assert 0.65 < within / 2000 < 0.71
