"""Interface H: an alarm is never lost and never taken twice, also when the provider dies."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from net119_protocol.alarms.codes import Finding, IncidentKind, IncidentState, SignalKind
from net119_protocol.alarms.sample import kyoto
from net119_protocol.api import alarms as api
from net119_protocol.api.alarm_register import ReturnUnit
from net119_protocol.codes import Mode, Refusal
from net119_reference.ports import StorageFailed

from tests.reference.alarms.people import NOW
from tests.reference.service.alarms.center import (
    DISPATCHER,
    STATION,
    TIMERS,
    UNIT,
    USER,
    Center,
    center,
    on_center,
    refused,
)

S = IncidentState


def test_kyo_05_an_alarm_hails_at_once_and_is_shown_at_the_desk() -> None:
    async def work(at: Center) -> None:
        tape = await at.console()
        taken = await at.send()
        incident = at.only()
        assert (incident.number, incident.state) == (taken.incident, S.HAILING)
        assert (incident.registration, incident.station) == (USER, "nakagyo")
        assert [each.incident for each in at.of(tape, api.AlarmFrame)] == [incident]
        heard = await at.alarms.signals.hears(at.unit, 0)
        assert [(each.hail, each.incident) for each in heard.spoken] == [(True, taken.incident)]

    on_center(work)


def test_kyo_07_silence_is_dispatched_by_time_alone_and_helpers_are_asked() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.later(TIMERS.hail_s - 1)
        assert at.only().state is S.HAILING
        await at.later(1)
        incident = at.only()
        assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
        assert len(incident.helpers) == 1
        await at.later(TIMERS.helper_s)
        assert len(at.only().helpers) == 2
        assert incident.ward_report is not None
        assert incident.ward_report.name == "髙橋　キヌ"

    on_center(work)


@pytest.mark.parametrize("down", [0.0, 10.0, 3600.0])
def test_an_incident_that_hails_when_the_provider_dies_is_dispatched_all_the_same(
    down: float,
) -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.later(5)
        await at.crash(later=down)
        if down < TIMERS.hail_s:
            assert at.only().state is S.HAILING
            await at.later(TIMERS.hail_s - 5 - down)
        incident = at.only()
        assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
        assert incident.dispatches[0].by == ""
        await at.later(TIMERS.helper_s)
        assert len(at.only().helpers) == 2, "the next helper is asked, too"

    on_center(work)


def test_the_next_helper_is_asked_after_a_crash_in_between() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.later(TIMERS.hail_s)
        await at.crash(later=1)
        await at.later(TIMERS.helper_s)
        assert len(at.only().helpers) == 2

    on_center(work)


def test_a_ward_office_that_is_in_the_settings_no_more_keeps_nobody_from_coming() -> None:
    async def work(at: Center) -> None:
        await at.send()
        others = [each for each in kyoto()["ward_offices"] if each["code"] != "nakagyo"]
        await at.crash(ward_offices=others)
        await at.later(TIMERS.hail_s)
        incident = at.only()
        assert incident.dispatched
        assert incident.ward_report is None
        await at.crash(later=1)
        closed = api.CloseIncident()
        ended = await at.alarms.desk.close(DISPATCHER, incident.incident_id, closed)
        assert ended.ward_report is not None, "the report is made once the office is there again"

    on_center(work)


def test_a_clock_set_back_does_not_keep_anybody_waiting() -> None:
    async def work(at: Center) -> None:
        await at.send()
        at.clock.is_set(-3600)
        await at.later(TIMERS.hail_s)
        assert at.only().state is S.DISPATCHED
        await at.crash()
        await at.later(TIMERS.helper_s)
        assert len(at.only().helpers) == 2

    on_center(work)


def test_kyo_04_a_test_is_never_dispatched_whatever_time_goes_by() -> None:
    async def work(at: Center) -> None:
        taken = await at.send(SignalKind.TEST)
        await at.later(86_400)
        await at.crash(later=86_400)
        incident = at.only()
        assert (incident.number, incident.state) == (taken.incident, S.CHECKING)
        assert not incident.dispatches
        with refused(Refusal.WRONG_STATE, "KYO-04"):
            await at.alarms.desk.decide(
                DISPATCHER, incident.incident_id, api.DecideIncident(finding=Finding.DISASTER)
            )
        checked = await at.alarms.desk.check_equipment(
            DISPATCHER, incident.incident_id, api.CheckEquipment(good=True)
        )
        assert checked.state is S.CLOSED

    on_center(work)


def test_a_repeat_is_answered_again_and_not_done_again_also_after_a_crash() -> None:
    async def work(at: Center) -> None:
        first = await at.send(n=1)
        again = await at.send(n=1)
        assert (first.repeat, again.repeat) == (False, True)
        assert again.incident == first.incident
        assert again.taken_at == first.taken_at
        await at.crash()
        assert (await at.send(n=1)).incident == first.incident
        assert at.only().signals == (1,)

    on_center(work)


def test_an_alarm_beside_a_test_a_consultation_or_another_mode_is_its_own() -> None:
    async def work(at: Center) -> None:
        await at.send(SignalKind.TEST, n=1)
        await at.send(SignalKind.CONSULTATION, n=2)
        await at.send(n=3, mode=Mode.TEST)
        await at.send(n=4)
        kinds = [(each.kind, each.mode) for each in at.incidents()]
        alarm = IncidentKind.ALARM
        assert kinds == [
            (IncidentKind.TEST, Mode.DRILL),
            (IncidentKind.CONSULTATION, Mode.DRILL),
            (alarm, Mode.TEST),
            (alarm, Mode.DRILL),
        ]
        assert len({each.number for each in at.incidents()}) == 4

    on_center(work)


def test_a_unit_that_lost_its_memory_and_presses_with_the_same_count_is_heard() -> None:
    async def work(at: Center) -> None:
        await at.send(n=1)
        incident = at.only().incident_id
        await at.says("間違えました")
        mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="本人が応答")
        await at.alarms.desk.decide(DISPATCHER, incident, mistake)
        await at.later(60)
        taken = await at.send(n=1)
        assert not taken.repeat
        assert at.incidents()[-1].state is S.HAILING

    on_center(work)


def test_a_late_alarm_is_an_alarm_and_told_to_be_late() -> None:
    async def work(at: Center) -> None:
        sent = NOW - timedelta(hours=2)
        await at.send(sent_at=sent, replayed=True)
        incident = at.only()
        assert (incident.state, incident.late, incident.replayed) == (S.HAILING, True, True)
        again = await at.send(n=1, sent_at=sent, replayed=True)
        assert again.repeat

    on_center(work)


def test_a_practice_signal_is_refused_since_practice_sends_nobody() -> None:
    async def work(at: Center) -> None:
        for mode in (Mode.PRACTICE, Mode.LIVE):
            with refused(Refusal.MODE_NOT_ACCEPTED, mode.value, "drill"):
                await at.send(mode=mode)
        assert at.incidents() == []

    on_center(work)


def test_silence_of_a_unit_is_noticed_and_ends_with_its_next_signal() -> None:
    async def work(at: Center) -> None:
        tape = await at.console()
        await at.send(SignalKind.HEARTBEAT)
        wait = TIMERS.heartbeat_s * TIMERS.beats_missed
        await at.later(wait - 1)
        assert not at.of(tape, api.AlarmUnitFrame)
        await at.later(1)
        told = at.of(tape, api.AlarmUnitFrame)
        assert [(e.unit.unit_id, tuple(e.unit.troubles)) for e in told] == [(UNIT, ("silent",))]
        await at.send(SignalKind.HEARTBEAT)
        assert at.of(tape, api.AlarmUnitFrame)[-1].unit.troubles == ()
        await at.later(wait)
        assert at.of(tape, api.AlarmUnitFrame)[-1].unit.troubles == ("silent",)

    on_center(work)


def test_a_provider_that_was_down_blames_no_unit_for_its_own_silence() -> None:
    async def work(at: Center) -> None:
        await at.send(SignalKind.HEARTBEAT)
        await at.crash(later=86_400)
        wait = TIMERS.heartbeat_s * TIMERS.beats_missed
        await at.later(wait - 1)
        assert not at.alarms.state.book.units[UNIT].unit.troubles
        await at.later(1)
        assert at.alarms.state.book.units[UNIT].unit.troubles == {"silent"}

    on_center(work)


def test_battery_and_line_are_shown_until_they_are_good() -> None:
    async def work(at: Center) -> None:
        tape = await at.console()
        await at.send(SignalKind.BATTERY_LOW, battery_percent=4)
        await at.send(SignalKind.LINE_FAILURE)
        units = (await at.alarms.desk.units(DISPATCHER, everyone=False)).units
        assert [(e.unit_id, e.troubles, e.battery_percent) for e in units] == [
            (UNIT, ("battery", "line"), 4)
        ]
        await at.send(SignalKind.LINE_BACK)
        await at.send(SignalKind.BATTERY_GOOD)
        assert at.of(tape, api.AlarmUnitFrame)[-1].unit.troubles == ()
        assert not (await at.alarms.desk.units(DISPATCHER, everyone=False)).units
        assert not at.incidents()

    on_center(work)


def test_an_alarm_of_a_unit_that_went_back_is_an_alarm_of_nobody_known() -> None:
    async def work(at: Center) -> None:
        await at.alarms.register.unit_returned(
            STATION, USER, ReturnUnit(received_on=at.clock.now().date())
        )
        await at.send()
        assert at.only().registration is None
        await at.later(TIMERS.hail_s)
        incident = at.only()
        assert incident.dispatched
        assert incident.helpers == ()

    on_center(work)


def test_a_signal_that_could_not_be_stored_is_not_acknowledged_and_leaves_nothing() -> None:
    async def work(at: Center) -> None:
        async def full(*_: object) -> None:
            raise StorageFailed("database or disk is full")

        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(at.provider.core.database, "commit", full)
            with pytest.raises(StorageFailed):
                await at.send(n=1)
        assert at.incidents() == []
        assert not (await at.send(n=1)).repeat
        assert at.only().number.endswith("-1")

    on_center(work)


def test_nobody_else_is_a_unit() -> None:
    async def work(at: Center) -> None:
        assert (await at.alarms.unit_identity(at.token)).unit_id == UNIT
        with refused(Refusal.NOT_AUTHENTICATED):
            await at.alarms.unit_identity("x" * 30)

    on_center(work)


PRESSES = st.lists(
    st.tuples(
        st.sampled_from(
            [SignalKind.ALARM, SignalKind.ALARM, SignalKind.TEST, SignalKind.HEARTBEAT]
        ),
        st.integers(1, 3),
        st.sampled_from([0.0, 1.0, 40.0, 700.0]),
        st.booleans(),
    ),
    min_size=1,
    max_size=12,
)


@given(PRESSES)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_every_alarm_ends_in_a_dispatch_and_no_test_does(
    presses: list[tuple[SignalKind, int, float, bool]],
) -> None:
    """Whatever counts the unit uses, and however often the provider dies meanwhile."""

    async def main() -> None:
        async with center() as at:
            for kind, n, seconds, dies in presses:
                taken = await at.send(kind, n=n)
                if kind is SignalKind.ALARM:
                    (its,) = [e for e in at.incidents() if e.number == taken.incident]
                    assert its.open
                    hailed = [each.at for each in its.hails if not each.by]
                    assert taken.repeat or hailed[-1] == taken.taken_at, "a press is hailed"
                if dies:
                    await at.crash(later=seconds)
                else:
                    await at.later(seconds)
            await at.later(TIMERS.hail_most_s)
            alarms = [e for e in at.incidents() if e.kind is IncidentKind.ALARM]
            assert bool(alarms) == any(kind is SignalKind.ALARM for kind, *_ in presses)
            assert all(each.dispatched for each in alarms)
            assert not any(e.dispatches for e in at.incidents() if e.kind is IncidentKind.TEST)

    asyncio.run(main())
