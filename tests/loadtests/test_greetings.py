"""Lines that a system sends by itself in the dispatcher's name."""

import pytest
from net119_loadtests.frames import line_of, shown_of
from net119_loadtests.invariants import Invariant
from net119_loadtests.logs import Shown
from net119_protocol.chat import ChatLine

from tests.loadtests.forged import Forgery

TEXT = "こちらは119番です"
FRAME = {"seq": 8, "clientId": "x", "sender": "dispatcher", "text": TEXT}


def test_a_greeting_is_taken_for_the_systems_own_line_wherever_it_is_read() -> None:
    assert line_of(FRAME)[0].sender == "dispatcher"
    shown, text = line_of(FRAME, (TEXT,))
    assert (shown.sender, text) == ("system", TEXT)
    stored = ChatLine.model_validate({**FRAME, "at": "2026-04-01T00:00:00Z"})
    assert shown_of(stored, (TEXT,)) == shown


@pytest.mark.parametrize(
    "changed", [{"sender": "caller"}, {"text": TEXT + "。"}, {"text": ""}, {"text": None}]
)
def test_no_other_line_is(changed: dict[str, str | None]) -> None:
    frame = {**FRAME, **changed}
    assert line_of(frame, (TEXT,)) == line_of(frame)


def greeted() -> tuple[Forgery, Shown]:
    """A call whose last line is the system's."""
    forged = Forgery()
    line, _ = line_of(FRAME, (TEXT,))
    ends = forged.caller.shown, forged.dispatcher.shown
    for lines in (*ends, forged.record, forged.transcript):
        lines.append(line)
    return forged, line


def test_what_holds_for_every_line_holds_for_a_greeting() -> None:
    forged, line = greeted()
    assert forged.judge() == []
    forged.dispatcher.shown.append(line)
    assert {each.invariant for each in forged.judge()} == {Invariant.I4}
    forged, line = greeted()
    forged.record.remove(line)
    assert {each.where for each in forged.judge()} == {"record at the console"}
