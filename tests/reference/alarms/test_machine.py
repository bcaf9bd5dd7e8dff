"""An incident from the alarm to its end (articles 7 and 10)."""

from datetime import timedelta

import pytest
from net119_protocol.alarms.codes import (
    AlarmOutcome,
    Finding,
    HelperAnswer,
    IncidentState,
    SignalKind,
)
from net119_protocol.alarms.incident import Incident
from net119_reference.alarms import machine
from net119_reference.alarms.asking import NotAsked, helper_answers
from net119_reference.alarms.machine import Decision, NotNow
from net119_reference.alarms.pressed import pressed_again

from tests.reference.alarms.people import HELPERS, NOW, TIMERS, raised

S = IncidentState


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def answered(text: str = "胸が苦しい") -> Incident:
    return machine.speak(raised(), "", text, NOW + after(5), TIMERS)


def decided(incident: Incident, finding: Finding, reason: str = "") -> Incident:
    decision = Decision(finding, by="指令員", units="救急1", reason=reason)
    return machine.decide(incident, decision, HELPERS, NOW + after(20), TIMERS)


def ticked(incident: Incident, seconds: float) -> Incident:
    return machine.tick(incident, HELPERS, NOW + after(seconds), TIMERS)


def test_kyo_05_an_alarm_hails_at_once() -> None:
    incident = raised()
    assert incident.state is S.HAILING
    assert [each.at for each in incident.hails] == [NOW]


@pytest.mark.parametrize("kind", [SignalKind.HEARTBEAT, SignalKind.BATTERY_LOW])
def test_a_units_own_state_begins_no_incident(kind: SignalKind) -> None:
    with pytest.raises(ValueError, match="begins no incident"):
        raised(kind)


def test_kyo_06_a_confirmed_disaster_is_dispatched() -> None:
    incident = decided(answered(), Finding.DISASTER)
    assert incident.state is S.DISPATCHED
    assert [(each.units, each.because) for each in incident.dispatches] == [
        ("救急1", Finding.DISASTER)
    ]


def test_kyo_07_silence_is_dispatched_by_time_alone() -> None:
    assert ticked(raised(), TIMERS.hail_s - 1).state is S.HAILING
    incident = ticked(raised(), TIMERS.hail_s)
    assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
    assert incident.dispatches[0].by == ""


def test_kyo_07_an_answer_that_is_followed_by_silence_is_dispatched_as_unclear() -> None:
    incident = answered("…")
    assert ticked(incident, 5 + TIMERS.talk_s - 1).state is S.HAILING
    silent = ticked(incident, 5 + TIMERS.talk_s)
    assert (silent.state, silent.finding) == (S.DISPATCHED, Finding.UNCLEAR)


@pytest.mark.parametrize("hails", [False, True])
def test_kyo_07_a_dispatcher_who_speaks_or_hails_on_cannot_put_the_unclear_answer_off(
    hails: bool,
) -> None:
    incident = answered("うう……")
    every = 25 if hails else 100
    for seconds in range(20, 5 * 3600, every):
        incident = ticked(incident, seconds)
        if incident.state is S.HAILING and hails:
            incident = machine.hail(incident, "指令員", NOW + after(seconds), TIMERS)
        elif incident.state is S.HAILING:
            now = NOW + after(seconds)
            incident = machine.speak(incident, "指令員", "聞こえますか①", now, TIMERS)
    assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.UNCLEAR)
    assert incident.dispatches[0].at <= NOW + after(5 + TIMERS.talk_s + every)


def test_kyo_07_hailing_again_gives_whoever_answered_no_more_time_and_their_words_do() -> None:
    late = machine.hail(answered(), "指令員", NOW + after(5 + TIMERS.talk_s - 1), TIMERS)
    assert machine.due(late) == NOW + after(5 + TIMERS.talk_s)
    spoken = machine.speak(answered(), "指令員", "どこが①", NOW + after(60), TIMERS)
    assert machine.due(spoken) == NOW + after(5 + TIMERS.talk_s)
    spoken = machine.speak(spoken, "", "胸です", NOW + after(70), TIMERS)
    assert machine.due(spoken) == NOW + after(70 + TIMERS.talk_s)


def test_kyo_07_talk_from_which_nothing_is_decided_ends_in_a_dispatch() -> None:
    incident = answered("うう……")
    for seconds in range(10, 3600, 10):
        incident = ticked(incident, seconds)
        if incident.state is S.HAILING:
            incident = machine.speak(incident, "", "あ……", NOW + after(seconds), TIMERS)
    assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.UNCLEAR)
    assert incident.dispatches[0].at <= NOW + after(5 + TIMERS.talk_most_s + 10)
    long_ago = machine.speak(answered(), "", "髙い所", NOW + after(TIMERS.talk_most_s - 1), TIMERS)
    assert machine.due(long_ago) == NOW + after(5 + TIMERS.talk_most_s)
    anew = pressed_again(long_ago, 2, NOW + after(TIMERS.talk_most_s), TIMERS)
    anew = machine.speak(anew, "", "また①", NOW + after(TIMERS.talk_most_s + 1), TIMERS)
    assert machine.due(anew) == NOW + after(TIMERS.talk_most_s + 1 + TIMERS.talk_s)


def test_kyo_07_a_dispatcher_who_only_hails_again_cannot_put_the_dispatch_off() -> None:
    incident = raised()
    for seconds in range(0, 600, 10):
        if incident.state is S.HAILING:
            incident = machine.hail(incident, "指令員", NOW + after(seconds), TIMERS)
        incident = ticked(incident, seconds)
    assert incident.state is S.DISPATCHED
    assert incident.dispatches[0].at <= NOW + after(TIMERS.hail_most_s + 10)


def test_kyo_07_no_answer_where_somebody_answered_is_recorded_as_unclear() -> None:
    assert decided(answered(), Finding.NO_ANSWER).finding is Finding.UNCLEAR


@pytest.mark.parametrize("finding", [Finding.OTHER, Finding.FIRE_SERVICE, Finding.MISTAKE])
def test_kyo_07_without_an_answer_it_cannot_be_found_to_be_no_disaster(finding: Finding) -> None:
    with pytest.raises(NotNow, match="nobody has answered"):
        decided(raised(), finding, "たぶん間違い")


def test_kyo_08_a_matter_of_the_fire_service_sends_somebody_to_look() -> None:
    incident = decided(answered(), Finding.FIRE_SERVICE, "警報器の故障")
    assert incident.state is S.INVESTIGATING
    assert [each.to_investigate for each in incident.dispatches] == [True]
    assert not incident.dispatched


def test_kyo_09_another_matter_waits_for_somebody_to_be_told() -> None:
    incident = decided(answered(), Finding.OTHER, "ヘルパーが来ない")
    assert incident.state is S.INFORMING
    assert not incident.dispatches
    assert machine.due(incident) is None


@pytest.mark.parametrize("finding", [Finding.OTHER, Finding.FIRE_SERVICE, Finding.MISTAKE])
def test_where_nobody_is_sent_the_reason_is_needed(finding: Finding) -> None:
    with pytest.raises(NotNow, match="reason"):
        decided(answered(), finding, "  ")


def test_a_mistake_that_the_user_told_ends_it() -> None:
    incident = decided(answered("間違えました"), Finding.MISTAKE, "本人が応答、異状なし")
    assert (incident.state, incident.outcome) == (S.CLOSED, AlarmOutcome.MISTAKE)
    assert not incident.dispatches


def test_kyo_04_a_test_is_never_dispatched() -> None:
    test = raised(SignalKind.TEST)
    assert machine.due(test) is None
    assert ticked(test, 86_400) == test
    for finding in Finding:
        with pytest.raises(NotNow, match="KYO-04"):
            decided(test, finding, "x")
    with pytest.raises(NotNow):
        machine.close(test, "指令員", "x", NOW)


def test_kyo_04_a_test_ends_with_how_the_equipment_worked() -> None:
    test = raised(SignalKind.TEST)
    good = machine.check_equipment(test, "指令員", NOW, good=True)
    assert (good.state, good.outcome) == (S.CLOSED, AlarmOutcome.EQUIPMENT_GOOD)
    with pytest.raises(NotNow, match="which equipment"):
        machine.check_equipment(test, "指令員", NOW, good=False)
    faulty = machine.check_equipment(test, "指令員", NOW, good=False, note="表示盤3番")
    assert faulty.outcome is AlarmOutcome.EQUIPMENT_FAULTY
    with pytest.raises(NotNow, match="no test"):
        machine.check_equipment(raised(), "指令員", NOW, good=True)


def test_kyo_23_a_consultation_has_no_timer_and_can_turn_into_a_disaster() -> None:
    talk = raised(SignalKind.CONSULTATION)
    assert talk.state is S.CONSULTING
    assert machine.due(talk) is None
    assert decided(talk, Finding.DISASTER).state is S.DISPATCHED
    talked = machine.speak(talk, "", "介護の相談です①", NOW, TIMERS)
    ended = machine.close(talked, "指令員", "福祉の相談先を案内", NOW)
    assert ended.outcome is AlarmOutcome.CONSULTED
    nobody = machine.close(talk, "指令員", "応答がなく、折り返しを本人が断った", NOW)
    assert nobody.outcome is AlarmOutcome.NO_ACTION
    asked = machine.speak(talk, "指令員", "どうしましたか①", NOW, TIMERS)
    alone = machine.close(asked, "指令員", "応答がない", NOW)
    assert alone.outcome is AlarmOutcome.NO_ACTION, "only the dispatcher spoke"


def test_it_cannot_be_closed_while_nothing_was_found_out() -> None:
    with pytest.raises(NotNow, match="say first"):
        machine.close(raised(), "指令員", "x", NOW)


def test_what_has_ended_stays_so() -> None:
    ended = decided(answered(), Finding.MISTAKE, "本人が応答")
    with pytest.raises(NotNow, match="has ended"):
        machine.take(ended, "指令員")
    with pytest.raises(NotNow, match="has ended"):
        machine.speak(ended, "", "もしもし", NOW, TIMERS)
    with pytest.raises(NotNow, match="has ended"):
        machine.close(ended, "指令員", "x", NOW)


def test_kyo_10_helpers_are_asked_one_after_the_other_in_their_order() -> None:
    incident = decided(answered(), Finding.DISASTER)
    assert [each.name for each in incident.helpers] == [HELPERS[0].name]
    incident = helper_answers(incident, 1, HelperAnswer.CANNOT, HELPERS, NOW, TIMERS)
    assert [each.name for each in incident.helpers] == [h.name for h in HELPERS[:2]]
    incident = helper_answers(incident, 2, HelperAnswer.GOES, HELPERS, NOW, TIMERS)
    assert len(incident.helpers) == 2
    assert incident.ask_next_by is None


def test_kyo_10_one_who_does_not_answer_is_followed_by_the_next() -> None:
    incident = decided(answered(), Finding.DISASTER)
    assert len(ticked(incident, 20 + TIMERS.helper_s - 1).helpers) == 1
    assert len(ticked(incident, 20 + TIMERS.helper_s).helpers) == 2


def test_kyo_10_one_who_goes_and_then_cannot_is_followed_by_the_next() -> None:
    incident = decided(answered(), Finding.DISASTER)
    incident = helper_answers(incident, 1, HelperAnswer.GOES, HELPERS, NOW, TIMERS)
    incident = helper_answers(incident, 1, HelperAnswer.CANNOT, HELPERS, NOW, TIMERS)
    assert len(incident.helpers) == 2


def test_kyo_10_who_was_asked_later_is_waited_for_once_the_first_cannot_go_after_all() -> None:
    incident = ticked(decided(answered(), Finding.DISASTER), 20 + TIMERS.helper_s)
    assert [each.name for each in incident.helpers] == [h.name for h in HELPERS[:2]]
    later = NOW + after(20 + TIMERS.helper_s + 5)
    incident = helper_answers(incident, 1, HelperAnswer.GOES, HELPERS, later, TIMERS)
    incident = helper_answers(incident, 1, HelperAnswer.CANNOT, HELPERS, later, TIMERS)
    assert incident.ask_next_by == NOW + after(20 + 2 * TIMERS.helper_s)
    assert len(ticked(incident, 20 + 2 * TIMERS.helper_s).helpers) == 3
    # Long after the second was asked nobody waits any more.
    long_after = NOW + after(3600)
    incident = helper_answers(incident, 1, HelperAnswer.GOES, HELPERS, later, TIMERS)
    incident = helper_answers(incident, 1, HelperAnswer.CANNOT, HELPERS, long_after, TIMERS)
    assert incident.ask_next_by == long_after


def test_kyo_10_nobody_is_waited_for_while_another_is_on_the_way() -> None:
    incident = ticked(decided(answered(), Finding.DISASTER), 20 + TIMERS.helper_s)
    incident = ticked(incident, 20 + 2 * TIMERS.helper_s)
    incident = helper_answers(incident, 3, HelperAnswer.ARRIVED, HELPERS, NOW, TIMERS)
    incident = helper_answers(incident, 1, HelperAnswer.CANNOT, HELPERS, NOW, TIMERS)
    assert incident.ask_next_by is None


def test_kyo_10_when_all_were_asked_nobody_is_waited_for() -> None:
    incident = decided(answered(), Finding.DISASTER)
    for order in range(1, 4):
        incident = helper_answers(incident, order, HelperAnswer.NO_ANSWER, HELPERS, NOW, TIMERS)
    assert len(incident.helpers) == 3
    assert incident.ask_next_by is None
    with pytest.raises(NotAsked):
        helper_answers(incident, 4, HelperAnswer.GOES, HELPERS, NOW, TIMERS)


def test_kyo_10_nobody_is_asked_where_somebody_only_looks() -> None:
    assert decided(answered(), Finding.FIRE_SERVICE, "故障").helpers == ()
