"""Interface H: a new alarm is never taken for a part of what is over, or of somebody else's."""

from net119_protocol.alarms.codes import Finding, IncidentState, SceneEvent
from net119_protocol.alarms.signals import UnitSays
from net119_protocol.api import alarms as api
from net119_protocol.api.alarm_register import InstallUnit, ReturnUnit
from net119_protocol.codes import Refusal

from tests.reference.service.alarms.center import (
    DISPATCHER,
    STATION,
    TIMERS,
    UNIT,
    USER,
    Center,
    on_center,
    refused,
)

S = IncidentState
NEXT_USER = 1002


async def hails(at: Center) -> list[str]:
    """The incidents of all hails that came out of the unit."""
    heard = await at.alarms.signals.hears(at.unit, 0)
    return [each.incident for each in heard.spoken if each.hail]


def test_kyo_05_an_alarm_while_crews_are_on_their_way_is_hailed_and_shown_again() -> None:
    async def work(at: Center) -> None:
        first = await at.send()
        await at.later(TIMERS.hail_s)
        await at.alarms.desk.take(DISPATCHER, at.only().incident_id)
        tape = await at.console()
        await at.later(60)
        shown = len(at.of(tape, api.AlarmFrame))
        again = await at.send()
        assert (again.incident, again.repeat) == (first.incident, False)
        assert await hails(at) == [first.incident] * 2
        frames = at.of(tape, api.AlarmFrame)[shown:]
        assert [(each.incident.signals, each.incident.taken_by) for each in frames] == [
            ((1, 2), "")
        ], "the desk is told, and nobody has it until it is taken anew"
        assert "alarm-pressed-again" in [action for _, action, *_ in await at.audited()]
        assert (await at.send(n=2)).repeat
        assert len(await hails(at)) == 2, "a repeat is no press"

    on_center(work)


def test_kyo_07_an_alarm_long_after_the_dispatch_is_dispatched_on_its_own() -> None:
    async def work(at: Center) -> None:
        first = await at.send()
        await at.later(TIMERS.hail_s)
        await at.later(TIMERS.anew_s + 1)
        second = await at.send()
        assert second.incident != first.incident
        assert (await at.send()).incident == second.incident, "what follows belongs to the new one"
        await at.crash(later=TIMERS.hail_s)
        old, new = at.incidents()
        assert (old.state, new.state) == (S.DISPATCHED, S.DISPATCHED)
        assert new.finding is Finding.NO_ANSWER

    on_center(work)


def test_an_alarm_after_the_crews_have_done_their_work_is_one_of_its_own() -> None:
    async def work(at: Center) -> None:
        await at.send(n=1)
        await at.later(TIMERS.hail_s)
        incident = at.only().incident_id
        found = api.NewSceneReport(event=SceneEvent.NOTHING_FOUND, by="救急1")
        await at.alarms.desk.report(DISPATCHER, incident, found)
        # Of a unit without a clock that has lost its memory: in doubt it is an alarm.
        taken = await at.send(n=1)
        assert not taken.repeat
        assert [each.state for each in at.incidents()] == [S.DISPATCHED, S.HAILING]

    on_center(work)


def test_kyo_07_an_answer_to_the_alarm_before_does_not_end_the_new_one() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.says("ヘルパーが来ない")
        this = at.only().incident_id
        other = api.DecideIncident(finding=Finding.OTHER, reason="福祉の用件")
        await at.alarms.desk.decide(DISPATCHER, this, other)
        await at.later(300)
        await at.send()
        mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="たぶん誤報")
        with refused(Refusal.WRONG_STATE, "nobody has answered"):
            await at.alarms.desk.decide(DISPATCHER, this, mistake)
        await at.later(TIMERS.hail_s)
        incident = at.only()
        assert (incident.state, incident.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
        assert (incident.reason, incident.notes) == ("", ("福祉の用件",))

    on_center(work)


def test_an_open_incident_of_the_user_before_takes_nothing_of_the_next_ones() -> None:
    async def work(at: Center) -> None:
        old = await at.send()
        await at.later(TIMERS.hail_s)
        today = at.clock.now().date()
        await at.alarms.register.unit_returned(STATION, USER, ReturnUnit(received_on=today))
        nobodys = await at.send()
        assert nobodys.incident != old.incident
        await at.register(registration=NEXT_USER)
        new = await at.send()
        first, second, third = at.incidents()
        assert [each.registration for each in (first, second, third)] == [USER, None, NEXT_USER]
        assert (first.signals, third.number) == ((1,), new.incident)
        await at.says("𠮷田です。髙いところから落ちました①")
        assert [len(each.speech) for each in at.incidents()] == [0, 0, 1]
        with refused(Refusal.NOT_FOUND, str(old.incident)):
            await at.alarms.signals.says(at.unit, UnitSays(text="もしもし", incident=old.incident))
        with refused(Refusal.WRONG_STATE, UNIT, "does not reach"):
            await at.alarms.desk.speak(
                DISPATCHER, first.incident_id, api.SpeakToUser(text="髙橋さん、聞こえますか")
            )
        with refused(Refusal.WRONG_STATE, "does not reach"):
            await at.alarms.desk.hail(DISPATCHER, second.incident_id)
        assert await hails(at) == [new.incident], "nothing of those before is said to the new user"
        await at.later(TIMERS.hail_s + TIMERS.talk_s)
        assert all(each.dispatched for each in at.incidents())

    on_center(work)


def test_an_incident_of_the_house_before_takes_no_alarm_of_the_new_one() -> None:
    async def work(at: Center) -> None:
        old = await at.send()
        at.clock.advance(1)
        put = InstallUnit(unit_id=UNIT, on=at.clock.now().date())
        await at.alarms.register.install(STATION, USER, put)
        assert (await at.send()).incident != old.incident
        await at.crash()
        assert len(at.incidents()) == 2, "and is known to be after a restart"
        assert (await at.send()).incident == at.incidents()[1].number

    on_center(work)
