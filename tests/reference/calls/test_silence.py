"""When a caller who is connected counts as silent."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.api.common import NoticeCode
from net119_protocol.codes import CallState, Presence
from net119_reference.calls import silence
from net119_reference.calls.effects import Note

from tests.reference.calls.examples import SIBLING, after, away, call


@pytest.mark.parametrize("state", CallState)
@pytest.mark.parametrize("presence", Presence)
def test_only_who_could_talk_to_a_dispatcher_is_watched(
    state: CallState, presence: Presence
) -> None:
    found = silence.watched(call(state, presence=presence), "aoba")
    talks = state in (CallState.ANSWERED, CallState.TRANSFERRING)
    assert found == (talks and presence is Presence.CONNECTED)


def test_the_owner_watches_and_the_anchor_of_a_call_elsewhere_does_not() -> None:
    there = away(CallState.ANSWERED)
    assert silence.watched(there, "midori")
    assert not silence.watched(there, "aoba")


@pytest.mark.parametrize(
    ("heard", "answered", "back", "since", "due"),
    [
        (None, 30, 0, 0, 90),  # nothing since the beginning; nobody had answered before 30
        (20, 30, 0, 20, 90),
        (50, 30, 0, 50, 110),
        (50, 30, 70, 70, 130),  # the handset was away in between
        (500, 30, 0, 100, 160),  # the clock has been set back since: it counts from now
    ],
)
def test_silence_counts_from_the_last_word(
    heard: float | None, answered: float, back: float, since: float, due: float
) -> None:
    talking = call(CallState.ANSWERED, answered_at=after(answered), presence_since=after(back))
    last = None if heard is None else after(heard)
    assert silence.since(talking, last, after(100)) == after(since)
    assert silence.due(talking, last, after(100), 60) == after(due)


def test_a_silence_ends_with_what_it_means() -> None:
    silent = silence.begin(call(CallState.ANSWERED), None, after(60)).call
    assert silent.silent_since == after(0)
    assert silence.settled(silent, "aoba") == silent
    gone = silent.model_copy(update={"presence": Presence.GONE})
    assert silence.settled(gone, "aoba").silent_since is None
    assert silence.end(silent).call.silent_since is None
    talking = call(CallState.ANSWERED)
    assert silence.end(talking).effects == ()


# --- the department's rule ------------------------------------------------------------------------

MOMENTS = st.none() | st.floats(0, 300)


@pytest.mark.parametrize(
    ("heard", "asked", "wrote", "due"),
    [
        (None, None, False, 90),  # never a word: nothing has to be asked first
        (None, 80, False, 90),
        (50, None, True, None),  # the dispatcher has to write first
        (50, 40, True, None),  # the caller wrote after it
        (50, 52, True, 112),
        (50, 90, True, 150),
        (50, 500, True, 160),  # the clock has been set back since: it counts from now
    ],
)
def test_a_silent_caller_counts_as_a_disaster_only_after_being_asked(
    heard: float | None, asked: float | None, wrote: bool, due: float | None
) -> None:
    talking = call(CallState.ANSWERED, answered_at=after(30), presence_since=after(0))
    found = silence.disaster_due(
        talking,
        None if heard is None else after(heard),
        None if asked is None else after(asked),
        after(100),
        60,
        wrote=wrote,
    )
    assert found == (None if due is None else after(due))


@given(heard=MOMENTS, asked=MOMENTS, wrote=st.booleans(), now=st.floats(0, 300))
def test_nobody_counts_as_a_disaster_before_counting_as_silent(
    heard: float | None, asked: float | None, wrote: bool, now: float
) -> None:
    talking = call(CallState.ANSWERED, answered_at=after(30), presence_since=after(0))
    last = None if heard is None else after(heard)
    first = None if asked is None else after(asked)
    found = silence.disaster_due(talking, last, first, after(now), 60, wrote=wrote)
    if found is None:
        assert wrote
        assert first is None or (last is not None and first < last)
    else:
        assert found >= silence.due(talking, last, after(now), 60)
        assert found <= after(max(now, 0)) + timedelta(seconds=60)


def test_the_rule_is_told_once_in_the_history_and_holds_until_the_caller_reacts() -> None:
    first = silence.disaster(call(CallState.ANSWERED))
    assert silence.counts_as_disaster(first.call)
    assert [each.what for each in first.effects if isinstance(each, Note)] == [
        "silent caller counts as a disaster"
    ]
    gone = first.call.model_copy(update={"presence": Presence.GONE})
    assert silence.counts_as_disaster(silence.settled(gone, "aoba"))
    reacted = silence.end(first.call)
    assert not silence.counts_as_disaster(reacted.call)
    assert [each.what for each in reacted.effects if isinstance(each, Note)] == [
        "caller heard again"
    ]
    again = silence.disaster(reacted.call)
    assert silence.counts_as_disaster(again.call)
    assert again.effects == ()
    assert [each.code for each in again.call.told].count(NoticeCode.SILENT_DISASTER) == 1


def test_another_department_is_not_bound_by_the_rule() -> None:
    told = silence.disaster(call(CallState.ANSWERED)).call
    passed_on = told.model_copy(update={"owner": SIBLING})
    assert not silence.counts_as_disaster(silence.settled(passed_on, "aoba"))
    anew = silence.disaster(silence.settled(passed_on, "aoba"))
    assert [each.rule_of and each.rule_of.code for each in anew.call.told if not each.lifted] == [
        "tomakomai"
    ]
    assert len(anew.effects) == 1
