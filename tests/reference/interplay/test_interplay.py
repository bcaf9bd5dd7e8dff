"""Two providers and a stranger, driven at random; the invariants hold after every step."""

import pytest

from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.running import ready, run

EXAMPLES, STEPS = 54, 150
LEAST_STEPS = 5_000
"""Of each of the four runs."""
MUST_HAPPEN = (
    "URL opened",
    "acknowledged",
    "answered",
    "call.accept",
    "call.answered",
    "call.assign",
    "call.reject",
    "call.withdraw",
    "callback sent",
    "caller shown",
    "caller.presence",
    "chat.message",
    "chat.resume",
    "clock set ahead",
    "clock set back",
    "died",
    "dispatched",
    "location.update",
    "no crew",
    "reached",
    "refused",
    "staff reads",
    "transfer.done",
    "transfer.failed",
    "transferred",
)


@pytest.mark.parametrize("number", [1, 2, 3, 4])
def test_two_providers_and_a_stranger(number: int) -> None:
    """The same steps in every run, by the number; ``make soak`` takes others."""
    with ready() as world:
        run(EXAMPLES, STEPS, number=number)
        assert {what for what in MUST_HAPPEN if not world.tally[what]} == set()
        assert Interplay.steps >= LEAST_STEPS
