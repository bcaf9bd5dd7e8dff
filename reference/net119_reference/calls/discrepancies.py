"""Reports that something about a call was wrong: both providers keep them (gap D16)."""

from net119_protocol.api.console_acts import Discrepancy
from net119_protocol.interconnect import MessageType, bodies

from net119_reference.calls.effects import ActKind, Change, Effect, Keep, Note, Send
from net119_reference.calls.model import Call

NOTED = "discrepancy"
"""What the history says of each report."""


def report(call: Call, found: Discrepancy, to: str | None) -> Change:
    """One of ours reports; ``to`` is the other provider, ``None`` if nobody there can read it."""
    change = keep(call, found)
    if to is None:
        return change
    body = bodies.DiscrepancyReport(
        kind=found.kind,
        detail=found.detail,
        reported_by=found.reported_by,
        department=found.department,
    )
    send = Send(to, MessageType.DISCREPANCY_REPORT, body)
    return Change(change.call, (*change.effects, send))


def keep(call: Call, found: Discrepancy) -> Change:
    """Keep a report with the call; nothing else changes."""
    number = call.discrepancies + 1
    effects: tuple[Effect, ...] = (
        Note(NOTED, f"{found.kind.value} by {found.reported_by or found.provider}"),
        Keep(ActKind.DISCREPANCY, number, found),
    )
    return Change(call.model_copy(update={"discrepancies": number}), effects)
