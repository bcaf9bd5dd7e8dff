"""The table of states against one that is written down here independently, pair by pair."""

import itertools

import pytest
from net119_protocol.codes import CallState
from net119_reference.calls.machine import (
    TRANSITIONS,
    ForbiddenChange,
    Trigger,
    advance,
    allows,
    as_markdown,
)

# One row a state, one column a trigger, in the order of COLUMNS; "-" where nothing can happen.
COLUMNS = (
    "locate offer ring answer handset-gone handset-back transfer transfer-failed take-home close "
    "reopen"
)
TABLE = """
open         locating - - - - - - - - closed -
locating     - offering ringing - - - - - - closed -
offering     - offering ringing - - - - - ringing closed -
ringing      - - - answered - - - - ringing closed -
answered     - - - - interrupted - transferring - ringing closed -
interrupted  - - - - - answered transferring - ringing closed -
transferring - - ringing - - - - answered ringing closed -
closed       - - - - - - - - - - ringing
"""
EXPECTED = {
    (row.split()[0], column): target
    for row in TABLE.strip().splitlines()
    for column, target in zip(COLUMNS.split(), row.split()[1:], strict=True)
}


@pytest.mark.parametrize(("state", "trigger"), list(itertools.product(CallState, Trigger)))
def test_every_pair(state: CallState, trigger: Trigger) -> None:
    target = EXPECTED[state.value, trigger.value]
    assert allows(state, trigger) == (target != "-")
    if target != "-":
        assert advance(state, trigger).value == target
        return
    with pytest.raises(ForbiddenChange) as forbidden:
        advance(state, trigger)
    assert (forbidden.value.state, forbidden.value.trigger) == (state, trigger)
    assert state.value in str(forbidden.value)
    assert trigger.value in str(forbidden.value)


def test_no_call_is_stuck() -> None:
    """From every state a call can be closed, or is closed."""
    for state in CallState:
        assert state is CallState.CLOSED or allows(state, Trigger.CLOSE)


def test_every_state_can_be_reached() -> None:
    reached = {CallState.OPEN}
    for _ in CallState:
        reached |= {target for (state, _), target in TRANSITIONS.items() if state in reached}
    assert reached == set(CallState)


def test_the_documentation_shows_every_change() -> None:
    rows = as_markdown().splitlines()
    assert len(rows) == 2 + len(TRANSITIONS)
    assert "| ringing | answer | answered |" in rows
