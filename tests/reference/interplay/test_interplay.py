"""Two providers and a stranger, driven at random; the invariants hold after every step."""

import pytest

from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.running import ready, run

EXAMPLES, STEPS = 60, 150
LEAST_STEPS = 5_000
"""Of each of the four runs."""
MUST_HAPPEN = (
    "acknowledged",
    "call.accept",
    "call.answered",
    "call.assign",
    "caller.presence",
    "chat.message",
    "died",
    "refused",
)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_two_providers_and_a_stranger(number: int) -> None:
    """The same steps in every run, by the number; ``make soak`` takes others."""
    with ready() as world:
        run(EXAMPLES, STEPS, number=number)
        assert [what for what in MUST_HAPPEN if not world.tally[what]] == []
        assert Interplay.steps >= LEAST_STEPS
