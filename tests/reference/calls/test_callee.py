"""Rules of the callee, one by one."""

from datetime import UTC, datetime
from typing import Any

import pytest
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Mode,
    Presence,
    ProviderState,
    RejectReason,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import callee
from net119_reference.calls.effects import Change, Note, Remind, Send
from net119_reference.calls.machine import ForbiddenChange
from net119_reference.calls.model import Side

from tests.reference.calls.examples import (
    HOME,
    NOW,
    OFFER_ID,
    THERE,
    TIMING,
    after,
    at_callee,
    department,
    envelope,
    of_type,
    offer_body,
    the,
)

S = CallState
EXERCISES = frozenset({Mode.PRACTICE, Mode.DRILL, Mode.TEST})
READY: dict[str, Any] = {
    "unit": THERE,
    "console": True,
    "modes": EXERCISES,
    "state": ProviderState.NORMAL,
}


@pytest.mark.parametrize(
    ("changes", "mode", "now", "reason"),
    [
        ({}, Mode.TEST, 0, None),
        ({}, Mode.PRACTICE, 0, None),
        ({}, Mode.DRILL, 10, None),
        ({}, Mode.TEST, 10.001, RejectReason.EXPIRED),
        ({}, Mode.LIVE, 0, RejectReason.MODE_NOT_ACCEPTED),
        ({"modes": frozenset({Mode.LIVE})}, Mode.TEST, 0, RejectReason.MODE_NOT_ACCEPTED),
        ({"unit": None}, Mode.TEST, 0, RejectReason.UNKNOWN_DEPARTMENT),
        ({"state": ProviderState.MAINTENANCE}, Mode.TEST, 0, RejectReason.MAINTENANCE),
        ({"state": ProviderState.STOPPING}, Mode.TEST, 0, RejectReason.MAINTENANCE),
        ({"state": ProviderState.OVERLOADED}, Mode.TEST, 0, RejectReason.OVERLOAD),
        ({"console": False}, Mode.TEST, 0, RejectReason.NO_CONSOLE),
        # The first reason that applies is given.
        ({"console": False, "unit": None}, Mode.LIVE, 11, RejectReason.EXPIRED),
        ({"console": False, "unit": None}, Mode.LIVE, 0, RejectReason.MODE_NOT_ACCEPTED),
        ({"console": False, "unit": None}, Mode.TEST, 0, RejectReason.UNKNOWN_DEPARTMENT),
    ],
)
def test_which_offers_are_taken(
    changes: dict[str, Any], mode: Mode, now: float, reason: RejectReason | None
) -> None:
    ready = callee.Readiness(**(READY | changes))
    rejection = callee.judge_offer(offer_body(), mode, ready, after(now))
    assert (rejection.reason if rejection else None) == reason
    if rejection is not None:
        send = callee.rejecting(OFFER_ID, "aoba", rejection)
        assert (send.peer, send.type, send.in_reply_to) == (
            "aoba",
            MessageType.CALL_REJECT,
            OFFER_ID,
        )
        assert send.body == bodies.CallReject(reason=rejection.reason, detail=rejection.detail)
        assert rejection.detail


def taken(**changes: Any) -> Change:
    body = offer_body(**changes)
    return callee.accept(envelope(body, MessageType.CALL_OFFER), body, "aoba", THERE, NOW)


def test_an_accepted_call_is_nobodys_here_until_it_is_assigned() -> None:
    change = taken()
    now = change.call
    assert (now.side, now.state, now.epoch, now.anchor) == (Side.CALLEE, S.OFFERING, 1, "aoba")
    assert now.owner.provider == "aoba"
    assert now.home.department == HOME.department
    assert (now.mode, now.peer) == (Mode.TEST, "aoba")
    send = the(change, Send)
    assert (send.peer, send.in_reply_to) == ("aoba", OFFER_ID)
    assert send.body == bodies.CallAccept(department="chita-nanbu", center="chita")


def test_an_accepted_offer_is_waited_for_for_a_minute_past_its_end() -> None:
    assert taken().call.deadline == after(70)


def test_an_offer_without_end_is_waited_for_for_an_hour() -> None:
    endless = datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
    assert taken(expires_at=endless).call.deadline == after(3660)


def test_an_assignment_makes_the_call_ours() -> None:
    before = at_callee(S.OFFERING, deadline=after(70), answered_by="of another time")
    change = callee.on_assign(before, 2, THERE, after(1), TIMING)
    now = change.call
    assert (now.state, now.epoch, now.owner) == (S.RINGING, 2, THERE)
    assert (now.ringing_since, now.deadline, now.answered_by) == (after(1), after(61), None)
    send = the(change, Send)
    assert (send.peer, send.type) == ("aoba", MessageType.CALL_RINGING)
    assert send.body == bodies.CallRinging(center="chita")


@pytest.mark.parametrize("state", [S.OFFERING, S.RINGING, S.ANSWERED, S.INTERRUPTED])
@pytest.mark.parametrize("reason", WithdrawReason)
def test_a_withdrawal_takes_the_call_away(state: CallState, reason: WithdrawReason) -> None:
    body = bodies.CallWithdraw(reason=reason, taken_by=department("tomakomai"))
    change = callee.on_withdraw(at_callee(state, deadline=NOW), 3, body, after(5))
    now = change.call
    assert (now.state, now.epoch, now.closed_at, now.deadline) == (S.CLOSED, 3, after(5), None)
    assert (now.owner.provider, now.owner.department.code) == ("aoba", "tomakomai")
    assert change.effects == (Note("withdrawn", reason.value),)


def test_a_withdrawal_without_a_taker_names_the_home_department() -> None:
    body = bodies.CallWithdraw(reason=WithdrawReason.CLOSED)
    assert callee.on_withdraw(at_callee(), 2, body, NOW).call.owner == HOME


def test_a_withdrawal_of_a_closed_call_leaves_its_end_as_it_was() -> None:
    before = at_callee(S.CLOSED, epoch=4, closed_at=NOW, outcome=CloseOutcome.PRANK)
    body = bodies.CallWithdraw(reason=WithdrawReason.CLOSED)
    now = callee.on_withdraw(before, 3, body, after(5)).call
    assert (now.closed_at, now.outcome, now.epoch) == (NOW, CloseOutcome.PRANK, 4)


def test_an_answer_is_told_to_the_anchor() -> None:
    change = callee.answer(at_callee(deadline=after(60)), "D", after(4))
    now = change.call
    assert (now.state, now.answered_by, now.answered_at) == (S.ANSWERED, "D", after(4))
    assert now.deadline is None
    send = the(change, Send)
    assert (send.peer, send.type) == ("aoba", MessageType.CALL_ANSWERED)
    assert send.body == bodies.CallAnswered(dispatcher="D", answered_at=after(4))


def test_an_answer_to_a_caller_who_has_gone_is_an_interrupted_call() -> None:
    change = callee.answer(at_callee(presence=Presence.GONE), "D", NOW)
    assert change.call.state is S.INTERRUPTED
    assert len(of_type(change, Send)) == 1


@pytest.mark.parametrize("answered_first", [True, False])
def test_an_answer_before_the_handset_has_connected_interrupts_nothing(
    answered_first: bool,
) -> None:
    """The anchor tells since when it is gone: since the call was made, so it was never there."""
    now = at_callee()
    never = bodies.CallerPresence(presence=Presence.GONE, since=now.opened_at)
    for answers in (answered_first, not answered_first):
        now = callee.answer(now, "D", NOW).call if answers else callee.on_presence(now, never).call
    assert (now.state, now.connecting, now.presence) == (S.ANSWERED, True, Presence.GONE)
    here = bodies.CallerPresence(presence=Presence.CONNECTED, since=after(3))
    now = callee.on_presence(now, here).call
    assert (now.state, now.connecting) == (S.ANSWERED, False)
    gone = bodies.CallerPresence(presence=Presence.GONE, since=after(4))
    now = callee.on_presence(now, gone).call
    assert (now.state, now.connecting) == (S.INTERRUPTED, False)


@pytest.mark.parametrize("state", [S.OFFERING, S.ANSWERED, S.INTERRUPTED, S.CLOSED])
def test_only_a_ringing_call_is_answered(state: CallState) -> None:
    with pytest.raises(ForbiddenChange):
        callee.answer(at_callee(state), "D", NOW)


@pytest.mark.parametrize(
    ("state", "presence", "expected"),
    [
        (S.ANSWERED, Presence.GONE, S.INTERRUPTED),
        (S.INTERRUPTED, Presence.CONNECTED, S.ANSWERED),
        (S.RINGING, Presence.GONE, S.RINGING),
        (S.ANSWERED, Presence.CONNECTED, S.ANSWERED),
        (S.CLOSED, Presence.GONE, S.CLOSED),
    ],
)
def test_presence(state: CallState, presence: Presence, expected: CallState) -> None:
    body = bodies.CallerPresence(presence=presence, since=after(2))
    now = callee.on_presence(at_callee(state), body).call
    assert (now.state, now.presence, now.presence_since) == (expected, presence, after(2))


def test_asking_to_close_closes_nothing() -> None:
    before = at_callee(S.ANSWERED)
    change = callee.ask_to_close(
        before, outcome=CloseOutcome.RELAYED_BY_PHONE, note="n", by="D", relayed_to="Aso"
    )
    assert change.call == before
    send = the(change, Send)
    assert (send.peer, send.type) == ("aoba", MessageType.CALL_CLOSE)
    assert send.body == bodies.CallClose(
        outcome=CloseOutcome.RELAYED_BY_PHONE, note="n", closed_by="D", relayed_to="Aso"
    )


def test_the_anchor_closes() -> None:
    body = bodies.CallClose(outcome=CloseOutcome.PRANK, note="n", closed_by="D")
    now = callee.on_closed(at_callee(S.ANSWERED, deadline=NOW), body, after(8)).call
    assert (now.state, now.closed_at, now.deadline) == (S.CLOSED, after(8), None)
    assert (now.outcome, now.close_note) == (CloseOutcome.PRANK, "n")


def test_a_closed_call_is_not_closed_again() -> None:
    body = bodies.CallClose(outcome=CloseOutcome.PRANK)
    with pytest.raises(ForbiddenChange):
        callee.on_closed(at_callee(S.CLOSED), body, NOW)


def test_an_offer_that_is_never_assigned_is_given_up() -> None:
    change = callee.on_deadline(at_callee(S.OFFERING), after(70), TIMING)
    assert (change.call.state, change.call.closed_at) == (S.CLOSED, after(70))
    assert change.effects == (Note("never assigned"),)


def test_ringing_past_t2_reminds_again_and_again() -> None:
    first = callee.on_deadline(at_callee(), after(60), TIMING)
    assert (first.call.reminders, first.call.deadline) == (1, after(120))
    assert the(first, Remind).center == "chita"
    second = callee.on_deadline(first.call, after(120), TIMING)
    assert (second.call.reminders, second.call.deadline) == (2, after(180))
    assert second.call.state is S.RINGING


@pytest.mark.parametrize("state", [S.ANSWERED, S.INTERRUPTED, S.CLOSED])
def test_a_deadline_that_is_over_does_nothing(state: CallState) -> None:
    change = callee.on_deadline(at_callee(state, deadline=NOW), NOW, TIMING)
    assert change == Change(at_callee(state))
