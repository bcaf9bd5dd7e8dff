"""From the first mail to the end of a registration, over real SMTP and a real database."""

import asyncio
import sqlite3
from uuid import uuid4

import pytest
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_protocol.profile.check import FieldProblem
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused, StaffIdentity
from net119_reference.registration.ports import (
    AnnouncementKind,
    CallPageProblem,
    CallPageRefused,
    LinkProblem,
    LinkPurpose,
    LinkRefused,
    NotAccepted,
    PaperDetails,
    Undeliverable,
)
from net119_simulators.mailbox import Draft, Outcome, Rule

from tests.reference.registration.support import (
    ME,
    OPTIONAL,
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
            assert "フリガナが違います。" in letter.text
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


def test_optional_data_are_sealed_in_aso_unless_staff_keyed_them_in() -> None:
    """ASO-04, invariant I6: through every reading of the service."""

    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.sealed
            assert record.application.data.optional is None
            program = await here.provider.registrant(here.clerk, row.registrant_id)
            assert program.data.optional is None
            paper = PaperDetails(
                consent_signed=True,
                received_on=application("aso").data.birth_date,
                terms_version=here.desk.profile("aso").terms.version,
            )
            keyed = await here.desk.key_in(
                here.clerk, application("aso", mail="other@phone.example"), paper
            )
            own = await here.desk.application(here.clerk, keyed, "review")
            assert not own.sealed
            assert own.application.data.optional == OPTIONAL
        async with town() as here:
            row = await here.apply()
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.application.data.optional == OPTIONAL

    run(story)


def test_a_change_is_reviewed_and_the_new_address_is_used_at_once() -> None:
    """TOM-20, TOM-26, CNB-32, CNB-44."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            await here.desk.ask_account_mail(who)
            token = await here.token(await here.letter("変更"))
            same = await here.desk.keep_draft(token, application("aso"))
            assert [each.code for each in same] == ["unchanged"]
            assert await here.desk.keep_draft(token, application("aso", mail=NEW)) == ()
            await here.desk.submit(token)
            record = await here.desk.application(here.clerk, row.registrant_id, "review")
            assert record.state is State.CHANGE_PENDING
            (change,) = record.changes
            assert (change.path, change.before, change.after) == ("data.mail", ME, NEW)
            await here.desk.approve(here.clerk, row.registrant_id, record.version)
            await here.boxes.wait_for_letter(NEW)
            assert (await here.desk.account(who)).mail == NEW

    run(story)


def test_a_stop_takes_effect_at_once() -> None:
    """TOM-21, TOM-22."""

    async def story() -> None:
        async with town() as here:
            _row, login_id, password = await here.approved()
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            page = await here.desk.new_call_page(who, DEVICE)
            await here.desk.ask_account_mail(who)
            token = await here.token(await here.letter("変更"))
            await here.desk.stop(token)
            await here.letter("停止")
            with pytest.raises(Refused):
                await log_in(here, login_id, password)
            with pytest.raises(CallPageRefused) as ended:
                await here.desk.open_call_page(page.secret, DEVICE)
            assert ended.value.code is CallPageProblem.ENDED
            with pytest.raises(LinkRefused):
                await here.desk.open_link(token)

    run(story)


@pytest.mark.parametrize("department", ["tomakomai", "aso"])
def test_a_call_page_is_for_one_device(department: str) -> None:
    """TOM-19, CNB-10, CNB-25, ASO-14."""

    async def story() -> None:
        async with town(department) as here:
            _row, login_id, password = await here.approved()
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            page = await here.desk.new_call_page(who, DEVICE)
            assert len(page.secret) >= 40
            opened = await here.desk.open_call_page(page.secret, DEVICE)
            assert opened.registrant_id == who.registrant_id
            with pytest.raises(CallPageRefused) as stolen:
                await here.desk.open_call_page(page.secret, OTHER)
            assert stolen.value.code is CallPageProblem.OTHER_DEVICE
            second = await here.desk.new_call_page(who, OTHER)
            assert second.replaced
            with pytest.raises(CallPageRefused) as old:
                await here.desk.open_call_page(page.secret, DEVICE)
            assert old.value.code is CallPageProblem.REPLACED

    run(story)


def test_a_device_change_blocks_the_old_device_from_the_application_on() -> None:
    """ASO-12."""

    async def story() -> None:
        async with town("aso") as here:
            _row, login_id, password = await here.approved()
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            await here.desk.ask_account_mail(who)
            token = await here.token(await here.letter("変更"))
            await here.desk.keep_draft(token, application("aso", device="新しいスマートフォン"))
            await here.desk.submit(token)
            with pytest.raises(Refused):
                await log_in(here, login_id, password)

    run(story)


def test_mail_that_does_not_arrive_is_shown_to_the_department() -> None:
    """ASO-09."""

    async def story() -> None:
        async with town("aso") as here:
            row = await here.apply()
            await here.letter("申請を受け付け")
            here.boxes.set_rule(ME, Rule(Outcome.REJECT))
            await here.desk.approve(here.clerk, row.registrant_id, row.version)

            async def lost() -> tuple[Undeliverable, ...] | None:
                return await here.desk.undeliverable(here.clerk) or None

            failed = await here.until(lost)
            (one,) = failed
            assert one.recipient == ME
            assert one.kind == "completed"
            assert "550" in one.reason or "no such mailbox" in one.reason

    run(story)


def test_an_announcement_reaches_everybody_registered() -> None:
    """CNB-12, CNB-37."""

    async def story() -> None:
        async with town("aso") as here:
            await here.approved()
            await here.desk.announce(
                here.clerk, "保守のお知らせ", "11月30日に止まります。", AnnouncementKind.MAINTENANCE
            )
            letter = await here.letter("保守のお知らせ")
            assert letter.sender == here.desk.profile("aso").mail.service_sender

    run(story)


def test_deleted_on_request_nothing_of_the_person_is_left() -> None:
    """ASO-06: the file of the database is searched, too."""

    async def story() -> None:
        async with town("aso") as here:
            row, login_id, _password = await here.approved()
            version = await here.version(row.registrant_id)
            await here.desk.delete_on_request(here.clerk, row.registrant_id, version)
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            assert record.state is State.DESTROYED
            assert "髙橋" not in repr(record)
            with sqlite3.connect(here.folder / "net119.db") as database:
                rest = "\n".join(database.iterdump())
            for secret in ("𠮷子", "タカハシ", "秘密町", login_id):
                assert secret not in rest

    run(story)


def test_passwords_and_urls_are_nowhere_once_their_mail_is_sent() -> None:
    async def story() -> None:
        async with town("aso") as here:
            token = await here.start_application()
            await here.desk.keep_draft(token, application("aso"))
            await here.desk.submit(token)
            (row,) = await here.rows()
            await here.desk.approve(here.clerk, row.registrant_id, row.version)
            letter = await here.letter("登録が完了")
            password = letter.text.partition("パスワード: ")[2].partition("\n")[0]
            assert password
            office = here.provider.post_office
            assert office is not None

            async def all_sent() -> bool | None:
                return (await office.counts()).get(Delivery.SENT) == 3 or None

            await here.until(all_sent)
            with sqlite3.connect(here.folder / "net119.db") as database:
                rest = "\n".join(database.iterdump())
            assert password not in rest
            assert token not in rest

    run(story)


def test_the_audit_log_cannot_be_rewritten() -> None:
    """CNB-40."""

    async def story() -> None:
        async with town("aso") as here:
            await here.apply()
            with sqlite3.connect(here.folder / "net119.db") as database:
                assert database.execute("SELECT count(*) FROM audit_log").fetchone()[0] > 0
                for statement in ("UPDATE audit_log SET actor = 'x'", "DELETE FROM audit_log"):
                    with pytest.raises(sqlite3.Error):
                        database.execute(statement)

    run(story)


def test_a_restart_keeps_everything() -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            await here.restart()
            assert await log_in(here, login_id, password)
            record = await here.desk.application(here.clerk, row.registrant_id, "check")
            assert [each.what for each in record.history][:2] == ["applied", "approved"]

    run(story)
