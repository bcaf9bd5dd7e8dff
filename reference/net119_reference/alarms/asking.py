"""Asking neighbour helpers to look, in their registered order (KYO-10)."""

from collections.abc import Sequence
from datetime import datetime

from net119_protocol.alarms.codes import HelperAnswer, IncidentState
from net119_protocol.alarms.incident import HelperAsked, Incident
from net119_protocol.alarms.people import Helper

from net119_reference.alarms.timers import AlarmTimers

ON_THE_WAY = frozenset({HelperAnswer.GOES, HelperAnswer.ARRIVED})


class NotAsked(LookupError):
    """This helper was not asked in this incident."""


def ask_next(
    incident: Incident, helpers: Sequence[Helper], now: datetime, timers: AlarmTimers
) -> Incident:
    """Ask the next one in order, unless somebody is on the way; unchanged where all were asked."""
    number = len(incident.helpers)
    if number >= len(helpers) or any(each.answer in ON_THE_WAY for each in incident.helpers):
        return incident.model_copy(update={"ask_next_by": None})
    helper = helpers[number]
    asked = HelperAsked(
        order=number + 1,
        name=helper.name,
        phone=helper.phone,
        asked_at=now,
        corps_member=helper.corps_member,
    )
    return incident.model_copy(
        update={
            "helpers": (*incident.helpers, asked),
            "ask_next_by": now + timers.after("helper_s"),
        }
    )


def helper_answers(
    incident: Incident,
    order: int,
    answer: HelperAnswer,
    helpers: Sequence[Helper],
    now: datetime,
    timers: AlarmTimers,
) -> Incident:
    """A helper has answered; one who cannot go, or is not reached, is followed by the next.

    Raises:
        NotAsked: this helper was not asked.
    """
    if not 1 <= order <= len(incident.helpers):
        raise NotAsked(f"helper {order} was not asked; {len(incident.helpers)} were")
    before = incident.helpers[order - 1]
    told = before.model_copy(update={"answer": answer, "answered_at": now})
    asked = (*incident.helpers[: order - 1], told, *incident.helpers[order:])
    changed = incident.model_copy(update={"helpers": asked})
    if answer in ON_THE_WAY:
        return changed.model_copy(update={"ask_next_by": None})
    waiting = any(each.answer is None for each in asked)
    if incident.state is not IncidentState.DISPATCHED:
        return changed
    if waiting:
        return _waited_for(changed, now, timers)
    return ask_next(changed, helpers, now, timers)


def _waited_for(incident: Incident, now: datetime, timers: AlarmTimers) -> Incident:
    """Somebody who was asked later may still answer, and is waited for as long as anybody.

    Who was on the way and then cannot go had stopped the time, which has to run again.
    """
    if incident.ask_next_by is not None or any(e.answer in ON_THE_WAY for e in incident.helpers):
        return incident
    asked = max(each.asked_at for each in incident.helpers if each.answer is None)
    return incident.model_copy(
        update={"ask_next_by": max(now, min(asked, now) + timers.after("helper_s"))}
    )
