"""From the first mail to the end of a registration, over real SMTP and a real database."""

import asyncio
from uuid import uuid4

import pytest
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.item_names import label_of_path
from net119_reference.registration.ports import (
    LinkProblem,
    LinkPurpose,
    LinkRefused,
    NotAccepted,
)
from net119_simulators.mailbox import Draft

from tests.reference.registration.support import (
    ME,
    URL,
    Town,
    application,
    photo,
    run,
    town,
)

NEW = "yoshiko.new@phone.example"
DEVICE, OTHER = "device-key-0000000001", "device-key-0000000002"


async def refused(code: Refusal, attempt: object) -> Refused:
    with pytest.raises(Refused) as found:
        await attempt  # type: ignore[misc]  # any awaitable of the service's
    assert found.value.code is code
    return found.value


async def log_in(here: Town, login_id: str, password: str) -> str:
    session = await here.provider.log_in(LogIn(login_id=login_id, password=password))
    return str(session.token)


def test_an_empty_mail_is_answered_with_a_url_from_the_registration_sender() -> None:
    """TOM-07, TOM-08, TOM-23."""

    async def story() -> None:
        async with town() as here:
            await here.write()
            letter = await here.letter("登録のご案内")
            mail = here.desk.profile("tomakomai").mail
            assert letter.sender == letter.envelope_from == mail.registration_sender
            assert letter.text.count(f"{URL}/r/") == 1
            assert len(here.boxes.letters(ME)) == 1

    run(story)


def test_from_the_first_mail_to_the_first_log_in() -> None:
    """TOM-09, TOM-17, TOM-18."""

    async def story() -> None:
        async with town() as here:
            token = await here.start_application()
            wrong = await here.desk.keep_draft(token, application("tomakomai"))
            assert [each.path for each in wrong] == ["image"], "TOM-24"
            with pytest.raises(NotAccepted):
                await here.desk.submit(token)
            await here.desk.attach_image(token, photo())
            assert await here.desk.keep_draft(token, application("tomakomai")) == ()
            await here.desk.submit(token)
            await here.letter("申請を受け付け")
            (row,) = await here.rows(State.APPLIED)
            assert row.name == "髙橋　𠮷子①"
            image = await here.desk.identity_image(here.clerk, row.registrant_id, "review")
            assert image.startswith(b"\xff\xd8")
            await here.desk.approve(here.clerk, row.registrant_id, row.version)
            letter = await here.letter("登録が完了")
            words = dict(line.split(": ", 1) for line in letter.text.splitlines() if ": " in line)
            assert await log_in(here, words["ID"], words["パスワード"])
            with pytest.raises(Refused):
                await log_in(here, words["ID"], words["パスワード"] + "x")

    run(story)


def test_the_terms_come_first() -> None:
    """TOM-09, CNB-43."""

    async def story() -> None:
        async with town("aso") as here:
            await here.write()
            token = await here.token(await here.letter("登録のご案内"))
            assert (await here.desk.open_link(token)).terms_accepted is None
            await here.desk.keep_draft(token, application("aso"))
            with pytest.raises(NotAccepted) as missing:
                await here.desk.submit(token)
            assert [each.code for each in missing.value.problems] == ["terms"]
            await refused(Refusal.INVALID, here.desk.accept_terms(token, "1999"))
            version = here.desk.profile("aso").terms.version
            await here.desk.accept_terms(token, version)
            await here.desk.submit(token)
            (row,) = await here.rows()
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.terms_version == version

    run(story)


def test_a_url_is_used_once_expires_and_cannot_be_forged() -> None:
    async def story() -> None:
        async with town("aso") as here:
            token = await here.start_application()
            await here.desk.keep_draft(token, application("aso"))
            await here.desk.submit(token)
            for secret, code in (
                (token, LinkProblem.USED),
                (token[:-1] + "x", LinkProblem.UNKNOWN),
            ):
                with pytest.raises(LinkRefused) as closed:
                    await here.desk.open_link(secret)
                assert closed.value.code is code
        async with town("aso") as here:
            first = await here.start_application()
            await here.write()
            second = await here.token(await here.letter("登録のご案内", after=1))
            with pytest.raises(LinkRefused) as old:
                await here.desk.open_link(first)
            assert old.value.code is LinkProblem.REVOKED
            here.clock.advance(25 * 3600)
            with pytest.raises(LinkRefused) as late:
                await here.desk.open_link(second)
            assert late.value.code is LinkProblem.EXPIRED

    run(story)


def test_machines_are_not_answered() -> None:
    async def story() -> None:
        async with town() as here:
            to = here.desk.profile("tomakomai").mail.application
            await here.write(Draft(sender=ME, to=to, headers={"Auto-Submitted": "auto-replied"}))
            await here.write(Draft(sender=ME, to=to, envelope_from=""))
            await here.write(Draft(sender="hanako@phone.example", to=to))
            await here.letter("登録のご案内", "hanako@phone.example")
            assert here.boxes.letters(ME) == ()

    run(story)


@pytest.mark.parametrize("local", ["a--b", ".a", "a.", "a..b"])
def test_an_address_that_breaks_the_rule_gets_the_reason_and_no_url(local: str) -> None:
    """TOM-06."""

    async def story() -> None:
        async with town() as here:
            to = here.desk.profile("tomakomai").mail.application
            sender = f"{local}@docomo.example"
            await here.write(Draft(sender=sender, to=to))
            letter = await here.letter("登録できません", sender)
            assert "/r/" not in letter.text

    run(story)


def test_the_same_address_is_not_registered_twice() -> None:
    async def story() -> None:
        async with town("aso") as here:
            await here.apply()
            await here.write()
            letter = await here.letter("登録済み")
            assert "/r/" not in letter.text
            assert "髙橋" not in letter.text, "it tells nothing of the registration"

    run(story)


def test_returned_with_defects_corrected_and_approved() -> None:
    """TOM-17, ASO-02."""

    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            defect = FieldProblem("data.kana", "staff", "フリガナが違います。", "The kana differ.")
            await here.desk.return_(here.clerk, row.registrant_id, row.version, (defect,))
            letter = await here.letter("修正のお願い")
            name = label_of_path("data.kana", "ja"), label_of_path("data.kana", "en")
            assert f"\n・{name[0]}: フリガナが違います。" in letter.text
            assert f"\n- {name[1]}: The kana differ." in letter.text
            token = await here.token(letter)
            view = await here.desk.open_link(token)
            assert view.purpose is LinkPurpose.CORRECT
            assert view.defects == (defect,)
            assert view.application is not None
            assert view.application.data.name == "髙橋　𠮷子①"
            assert await here.desk.keep_draft(token, application("aso", kana="タカバシ")) == ()
            await here.desk.submit(token)
            (again,) = await here.rows(State.APPLIED)
            await here.desk.approve(here.clerk, again.registrant_id, again.version)
            await here.letter("登録が完了")

    run(story)


def test_a_refusal_is_mailed_where_the_profile_says_so() -> None:
    """ASO-02."""

    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            await here.desk.refuse(
                here.clerk, row.registrant_id, row.version, "対象の地域の外です。"
            )
            letter = await here.boxes.wait_for_letter(
                ME, lambda each: "対象の地域の外" in each.text
            )
            assert letter.urls == ()

    run(story)


def test_the_slower_of_two_clerks_is_told_and_changes_nothing() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            other = StaffIdentity("aso", "佐藤 係員")
            results = await asyncio.gather(
                here.desk.approve(here.clerk, row.registrant_id, row.version),
                here.desk.refuse(other, row.registrant_id, row.version, "重複"),
                return_exceptions=True,
            )
            late = [each for each in results if each is not None]
            assert len(late) == 1
            assert isinstance(late[0], Refused)
            assert late[0].field == "version"
            (now,) = await here.rows()
            assert now.version == row.version + 1

    run(story)


def test_a_department_sees_only_its_own() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            stranger = StaffIdentity("tomakomai", "他本部")
            assert (await here.desk.applications(stranger, None, "", 1)).rows == ()
            for attempt in (
                here.desk.application(stranger, row.registrant_id, "x"),
                here.desk.approve(stranger, row.registrant_id, row.version),
                here.desk.application(here.clerk, uuid4(), "x"),
            ):
                await refused(Refusal.NOT_FOUND, attempt)

    run(story)
