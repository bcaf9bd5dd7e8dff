"""A transfer as its owner at another provider sees it: asked of the anchor, and its answer."""

from uuid import UUID

import pytest
from net119_protocol.codes import CallState, TransferFailure
from net119_protocol.interconnect import MessageType, bodies
from net119_reference.calls import transfer, transfer_asked
from net119_reference.calls.effects import Keep, Note, Send
from net119_reference.calls.model import Call, Transferring, Unit
from net119_reference.calls.transfer import Asked

from tests.reference.calls.examples import (
    NOW,
    OFFER_ID,
    REPLY_ID,
    THERE,
    after,
    at_callee,
    department,
    of_type,
    the,
)

F = TransferFailure
ASO = Unit(department=department("aso"), center="aso", provider="akane")
ASKED = Asked(ASO.department, "指令員", "管轄外")


def asking() -> Call:
    return transfer_asked.ask(at_callee(CallState.ANSWERED), ASKED, NOW, REPLY_ID).call


def test_the_anchor_is_asked_and_the_call_stays_here() -> None:
    """I9: only the anchor gives a call to somebody else."""
    before = at_callee(CallState.ANSWERED, transfers=2)
    change = transfer_asked.ask(before, ASKED, NOW, REPLY_ID)
    pending = Transferring(
        number=3,
        department=ASO.department,
        asked_by="指令員",
        asked_at=NOW,
        reason="管轄外",
        request_id=REPLY_ID,
    )
    update = {"state": CallState.TRANSFERRING, "transfer": pending, "transfers": 3}
    assert change.call == before.model_copy(update=update)
    body = bodies.TransferRequest(department="aso", requested_by="指令員", reason="管轄外")
    assert change.effects == (
        Note("transfer asked", "aso by 指令員"),
        transfer.kept(pending),
        Send("aoba", MessageType.TRANSFER_REQUEST, body, message_id=REPLY_ID),
    )


def test_when_it_is_done_the_call_is_over_here_and_the_record_says_who_has_it() -> None:
    before = asking()
    body = bodies.TransferDone(department=ASO.department, epoch=3)
    change = transfer_asked.on_done(before, body, ASO, after(5))
    update = {
        "transfer": None,
        "state": CallState.CLOSED,
        "epoch": 3,
        "owner": ASO,
        "closed_at": after(5),
        "deadline": None,
    }
    assert change.call == before.model_copy(update=update)
    assert change.effects == (
        Note("transferred", "aso"),
        transfer.ended_elsewhere(before, after(5)),
    )
    assert the(change, Keep).again
    assert getattr(the(change, Keep).act, "ended_at", None) == after(5)


def test_a_call_that_went_to_another_department_here_goes_on() -> None:
    """It was assigned to that one, under the new epoch, before the answer came."""
    assigned = asking().model_copy(update={"epoch": 3, "state": CallState.RINGING})
    body = bodies.TransferDone(department=THERE.department, epoch=3)
    change = transfer_asked.on_done(assigned, body, THERE, after(5))
    assert change.call == assigned.model_copy(update={"transfer": None})
    assert of_type(change, Keep)


def test_an_answer_to_nothing_that_is_still_asked_keeps_no_record() -> None:
    before = at_callee(CallState.ANSWERED)
    body = bodies.TransferDone(department=ASO.department, epoch=3)
    change = transfer_asked.on_done(before, body, ASO, after(5))
    assert change.call.owner == ASO
    assert change.effects == (Note("transferred", "aso"),)


@pytest.mark.parametrize("in_reply_to", [REPLY_ID, None])
def test_when_it_has_failed_the_call_is_ours_as_before(in_reply_to: UUID | None) -> None:
    before = at_callee(CallState.ANSWERED)
    change = transfer_asked.on_failed(asking(), F.SILENT, "akane", in_reply_to, after(11))
    assert change.call == before.model_copy(update={"transfers": 1})
    assert getattr(the(change, Keep).act, "failure", None) is F.SILENT
    assert not of_type(change, Send)


def test_the_failure_of_an_earlier_transfer_does_not_end_this_one() -> None:
    for before in (asking(), at_callee(CallState.ANSWERED)):
        change = transfer_asked.on_failed(before, F.SILENT, "akane", OFFER_ID, after(11))
        assert change.call == before
        assert change.effects == (Note("an earlier transfer failed", "silent akane"),)
