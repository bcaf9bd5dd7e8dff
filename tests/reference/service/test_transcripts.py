"""The lines of a call are all given, from memory, or asked for."""

from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.chat import ChatLine
from net119_protocol.codes import SenderRole
from net119_reference.service import transcripts
from net119_reference.service.live import Live, remember
from net119_reference.service.transcripts import NeedsLines, lines_after

from tests.reference.service.support import START


def line(seq: int) -> ChatLine:
    return ChatLine(seq=seq, client_id=f"c{seq}", sender=SenderRole.CALLER, at=START, text="x")


def remembered(stored: int, kept: int) -> Live:
    """A call of so many lines, of which the newest are in memory."""
    live = Live(uuid4())
    for seq in range(1, stored + 1):
        remember(live, "caller", line(seq), START)
    while len(live.recent) > kept:
        live.recent.popleft()
    return live


@given(
    stored=st.integers(0, 9),
    kept=st.integers(1, 9),
    seq=st.integers(0, 10),
    older=st.tuples(st.integers(1, 10), st.integers(0, 9)),
)
def test_every_later_line_is_given_or_it_is_asked_for(
    stored: int, kept: int, seq: int, older: tuple[int, int]
) -> None:
    """I3: none is left out, and what has been read once need not be read again."""
    live = remembered(stored, kept)
    read = range(older[0], min(older[1], stored) + 1)
    live.older = tuple(line(each) for each in read)
    wanted = list(range(seq + 1, stored + 1))
    if set(wanted) <= {*read, *(each.seq for each in live.recent)}:
        assert [each.seq for each in lines_after(live, seq)] == wanted
        return
    with pytest.raises(NeedsLines) as needs:
        lines_after(live, seq)
    assert needs.value.after == seq
    # Once they are read the command goes on.
    live.older = tuple(line(each) for each in wanted)
    assert [each.seq for each in lines_after(live, seq)] == wanted


@pytest.mark.parametrize(("lines", "shown"), [(50, True), (51, False)])
def test_a_newcomer_is_shown_so_many_lines_at_once_and_others_are_read(
    lines: int, shown: bool
) -> None:
    found = transcripts.at_hand(remembered(60, 60), 60 - lines)
    assert (found is not None) is shown
