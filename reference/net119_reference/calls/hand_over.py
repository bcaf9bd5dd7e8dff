"""A call goes from one dispatcher to another of the same center.

Its owner is the department, and stays so: nothing of it is told to the other provider, whose
caller and record keep the dispatcher who answered first.
"""

from net119_reference.calls.effects import Change, Note
from net119_reference.calls.model import Call


def take_over(call: Call, dispatcher: str) -> Change:
    """Let ``dispatcher`` have an answered call; nothing changes if it is theirs already."""
    if call.answered_by == dispatcher:
        return Change(call)
    before = call.answered_by or ""
    call = call.model_copy(update={"answered_by": dispatcher})
    return Change(call, (Note("handed over", f"{before} to {dispatcher}"),))
