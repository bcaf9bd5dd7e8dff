"""The alarm service's timers, seconds; all are settings."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class AlarmTimers:
    """Assumed values: the source says "at once" and gives no figures.

    ``hail_s``: silence after a hail becomes "no answer" (KYO-07).  ``hail_most_s``: it becomes so
    at the latest so long after the alarm, however often the user is called out to.  ``talk_s``:
    somebody answered, and for so long says nothing more, nor is anything decided: "cannot be made
    out".  ``talk_most_s``: the same so long after the answer at the latest, however much is said.
    ``helper_s``: the next helper is asked although the last has not answered (KYO-10).
    ``heartbeat_s``: how often a unit says that it is there; ``beats_missed`` in a row are silence.
    ``anew_s``: an alarm that comes longer after a dispatch is an incident of its own.
    ``late_s``: a signal that its unit sent longer ago is told to be late.  ``repeat_s``: the same
    count within so long of the first is a repeat.
    """

    hail_s: float = 30.0
    hail_most_s: float = 90.0
    talk_s: float = 120.0
    talk_most_s: float = 600.0
    helper_s: float = 60.0
    anew_s: float = 600.0
    heartbeat_s: float = 3600.0
    beats_missed: int = 3
    late_s: float = 120.0
    repeat_s: float = 600.0

    def after(self, name: str) -> timedelta:
        """One of them as a length of time."""
        return timedelta(seconds=float(getattr(self, name)))
