"""The states of a call and every permitted change between them.

The whole table stands here; whoever changes a call's state asks :func:`advance`.
"""

from enum import StrEnum

from net119_protocol.codes import CallState


class Trigger(StrEnum):
    """What can happen to a call's state."""

    LOCATE = "locate"
    """The position is being looked up (design: routing)."""
    OFFER = "offer"
    """The call is offered to another provider."""
    RING = "ring"
    """A center has it, nobody has taken it yet."""
    ANSWER = "answer"
    """A human took it."""
    HANDSET_GONE = "handset-gone"
    HANDSET_BACK = "handset-back"
    TRANSFER = "transfer"
    """The owner asked for another department; the owner keeps it until that one is assigned."""
    TRANSFER_FAILED = "transfer-failed"
    TAKE_HOME = "take-home"
    """The home department takes it: reject, silence, a dead peer."""
    CLOSE = "close"
    REOPEN = "reopen"
    """The caller came back by a callback mail: a human must take the call anew (I9)."""


class ForbiddenChange(Exception):
    """The table has no such change."""

    def __init__(self, state: CallState, trigger: Trigger) -> None:
        super().__init__(f"a call that is {state.value} cannot '{trigger.value}'")
        self.state = state
        self.trigger = trigger


_S = CallState
_T = Trigger

TRANSITIONS: dict[tuple[CallState, Trigger], CallState] = {
    (_S.OPEN, _T.LOCATE): _S.LOCATING,
    (_S.LOCATING, _T.OFFER): _S.OFFERING,
    (_S.LOCATING, _T.RING): _S.RINGING,
    (_S.OFFERING, _T.OFFER): _S.OFFERING,
    (_S.OFFERING, _T.RING): _S.RINGING,
    (_S.OFFERING, _T.TAKE_HOME): _S.RINGING,
    (_S.RINGING, _T.ANSWER): _S.ANSWERED,
    (_S.RINGING, _T.TAKE_HOME): _S.RINGING,
    (_S.ANSWERED, _T.HANDSET_GONE): _S.INTERRUPTED,
    (_S.ANSWERED, _T.TRANSFER): _S.TRANSFERRING,
    (_S.ANSWERED, _T.TAKE_HOME): _S.RINGING,
    (_S.INTERRUPTED, _T.HANDSET_BACK): _S.ANSWERED,
    (_S.INTERRUPTED, _T.TRANSFER): _S.TRANSFERRING,
    (_S.INTERRUPTED, _T.TAKE_HOME): _S.RINGING,
    (_S.TRANSFERRING, _T.RING): _S.RINGING,
    (_S.TRANSFERRING, _T.TRANSFER_FAILED): _S.ANSWERED,
    (_S.TRANSFERRING, _T.TAKE_HOME): _S.RINGING,
    (_S.CLOSED, _T.REOPEN): _S.RINGING,
    **{(state, _T.CLOSE): _S.CLOSED for state in _S if state is not _S.CLOSED},
}
"""(state, trigger) -> next state.  What is not in the table cannot happen."""


def advance(state: CallState, trigger: Trigger) -> CallState:
    """The next state.

    Raises:
        ForbiddenChange: the table has no such change.
    """
    try:
        return TRANSITIONS[state, trigger]
    except KeyError:
        raise ForbiddenChange(state, trigger) from None


def allows(state: CallState, trigger: Trigger) -> bool:
    """Whether the table has this change."""
    return (state, trigger) in TRANSITIONS


def as_markdown() -> str:
    """The table for the documentation."""
    rows = ["| state | trigger | next |", "| --- | --- | --- |"]
    rows += [
        f"| {state.value} | {trigger.value} | {target.value} |"
        for (state, trigger), target in TRANSITIONS.items()
    ]
    return "\n".join(rows) + "\n"
