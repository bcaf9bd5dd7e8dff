"""How long a purpose may take at a system whose timers are longer than those of our own runs.

The limits in the purposes were set with the short timers of the providers that we start. A purpose
that waits for a timer gets more time where the system's is longer.
"""

from collections.abc import Collection

from net119_simulators.network.specs import Timers

from net119_conformance.manual.doable import DOABLE
from net119_conformance.manual.steps import MOST_EXTENSIONS
from net119_conformance.purpose import Purpose
from net119_conformance.world.local_bench import TIMERS as SHORT

OFFER, RINGING, SILENCE, PEER = "an offer", "ringing", "a silent caller", "a silent peer"
WAITS: dict[str, tuple[str, ...]] = {
    "BAD-": (OFFER, PEER),
    "CROSSED-": (OFFER,),
    "FALLBACK-": (OFFER, PEER),
    "LINK-": (PEER,),
    "MINOR-": (OFFER,),
    "NOT-RECEIVED": (RINGING, PEER),
    "OFFER": (OFFER,),
    "OWNER-": (OFFER, PEER),
    "REFUSED-": (PEER,),
    "SILENT-": (SILENCE,),
    "STATUS-": (PEER,),
    "TRANSFER-": (OFFER, PEER),
    "UNANSWERED-": (RINGING,),
}
"""What families of purposes wait for, by how their IDs begin."""
TIMES = 4
"""So many waits of each kind one purpose makes at most."""
MOST_S = 3600.0
MOST_STEPS = 24
"""So many steps one purpose asks of a person at most."""
BETWEEN_STEPS_S = 300.0
"""For what the suite and the system do between a person's steps, beside the purpose's own limit."""


def time_limit(purpose: Purpose, timers: Timers, waits: Collection[str] = ()) -> float:
    """Seconds that a purpose may take at a system with these timers.

    ``waits``: what it waits for besides what its family does.
    """
    more = _waits(timers)
    short = _waits(SHORT)
    families = (kinds for beginning, kinds in WAITS.items() if purpose.id.startswith(beginning))
    kinds = {kind for family in families for kind in family} | set(waits)
    extra = sum(max(0.0, more[kind] - short[kind]) for kind in kinds)
    return min(MOST_S, purpose.timeout_s + TIMES * extra)


def work_limit_by_hand(purpose: Purpose, timers: Timers) -> float:
    """Seconds that a purpose may take beside what people take for their steps."""
    return time_limit(purpose, timers) + BETWEEN_STEPS_S


def time_limit_by_hand(purpose: Purpose, timers: Timers, step_s: float) -> float:
    """Seconds after which a purpose has to be over although a person takes as long as allowed.

    A purpose that nobody is asked for has the limit that it has at any other system.
    """
    if purpose.id not in DOABLE:
        return time_limit(purpose, timers)
    return work_limit_by_hand(purpose, timers) + MOST_STEPS * step_s * (1 + MOST_EXTENSIONS)


def _waits(timers: Timers) -> dict[str, float]:
    return {
        OFFER: (timers.t1_s or 5.0) * (timers.offer_attempts or 2),
        RINGING: timers.t2_s or 60.0,
        SILENCE: timers.silent_s or 60.0,
        PEER: (timers.t3_s or 30.0) + (timers.reconnect_s or 10.0),
    }
