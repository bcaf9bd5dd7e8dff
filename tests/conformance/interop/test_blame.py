"""From what two systems said to each other to the side at fault; no system is needed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from net119_conformance.catalogue import Text
from net119_conformance.interop import steps
from net119_conformance.interop.blame import Fault, Side, Step, at_fault
from net119_conformance.interop.wire import PairWire
from net119_protocol.codes import (
    ErrorCode,
    Kind,
    PlaceChoice,
    RejectReason,
    SenderRole,
    TransferFailure,
)
from net119_protocol.interconnect import UNCOUNTED, Body, Envelope, bodies
from net119_protocol.interconnect.mapping import load_mapping
from net119_protocol.person import DepartmentRef
from net119_protocol.places import CallPlace, Point
from net119_simulators.peer.messages import TYPE_OF
from net119_simulators.person import make_person
from net119_simulators.wiretap import Interface, WireEvent

CALL = UUID("00000000-0000-4000-8000-000000000001")
NOON = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
TEXT = "髙橋です。𠮷野の道の駅①"
A, B = Side.ORIGINATING, Side.RECEIVING
NAMES = {A: "aoba", B: "midori"}
HOME = DepartmentRef(code="h", name_ja="自本部", name_en="home", phone="0000-00-0001")

Spoken = tuple[Side, Body, float]


def offer(department: str = "d") -> bodies.CallOffer:
    point = Point(lat=42.6, lon=141.6)
    return bodies.CallOffer(
        department=department,
        kind=Kind.AMBULANCE,
        opened_at=NOON,
        expires_at=NOON + timedelta(seconds=10),
        last_seq=0,
        home=HOME,
        registrant=make_person("blame", "01213"),
        place=CallPlace(choice=PlaceChoice.CURRENT, point=point, radius_m=100.0),
        routing=bodies.RoutingNote(rule="other", directory_version="1"),
    )


def line(sender: SenderRole, seq: int | None = None) -> bodies.ChatMessage:
    at = None if seq is None else NOON
    return bodies.ChatMessage(client_id="line-1", sender=sender, text=TEXT, seq=seq, at=at)


def receipt(client_id: str = "line-1") -> bodies.ChatReceipt:
    return bodies.ChatReceipt(client_id=client_id, seq=1, at=NOON)


ACCEPT = bodies.CallAccept(department="d", center="c")
ASSIGN = bodies.CallAssign(department="d", last_seq=0)
RINGING = bodies.CallRinging(center="c")


def wire(*spoken: Spoken, unreadable: bool = False) -> PairWire:
    """What was recorded of a pair: who said what, how many seconds after noon."""
    found = PairWire("aoba", "midori", load_mapping())
    for number, (side, body, after_s) in enumerate(spoken, start=1):
        envelope = Envelope(
            message_id=uuid4(),
            type=TYPE_OF[type(body)],
            call_id=CALL,
            epoch=1,
            n=0 if TYPE_OF[type(body)] in UNCOUNTED else number,
            mode="test",
            sent_at=NOON,
            via={"destination": f"/queue/{NAMES[side]}.caller", "operator": NAMES[side]},
            body=body,
        )
        payload = load_mapping().to_wire(envelope).decode()
        found.take(event(side, payload, after_s))
    if unreadable:
        found.take(event(B, json.dumps({"type": "nonsense"})))
    return found


def event(side: Side, payload: str, after_s: float = 0.0, by: str = "") -> WireEvent:
    at = NOON + timedelta(seconds=after_s)
    head = "SEND\ndestination:/queue/x\n\n"
    source = by or NAMES[side]
    return WireEvent(at, Interface.B, source, NAMES[side.other], "", head + payload)


def routed(found: PairWire) -> Fault | None:
    return at_fault(steps.routed(found, CALL, "d"), B, heard=found.heard)


ROUTES: dict[str, tuple[Sequence[Spoken], Side, str]] = {
    "offered to another": ([(A, offer("x"), 0)], A, "not to d"),
    "no answer": ([(A, offer(), 0)], B, "neither by call.accept nor by call.reject"),
    "rejected": (
        [(A, offer(), 0), (B, bodies.CallReject(reason=RejectReason.NO_CONSOLE), 1)],
        B,
        "rejected the offer (no-console)",
    ),
    "late": ([(A, offer(), 0), (B, ACCEPT, 11)], B, "after it had expired"),
    "not assigned": ([(A, offer(), 0), (B, ACCEPT, 1)], A, "sent no call.assign"),
    "does not ring": ([(A, offer(), 0), (B, ACCEPT, 1), (A, ASSIGN, 1)], B, "sent no call.ringing"),
    "not shown": (
        [(A, offer(), 0), (B, ACCEPT, 1), (A, ASSIGN, 1), (B, RINGING, 1)],
        B,
        "does not show it",
    ),
}


@pytest.mark.parametrize("case", ROUTES)
def test_the_first_duty_not_done_names_the_side(case: str) -> None:
    spoken, side, why = ROUTES[case]
    fault = routed(wire(*spoken))
    assert fault is not None
    assert fault.side is side
    assert why in fault.why.en
    assert fault.why.ja


NO_CONSOLE = bodies.CallReject(reason=RejectReason.NO_CONSOLE)


@pytest.mark.parametrize(
    ("again", "side", "why"),
    [
        ([], A, "sent no call.offer"),
        ([(A, offer("x"), 3)], A, "offered the call to x"),
        ([(A, offer(), 3)], B, "neither by call.accept nor by call.reject"),
        ([(A, offer(), 3), (B, NO_CONSOLE, 4)], B, "rejected the offer (no-console)"),
        ([(A, offer(), 3), (B, ACCEPT, 4)], A, "sent no call.assign"),
    ],
)
def test_of_a_second_attempt_the_first_proves_nothing(
    again: Sequence[Spoken], side: Side, why: str
) -> None:
    """It was rightly refused, since no console was open then."""
    first: Sequence[Spoken] = [(A, offer(), 0), (B, NO_CONSOLE, 1)]
    mark = wire(*first).mark
    found = wire(*first, *again).after(mark)
    fault = at_fault(steps.routed(found, CALL, "d"), B, heard=True)
    assert fault is not None
    assert fault.side is side
    assert why in fault.why.en


def test_what_is_only_repeated_after_a_mark_was_said_before_it() -> None:
    status = bodies.StatusReport(state="normal", since=NOON)
    found = wire((B, status, 0), (A, offer(), 1))
    first = found.find(A, TYPE_OF[bodies.CallOffer])[0]
    mark = found.mark
    found.take(event(A, load_mapping().to_wire(first.envelope).decode(), 2))
    assert found.mark == mark + 1
    assert found.after(mark).find(A, TYPE_OF[bodies.CallOffer]) == []
    assert found.after(0).find(A, TYPE_OF[bodies.CallOffer]) == [first]


def test_nothing_recorded_names_nobody() -> None:
    assert routed(wire()) is None


def test_the_originating_side_is_named_once_the_other_was_heard() -> None:
    status = bodies.StatusReport(state="normal", since=NOON)
    fault = routed(wire((B, status, 0)))
    assert fault is not None
    assert fault.side is A
    assert "sent no call.offer" in fault.why.en


def test_who_offers_nothing_to_a_system_that_says_it_is_stopped_is_right() -> None:
    status = bodies.StatusReport(state="stopping", since=NOON)
    found = steps.routed(wire((B, status, 0)), CALL, "d", runs=False)
    assert at_fault(found, B, heard=True) is None


def test_who_is_refused_by_error_is_not_called_at_fault() -> None:
    """A refusal may be right: that the answer is missing then proves nothing about either."""
    refusal = bodies.ErrorReport(code=ErrorCode.INVALID_BODY, detail="x")
    assert routed(wire((A, offer(), 0), (B, refusal, 1))) is None


def test_what_passes_between_others_is_left_out() -> None:
    found = PairWire("aoba", "midori", load_mapping())
    found.take(event(A, "{}", by="akane"))
    found.take(WireEvent(NOON, Interface.A, "aoba", "midori", "", "SEND\n\n{}"))
    assert not found.heard
    assert wire(unreadable=True).unreadable[0][0] is B


@pytest.mark.parametrize(
    ("spoken", "side"),
    [
        ([(B, RINGING, 0)], A),
        ([(A, line(SenderRole.CALLER, 1), 0)], B),
    ],
)
def test_a_line_of_the_caller(spoken: Sequence[Spoken], side: Side) -> None:
    found = wire(*spoken)
    fault = at_fault(steps.line_of_caller(found, CALL, TEXT), B, heard=True)
    assert fault is not None
    assert fault.side is side


def test_a_receipt_counts_for_its_own_line_only() -> None:
    said = (A, line(SenderRole.CALLER, 1), 0.0)
    right = steps.receipt_of_caller(wire(said, (B, receipt(), 1)), CALL, TEXT)
    wrong = steps.receipt_of_caller(wire(said, (B, receipt("line-2"), 1)), CALL, TEXT)
    assert [step.done for step in right] == [True, True]
    assert [step.done for step in wrong] == [True, False]
    assert wrong[-1].side is B


@pytest.mark.parametrize(
    ("spoken", "side"),
    [
        ([(A, ASSIGN, 0)], B),
        ([(B, line(SenderRole.DISPATCHER), 0)], A),
        ([(B, line(SenderRole.DISPATCHER), 0), (A, receipt(), 1)], A),
    ],
)
def test_a_line_of_the_dispatcher_that_the_caller_does_not_see(
    spoken: Sequence[Spoken], side: Side
) -> None:
    found = wire(*spoken)
    fault = at_fault(steps.line_of_dispatcher(found, CALL, TEXT), A, heard=True)
    assert fault is not None
    assert fault.side is side


def test_without_steps_it_is_between_a_side_and_its_own_people() -> None:
    fault = at_fault((), A, heard=False)
    assert fault is not None
    assert fault.side is A


def test_a_step_that_was_refused_hides_those_behind_it() -> None:
    text = Text(en="x", ja="x")
    found = [Step(A, False, text, refused=True), Step(B, False, text)]
    assert at_fault(found, B, heard=True) is None


def test_each_line_has_one_number() -> None:
    """A line of the caller is sent with its number, one of the dispatcher gets it by a receipt."""
    first, again = (A, line(SenderRole.CALLER, 1), 0.0), (A, line(SenderRole.CALLER, 7), 1.0)
    own, number = (B, line(SenderRole.DISPATCHER), 0.0), (A, receipt(), 1.0)
    for spoken, once in (
        ([first], True),
        ([first, first], True),
        ([first, again], False),
        ([], False),
        ([own, number], True),
        ([own], False),
    ):
        found = steps.numbered_once(wire(*spoken), CALL, [TEXT])
        assert [(step.side, step.done) for step in found] == [(A, once)], spoken


REQUEST = bodies.TransferRequest(department="h", requested_by="x", reason="")
DONE = bodies.TransferDone(department=HOME, epoch=2)
FAILED = bodies.TransferFailed(reason=TransferFailure.REJECTED, detail="")


@pytest.mark.parametrize(
    ("again", "side", "why"),
    [
        ([], B, "sent no transfer.request"),
        ([(B, REQUEST, 3)], A, "did not answer the transfer.request by transfer.done"),
        ([(B, REQUEST, 3), (A, FAILED, 4)], A, "by transfer.done (rejected)"),
        ([(B, REQUEST, 3), (A, DONE, 4)], B, "does not show it"),
    ],
)
def test_a_transfer_that_is_asked_for_again(again: Sequence[Spoken], side: Side, why: str) -> None:
    first: Sequence[Spoken] = [(B, REQUEST, 0), (A, FAILED, 1)]
    found = wire(*first, *again).after(wire(*first).mark)
    fault = at_fault(steps.transfer_asked(found, CALL), B, heard=True)
    assert fault is not None
    assert fault.side is side
    assert why in fault.why.en


@pytest.mark.parametrize(
    ("owner", "spoken", "side"),
    [
        (A, [(A, offer(), 0)], A),
        (B, [(A, offer(), 0)], B),
        (B, [(B, REQUEST, 0)], A),
        (B, [(B, REQUEST, 0), (A, FAILED, 1)], B),
    ],
)
def test_a_transfer_that_does_not_end(owner: Side, spoken: Sequence[Spoken], side: Side) -> None:
    """The anchor ends it by itself, whatever the others do."""
    fault = at_fault(steps.transfer_answered(wire(*spoken), CALL, owner), owner, heard=True)
    assert fault is not None
    assert fault.side is side


@pytest.mark.parametrize(
    ("owner", "spoken", "side"),
    [
        (A, [(A, offer(), 0), (B, ACCEPT, 1)], B),
        (A, [(A, offer(), 0)], A),
        (B, [(B, REQUEST, 0), (A, DONE, 1)], A),
        (B, [(B, REQUEST, 0), (A, FAILED, 1)], B),
    ],
)
def test_a_call_that_goes_where_nobody_is(
    owner: Side, spoken: Sequence[Spoken], side: Side
) -> None:
    """Whoever said that it could go there, or shows what nobody said."""
    fault = at_fault(steps.empty_room(wire(*spoken), CALL, owner), owner, heard=True)
    assert fault is not None
    assert fault.side is side
