"""A caller who is connected and says nothing: since when, and when that is shown to the owner.

Only the provider that owns a call watches, by what it has itself: when the handset came, the
caller's last line and the last place told.  So no message is needed for it, at either side.
"""

from datetime import datetime, timedelta

from net119_protocol.codes import CallState, Presence

from net119_reference.calls.effects import Change, Note
from net119_reference.calls.model import Call

_TALKING = frozenset({CallState.ANSWERED, CallState.TRANSFERRING})


def watched(call: Call, operator: str) -> bool:
    """Whether silence would mean something: a dispatcher of ours talks, the handset is there.

    Who waits for somebody to answer is not silent, and who is not connected is gone.
    """
    connected = call.presence is Presence.CONNECTED
    return call.state in _TALKING and connected and call.owner.provider == operator


def settled(call: Call, operator: str) -> Call:
    """The call without a silence that is over because it is not watched any more."""
    if call.silent_since is None or watched(call, operator):
        return call
    return call.model_copy(update={"silent_since": None})


def since(call: Call, heard: datetime | None, now: datetime) -> datetime:
    """Since when a connected caller has said nothing; ``heard`` is when that was last otherwise."""
    # Another machine's clock, or our own before it was put right, may be ahead.
    return min(max(heard or call.presence_since, call.presence_since), now)


def due(call: Call, heard: datetime | None, now: datetime, silent_s: float) -> datetime:
    """When a caller who says nothing more will count as silent: ``silent_s`` after the last word.

    Not before that long after the answer either: until then there was nobody to talk to.
    """
    begun = max(since(call, heard, now), min(call.answered_at or now, now))
    return begun + timedelta(seconds=silent_s)


def begin(call: Call, heard: datetime | None, now: datetime) -> Change:
    """The caller counts as silent from now on."""
    start = since(call, heard, now)
    silent = call.model_copy(update={"silent_since": start})
    return Change(silent, (Note("caller silent", f"since {start.isoformat()}"),))


def end(call: Call) -> Change:
    """The caller has said something; where that was no silence nothing changes."""
    if call.silent_since is None:
        return Change(call)
    heard = call.model_copy(update={"silent_since": None})
    return Change(heard, (Note("caller heard again"),))
