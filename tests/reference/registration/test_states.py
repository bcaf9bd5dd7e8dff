"""What can happen to a registration, and what it becomes (design, section 8)."""

import pytest
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_reference.ports import Refused
from net119_reference.registration.states import (
    CAN_CALL,
    ENDED,
    LIVE,
    REGISTERED,
    REVIEWED,
    Act,
    after,
)

END = {Act.WITHDRAW: State.STOPPED, Act.CANCEL: State.CANCELLED}
REGISTERED_ONES = {**END, Act.STOP: State.STOPPED}
CALLERS = {
    **REGISTERED_ONES,
    Act.SUSPEND: State.SUSPENDED,
    Act.APPLY_CHANGE: State.CHANGE_PENDING,
    Act.RENEW: State.APPROVED,
}
TABLE: dict[State, dict[Act, State]] = {
    State.APPLIED: {
        **END,
        Act.APPROVE: State.APPROVED,
        Act.RETURN: State.RETURNED,
        Act.REFUSE: State.REFUSED,
    },
    State.RETURNED: {**END, Act.CORRECT: State.APPLIED, Act.REFUSE: State.REFUSED},
    State.APPROVED: {**CALLERS, Act.EXPIRE: State.EXPIRED},
    State.CHANGE_PENDING: {
        **CALLERS,
        Act.APPROVE_CHANGE: State.APPROVED,
        Act.RETURN_CHANGE: State.APPROVED,
        Act.REJECT_CHANGE: State.APPROVED,
    },
    State.EXPIRED: CALLERS,
    State.SUSPENDED: {**REGISTERED_ONES, Act.RESUME: State.APPROVED},
    State.REFUSED: {},
    State.STOPPED: {},
    State.CANCELLED: {},
}
"""Every record can be destroyed besides, once."""
ALLOWED = {
    **{(state, act): then for state, acts in TABLE.items() for act, then in acts.items()},
    **{(state, Act.DESTROY): State.DESTROYED for state in TABLE},
}


@pytest.mark.parametrize("act", Act)
@pytest.mark.parametrize("state", State)
def test_an_act_leads_where_the_table_says_or_is_refused_by_what_would_do(
    state: State, act: Act
) -> None:
    then = ALLOWED.get((state, act))
    if then is not None:
        assert after(state, act) is then
        return
    with pytest.raises(Refused) as refused:
        after(state, act)
    assert refused.value.code is Refusal.WRONG_STATE
    said, _, needed = refused.value.detail.partition(";")
    assert state.value in said
    assert act.value in needed
    would_do = {each.value for each, wanted in ALLOWED if wanted is act}
    assert set(needed.rpartition(": ")[2].split(", ")) == would_do


@pytest.mark.parametrize(("state", "act"), ALLOWED)
def test_a_change_that_waits_for_review_goes_on_waiting(state: State, act: Act) -> None:
    """Who renews, or is let in again, with a change under review, has it under review still."""
    goes_on = act in (Act.RENEW, Act.RESUME)
    wanted = State.CHANGE_PENDING if goes_on else ALLOWED[state, act]
    assert after(state, act, proposal=True) is wanted


def test_the_states_in_which_a_person_can_call_and_those_in_which_nothing_comes_any_more() -> None:
    assert {State.APPROVED, State.CHANGE_PENDING, State.EXPIRED} == CAN_CALL
    assert CAN_CALL | {State.SUSPENDED} == REGISTERED
    assert REGISTERED | {State.APPLIED, State.RETURNED} == LIVE
    assert set(State) - LIVE == ENDED
    assert {State.APPLIED, State.CHANGE_PENDING} == REVIEWED
