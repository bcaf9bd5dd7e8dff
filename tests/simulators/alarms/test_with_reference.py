"""Alarm units, dispatchers and neighbours with the reference, over HTTPS, in its own process."""

import asyncio
import itertools
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest
from net119_protocol.alarms.codes import (
    Accident,
    Finding,
    HelperAnswer,
    IncidentState,
    SceneEvent,
)
from net119_protocol.alarms.incident import Incident
from net119_protocol.api import alarms as api
from net119_protocol.codes import Refusal
from net119_protocol.directory.model import JAPAN
from net119_simulators.alarms import (
    AlarmCenter,
    AlarmDesk,
    AlarmUnit,
    Answering,
    Neighbour,
    Neighbourhood,
    Resident,
    SimulatedWardOffice,
    kyoto_spec,
    make_user,
    mistaken,
)
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import CallRefused
from net119_simulators.network import LocalNetwork

TIMERS = {"hail_s": 1.0, "hail_most_s": 3.0, "talk_s": 60.0, "helper_s": 1.0, "poll_s": 5.0}
AWAY = Neighbour("𠮷田　花子", "075-000-0001", 3, picks_up=False)
GOES = Neighbour("髙島　一郎", "075-000-0002", 4, has_key=True, finds="台所で倒れている")
S = IncidentState
NUMBERS = itertools.count(2001)


def next_night(now: datetime) -> datetime:
    """The next half past one at night in Japan, between two working days."""
    day = now.astimezone(JAPAN).date() + timedelta(days=1)
    office = SimulatedWardOffice("nakagyo")
    while True:
        night = datetime.combine(day, time(1, 30), JAPAN).astimezone(UTC)
        before, after = night - timedelta(hours=12), night + timedelta(hours=12)
        if office.is_open(before) and office.is_open(after):
            return night
        day += timedelta(days=1)


@dataclass
class Scene:
    """A center that runs, with a dispatcher and a console."""

    network: LocalNetwork
    center: AlarmCenter
    desk: AlarmDesk
    console: Dispatcher

    async def put_up(self, resident: Resident | None = None) -> AlarmUnit:
        """A unit of a user of its own, whom two helpers have."""
        street = Neighbourhood((AWAY, GOES))
        number = next(NUMBERS)
        user = make_user(number, "26104", "nakagyo", street.registered())
        today = datetime.now(UTC).astimezone(JAPAN).date()
        return await self.center.put_up(number, user, today, resident=resident)

    async def incident(self, number: str | None, wanted: Callable[[Incident], bool]) -> Incident:
        """The incident once it is as ``wanted``, as the console's feed tells it."""
        return await self.console.wait_for_alarm(
            lambda each: each.number == number and wanted(each), 20
        )


async def no_answer_at_night(scene: Scene) -> None:
    """Press, no answer, dispatched; the first helper is not reached, the second comes."""
    operation = scene.network.operation("miyako")
    night = next_night(datetime.now(UTC))
    await operation.set_clock(night)
    office = SimulatedWardOffice("nakagyo")
    street = Neighbourhood((AWAY, GOES))
    user = make_user(1, "26104", "nakagyo", street.registered())
    unit = await scene.center.put_up(1001, user, night.astimezone(JAPAN).date())
    async with unit:
        taken = await unit.press()
        assert taken is not None
        hail = await unit.wait_for_words(hail=True)
        assert hail.incident == taken.incident
        sent = await scene.incident(taken.incident, lambda each: each.dispatched)
        assert (sent.state, sent.finding) == (S.DISPATCHED, Finding.NO_ANSWER)
        assert sent.dispatches[0].by == "", "nobody had to decide it"

        this = sent.incident_id
        # The first is rung up and does not answer; nobody notes it, so time asks the second.
        assert street.ring(sent.helpers[0].phone).asked() is HelperAnswer.NO_ANSWER
        asked = await scene.incident(taken.incident, lambda each: len(each.helpers) == 2)
        assert [each.name for each in asked.helpers] == [AWAY.name, GOES.name]
        going = api.HelperSays(order=2, answer=street.ring(asked.helpers[1].phone).asked())
        assert going.answer is HelperAnswer.GOES
        await scene.desk.helper_says(this, going)
        there = api.HelperSays(order=2, answer=HelperAnswer.ARRIVED)
        await scene.desk.helper_says(this, there)
        told = api.NewSceneReport(
            event=SceneEvent.HELPER_TOLD, by="救急1", text=GOES.finds, accident=Accident.ILLNESS
        )
        await scene.desk.report(this, told)
        ended = await scene.desk.close_incident(this, api.CloseIncident())

        report = ended.ward_report
        assert report is not None
        assert (report.registration, report.name) == (1001, user.name)
        assert (report.accident, report.helpers_acted) == (Accident.ILLNESS, True)
        assert not office.is_open(ended.raised_at)
        assert office.is_open(report.due)
        assert not office.is_open(report.due - timedelta(minutes=1)), "the next morning, at once"
        assert this in [each.incident_id for each in await scene.desk.incidents()]

        await operation.set_clock(report.due)
        office.takes(report, report.due)
        done = await scene.desk.report_sent(this)
        assert done.ward_report is not None
        assert done.ward_report.sent_at is not None
        assert office.is_open(done.ward_report.sent_at)
        assert this not in [each.incident_id for each in await scene.desk.incidents()]


async def a_mistake(scene: Scene) -> None:
    async with await scene.put_up(mistaken()) as unit:
        taken = await unit.press()
        assert taken is not None
        heard = await scene.incident(taken.incident, lambda each: each.answered)
        decision = api.DecideIncident(finding=Finding.MISTAKE, reason="本人が応答、異状なし")
        ended = await scene.desk.decide(heard.incident_id, decision)
        assert (ended.state, ended.dispatches) == (S.CLOSED, ())


async def a_conversation(scene: Scene) -> None:
    async with await scene.put_up(Answering(("胸が苦しい", "はい"))) as unit:
        taken = await unit.press()
        assert taken is not None
        heard = await scene.incident(taken.incident, lambda each: each.answered)
        assert [each.text for each in heard.speech] == ["胸が苦しい"]
        await scene.desk.speak(heard.incident_id, api.SpeakToUser(text="息はできますか①"))
        assert (await unit.wait_for_words("息は")).by == "指令員"
        await scene.incident(taken.incident, lambda each: len(each.speech) == 3)
        decision = api.DecideIncident(finding=Finding.DISASTER, accident=Accident.ILLNESS)
        sent = await scene.desk.decide(heard.incident_id, decision)
        street = Neighbourhood((AWAY, GOES))
        asked = await scene.desk.ring_helpers(sent.incident_id, street)
        assert [each.answer for each in asked.helpers] == [
            HelperAnswer.NO_ANSWER,
            HelperAnswer.GOES,
        ]


async def a_test_alarm(scene: Scene) -> None:
    async with await scene.put_up() as unit:
        taken = await unit.test()
        assert taken is not None
        test = await scene.incident(taken.incident, lambda _: True)
        decision = api.DecideIncident(finding=Finding.DISASTER)
        with pytest.raises(CallRefused) as refused:
            await scene.desk.decide(test.incident_id, decision)
        assert refused.value.code is Refusal.WRONG_STATE
        ended = await scene.desk.check_equipment(test.incident_id, api.CheckEquipment(good=True))
        assert (ended.state, ended.dispatches) == (S.CLOSED, ())


async def a_stuck_button_a_replay_and_a_lost_acknowledgement(scene: Scene) -> None:
    async with await scene.put_up() as unit:
        taken = await unit.stick(5)
        assert len({each.incident for each in taken if each is not None}) == 1
        again = await unit.send_again()
        assert again.repeat
        await scene.incident(again.incident, lambda each: each.dispatched)


async def a_cut_line(scene: Scene) -> None:
    async with await scene.put_up() as unit:
        unit.cut_line()
        assert await unit.press() is None
        alarm, back = await unit.mend_line()
        assert back.incident is None
        late = await scene.incident(alarm.incident, lambda each: each.dispatched)
        assert (late.replayed, late.late) == (True, True)


async def a_low_battery(scene: Scene) -> None:
    async with await scene.put_up() as unit:
        await unit.low_battery(4)
        states = {each.unit_id: each for each in await scene.desk.units()}
        assert states[unit.unit_id].battery_percent == 4
        await unit.good_battery()
        assert unit.unit_id not in {each.unit_id for each in await scene.desk.units()}


async def a_provider_killed_while_it_hails(scene: Scene) -> None:
    async with await scene.put_up() as unit:
        taken = await unit.press()
        assert taken is not None
        scene.network.kill("miyako")
        await scene.network.start("miyako")
        async with await console(scene.network) as again:
            sent = await again.wait_for_alarm(
                lambda each: each.number == taken.incident and each.dispatched, 20
            )
        assert sent.finding is Finding.NO_ANSWER
        # The unit, too, is there again: the same signal is known, and the speaker works.
        assert (await unit.send_again()).incident == taken.incident
        await scene.desk.speak(sent.incident_id, api.SpeakToUser(text="向かっています"))
        await unit.wait_for_words("向かっています", within=20)


async def console(network: LocalNetwork) -> Dispatcher:
    token = await network.dispatcher_token("miyako", "kyoto", "卓")
    return network.dispatcher("miyako", token)


def act(folder: Path, *scenes: Callable[[Scene], Awaitable[None]]) -> None:
    """Play scenes one after the other at one center."""

    async def main() -> None:
        spec = kyoto_spec("miyako", "127.0.0.2", timers=TIMERS)
        async with LocalNetwork([spec], folder) as network:
            center = AlarmCenter(network, "miyako")
            for play in scenes:
                async with await center.desk() as desk, await console(network) as feed:
                    await play(Scene(network, center, desk, feed))

    asyncio.run(main())


def test_units_people_and_dispatchers(tmp_path: Path) -> None:
    act(
        tmp_path,
        a_mistake,
        a_conversation,
        a_test_alarm,
        a_stuck_button_a_replay_and_a_lost_acknowledgement,
        a_cut_line,
        a_low_battery,
    )


def test_no_answer_at_night(tmp_path: Path) -> None:
    act(tmp_path, no_answer_at_night)


@pytest.mark.slow
def test_an_alarm_outlives_a_provider_that_is_killed(tmp_path: Path) -> None:
    act(tmp_path, a_provider_killed_while_it_hails)
