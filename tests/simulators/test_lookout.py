"""How long is looked for what must not come."""

import asyncio

import pytest
from net119_simulators.lookout import LAST_LOOK_S, LEAST_S, Lookout, long_enough


@pytest.mark.parametrize(
    ("slowest_s", "patience_s", "looks_s"),
    [
        (0.0, 8.0, LEAST_S),
        (0.1, 8.0, LEAST_S),
        (2.0, 8.0, 4.0),
        (6.0, 8.0, 8.0),
        (0.1, 1.0, 1.0),
    ],
)
def test_what_is_slow_is_looked_at_for_longer(
    slowest_s: float, patience_s: float, looks_s: float
) -> None:
    """Never longer than the system promises to take for anything."""
    assert long_enough(slowest_s, patience_s) == looks_s


def test_the_look_counts_from_its_beginning_and_ends_with_one_more_look() -> None:
    """What took longer meanwhile makes it longer."""

    async def go() -> None:
        longest = [0.0]
        since = Lookout(lambda: longest[0])
        assert since.left() == LAST_LOOK_S
        longest[0] = 50.0
        await asyncio.sleep(0)
        assert LAST_LOOK_S < since.left() <= longest[0]

    asyncio.run(go())
