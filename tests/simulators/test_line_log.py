from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.api.common import LineStored
from net119_protocol.chat import ChatLine
from net119_protocol.codes import SenderRole
from net119_simulators.line_log import LineLog

AT = datetime(2026, 4, 1, tzinfo=UTC)


def line(seq: int, text: str = "x", client_id: str | None = None) -> ChatLine:
    return ChatLine(
        seq=seq, client_id=client_id or f"c{seq}", sender=SenderRole.CALLER, at=AT, text=text
    )


def ack(client_id: str, seq: int) -> LineStored:
    return LineStored(client_id=client_id, seq=seq, at=AT)


def rules(log: LineLog) -> list[str]:
    return [violation.rule for violation in log.violations]


@given(st.integers(0, 30), st.integers(0, 5))
def test_lines_in_order_break_nothing(count: int, after: int) -> None:
    log = LineLog(after)
    for seq in range(after + 1, after + count + 1):
        log.acknowledged(ack(f"c{seq}", seq))
        assert log.take(line(seq))
    assert log.violations == []
    assert log.last_seq == after + count
    assert log.unseen() == ()


@given(st.permutations(range(1, 7)))
def test_any_other_order_breaks_i3(order: list[int]) -> None:
    log = LineLog()
    for seq in order:
        log.take(line(seq))
    assert ("I3" in rules(log)) == (order != [1, 2, 3, 4, 5, 6])
    assert [entry.seq for entry in log.lines] == order


@given(st.lists(st.integers(1, 6), min_size=1, max_size=12))
def test_broken_exactly_if_not_one_two_three(order: list[int]) -> None:
    log = LineLog()
    for seq in order:
        log.take(line(seq))
    assert (log.violations == []) == (order == list(range(1, len(order) + 1)))


def test_a_line_twice_breaks_i4_and_is_kept_once() -> None:
    log = LineLog()
    assert log.take(line(1))
    assert not log.take(line(1))
    assert rules(log) == ["I4"]
    assert len(log.lines) == 1


def test_other_content_under_the_same_number_breaks_i3() -> None:
    log = LineLog()
    log.take(line(1))
    log.take(line(1, "changed"))
    assert rules(log) == ["I3"]
    assert log.lines[0].text == "x"


def test_missing_lines_are_named() -> None:
    log = LineLog()
    log.take(line(1))
    log.take(line(4))
    assert "line 4 came after line 1" in log.violations[0].what


def test_what_was_claimed_as_known_must_not_come() -> None:
    log = LineLog(after=3)
    log.take(line(3))
    assert rules(log) == ["I3"]


@pytest.mark.parametrize("line_first", [True, False])
def test_acknowledged_number_holds_another_line(line_first: bool) -> None:
    log = LineLog()
    if line_first:
        log.take(line(1, client_id="other"))
        log.acknowledged(ack("mine", 1))
    else:
        log.acknowledged(ack("mine", 2))
        log.take(line(1, client_id="mine"))
    assert rules(log) == ["I2"]


def test_one_line_under_two_numbers_breaks_i4() -> None:
    log = LineLog()
    log.acknowledged(ack("mine", 1))
    log.take(line(1, client_id="mine"))
    log.take(line(2, client_id="mine"))
    assert rules(log) == ["I4"]


def test_acknowledged_twice_with_two_numbers_breaks_i4() -> None:
    log = LineLog()
    log.acknowledged(ack("mine", 1))
    log.acknowledged(ack("mine", 2))
    assert rules(log) == ["I4"]


def test_acknowledged_lines_that_never_came_are_told() -> None:
    log = LineLog()
    log.acknowledged(ack("mine", 1))
    assert [entry.client_id for entry in log.unseen()] == ["mine"]
