"""Whatever happens in whatever order: one owner, and an epoch that grows with each change of it."""

from uuid import UUID, uuid4

from hypothesis import given, settings
from hypothesis import strategies as st
from net119_protocol.codes import (
    CallState,
    CloseOutcome,
    Presence,
    RejectReason,
    TransferFailure,
)
from net119_protocol.interconnect import MessageType, bodies
from net119_protocol.transfer_texts import FAILED
from net119_reference.calls import anchor, transfer, transfer_request
from net119_reference.calls.effects import Change, Keep, Send
from net119_reference.calls.machine import ForbiddenChange
from net119_reference.calls.model import Call, Unit
from net119_reference.calls.transfer import Asked

from tests.reference.calls.examples import (
    HOME,
    NOW,
    SIBLING,
    THERE,
    TIMING,
    after,
    away,
    call,
    department,
    line,
    of_type,
)

THIRD = Unit(department=department("aso"), center="aso", provider="akane")
UNITS = (HOME, SIBLING, THERE, THIRD)
EVENTS = st.sampled_from(
    ["ask", "accept", "reject", "deadline", "gone", "back", "answer", "lost", "close"]
)


def ask(now_call: Call, unit: Unit, step: int, request: UUID | None) -> Change:
    asked = Asked(unit.department, "指令員", "管轄外", request)
    own = unit.provider == "aoba"
    target = transfer_request.Target(known=True, unit=unit, own=own, console=True, running=True)
    found = transfer_request.obstacle(now_call, asked, target)
    if found is not None:
        return transfer.refuse(now_call, asked, *found, after(step))
    if own:
        return transfer_request.give(now_call, asked, unit, after(step), TIMING)
    return transfer_request.ask(
        now_call,
        asked,
        unit,
        after(step),
        TIMING,
        message_id=uuid4(),
        lines=(line(1),),
        trail=(),
    )


def happen(event: str, before: Call, unit: Unit, step: int) -> Change:
    """One event at the anchor; ForbiddenChange where the state has no such thing."""
    now = after(step)
    if event == "ask":
        remote = before.peer is not None
        return ask(before, unit, step, uuid4() if remote else None)
    if event == "accept":
        body = bodies.CallAccept(department=unit.department.code, center=unit.center)
        return anchor.on_accept(
            before,
            unit.provider,
            body,
            in_reply_to=None,
            message_id=uuid4(),
            now=now,
            timing=TIMING,
        )
    if event == "reject":
        return anchor.on_refused_offer(
            before,
            unit.provider,
            "no-console",
            now,
            TIMING,
            console=True,
            reason=RejectReason.NO_CONSOLE,
        )
    if event == "deadline":
        return anchor.on_deadline(before, now, TIMING, console=True)
    if event in ("gone", "back"):
        presence = Presence.GONE if event == "gone" else Presence.CONNECTED
        return anchor.on_presence(before, presence, now)
    if event == "answer":
        return anchor.on_answered(before, "次の指令員", now)
    if event == "lost":
        if before.peer is None:
            return Change(before)
        return anchor.on_peer_lost(before, now, TIMING, console=True)
    outcome = CloseOutcome.PRACTICE_DONE
    return anchor.close(before, now, outcome=outcome, note="", by="指令員", relayed_to=None)


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from([call(CallState.ANSWERED, answered_at=NOW), away(CallState.ANSWERED)]),
    st.lists(st.tuples(EVENTS, st.sampled_from(UNITS)), max_size=25),
)
def test_one_owner_and_an_epoch_for_each(start: Call, events: list[tuple[str, Unit]]) -> None:
    now = start
    open_records: set[int] = set()
    for step, (event, unit) in enumerate(events, 1):
        try:
            change = happen(event, now, unit, step)
        except ForbiddenChange:
            continue
        then = change.call
        grew = then.epoch - now.epoch
        assert grew in (0, 1)
        assert (grew == 1) == (then.owner != now.owner)
        assert (then.state is CallState.TRANSFERRING) == (then.transfer is not None)
        assert then.transfer is None or then.offer is not None
        remote = then.owner.provider != "aoba"
        assert not then.open or (then.peer == then.owner.provider) == remote
        for keep in of_type(change, Keep):
            ended = getattr(keep.act, "ended_at", None) is not None
            (open_records.discard if ended else open_records.add)(keep.number)
        # Every transfer that begins has one end, and its record says so.
        assert open_records == ({then.transfer.number} if then.transfer else set())
        if now.transfer is not None and now.transfer.request_id is not None and not then.transfer:
            answers = {MessageType.TRANSFER_DONE, MessageType.TRANSFER_FAILED}
            answers |= {MessageType.CALL_WITHDRAW}
            told = [each for each in of_type(change, Send) if each.peer == now.peer]
            assert any(each.type in answers for each in told)
        now = then


def test_every_failure_has_its_text() -> None:
    assert set(FAILED) == set(TransferFailure)
    for text in FAILED.values():
        filled = text.about("千歳市消防本部", "Chitose")
        assert "{" not in filled.ja + filled.en
