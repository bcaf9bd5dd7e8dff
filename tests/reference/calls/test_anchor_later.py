"""Rules of the anchor for a call that somebody owns: answers, time, presence, the end."""

from datetime import timedelta
from typing import Any

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Presence,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.texts import notice
from net119_reference.calls import anchor, callee
from net119_reference.calls.effects import (
    Change,
    Note,
    Remind,
    SaySystem,
    Send,
)
from net119_reference.calls.machine import ForbiddenChange

from tests.reference.calls.examples import (
    HOME,
    NOW,
    REPLY_ID,
    SIBLING,
    THERE,
    TIMING,
    after,
    away,
    call,
    of_type,
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


# --- answered, ringing too long, lost ---------------------------------------------------------


def test_an_answer_ends_the_ringing() -> None:
    change = anchor.on_answered(away(), "D. Dispatcher", after(7))
    now = change.call
    assert (now.state, now.answered_at, now.answered_by) == (S.ANSWERED, after(7), "D. Dispatcher")
    assert now.deadline is None


def test_an_answer_to_a_caller_who_has_gone_is_an_interrupted_call() -> None:
    change = anchor.on_answered(away(presence=Presence.GONE), "D", NOW)
    assert change.call.state is S.INTERRUPTED


def test_an_answer_before_the_handset_has_connected_interrupts_nothing() -> None:
    """It was never lost: whoever has just called opens the chat in this moment."""
    now = anchor.on_answered(away(presence=Presence.GONE, connecting=True), "D", NOW).call
    assert (now.state, now.connecting) == (S.ANSWERED, True)
    now = anchor.on_presence(now, Presence.CONNECTED, after(1)).call
    assert (now.state, now.connecting, now.presence) == (S.ANSWERED, False, Presence.CONNECTED)
    now = anchor.on_presence(now, Presence.GONE, after(2)).call
    assert (now.state, now.connecting) == (S.INTERRUPTED, False)


@pytest.mark.parametrize("microseconds", [0, 300])
def test_a_handset_lost_in_the_moment_of_its_call_was_there(microseconds: int) -> None:
    """Else the owner, who knows by the time that it never was, would take it for connecting."""
    call = away(presence=Presence.CONNECTED)
    now = call.opened_at + timedelta(microseconds=microseconds)
    change = anchor.on_presence(call, Presence.GONE, now)
    (sent,) = (each for each in change.effects if isinstance(each, Send))
    assert isinstance(sent.body, bodies.CallerPresence)
    assert sent.body.since > call.opened_at
    there = callee.on_presence(call, sent.body).call
    assert not there.connecting


@pytest.mark.parametrize("state", [S.ANSWERED, S.INTERRUPTED, S.CLOSED])
def test_a_second_answer_changes_nothing(state: CallState) -> None:
    before = away(state, answered_by="first")
    change = anchor.on_answered(before, "second", NOW)
    assert change.call == before


@pytest.mark.parametrize("before", [away(), call(S.RINGING), call(S.RINGING, owner=SIBLING)])
def test_ringing_past_t2_reminds_center_and_caller(before: Any) -> None:
    change = anchor.on_deadline(before, after(60), TIMING, console=True)
    assert (change.call.state, change.call.owner) == (S.RINGING, before.owner)
    assert (change.call.reminders, change.call.deadline) == (1, after(120))
    assert the(change, Remind).center == before.owner.center
    assert told(change) == [NoticeCode.NOBODY_ANSWERS]
    assert (
        the(change, SaySystem).text
        == notice(NoticeCode.NOBODY_ANSWERS, mode=change.call.mode).text_ja
    )


def test_ringing_past_twice_t2_elsewhere_comes_home() -> None:
    change = anchor.on_deadline(away(reminders=1), after(120), TIMING, console=True)
    now = change.call
    assert (now.state, now.owner, now.epoch, now.peer) == (S.RINGING, HOME, 3, None)
    assert (now.reminders, now.deadline) == (0, after(180))
    assert told(change) == [NoticeCode.TAKEN_HOME_UNANSWERED]
    body = withdrawal(change)
    assert (body.reason, body.taken_by) == (WithdrawReason.RINGING_UNANSWERED, HOME.department)


def test_ringing_past_twice_t2_at_another_center_of_ours_comes_home_without_a_message() -> None:
    before = call(S.RINGING, owner=SIBLING, epoch=2, reminders=1)
    change = anchor.on_deadline(before, after(120), TIMING, console=False)
    assert (change.call.owner, change.call.epoch) == (HOME, 3)
    assert told(change) == [NoticeCode.TAKEN_HOME_UNANSWERED, NoticeCode.NOT_RECEIVED]
    assert of_type(change, Send) == []


def test_ringing_past_twice_t2_at_home_tells_the_caller_and_stops_asking() -> None:
    change = anchor.on_deadline(call(S.RINGING, reminders=1), after(120), TIMING, console=True)
    assert (change.call.state, change.call.owner, change.call.epoch) == (S.RINGING, HOME, 1)
    assert change.call.deadline is None
    assert told(change) == [NoticeCode.NOT_RECEIVED]
    assert of_type(change, Note) == [Note("nobody answered at home")]


@pytest.mark.parametrize("state", [S.ANSWERED, S.INTERRUPTED, S.CLOSED])
def test_a_deadline_that_is_over_does_nothing(state: CallState) -> None:
    change = anchor.on_deadline(call(state, deadline=NOW), NOW, TIMING, console=True)
    assert change == Change(call(state))


@pytest.mark.parametrize("state", [S.RINGING, S.ANSWERED, S.INTERRUPTED, S.TRANSFERRING])
def test_a_lost_peer_loses_the_call(state: CallState) -> None:
    before = away(state, answered_by="D", answered_at=NOW)
    change = anchor.on_peer_lost(before, after(40), TIMING, console=True)
    now = change.call
    assert (now.state, now.owner, now.epoch, now.peer) == (S.RINGING, HOME, 3, None)
    assert (now.answered_by, now.answered_at, now.deadline) == (None, None, after(100))
    assert now.told[-1].code is NoticeCode.TAKEN_HOME
    assert now.told[-1].phone_to == (THERE.department,)
    assert withdrawal(change).reason is WithdrawReason.TAKEN_HOME


# --- presence and close -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "presence", "expected"),
    [
        (S.ANSWERED, Presence.GONE, S.INTERRUPTED),
        (S.INTERRUPTED, Presence.CONNECTED, S.ANSWERED),
        (S.RINGING, Presence.GONE, S.RINGING),
        (S.RINGING, Presence.CONNECTED, S.RINGING),
        (S.CLOSED, Presence.CONNECTED, S.CLOSED),
    ],
)
@pytest.mark.parametrize("remote", [True, False])
def test_presence(state: CallState, presence: Presence, expected: CallState, remote: bool) -> None:
    was = Presence.GONE if presence is Presence.CONNECTED else Presence.CONNECTED
    before = (away if remote else call)(state, presence=was)
    change = anchor.on_presence(before, presence, after(3))
    assert (change.call.state, change.call.presence) == (expected, presence)
    assert change.call.presence_since == after(3)
    sent = of_type(change, Send)
    assert len(sent) == (remote and state is not S.CLOSED)
    if sent:
        assert sent[0].body == bodies.CallerPresence(presence=presence, since=after(3))


def test_presence_that_does_not_change_is_nothing() -> None:
    before = away(S.ANSWERED)
    assert anchor.on_presence(before, Presence.CONNECTED, after(3)) == Change(before)


def closed(before: Any, **changes: Any) -> Change:
    return anchor.close(
        before,
        after(9),
        outcome=CloseOutcome.DISPATCHED,
        note="two cars",
        by="D",
        relayed_to=None,
        **changes,
    )


@pytest.mark.parametrize("state", [each for each in CallState if each is not S.CLOSED])
def test_close_from_every_open_state(state: CallState) -> None:
    change = closed(call(state, deadline=after(60)))
    now = change.call
    assert (now.state, now.closed_at, now.deadline) == (S.CLOSED, after(9), None)
    assert (now.outcome, now.close_note, now.offer) == (CloseOutcome.DISPATCHED, "two cars", None)
    assert of_type(change, Send) == []


def test_a_remote_owner_gets_the_confirmation() -> None:
    change = closed(away(S.ANSWERED), in_reply_to=REPLY_ID)
    send = the(change, Send)
    assert (send.peer, send.type, send.in_reply_to) == ("midori", MessageType.CALL_CLOSE, REPLY_ID)
    assert send.body == bodies.CallClose(
        outcome=CloseOutcome.DISPATCHED, note="two cars", closed_by="D"
    )


def test_a_closed_call_is_not_closed_again() -> None:
    with pytest.raises(ForbiddenChange):
        closed(call(S.CLOSED))
