"""What the center knows of an alarm unit: which signals it had, and whether it has fallen silent.

Interface H repeats a signal until it is acknowledged.  A unit whose memory was lost begins with 1
again, and its alarm must not be lost: so a count alone makes no repeat, see :meth:`Unit.repeat_of`.
"""

from dataclasses import dataclass, replace
from datetime import datetime

from net119_protocol.alarms.codes import SignalKind
from net119_protocol.alarms.codes import UnitTrouble as Trouble

from net119_reference.alarms.timers import AlarmTimers

REMEMBERED = 64
"""Counts of which a repeat is recognised."""


_BEGINS = {SignalKind.BATTERY_LOW: Trouble.BATTERY, SignalKind.LINE_FAILURE: Trouble.LINE}
_ENDS = {SignalKind.BATTERY_GOOD: Trouble.BATTERY, SignalKind.LINE_BACK: Trouble.LINE}


@dataclass(frozen=True)
class Seen:
    """A signal that was had: its count, what it was, the number of its incident, and when.

    ``sent_at`` is the unit's own clock, where it has one.
    """

    n: int
    kind: SignalKind
    incident: str | None
    at: datetime
    sent_at: datetime | None = None


@dataclass(frozen=True)
class Unit:
    """A unit as it was last heard; ``heard`` is None until the first signal.

    ``seen`` are its newest signals.
    """

    unit_id: str
    since: datetime
    heard: datetime | None = None
    seen: tuple[Seen, ...] = ()
    troubles: frozenset[Trouble] = frozenset()
    battery_percent: int | None = None

    def repeat_of(
        self,
        n: int,
        kind: SignalKind,
        now: datetime,
        timers: AlarmTimers,
        *,
        sent_at: datetime | None = None,
        replayed: bool = False,
    ) -> Seen | None:
        """The signal that this one repeats; None if it is a new one, as it is in every doubt.

        It must have the same count and kind, no other ``sent_at``, and come within ``repeat_s`` of
        the first; later only if the unit says that it kept it (``replayed``) and gives the same
        ``sent_at``.
        """
        for had in reversed(self.seen):
            if had.n != n or had.kind is not kind:
                continue
            both = had.sent_at is not None and sent_at is not None
            if both and had.sent_at != sent_at:
                continue
            if now - had.at <= timers.after("repeat_s") or (both and replayed):
                return had
        return None

    def after(
        self,
        n: int,
        kind: SignalKind,
        incident: str | None,
        now: datetime,
        battery_percent: int | None = None,
        sent_at: datetime | None = None,
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
            seen=(*self.seen, Seen(n, kind, incident, now, sent_at))[-REMEMBERED:],
            troubles=frozenset(troubles),
            battery_percent=self.battery_percent if battery_percent is None else battery_percent,
        )

    def heard_again(self, now: datetime) -> "Unit":
        """The unit once a repeat came: it is there."""
        return replace(self, heard=now, troubles=self.troubles - {Trouble.SILENT})

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
