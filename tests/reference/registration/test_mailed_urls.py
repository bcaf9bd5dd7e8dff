"""Mailed URLs keep what was entered, prove the address, and end with it."""

from net119_protocol.profile.check import FieldProblem
from net119_reference.registration.ports import ApplicationRow

from tests.reference.registration.support import ME, Town, application, run, town
from tests.reference.registration.test_life import log_in

DEFECT = FieldProblem("data.name", "reviewer", "氏名を確かめてください。", "Check the name.")
REVISED = "2099-01"


async def account_token(here: Town, login_id: str, password: str, mail: str = ME) -> str:
    """The token of a URL for change or stop, asked for and mailed now."""
    who = await here.desk.registrant_session(await log_in(here, login_id, password))
    seen = len(here.boxes.letters(mail))
    await here.desk.ask_account_mail(who)
    return await here.token(await here.letter("変更", mail, after=seen))


async def returned_token(here: Town, row: ApplicationRow) -> str:
    """The token of the URL that a returned application is corrected through."""
    seen = len(here.boxes.letters(ME))
    await here.desk.return_(here.clerk, row.registrant_id, row.version, (DEFECT,))
    letter = await here.boxes.wait_for_letter(
        ME, lambda each: any("/r/" in url for url in each.urls), after=max(0, seen - 1)
    )
    return await here.token(letter)


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
