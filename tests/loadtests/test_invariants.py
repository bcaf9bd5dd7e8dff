"""The check of I2-I4 catches every way in which a relay can break its word."""

import itertools
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_loadtests.invariants import Invariant, Transcripts, Watch, late_lines
from net119_loadtests.logs import Ack, End, Shown
from net119_loadtests.stage import LiveEnd

from tests.loadtests.forged import Forgery, line

I2, I3, I4 = Invariant.I2, Invariant.I3, Invariant.I4


def test_an_honest_call_has_no_violation() -> None:
    assert Forgery().judge() == []


def test_lines_not_acknowledged_yet_and_not_stored_are_no_violation() -> None:
    forged = Forgery()
    forged.caller.said["c0-8"] = "not acknowledged"
    assert forged.judge() == []


def drop_at_console(forged: Forgery) -> None:
    del forged.dispatcher.shown[2]


def drop_last_at_console(forged: Forgery) -> None:
    del forged.dispatcher.shown[-1]


def drop_at_handset(forged: Forgery) -> None:
    del forged.caller.shown[3]


def drop_echo(forged: Forgery) -> None:
    del forged.caller.shown[1]


def lose_from_record(forged: Forgery) -> None:
    del forged.record[4]


def lose_last_from_transcript(forged: Forgery) -> None:
    del forged.transcript[-1]


def acknowledge_before_storing_and_lose(forged: Forgery) -> None:
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        del lines[-1]


def show_without_storing(forged: Forgery) -> None:
    for log in forged.caller, forged.dispatcher:
        log.shown.append(line(8, "never-stored"))


def alter_text_at_console(forged: Forgery) -> None:
    forged.dispatcher.shown[0] = forged.lines[0]._replace(digest="other")


def alter_text_everywhere(forged: Forgery) -> None:
    other = forged.lines[0]._replace(digest="other")
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        lines[0] = other


def acknowledge_what_nobody_wrote(forged: Forgery) -> None:
    forged.caller.acks.append(Ack("c0-99", 99))


def reorder_at_console(forged: Forgery) -> None:
    shown = forged.dispatcher.shown
    shown[1], shown[2] = shown[2], shown[1]


def number_differently_at_console(forged: Forgery) -> None:
    shown = forged.dispatcher.shown
    shown[1], shown[2] = shown[2]._replace(seq=2), shown[1]._replace(seq=3)


def number_differently_in_record(forged: Forgery) -> None:
    record = forged.record
    record[1], record[2] = record[2]._replace(seq=2), record[1]._replace(seq=3)


def leave_a_gap(forged: Forgery) -> None:
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        lines[-1] = lines[-1]._replace(seq=8)
    forged.caller.acks[-1] = Ack(forged.caller.acks[-1].client_id, 8)


def acknowledge_another_number(forged: Forgery) -> None:
    forged.caller.acks[0] = Ack("c0-1", 5)


def one_number_for_two_lines(forged: Forgery) -> None:
    forged.dispatcher.shown.insert(2, line(2, "c0-x"))


def start_at_zero(forged: Forgery) -> None:
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        lines[:] = [each._replace(seq=each.seq - 1) for each in lines]


def show_twice_at_console(forged: Forgery) -> None:
    forged.dispatcher.shown.insert(3, forged.dispatcher.shown[2])


def show_again_much_later(forged: Forgery) -> None:
    forged.caller.shown.append(forged.caller.shown[0])


def show_twice_under_another_number(forged: Forgery) -> None:
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        lines.append(forged.lines[0]._replace(seq=8))


def show_twice_under_another_name(forged: Forgery) -> None:
    for lines in forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript:
        lines.append(forged.lines[0]._replace(seq=8, client_id="copy"))


def acknowledge_twice_with_other_numbers(forged: Forgery) -> None:
    forged.caller.acks.append(Ack("c0-1", 8))


def everywhere(forged: Forgery) -> tuple[list[Shown], ...]:
    return forged.caller.shown, forged.dispatcher.shown, forged.record, forged.transcript


def mix_in_a_line_of_another_call(forged: Forgery) -> None:
    for lines in everywhere(forged):
        lines.append(line(8, "c7-1"))


def mix_in_a_dispatcher_line_of_another_call(forged: Forgery) -> None:
    for lines in everywhere(forged):
        lines.append(line(8, "d0-9", End.DISPATCHER))


def copy_under_a_new_name_with_altered_text(forged: Forgery) -> None:
    for lines in everywhere(forged):
        lines.append(forged.lines[0]._replace(seq=8, client_id="copy", digest="other"))


def store_and_never_show_to_the_other_side(forged: Forgery) -> None:
    new = line(8, "c0-8")
    forged.caller.said[new.client_id] = new.digest
    for lines in forged.caller.shown, forged.record, forged.transcript:
        lines.append(new)


def store_and_show_to_nobody(forged: Forgery) -> None:
    new = line(8, "c0-8")
    forged.caller.said[new.client_id] = new.digest
    for lines in forged.record, forged.transcript:
        lines.append(new)


def alter_everywhere_what_is_not_acknowledged(forged: Forgery) -> None:
    new = line(8, "c0-8")
    forged.caller.said[new.client_id] = "as it was written"
    for lines in everywhere(forged):
        lines.append(new)


def acknowledge_twice(forged: Forgery) -> None:
    forged.caller.acks.append(forged.caller.acks[0])
    forged.caller.doubled.append(forged.caller.acks[0])


@pytest.mark.parametrize(
    ("spoil", "invariant"),
    [
        (drop_at_console, I2),
        (drop_last_at_console, I2),
        (drop_at_handset, I2),
        (drop_echo, I2),
        (lose_from_record, I2),
        (lose_last_from_transcript, I2),
        (acknowledge_before_storing_and_lose, I2),
        (show_without_storing, I2),
        (alter_text_at_console, I2),
        (alter_text_everywhere, I2),
        (acknowledge_what_nobody_wrote, I2),
        (reorder_at_console, I3),
        (number_differently_at_console, I3),
        (number_differently_in_record, I3),
        (leave_a_gap, I3),
        (acknowledge_another_number, I3),
        (one_number_for_two_lines, I3),
        (start_at_zero, I3),
        (show_twice_at_console, I4),
        (show_again_much_later, I4),
        (show_twice_under_another_number, I4),
        (show_twice_under_another_name, I4),
        (acknowledge_twice_with_other_numbers, I4),
        (mix_in_a_line_of_another_call, I3),
        (mix_in_a_dispatcher_line_of_another_call, I3),
        (copy_under_a_new_name_with_altered_text, I3),
        (store_and_never_show_to_the_other_side, I3),
        (store_and_show_to_nobody, I3),
        (alter_everywhere_what_is_not_acknowledged, I2),
        (acknowledge_twice, I4),
    ],
)
def test_a_broken_promise_is_caught(spoil: Callable[[Forgery], None], invariant: Invariant) -> None:
    forged = Forgery()
    spoil(forged)
    found = forged.judge()
    assert invariant in {violation.invariant for violation in found}
    assert {violation.call_id for violation in found} == {"call-1"}


def test_lines_of_the_system_and_lines_that_came_through_unacknowledged_are_no_violation() -> None:
    forged = Forgery()
    forged.caller.said["c0-8"] = line(8, "c0-8").digest
    for lines in everywhere(forged):
        lines.append(line(8, "c0-8"))
        lines.append(Shown(9, "s-1", "system", "notice"))
    # Told after both ends had gone.
    forged.record.append(Shown(10, "s-2", "system", "closed"))
    forged.transcript.append(Shown(10, "s-2", "system", "closed"))
    assert forged.judge() == []


def test_a_line_said_again_after_a_reconnect_may_be_acknowledged_again() -> None:
    forged = Forgery()
    forged.caller.acks.append(forged.caller.acks[0])
    assert forged.judge() == []


@pytest.mark.parametrize("tail", [1, 2])
def test_the_last_lines_of_an_end_that_was_not_settled_are_late_and_not_lost(tail: int) -> None:
    forged = Forgery()
    forged.call.settled, forged.call.waited_s = False, 5.0
    del forged.dispatcher.shown[-tail:]
    assert forged.judge() == []
    late = late_lines(forged.call, Transcripts(forged.record, forged.transcript))
    assert [each.where for each in late] == ["shown to the dispatcher"] * tail
    assert late[-1].detail == (
        "c0-7, stored as number 7, was not shown within 5.0 s after the last line was written"
    )


def test_what_is_not_stored_or_followed_by_others_is_lost_though_nothing_was_settled() -> None:
    for spoil in (drop_at_console, acknowledge_before_storing_and_lose, lose_from_record):
        forged = Forgery()
        forged.call.settled = False
        spoil(forged)
        assert I2 in {each.invariant for each in forged.judge()}


def test_a_settled_call_has_no_late_lines() -> None:
    forged = Forgery()
    drop_last_at_console(forged)
    assert late_lines(forged.call, Transcripts(forged.record, forged.transcript)) == []


def test_acknowledgements_beyond_what_was_sent_on_a_connection_are_noted() -> None:
    end = LiveEnd()
    end.sent("a")
    assert end.answered("a")
    assert not end.answered("a")
    end.sent("a")
    end.sent("a")
    assert [end.answered("a") for _ in range(3)] == [True, True, False]
    end.sent("a")
    end.reconnects()
    end.sent("a")
    assert [end.answered("a"), end.answered("a")] == [True, False]


def test_a_violation_says_where_and_what() -> None:
    forged = Forgery()
    drop_at_console(forged)
    (violation,) = forged.judge()
    assert violation.where == "shown to the dispatcher"
    assert violation.detail == "c0-3, acknowledged to the caller as number 3, is missing"


@given(
    order=st.lists(st.integers(min_value=1, max_value=8), min_size=1, max_size=16),
)
def test_the_watch_accepts_exactly_ascending_lines(order: list[int]) -> None:
    watch = Watch()
    found = [watch.take(Shown(seq, f"c-{seq}", End.CALLER.value, str(seq))) for seq in order]
    ascending = all(a < b for a, b in itertools.pairwise(order))
    assert (found.count(None) == len(order)) == ascending
    assert set(watch.missing()) == set(range(1, max(order))) - set(order)
    assert watch.complete_to == next(n for n in range(9) if n + 1 not in order)


@given(dropped=st.sets(st.integers(min_value=0, max_value=6), min_size=1))
def test_any_loss_is_caught_at_any_place(dropped: set[int]) -> None:
    for place in ("caller", "dispatcher", "record", "transcript"):
        forged = Forgery()
        lines = {
            "caller": forged.caller.shown,
            "dispatcher": forged.dispatcher.shown,
            "record": forged.record,
            "transcript": forged.transcript,
        }[place]
        lines[:] = [each for index, each in enumerate(lines) if index not in dropped]
        lost = {v.detail.split(",")[0] for v in forged.judge() if v.invariant is I2}
        assert {forged.lines[index].client_id for index in dropped} <= lost
