"""The alarm desk: acts of dispatchers, who may, and that every access is audited (KYO-16)."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

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
from net119_protocol.alarms.people import EntryKind
from net119_protocol.api import admin
from net119_protocol.api import alarm_register as register
from net119_protocol.api import alarms as api
from net119_protocol.api.console import ConsoleWelcome
from net119_protocol.codes import Refusal
from net119_reference.ports import DispatcherIdentity

from tests.reference.alarms.people import user
from tests.reference.service.alarms.center import (
    DISPATCHER,
    STATION,
    TIMERS,
    USER,
    Center,
    on_center,
    refused,
)

S = IncidentState
NIGHT = datetime(2026, 12, 30, 16, 0, tzinfo=UTC)
"""31 December, one o'clock in the morning in Japan: offices open again on 4 January."""
HOLIDAYS_OVER = datetime(2027, 1, 3, 23, 45, tzinfo=UTC)


async def dispatched(at: Center) -> Any:
    await at.send()
    await at.says("胸が苦しい")
    decision = api.DecideIncident(
        finding=Finding.DISASTER, accident=Accident.ILLNESS, units="救急1"
    )
    return await at.alarms.desk.decide(DISPATCHER, at.only().incident_id, decision)


def test_kyo_06_10_11_12_a_dispatch_with_all_that_follows() -> None:
    async def work(at: Center) -> None:
        desk, incident = at.alarms.desk, await dispatched(at)
        this = incident.incident_id
        assert [each.units for each in incident.dispatches] == ["救急1"]
        assert not incident.ward_report.helpers_acted
        cannot = api.HelperSays(order=1, answer=HelperAnswer.CANNOT)
        assert len((await desk.helper_answered(DISPATCHER, this, cannot)).helpers) == 2
        with refused(Refusal.WRONG_STATE, "helper 7 was not asked"):
            seventh = api.HelperSays(order=7, answer=HelperAnswer.GOES)
            await desk.helper_answered(DISPATCHER, this, seventh)
        arrived = api.HelperSays(order=2, answer=HelperAnswer.ARRIVED)
        incident = await desk.helper_answered(DISPATCHER, this, arrived)
        assert incident.ward_report.helpers_acted, "the report follows what becomes known"
        entry = api.NewSceneReport(event=SceneEvent.FORCED_ENTRY, by="救急1", witness="警察官")
        incident = await desk.report(DISPATCHER, this, entry)
        assert incident.scene[0].at_once
        with refused(Refusal.WRONG_STATE, "home station's own area"):
            await desk.tell_home_station(DISPATCHER, this, api.TellHomeStation(what="活動"))
        await desk.add_to_report(DISPATCHER, this, api.AddToWardReport(other="家族が到着"))
        incident = await desk.close(DISPATCHER, this, api.CloseIncident())
        assert (incident.state, incident.ward_report.other) == (S.CLOSED, "家族が到着")
        listed = await desk.incidents(DISPATCHER, closed=False)
        assert [each.number for each in listed.incidents] == [incident.number], "a report is owed"
        incident = await desk.report_sent(DISPATCHER, this)
        assert incident.ward_report.sent_by == DISPATCHER.name
        assert not (await desk.incidents(DISPATCHER, closed=False)).incidents
        assert len((await desk.incidents(DISPATCHER, closed=True)).incidents) == 1
        with refused(Refusal.WRONG_STATE, "no report"):
            await desk.report_sent(DISPATCHER, this)

    on_center(work)


def test_kyo_09_a_matter_of_the_ward_office_at_night_goes_to_homes_if_it_is_urgent() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.desk
        await at.send()
        this = at.only().incident_id
        with refused(Refusal.WRONG_STATE, "find out first"):
            early = api.TellOfIncident(recipient=Recipient.POLICE, what="x", urgent=True)
            await desk.tell(DISPATCHER, this, early)
        await at.says("ヘルパーが来ません。明日の食事がありません")
        other = api.DecideIncident(finding=Finding.OTHER, reason="福祉の用件")
        assert (await desk.decide(DISPATCHER, this, other)).state is S.INFORMING
        urgent = api.TellOfIncident(recipient=Recipient.WARD_OFFICE, what="食事がない", urgent=True)
        await desk.tell(DISPATCHER, this, urgent)
        failed = api.TellingTried(number=1, reached=False)
        incident = await desk.tried(DISPATCHER, this, failed)
        assert [each.desk for each in incident.tellings] == [
            Desk.CHIEF_AT_HOME,
            Desk.DIRECTOR_AT_HOME,
        ]
        waits = api.TellOfIncident(recipient=Recipient.WARD_OFFICE, what="訪問", urgent=False)
        incident = await desk.tell(DISPATCHER, this, waits)
        assert incident.tellings[-1].desk is Desk.OFFICE
        assert incident.tellings[-1].due == HOLIDAYS_OVER
        assert incident.tellings[-1].phone == "075-000-0400"

    on_center(work, now=NIGHT)


def test_kyo_12_the_report_is_due_when_the_office_opens_and_outlives_a_crash() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.later(TIMERS.hail_s)
        await at.crash()
        report = at.only().ward_report
        assert report is not None
        assert (report.ward_office, report.due) == ("nakagyo", HOLIDAYS_OVER)

    on_center(work, now=NIGHT)


def test_kyo_13_14_the_unit_of_a_user_who_has_moved_tells_place_and_home_apart() -> None:
    async def work(at: Center) -> None:
        moved = user()
        ukyo = moved.address.model_copy(update={"municipality_code": "26108"})
        moved = moved.model_copy(update={"address": ukyo, "ward_office": "ukyo"})
        change = register.ChangeLedger(
            kind=EntryKind.MOVE, user=moved, received_on=at.clock.now().date()
        )
        ledger = await at.alarms.register.change(STATION, USER, change)
        assert ledger.station == "ukyo"
        with refused(Refusal.NOT_FOUND):
            await at.alarms.register.ledger(STATION, USER, "x")
        incident = await dispatched(at)
        assert (incident.crew_area, incident.station) == ("nakagyo", "ukyo")
        assert incident.ward_report.ward_office == "nakagyo", "that of the place"
        told = await at.alarms.desk.tell_home_station(
            DISPATCHER, incident.incident_id, api.TellHomeStation(what="中京区で活動")
        )
        assert told.home_station_report.station == "ukyo"

    on_center(work)


def test_kyo_11_what_the_house_reports_after_the_end_is_in_the_report_that_is_owed() -> None:
    async def work(at: Center) -> None:
        desk, incident = at.alarms.desk, await dispatched(at)
        this = incident.incident_id
        await desk.close(DISPATCHER, this, api.CloseIncident())
        injured = api.NewSceneReport(event=SceneEvent.HELPER_INJURED, by="救急1", text="手①")
        told = await desk.report(DISPATCHER, this, injured)
        assert told.ward_report.helpers_acted
        await at.crash()
        assert at.only() == told

    on_center(work)


def test_kyo_09_an_end_of_which_nobody_knows_stays_at_the_desk_until_a_reason_is_given() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.desk
        await at.send()
        await at.says("ヘルパーさんが来ない")
        this = at.only().incident_id
        other = api.DecideIncident(finding=Finding.OTHER, reason="福祉の用件")
        await desk.decide(DISPATCHER, this, other)
        son = api.TellOfIncident(recipient=Recipient.RELATIVE, what="来てほしい", urgent=False)
        await desk.tell(DISPATCHER, this, son)
        await desk.close(DISPATCHER, this, api.CloseIncident())
        await desk.tried(DISPATCHER, this, api.TellingTried(number=1, reached=False))

        async def listed() -> list[Any]:
            return list((await desk.incidents(DISPATCHER, closed=False)).incidents)

        (owed,) = await listed()
        assert (owed.outcome, owed.reason_owed) == (AlarmOutcome.NO_ACTION, True)
        await at.crash()
        assert at.only() == owed
        desk = at.alarms.desk
        with refused(Refusal.WRONG_STATE, "nobody was told"):
            await desk.close(DISPATCHER, this, api.CloseIncident())
        await desk.close(DISPATCHER, this, api.CloseIncident(reason="髙橋さんが自分で電話した"))
        assert await listed() == []

    on_center(work)


def test_kyo_20_a_change_that_the_center_hears_of_goes_through_the_city_section() -> None:
    async def work(at: Center) -> None:
        await at.send(SignalKind.CONSULTATION)
        await at.alarms.desk.hear_change(
            DISPATCHER, at.only().incident_id, api.HearChange(what="電話番号")
        )
        (change,) = at.alarms.state.book.ledgers[USER].heard
        assert change.to_tell == ("city-section", "bureau", "station")
        await at.crash()
        assert at.alarms.state.book.ledgers[USER].heard == (change,)

    on_center(work)


def test_what_is_not_possible_changes_nothing_and_says_what_to_do() -> None:
    async def work(at: Center) -> None:
        await at.send()
        before, desk = at.only(), at.alarms.desk
        with refused(Refusal.WRONG_STATE, "nobody has answered"):
            mistake = api.DecideIncident(finding=Finding.MISTAKE, reason="たぶん")
            await desk.decide(DISPATCHER, before.incident_id, mistake)
        with refused(Refusal.WRONG_STATE, "say first"):
            await desk.close(DISPATCHER, before.incident_id, api.CloseIncident(reason="x"))
        with refused(Refusal.NOT_FOUND):
            await desk.take(DISPATCHER, uuid4())
        assert at.only() == before

    on_center(work)


Reads = Callable[[Any, DispatcherIdentity, Any], Awaitable[object]]
ACCESSES: dict[str, Reads] = {
    "alarms-listed": lambda desk, who, _: desk.incidents(who, closed=True),
    "alarm-read": lambda desk, who, this: desk.incident(who, this),
    "alarm-units-listed": lambda desk, who, _: desk.units(who, everyone=True),
    "alarm-taken": lambda desk, who, this: desk.take(who, this),
    "alarm-hailed": lambda desk, who, this: desk.hail(who, this),
    "alarm-spoken": lambda desk, who, this: desk.speak(who, this, api.SpeakToUser(text="はい")),
    "alarm-decided": lambda desk, who, this: desk.decide(
        who, this, api.DecideIncident(finding=Finding.DISASTER)
    ),
    "alarm-helper": lambda desk, who, this: desk.helper_answered(
        who, this, api.HelperSays(order=1, answer=HelperAnswer.GOES)
    ),
    "alarm-reported": lambda desk, who, this: desk.report(
        who, this, api.NewSceneReport(event=SceneEvent.ARRIVED, by="救急1")
    ),
    "alarm-told": lambda desk, who, this: desk.tried(
        who, this, api.TellingTried(number=1, reached=True)
    ),
    "alarm-ward-report": lambda desk, who, this: desk.add_to_report(
        who, this, api.AddToWardReport(other="x")
    ),
    "alarm-change-heard": lambda desk, who, this: desk.hear_change(
        who, this, api.HearChange(what="転居")
    ),
    "alarm-closed": lambda desk, who, this: desk.close(who, this, api.CloseIncident()),
}


def test_kyo_16_every_access_is_audited_with_who_what_and_nobodys_data() -> None:
    async def work(at: Center) -> None:
        await at.send()
        this, number = at.only().incident_id, at.only().number
        for action, access in ACCESSES.items():
            if action == "alarm-told":
                police = api.TellOfIncident(recipient=Recipient.POLICE, what="立会い", urgent=True)
                await at.alarms.desk.tell(DISPATCHER, this, police)
            before = len(await at.audited())
            await access(at.alarms.desk, DISPATCHER, this)
            (actor, found, _, what), *more = (await at.audited())[before:]
            assert (actor, found, more) == (DISPATCHER.name, action, [])
            assert number in what or action == "alarm-units-listed"
        await at.console()
        assert (await at.audited())[-1][1] == "alarms-shown"
        everything = str(await at.audited())
        for secret in ("髙橋", "𠮷田", "075-", "烏丸"):
            assert secret not in everything

    on_center(work)


@pytest.mark.parametrize("action", sorted(ACCESSES))
def test_kyo_16_nobody_but_dispatchers_of_the_alarm_center_has_access(action: str) -> None:
    async def work(at: Center) -> None:
        await at.send()
        before = at.only(), len(await at.audited())
        with refused(Refusal.FORBIDDEN, "kyoto"):
            other = DispatcherIdentity("chitose", "よその指令員")
            await ACCESSES[action](at.alarms.desk, other, at.only().incident_id)
        assert (at.only(), len(await at.audited())) == before

    on_center(work)


def test_a_provider_without_the_service_has_none() -> None:
    async def work(at: Center) -> None:
        with refused(Refusal.FORBIDDEN, "alarms.enabled"):
            await at.alarms.desk.incidents(DISPATCHER, closed=False)
        with refused(Refusal.FORBIDDEN, "alarms.enabled"):
            await at.alarms.register.opinions(STATION)
        with refused(Refusal.INVALID):
            await at.provider.add_account(account(admin.AccountRole.DISPATCHER, "kyoto"))

    on_center(work, registered=False, enabled=False)


def account(role: admin.AccountRole, unit: str) -> admin.NewAccount:
    return admin.NewAccount(role=role, unit=unit, name="係員")


def test_accounts_are_made_for_the_center_its_stations_and_the_section_only() -> None:
    async def work(at: Center) -> None:
        role = admin.AccountRole
        made = await at.provider.add_account(account(role.DISPATCHER, "kyoto"))
        who = await at.provider.dispatcher_identity(made.token)
        assert who.center == "kyoto"
        assert at.provider.acts.center(who).name_ja == "京都市消防指令センター"
        for unit in ("nakagyo", "kyoto-section"):
            made = await at.provider.add_account(account(role.STAFF, unit))
            assert (await at.provider.staff_identity(made.token)).department == unit
        for unit, kind in (("nakagyo", role.DISPATCHER), ("kyoto", role.STAFF)):
            with refused(Refusal.INVALID, unit):
                await at.provider.add_account(account(kind, unit))

    on_center(work)


def test_a_console_that_opens_is_shown_what_is_open_and_what_is_wrong() -> None:
    async def work(at: Center) -> None:
        await at.send(SignalKind.BATTERY_LOW)
        await at.send()
        tape = await at.console()
        assert [each.incident.number for each in at.of(tape, api.AlarmFrame)] == [at.only().number]
        assert len(at.of(tape, api.AlarmUnitFrame)) == 1
        told = [each.now for each in at.of(tape, ConsoleWelcome) + at.of(tape, api.AlarmFrame)]
        assert told == [at.clock.now()] * 2, "by which the console counts"
        await at.alarms.desk.take(DISPATCHER, at.only().incident_id)
        assert at.of(tape, api.AlarmFrame)[-1].incident.taken_by == DISPATCHER.name

    on_center(work)


def test_incidents_past_their_period_go_unless_something_of_them_is_owed() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.desk
        incident = await dispatched(at)
        await desk.close(DISPATCHER, incident.incident_id, api.CloseIncident())
        at.clock.advance(timedelta(days=31).total_seconds())
        await at.provider.sweep(admin.SweepOrder(dry_run=False))
        assert len(at.incidents()) == 1, "the ward office has no report yet"
        await desk.report_sent(DISPATCHER, incident.incident_id)
        await at.provider.sweep(admin.SweepOrder(dry_run=False))
        assert at.incidents() == []
        await at.crash()
        assert at.incidents() == []

    on_center(work, keep_days=30)
