"""Rules of the anchor, one by one."""

from typing import Any

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallState,
    ErrorCode,
    Presence,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.texts import notice
from net119_reference.calls import anchor, offers
from net119_reference.calls.effects import (
    Change,
    Note,
    Resend,
    SaySystem,
    Send,
    SendLinesAfter,
)
from net119_reference.calls.machine import ForbiddenChange

from tests.reference.calls.examples import (
    CALL_ID,
    HOME,
    NOW,
    OFFER_ID,
    REPLY_ID,
    SIBLING,
    THERE,
    TIMING,
    after,
    away,
    call,
    line,
    of_type,
    offering,
    the,
)

S = CallState


def told(change: Change) -> list[NoticeCode]:
    return [each.code for each in change.call.told]


def withdrawal(change: Change) -> bodies.CallWithdraw:
    send = the(change, Send)
    assert (send.peer, send.type) == ("midori", MessageType.CALL_WITHDRAW)
    assert isinstance(send.body, bodies.CallWithdraw)
    return send.body


# --- ringing at a center of ours --------------------------------------------------------------


def test_the_home_department_rings_under_the_first_epoch() -> None:
    change = anchor.ring(call(S.LOCATING), HOME, NOW, TIMING, console=True)
    assert (change.call.state, change.call.owner, change.call.epoch) == (S.RINGING, HOME, 1)
    assert (change.call.ringing_since, change.call.deadline) == (NOW, after(60))
    assert told(change) == []
    assert of_type(change, SaySystem) == []


def test_another_department_of_ours_is_an_owner_under_a_new_epoch() -> None:
    change = anchor.ring(call(S.LOCATING), SIBLING, NOW, TIMING, console=True)
    assert (change.call.owner, change.call.epoch, change.call.home) == (SIBLING, 2, HOME)


def test_without_a_console_the_caller_is_told_at_once_that_nobody_has_received_the_call() -> None:
    change = anchor.ring(call(S.LOCATING), HOME, NOW, TIMING, console=False)
    assert told(change) == [NoticeCode.NOT_RECEIVED]
    assert (
        the(change, SaySystem).text
        == notice(NoticeCode.NOT_RECEIVED, mode=change.call.mode).text_ja
    )
    assert change.call.state is S.RINGING


@pytest.mark.parametrize("state", [S.OPEN, S.RINGING, S.ANSWERED, S.INTERRUPTED, S.CLOSED])
def test_a_call_in_another_state_does_not_begin_to_ring(state: CallState) -> None:
    with pytest.raises(ForbiddenChange):
        anchor.ring(call(state), HOME, NOW, TIMING, console=True)


# --- offers -----------------------------------------------------------------------------------


def test_an_offer_leaves_the_call_with_the_home_department() -> None:
    lines = (line(1), line(2))
    change = offers.offer(
        call(S.LOCATING), THERE, NOW, TIMING, message_id=OFFER_ID, transcript=lines
    )
    assert (change.call.state, change.call.owner, change.call.epoch) == (S.OFFERING, HOME, 1)
    assert change.call.peer is None
    assert change.call.offered == ("midori",)
    assert change.call.deadline == after(5)
    pending = change.call.offer
    assert pending is not None
    assert (pending.attempts_left, pending.expires_at, pending.last_seq) == (1, after(10), 2)
    send = the(change, Send)
    assert (send.peer, send.type, send.message_id) == ("midori", MessageType.CALL_OFFER, OFFER_ID)
    body = send.body
    assert isinstance(body, bodies.CallOffer)
    assert (body.department, body.expires_at, body.last_seq) == ("chita-nanbu", after(10), 2)
    assert body.transcript == lines
    assert body.home == HOME.department


def test_an_offer_without_lines_ends_at_number_zero() -> None:
    change = offers.offer(call(S.LOCATING), THERE, NOW, TIMING, message_id=OFFER_ID, transcript=())
    body = the(change, Send).body
    assert isinstance(body, bodies.CallOffer)
    assert (body.last_seq, body.transcript) == (0, ())


def test_silence_past_t1_sends_the_same_message_again() -> None:
    change = anchor.on_deadline(offering(1), after(5), TIMING, console=True)
    assert (change.call.state, change.call.deadline) == (S.OFFERING, after(10))
    assert change.call.offer is not None
    assert change.call.offer.attempts_left == 0
    assert the(change, Resend) == Resend("midori", OFFER_ID)
    assert of_type(change, Send) == []


@pytest.mark.parametrize("console", [True, False])
def test_silence_past_the_last_attempt_brings_the_call_home(console: bool) -> None:
    change = anchor.on_deadline(offering(0), after(10), TIMING, console=console)
    now = change.call
    assert (now.state, now.owner, now.epoch, now.offer) == (S.RINGING, HOME, 1, None)
    assert now.deadline == after(70)
    expected = [NoticeCode.CALL_HOME_PEER_SILENT]
    assert told(change) == expected + ([] if console else [NoticeCode.NOT_RECEIVED])
    assert now.told[0].phone_to == (THERE.department,)
    assert len(of_type(change, SaySystem)) == len(told(change))
    # Nothing is withdrawn that nobody has accepted.
    assert of_type(change, Send) == []


# --- accepts ----------------------------------------------------------------------------------


def accepted(before: Any, sender: str = "midori", **changes: Any) -> Change:
    given: dict[str, Any] = {"in_reply_to": OFFER_ID, "message_id": REPLY_ID}
    body = bodies.CallAccept(department="chita-nanbu", center="chita")
    return anchor.on_accept(before, sender, body, now=after(1), timing=TIMING, **(given | changes))


@pytest.mark.parametrize("in_reply_to", [OFFER_ID, None])
def test_an_accept_makes_the_peer_the_owner_under_a_new_epoch(in_reply_to: Any) -> None:
    change = accepted(offering(), in_reply_to=in_reply_to)
    now = change.call
    assert (now.state, now.owner, now.epoch, now.peer) == (S.RINGING, THERE, 2, "midori")
    assert (now.offer, now.ringing_since, now.deadline) == (None, after(1), after(61))
    send = the(change, Send)
    assert (send.peer, send.type, send.in_reply_to) == (
        "midori",
        MessageType.CALL_ASSIGN,
        REPLY_ID,
    )
    assert send.body == bodies.CallAssign(department="chita-nanbu", last_seq=3)
    assert the(change, SendLinesAfter) == SendLinesAfter("midori", 3)
    order = [type(effect) for effect in change.effects]
    assert order.index(Send) < order.index(SendLinesAfter)


def test_a_new_owner_is_told_that_the_handset_has_gone() -> None:
    change = accepted(offering(presence=Presence.GONE, presence_since=after(-3)))
    assign, presence = of_type(change, Send)
    assert assign.type is MessageType.CALL_ASSIGN
    assert presence.body == bodies.CallerPresence(presence=Presence.GONE, since=after(-3))


def test_a_second_accept_of_the_owner_changes_nothing() -> None:
    change = accepted(away())
    assert change.call == away()
    assert [type(effect) for effect in change.effects] == [Note]


@pytest.mark.parametrize(
    ("before", "sender", "reply_to", "reason"),
    [
        (call(S.RINGING, offered=("midori",)), "midori", OFFER_ID, WithdrawReason.LATE_ACCEPT),
        (call(S.ANSWERED, offered=("midori",)), "midori", OFFER_ID, WithdrawReason.LATE_ACCEPT),
        (call(S.CLOSED, offered=("midori",)), "midori", OFFER_ID, WithdrawReason.CLOSED),
        (away(S.CLOSED), "midori", OFFER_ID, WithdrawReason.CLOSED),
        (offering(), "akane", OFFER_ID, WithdrawReason.LATE_ACCEPT),
        (offering(), "midori", REPLY_ID, WithdrawReason.LATE_ACCEPT),
    ],
)
def test_any_other_accept_is_withdrawn(
    before: Any, sender: str, reply_to: Any, reason: WithdrawReason
) -> None:
    change = accepted(before, sender, in_reply_to=reply_to)
    assert change.call == before
    send = the(change, Send)
    assert (send.peer, send.in_reply_to) == (sender, REPLY_ID)
    assert send.body == bodies.CallWithdraw(reason=reason, taken_by=before.owner.department)


# --- rejects and errors -----------------------------------------------------------------------


def test_a_reject_brings_the_call_home() -> None:
    change = anchor.on_refused_offer(
        offering(), "midori", "no-console", after(1), TIMING, console=True
    )
    assert (change.call.state, change.call.owner, change.call.epoch) == (S.RINGING, HOME, 1)
    assert told(change) == [NoticeCode.CALL_HOME_PEER_REJECTED]
    assert change.call.told[0].phone_to == (THERE.department,)
    assert of_type(change, Note)[0] == Note("rejected", "midori: no-console")


@pytest.mark.parametrize(
    ("before", "sender"),
    [(offering(), "akane"), (away(), "midori"), (call(S.RINGING), "midori"), (call(S.CLOSED), "x")],
)
def test_a_reject_that_is_too_late_changes_nothing(before: Any, sender: str) -> None:
    change = anchor.on_refused_offer(before, sender, "expired", NOW, TIMING, console=True)
    assert change.call == before
    assert [type(effect) for effect in change.effects] == [Note]


def reported(before: Any, code: ErrorCode, about: str | None, reply_to: Any = None) -> Change:
    error = bodies.ErrorReport(code=code, detail="why", offending_type=about)
    return anchor.on_error(
        before, "midori", error, in_reply_to=reply_to, now=NOW, timing=TIMING, console=True
    )


def test_an_error_about_the_offer_is_a_reject() -> None:
    change = reported(offering(), ErrorCode.INVALID_BODY, "call.offer", OFFER_ID)
    assert (change.call.state, change.call.owner) == (S.RINGING, HOME)
    assert told(change) == [NoticeCode.CALL_HOME_PEER_REJECTED]


@pytest.mark.parametrize(
    ("code", "about"),
    [
        (ErrorCode.WRONG_STATE, "call.assign"),
        (ErrorCode.UNKNOWN_CALL, "call.assign"),
        (ErrorCode.UNKNOWN_CALL, "chat.message"),
    ],
)
def test_an_owner_that_disowns_the_call_loses_it(code: ErrorCode, about: str) -> None:
    change = reported(away(), code, about)
    assert (change.call.state, change.call.owner, change.call.epoch) == (S.RINGING, HOME, 3)
    assert change.call.peer is None
    assert withdrawal(change).reason is WithdrawReason.TAKEN_HOME


@pytest.mark.parametrize(
    ("before", "code", "about"),
    [
        (away(), ErrorCode.STALE_EPOCH, "chat.message"),
        (away(), ErrorCode.INVALID_BODY, "chat.message"),
        (call(S.RINGING), ErrorCode.UNKNOWN_CALL, "call.withdraw"),
        (away(S.CLOSED), ErrorCode.UNKNOWN_CALL, "call.close"),
        (offering(), ErrorCode.INVALID_BODY, "call.offer"),
    ],
)
def test_another_error_is_noted_only(before: Any, code: ErrorCode, about: str) -> None:
    change = reported(before, code, about)
    assert change.call == before
    assert change.effects == (Note("error from peer", f"midori: {code.value}"),)


def test_rules_replace_calls_and_never_change_them() -> None:
    before = offering()
    copy = before.model_copy(deep=True)
    accepted(before)
    anchor.on_deadline(before, after(5), TIMING, console=False)
    assert before == copy
    assert before.call_id == CALL_ID
