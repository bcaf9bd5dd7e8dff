"""The button again: which incident a signal is part of, and what another press does to it.

A new alarm is never swallowed: not by an incident of those who had the unit before, nor by one
whose crews have done their work; and what was answered before is no answer to it (KYO-05, KYO-07).
"""

from dataclasses import dataclass
from datetime import datetime

from net119_protocol.alarms.codes import IncidentKind, IncidentState, SceneEvent, SignalKind
from net119_protocol.alarms.incident import FurtherSignals, Hail, Incident
from net119_protocol.codes import Mode

from net119_reference.alarms import machine
from net119_reference.alarms.timers import AlarmTimers

LISTED = 100
"""Signals that an incident lists."""
FINAL = frozenset({SceneEvent.HANDED_OVER, SceneEvent.NOTHING_FOUND})
"""Reports with which a crew has done its work at the house."""
_S = IncidentState


@dataclass(frozen=True)
class Whose:
    """Whose unit it is now, and where it stands, ``since`` then (None: it is not known)."""

    registration: int | None
    crew_area: str
    ward_office: str
    since: datetime | None = None

    def has(self, incident: Incident) -> bool:
        """Whether the incident is of the same user and place, not of those before them."""
        theirs = (incident.registration, incident.crew_area, incident.ward_office)
        return theirs == (self.registration, self.crew_area, self.ward_office)


def belongs(
    incident: Incident,
    kind: SignalKind,
    mode: Mode,
    whose: Whose,
    now: datetime,
    timers: AlarmTimers,
) -> bool:
    """Whether another signal of the unit is part of this incident, rather than one of its own.

    An alarm is never swallowed by a test or a consultation, nor one mode by another, nor by what
    was before the unit was put up here, nor by an incident whose crews have done their work.
    """
    if (
        not incident.open
        or incident.mode is not mode
        or machine.BEGINS[kind][0] is not incident.kind
    ):
        return False
    if not whose.has(incident) or (whose.since is not None and incident.raised_at < whose.since):
        return False
    return not _done(incident, now, timers)


def _done(incident: Incident, now: datetime, timers: AlarmTimers) -> bool:
    """Whether the crews that were sent cannot be taken to be on their way any more."""
    if incident.state is not _S.DISPATCHED:
        return False
    sent = max(each.at for each in incident.dispatches if not each.to_investigate)
    final = any(each.event in FINAL and each.at >= sent for each in incident.scene)
    return final or now - sent > timers.after("anew_s")


def pressed_again(incident: Incident, n: int, now: datetime, timers: AlarmTimers) -> Incident:
    """Another press, which is no repeat: the user is hailed anew, and what was said is no answer.

    Who had been told that nobody comes is waited for as after the first alarm; crews on their way
    are not called back.  Nobody has the incident until it is taken anew, unless nobody has
    answered yet: then it is the same alarm still, and nothing is put off.  A button that is stuck
    has its first ``LISTED`` signals listed and the others counted; after them it hails nobody who
    is waited for already.
    """
    full = len(incident.signals) >= LISTED
    waits = incident.state is _S.HAILING and not incident.answered
    changed: dict[str, object] = (
        {"further": _counted(incident.further, now)}
        if full
        else {"signals": (*incident.signals, n)}
    )
    stuck = full and (waits or incident.state is _S.DISPATCHED)
    if incident.kind is not IncidentKind.ALARM or stuck:
        return incident.model_copy(update=changed)
    changed["hails"] = (*incident.hails, Hail(at=now))
    if not waits:
        changed["taken_by"] = ""
    if not waits and incident.state is not _S.DISPATCHED:
        silent = now + timers.after("hail_s")
        changed |= {
            "state": _S.HAILING,
            "hail_due": min(silent, incident.hail_due or silent),
            "finding": None,
            "reason": "",
            "notes": machine.overtaken(incident),
        }
    return incident.model_copy(update=changed)


def _counted(before: FurtherSignals | None, now: datetime) -> FurtherSignals:
    """One more of the signals that are not listed: none is dropped (I10)."""
    if before is None:
        return FurtherSignals(count=1, first_at=now, last_at=now)
    return before.model_copy(update={"count": before.count + 1, "last_at": now})
