"""A provider dies at every point of a scripted call: the invariants hold, the call is closed."""

import pytest

from tests.reference.interplay.crash_points import table
from tests.reference.interplay.flows import FLOWS
from tests.reference.interplay.running import ready


@pytest.mark.parametrize("flow", FLOWS)
def test_every_crash_point(flow: str) -> None:
    """``python -m tests.reference.interplay.crash_points`` prints the table."""
    with ready() as world:
        rows = list(table(world, flow))
    assert len(rows) > 20
    assert all(outcome.startswith("closed by ") for _moment, _dies, outcome in rows)
