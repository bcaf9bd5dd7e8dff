"""An incident of the home alarm service from the alarm to its end: the state machine.

Every function takes the incident, what happened and the moment, and gives the incident that comes
of it.  Two things hold whatever happens: an incident ends only dispatched or with a recorded
reason why nobody was sent, and a test alarm never dispatches (KYO-04, KYO-07).

| state | what can follow |
| --- | --- |
| hailing | dispatched, investigating, informing, closed (a mistake, said by the user) |
| checking | closed |
| consulting | dispatched, investigating, informing, closed |
| investigating, informing | dispatched, hailing (the button again), closed |
| dispatched | closed (the button again hails, and calls no crew back) |
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from net119_protocol.alarms.codes import (
    DISPATCHING,
    Accident,
    AlarmOutcome,
    Finding,
    IncidentKind,
    IncidentState,
    SignalKind,
)
from net119_protocol.alarms.incident import DispatchOrder, Hail, Incident, Speech
from net119_protocol.alarms.people import Helper
from net119_protocol.codes import Mode

from net119_reference.alarms import asking, ending
from net119_reference.alarms.timers import AlarmTimers

BEGINS = {
    SignalKind.ALARM: (IncidentKind.ALARM, IncidentState.HAILING),
    SignalKind.TEST: (IncidentKind.TEST, IncidentState.CHECKING),
    SignalKind.CONSULTATION: (IncidentKind.CONSULTATION, IncidentState.CONSULTING),
}
"""Signals that an incident begins with."""
ANY_UNITS = "最寄りの消防隊・救急隊"
"""The nearest crews: who is sent where a timer sends, and nobody has chosen."""
_S = IncidentState
_AFTER_FINDING = {Finding.FIRE_SERVICE: _S.INVESTIGATING, Finding.OTHER: _S.INFORMING}
_MAY_FIND = frozenset({_S.HAILING, _S.CONSULTING, _S.INVESTIGATING, _S.INFORMING})
_ENDS_FROM = frozenset({_S.DISPATCHED, _S.INVESTIGATING, _S.INFORMING, _S.CONSULTING})


class NotNow(Exception):
    """What was asked is not possible in this state; the text says why and what to do."""


@dataclass(frozen=True)
class Raised:
    """What an incident begins with.  ``late``: the unit sent the signal long ago."""

    incident_id: UUID
    number: str
    kind: SignalKind
    mode: Mode
    unit_id: str
    registration: int | None
    center: str
    station: str
    ward_office: str
    crew_area: str
    n: int
    late: bool = False
    replayed: bool = False


def begin(raised: Raised, now: datetime, timers: AlarmTimers) -> Incident:
    """The incident that a signal begins; the user of an alarm is hailed at once (KYO-05).

    Raises:
        ValueError: the signal is none that begins an incident.
    """
    if raised.kind not in BEGINS:
        raise ValueError(f"a signal '{raised.kind.value}' begins no incident")
    kind, state = BEGINS[raised.kind]
    hailing = state is _S.HAILING
    return Incident(
        incident_id=raised.incident_id,
        number=raised.number,
        kind=kind,
        mode=raised.mode,
        state=state,
        unit_id=raised.unit_id,
        registration=raised.registration,
        center=raised.center,
        station=raised.station,
        ward_office=raised.ward_office,
        crew_area=raised.crew_area,
        raised_at=now,
        signals=(raised.n,),
        late=raised.late,
        replayed=raised.replayed,
        hails=(Hail(at=now),) if hailing else (),
        hail_due=now + timers.after("hail_s") if hailing else None,
    )


def take(incident: Incident, by: str) -> Incident:
    """A dispatcher takes it, also from a colleague.

    Raises:
        NotNow: it has ended.
    """
    _open(incident)
    return incident.model_copy(update={"taken_by": by})


def hail(incident: Incident, by: str, now: datetime, timers: AlarmTimers) -> Incident:
    """Call out to the user again; the time for an answer begins anew, up to its limit.

    The limit is ``hail_most_s`` after the press that nobody has answered, and for somebody who has
    answered the time that ran already: only the user's own words give more.

    Raises:
        NotNow: nobody is hailed in this state.
    """
    if incident.state is not _S.HAILING:
        raise NotNow("the user is not being hailed now; speak instead")
    due = now + timers.after("hail_s")
    if incident.answered:
        due = min(due, incident.hail_due or due)
    else:
        due = min(due, max(now, _unanswered_since(incident) + timers.after("hail_most_s")))
    return incident.model_copy(
        update={"hails": (*incident.hails, Hail(at=now, by=by)), "hail_due": due}
    )


def _unanswered_since(incident: Incident) -> datetime:
    """The first press after the last answer; those after it put nothing off."""
    since = incident.raised_at
    for each in reversed(incident.hails):
        if each.answered:
            break
        since = since if each.by else each.at
    return since


def speak(
    incident: Incident,
    by: str,
    text: str,
    now: datetime,
    timers: AlarmTimers,
    *,
    client_id: str | None = None,
) -> Incident:
    """Words over the unit; those of the user (``by`` is empty) answer the newest hail.

    From the user's words, and from no one else's, it is counted until silence is dispatched; and
    talk from which nobody has decided anything ends so ``talk_most_s`` after the answer at latest.
    ``client_id`` is what the unit calls them, if it does.

    Raises:
        NotNow: it has ended.
    """
    _open(incident)
    changed: dict[str, object] = {
        "speech": (*incident.speech, Speech(at=now, by=by, text=text, client_id=client_id)),
    }
    if not by and incident.hails:
        newest = incident.hails[-1].model_copy(update={"answered": True})
        changed["hails"] = (*incident.hails[:-1], newest)
    if incident.state is _S.HAILING and not by:
        most = _talking_since(incident, now) + timers.after("talk_most_s")
        changed["hail_due"] = min(now + timers.after("talk_s"), max(now, most))
    return incident.model_copy(update=changed)


def _talking_since(incident: Incident, now: datetime) -> datetime:
    """When the user answered the last press: now, if nothing was said upon it before."""
    pressed = max(each.at for each in incident.hails if not each.by)
    return min([now, *(e.at for e in incident.speech if not e.by and e.at >= pressed)])


@dataclass(frozen=True)
class Decision:
    """What a dispatcher has found out, or a timer decided (``by`` is empty then)."""

    finding: Finding
    by: str = ""
    accident: Accident = Accident.UNKNOWN
    units: str = ""
    reason: str = ""


def decide(
    incident: Incident,
    decision: Decision,
    helpers: Sequence[Helper],
    now: datetime,
    timers: AlarmTimers,
) -> Incident:
    """Act upon what was found (article 10): dispatch, look, tell others, or end.

    Raises:
        NotNow: it is a test; it is dispatched or has ended; or nobody has answered, so that it
            cannot be known that it is no disaster.
    """
    if incident.kind is IncidentKind.TEST:
        raise NotNow("a test alarm is never dispatched: note how the equipment worked (KYO-04)")
    if incident.state not in _MAY_FIND:
        raise NotNow(f"it is {incident.state.value} already; report what becomes known instead")
    if decision.finding in DISPATCHING:
        return _dispatch(incident, decision, helpers, now, timers)
    # A consultation has no hails: there, any words of the user are an answer.
    said = any(not each.by for each in incident.speech)
    if not (incident.answered if incident.hails else said):
        raise NotNow("nobody has answered: that counts as a disaster, dispatch (KYO-07)")
    if not decision.reason.strip():
        raise NotNow("say why nobody is dispatched; the record needs the reason")
    changed: dict[str, object] = {
        "finding": decision.finding,
        "accident": decision.accident,
        "reason": decision.reason,
        "hail_due": None,
        "taken_by": incident.taken_by or decision.by,
    }
    if decision.finding is Finding.MISTAKE:
        changed |= {
            "state": _S.CLOSED,
            "closed_at": now,
            "outcome": AlarmOutcome.MISTAKE,
            "ask_next_by": None,
        }
        return incident.model_copy(update=changed)
    if decision.finding is Finding.FIRE_SERVICE and decision.units:
        changed["dispatches"] = (*incident.dispatches, _order(decision, now, to_investigate=True))
    changed["state"] = _AFTER_FINDING[decision.finding]
    return incident.model_copy(update=changed)


def check_equipment(
    incident: Incident, by: str, now: datetime, *, good: bool, note: str = ""
) -> Incident:
    """A test alarm ends with how the center's own equipment worked (KYO-04).

    Raises:
        NotNow: it is no open test.
    """
    if incident.state is not _S.CHECKING:
        raise NotNow("it is no test alarm that waits for a check")
    outcome = AlarmOutcome.EQUIPMENT_GOOD if good else AlarmOutcome.EQUIPMENT_FAULTY
    if not good and not note.strip():
        raise NotNow("say which equipment did not work")
    return incident.model_copy(
        update={
            "state": _S.CLOSED,
            "closed_at": now,
            "outcome": outcome,
            "taken_by": incident.taken_by or by,
            "reason": note.strip() or "試験通報（機器の作動を確認）",
        }
    )


def close(incident: Incident, by: str, reason: str, now: datetime) -> Incident:
    """End it; or say afterwards why nobody was told, where nobody could be reached after the end.

    Raises:
        NotNow: it has ended; nothing was found out yet; nothing says why nobody was sent; or
            nobody looked or could be told, and ``reason`` does not say why that is not needed.
    """
    if not incident.open and incident.reason_owed:
        return _explained(incident, reason)
    _open(incident)
    if incident.state not in _ENDS_FROM:
        raise NotNow("say first what it is: a disaster, no answer, or something else")
    if not reason.strip() and (missing := ending.undone(incident)):
        raise NotNow(missing)
    said = reason or incident.reason
    if not incident.dispatched and not said.strip():
        raise NotNow("say why nobody was dispatched; the record needs the reason")
    return incident.model_copy(
        update={
            "state": _S.CLOSED,
            "closed_at": now,
            "outcome": ending.outcome(incident),
            "reason": said,
            "taken_by": incident.taken_by or by,
            "ask_next_by": None,
            "hail_due": None,
        }
    )


def _explained(incident: Incident, reason: str) -> Incident:
    if not reason.strip():
        raise NotNow(ending.undone(incident))
    return incident.model_copy(
        update={"reason": reason, "notes": overtaken(incident), "reason_owed": False}
    )


def due(incident: Incident) -> datetime | None:
    """When :func:`tick` has something to do; None where nothing runs."""
    running = [each for each in (incident.hail_due, incident.ask_next_by) if each is not None]
    return min(running) if running and incident.open else None


def longest_wait(incident: Incident, timers: AlarmTimers) -> timedelta:
    """How long :func:`due` can be away at most, whatever becomes of the clock."""
    if incident.state is _S.HAILING:
        return timers.after("talk_s" if incident.answered else "hail_s")
    return timers.after("helper_s")


def tick(
    incident: Incident, helpers: Sequence[Helper], now: datetime, timers: AlarmTimers
) -> Incident:
    """What time alone has made of it: silence is dispatched, the next helper is asked."""
    if incident.state is _S.HAILING and incident.hail_due is not None and now >= incident.hail_due:
        silent = Finding.UNCLEAR if incident.answered else Finding.NO_ANSWER
        return _dispatch(incident, Decision(silent), helpers, now, timers)
    if incident.ask_next_by is not None and now >= incident.ask_next_by and incident.open:
        return asking.ask_next(incident, helpers, now, timers)
    return incident


def _dispatch(
    incident: Incident,
    decision: Decision,
    helpers: Sequence[Helper],
    now: datetime,
    timers: AlarmTimers,
) -> Incident:
    finding = decision.finding
    if finding is Finding.NO_ANSWER and incident.answered:
        finding = Finding.UNCLEAR
    ordered = _order(Decision(finding, decision.by, units=decision.units), now)
    dispatched = incident.model_copy(
        update={
            "state": _S.DISPATCHED,
            "finding": finding,
            "accident": decision.accident,
            "reason": decision.reason,
            "notes": overtaken(incident),
            "dispatches": (*incident.dispatches, ordered),
            "hail_due": None,
            "taken_by": incident.taken_by or decision.by,
        }
    )
    return asking.ask_next(dispatched, helpers, now, timers)


def _order(decision: Decision, now: datetime, *, to_investigate: bool = False) -> DispatchOrder:
    return DispatchOrder(
        at=now,
        by=decision.by,
        units=decision.units or ANY_UNITS,
        because=decision.finding,
        to_investigate=to_investigate,
    )


def overtaken(incident: Incident) -> tuple[str, ...]:
    """The notes, with why nobody was to be sent once that holds no more."""
    return (*incident.notes, incident.reason) if incident.reason.strip() else incident.notes


def _open(incident: Incident) -> None:
    if not incident.open:
        raise NotNow(f"incident {incident.number} has ended")
