"""When a caller who is connected counts as silent."""

import pytest
from net119_protocol.codes import CallState, Presence
from net119_reference.calls import silence

from tests.reference.calls.examples import after, away, call


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
