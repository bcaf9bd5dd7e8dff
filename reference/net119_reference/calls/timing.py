"""The timers of a call, as the rules of anchor and callee read them."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Timing:
    """Timers of the design, seconds: T1 and its attempts, T2."""

    t1_s: float
    offer_attempts: int
    t2_s: float
