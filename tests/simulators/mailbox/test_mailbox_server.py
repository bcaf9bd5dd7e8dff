"""Carrier mailboxes take, refuse, defer, lose and double mail as their rules say (A54-A58)."""

import asyncio
from collections.abc import Coroutine
from email.header import Header
from email.message import EmailMessage
from typing import Any

import aiosmtplib
import pytest
from net119_simulators.errors import SafetyInterlock, Waited
from net119_simulators.mailbox import (
    Draft,
    Letter,
    MailboxServer,
    Moment,
    Outcome,
    Rule,
    send_mail,
)
from net119_simulators.mailbox.sending import MailNotTaken

ME = "hanako@phone.example"
OURS = "info@net119-aoba.example"


def mail(
    text: str = "本文です。", to: str = ME, charset: str = "utf-8", subject: str = "お知らせ"
) -> Draft:
    return Draft(sender=OURS, to=to, subject=subject, text=text, charset=charset)


def run(test: Coroutine[Any, Any, None]) -> None:
    asyncio.run(test)


def test_a_mail_arrives_with_sender_subject_text_and_urls() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            text = "次のURLを開いてください。\nhttps://127.0.0.2:8443/r/abc-DEF_1（24時間有効）"
            await send_mail(mail(text), box.host, box.port)
            letter = await box.wait_for_letter(ME)
            assert letter.subject == "お知らせ"
            assert letter.text == text
            assert letter.sender == letter.envelope_from == OURS
            assert letter.urls == ("https://127.0.0.2:8443/r/abc-DEF_1",)
            assert list(box.taken.values()) == [1]

    run(test())


@pytest.mark.parametrize("charset", ["utf-8", "iso-2022-jp", "shift_jis", "euc-jp"])
def test_a_phone_reads_every_charset(charset: str) -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            await send_mail(mail("登録が完了しました。", charset=charset), box.host, box.port)
            letter = await box.wait_for_letter(ME)
            assert (letter.subject, letter.text) == ("お知らせ", "登録が完了しました。")

    run(test())


def test_characters_of_windows_are_read_from_shift_jis() -> None:
    message = EmailMessage()
    message["Subject"] = "x"
    message["Content-Type"] = "text/plain; charset=Shift_JIS"
    message["Content-Transfer-Encoding"] = "8bit"
    raw = message.as_bytes() + "髙橋①㈱".encode("cp932")

    async def test() -> None:
        async with MailboxServer() as box:
            client = aiosmtplib.SMTP(hostname=box.host, port=box.port, start_tls=False)
            async with client:
                await client.sendmail(OURS, [ME], raw)
            assert (await box.wait_for_letter(ME)).text == "髙橋①㈱"

    run(test())


def test_a_subject_in_an_old_charset_is_read() -> None:
    subject = Header("登録のご案内", "iso-2022-jp").encode()
    assert "ISO-2022-JP" in subject.upper()

    async def test() -> None:
        async with MailboxServer() as box:
            await send_mail(mail(charset="iso-2022-jp", subject="登録のご案内"), box.host, box.port)
            assert (await box.wait_for_letter(ME)).subject == "登録のご案内"

    run(test())


def test_a_rejected_mail_is_answered_550_and_a_deferred_one_451() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            box.set_rule(ME, Rule(Outcome.REJECT))
            with pytest.raises(MailNotTaken) as refused:
                await send_mail(mail(), box.host, box.port)
            assert refused.value.code == 550
            box.set_rule(ME, Rule(defer_first=2))
            for _ in range(2):
                with pytest.raises(MailNotTaken) as later:
                    await send_mail(mail(), box.host, box.port)
                assert later.value.code == 451
            await send_mail(mail(), box.host, box.port)
            assert len(box.letters(ME)) == 1

    run(test())


@pytest.mark.parametrize(
    "rule",
    [
        Rule(Outcome.DROP),
        Rule(senders=frozenset({"other@net119-aoba.example"})),
        Rule(urls=False),
    ],
)
def test_a_filter_takes_a_mail_and_tells_nobody(rule: Rule) -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            box.set_rule(ME, rule)
            await send_mail(mail("https://net119.example/r/1"), box.host, box.port)
            assert box.letters(ME) == ()
            assert [letter.address for letter in box.dropped] == [ME]
            with pytest.raises(Waited, match=ME):
                await box.wait_for_letter(ME, within=0.05)

    run(test())


def test_an_allowed_sender_gets_through_and_a_mail_may_come_twice() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            box.set_rule(ME, Rule(Outcome.DUPLICATE, senders=frozenset({OURS})))
            await send_mail(mail(), box.host, box.port)
            one, two = box.letters(ME)
            assert one.message_id == two.message_id != ""
            assert box.taken[one.message_id] == 1, "doubled by the carrier, not by the sender"

    run(test())


@pytest.mark.parametrize("local", ["a..b.", ".a", "a.", "-a", "a/b=c"])
def test_addresses_that_break_the_rfc_are_mailboxes_too(local: str) -> None:
    address = f"{local}@docomo.example"

    async def test() -> None:
        async with MailboxServer() as box:
            await send_mail(mail(to=address), box.host, box.port)
            await send_mail(mail(to=f'"{local}"@DOCOMO.example'), box.host, box.port)
            assert len(box.letters(address)) == 2

    run(test())


def test_killed_and_restarted_it_keeps_port_and_mails() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            await send_mail(mail(), box.host, box.port)
            port = box.port
            await box.kill()
            with pytest.raises(MailNotTaken) as gone:
                await send_mail(mail(), box.host, port)
            assert gone.value.code == 0
            await box.restart()
            assert box.port == port
            await send_mail(mail(), box.host, port)
            assert len(box.letters(ME)) == 2

    run(test())


def test_a_kill_cuts_a_dialogue_under_way() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            client = aiosmtplib.SMTP(hostname=box.host, port=box.port, start_tls=False)
            await client.connect()
            await client.mail(OURS)
            await client.rcpt(ME)
            await box.kill()
            with pytest.raises((aiosmtplib.SMTPException, OSError)):
                await client.data(b"Subject: x\r\n\r\nx")
            client.close()
            assert box.letters(ME) == ()

    run(test())


@pytest.mark.parametrize("moment", Moment)
def test_it_dies_at_a_moment_of_a_mail_and_tells_what_was_cut(moment: Moment) -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            idle = aiosmtplib.SMTP(hostname=box.host, port=box.port, start_tls=False)
            await idle.connect()
            dying = asyncio.create_task(box.kill_in_mail(moment, within=10))
            await asyncio.sleep(0)
            with pytest.raises(MailNotTaken) as gone:
                await send_mail(mail(), box.host, box.port)
            assert gone.value.code == 0
            killed = await dying
            assert (killed.connections, killed.in_mail) == (2, 1)
            idle.close()
            assert len(box.letters(ME)) == (1 if moment is Moment.AFTER_STORING else 0)
            await box.restart()
            await send_mail(mail("もう一度"), box.host, box.port)
            assert box.letters(ME)[-1].text == "もう一度"

    run(test())


def test_without_a_mail_it_does_not_die() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            with pytest.raises(Waited):
                await box.kill_in_mail(Moment.CONTENT, within=0.01)
            await send_mail(mail(), box.host, box.port)
            assert len(box.letters(ME)) == 1

    run(test())


def test_waiting_wakes_when_the_mail_comes() -> None:
    async def test() -> None:
        async with MailboxServer() as box:
            waiting = asyncio.create_task(
                box.wait_for_letter(ME, lambda each: "二" in each.text, within=5)
            )
            await send_mail(mail("一"), box.host, box.port)
            await send_mail(mail("二通目"), box.host, box.port)
            found: Letter = await waiting
            assert found.text == "二通目"
            assert len(box.letters(ME)) == 2

    run(test())


def test_a_phone_sends_empty_html_and_photo_mails() -> None:
    empty = Draft(sender=ME, to=OURS).octets()
    assert empty.split(b"\r\n\r\n", 1)[1].strip() == b""
    photo = Draft(sender=ME, to=OURS, text="写真", attachment=b"\xff\xd8x").octets()
    assert b'filename="photo.jpg"' in photo
    html = Draft(sender=ME, to=OURS, text="a", html="<p>a</p>").octets()
    assert b"text/html" in html


def test_it_neither_listens_nor_sends_beyond_this_machine() -> None:
    with pytest.raises(SafetyInterlock):
        MailboxServer("192.0.2.1")

    async def test() -> None:
        with pytest.raises(SafetyInterlock):
            await send_mail(mail(), "192.0.2.1", 25)

    run(test())
