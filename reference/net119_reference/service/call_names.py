"""Which call a peer means by a ``callId``: calls are told apart by their anchor, too.

Each anchor names its calls itself.  Any peer that was ever offered a call knows its name, and may
offer a call of its own by it, by mistake or in order to keep the real one from ringing here.  Which
of the two is real cannot be known; so both are taken, each for its anchor.  The one that comes
second gets a name of our own, which only this provider uses: messages bear the anchor's.
"""

from uuid import UUID, uuid5

from net119_reference.calls.model import Call, Side
from net119_reference.service.live import Live

_OWN_NAMES = UUID("6f0f2b1e-6b2a-5a37-9d0c-6c1f2e119119")
"""Namespace of the names that are made here."""


def own_name(anchor: str, call_id: UUID) -> UUID:
    """Our name for an anchor's call whose name another call has here; always the same."""
    return uuid5(_OWN_NAMES, f"{anchor}/{call_id}")


def taken(call: Call | None, sender: str) -> bool:
    """Whether the call is another anchor's than the sender, so that an offer means another one.

    A call that is anchored here is never another's: an offer of it is refused.
    """
    return call is not None and call.side is Side.CALLEE and call.anchor != sender


class CallNames:
    """What calls are named by their anchors, where that is not their name here."""

    def __init__(self) -> None:
        self._theirs: dict[UUID, UUID] = {}

    def loaded(self, call: Call | None) -> None:
        """A call came into memory."""
        if call is not None and call.anchors_id is not None:
            self._theirs[call.call_id] = call.anchors_id

    def named(self, own: UUID, call_id: UUID) -> None:
        """A call is named ``own`` here, and ``call_id`` by its anchor."""
        self._theirs[own] = call_id

    def anchors_id(self, call_id: UUID) -> UUID | None:
        """What the anchor names it; ``None`` if it is named as here."""
        return self._theirs.get(call_id)

    def in_messages(self, call_id: UUID | None) -> UUID | None:
        """The ``callId`` of messages about a call."""
        return None if call_id is None else self._theirs.get(call_id, call_id)


def continue_counts(first: Live, second: Live, sender: str) -> None:
    """Let the second call go on counting where the sender's messages about the first one ended.

    They were about this one, but rejected: nothing but their count was kept.
    """
    for before, after in ((first.n_in, second.n_in), (first.n_out, second.n_out)):
        if sender in before:
            after.setdefault(sender, before[sender])
