"""Reports from the house, who is told, and the reports afterwards (articles 10 to 12)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from net119_protocol.alarms.codes import (
    Accident,
    AlarmOutcome,
    Desk,
    Finding,
    HelperAnswer,
    IncidentState,
    Recipient,
    SceneEvent,
    SignalKind,
)
from net119_protocol.alarms.incident import Incident
from net119_reference.alarms import afterwards, machine
from net119_reference.alarms.asking import helper_answers
from net119_reference.alarms.machine import Decision, NotNow
from net119_reference.alarms.pressed import pressed_again

from tests.reference.alarms.people import HELPERS, NOW, OFFICE, TIMERS, raised

NIGHT = datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
EIGHT_HOURS = timedelta(hours=8)
PRESSED = NOW + timedelta(minutes=2)
LATER = NOW + timedelta(minutes=4)
E = SceneEvent


def dispatched(accident: Accident = Accident.UNKNOWN) -> Incident:
    decision = Decision(Finding.DISASTER, "指令員", accident, "救急1")
    return machine.decide(raised(), decision, HELPERS, NOW, TIMERS)


def found(finding: Finding, units: str = "", incident: Incident | None = None) -> Incident:
    """No disaster: answered one second after ``NOW`` or after the press that came last."""
    before = incident or raised()
    at = before.hails[-1].at + timedelta(seconds=1)
    spoken = machine.speak(before, "", "ヘルパーさんが来ない", at, TIMERS)
    decision = Decision(finding, "指令員", units=units, reason="災害でない")
    return machine.decide(spoken, decision, HELPERS, at, TIMERS)


def another_matter() -> Incident:
    return found(Finding.OTHER)


def looked() -> Incident:
    return found(Finding.FIRE_SERVICE, "調査1")


def relative(incident: Incident, at: datetime = NOW) -> Incident:
    return afterwards.tell(incident, Recipient.RELATIVE, "来てほしい", OFFICE, at, urgent=True)


@pytest.mark.parametrize(
    ("event", "at_once"),
    [
        (E.FORCED_ENTRY, True),
        (E.HELPER_INJURED, True),
        (E.URGENT_CONTACT, True),
        (E.HELPER_TOLD, False),
        (E.HANDED_OVER, False),
    ],
)
def test_kyo_11_some_reports_reach_the_center_at_once(event: SceneEvent, at_once: bool) -> None:
    told = afterwards.report(dispatched(), event, "救急1", NOW, text="窓", witness="警察官")
    assert [(each.event, each.at_once, each.witness) for each in told.scene] == [
        (event, at_once, "警察官")
    ]


def test_nothing_is_reported_from_a_house_to_which_nobody_was_sent() -> None:
    with pytest.raises(NotNow, match="nobody was sent"):
        afterwards.report(another_matter(), E.FORCED_ENTRY, "救急1", NOW)


def test_nothing_is_reported_from_there_after_the_end_either() -> None:
    ended = machine.close(another_matter(), "指令員", "本人が自分で電話した", NOW)
    with pytest.raises(NotNow, match="nobody was sent"):
        afterwards.report(ended, E.HELPER_INJURED, "救急1", NOW)


def test_kyo_11_what_is_reported_after_the_dispatcher_has_ended_it_is_kept() -> None:
    made = afterwards.ward_report(dispatched(), "髙橋　キヌ", OFFICE, NIGHT)
    ended = machine.close(made, "指令員", "", NOW)
    told = afterwards.report(
        ended, E.HELPER_INJURED, "救急1", NOW, text="手を切った①", accident=Accident.INJURY
    )
    assert [(each.event, each.at_once) for each in told.scene] == [(E.HELPER_INJURED, True)]
    assert (told.state, told.outcome, told.closed_at) == (ended.state, ended.outcome, NOW)
    follows = afterwards.ward_report(told, "髙橋　キヌ", OFFICE, NIGHT).ward_report
    assert follows is not None
    assert (follows.helpers_acted, follows.accident) == (True, Accident.INJURY)
    sent = afterwards.ward_report_sent(told, "係長", NOW)
    assert len(afterwards.report(sent, E.ARRIVED, "救急1", NOW).scene) == 2


def test_kyo_11_who_only_looks_can_report_while_the_user_is_hailed_anew() -> None:
    anew = pressed_again(looked(), 2, NOW, TIMERS)
    assert anew.state is IncidentState.HAILING
    assert afterwards.report(anew, E.FORCED_ENTRY, "調査1", NOW).scene[0].at_once


def test_kyo_12_every_disaster_dispatch_owes_the_ward_office_a_report() -> None:
    incident = helper_answers(dispatched(), 1, HelperAnswer.ARRIVED, HELPERS, NOW, TIMERS)
    incident = afterwards.report(incident, E.ARRIVED, "救急1", NOW, accident=Accident.ILLNESS)
    made = afterwards.ward_report(incident, "髙橋　キヌ", OFFICE, NIGHT).ward_report
    assert made is not None
    assert (made.happened_at, made.registration, made.name) == (NOW, 1001, "髙橋　キヌ")
    assert (made.accident, made.helpers_acted) == (Accident.ILLNESS, True)
    assert made.due == OFFICE.hours.next_open(NIGHT)


def test_kyo_12_a_helper_who_only_said_to_go_has_not_acted() -> None:
    incident = helper_answers(dispatched(), 1, HelperAnswer.GOES, HELPERS, NOW, TIMERS)
    assert not afterwards.helpers_acted(incident)
    assert afterwards.helpers_acted(afterwards.report(incident, E.HELPER_TOLD, "救急1", NOW))


def test_kyo_12_what_was_no_disaster_dispatch_owes_none() -> None:
    with pytest.raises(NotNow, match="no report is owed"):
        afterwards.ward_report(another_matter(), "髙橋　キヌ", OFFICE, NOW)


def test_kyo_12_a_report_is_sent_once_and_can_be_mended_before() -> None:
    incident = afterwards.ward_report(dispatched(), "髙橋　キヌ", OFFICE, NIGHT)
    mended = afterwards.ward_report(incident, "髙橋　キヌ", OFFICE, NOW, other="鍵を交換")
    assert mended.ward_report is not None
    assert incident.ward_report is not None
    assert mended.ward_report.due == incident.ward_report.due
    sent = afterwards.ward_report_sent(mended, "係長", NOW)
    with pytest.raises(NotNow):
        afterwards.ward_report_sent(sent, "係長", NOW)
    with pytest.raises(NotNow, match="sent already"):
        afterwards.ward_report(sent, "髙橋　キヌ", OFFICE, NOW)


def test_kyo_13_the_home_station_is_told_of_what_lay_outside_its_area_only() -> None:
    with pytest.raises(NotNow, match="own area"):
        afterwards.tell_home_station(dispatched(), "搬送した", "指令員", NOW)
    outside = dispatched().model_copy(update={"crew_area": "kamigyo"})
    told = afterwards.tell_home_station(outside, "搬送した", "指令員", NOW)
    assert told.home_station_report is not None
    assert told.home_station_report.station == "nakagyo"
    with pytest.raises(NotNow, match="nobody was sent"):
        afterwards.tell_home_station(another_matter(), "x", "指令員", NOW)


def test_kyo_09_an_urgent_matter_at_night_climbs_until_somebody_is_reached() -> None:
    incident = afterwards.tell(
        another_matter(), Recipient.WARD_OFFICE, "独りで動けない", OFFICE, NIGHT, urgent=True
    )
    incident = afterwards.told(incident, 1, "指令員", OFFICE, NIGHT, reached=False)
    incident = afterwards.told(incident, 2, "指令員", OFFICE, NIGHT, reached=True)
    assert [(each.desk, each.reached) for each in incident.tellings] == [
        (Desk.CHIEF_AT_HOME, False),
        (Desk.DIRECTOR_AT_HOME, True),
    ]
    with pytest.raises(NotNow, match="not one that waits"):
        afterwards.told(incident, 1, "指令員", OFFICE, NIGHT, reached=True)


def test_kyo_09_relatives_are_told_with_their_own_telephone() -> None:
    told = afterwards.tell(
        another_matter(),
        Recipient.RELATIVE,
        "様子を見てほしい",
        OFFICE,
        NIGHT,
        urgent=False,
        name="長女",
        phone="090-0000-0000",
    )
    assert (told.tellings[0].desk, told.tellings[0].phone) == (Desk.DIRECT, "090-0000-0000")
    unreached = afterwards.told(told, 1, "指令員", OFFICE, NIGHT, reached=False)
    assert len(unreached.tellings) == 1


def test_nobody_is_told_before_it_is_known_what_it_is() -> None:
    with pytest.raises(NotNow, match="find out first"):
        afterwards.tell(raised(), Recipient.POLICE, "x", OFFICE, NOW, urgent=True)


def test_kyo_12_what_is_added_to_a_report_stands_below_what_was_added_before() -> None:
    report = afterwards.ward_report(dispatched(), "髙橋　キヌ", OFFICE, NIGHT, other="鍵を交換①")
    for more in ("𠮷田さんが残る", "𠮷田さんが残る", ""):
        report = afterwards.ward_report(report, "髙橋　キヌ", OFFICE, NIGHT, other=more)
    assert report.ward_report is not None
    assert report.ward_report.other == "鍵を交換①\n𠮷田さんが残る"
    with pytest.raises(NotNow, match="1986"):
        afterwards.ward_report(report, "髙橋　キヌ", OFFICE, NIGHT, other="長" * 2000)


def test_kyo_13_a_home_station_that_is_told_more_keeps_what_it_was_told() -> None:
    outside = dispatched().model_copy(update={"crew_area": "ukyo"})
    for what in ("搬送した", "髙い熱、入院"):
        outside = afterwards.tell_home_station(outside, what, "指令員", NOW)
    assert outside.home_station_report is not None
    assert outside.home_station_report.what == "搬送した\n髙い熱、入院"


def test_kyo_08_nobody_who_looked_or_was_told_is_not_investigated() -> None:
    spoken = machine.speak(raised(), "", "警報器が鳴る", NOW, TIMERS)
    found = Decision(Finding.FIRE_SERVICE, "指令員", reason="警報器の故障")
    idle = machine.decide(spoken, found, HELPERS, NOW, TIMERS)
    with pytest.raises(NotNow, match="nobody was sent to look"):
        machine.close(idle, "指令員", " ", NOW)
    idly = machine.close(idle, "指令員", "業者がもう来ている①", NOW)
    assert (idly.outcome, idly.reason) == (AlarmOutcome.NO_ACTION, "業者がもう来ている①")
    passed = afterwards.tell(
        idle, Recipient.OTHER_AGENCY, "警報器の故障", OFFICE, NOW, urgent=False
    )
    assert machine.close(passed, "指令員", "", NOW).outcome is AlarmOutcome.PASSED_ON
    sent = machine.decide(spoken, replace(found, units="調査1"), HELPERS, NOW, TIMERS)
    assert machine.close(sent, "指令員", "", NOW).outcome is AlarmOutcome.INVESTIGATED


def test_kyo_09_who_was_never_reached_was_not_told() -> None:
    matter = another_matter()
    with pytest.raises(NotNow, match="nobody was told"):
        machine.close(matter, "指令員", "", NOW)
    waits = afterwards.tell(matter, Recipient.RELATIVE, "来てほしい", OFFICE, NOW, urgent=True)
    assert not machine.close(waits, "指令員", "", NOW).open
    tried = afterwards.told(waits, 1, "指令員", OFFICE, NOW, reached=False)
    with pytest.raises(NotNow, match="nobody was told"):
        machine.close(tried, "指令員", "", NOW)
    given_up = machine.close(tried, "指令員", "本人が自分で電話した", NOW)
    assert given_up.outcome is AlarmOutcome.NO_ACTION, "nobody knows of it"
    reached = afterwards.told(waits, 1, "指令員", OFFICE, NOW, reached=True)
    assert machine.close(reached, "指令員", "", NOW).outcome is AlarmOutcome.PASSED_ON


def test_kyo_09_ended_while_somebody_was_to_be_told_and_then_not_reached_is_not_passed_on() -> None:
    waits = machine.close(relative(another_matter(), LATER), "指令員", "", LATER)
    assert (waits.outcome, waits.reason_owed, afterwards.owed(waits)) == (
        AlarmOutcome.PASSED_ON,
        False,
        True,
    )
    nobody = afterwards.told(waits, 1, "指令員", OFFICE, LATER, reached=False)
    assert (nobody.outcome, nobody.reason_owed) == (AlarmOutcome.NO_ACTION, True)
    assert afterwards.owed(nobody), "it stays at the desk"
    # The reason why nobody has to be told, ...
    with pytest.raises(NotNow, match="nobody was told"):
        machine.close(nobody, "指令員", " ", LATER)
    said = machine.close(nobody, "指令員", "本人が自分で電話した①", LATER)
    assert (said.reason, said.notes) == ("本人が自分で電話した①", ("災害でない",))
    assert (said.outcome, said.closed_at) == (AlarmOutcome.NO_ACTION, LATER)
    assert not afterwards.owed(said)
    with pytest.raises(NotNow, match="has ended"):
        machine.close(said, "指令員", "x", LATER)
    # ... or somebody else who is told.
    other = relative(nobody, LATER)
    assert (other.outcome, other.reason_owed) == (AlarmOutcome.PASSED_ON, False)
    reached = afterwards.told(other, 2, "指令員", OFFICE, LATER, reached=True)
    assert reached.outcome is AlarmOutcome.PASSED_ON
    assert not afterwards.owed(reached)
    again = afterwards.told(other, 2, "指令員", OFFICE, LATER, reached=False)
    assert (again.outcome, afterwards.owed(again)) == (AlarmOutcome.NO_ACTION, True)


def test_kyo_09_the_ward_office_that_is_not_reached_waits_on_and_no_reason_is_owed() -> None:
    waits = afterwards.tell(
        another_matter(), Recipient.WARD_OFFICE, "x", OFFICE, NIGHT, urgent=True
    )
    ended = machine.close(waits, "指令員", "", NIGHT)
    tried = afterwards.told(ended, 1, "指令員", OFFICE, NIGHT, reached=False)
    assert (tried.outcome, tried.reason_owed) == (AlarmOutcome.PASSED_ON, False)
    assert afterwards.owed(tried)


def test_kyo_08_who_looked_did_so_whoever_is_not_reached_afterwards() -> None:
    ended = machine.close(relative(looked(), LATER), "指令員", "", LATER)
    tried = afterwards.told(ended, 1, "指令員", OFFICE, LATER, reached=False)
    assert (tried.outcome, afterwards.owed(tried)) == (AlarmOutcome.INVESTIGATED, False)
    talk = machine.speak(raised(SignalKind.CONSULTATION), "", "相談①", NOW, TIMERS)
    talk = relative(machine.close(talk, "指令員", "案内した", NOW))
    assert talk.outcome is AlarmOutcome.PASSED_ON
    tried = afterwards.told(talk, 1, "指令員", OFFICE, NOW, reached=False)
    assert (tried.outcome, afterwards.owed(tried)) == (AlarmOutcome.CONSULTED, False)


def test_kyo_09_who_was_told_before_a_later_press_was_not_told_of_it() -> None:
    told = afterwards.told(relative(another_matter()), 1, "指令員", OFFICE, NOW, reached=True)
    anew = found(Finding.OTHER, incident=pressed_again(told, 2, PRESSED, TIMERS))
    with pytest.raises(NotNow, match="nobody was told"):
        machine.close(anew, "指令員", "", LATER)
    alone = machine.close(anew, "指令員", "同じ用件", LATER)
    assert alone.outcome is AlarmOutcome.NO_ACTION
    of_it = machine.close(relative(anew, LATER), "指令員", "", LATER)
    assert of_it.outcome is AlarmOutcome.PASSED_ON


def test_kyo_09_a_further_way_to_tell_of_what_was_before_is_none_for_a_later_press() -> None:
    waits = afterwards.tell(
        another_matter(), Recipient.WARD_OFFICE, "x", OFFICE, NIGHT - EIGHT_HOURS, urgent=False
    )
    assert waits.tellings[0].noted_at == NIGHT - EIGHT_HOURS
    anew = pressed_again(waits, 2, NIGHT, TIMERS)
    anew = found(Finding.OTHER, incident=anew)
    anew = afterwards.told(anew, 1, "指令員", OFFICE, NIGHT + EIGHT_HOURS, reached=False)
    assert anew.tellings[1].due > NIGHT
    with pytest.raises(NotNow, match="nobody was told"):
        machine.close(anew, "指令員", "", NIGHT + EIGHT_HOURS)


def test_kyo_08_who_looked_before_a_later_press_did_not_look_after_it() -> None:
    anew = found(Finding.FIRE_SERVICE, incident=pressed_again(looked(), 2, PRESSED, TIMERS))
    with pytest.raises(NotNow, match="nobody was sent to look"):
        machine.close(anew, "指令員", "", LATER)
    assert machine.close(anew, "指令員", "隊は帰った", LATER).outcome is AlarmOutcome.NO_ACTION
    # Crews who are at the house, or are sent once more, do look.
    there = afterwards.report(anew, E.NOTHING_FOUND, "調査1", LATER)
    assert machine.close(there, "指令員", "", LATER).outcome is AlarmOutcome.INVESTIGATED
    sent = found(Finding.FIRE_SERVICE, "調査2", pressed_again(looked(), 2, PRESSED, TIMERS))
    assert machine.close(sent, "指令員", "", LATER).outcome is AlarmOutcome.INVESTIGATED
    late = machine.close(anew, "指令員", "隊は帰った", LATER)
    late = afterwards.report(late, E.NOTHING_FOUND, "調査1", LATER)
    assert late.outcome is AlarmOutcome.INVESTIGATED, "they came after all"
