"""Differences between screens: none between equal ones, each of another kind is found."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.codes import CallState, Presence
from net119_scenarios.drills.record import CallKept, LineShown
from net119_scenarios.drills.report.views import LATE_S, Late, back_s, differences_in, late_in

from tests.scenarios.drills.calls import CALLER, COURSE, DISPATCHER, a_call, chats, line, state

CHAT = (
    line(1, 20, DISPATCHER, "どうしましたか。"),
    line(2, 35, CALLER, "事故です。"),
    line(3, 50, DISPATCHER, "向かっています。"),
)


def kinds(call: CallKept) -> list[tuple[str, str, int | None]]:
    """Kind, screen and line of each difference."""
    return [(each.what, each.screen, each.seq) for each in differences_in(call)]


def later(seq: int, by: float) -> Callable[[LineShown], LineShown]:
    """A phone that has one line later than the console."""

    def shown(each: LineShown) -> LineShown:
        return each.model_copy(update={"at_s": each.at_s + by}) if each.seq == seq else each

    return shown


def test_a_line_that_never_came_is_missing_on_that_screen() -> None:
    call = a_call(CHAT, on_phone=lambda each: None if each.seq == 2 else each)
    assert kinds(call) == [("missing", "rider", 2)]
    assert differences_in(call)[0].elsewhere == "事故です。"


def test_a_console_misses_nothing_of_the_time_before_it_had_the_call() -> None:
    early = line(1, 1, CALLER, "助けて")
    call = a_call((early, *(e.model_copy(update={"seq": e.seq + 1}) for e in CHAT)))
    console = call.screens[0].model_copy(update={"lines": call.screens[0].lines[1:]})
    assert kinds(call.model_copy(update={"screens": (console, call.screens[1])})) == []


def test_a_line_with_other_words_is_told() -> None:
    call = a_call(
        CHAT,
        on_phone=lambda e: e.model_copy(update={"text": "別の文"}) if e.seq == 3 else e,
    )
    (found,) = differences_in(call)
    assert (found.what, found.seq) == ("other-text", 3)
    assert {found.seen, found.elsewhere} == {"別の文", "向かっています。"}


def test_lines_that_came_in_another_order_are_told() -> None:
    call = a_call(CHAT)
    phone = call.screens[1]
    mixed = phone.model_copy(update={"lines": (phone.lines[1], phone.lines[0], phone.lines[2])})
    assert kinds(call.model_copy(update={"screens": (call.screens[0], mixed)})) == [
        ("other-order", "rider", 1)
    ]


def test_a_phone_that_still_shows_an_open_call_at_the_end_is_told() -> None:
    call = a_call(CHAT)
    phone = call.screens[1].model_copy(update={"states": call.screens[1].states[:-1]})
    (found,) = differences_in(call.model_copy(update={"screens": (call.screens[0], phone)}))
    assert (found.what, found.screen, found.seen, found.elsewhere) == (
        "other-end",
        "rider",
        "answered",
        "closed",
    )


def test_a_line_is_late_only_where_the_call_was_shown() -> None:
    call = a_call(CHAT, on_phone=later(3, 9.5))
    assert late_in(call) == (Late("rider", 3, "rider", 9.5),)
    assert late_in(a_call(CHAT, on_phone=later(3, LATE_S))) == ()
    # A center that gets the call later gets the chat so far, too: that is not late.
    after = (state(100, CallState.RINGING), state(110, CallState.ANSWERED), COURSE[2])
    there = call.screens[0].model_copy(
        update={
            "of": "chitose",
            "center": "chitose",
            "states": after,
            "lines": tuple(e.model_copy(update={"at_s": 100.0}) for e in CHAT),
        }
    )
    both = a_call(CHAT)
    assert late_in(both.model_copy(update={"screens": (*both.screens, there)})) == ()


@given(chats(), st.floats(0, LATE_S))
def test_equal_screens_differ_in_nothing(chat: tuple[LineShown, ...], by: float) -> None:
    call = a_call(chat, on_phone=lambda e: e.model_copy(update={"at_s": e.at_s + by}))
    assert differences_in(call) == ()
    # The sum of floats may be over by its last bit.
    assert all(each.seconds <= LATE_S for each in late_in(call))


@given(chats(), st.data())
def test_each_line_that_a_phone_has_not_is_told(
    chat: tuple[LineShown, ...], data: st.DataObject
) -> None:
    lost = data.draw(st.sets(st.sampled_from([e.seq for e in chat]))) if chat else set()
    call = a_call(chat, on_phone=lambda each: None if each.seq in lost else each)
    assert {seq for what, _, seq in kinds(call) if what == "missing"} == lost


GONE = (
    state(2, CallState.RINGING),
    state(10, CallState.ANSWERED),
    state(40, CallState.INTERRUPTED, presence=Presence.GONE),
)
BACK = (*GONE, state(90, CallState.ANSWERED), state(200, CallState.CLOSED))
ASKED = (line(1, 20, DISPATCHER, "場所は？"), line(2, 60, DISPATCHER, "髙橋さん、聞こえますか。"))


def test_a_phone_in_a_tunnel_is_not_to_blame_for_what_it_missed() -> None:
    def missed(each: LineShown) -> LineShown | None:
        return None if each.seq == 2 else each

    away = a_call(ASKED, GONE, on_phone=missed)
    assert differences_in(away) == ()
    # It is when the phone was connected; and whoever is back has to have it.
    assert [each.what for each in differences_in(a_call(ASKED, on_phone=missed))] == ["missing"]
    phone = next(each for each in away.screens if each.side == "caller")
    assert back_s(away, phone, 60.0) == math.inf
    assert back_s(away, phone, 20.0) is None


@pytest.mark.parametrize(("shown_s", "late"), [(91.0, []), (97.0, [7.0])])
def test_what_waited_for_a_phone_to_be_back_is_late_from_then_on(
    shown_s: float, late: list[float]
) -> None:
    def waited(each: LineShown) -> LineShown | None:
        return each.model_copy(update={"at_s": shown_s}) if each.seq == 2 else each

    call = a_call(ASKED, BACK, on_phone=waited)
    assert [each.seconds for each in late_in(call)] == late
    assert differences_in(call) == ()
