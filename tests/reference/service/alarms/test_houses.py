"""Where a unit hangs is where crews go and whose neighbours are asked, wherever its user moved."""

from net119_protocol.alarms.codes import Finding, HelperAnswer
from net119_protocol.alarms.people import AlarmUser, EntryKind, House
from net119_protocol.api import alarm_register as api
from net119_protocol.api.alarms import DecideIncident, HelperSays, IncidentView
from net119_protocol.codes import Refusal

from tests.reference.alarms.people import FAR, NEAR, NOW, THIRD, user
from tests.reference.service.alarms.center import (
    DISPATCHER,
    SECTION,
    STATION,
    UNIT,
    USER,
    Center,
    on_center,
    refused,
)

TODAY = NOW.date()
THERE = user(THIRD, street="北山通②").model_copy(update={"house": "新しい家"})
"""The same user in another house of the same ward, beside another helper."""


def old() -> AlarmUser:
    return user(NEAR, FAR)


async def entered(at: Center, kind: EntryKind, now: AlarmUser) -> None:
    body = api.ChangeLedger(kind=kind, user=now, received_on=TODAY)
    await at.alarms.register.change(STATION, USER, body)


async def put_up(at: Center, unit: str = UNIT) -> str:
    """The unit's new token."""
    body = api.InstallUnit(unit_id=unit, on=TODAY)
    return str((await at.alarms.register.install(STATION, USER, body)).token)


async def seen(at: Center) -> IncidentView:
    """The newest incident as the desk sees it."""
    newest = at.incidents()[-1]
    view: IncidentView = await at.alarms.desk.incident(DISPATCHER, newest.incident_id)
    return view


def house_of(view: IncidentView) -> House:
    assert view.incident.house is not None
    return view.incident.house


def test_kyo_07_10_a_silent_user_who_has_moved_is_looked_for_where_the_unit_hangs() -> None:
    async def work(at: Center) -> None:
        await entered(at, EntryKind.MOVE, THERE)
        await at.send()
        await at.later(31)
        view = await seen(at)
        assert view.incident.finding is Finding.NO_ANSWER
        assert house_of(view).address == old().address, "not the one of the ledger"
        assert (view.incident.moved, view.moved) == (True, True)
        assert view.user == THERE
        assert [each.name for each in view.incident.helpers] == [NEAR.name]
        cannot = HelperSays(order=1, answer=HelperAnswer.CANNOT)
        await at.alarms.desk.helper_answered(DISPATCHER, view.incident.incident_id, cannot)
        assert [each.name for each in at.only().helpers] == [NEAR.name, FAR.name]

    on_center(work)


def test_put_up_in_the_new_house_crews_and_neighbours_are_those_of_it() -> None:
    async def work(at: Center) -> None:
        await entered(at, EntryKind.MOVE, THERE)
        await put_up(at)
        await at.send()
        await at.later(31)
        view = await seen(at)
        assert house_of(view).address == THERE.address
        assert (view.incident.moved, view.moved) == (False, False)
        assert [each.name for each in view.incident.helpers] == [THIRD.name]

    on_center(work)


def test_a_change_of_those_who_live_there_is_one_of_the_units_house() -> None:
    async def work(at: Center) -> None:
        changed = user(THIRD, NEAR).model_copy(update={"house": "鍵箱①"})
        await entered(at, EntryKind.CHANGE, changed)
        await at.send()
        view = await seen(at)
        assert (house_of(view).helpers, house_of(view).about) == ((THIRD, NEAR), "鍵箱①")
        assert not view.moved
        # And one after a move is one of the new house alone.
        await entered(at, EntryKind.MOVE, THERE)
        later = THERE.model_copy(update={"helpers": (THIRD, FAR)})
        await entered(at, EntryKind.CHANGE, later)
        ledger = at.alarms.state.book.ledgers[USER]
        assert ledger.house.helpers == (THIRD, NEAR)
        # Who comes back lives again where the unit hangs.
        await entered(at, EntryKind.MOVE, old())
        assert at.alarms.state.book.ledgers[USER].house.helpers == (NEAR, FAR)

    on_center(work)


def test_a_move_during_an_alarm_sends_nobody_elsewhere() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await entered(at, EntryKind.MOVE, THERE)
        await put_up(at)
        await at.crash(31)
        view = await seen(at)
        assert [each.name for each in view.incident.helpers] == [NEAR.name]
        assert house_of(view).address == old().address
        assert (view.incident.moved, view.moved) == (False, True)

    on_center(work)


def test_an_incident_that_has_ended_keeps_the_address_and_only_helpers_who_were_asked() -> None:
    async def work(at: Center) -> None:
        await at.send()
        await at.says("間違えました")
        mistake = DecideIncident(finding=Finding.MISTAKE, reason="本人が応答")
        ended = await at.alarms.desk.decide(DISPATCHER, at.only().incident_id, mistake)
        assert ended.house is not None
        assert (ended.house.address, ended.house.helpers) == (old().address, ())

    on_center(work)


def test_what_was_stored_before_the_house_was_kept_is_the_ledgers_unless_there_was_a_move() -> None:
    async def work(at: Center) -> None:
        book = at.alarms.state.book

        async def forget() -> None:
            bare = book.ledgers[USER].model_copy(update={"house": None})
            await at.alarms.state.kernel.run(lambda tx: book.put_ledger(tx, bare))
            await at.crash()

        await forget()
        book = at.alarms.state.book
        assert book.ledgers[USER].house.address == old().address
        await entered(at, EntryKind.MOVE, THERE)
        await forget()
        await at.send()
        view = await seen(at)
        assert view.incident.house is None
        assert (view.incident.moved, view.moved) == (True, True), "it may not be the ledger's"

    on_center(work)


def test_kyo_15_nothing_of_the_house_is_left_once_the_unit_went_back() -> None:
    async def work(at: Center) -> None:
        await entered(at, EntryKind.MOVE, THERE)
        body = api.ReturnUnit(received_on=TODAY)
        assert (await at.alarms.register.unit_returned(SECTION, USER, body)).house is None
        stored = b"".join(each.read_bytes() for each in at.folder.iterdir() if each.is_file())
        for secret in ("烏丸通", "北山通", NEAR.phone, THIRD.phone):
            assert secret.encode() not in stored
        await at.send()
        assert (at.only().house, at.only().moved) == (None, False)

    on_center(work)


def test_a_broken_unit_is_replaced_by_another_and_is_nobodys_then() -> None:
    async def work(at: Center) -> None:
        old_token, before = at.token, at.alarms.state.book.ledgers[USER]
        token = await put_up(at, "K-2")
        ledger = at.alarms.state.book.ledgers[USER]
        assert (ledger.unit_id, ledger.user, ledger.installed_on) == (
            "K-2",
            before.user,
            before.installed_on,
        )
        assert at.alarms.state.book.units[UNIT].registration is None
        actions = [(action, what) for _, action, _, what in (await at.audited())[-2:]]
        assert actions == [
            ("unit-replaced", f"nakagyo: registration {USER}: unit {UNIT} by K-2"),
            ("unit-installed", f"nakagyo: registration {USER}"),
        ]
        assert (await at.alarms.unit_identity(old_token)).unit_id == UNIT
        await at.send()
        assert at.only().registration is None, "the old one is still heard"
        assert at.only().house is None
        at.unit = await at.alarms.unit_identity(token)
        await at.send()
        assert at.incidents()[-1].registration == USER
        assert house_of(await seen(at)).address == old().address
        with refused(Refusal.WRONG_STATE, "another user's"):
            body = api.NewCard(registration=2001, user=old(), received_on=TODAY)
            await at.alarms.register.enter(STATION, body)
            await at.alarms.register.install(
                STATION, 2001, api.InstallUnit(unit_id="K-2", on=TODAY)
            )

    on_center(work)
