"""How an incident ends: by what was done for it since the button was pressed last.

Somebody was sent, looked, was told, or spoke with the user; what was done before a later press was
done for the matter before it (KYO-07 to KYO-09).
"""

from datetime import datetime

from net119_protocol.alarms.codes import AlarmOutcome, Finding
from net119_protocol.alarms.incident import Incident

_BY_WHAT_WAS_DONE = frozenset(
    {
        AlarmOutcome.INVESTIGATED,
        AlarmOutcome.PASSED_ON,
        AlarmOutcome.CONSULTED,
        AlarmOutcome.NO_ACTION,
    }
)


def outcome(incident: Incident) -> AlarmOutcome:
    """What was done for it: sent, looked, told, talked; else none, and the reason says why."""
    if incident.dispatched:
        return AlarmOutcome.DISPATCHED
    looked, known = _looked(incident), _known(incident)
    if looked and (incident.finding is Finding.FIRE_SERVICE or not known):
        return AlarmOutcome.INVESTIGATED
    if known:
        return AlarmOutcome.PASSED_ON
    # Only a consultation ends without a finding; words of the dispatcher alone are none.
    talked = incident.finding is None and any(not each.by for each in incident.speech)
    return AlarmOutcome.CONSULTED if talked else AlarmOutcome.NO_ACTION


def undone(incident: Incident) -> str:
    """What was only decided, and never done, with what to do; empty where nothing is so.

    It does not end as done, and not without a reason of its own (KYO-08, KYO-09).
    """
    if incident.dispatched or _known(incident):
        return ""
    if incident.finding is Finding.FIRE_SERVICE and not _looked(incident):
        return "nobody was sent to look, nor told: do either, or say why it is not needed"
    if incident.finding is Finding.OTHER:
        return "nobody was told of it: tell somebody, or say why that is not needed"
    return ""


def told_after(before: Incident, after: Incident) -> Incident:
    """What became known after the end: how it ended follows it, and the reason may be owed anew.

    Ended while somebody was still to be told, and then nobody was reached: that needs the reason
    that was not needed then.  Unchanged while it is open, or where this does not decide its end.
    """
    if after.open or after.outcome not in _BY_WHAT_WAS_DONE:
        return after
    owed = bool(undone(after)) and (before.reason_owed or not undone(before))
    return after.model_copy(update={"outcome": outcome(after), "reason_owed": owed})


def _since(incident: Incident) -> datetime:
    """When the button was pressed last; the machine hails once for each press that is heard."""
    presses = [each.at for each in incident.hails if not each.by]
    return presses[-1] if presses else incident.raised_at


def _known(incident: Incident) -> bool:
    """Whether somebody was told of it, or still is to be told."""
    since = _since(incident)
    return any(
        each.reached is not False and (each.noted_at or each.due) >= since
        for each in incident.tellings
    )


def _looked(incident: Incident) -> bool:
    """Whether crews were sent to look, or told of the house."""
    since = _since(incident)
    return any(each.at >= since for each in incident.dispatches) or any(
        each.at >= since for each in incident.scene
    )
