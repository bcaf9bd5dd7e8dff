"""The provider's clock and its sweeps: set ahead, kept, never back, nothing swept by mistake."""

import asyncio
import sqlite3
from collections.abc import Sequence
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
import structlog
from net119_protocol.api.admin import RecordAct, SetClock, SweepOrder
from net119_protocol.api.staff import NewRegistrant, RegistrationState
from net119_protocol.codes import Refusal
from net119_reference.clock import SettableClock
from net119_reference.config.model import Admin, Config
from net119_reference.data_lock import InUse, sole_user
from net119_reference.ports import Refused, StaffIdentity, StorageFailed
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.expiry import months_later
from net119_reference.registration.ports import PaperDetails
from net119_reference.service.provider import Provider
from net119_reference.service.records import sweep as sweep_module
from net119_reference.service.records.deletions import read_list
from net119_reference.service.records.keeper import GAP, ClockAhead
from net119_reference.store import Database, Write

from tests.reference.registration.passing import ASO, state, sweep_on
from tests.reference.registration.support import ME, application, run, town
from tests.reference.service.support import START, ManualClock, config, fresh_database

ADMIN = Admin(enabled=True, token="admin-token-00000001")


def settings(folder: Path, admin: Admin = ADMIN) -> Config:
    return config("aoba", folder).model_copy(update={"admin": admin})


def made(folder: Path, clock: Any, admin: Admin = ADMIN) -> Provider:
    found = settings(folder, admin)
    return Provider(found, clock, Database(found.database_url))


def test_the_clock_goes_on_from_where_it_was_set_also_after_a_restart(tmp_path: Path) -> None:
    async def story() -> None:
        fresh_database(tmp_path)
        clock = SettableClock()
        provider = made(tmp_path, clock)
        await provider.start()
        wanted = (clock.now() + timedelta(days=800)).replace(microsecond=0)
        state = await provider.set_clock(SetClock(now=wanted))
        assert timedelta() <= state.now - wanted < timedelta(minutes=1)
        assert state.sweep.at >= wanted
        assert not state.sweep.dry_run
        assert provider.core.peers.health()[0].last_frame_age_s is None
        assert not provider.core.peers.lost(provider.core.peers.all()[0].operator)
        for back in (wanted - timedelta(days=1), datetime(2200, 1, 1, tzinfo=UTC)):
            with pytest.raises(Refused) as refused:
                await provider.set_clock(SetClock(now=back))
            assert (refused.value.code, refused.value.field) == (Refusal.INVALID, "now")
        await provider.stop()
        again = made(tmp_path, SettableClock())
        await again.start()
        assert again.core.clock.now() >= wanted
        assert again.core.state_since >= wanted
        await again.stop()
        with pytest.raises(ClockAhead, match=r"799 days, 23:59:5\d|800 days"):
            await made(tmp_path, SettableClock(), Admin()).start()

    asyncio.run(story())


def test_a_deadline_that_the_clock_passes_is_met(tmp_path: Path) -> None:
    async def story() -> None:
        fresh_database(tmp_path)
        clock = SettableClock()
        provider = made(tmp_path, clock)
        await provider.start()
        met = asyncio.Event()
        provider.core.kernel.at(
            clock.now() + timedelta(days=10), lambda tx: tx.after(lambda: met.set())
        )
        await provider.set_clock(SetClock(now=clock.now() + timedelta(days=11)))
        async with asyncio.timeout(10):
            await met.wait()
        await provider.stop()

    asyncio.run(story())


@pytest.mark.parametrize("jump", [GAP + timedelta(days=1), timedelta(days=-2)])
def test_a_machine_with_a_wrong_clock_sweeps_nothing_by_itself(
    tmp_path: Path, jump: timedelta
) -> None:
    async def story() -> None:
        fresh_database(tmp_path)
        first = made(tmp_path, ManualClock())
        await first.start()
        await asyncio.wait_for(first.records.looked.wait(), 10)
        await first.stop()
        clock = ManualClock(START + jump)
        second = made(tmp_path, clock)
        await second.start()
        await asyncio.wait_for(second.records.looked.wait(), 10)
        assert second.records.last_sweep == START
        await second.sweep(SweepOrder(dry_run=False))
        assert second.records.last_sweep == clock.now()
        await second.stop()

    asyncio.run(story())


def test_a_real_sweep_is_of_the_present(tmp_path: Path) -> None:
    async def story() -> None:
        fresh_database(tmp_path)
        provider = made(tmp_path, ManualClock())
        await provider.start()
        with pytest.raises(Refused) as refused:
            await provider.sweep(SweepOrder(at=START + timedelta(days=9), dry_run=False))
        assert refused.value.field == "at"
        (tmp_path / "deletions.jsonl").write_text("nonsense\n", "utf-8")
        with pytest.raises(Refused, match=r"deletions\.jsonl, line 1"):
            await provider.sweep(SweepOrder())
        await provider.stop()

    asyncio.run(story())


def test_a_defect_in_a_sweep_does_not_end_all_sweeps(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever was raised, the next look at the clock sweeps again."""

    async def story() -> None:
        fresh_database(tmp_path)
        provider = made(tmp_path, ManualClock())
        failed = asyncio.Event()

        async def broken(_sweeper: Any, _at: datetime) -> Any:
            failed.set()
            raise KeyError("a defect")

        with monkeypatch.context() as patch:
            patch.setattr(sweep_module.Sweeper, "look", broken)
            await provider.start()
            await asyncio.wait_for(failed.wait(), 10)
        provider.records.deleted()  # wakes it before the hour is over
        await asyncio.wait_for(provider.records.looked.wait(), 10)
        assert provider.records.last_sweep == START
        await provider.stop()

    asyncio.run(story())


@pytest.mark.parametrize("where", ["course", "carry_out"])
def test_a_record_that_cannot_be_swept_keeps_none_of_the_others(
    monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """And it is not told as done."""

    async def story() -> None:
        async with town("aso") as here:
            broken = (await here.approved())[0].registrant_id
            paper = PaperDetails(
                consent_signed=True,
                received_on=japan_day(START),
                terms_version=ASO.terms.version,
            )
            second = application("aso", mail="other@phone.example")
            other = await here.desk.key_in(here.clerk, second, paper)
            await here.desk.approve(here.clerk, other, await here.version(other))
            sweeper = here.provider.records.sweeper
            owner, name = (
                (sweeper, "_course") if where == "course" else (sweeper._acts, "carry_out")
            )
            original = getattr(owner, name)

            def failing(*given: Any) -> Any:
                if any(getattr(each, "registrant_id", None) == broken for each in given):
                    raise KeyError("a defect")
                return original(*given)

            monkeypatch.setattr(owner, name, failing)
            expired = months_later(japan_day(START), ASO.validity.months) + timedelta(days=1)
            done = await sweep_on(here, expired)
            assert done[RecordAct.EXPIRE] == 1
            assert await state(here, other) is RegistrationState.EXPIRED
            assert await state(here, broken) is RegistrationState.APPROVED
            monkeypatch.undo()
            assert (await sweep_on(here, expired, time(12)))[RecordAct.EXPIRE] == 1
            assert await state(here, broken) is RegistrationState.EXPIRED

    run(story)


def test_a_sweep_that_breaks_off_goes_on_and_doubles_no_mail(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Three people, one to a command; the disk is full at the second."""
    monkeypatch.setattr(sweep_module, "BATCH", 1)

    async def story() -> None:
        async with town("aso") as here:
            mails = [ME, "b@phone.example", "c@phone.example"]
            profile = here.desk.profile("aso")
            paper = PaperDetails(
                consent_signed=True,
                received_on=japan_day(START),
                terms_version=profile.terms.version,
            )
            for mail in mails:
                keyed = await here.desk.key_in(here.clerk, application("aso", mail=mail), paper)
                await here.desk.approve(here.clerk, keyed, 0)
                await here.letter("登録が完了", mail)
            last = months_later(japan_day(START), profile.validity.months)
            when = last - timedelta(days=30)
            here.clock.advance((when - japan_day(START)).days * 86400)
            database, commits = here.provider.core.database, 0
            commit = database.commit

            async def full(writes: Sequence[Write]) -> None:
                nonlocal commits
                if any("registration_history" in str(each.statement) for each in writes):
                    commits += 1
                    if commits == 2:
                        raise StorageFailed("disk full")
                await commit(writes)

            monkeypatch.setattr(database, "commit", full)
            with pytest.raises(StorageFailed):
                await here.provider.sweep(SweepOrder(dry_run=False))
            monkeypatch.setattr(database, "commit", commit)
            await here.restart()
            done = await here.provider.sweep(SweepOrder(dry_run=False))
            left = sum(row.count for row in done.rows if row.act is RecordAct.REMIND)
            assert left in (0, 2), "0 where the sweep at start was faster"
            for mail in mails:
                await here.letter("更新のお願い", mail)
                found = [each for each in here.boxes.letters(mail) if "更新のお" in each.subject]
                assert len(found) == 1
            with sqlite3.connect(here.folder / "net119.db") as rows:
                query = "SELECT count(*) FROM registration_history WHERE what = 'reminded'"
                assert rows.execute(query).fetchone() == (3,)

    run(story)


def test_one_process_has_the_data_folder(tmp_path: Path) -> None:
    with sole_user(tmp_path):
        with pytest.raises(InUse) as taken, sole_user(tmp_path):
            pass
        assert taken.value.where == str(tmp_path)
    with sole_user(tmp_path):
        pass


def test_the_clock_can_be_set_over_the_destruction_of_records(tmp_path: Path) -> None:
    """The list beside the database is asked for by each destruction, and by the sweep itself."""

    async def story() -> None:
        fresh_database(tmp_path)
        clock = SettableClock()
        provider = made(tmp_path, clock)
        await provider.start()
        await asyncio.wait_for(provider.records.looked.wait(), 10)
        clerk = StaffIdentity("tomakomai", "山田 係長")
        desk = provider.registrations
        gone = []
        for number in range(3):
            person = application("tomakomai", mail=f"p{number}@phone.example").data
            entered = await provider.enter_registrant(clerk, NewRegistrant(data=person))
            await desk.approve(clerk, entered.registrant_id, 0)
            await desk.cancel(clerk, entered.registrant_id, 1, "転居")
            gone.append(entered.registrant_id)
        days = desk.profile("tomakomai").retention.registrant_days
        for ahead in (days - 1, days, days + 1):
            await provider.set_clock(SetClock(now=datetime.now(UTC) + timedelta(days=ahead)))
            provider.records.deleted()
        listed = await provider.records.sweeper.listed()
        assert {each.registrant_id for each in listed} == set(gone)
        await provider.records.sweeper.write_list()
        await provider.stop()
        assert {each.registrant_id for each in read_list(tmp_path / "deletions.jsonl")} == set(gone)

    with structlog.testing.capture_logs() as logs:
        asyncio.run(story())
    events = [each["event"] for each in logs]
    assert "swept" in events
    assert not [each for each in events if "not" in each and "swept" in each]
