"""Mailed URLs keep what was entered, prove the address, and end with it."""

from datetime import timedelta

import pytest
from net119_protocol.api.staff import RegistrationState
from net119_protocol.profile.check import FieldProblem
from net119_reference.registration.expiry import months_later
from net119_reference.registration.ports import ApplicationRow, LinkProblem, LinkRefused

from tests.reference.registration.passing import ASO, TODAY, sweep_on
from tests.reference.registration.support import ME, Town, application, photo, run, town
from tests.reference.registration.test_life import NEW, log_in

DEFECT = FieldProblem("data.name", "reviewer", "氏名を確かめてください。", "Check the name.")
REVISED = "2099-01"


async def account_token(here: Town, login_id: str, password: str, mail: str = ME) -> str:
    """The token of a URL for change or stop, asked for and mailed now."""
    who = await here.desk.registrant_session(await log_in(here, login_id, password))
    seen = len(here.boxes.letters(mail))
    await here.desk.ask_account_mail(who)
    return await here.token(await here.letter("変更・利用の停止", mail, after=seen))


async def returned_token(here: Town, row: ApplicationRow) -> str:
    """The token of the URL that a returned application is corrected through."""
    await here.desk.return_(here.clerk, row.registrant_id, row.version, (DEFECT,))
    return await here.token(await here.letter("修正のお願い"))


def test_an_application_is_corrected_for_the_address_that_got_the_url() -> None:
    """The log-in is mailed to no address that has never been proved (TOM-08)."""

    async def story() -> None:
        async with town("tomakomai") as here:
            row = await here.apply()
            token = await returned_token(here, row)
            assert (await here.desk.open_link(token)).mail_is_fixed
            elsewhere = application("tomakomai", mail="typo@other.example")
            assert await here.desk.keep_draft(token, elsewhere) == ()
            await here.desk.submit(token)
            version = await here.version(row.registrant_id)
            await here.desk.approve(here.clerk, row.registrant_id, version)
            assert (await here.letter("登録が完了")).text
            await here.settled()
            assert not here.boxes.letters("typo@other.example")

    run(story)


def test_the_terms_accepted_with_a_change_are_on_record() -> None:
    """CNB-43: from the hand-in on the record names the version, and its history when."""

    async def story() -> None:
        async with town("tomakomai") as here:
            row, login_id, password = await here.approved()
            profile = here.desk.profile("tomakomai")
            terms = profile.terms.model_copy(update={"version": REVISED})
            revised = profile.model_copy(update={"terms": terms})
            here.desk.office._profiles["tomakomai"] = revised
            token = await account_token(here, login_id, password)
            await here.desk.accept_terms(token, REVISED)
            before = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert before.terms_version == profile.terms.version
            changed = application("tomakomai", device="別のスマートフォン")
            assert await here.desk.keep_draft(token, changed) == ()
            await here.desk.submit(token)
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.terms_version == REVISED
            (told,) = [each for each in record.history if each.what == "terms-accepted"]
            assert told.detail.startswith(f"terms {REVISED} accepted at ")
            await here.desk.approve(here.clerk, row.registrant_id, record.version)
            again = await account_token(here, login_id, password)
            assert (await here.desk.open_link(again)).terms_accepted == REVISED

    run(story)


@pytest.mark.parametrize("restarted", [False, True])
def test_a_second_empty_mail_loses_nothing_that_was_entered(restarted: bool) -> None:
    """Mail is slow, and anybody can write one in the person's name."""

    async def story() -> None:
        async with town("tomakomai") as here:
            token = await here.start_application()
            await here.desk.attach_image(token, photo())
            assert await here.desk.keep_draft(token, application("tomakomai")) == ()
            seen = len(here.boxes.letters(ME))
            await here.write()
            newer = await here.token(await here.letter("登録のご案内", after=seen))
            if restarted:
                await here.restart()
            view = await here.desk.open_link(newer)
            assert view.application == application("tomakomai")
            assert view.has_own_image
            with pytest.raises(LinkRefused) as closed:
                await here.desk.submit(token)
            assert closed.value.code is LinkProblem.REVOKED
            assert await here.desk.own_image(newer)
            await here.desk.submit(newer)
            (row,) = await here.rows(RegistrationState.APPLIED)
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.has_image

    run(story)


def test_what_was_typed_to_correct_is_there_after_a_second_mail() -> None:
    async def story() -> None:
        async with town("tomakomai") as here:
            token = await returned_token(here, await here.apply())
            await here.desk.keep_entries(token, {"data.name": "髙橋　良子", "data.birth_date": "?"})
            seen = len(here.boxes.letters(ME))
            await here.write()
            letter = await here.letter("修正のお願い", after=seen)
            view = await here.desk.open_link(await here.token(letter))
            assert view.entries["data.name"] == "髙橋　良子"
            assert view.entries["data.birth_date"] == "?"
            assert view.defects == (DEFECT,)

    run(story)


def test_urls_mailed_to_a_former_address_open_nothing() -> None:
    """CNB-32: the former address may be somebody else's by now."""

    async def story() -> None:
        async with town("tomakomai") as here:
            row, login_id, password = await here.approved()
            token = await account_token(here, login_id, password)
            moved = application("tomakomai", mail=NEW)
            assert await here.desk.keep_draft(token, moved) == ()
            await here.desk.submit(token)
            old = await account_token(here, login_id, password)
            version = await here.version(row.registrant_id)
            await here.desk.approve(here.clerk, row.registrant_id, version)
            for attempt in (here.desk.open_link(old), here.desk.stop(old)):
                with pytest.raises(LinkRefused) as closed:
                    await attempt
                assert closed.value.code is LinkProblem.REVOKED
            new = await account_token(here, login_id, password, NEW)
            assert (await here.desk.open_link(new)).mail == NEW

    run(story)


def test_who_is_asked_to_renew_and_moves_is_asked_at_the_new_address() -> None:
    """ASO-13, CNB-32: the URL mailed to the former address renews nothing."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            last = months_later(TODAY, ASO.validity.months)
            await sweep_on(here, last - timedelta(days=30))
            old = await here.token(await here.letter("更新のお願い"))
            token = await account_token(here, login_id, password)
            assert await here.desk.keep_draft(token, application("aso", mail=NEW)) == ()
            await here.desk.submit(token)
            version = await here.version(row.registrant_id)
            await here.desk.approve(here.clerk, row.registrant_id, version)
            with pytest.raises(LinkRefused) as closed:
                await here.desk.renew(old)
            assert closed.value.code is LinkProblem.REVOKED
            letter = await here.letter("更新のお願い", NEW)
            assert f"期限は{last.year}年{last.month}月{last.day}日です" in letter.text
            assert await here.desk.renew(await here.token(letter))

    run(story)
