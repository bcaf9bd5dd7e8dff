"""What can happen to a registration, and what it becomes (design, section 8)."""

from enum import StrEnum

from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal

from net119_reference.ports import Refused


class Act(StrEnum):
    """Acts upon a registration; the values are the codes of its history."""

    CORRECT = "corrected"
    APPROVE = "approved"
    RETURN = "returned"
    REFUSE = "refused"
    APPLY_CHANGE = "change-applied"
    APPROVE_CHANGE = "change-approved"
    RETURN_CHANGE = "change-returned"
    REJECT_CHANGE = "change-rejected"
    SUSPEND = "suspended"
    RESUME = "resumed"
    EXPIRE = "expired"
    RENEW = "renewed"
    STOP = "stopped"
    WITHDRAW = "withdrawn"
    CANCEL = "cancelled"
    DESTROY = "destroyed"


CAN_CALL = frozenset({State.APPROVED, State.CHANGE_PENDING, State.EXPIRED})
"""Calls are taken; an expired registration's too, until it is suspended."""
REGISTERED = CAN_CALL | {State.SUSPENDED}
"""The person has been approved, and the registration has not ended."""
LIVE = REGISTERED | {State.APPLIED, State.RETURNED}
"""The mail address is taken: it is registered, or applied for."""
ENDED = frozenset({State.REFUSED, State.STOPPED, State.CANCELLED, State.DESTROYED})
"""Nothing but the destruction of the record comes after these."""
REVIEWED = frozenset({State.APPLIED, State.CHANGE_PENDING})
"""A reviewer is to decide."""

_FROM: dict[Act, tuple[frozenset[State], State]] = {
    Act.CORRECT: (frozenset({State.RETURNED}), State.APPLIED),
    Act.APPROVE: (frozenset({State.APPLIED}), State.APPROVED),
    Act.RETURN: (frozenset({State.APPLIED}), State.RETURNED),
    Act.REFUSE: (frozenset({State.APPLIED, State.RETURNED}), State.REFUSED),
    Act.APPLY_CHANGE: (CAN_CALL, State.CHANGE_PENDING),
    Act.APPROVE_CHANGE: (frozenset({State.CHANGE_PENDING}), State.APPROVED),
    Act.RETURN_CHANGE: (frozenset({State.CHANGE_PENDING}), State.APPROVED),
    Act.REJECT_CHANGE: (frozenset({State.CHANGE_PENDING}), State.APPROVED),
    Act.SUSPEND: (CAN_CALL, State.SUSPENDED),
    Act.RESUME: (frozenset({State.SUSPENDED}), State.APPROVED),
    Act.EXPIRE: (frozenset({State.APPROVED}), State.EXPIRED),
    Act.RENEW: (frozenset({State.APPROVED, State.EXPIRED, State.CHANGE_PENDING}), State.APPROVED),
    Act.STOP: (REGISTERED, State.STOPPED),
    Act.WITHDRAW: (LIVE, State.STOPPED),
    Act.CANCEL: (LIVE, State.CANCELLED),
    Act.DESTROY: (frozenset(set(State) - {State.DESTROYED}), State.DESTROYED),
}


def after(state: State, act: Act, *, proposal: bool = False) -> State:
    """The state after an act; ``proposal`` says whether a change waits for review.

    Raises:
        Refused: the act does not fit the state (``wrong-state``); the text names both.
    """
    allowed, then = _FROM[act]
    if state not in allowed:
        names = ", ".join(sorted(each.value for each in allowed))
        raise Refused(
            Refusal.WRONG_STATE,
            f"this registration is {state.value} already; '{act.value}' needs one of: {names}",
        )
    if act in (Act.RESUME, Act.RENEW) and proposal:
        return State.CHANGE_PENDING
    return then
