"""What is destroyed when its time has come: calls, images, drafts, letters, restored records."""

import sqlite3
from dataclasses import replace
from datetime import datetime, time, timedelta

from net119_protocol.api.admin import RecordAct, SweepOrder
from net119_protocol.api.console import CloseCall
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import CloseOutcome, LinkSecurity
from net119_reference.ports import DispatcherIdentity
from net119_reference.records.fiscal import JAPAN, japan_day
from net119_reference.registration.deleted import Deleted
from net119_reference.registration.expiry import months_later
from net119_reference.registration.ports import AnnouncementKind
from net119_reference.service.records.deletions import read_list

from tests.reference.registration.passing import ASO, CHITA, TODAY, dump, keyed_in, state, sweep_on
from tests.reference.registration.support import (
    ME,
    Town,
    application,
    photo,
    run,
    town,
)
from tests.reference.service.support import new_call


def test_call_records_and_audit_entries_go_on_clocks_of_their_own() -> None:
    """ASO-05, CNB-41: the registrant's data stand in the call record until then."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            keyed, who = await keyed_in(here)
            placed = await here.provider.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
            core = here.provider.core
            center = core.live(placed.call.call_id).known().home.center
            desk = DispatcherIdentity(center, "佐藤")
            await here.provider.answer(desk, placed.call.call_id)
            await here.provider.close(
                desk, placed.call.call_id, CloseCall(outcome=CloseOutcome.PRACTICE_DONE)
            )
            await here.desk.delete_on_request(here.clerk, keyed, await here.version(keyed))
            assert "髙橋" in dump(here), "in the call record"
            end = TODAY + timedelta(days=CHITA.retention.call_records_days)
            assert RecordAct.DESTROY_CALLS not in await sweep_on(here, end - timedelta(days=1))
            assert "髙橋" in dump(here)
            done = await sweep_on(here, end)
            assert done[RecordAct.DESTROY_CALLS] == 1
            assert done[RecordAct.DESTROY_LOG] == 1
            rest = dump(here)
            assert "髙橋" not in rest
            assert str(placed.call.call_id) not in rest
            with sqlite3.connect(here.folder / "net119.db") as database:
                (left,) = database.execute(
                    "SELECT count(*) FROM audit_log WHERE registrant_id = ?", (str(keyed),)
                ).fetchone()
                (open_gate,) = database.execute("SELECT count(*) FROM audit_sweeps").fetchone()
            assert (left, open_gate) == (0, 0)
            assert await sweep_on(here, end) == {}

    run(story)


def test_an_open_call_holds_the_clock_up() -> None:
    """Fact A25."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            keyed, who = await keyed_in(here)
            await here.provider.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
            expired = months_later(TODAY, CHITA.validity.months) + timedelta(days=1)
            assert RecordAct.EXPIRE not in await sweep_on(here, expired)
            assert await state(here, keyed) is State.APPROVED

    run(story)


def test_an_identity_image_is_kept_as_long_as_the_profile_says() -> None:
    async def story() -> None:
        async with town("tomakomai") as here:
            row, _login_id, _password = await here.approved()
            days = here.desk.profile("tomakomai").retention.identity_image_days
            end = TODAY + timedelta(days=days)
            await sweep_on(here, end - timedelta(days=1), time(23, 59))
            assert await here.desk.images.read(row.registrant_id)
            assert RecordAct.DELETE_IMAGE in await sweep_on(here, end)
            assert await here.desk.images.read(row.registrant_id) is None

    run(story)


def test_a_draft_that_nobody_can_submit_any_more_is_deleted_with_its_image() -> None:
    async def story() -> None:
        async with town("tomakomai") as here:
            token = await here.start_application()
            await here.desk.attach_image(token, photo())
            await here.desk.keep_draft(token, application("tomakomai"))
            assert "髙橋" in dump(here)
            assert RecordAct.DELETE_DRAFT not in await sweep_on(here, TODAY + timedelta(days=1))
            done = await sweep_on(here, TODAY + timedelta(days=2))
            assert done[RecordAct.DELETE_DRAFT] == 1
            assert "髙橋" not in dump(here)
            with sqlite3.connect(here.folder / "net119.db") as database:
                assert database.execute("SELECT count(*) FROM identity_images").fetchone() == (0,)
            done = await sweep_on(here, TODAY + timedelta(days=32))
            assert done[RecordAct.DELETE_LINK] == 1
            assert ME not in dump(here)

    run(story)


def test_what_was_typed_and_could_not_be_read_is_deleted_as_well() -> None:
    async def story() -> None:
        async with town("aso") as here:
            token = await here.start_application()
            await here.desk.keep_entries(token, {"data.birth_date": "secret birthday"})
            assert "secret birthday" in dump(here)
            await sweep_on(here, TODAY + timedelta(days=1))
            assert "secret birthday" in dump(here)
            done = await sweep_on(here, TODAY + timedelta(days=2))
            assert done[RecordAct.DELETE_DRAFT] == 1
            assert "secret birthday" not in dump(here)

    run(story)


def test_calls_of_another_providers_registrants_are_destroyed_after_the_longest_period() -> None:
    """ASO-05: of their registration nothing is known here but the call."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            _keyed, who = await keyed_in(here)
            placed = await here.provider.place_call(who, new_call(), LinkSecurity.ENCRYPTED)
            call_id = placed.call.call_id
            desk = DispatcherIdentity(here.provider.core.live(call_id).known().home.center, "佐藤")
            await here.provider.answer(desk, call_id)
            with sqlite3.connect(here.folder / "net119.db") as database:
                database.execute("UPDATE calls SET registrant_id = NULL")
            days = max(profile.retention.call_records_days for profile in here.desk.profiles())
            long_after = TODAY + timedelta(days=days + 100)
            assert RecordAct.DESTROY_PEER_CALLS not in await sweep_on(here, long_after), "open"
            closed = CloseCall(outcome=CloseOutcome.PRACTICE_DONE)
            await here.provider.close(desk, call_id, closed)
            end = long_after + timedelta(days=days)
            before = await sweep_on(here, end - timedelta(days=1), time(23, 59))
            assert RecordAct.DESTROY_PEER_CALLS not in before
            assert (await sweep_on(here, end))[RecordAct.DESTROY_PEER_CALLS] == 1
            with sqlite3.connect(here.folder / "net119.db") as database:
                for name in ("calls", "lines", "history"):
                    query = f"SELECT count(*) FROM {name}"  # noqa: S608  # tables of ours
                    assert database.execute(query).fetchone() == (0,)

    run(story)


def test_an_announcements_progress_outlives_its_letters_recipients() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            kind = AnnouncementKind.MAINTENANCE
            await here.desk.announce(here.clerk, "保守のお知らせ", "止まります。", kind)
            await here.letter("保守のお知らせ")
            await here.settled()
            await sweep_on(here, TODAY + timedelta(days=100))
            with sqlite3.connect(here.folder / "net119.db") as database:
                left = database.execute("SELECT recipient, registrant_id FROM mail_outbox")
                assert left.fetchall() == [("", None)]
            await here.desk.announce(here.clerk, "保守のお知らせ", "また止まります。", kind)
            await here.settled()
            version = await here.version(row.registrant_id)
            await here.desk.delete_on_request(here.clerk, row.registrant_id, version)
            for each in await here.desk.announcements(here.clerk):
                assert (each.total, each.sent, each.failed) == (1, 1, 0)

    run(story)


def test_the_last_letter_after_a_deletion_loses_its_recipient_in_a_week() -> None:
    """ASO-06."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            version = await here.version(row.registrant_id)
            await here.desk.delete_on_request(here.clerk, row.registrant_id, version)
            await here.letter("利用を停止しました")
            await here.settled()
            assert ME in dump(here)
            await sweep_on(here, TODAY + timedelta(days=8))
            assert ME not in dump(here)

    run(story)


def test_a_dry_run_tells_what_would_happen_and_changes_nothing() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            await here.settled()
            before = dump(here)
            expired = months_later(TODAY, ASO.validity.months) + timedelta(days=1)
            at = datetime.combine(expired, time(12), JAPAN)
            told = await here.provider.sweep(SweepOrder(at=at, dry_run=True))
            assert dump(here) == before
            (life,) = [each for each in told.rows if each.act is RecordAct.EXPIRE]
            assert (life.department, life.count, life.first_due) == ("aso", 1, expired)
            assert life.registrant_ids == (row.registrant_id,)
            assert "髙橋" not in told.model_dump_json()

    run(story)


async def one_deletion(here: Town) -> Deleted:
    """The only entry of the list of deletions, which is one in the database and beside it."""
    (entry,) = read_list(here.folder / "deletions.jsonl")
    assert await here.desk.deletions(here.clerk) == (entry,)
    return entry


def test_a_restored_backup_loses_again_what_was_deleted_since() -> None:
    """ASO-06."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            with sqlite3.connect(here.folder / "net119.db") as database:
                backup = sqlite3.connect(here.folder / "backup.db")
                database.backup(backup)
                backup.close()
            version = await here.version(row.registrant_id)
            await here.desk.delete_on_request(here.clerk, row.registrant_id, version)
            await sweep_on(here, TODAY)
            entry = await one_deletion(here)
            assert entry.registrant_id == row.registrant_id
            assert japan_day(entry.backups_by) == TODAY + timedelta(days=30)
            await here.provider.stop()
            for name in ("net119.db", "net119.db-wal", "net119.db-shm"):
                (here.folder / name).unlink(missing_ok=True)
            (here.folder / "backup.db").rename(here.folder / "net119.db")
            assert "髙橋" in dump(here)
            await here.start()
            await here.provider.sweep(SweepOrder(dry_run=False))
            assert await state(here, row.registrant_id) is State.DESTROYED
            assert "髙橋" not in dump(here)
            entry = await one_deletion(here)
            assert not entry.backups_done
            confirm = here.provider.records.sweeper.confirm_backups
            assert (await confirm(), await confirm()) == (1, 0)
            assert await one_deletion(here) == replace(entry, backups_done=True)

    run(story)
