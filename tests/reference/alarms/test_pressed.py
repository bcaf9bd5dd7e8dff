"""The button pressed again: no alarm is swallowed, and no old answer is one to it."""

from dataclasses import replace
from datetime import timedelta

import pytest
from net119_protocol.alarms.codes import Finding, IncidentState, SceneEvent, SignalKind
from net119_protocol.alarms.incident import FurtherSignals, Incident
from net119_protocol.codes import Mode
from net119_reference.alarms import afterwards, machine, pressed
from net119_reference.alarms.machine import Decision, NotNow
from net119_reference.alarms.pressed import Whose

from tests.reference.alarms.people import HELPERS, NOW, TIMERS, WHOSE, raised

S = IncidentState
WHY = "ヘルパーが来ない"


def after(seconds: float) -> timedelta:
    return timedelta(seconds=seconds)


def said(incident: Incident, seconds: float, text: str = "①です") -> Incident:
    return machine.speak(incident, "", text, NOW + after(seconds), TIMERS)


def decided(incident: Incident, finding: Finding, reason: str = "") -> Incident:
    decision = Decision(finding, by="指令員", units="救急1", reason=reason)
    return machine.decide(incident, decision, HELPERS, NOW + after(20), TIMERS)


def again(incident: Incident, seconds: float, n: int = 2) -> Incident:
    return pressed.pressed_again(incident, n, NOW + after(seconds), TIMERS)


def ticked(incident: Incident, seconds: float) -> Incident:
    return machine.tick(incident, HELPERS, NOW + after(seconds), TIMERS)


def waiting() -> Incident:
    """Told that nobody comes, and taken."""
    return decided(said(raised(), 5), Finding.OTHER, WHY)


def sent() -> Incident:
    """Crews are on their way, since 20 s after the alarm."""
    return decided(said(raised(), 5), Finding.DISASTER)


def part(
    incident: Incident, seconds: float = 1, whose: Whose = WHOSE, mode: Mode = Mode.DRILL
) -> bool:
    now = NOW + after(seconds)
    return pressed.belongs(incident, SignalKind.ALARM, mode, whose, now, TIMERS)


def test_an_alarm_is_not_swallowed_by_an_open_test_or_by_another_mode() -> None:
    assert not part(raised(SignalKind.TEST))
    assert not part(raised(mode=Mode.TEST))
    assert part(raised())


@pytest.mark.parametrize(
    "other",
    [
        replace(WHOSE, registration=1002),
        replace(WHOSE, registration=None),
        replace(WHOSE, crew_area="ukyo"),
        replace(WHOSE, ward_office="ukyo"),
        replace(WHOSE, since=NOW + after(1)),
    ],
)
def test_an_alarm_is_not_swallowed_by_one_of_the_user_or_the_place_before(other: Whose) -> None:
    for incident in (raised(), sent(), waiting()):
        assert part(incident, 60, replace(WHOSE, since=NOW))
        assert not part(incident, 60, other)


def test_an_alarm_long_after_a_dispatch_is_one_of_its_own() -> None:
    assert part(sent(), 20 + TIMERS.anew_s)
    assert not part(sent(), 21 + TIMERS.anew_s)
    # Nobody comes yet to whoever is still spoken with.
    assert part(waiting(), 21 + TIMERS.anew_s)


@pytest.mark.parametrize("event", SceneEvent)
def test_an_alarm_after_a_crews_final_report_is_one_of_its_own(event: SceneEvent) -> None:
    told = afterwards.report(sent(), event, "救急1", NOW + after(60))
    final = event in {SceneEvent.HANDED_OVER, SceneEvent.NOTHING_FOUND}
    assert part(told, 61) is not final


def test_what_those_who_looked_had_found_ends_no_later_dispatch() -> None:
    looked = decided(said(raised(), 5), Finding.FIRE_SERVICE, "警報器の故障")
    looked = afterwards.report(looked, SceneEvent.NOTHING_FOUND, "調査1", NOW + after(60))
    anew = ticked(again(looked, 90), 90 + TIMERS.hail_s)
    assert anew.dispatched
    assert part(anew, 91 + TIMERS.hail_s)


def test_who_was_told_that_nobody_comes_and_presses_again_is_hailed_anew() -> None:
    anew = again(waiting(), 300)
    assert (anew.state, anew.finding, anew.signals) == (S.HAILING, None, (1, 2))
    assert [(each.at, each.by) for each in anew.hails[1:]] == [(NOW + after(300), "")]
    assert anew.taken_by == "", "nobody has the new alarm"
    assert (anew.reason, anew.notes) == ("", (WHY,))
    assert not anew.answered
    silent = ticked(anew, 300 + TIMERS.hail_s)
    assert (silent.state, silent.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
    assert silent.reason == "", "why nobody was sent holds no more"


@pytest.mark.parametrize("finding", [Finding.MISTAKE, Finding.OTHER, Finding.FIRE_SERVICE])
def test_kyo_07_an_old_answer_is_no_answer_to_a_new_press(finding: Finding) -> None:
    anew = again(waiting(), 300)
    with pytest.raises(NotNow, match="nobody has answered"):
        decided(anew, finding, "間違い")
    assert decided(anew, Finding.NO_ANSWER).finding is Finding.NO_ANSWER
    heard = said(anew, 310)
    assert heard.answered
    assert decided(heard, finding, "間違い").finding is finding


def test_kyo_07_after_a_new_press_too_hailing_cannot_put_the_dispatch_off() -> None:
    incident = again(waiting(), 300)
    for seconds in range(300, 900, 10):
        if incident.state is S.HAILING:
            incident = machine.hail(incident, "指令員", NOW + after(seconds), TIMERS)
        incident = ticked(incident, seconds)
    first, *_ = incident.dispatches
    assert NOW + after(300 + TIMERS.hail_s) < first.at
    assert first.at <= NOW + after(300 + TIMERS.hail_most_s)


def test_kyo_07_pressing_on_does_not_put_the_dispatch_off() -> None:
    incident = raised()
    for n in range(2, 200):
        if incident.state is S.HAILING:
            if n % 10 == 0:
                incident = machine.hail(incident, "指令員", NOW + after(n), TIMERS)
            incident = ticked(again(incident, n, n), n)
    assert incident.dispatches[0].at == NOW + after(TIMERS.hail_most_s)


def test_a_press_in_a_conversation_has_to_be_answered_too() -> None:
    talking = machine.take(said(raised(), 5), "指令員")
    anew = again(talking, 60)
    assert not anew.answered
    assert ticked(anew, 60 + TIMERS.hail_s).finding is Finding.NO_ANSWER
    # What was to end sooner still does.
    assert machine.due(again(talking, 120)) == NOW + after(5 + TIMERS.talk_s)


def test_who_presses_before_anybody_could_answer_is_hailed_and_stays_with_who_took_it() -> None:
    taken = machine.take(raised(), "指令員")
    anew = again(taken, 10)
    assert (len(anew.hails), anew.taken_by) == (2, "指令員")
    assert machine.due(anew) == machine.due(taken)


def test_a_press_while_crews_are_on_their_way_is_hailed_and_calls_none_back() -> None:
    before = machine.take(sent(), "指令員")
    anew = again(before, 300)
    assert (anew.state, anew.dispatches) == (S.DISPATCHED, before.dispatches)
    assert anew.hails[-1].at == NOW + after(300)
    assert (anew.signals, anew.taken_by) == ((1, 2), "")
    assert machine.due(anew) == machine.due(before), "helpers are asked on"


def test_of_a_stuck_button_not_every_signal_is_listed_and_what_waits_goes_on() -> None:
    incident = raised()
    for n in range(2, 1000):
        incident = again(incident, n / 100, n)
    assert incident.signals == tuple(range(1, pressed.LISTED + 1))
    assert incident.further == FurtherSignals(
        count=999 - pressed.LISTED, first_at=NOW + after(1.01), last_at=NOW + after(9.99)
    ), "none is dropped"
    assert len(incident.hails) == pressed.LISTED
    answered = said(incident, 15)
    assert not again(answered, 16, 1000).answered, "who has answered is hailed all the same"
    assert ticked(incident, TIMERS.hail_s).dispatched


@pytest.mark.parametrize("kind", [SignalKind.TEST, SignalKind.CONSULTATION])
def test_of_other_stuck_buttons_too_every_signal_is_listed_or_counted(kind: SignalKind) -> None:
    incident = raised(kind)
    for n in range(2, pressed.LISTED + 4):
        incident = again(incident, n, n)
    assert (len(incident.signals), incident.further and incident.further.count) == (
        pressed.LISTED,
        3,
    )


def test_a_consultation_once_more_is_listed() -> None:
    talk = raised(SignalKind.CONSULTATION)
    assert again(talk, 5) == talk.model_copy(update={"signals": (1, 2)})


def test_what_is_known_to_be_a_disaster_after_all_keeps_no_reason_for_sending_nobody() -> None:
    disaster = decided(waiting(), Finding.DISASTER)
    assert (disaster.reason, disaster.notes) == ("", (WHY,))
