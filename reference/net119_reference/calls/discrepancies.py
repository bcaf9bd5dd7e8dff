"""Reports that something about a call was wrong: both providers keep them (gap D16).

The anchor tells every provider that has, or had, the call: what was wrong may be what a former
owner did.  Who is not the anchor tells the anchor.
"""

from collections.abc import Sequence

from net119_protocol.api.console_acts import Discrepancy
from net119_protocol.interconnect import MessageType, bodies

from net119_reference.calls.effects import ActKind, Change, Effect, Keep, Note, Send
from net119_reference.calls.model import Call, Side

NOTED = "discrepancy"
"""What the history says of each report."""


def others(call: Call) -> tuple[str, ...]:
    """The other providers that are to know of a report of ours."""
    if call.side is Side.CALLEE:
        return (call.anchor,)
    # A call recorded by an earlier version knows its last owner alone.
    last = () if call.peer is None else (call.peer,)
    return tuple(dict.fromkeys((*call.assigned, *last)))


def report(call: Call, found: Discrepancy, to: Sequence[str]) -> Change:
    """One of ours reports; ``to`` are those of the others that can read it."""
    change = keep(call, found)
    body = bodies.DiscrepancyReport(
        kind=found.kind,
        detail=found.detail,
        reported_by=found.reported_by,
        department=found.department,
    )
    sends = (Send(peer, MessageType.DISCREPANCY_REPORT, body) for peer in to)
    return Change(change.call, (*change.effects, *sends))


def keep(call: Call, found: Discrepancy) -> Change:
    """Keep a report with the call; nothing else changes."""
    number = call.discrepancies + 1
    effects: tuple[Effect, ...] = (
        Note(NOTED, f"{found.kind.value} by {found.reported_by or found.provider}"),
        Keep(ActKind.DISCREPANCY, number, found),
    )
    return Change(call.model_copy(update={"discrepancies": number}), effects)
