"""What a transfer under way does to a call when it ends, and what is told of it (gap D7)."""

from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.api.console_acts import Transfer
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    OfferCause,
    Presence,
    TransferFailure,
    WithdrawReason,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.texts import notice
from net119_protocol.transfer_texts import DONE, FAILED, UNDER_WAY, TransferText
from net119_reference.calls import anchor, transfer, transfer_asked, transfer_request
from net119_reference.calls.effects import ActKind, Change, Keep, Note, SaySystem, Send
from net119_reference.calls.model import Call, Told, Unit
from net119_reference.calls.transfer import Asked

from tests.reference.calls.examples import (
    NOW,
    OFFER_ID,
    REPLY_ID,
    THERE,
    TIMING,
    after,
    at_callee,
    away,
    call,
    department,
    of_type,
    the,
)

F = TransferFailure
ASO = Unit(department=department("aso"), center="aso", provider="akane")
HANDA = Unit(department=department("chita-handa"), center="chita", provider="midori")
REQUEST = UUID(int=7)
ASKED = Asked(ASO.department, "指令員", "管轄外")


def at_home(**changes: Any) -> Call:
    return call(CallState.ANSWERED, answered_at=NOW, answered_by="指令員", **changes)


def under_way(start: Call, request_id: UUID | None = None, unit: Unit = ASO) -> Call:
    """The call while another department is asked, since NOW."""
    asked = replace(ASKED, department=unit.department, request_id=request_id)
    change = transfer_request.ask(
        start, asked, unit, NOW, TIMING, message_id=OFFER_ID, lines=(), trail=()
    )
    assert change.call.state is CallState.TRANSFERRING
    return change.call


def record(text: TransferText, **changes: Any) -> Transfer:
    told = text.about("aso消防", "aso")
    given = {"text_ja": told.ja, "text_en": told.en} | changes
    return Transfer(department=ASO.department, asked_by="指令員", asked_at=NOW, **given)


def accepted(before: Call, seconds: float = 2) -> Change:
    offer = before.offer
    assert offer is not None
    body = bodies.CallAccept(department=offer.department.code, center="aso")
    return anchor.on_accept(
        before,
        offer.peer,
        body,
        in_reply_to=OFFER_ID,
        message_id=REPLY_ID,
        now=after(seconds),
        timing=TIMING,
    )


# --- it comes to nothing ------------------------------------------------------------------------


def test_a_transfer_that_fails_leaves_the_call_as_it_was_and_tells_who_asked() -> None:
    """I9: the owner, its epoch and what it has answered are the same."""
    start = away(CallState.ANSWERED, answered_at=NOW, answered_by="指令員")
    before = under_way(start, REQUEST)
    change = transfer.failed(before, F.REJECTED, "no-console", after(3))
    kept = {"transfers": 1, "offered": ("midori", "akane")}
    assert change.call == start.model_copy(update=kept)
    failure = record(FAILED[F.REJECTED], ended_at=after(3), failure=F.REJECTED, detail="no-console")
    assert change.effects == (
        Note("transfer failed", "aso: rejected no-console"),
        Keep(ActKind.TRANSFER, 1, failure, again=True),
        Send(
            "midori",
            MessageType.TRANSFER_FAILED,
            bodies.TransferFailed(reason=F.REJECTED, detail="no-console"),
            in_reply_to=REQUEST,
        ),
    )


@pytest.mark.parametrize(
    ("presence", "connecting", "state"),
    [
        (Presence.CONNECTED, False, CallState.ANSWERED),
        (Presence.GONE, False, CallState.INTERRUPTED),
        # It has never been there: it is expected, not lost.
        (Presence.GONE, True, CallState.ANSWERED),
    ],
)
def test_a_caller_who_was_lost_meanwhile_is_still_lost_after_a_failed_transfer(
    presence: Presence, connecting: bool, state: CallState
) -> None:
    before = under_way(at_home()).model_copy(
        update={"presence": presence, "connecting": connecting}
    )
    change = transfer.failed(before, F.SILENT, "akane", after(10))
    assert change.call.state is state
    assert not of_type(change, Send), "a dispatcher here asked; no other provider waits for it"


def test_a_failure_of_what_has_ended_already_changes_nothing() -> None:
    for ended in (at_home(), away(CallState.CLOSED)):
        change = transfer.failed(ended, F.SILENT, "akane", after(10))
        assert change.call == ended
        assert change.effects == (Note("transfer failed, too late to matter", "silent"),)


@pytest.mark.parametrize("pending", [False, True])
def test_a_refused_transfer_is_recorded_and_disturbs_no_other(pending: bool) -> None:
    before = under_way(away(CallState.ANSWERED)) if pending else away(CallState.ANSWERED)
    asked = replace(ASKED, by="もう一人", request_id=REQUEST)
    change = transfer.refuse(before, asked, F.BUSY, "指令員 asked", after(3))
    number = before.transfers + 1
    assert change.call == before.model_copy(update={"transfers": number})
    busy = record(FAILED[F.BUSY], ended_at=after(3), failure=F.BUSY, detail="指令員 asked")
    again = {"asked_by": "もう一人", "asked_at": after(3)}
    assert change.effects == (
        Note("transfer refused", "aso: busy 指令員 asked"),
        Keep(ActKind.TRANSFER, number, busy.model_copy(update=again)),
        Send(
            "midori",
            MessageType.TRANSFER_FAILED,
            bodies.TransferFailed(reason=F.BUSY, detail="指令員 asked"),
            in_reply_to=REQUEST,
        ),
    )


def test_only_the_anchor_tells_and_only_who_asked_by_a_message() -> None:
    for before in (at_home(), at_callee(CallState.ANSWERED)):
        change = transfer.refuse(before, ASKED, F.UNSUPPORTED, "", after(1))
        assert not of_type(change, Send)
        assert the(change, Note).detail == "aso: unsupported"
    asking = transfer_asked.ask(at_callee(CallState.ANSWERED), ASKED, NOW, REPLY_ID).call
    assert not of_type(transfer.failed(asking, F.SILENT, "", after(1)), Send)
    assert not of_type(
        transfer.refuse(asking, replace(ASKED, request_id=REQUEST), F.BUSY, "", NOW), Send
    )


@pytest.mark.parametrize("length", [2000, 2001, 5000])
def test_a_reason_longer_than_a_message_may_hold_is_cut(length: int) -> None:
    """It may quote what a peer has written; a failure that cannot be told would be lost."""
    before = under_way(away(CallState.ANSWERED), REQUEST)
    change = transfer.failed(before, F.REJECTED, "あ" * length, after(3))
    assert getattr(the(change, Keep).act, "detail", "") == "あ" * 2000
    assert getattr(the(change, Send).body, "detail", "") == "あ" * 2000


# --- the call closes, or goes elsewhere, first ----------------------------------------------------


def test_a_close_withdraws_the_offer_and_tells_who_asked() -> None:
    before = under_way(away(CallState.ANSWERED), REQUEST)
    done = CloseOutcome.PRACTICE_DONE
    change = anchor.close(before, after(4), outcome=done, note="", by="二番", relayed_to=None)
    assert (change.call.state, change.call.transfer) == (CallState.CLOSED, None)
    why = "closed by 二番"
    ended = record(FAILED[F.CANCELLED], ended_at=after(4), failure=F.CANCELLED, detail=why)
    withdraw, failed, close = of_type(change, Send)
    assert change.effects[:2] == (
        Note("transfer cancelled", f"aso: {why}"),
        Keep(ActKind.TRANSFER, 1, ended, again=True),
    )
    body = bodies.CallWithdraw(reason=WithdrawReason.CLOSED, taken_by=None)
    assert withdraw == Send("akane", MessageType.CALL_WITHDRAW, body)
    report = bodies.TransferFailed(reason=F.CANCELLED, detail=why)
    assert failed == Send("midori", MessageType.TRANSFER_FAILED, report, in_reply_to=REQUEST)
    assert close.type is MessageType.CALL_CLOSE


def test_a_close_while_another_department_of_the_owners_provider_is_asked_is_told_once() -> None:
    before = under_way(away(CallState.ANSWERED), REQUEST, HANDA)
    done = CloseOutcome.PRACTICE_DONE
    change = anchor.close(before, after(4), outcome=done, note="", by="二番", relayed_to=None)
    sent = [(each.peer, each.type) for each in of_type(change, Send)]
    assert sent == [
        ("midori", MessageType.TRANSFER_FAILED),
        ("midori", MessageType.CALL_CLOSE),
    ]


def test_an_owner_that_is_lost_is_told_of_the_call_and_not_of_its_transfer() -> None:
    before = under_way(away(CallState.ANSWERED), REQUEST)
    change = anchor.on_peer_lost(before, after(40), TIMING, console=True)
    assert (change.call.transfer, change.call.offer) == (None, None)
    taken_by = before.home.department
    body = bodies.CallWithdraw(reason=WithdrawReason.TAKEN_HOME, taken_by=taken_by)
    assert of_type(change, Send) == [
        Send("akane", MessageType.CALL_WITHDRAW, body),
        Send("midori", MessageType.CALL_WITHDRAW, body),
    ]


def test_without_a_transfer_under_way_nothing_is_cancelled_or_done() -> None:
    idle = away(CallState.ANSWERED)
    assert transfer.cancelled(idle, NOW, "x", WithdrawReason.CLOSED, None) == ()
    assert transfer.done(idle, idle, NOW, again=True) == ()
    assert transfer.new_owner(idle, ASO.department) == {}
    assert transfer.ended_elsewhere(idle, NOW) is None


# --- it is done -----------------------------------------------------------------------------------


def test_who_accepts_has_the_call_and_the_former_owner_is_released() -> None:
    before = under_way(away(CallState.ANSWERED, answered_at=NOW, answered_by="指令員"), REQUEST)
    change = accepted(before)
    then = change.call
    assert (then.owner, then.peer, then.epoch) == (ASO, "akane", 3)
    assert (then.transfer, then.offer) == (None, None)
    assert (then.answered_by, then.transferred_from) == (None, THERE.department)
    assign, done = of_type(change, Send)
    body = bodies.CallAssign(department="aso", last_seq=0, cause=OfferCause.TRANSFER)
    assert assign == Send("akane", MessageType.CALL_ASSIGN, body, in_reply_to=REPLY_ID)
    told = bodies.TransferDone(department=ASO.department, epoch=3)
    assert done == Send("midori", MessageType.TRANSFER_DONE, told, in_reply_to=REQUEST)
    assert Note("transferred", "chita-nanbu to aso") in change.effects
    assert the(change, Keep) == Keep(
        ActKind.TRANSFER, 1, record(DONE, ended_at=after(2)), again=True
    )


def test_a_dispatcher_of_the_anchor_is_told_by_no_message() -> None:
    (assign,) = of_type(accepted(under_way(at_home())), Send)
    assert assign.type is MessageType.CALL_ASSIGN


def test_the_caller_reads_who_has_the_call_now_and_no_longer_who_had_it() -> None:
    old = (
        Told(code=NoticeCode.NOBODY_ANSWERS),
        Told(code=NoticeCode.TRANSFERRED, phone_to=(THERE.department,)),
    )
    change = accepted(under_way(away(CallState.ANSWERED, told=old)))
    to = (ASO.department,)
    assert change.call.told == (old[0], Told(code=NoticeCode.TRANSFERRED, phone_to=to))
    text = notice(NoticeCode.TRANSFERRED, phone_to=to, mode=change.call.mode).text_ja
    assert "aso消防" in text
    assert the(change, SaySystem) == SaySystem(text)


def test_the_record_of_one_under_way_says_so() -> None:
    pending = under_way(at_home()).transfer
    assert pending is not None
    assert transfer.kept(pending) == Keep(ActKind.TRANSFER, 1, record(UNDER_WAY))
    assert transfer.kept(pending, again=True) == Keep(
        ActKind.TRANSFER, 1, record(UNDER_WAY), again=True
    )
