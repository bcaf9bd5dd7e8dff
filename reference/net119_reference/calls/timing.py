"""The timers of a call, as the rules of anchor and callee read them."""

from dataclasses import dataclass
from datetime import timedelta

from net119_protocol.codes import CallState

from net119_reference.calls.model import Call, Side

NEVER_ASSIGNED_S = 60.0
"""How long after an accepted offer's end the assignment is waited for."""
LONGEST_OFFER = timedelta(hours=1)
"""An offer is not waited for longer than this, whatever its sender's clock says."""


@dataclass(frozen=True)
class Timing:
    """Timers of the design, seconds: T1 and its attempts, T2; after what a caller is silent."""

    t1_s: float
    offer_attempts: int
    t2_s: float
    silent_s: float


def longest_wait(call: Call, timing: Timing) -> timedelta:
    """No deadline of the call is further off than this at the moment when it is made."""
    if call.side is Side.CALLEE and call.state is CallState.OFFERING:
        return LONGEST_OFFER + timedelta(seconds=NEVER_ASSIGNED_S)
    if call.offer is not None or call.reopening:
        return timedelta(seconds=timing.t1_s)
    return timedelta(seconds=timing.t2_s)
