"""A registration as time passes, over real SMTP: asked, renewed, silent, kept and destroyed."""

import sqlite3
from datetime import date, datetime, time, timedelta
from uuid import UUID

from net119_protocol.api.admin import RecordAct, Sweep, SweepOrder
from net119_protocol.api.console import CloseCall
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import CloseOutcome, LinkSecurity
from net119_protocol.profile.load import load_profiles
from net119_reference.ports import DispatcherIdentity, HandsetIdentity
from net119_reference.records.fiscal import JAPAN, japan_day
from net119_reference.registration.expiry import months_later
from net119_reference.registration.ports import PaperDetails
from net119_reference.service.records.deletions import read_list
from net119_simulators.mailbox import Draft

from tests.reference.registration.support import (
    ME,
    OPTIONAL,
    Town,
    application,
    photo,
    run,
    town,
)
from tests.reference.service.support import START, new_call

TODAY = japan_day(START)
ASO, CHITA = (load_profiles()[code] for code in ("aso", "chita-nanbu"))


async def sweep_on(here: Town, day: date, at: time = time(0, 1)) -> dict[RecordAct, int]:
    """Let it become that day, and sweep; what was done, by kind."""
    moment = datetime.combine(day, at, JAPAN)
    here.clock.advance((moment - here.clock.now()).total_seconds())
    done: Sweep = await here.provider.sweep(SweepOrder(dry_run=False))
    counts: dict[RecordAct, int] = {}
    for row in done.rows:
        counts[row.act] = counts.get(row.act, 0) + row.count
    return counts


async def state(here: Town, registrant_id: UUID) -> State:
    (row,) = [each for each in await here.rows() if each.registrant_id == registrant_id]
    return State(row.state)


async def keyed_in(here: Town) -> tuple[UUID, HandsetIdentity]:
    """A person of Chita-Nanbu: paper, approval, log-in."""
    paper = PaperDetails(
        consent_signed=True,
        received_on=TODAY,
        terms_version=CHITA.terms.version,
    )
    keyed: UUID = await here.desk.key_in(here.clerk, application("chita-nanbu"), paper)
    await here.desk.approve(here.clerk, keyed, 0)
    letter = await here.letter("登録が完了")
    words = dict(line.split(": ", 1) for line in letter.text.splitlines() if ": " in line)
    session = await here.provider.log_in(LogIn(login_id=words["ID"], password=words["パスワード"]))
    return keyed, await here.provider.handset_identity(session.token)


def dump(here: Town) -> str:
    with sqlite3.connect(here.folder / "net119.db") as database:
        return "\n".join(database.iterdump())


def test_asked_and_renewed_by_url() -> None:
    """ASO-13."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            last = months_later(TODAY, ASO.validity.months)
            asked_on = last - timedelta(days=30)
            assert RecordAct.REMIND not in await sweep_on(here, asked_on - timedelta(days=1))
            assert RecordAct.REMIND in await sweep_on(here, asked_on)
            letter = await here.letter("更新のお願い")
            assert letter.sender == ASO.mail.service_sender
            assert f"期限は{last.year}年{last.month}月{last.day}日です" in letter.text
            assert RecordAct.REMIND not in await sweep_on(here, asked_on, time(12))
            expires = await here.desk.renew(await here.token(letter))
            renewed = await here.letter("更新しました")
            new_last = months_later(asked_on, ASO.validity.months)
            assert japan_day(expires) == new_last + timedelta(days=1)
            assert f"{new_last.year}年{new_last.month}月{new_last.day}日" in renewed.text
            await sweep_on(here, last + timedelta(days=1))
            assert await state(here, row.registrant_id) is State.APPROVED

    run(story)


def test_asked_and_renewed_by_reply_also_after_the_expiry() -> None:
    """CNB-24."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            keyed, _who = await keyed_in(here)
            last = months_later(TODAY, CHITA.validity.months)
            await sweep_on(here, last - timedelta(days=7))
            letter = await here.letter("利用を続けるかどうか")
            assert letter.urls == ()
            assert RecordAct.EXPIRE in await sweep_on(here, last + timedelta(days=1))
            expired = await here.letter("期限が切れました")
            assert "返信" in expired.text
            assert "期限から90日" in expired.text
            assert await state(here, keyed) is State.EXPIRED
            await here.write(Draft(sender=ME, to=letter.sender, subject="Re: 続けます"))
            await here.letter("更新しました")
            assert await state(here, keyed) is State.APPROVED

    run(story)


def test_silence_ends_in_expiry_suspension_end_and_destruction() -> None:
    """ASO-13: each on its day, and the calls on a clock of their own."""

    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            rule, who_is = ASO.validity, row.registrant_id
            expired = months_later(TODAY, rule.months) + timedelta(days=1)
            suspended = expired + timedelta(days=rule.suspend_after_days)
            ended = suspended + timedelta(days=rule.delete_after_days)
            destroyed = ended + timedelta(days=ASO.retention.registrant_days)
            for day, wanted in (
                (expired, State.EXPIRED),
                (suspended, State.SUSPENDED),
                (ended, State.CANCELLED),
                (destroyed, State.DESTROYED),
            ):
                before = await state(here, who_is)
                await sweep_on(here, day - timedelta(days=1), time(23, 59))
                assert await state(here, who_is) is before
                await sweep_on(here, day, time(0, 0))
                assert await state(here, who_is) is wanted
            assert "髙橋" not in dump(here)
            subjects = [each.subject for each in here.boxes.letters(ME)]
            for part in ("更新のお願い", "期限が切れました", "一時停止", "取り消しました"):
                assert sum(part in each for each in subjects) == 1, subjects

    run(story)


def test_one_late_sweep_leaves_the_same_record_and_writes_once() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            rule = ASO.validity
            expired = months_later(TODAY, rule.months) + timedelta(days=1)
            suspended = expired + timedelta(days=rule.suspend_after_days)
            done = await sweep_on(here, suspended + timedelta(days=100))
            assert {RecordAct.EXPIRE, RecordAct.SUSPEND} <= done.keys()
            await here.letter("一時停止")
            assert not [each for each in here.boxes.letters(ME) if "期限が切れ" in each.subject]
            ended = suspended + timedelta(days=rule.delete_after_days)
            assert RecordAct.END not in await sweep_on(here, ended - timedelta(days=1))
            assert RecordAct.END in await sweep_on(here, ended)
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            assert japan_day(record.since) == ended

    run(story)


def test_a_suspension_by_the_clock_that_staff_end_goes_on_with_a_new_expiry() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, _login_id, _password = await here.approved()
            expired = months_later(TODAY, ASO.validity.months) + timedelta(days=1)
            day = expired + timedelta(days=ASO.validity.suspend_after_days)
            await sweep_on(here, day)
            version = await here.version(row.registrant_id)
            await here.desk.resume(here.clerk, row.registrant_id, version)
            await sweep_on(here, day + timedelta(days=1))
            assert await state(here, row.registrant_id) is State.APPROVED
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            last = japan_day(record.expires_at - timedelta(seconds=1))
            assert last == months_later(day, ASO.validity.months)

    run(story)


def test_chita_nanbu_keeps_until_31_march_after_three_fiscal_years() -> None:
    """CNB-07: to the last second of 31 March in Japan."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            keyed, _who = await keyed_in(here)
            await here.desk.cancel(here.clerk, keyed, 1, "転居")
            await sweep_on(here, date(2030, 3, 31), time(23, 59, 59))
            assert await state(here, keyed) is State.CANCELLED
            await sweep_on(here, date(2030, 4, 1), time(0, 0))
            assert await state(here, keyed) is State.DESTROYED
            rest = dump(here)
            for secret in ("髙橋", ME, OPTIONAL.phone or "", "秘密町"):
                assert secret not in rest

    run(story)


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
                desk, placed.call.call_id, CloseCall(outcome=CloseOutcome.DISPATCHED)
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
            (entry,) = read_list(here.folder / "deletions.jsonl")
            assert entry.registrant_id == row.registrant_id
            assert japan_day(entry.backups_by) == TODAY + timedelta(days=30)
            assert (await here.desk.deletions(here.clerk)) == (entry,)
            await here.provider.stop()
            for name in ("net119.db", "net119.db-wal", "net119.db-shm"):
                (here.folder / name).unlink(missing_ok=True)
            (here.folder / "backup.db").rename(here.folder / "net119.db")
            assert "髙橋" in dump(here)
            await here.start()
            await here.provider.sweep(SweepOrder(dry_run=False))
            assert await state(here, row.registrant_id) is State.DESTROYED
            assert "髙橋" not in dump(here)

    run(story)
