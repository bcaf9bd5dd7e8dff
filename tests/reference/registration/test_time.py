"""A registration as time passes, over real SMTP: asked, renewed, silent, ended."""

from datetime import date, datetime, time, timedelta

import pytest
from net119_protocol.api.admin import RecordAct
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.profile.check import FieldProblem
from net119_reference.records.fiscal import japan_day
from net119_reference.registration.expiry import months_later, new_expiry
from net119_reference.registration.ports import RegistrantRecord
from net119_simulators.mailbox import Draft

from tests.reference.registration.passing import ASO, CHITA, TODAY, dump, keyed_in, state, sweep_on
from tests.reference.registration.support import (
    ME,
    OPTIONAL,
    Town,
    application,
    run,
    town,
)
from tests.reference.registration.test_life import log_in


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


def test_who_answers_after_the_suspension_is_told_whom_to_ask() -> None:
    """CNB-24: the registration stays suspended, and the answer is not lost without a word."""

    async def story() -> None:
        async with town("chita-nanbu") as here:
            keyed, _who = await keyed_in(here)
            last = months_later(TODAY, CHITA.validity.months)
            await sweep_on(here, last - timedelta(days=7))
            letter = await here.letter("利用を続けるかどうか")
            await sweep_on(here, last + timedelta(days=1 + CHITA.validity.suspend_after_days))
            await here.letter("一時停止")
            before = len(here.boxes.letters(ME))
            await here.write(Draft(sender=ME, to=letter.sender, subject="Re: 続けます"))
            told = await here.letter("一時停止", after=before)
            assert "窓口" in told.text
            assert await state(here, keyed) is State.SUSPENDED

    run(story)


@pytest.mark.parametrize("decision", ["approve", "return", "refuse"])
def test_a_change_decided_after_the_expiry_leaves_the_registration_valid(decision: str) -> None:
    """Who waits for the department is not suspended for its delay, whatever it decides."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            last = months_later(TODAY, ASO.validity.months)
            await sweep_on(here, last - timedelta(days=1))
            token = await account_token(here, row.mail, login_id, password)
            changed = application("aso", name="髙橋　花子")
            assert await here.desk.keep_draft(token, changed) == ()
            await here.desk.submit(token)
            long_after = last + timedelta(days=50)
            await sweep_on(here, long_after)
            assert await state(here, row.registrant_id) is State.CHANGE_PENDING
            seen = (here.clerk, row.registrant_id, await here.version(row.registrant_id))
            if decision == "approve":
                await here.desk.approve(*seen)
            elif decision == "return":
                defect = FieldProblem("data.name", "unclear", "氏名を確認", "check the name")
                await here.desk.return_(*seen, (defect,))
            else:
                await here.desk.refuse(*seen, "確認できません")
            done = await sweep_on(here, long_after + timedelta(days=1))
            assert not {RecordAct.EXPIRE, RecordAct.SUSPEND, RecordAct.END} & done.keys()
            assert await state(here, row.registrant_id) is State.APPROVED
            record = await here.desk.application(here.clerk, row.registrant_id, "test")
            assert record.expires_at == new_expiry(ASO.validity, decided_at(record))

    run(story)


def decided_at(record: RegistrantRecord) -> datetime:
    """When the latest thing happened to a registration."""
    return record.history[-1].at


async def account_token(here: Town, mail: str, login_id: str, password: str) -> str:
    """The token of the URL for changes that the registrant asks for."""
    who = await here.desk.registrant_session(await log_in(here, login_id, password))
    before = len(here.boxes.letters(mail))
    await here.desk.ask_account_mail(who)
    letter = await here.boxes.wait_for_letter(mail, lambda each: bool(each.urls), after=before)
    return await here.token(letter)


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
