"""Times of calls: what they are in a known call, and what must hold of them in any."""

from hypothesis import given
from hypothesis import strategies as st
from net119_protocol.codes import CallState, Presence
from net119_scenarios.drills.record import Act, Aim, DrillRecord, Pause, PositionShown
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.drills.report.times import Figure, TimesOfCall, aims_of, times_of, without

from tests.scenarios.drills.calls import (
    BREATHING,
    CALLER,
    COURSE,
    DISPATCHER,
    a_call,
    line,
    records,
    shifted,
    state,
)
from tests.scenarios.drills.drills import a_record, both

CHAT = (
    line(1, 12, DISPATCHER, "119番です。"),
    line(2, 20, DISPATCHER, "どうしましたか。"),
    line(3, 35, CALLER, "事故です。"),
    line(4, 95, DISPATCHER, "救急車が向かっています。"),
)


def seconds(found: TimesOfCall) -> dict[str, float | None]:
    """Each figure's seconds."""
    return {each.figure.value: each.seconds for each in found.times}


def test_the_times_of_a_call_are_those_of_its_screens() -> None:
    acts = [
        Act(at_s=60, what="transfer-asked", center="tomakomai", detail="chitose"),
        Act(at_s=63, what="transfer-failed", center="tomakomai", detail="chitose: silent"),
        Act(at_s=70, what="transfer-asked", center="tomakomai", detail="chitose"),
        Act(at_s=74, what="transferred", center="tomakomai", detail="chitose"),
        Act(at_s=80, what="dispatched", center="chitose", detail="千歳救急1"),
    ]
    spots = [
        PositionShown(at_s=2, lat=42.6, lon=141.6, radius_m=900),
        PositionShown(at_s=52, lat=42.6, lon=141.6, radius_m=100),
    ]
    found = times_of(a_record(), a_call(CHAT, acts=acts, positions=spots))
    assert found.alarm_s == 2
    assert seconds(found) == {
        "answer": 8,
        "located": 50,
        "understood": 33,
        "first-question": 18,
        "dispatch": 78,
        "transfer": 72,
        "transfer-took": 4,
        "closed": 198,
        "dispatcher-silence": 105,
        "caller-silence": 165,
    }


def test_a_call_that_nobody_answers_has_no_times_but_the_alarm() -> None:
    found = times_of(a_record(), a_call((), (state(5, CallState.RINGING),)))
    assert found.alarm_s == 5
    assert set(seconds(found).values()) == {None}


def test_what_only_another_center_shows_is_no_alarm() -> None:
    shown = [state(5, CallState.RINGING, mine=False), state(9, CallState.ANSWERED, mine=False)]
    assert times_of(a_record(), a_call((), shown)).alarm_s is None


def test_time_without_the_handset_is_no_silence_of_the_caller() -> None:
    gone = [
        *COURSE[:2],
        state(40, CallState.INTERRUPTED, presence=Presence.GONE),
        state(190, CallState.ANSWERED),
        COURSE[2],
    ]
    found = times_of(a_record(), a_call(CHAT, gone))
    assert found.gone_s == 150
    assert found.time(Figure.CALLER_SILENCE).seconds == 25, "until the first line"
    assert found.time(Figure.DISPATCHER_SILENCE).seconds == 105


def test_a_reopened_call_is_closed_when_it_was_closed_last() -> None:
    again = [*COURSE, state(220, CallState.ANSWERED), state(250, CallState.CLOSED)]
    assert times_of(a_record(), a_call(CHAT, again)).time(Figure.CLOSED).seconds == 248


def test_the_kind_is_understood_with_the_reply_to_its_question() -> None:
    what = BREATHING.model_copy(
        update={"id": "what-happened", "words": ("どうしま",), "told": ("けが",)}
    )
    late = (*CHAT[:2], line(3, 150, CALLER, "事故です。"))
    early = (
        *CHAT[:1],
        line(2, 15, CALLER, "けがをした"),
        line(3, 20, DISPATCHER, "どうしましたか"),
    )
    no = (line(1, 12, DISPATCHER, "名前は？"), line(2, 20, CALLER, "髙橋"))
    for chat, expected in ((late, 148), (early, 13), (no, None)):
        record = a_record(calls=(a_call(chat),), questions=(what,))
        (found,) = analysed(record).calls
        assert found.time(Figure.UNDERSTOOD).seconds == expected


def test_a_fire_is_understood_with_the_reply_to_what_burns() -> None:
    burns = BREATHING.model_copy(
        update={"id": "what-burns", "words": ("燃えて",), "told": (), "call": "rider"}
    )
    elsewhere = burns.model_copy(update={"call": "other"})
    chat = (
        line(1, 12, DISPATCHER, "逃げましたか"),
        line(2, 20, CALLER, "はい"),
        line(3, 30, DISPATCHER, "何が燃えていますか"),
        line(4, 42, CALLER, "台所です"),
    )
    for question, expected in ((burns, 40), (elsewhere, 18)):
        record = a_record(calls=(a_call(chat),), questions=(question,))
        (found,) = analysed(record).calls
        assert found.time(Figure.UNDERSTOOD).seconds == expected


def test_targets_are_held_missed_or_not_reached() -> None:
    def aim(end: str, within: float) -> Aim:
        return Aim(begin="called", end=end, seconds=within, what=both("まで"))

    record = a_record(
        aims=(aim("answered", 10), aim("closed", 99), aim("never", 5)),
        moments={"called": 0, "answered": 12, "closed": 100},
        pauses=(Pause(began_s=5, ended_s=7),),
    )
    found = [(each.aim.end, each.seconds, each.held) for each in aims_of(record)]
    assert found == [("answered", 10, True), ("closed", 98, True), ("never", None, False)]
    late = record.model_copy(update={"pauses": ()})
    assert [each.held for each in aims_of(late)] == [False, False, False]


@given(records())
def test_no_time_is_negative_or_longer_than_its_span(record: DrillRecord) -> None:
    (found,) = analysed(record).calls
    assert found.gone_s >= 0
    for each in found.times:
        if each.seconds is None:
            assert each.began_s is None
            assert each.ended_s is None
        else:
            assert each.began_s is not None
            assert each.ended_s is not None
            assert 0 <= each.seconds <= each.ended_s - each.began_s


@given(records(), st.integers(0, 300), st.integers(1, 500))
def test_a_pause_changes_no_time(record: DrillRecord, at_s: int, by: int) -> None:
    (before,) = analysed(record).calls
    paused = shifted(record, at_s, by)
    (after,) = analysed(paused).calls
    assert seconds(after) == seconds(before)
    assert after.gone_s == before.gone_s
    assert [each.seconds for each in aims_of(paused)] == [each.seconds for each in aims_of(record)]
    assert analysed(paused).ran_s == analysed(record).ran_s


_CELLS = st.tuples(st.integers(0, 40), st.integers(0, 40)).map(lambda two: (min(two), max(two)))


@given(_CELLS, st.lists(_CELLS, max_size=6))
def test_holes_are_taken_out_once(span: tuple[int, int], holes: list[tuple[int, int]]) -> None:
    covered = {at for begin, end in holes for at in range(begin, end)}
    assert without(span, holes) == sum(at not in covered for at in range(*span))
