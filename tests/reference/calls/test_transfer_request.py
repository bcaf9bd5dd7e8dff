"""A transfer as the anchor begins it: may it begin, and to whom does it lead (gap D7)."""

from dataclasses import replace
from uuid import UUID

import pytest
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, OfferCause, TrailCause, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.interconnect.whereabouts import TrailPoint
from net119_reference.calls import transfer, transfer_request
from net119_reference.calls.effects import Keep, Note, SaySystem, Send
from net119_reference.calls.machine import ForbiddenChange
from net119_reference.calls.model import Call, Transferring, Unit
from net119_reference.calls.transfer import Asked
from net119_reference.calls.transfer_request import Target, obstacle

from tests.reference.calls.examples import (
    HOME,
    NOW,
    OFFER_ID,
    SIBLING,
    THERE,
    TIMING,
    after,
    away,
    call,
    department,
    line,
    of_type,
    the,
)

F = TransferFailure
ASO = Unit(department=department("aso"), center="aso", provider="akane")
ASKED = Asked(ASO.department, "指令員", "管轄外")
READY = Target(known=True, unit=ASO, own=False, console=False, running=True)
OWN = Target(known=True, unit=SIBLING, own=True, console=True, running=False)
REQUEST = UUID(int=7)


def at_home(state: CallState = CallState.ANSWERED) -> Call:
    return call(state, answered_at=NOW, answered_by="指令員")


def begun(asked_by: str) -> Call:
    pending = Transferring(
        number=1, department=ASO.department, asked_by=asked_by, asked_at=after(3)
    )
    return call(CallState.TRANSFERRING, transfer=pending, transfers=1)


@pytest.mark.parametrize("state", [CallState.ANSWERED, CallState.INTERRUPTED])
def test_a_call_that_was_answered_can_be_transferred(state: CallState) -> None:
    """To a provider that runs, whoever sits there, or to a console of the anchor's own."""
    assert obstacle(at_home(state), ASKED, READY) is None
    assert obstacle(away(state), ASKED, READY) is None
    sibling = replace(ASKED, department=SIBLING.department)
    assert obstacle(at_home(state), sibling, OWN) is None


@pytest.mark.parametrize(
    ("target", "failure", "detail"),
    [
        (replace(READY, known=False), F.UNKNOWN_DEPARTMENT, "no department aso today"),
        (replace(READY, unit=None), F.NOT_ADOPTED, "aso has not adopted NET119"),
        (replace(READY, running=False), F.NOT_RUNNING, "provider akane is not running"),
        (
            replace(OWN, console=False, running=True),
            F.REJECTED,
            "no-console: no console of tomakomai is connected",
        ),
        # Of several the first counts: what nobody can mend by waiting.
        (Target(False, None, own=False, console=False, running=False), F.UNKNOWN_DEPARTMENT, None),
        (Target(True, None, own=False, console=False, running=False), F.NOT_ADOPTED, None),
    ],
)
def test_why_a_transfer_cannot_begin(
    target: Target, failure: TransferFailure, detail: str | None
) -> None:
    found = obstacle(at_home(), ASKED, target)
    assert found is not None
    assert found[0] is failure
    assert detail is None or found[1] == detail


def test_a_department_that_has_the_call_is_no_target() -> None:
    there = replace(ASKED, department=THERE.department)
    target = replace(READY, unit=THERE)
    same = (F.SAME_DEPARTMENT, "chita-nanbu has the call already")
    assert obstacle(away(CallState.ANSWERED), there, target) == same
    assert obstacle(at_home(), there, target) is None


@pytest.mark.parametrize(
    "state", [CallState.OFFERING, CallState.RINGING, CallState.CLOSED, CallState.LOCATING]
)
def test_a_call_that_nobody_has_answered_or_that_is_over_cannot_be_transferred(
    state: CallState,
) -> None:
    for target in (READY, replace(READY, known=False)):
        found = obstacle(call(state), ASKED, target)
        assert found == (F.WRONG_STATE, f"the call is {state.value}")


@pytest.mark.parametrize(("asked_by", "named"), [("指令員", "指令員"), ("", "a dispatcher")])
def test_a_second_one_is_told_who_was_first_and_when(asked_by: str, named: str) -> None:
    for target in (READY, replace(READY, known=False)):
        found = obstacle(begun(asked_by), ASKED, target)
        assert found == (F.BUSY, f"{named} asked for aso at 2026-04-01T03:00:03+00:00")


def test_the_offer_tells_the_next_department_all_and_the_owner_keeps_the_call() -> None:
    before = away(CallState.ANSWERED, transfers=4)
    place = TrailPoint(number=1, at=NOW, cause=TrailCause.CALL, place=before.place)
    asked = replace(ASKED, request_id=REQUEST)
    change = transfer_request.ask(
        before,
        asked,
        ASO,
        after(1),
        TIMING,
        message_id=OFFER_ID,
        lines=(line(1), line(2)),
        trail=(place,),
    )
    then = change.call
    assert (then.owner, then.epoch, then.peer) == (THERE, 2, "midori")
    assert then.transfer == Transferring(
        number=5,
        department=ASO.department,
        asked_by="指令員",
        asked_at=after(1),
        reason="管轄外",
        request_id=REQUEST,
    )
    assert then.transfers == 5
    send = the(change, Send)
    assert (send.peer, send.type, send.message_id) == ("akane", MessageType.CALL_OFFER, OFFER_ID)
    offer = send.body
    assert isinstance(offer, bodies.CallOffer)
    # T1 as often as it is offered: 5 s, twice.
    assert offer.expires_at == after(11)
    assert (offer.cause, offer.transferred_from) == (OfferCause.TRANSFER, THERE.department)
    assert (offer.department, offer.transfer_reason) == ("aso", "管轄外")
    assert (offer.transcript, offer.trail, offer.last_seq) == ((line(1), line(2)), (place,), 2)
    assert change.effects[:2] == (
        Note("transfer asked", "aso by 指令員: 管轄外"),
        transfer.kept(then.transfer),
    )


def test_a_console_of_the_anchors_own_has_the_call_at_once() -> None:
    before = at_home()
    asked = Asked(SIBLING.department, "指令員")
    change = transfer_request.give(before, asked, SIBLING, after(1), TIMING)
    then = change.call
    assert (then.state, then.owner, then.epoch) == (CallState.RINGING, SIBLING, 2)
    assert (then.transfer, then.transfers) == (None, 1)
    assert (then.transferred_from, then.answered_by) == (HOME.department, None)
    assert then.deadline == after(61)
    assert [told.code for told in then.told] == [NoticeCode.TRANSFERRED]
    # Somebody is there: the caller is not told that nobody is.
    said = the(change, SaySystem)
    assert "tomakomai消防" in said.text
    keep = the(change, Keep)
    assert (keep.number, keep.again) == (1, False)
    assert getattr(keep.act, "ended_at", None) == after(1)
    assert not of_type(change, Send)
    assert change.effects[0] == Note("transfer asked", "tomakomai by 指令員")
    assert Note("transferred", "chitose to tomakomai") in change.effects


def test_a_remote_owner_is_released_where_the_anchor_takes_the_call_back() -> None:
    before = away(CallState.ANSWERED)
    asked = Asked(HOME.department, "指令員", "", REQUEST)
    change = transfer_request.give(before, asked, HOME, after(1), TIMING)
    assert (change.call.owner, change.call.peer, change.call.epoch) == (HOME, None, 3)
    body = bodies.TransferDone(department=HOME.department, epoch=3)
    assert the(change, Send) == Send("midori", MessageType.TRANSFER_DONE, body, in_reply_to=REQUEST)


def test_what_cannot_be_transferred_is_not_begun_by_mistake() -> None:
    for state in (CallState.RINGING, CallState.CLOSED):
        with pytest.raises(ForbiddenChange):
            transfer_request.give(call(state), ASKED, SIBLING, NOW, TIMING)
