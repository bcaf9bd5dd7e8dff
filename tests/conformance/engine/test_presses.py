"""How often BOUND-PLAIN has one registrant press: a bound that is never reached is not judged."""

from types import SimpleNamespace
from typing import Any, cast

import pytest
from net119_conformance.capacity import REFERENCE
from net119_conformance.purposes.bounds import PRESSES, presses


@pytest.mark.parametrize(
    ("open_calls", "expected"),
    [
        ("none", PRESSES),
        # The suite's own providers have this limit where a purpose is about it, and there alone.
        (REFERENCE.open_calls, PRESSES),
        (8, 7),
        (100, PRESSES),
    ],
)
def test_as_many_presses_as_the_claim_leaves_room_for(open_calls: Any, expected: int) -> None:
    capacity = REFERENCE.model_copy(update={"open_calls": open_calls})
    assert presses(cast("Any", SimpleNamespace(capacity=capacity))) == expected
