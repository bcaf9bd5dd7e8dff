from datetime import UTC, datetime
from uuid import UUID

import pytest
from net119_protocol.api.common import AckFrame, LineStored, NewLine, RefusedFrame
from net119_protocol.chat import ChatLine
from net119_protocol.codes import Refusal, SenderRole
from net119_simulators.errors import CallRefused
from net119_simulators.line_log import LineLog
from net119_simulators.line_sender import LineSender, new_client_id

AT = datetime(2026, 4, 1, tzinfo=UTC)
MINE = NewLine(client_id="mine", text="x")
LINE = ChatLine(seq=1, client_id="mine", sender=SenderRole.DISPATCHER, at=AT, text="x")


def refused(code: Refusal) -> RefusedFrame:
    return RefusedFrame(code=code, detail="no", client_id="mine")


def test_a_line_is_pending_until_it_is_acknowledged() -> None:
    sender = LineSender(LineLog(), "call")
    assert sender.frame(MINE).client_id == "mine"
    assert sender.pending() == (MINE,)
    assert sender.outcome("mine") is None
    stored = LineStored(client_id="mine", seq=1, at=AT)
    sender.acknowledged(stored)
    assert sender.pending() == ()
    assert sender.outcome("mine") == stored


def test_a_refused_line_is_not_pending_but_may_be_said_again() -> None:
    sender = LineSender(LineLog(), "call")
    sender.frame(MINE)
    sender.refused(refused(Refusal.OVERLOAD))
    assert sender.pending() == ()
    with pytest.raises(CallRefused, match="overload"):
        sender.outcome("mine")
    sender.frame(MINE)
    assert sender.outcome("mine") is None


def test_not_confirmed_is_no_end_and_the_line_itself_confirms() -> None:
    sender = LineSender(LineLog(), "call")
    sender.frame(MINE)
    sender.came(LINE)
    assert sender.outcome("mine") is None
    sender.refused(refused(Refusal.NOT_CONFIRMED))
    assert sender.pending() == (MINE,)
    assert sender.outcome("mine") is None
    sender.came(LINE)
    assert sender.outcome("mine") == LineStored(client_id="mine", seq=1, at=AT)


def test_refusals_of_no_line_change_nothing() -> None:
    sender = LineSender(LineLog(), "call")
    sender.frame(MINE)
    sender.refused(RefusedFrame(code=Refusal.INVALID, detail="?"))
    assert sender.pending() == (MINE,)


def test_an_acknowledgement_reaches_the_log() -> None:
    log = LineLog()
    sender = LineSender(log, "call")
    ack = AckFrame(call_id=UUID(int=1), client_id="mine", seq=1, at=AT)
    sender.acknowledged(ack)
    assert log.stored("mine") == LineStored(client_id="mine", seq=1, at=AT)


def test_client_ids_differ() -> None:
    assert len({new_client_id() for _ in range(1000)}) == 1000
