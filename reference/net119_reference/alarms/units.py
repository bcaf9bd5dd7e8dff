"""What the center knows of an alarm unit: which signals it had, and whether it has fallen silent.

Interface H repeats a signal until it is acknowledged.  A count that was seen before is a repeat;
any other, also a lower one, is new: a unit whose memory was lost begins with 1 again, and its
alarm must not be lost.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from net119_protocol.alarms.codes import SignalKind

from net119_reference.alarms.timers import AlarmTimers

REMEMBERED = 64
"""Counts of which a repeat is recognised."""


class Trouble(StrEnum):
    """What is wrong with a unit; shown at the alarm desk until it is good again."""

    SILENT = "silent"
    BATTERY = "battery"
    LINE = "line"


_BEGINS = {SignalKind.BATTERY_LOW: Trouble.BATTERY, SignalKind.LINE_FAILURE: Trouble.LINE}
_ENDS = {SignalKind.BATTERY_GOOD: Trouble.BATTERY, SignalKind.LINE_BACK: Trouble.LINE}


@dataclass(frozen=True)
class Unit:
    """A unit as it was last heard.

    ``seen`` are the newest counts with what each was and the incident that it belongs to;
    ``heard`` is None until the first signal.
    """

    unit_id: str
    since: datetime
    heard: datetime | None = None
    seen: tuple[tuple[int, SignalKind, str | None], ...] = ()
    troubles: frozenset[Trouble] = frozenset()
    battery_percent: int | None = None

    def known(self, n: int, kind: SignalKind) -> tuple[bool, str | None]:
        """Whether this signal was had before, and the number of its incident.

        The same count with another kind is another signal: its alarm is not lost to a test that
        had the number before the unit's memory was lost.
        """
        for had, what, incident in reversed(self.seen):
            if had == n and what is kind:
                return True, incident
        return False, None

    def after(
        self,
        n: int,
        kind: SignalKind,
        incident: str | None,
        now: datetime,
        battery_percent: int | None = None,
    ) -> "Unit":
        """The unit once this signal was taken; any signal ends its silence."""
        troubles = set(self.troubles) - {Trouble.SILENT}
        if kind in _BEGINS:
            troubles.add(_BEGINS[kind])
        if kind in _ENDS:
            troubles.discard(_ENDS[kind])
        return replace(
            self,
            heard=now,
            seen=(*self.seen, (n, kind, incident))[-REMEMBERED:],
            troubles=frozenset(troubles),
            battery_percent=self.battery_percent if battery_percent is None else battery_percent,
        )

    def silent_at(self, timers: AlarmTimers) -> datetime:
        """When it counts as silent unless it is heard before."""
        wait = timers.after("heartbeat_s") * timers.beats_missed
        return (self.heard or self.since) + wait

    def tick(self, now: datetime, timers: AlarmTimers) -> "Unit":
        """The unit as time alone has made it."""
        if now < self.silent_at(timers):
            return self
        return replace(self, troubles=self.troubles | {Trouble.SILENT})


def is_late(sent_at: datetime | None, now: datetime, timers: AlarmTimers) -> bool:
    """Whether a signal is told to be late: by the unit's own clock it was sent long ago."""
    return sent_at is not None and now - sent_at > timers.after("late_s")
