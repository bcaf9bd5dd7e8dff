"""The register: cards, ledgers, units, visits; who sees what, and that it is audited (KYO-16)."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import Any

import pytest
from net119_protocol.alarms.codes import Finding, SignalKind
from net119_protocol.alarms.people import (
    EntryKind,
    EntryState,
    GuidancePoint,
    HelperProblem,
    LedgerState,
    NewOpinion,
    NewVisit,
)
from net119_protocol.api import alarm_register as api
from net119_protocol.api.alarms import CloseIncident, DecideIncident
from net119_protocol.codes import Mode, Refusal
from net119_reference.ports import StaffIdentity

from tests.reference.alarms.people import FAR, NEAR, user
from tests.reference.service.alarms.center import (
    DISPATCHER,
    OTHER_STATION,
    SECTION,
    STATION,
    UNIT,
    USER,
    Center,
    on_center,
    refused,
)

TODAY = date(2026, 11, 30)
TOMORROW = date(2026, 12, 1)


def card(registration: int = 2001, **more: Any) -> api.NewCard:
    given = {"user": user(), "received_on": TODAY, **more}
    return api.NewCard(registration=registration, **given)


def test_kyo_01_02_a_card_without_enough_helpers_waits_for_the_ward_office() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        entered = await desk.enter(STATION, card(user=user(FAR)))
        assert entered.helper_problems == (HelperProblem.TOO_FEW, HelperProblem.NOBODY_NEAR)
        back = api.GiveBack(household="S-1", on=TODAY)
        with refused(Refusal.WRONG_STATE, "KYO-02"):
            await desk.give_back(STATION, 2001, 1, back)
        answer = api.AnswerConsultation(answer="後日1名追加", accepted=True)
        await desk.consulted(STATION, 2001, 1, answer)
        without = api.GiveBack(on=TODAY)
        with refused(Refusal.WRONG_STATE, "KYO-03"):
            await desk.give_back(STATION, 2001, 1, without)
        given = await desk.give_back(STATION, 2001, 1, back)
        assert (given.household, given.entries[0].state) == ("S-1", EntryState.RETURNED)

    on_center(work)


def test_kyo_01_what_waits_is_told_with_its_day_and_what_is_late() -> None:
    async def work(at: Center) -> None:
        await at.alarms.register.enter(STATION, card())
        (waits,) = at.alarms.register.work(STATION).entries
        assert (waits.registration, waits.due, waits.overdue) == (2001, date(2026, 12, 7), False)
        assert at.alarms.register.work(OTHER_STATION).entries == ()
        at.clock.advance(8 * 86_400)
        (late,) = at.alarms.register.work(SECTION).entries
        assert late.overdue
        (guidance,) = at.alarms.register.work(STATION).guidance
        assert (guidance.registration, guidance.overdue) == (USER, True)

    on_center(work)


def test_kyo_03_16_the_list_is_the_sections_and_in_order_of_registration() -> None:
    async def work(at: Center) -> None:
        for registration in (7, 500, 30):
            await at.alarms.register.enter(STATION, card(registration))
        rows = await at.alarms.register.rows(SECTION, 0)
        assert [each.registration for each in rows.ledgers] == [7, 30, 500, USER]
        assert not rows.more
        assert [e.registration for e in (await at.alarms.register.rows(SECTION, 30)).ledgers] == [
            500,
            USER,
        ]
        with refused(Refusal.FORBIDDEN, "KYO-16"):
            await at.alarms.register.rows(STATION, 0)

    on_center(work)


def test_kyo_16_a_station_sees_its_own_ledgers_only_and_says_why() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        assert (await desk.ledger(STATION, USER, "指導")).registration == USER
        actor, action, purpose, what = (await at.audited())[-1]
        assert (actor, action, purpose) == (STATION.name, "ledger-read", "指導")
        assert what == f"nakagyo: registration {USER}"
        for who, registration in ((OTHER_STATION, USER), (STATION, 999)):
            with refused(Refusal.NOT_FOUND):
                await desk.ledger(who, registration, "指導")
        with refused(Refusal.INVALID, "purpose"):
            await desk.ledger(STATION, USER, " ")
        stranger = STATION.__class__("chitose", "よその係員")
        with refused(Refusal.FORBIDDEN, "chitose"):
            await desk.ledger(stranger, USER, "指導")

    on_center(work)


def test_kyo_15_a_unit_that_goes_back_takes_the_data_out_of_the_database_file() -> None:
    async def work(at: Center) -> None:
        await at.alarms.register.unit_returned(STATION, USER, api.ReturnUnit(received_on=TODAY))
        ledger = at.alarms.state.book.ledgers[USER]
        assert (ledger.state, ledger.user) == (LedgerState.REMOVED, None)
        assert at.alarms.state.book.units[UNIT].registration is None
        stored = b"".join(each.read_bytes() for each in at.folder.iterdir() if each.is_file())
        for secret in ("髙橋", "タカハシ", "𠮷田", "075-000-0001"):
            assert secret.encode() not in stored

    on_center(work)


def test_a_units_data_are_in_the_database_file_before_it_goes_back() -> None:
    """What the test above looks for can be found."""

    async def work(at: Center) -> None:
        stored = b"".join(each.read_bytes() for each in at.folder.iterdir() if each.is_file())
        assert "髙橋".encode() in stored

    on_center(work)


def test_kyo_16_an_inquiry_is_answered_without_words_and_names() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.desk
        await at.send()
        await at.says("秘密の話")
        sent = DecideIncident(finding=Finding.DISASTER, units="中京救急①")
        await desk.decide(DISPATCHER, at.only().incident_id, sent)
        asked = api.Inquiry(by="中京区役所", purpose="利用状況の確認")
        answer = await at.alarms.register.inquiry(STATION, USER, asked)
        assert answer.activities == (), "a drill is no activity"
        (activity,) = answer.exercises
        assert (activity.number, activity.dispatched, activity.mode) == (
            at.only().number,
            True,
            Mode.DRILL,
        )
        shown = answer.model_dump_json()
        for secret in ("秘密", "髙橋", "𠮷田", "指令員"):
            assert secret not in shown
        _, action, purpose, what = (await at.audited())[-1]
        assert (action, purpose) == ("inquiry-answered", "利用状況の確認")
        assert "中京区役所" in what

    on_center(work)


def test_kyo_16_an_inquiry_tells_what_crews_were_sent_for_and_drills_stand_apart() -> None:
    async def work(at: Center) -> None:
        desk, state = at.alarms.desk, at.alarms.state

        async def decided(decision: DecideIncident) -> str:
            await at.send()
            await at.says("はい")
            newest = at.incidents()[-1]
            await desk.decide(DISPATCHER, newest.incident_id, decision)
            if state.book.open.get(newest.incident_id):
                await desk.close(DISPATCHER, newest.incident_id, CloseIncident(reason="済み"))
            at.clock.advance(1)
            return newest.number

        disaster = DecideIncident(finding=Finding.DISASTER, units="中京救急①")
        look = DecideIncident(finding=Finding.FIRE_SERVICE, units="中京1", reason="におい")
        fire, smell = await decided(disaster), await decided(look)
        await decided(DecideIncident(finding=Finding.MISTAKE, reason="本人"))
        await decided(DecideIncident(finding=Finding.OTHER, reason="福祉"))
        await at.send(SignalKind.TEST)
        await at.send(SignalKind.CONSULTATION)
        real = [each.model_copy(update={"mode": Mode.LIVE}) for each in at.incidents()]
        await state.kernel.run(lambda tx: [state.book.put_incident(tx, each) for each in real])
        drill = await decided(disaster)
        asked = api.Inquiry(by="中京区役所", purpose="集計")
        answer = await at.alarms.register.inquiry(STATION, USER, asked)
        assert [(e.number, e.dispatched) for e in answer.activities] == [
            (fire, True),
            (smell, False),
        ]
        assert [each.number for each in answer.exercises] == [drill]

    on_center(work)


def test_kyo_17_an_opinion_is_sent_and_kept() -> None:
    async def work(at: Center) -> None:
        new = NewOpinion(name="山田", address="京都市", ward_office="nakagyo", why="独居・心疾患")
        sent = await at.alarms.register.send_opinion(STATION, new)
        assert (sent.number, sent.station) == (1, "nakagyo")
        await at.crash()
        assert (await at.alarms.register.opinions(STATION)).opinions == (sent,)
        assert (await at.alarms.register.opinions(OTHER_STATION)).opinions == ()
        unknown = new.model_copy(update={"ward_office": "osaka"})
        with refused(Refusal.INVALID, "osaka"):
            await at.alarms.register.send_opinion(STATION, unknown)
        with refused(Refusal.FORBIDDEN):
            await at.alarms.register.send_opinion(SECTION, new)

    on_center(work)


def test_kyo_14_a_move_cannot_be_entered_as_a_change() -> None:
    async def work(at: Center) -> None:
        moved = user(FAR, street="北山通")
        as_change = api.ChangeLedger(kind=EntryKind.CHANGE, user=moved, received_on=TODAY)
        with refused(Refusal.WRONG_STATE, "'move'"):
            await at.alarms.register.change(STATION, USER, as_change)
        as_move = as_change.model_copy(update={"kind": EntryKind.MOVE})
        ledger = await at.alarms.register.change(STATION, USER, as_move)
        assert ledger.entries[-1].state is EntryState.CONSULTING

    on_center(work)


def test_kyo_19_the_ledgers_way_is_the_sections_work() -> None:
    async def work(at: Center) -> None:
        await at.alarms.register.enter(STATION, card())
        moves = api.LedgerMoves(on=TODAY)
        with refused(Refusal.FORBIDDEN, "kyoto-section"):
            await at.alarms.register.at_section(STATION, 2001, moves)
        with refused(Refusal.WRONG_STATE, "KYO-19"):
            await at.alarms.register.at_station(SECTION, 2001, moves)
        await at.alarms.register.at_section(SECTION, 2001, moves)
        moved = await at.alarms.register.at_station(SECTION, 2001, moves)
        assert moved.way is not None
        assert moved.way.station_on == TODAY

    on_center(work)


def test_kyo_20_a_change_heard_at_a_visit_is_told_on() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        visit = NewVisit(
            on=TODAY, kind="guidance", by="係長", points=tuple(GuidancePoint), changes_heard="電話"
        )
        await desk.visit(STATION, USER, visit)
        work = desk.work(STATION)
        assert work.guidance == ()
        assert [each.to_tell for each in work.changes] == [("user", "ward-office")]
        for to in ("user", "ward-office"):
            await desk.passed_on(STATION, USER, 1, api.ChangePassedOn(to=to))
        assert desk.work(STATION).changes == ()
        with refused(Refusal.WRONG_STATE, "does not wait"):
            await desk.passed_on(STATION, USER, 1, api.ChangePassedOn(to="user"))

    on_center(work)


def test_a_unit_is_one_users_and_its_token_is_told_once() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        await desk.enter(STATION, card())
        with refused(Refusal.WRONG_STATE, "another user's"):
            await desk.install(STATION, 2001, api.InstallUnit(unit_id=UNIT, on=TODAY))
        old = at.token
        again = await desk.install(STATION, USER, api.InstallUnit(unit_id=UNIT, on=TODAY))
        assert again.token != old
        assert (await at.alarms.unit_identity(again.token)).unit_id == UNIT
        with refused(Refusal.NOT_AUTHENTICATED):
            await at.alarms.unit_identity(old)
        stored = b"".join(each.read_bytes() for each in at.folder.iterdir() if each.is_file())
        assert again.token.encode() not in stored

    on_center(work)


def test_a_unit_goes_to_another_user_after_it_went_back_and_begins_anew() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        await at.send(SignalKind.BATTERY_LOW)
        await desk.unit_returned(STATION, USER, api.ReturnUnit(received_on=TODAY))
        await desk.enter(STATION, card(user=user(NEAR, FAR, street="二条通")))
        await desk.install(STATION, 2001, api.InstallUnit(unit_id=UNIT, on=TODAY))
        assert not at.alarms.state.book.units[UNIT].unit.troubles
        await at.send()
        assert at.only().registration == 2001

    on_center(work)


@pytest.mark.parametrize("day", [TOMORROW, date(1970, 1, 1), date(9999, 12, 31)])
def test_a_day_that_cannot_have_been_is_named(day: date) -> None:
    async def work(at: Center) -> None:
        with refused(Refusal.INVALID, "later than today"):
            await at.alarms.register.enter(STATION, card(received_on=day))
        with refused(Refusal.INVALID, "later than today"):
            await at.alarms.register.unit_returned(STATION, USER, api.ReturnUnit(received_on=day))

    on_center(work)


def test_whose_a_card_is() -> None:
    async def work(at: Center) -> None:
        desk = at.alarms.register
        with refused(Refusal.WRONG_STATE, "is taken"):
            await desk.enter(STATION, card(USER))
        with refused(Refusal.INVALID, "its own users"):
            await desk.enter(STATION, card(station="ukyo"))
        assert (await desk.enter(SECTION, card(1))).station == "nakagyo", "by the address"
        elsewhere = user()
        address = elsewhere.address.model_copy(update={"municipality_code": "01224"})
        elsewhere = elsewhere.model_copy(update={"address": address})
        with refused(Refusal.INVALID, "01224"):
            await desk.enter(SECTION, card(2, user=elsewhere))
        unknown = user().model_copy(update={"ward_office": "osaka"})
        with refused(Refusal.INVALID, "osaka"):
            await desk.enter(STATION, card(3, user=unknown))

    on_center(work)


def test_kyo_16_every_act_at_the_register_is_audited_with_who_and_which_ledger() -> None:
    async def work(at: Center) -> None:
        desk, moves = at.alarms.register, api.LedgerMoves(on=TODAY)
        visit = NewVisit(on=TODAY, kind="installation", by="係長")
        change = api.ChangeLedger(kind=EntryKind.CHANGE, user=user(FAR), received_on=TODAY)
        move = api.ChangeLedger(kind=EntryKind.MOVE, user=user(FAR), received_on=TODAY)
        agreed = api.AnswerConsultation(accepted=True)
        back = api.GiveBack(household="S-2", on=TODAY)
        acts: list[tuple[str, StaffIdentity, Callable[[], Awaitable[object]]]] = [
            ("card-entered", STATION, lambda: desk.enter(STATION, card())),
            ("ledger-at-section", SECTION, lambda: desk.at_section(SECTION, 2001, moves)),
            ("ledger-at-station", SECTION, lambda: desk.at_station(SECTION, 2001, moves)),
            (
                "unit-installed",
                STATION,
                lambda: desk.install(STATION, 2001, api.InstallUnit(unit_id="K-2", on=TODAY)),
            ),
            ("visited-installation", STATION, lambda: desk.visit(STATION, 2001, visit)),
            ("ledger-change", STATION, lambda: desk.change(STATION, 2001, change)),
            ("ledger-move", STATION, lambda: desk.change(STATION, 2001, move)),
            ("consultation-answered", STATION, lambda: desk.consulted(STATION, 2001, 3, agreed)),
            ("card-returned", STATION, lambda: desk.give_back(STATION, 2001, 3, back)),
            (
                "change-heard",
                STATION,
                lambda: desk.heard(STATION, 2001, api.ChangeHeard(what="電話")),
            ),
            (
                "change-passed-on",
                STATION,
                lambda: desk.passed_on(STATION, 2001, 1, api.ChangePassedOn(to="user")),
            ),
            (
                "unit-returned",
                STATION,
                lambda: desk.unit_returned(STATION, 2001, api.ReturnUnit(received_on=TODAY)),
            ),
        ]
        for action, who, act in acts:
            before = len(await at.audited())
            await act()
            (actor, found, _, what), *more = (await at.audited())[before:]
            assert (actor, found, more) == (who.name, action, [])
            assert what == f"{who.department}: registration 2001"

    on_center(work)
