"""Two providers and a stranger, driven at random; the invariants hold after every step."""

import pytest

from tests.reference.interplay.machine import Interplay
from tests.reference.interplay.running import ready, run
from tests.turns import part

EXAMPLES, STEPS = 54, 150
LEAST_STEPS = 5_000
"""Of each run."""
RUNS = (1, 2, 3, 4)
"""The same steps by the number; each commit has one of them (48 s of CPU), `make soak` others."""
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


@pytest.mark.parametrize("number", part(RUNS, len(RUNS)))
def test_two_providers_and_a_stranger(number: int) -> None:
    """Whatever has to happen once does in each run."""
    with ready() as world:
        run(EXAMPLES, STEPS, number=number)
        assert {what for what in MUST_HAPPEN if not world.tally[what]} == set()
        assert Interplay.steps >= LEAST_STEPS
