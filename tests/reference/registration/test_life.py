"""A registration after its approval: change, stop, call page, privacy, mail that is lost."""

import sqlite3

import pytest
from net119_protocol.api.handset import LogIn
from net119_protocol.api.staff import NewRegistrant
from net119_protocol.api.staff import RegistrationState as State
from net119_protocol.codes import Refusal
from net119_reference.mail.schedule import Delivery
from net119_reference.ports import Refused
from net119_reference.registration.ports import (
    AnnouncementKind,
    CallPageProblem,
    CallPageRefused,
    LinkRefused,
    NotAccepted,
    PaperDetails,
    Undeliverable,
)
from net119_simulators.mailbox import Outcome, Rule

from tests.reference.registration.support import (
    ME,
    OPTIONAL,
    Town,
    application,
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
            token = await here.token(await here.letter("変更・利用の停止"))
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
            token = await here.token(await here.letter("変更・利用の停止"))
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
            assert opened.identity.registrant_id == who.registrant_id
            token = opened.token
            assert await here.provider.handset_identity(token) == opened.identity
            again = await here.desk.open_call_page(page.secret, DEVICE)
            assert again == opened, "the page may be opened as often as one likes"
            for alone in (page.secret, DEVICE, page.secret + DEVICE):
                with pytest.raises(Refused):
                    await here.provider.handset_identity(alone)
            await here.restart()
            assert await here.provider.handset_identity(token) == opened.identity
            with pytest.raises(CallPageRefused) as stolen:
                await here.desk.open_call_page(page.secret, OTHER)
            assert stolen.value.code is CallPageProblem.OTHER_DEVICE
            second = await here.desk.new_call_page(who, OTHER)
            assert second.replaced
            with pytest.raises(CallPageRefused) as old:
                await here.desk.open_call_page(page.secret, DEVICE)
            assert old.value.code is CallPageProblem.REPLACED
            with pytest.raises(Refused):
                await here.provider.handset_identity(token)
            there = await here.desk.open_call_page(second.secret, OTHER)
            assert there.token != token
            await here.desk.revoke_call_page(there.identity)
            with pytest.raises(Refused):
                await here.provider.handset_identity(there.token)

    run(story)


def test_a_device_change_blocks_the_old_device_from_the_application_on() -> None:
    """ASO-12."""

    async def story() -> None:
        async with town("aso") as here:
            _row, login_id, password = await here.approved()
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            await here.desk.ask_account_mail(who)
            token = await here.token(await here.letter("変更・利用の停止"))
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


@pytest.mark.parametrize("mail", ["hana@docomo.ne.jp", "hana@post.city.aso.jp"])
def test_a_letter_that_is_never_sent_counts_among_the_undelivered(mail: str) -> None:
    """ASO-09: a program entered an address that the safety interlock keeps out."""

    async def story() -> None:
        async with town("aso") as here:
            data = application("aso", mail=mail).data
            found = await here.desk.enter_by_program(here.clerk, NewRegistrant(data=data))
            await here.desk.approve_by_program(here.clerk, found.registrant_id)
            (one,) = await here.desk.undeliverable(here.clerk)
            assert (one.registrant_id, one.recipient, one.kind) == (
                found.registrant_id,
                mail,
                "completed",
            )
            assert one.status == "failed"
            assert one.reason.startswith("the mail address ")
            assert (await here.desk.overview(here.clerk)).undeliverable == 1
            await here.settled()
            assert here.boxes.letters(mail) == ()

    run(story)


@pytest.mark.parametrize(
    ("mail", "code"), [("h@ezweb.ne.jp", "carrier-mail"), ("h@city.aso.jp", "outside-mail")]
)
def test_no_change_leads_to_an_address_that_is_never_sent_to(mail: str, code: str) -> None:
    async def story() -> None:
        async with town("aso") as here:
            row, login_id, password = await here.approved()
            wanted = application("aso", mail=mail)
            version = await here.version(row.registrant_id)
            with pytest.raises(NotAccepted) as refused:
                await here.desk.key_in_change(here.clerk, row.registrant_id, version, wanted)
            assert [each.code for each in refused.value.problems] == [code]
            assert refused.value.problems[0].path == "data.mail"
            who = await here.provider.handset_identity(await log_in(here, login_id, password))
            await here.desk.ask_account_mail(who)
            token = await here.token(await here.letter("変更・利用の停止"))
            wrong = await here.desk.keep_draft(token, wanted)
            assert [each.code for each in wrong] == [code]

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
            await here.settled()  # the letter about it is emptied once it is sent
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
