"""Rules of callbacks and of reopening, as pure functions (CNB-31, gap D9)."""

from typing import Any
from uuid import UUID

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import (
    CallbackFailure,
    CallState,
    CloseOutcome,
    Mode,
    OfferCause,
    Presence,
    WithdrawReason,
)
from net119_protocol.interconnect import bodies
from net119_protocol.person import Contact, OptionalData
from net119_reference.calls import anchor, callback, reopen
from net119_reference.calls.callback import Asking, Means
from net119_reference.calls.effects import Change, Note, SaySystem, Send
from net119_reference.calls.model import Call, Side
from net119_reference.mail.schedule import Delivery

from tests.reference.calls.examples import HOME, NOW, PERSON, SIBLING, THERE, TIMING, after, call

REQUEST = UUID(int=77)
HERE = Asking("指令員 一", "aoba")
REMOTE = Asking("指令員 二", "midori", REQUEST)
CAN = Means(allowed=True, mail=True, address="hanako@mail.example", per_hour=3)
MOTHER = Contact(name="見本 母", relation="母", phone="0000-00-0002")
BROTHER = Contact(name="見本 弟", relation="弟", mail="otouto@mail.example")


def talked(**changes: Any) -> Call:
    optional = OptionalData(contacts=(MOTHER, BROTHER))
    person = PERSON.model_copy(update={"optional": optional})
    return call(CallState.INTERRUPTED, registrant=person, **changes)


def sends(change: Change) -> list[Send]:
    return [each for each in change.effects if isinstance(each, Send)]


@pytest.mark.parametrize(
    ("means", "reason"),
    [
        (Means(False, True, "a@b.example", 3), CallbackFailure.NOT_ALLOWED),
        (Means(True, False, "a@b.example", 3), CallbackFailure.UNSUPPORTED),
        (Means(True, True, None, 3), CallbackFailure.NO_ADDRESS),
        (CAN, None),
    ],
)
def test_what_keeps_a_letter_from_being_written(
    means: Means, reason: CallbackFailure | None
) -> None:
    found = callback.obstacle(talked(), means, NOW)
    assert (found and found[0]) == reason


def test_letters_of_a_call_are_bounded_within_the_hour_and_refused_ones_do_not_count() -> None:
    now = talked()
    for _ in range(3):
        now = callback.ask(now, HERE, NOW).call
        now = callback.refuse(now, HERE, CallbackFailure.NOT_ALLOWED, "", NOW).call
    found = callback.obstacle(now, CAN, after(3599))
    assert found is not None
    assert found[0] is CallbackFailure.TOO_MANY
    assert callback.obstacle(now, CAN, after(3600)) is None


def test_sent_is_told_only_when_the_server_took_it_and_a_bounce_takes_it_back() -> None:
    asked = callback.ask(talked(), REMOTE, NOW)
    assert sends(asked) == []
    assert callback.shown(asked.call, 1).state == "queued"
    taken = callback.on_letter(asked.call, 1, Delivery.SENT, "250 ok", after(2))
    (sent,) = sends(taken)
    assert (sent.peer, sent.in_reply_to) == ("midori", REQUEST)
    assert sent.body == bodies.CallbackSent(at=after(2))
    back = callback.on_letter(taken.call, 1, Delivery.BOUNCED, "5.1.1", after(9))
    (failed,) = sends(back)
    assert isinstance(failed.body, bodies.CallbackFailed)
    assert failed.body.reason is CallbackFailure.UNDELIVERABLE
    assert failed.body.contacts == (MOTHER, BROTHER)
    shown = callback.shown(back.call, 1)
    assert (shown.state, shown.contacts) == ("failed", (MOTHER, BROTHER))


def test_a_letter_that_came_back_is_not_told_as_sent_afterwards() -> None:
    now = callback.ask(talked(), REMOTE, NOW).call
    back = callback.on_letter(now, 1, Delivery.BOUNCED, "5.1.1", after(1))
    late = callback.on_letter(back.call, 1, Delivery.SENT, "250", after(2))
    assert (late.call, sends(late)) == (back.call, [])


def test_a_server_that_waits_is_told_once_and_the_letter_may_still_arrive() -> None:
    now = callback.ask(talked(), REMOTE, NOW).call
    first = callback.on_letter(now, 1, Delivery.DEFERRED, "450 later", after(1))
    (early,) = sends(first)
    assert isinstance(early.body, bodies.CallbackFailed)
    assert early.body.reason is CallbackFailure.TEMPORARY
    shown = callback.shown(first.call, 1)
    assert (shown.state, shown.failure) == ("queued", CallbackFailure.TEMPORARY)
    again = callback.on_letter(first.call, 1, Delivery.DEFERRED, "450 later", after(3))
    assert again == Change(first.call)
    arrived = callback.on_letter(again.call, 1, Delivery.SENT, "250", after(7))
    shown = callback.shown(arrived.call, 1)
    assert (shown.state, shown.failure, shown.contacts) == ("sent", None, ())


def test_once_the_caller_is_back_no_letter_is_reported_as_lost() -> None:
    now = callback.ask(talked(), HERE, NOW).call
    now = callback.opened(now, 1, after(1)).call
    for outcome in (Delivery.DEFERRED, Delivery.FAILED, Delivery.BOUNCED, Delivery.SENT):
        assert callback.on_letter(now, 1, outcome, "", after(2)).call == now


@pytest.mark.parametrize("mode", [Mode.PRACTICE, Mode.DRILL, Mode.TEST])
def test_outside_live_calls_every_text_says_so_and_nobody_is_to_be_contacted(mode: Mode) -> None:
    now = callback.ask(talked(mode=mode), HERE, NOW).call
    failed = callback.on_letter(now, 1, Delivery.FAILED, "550", after(1)).call
    for text in (callback.shown(now, 1).text_ja, callback.shown(failed, 1).text_ja):
        assert text.startswith("【")
    assert "連絡しないでください" in callback.shown(failed, 1).text_ja
    assert "順に連絡してください" not in callback.shown(failed, 1).text_ja


def test_a_remote_owner_asks_the_anchor_and_keeps_what_it_answers() -> None:
    here = talked(side=Side.CALLEE, anchor="aoba", peer="aoba")
    asked = callback.ask_anchor(here, Asking("指令員 二", "midori"), NOW, REQUEST)
    (request,) = sends(asked)
    assert (request.peer, request.message_id) == ("aoba", REQUEST)
    sent = callback.on_answer(asked.call, bodies.CallbackSent(at=after(1)), REQUEST, after(2)).call
    assert callback.shown(sent, 1).state == "sent"
    lost = bodies.CallbackFailed(reason=CallbackFailure.UNDELIVERABLE, contacts=(BROTHER,))
    shown = callback.shown(callback.on_answer(sent, lost, REQUEST, after(3)).call, 1)
    assert (shown.state, shown.contacts) == ("failed", (BROTHER,))
    other = callback.on_answer(asked.call, lost, UUID(int=5), after(3))
    assert other.call == asked.call


def test_an_anchor_that_does_not_know_callbacks_is_a_failure_and_no_time_out() -> None:
    here = talked(side=Side.CALLEE, anchor="aoba", peer="aoba")
    asked = callback.ask_anchor(here, Asking("二", "midori"), NOW, REQUEST).call
    shown = callback.shown(callback.on_unknown_type(asked, REQUEST, "unknown-type", NOW).call, 1)
    assert (shown.state, shown.failure) == ("failed", CallbackFailure.UNSUPPORTED)


def test_an_answer_without_a_number_is_about_the_last_request_that_waits() -> None:
    here = talked(side=Side.CALLEE, anchor="aoba", peer="aoba")
    for number in (1, 2, 3):
        asking = Asking("指令員 二", "midori")
        here = callback.ask_anchor(here, asking, after(number), UUID(int=number)).call
    sent = bodies.CallbackSent(at=after(4))
    here = callback.on_answer(here, sent, UUID(int=3), after(4)).call
    here = callback.on_answer(here, sent, None, after(5)).call
    assert [each.callback.state for each in here.callbacks] == ["queued", "sent", "sent"]
    here = callback.on_unknown_type(here, None, "unknown-type", after(6)).call
    assert [each.callback.state for each in here.callbacks] == ["failed", "sent", "sent"]
    assert callback.on_unknown_type(here, None, "unknown-type", after(7)).call == here


@pytest.mark.parametrize("state", ["queued", "sent", "failed"])
def test_at_the_owner_the_newest_letter_on_its_way_is_the_one_that_was_opened(state: str) -> None:
    here = talked(side=Side.CALLEE, anchor="aoba", peer="aoba")
    for number in (1, 2):
        asking = Asking("指令員 二", "midori")
        here = callback.ask_anchor(here, asking, after(number), UUID(int=number)).call
    failed = bodies.CallbackFailed(reason=CallbackFailure.UNDELIVERABLE)
    answer = bodies.CallbackSent(at=after(3)) if state == "sent" else failed
    if state != "queued":
        here = callback.on_answer(here, answer, UUID(int=2), after(3)).call
    back = callback.came_back(here, after(9))
    first, second = (callback.shown(back, number) for number in (1, 2))
    opened, other = (first, second) if state == "failed" else (second, first)
    assert (opened.state, opened.changed_at, opened.detail) == ("opened", after(9), "")
    assert other.state == ("failed" if state == "failed" else "queued")
    assert callback.came_back(talked(), after(9)) == talked()


def test_the_record_says_that_a_letter_is_given_up_only_when_it_is() -> None:
    now = callback.ask(talked(), HERE, NOW).call
    for last, what in ((False, "callback failed"), (True, "callback gave up")):
        failed = callback.on_letter(now, 1, Delivery.FAILED, "550", after(1), last=last)
        assert Note(what, "1: 550") in failed.effects


# --- reopening ----------------------------------------------------------------------------------


def closed(**changes: Any) -> Call:
    given = {
        "closed_at": NOW,
        "outcome": CloseOutcome.NO_EMERGENCY,
        "close_note": "済",
        "answered_by": "指令員 一",
        "answered_at": NOW,
        "presence": Presence.GONE,
        "epoch": 4,
    }
    return call(CallState.CLOSED, **(given | changes))


def reopened(
    before: Call, *, own: bool, reachable: bool = True, home_console: bool = True
) -> Change:
    return reopen.reopen(
        before,
        after(10),
        TIMING,
        own=own,
        reachable=reachable,
        last_seq=9,
        home_console=home_console,
    )


def test_a_closed_call_rings_at_its_own_owner_under_a_new_epoch() -> None:
    change = reopened(closed(), own=True)
    now = change.call
    assert (now.state, now.owner, now.epoch) == (CallState.RINGING, HOME, 5)
    assert (now.closed_at, now.outcome, now.answered_by) == (None, None, None)
    assert now.deadline == after(10 + TIMING.t2_s)
    assert sends(change) == []
    assert any(isinstance(each, SaySystem) for each in change.effects)


def test_a_remote_owner_has_it_back_by_an_assignment_before_any_line() -> None:
    change = reopened(closed(owner=THERE, peer="midori", offered=("midori",)), own=False)
    kinds = [type(each).__name__ for each in change.effects]
    (assign, presence) = sends(change)
    assert isinstance(assign.body, bodies.CallAssign)
    assert (assign.body.cause, assign.body.last_seq) == (OfferCause.REOPENED, 9)
    assert presence.body == bodies.CallerPresence(
        presence=Presence.GONE, since=change.call.presence_since
    )
    assert kinds.index("Send") < kinds.index("SaySystem")
    assert (change.call.epoch, change.call.peer) == (5, "midori")
    assert change.call.deadline == after(10 + TIMING.t1_s)


def test_the_ringing_message_starts_t2_and_silence_brings_it_home() -> None:
    there = reopened(closed(owner=THERE, peer="midori", offered=("midori",)), own=False).call
    rings = reopen.rings(there, "chita at midori", after(12), TIMING).call
    assert (rings.reopening, rings.deadline) == (False, after(12 + TIMING.t2_s))
    silent = anchor.on_deadline(there, after(15), TIMING, console=True)
    assert (silent.call.owner, silent.call.epoch, silent.call.reopening) == (HOME, 6, False)
    assert silent.call.told[-1].code is NoticeCode.CALL_HOME_PEER_SILENT
    assert silent.call.told[-1].phone_to == (THERE.department,)
    (withdraw,) = sends(silent)
    assert isinstance(withdraw.body, bodies.CallWithdraw)
    assert withdraw.body.reason is WithdrawReason.TAKEN_HOME


@pytest.mark.parametrize("own", [True, False])
def test_an_owner_out_of_reach_leaves_it_to_the_home_department(own: bool) -> None:
    owner = SIBLING if own else THERE
    change = reopened(closed(owner=owner, peer="midori"), own=own, reachable=False)
    assert (change.call.owner, change.call.state, change.call.epoch) == (
        HOME,
        CallState.RINGING,
        5,
    )
    assert change.call.told[-1].phone_to == (owner.department,)
    down, refused = NoticeCode.CALL_HOME_PEER_DOWN, NoticeCode.CALL_HOME_PEER_REJECTED
    assert change.call.told[-1].code is (refused if own else down)
    assert sends(change) == []


def test_at_home_without_a_console_the_caller_is_told_that_nobody_has_it() -> None:
    change = reopened(closed(), own=True, reachable=False)
    assert change.call.owner == HOME
    assert change.call.told[-1].code is NoticeCode.NOT_RECEIVED
