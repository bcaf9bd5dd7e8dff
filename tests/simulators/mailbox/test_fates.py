"""What becomes of mail over real SMTP: filtered, put off, late, returned; each decision is told."""

import asyncio
from collections.abc import Callable, Coroutine
from email import message_from_bytes
from email.mime.text import MIMEText
from typing import Any

import pytest
from net119_simulators.errors import SafetyInterlock, Waited
from net119_simulators.mailbox import (
    Decision,
    Draft,
    Fate,
    Filters,
    MailboxServer,
    Outcome,
    Rule,
    load_situations,
    send_mail,
)
from net119_simulators.mailbox.hosting import HostedMailboxes
from net119_simulators.mailbox.remote import RemoteMailboxes
from net119_simulators.mailbox.sending import MailNotTaken, hand_over

REGISTER = "register.tomakomai@net119-aoba.example"
SERVICE = "tomakomai@net119-aoba.example"
URL = "https://127.0.0.2:8443/r/abc"


def run(test: Callable[[], Coroutine[Any, Any, None]]) -> None:
    asyncio.run(test())


async def deliver(box: MailboxServer, to: str, sender: str = SERVICE, text: str = URL) -> None:
    draft = Draft(sender, to, "消防本部からの呼び返し", f"次のURLを開いてください。\n{text}")
    await send_mail(draft, box.host, box.port)


async def code_of(sending: Coroutine[Any, Any, None]) -> int:
    try:
        await sending
    except MailNotTaken as refused:
        return refused.code
    return 250


def test_with_one_of_two_senders_listed_registration_arrives_and_the_callback_does_not() -> None:
    me = "hanako@docomo.example"

    async def test() -> None:
        async with MailboxServer() as boxes:
            box = boxes.mailbox(me)
            box.set_rule(load_situations()["one-sender-listed"].rule)
            await deliver(boxes, me, REGISTER)
            await deliver(boxes, me, SERVICE)
            assert [letter.sender for letter in box.letters] == [REGISTER]
            came, lost = box.decisions
            assert (came.fate, came.rule) == (Fate.DELIVERED, "allow")
            assert (lost.fate, lost.rule) == (Fate.DROPPED, "non-mobile")
            box.set_rule(load_situations()["both-senders-listed"].rule)
            await deliver(boxes, me, SERVICE)
            assert len(box.letters) == 2

    run(test)


def test_whoever_waits_in_vain_learns_what_came_and_what_was_stopped_and_why() -> None:
    me = "hanako@softbank.example"

    async def test() -> None:
        async with MailboxServer() as boxes:
            box = boxes.mailbox(me)
            await deliver(boxes, me, text="文だけ")
            box.set_rule(Rule(filters=Filters(urls=True)))
            await deliver(boxes, me)
            with pytest.raises(Waited) as wrong:
                await box.wait_for(subject="登録", sender=REGISTER, within=0.01)
            said = str(wrong.value)
            assert f"a mail to {me} with subject '登録', sender '{REGISTER}'" in said
            assert "mails that came: '消防本部からの呼び返し'" in said
            assert "dropped by url (it has a URL" in said
            found = await box.wait_for(subject="呼び返し", sender=SERVICE.upper(), within=5)
            assert found.text.endswith("文だけ")
            assert [each.rule for each in box.stopped] == ["url"]

    run(test)


def test_a_url_is_found_whatever_the_mail_is_encoded_in() -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "u@phone.example"
            boxes.set_rule(me, Rule(urls=False))
            message = MIMEText(f"日本語の文です。{URL}", "plain", "utf-8")
            assert URL.encode() not in message.as_bytes(), "in base64 nobody sees it"
            await hand_over(message.as_bytes(), SERVICE, me, boxes.host, boxes.port)
            for charset in ("iso-2022-jp", "shift_jis"):
                draft = Draft(SERVICE, me, "題", f"日本語の文です。{URL}", charset)
                await send_mail(draft, boxes.host, boxes.port)
            html = Draft(SERVICE, me, "題", "文", html=f'<a href="{URL}">開く</a>')
            await send_mail(html, boxes.host, boxes.port)
            assert len(boxes.dropped) == 4
            assert boxes.letters(me) == ()

    run(test)


def test_a_virus_is_cut_before_anything_else() -> None:
    eicar = "X5O!P%@AP[4\\PZX54(P^)7CC)7}$" + "EICAR-STANDARD-" + "ANTIVIRUS-TEST-FILE!$H+H*"

    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "hanako@au.example"
            boxes.set_rule(me, Rule(filters=Filters(must_receive=frozenset({SERVICE}))))
            draft = Draft(SERVICE, me, "写真", attachment=eicar.encode())
            await send_mail(draft, boxes.host, boxes.port)
            (found,) = boxes.decisions(me)
            assert (found.fate, found.rule) == (Fate.DROPPED, "virus")

    run(test)


def test_a_bounce_is_a_report_at_the_senders_own_mail_server() -> None:
    me = "a..b.@au.example"

    async def test() -> None:
        # The provider's mail server is another one of these here.
        async with MailboxServer() as boxes, MailboxServer("127.0.0.2") as provider:
            boxes.route("net119-aoba.example", provider.host, provider.port)
            boxes.set_rule(me, Rule(filters=Filters(deny=frozenset({"net119-aoba.example"}))))
            await deliver(boxes, '"a..b."@au.example')
            report = await provider.wait_for_letter(SERVICE)
            assert report.envelope_from == ""
            message = message_from_bytes(report.raw)
            assert message.get_content_type() == "multipart/report"
            parts = {each.get_content_type(): each for each in message.walk()}
            payload: Any = parts["message/delivery-status"].get_payload()
            status, recipient = payload
            assert status["Reporting-MTA"] == "dns; mailboxes.example"
            assert (recipient["Action"], recipient["Status"]) == ("failed", "5.7.1")
            assert recipient["Final-Recipient"] == f"rfc822; {me}"
            (decision,) = boxes.decisions(me)
            assert decision.letter is not None
            assert decision.letter.message_id in str(parts["text/rfc822-headers"].get_payload())
            assert (decision.fate, decision.rule) == (Fate.BOUNCED, "deny")
            await boxes.wait_until(lambda: bool(decision.report), "the report's fate")
            assert decision.report == f"the report was taken by 127.0.0.2:{provider.port}"

    run(test)


def test_without_a_way_back_a_bounce_says_so() -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "b@phone.example"
            boxes.set_rule(me, Rule(Outcome.BOUNCE))
            await deliver(boxes, me)
            found = await boxes.wait_for_decision(me, lambda each: bool(each.report))
            assert "no route to the mail server of net119-aoba.example" in found.report
            empty = Draft(SERVICE, me, envelope_from="")
            await send_mail(empty, boxes.host, boxes.port)
            await boxes.wait_for_decision(me, lambda each: "no sender to be told" in each.report)
            with pytest.raises(SafetyInterlock):
                boxes.route("*", "192.0.2.1", 25)

    run(test)


def test_greylisting_takes_who_comes_again_after_the_time() -> None:
    now = [100.0]

    async def test() -> None:
        async with MailboxServer(clock=lambda: now[0]) as boxes:
            me = "g@phone.example"
            boxes.set_rule(me, Rule(greylist_s=30))
            assert await code_of(deliver(boxes, me)) == 451
            now[0] += 29
            assert await code_of(deliver(boxes, me)) == 451
            now[0] += 1
            assert await code_of(deliver(boxes, me)) == 250
            assert await code_of(deliver(boxes, me)) == 250, "known from now on"
            assert await code_of(deliver(boxes, me, REGISTER)) == 451, "another sender is not"
            fates = [each.fate for each in boxes.decisions(me)]
            assert fates == [Fate.DEFERRED] * 2 + [Fate.DELIVERED] * 2 + [Fate.DEFERRED]
            assert boxes.decisions(me)[1].why == f"{SERVICE} is not known yet; it is after 1 s more"

    run(test)


def test_a_late_mail_is_told_twice_and_delivered_once() -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "l@phone.example"
            boxes.set_rule(me, Rule(delay_s=0.2))
            await deliver(boxes, me)
            assert [each.fate for each in boxes.decisions(me)] == [Fate.DELAYED]
            assert boxes.letters(me) == ()
            letter = await boxes.wait_for_letter(me)
            sent, came = boxes.decisions(me)
            assert came.fate is Fate.DELIVERED
            assert sent.letter is not None
            assert letter.received_at > sent.letter.received_at
            assert len(boxes.letters(me)) == 1

    run(test)


def test_a_flood_is_stopped_by_the_automatic_filter_until_it_is_over() -> None:
    now = [0.0]

    async def test() -> None:
        async with MailboxServer(clock=lambda: now[0]) as boxes:
            me = "f@au.example"
            boxes.set_rule(me, Rule(filters=Filters(automatic=True)))
            most = boxes.carriers.of(me).automatic_per_minute
            for _ in range(most + 1):
                await deliver(boxes, me)
            assert len(boxes.letters(me)) == most
            assert boxes.decisions(me)[-1].rule == "automatic"
            now[0] += 61
            await deliver(boxes, me)
            assert len(boxes.letters(me)) == most + 1

    run(test)


@pytest.mark.parametrize(
    ("rule", "code", "fate"),
    [
        (Rule(Outcome.FULL), 452, Fate.DEFERRED),
        (Rule(Outcome.OVER_QUOTA), 552, Fate.REFUSED),
        (Rule(Outcome.REJECT), 550, Fate.REFUSED),
        (Rule(Outcome.DEFER), 451, Fate.DEFERRED),
    ],
)
def test_a_refusal_in_the_dialogue_is_recorded(rule: Rule, code: int, fate: Fate) -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "x@phone.example"
            boxes.set_rule(me, rule)
            assert await code_of(deliver(boxes, me)) == code
            (found,) = boxes.decisions(me)
            assert (found.fate, found.sender, found.letter) == (fate, SERVICE, None)
            assert found.why
            assert not boxes.taken

    run(test)


def test_a_pc_provider_refuses_what_it_filters_at_the_end_of_the_content() -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            me = "p@pc.example"
            boxes.set_rule(me, Rule(filters=Filters(only_listed=True)))
            assert await code_of(deliver(boxes, me)) == 550
            (found,) = boxes.decisions(me)
            assert (found.fate, found.rule, found.subject) == (
                Fate.REFUSED,
                "not-listed",
                "消防本部からの呼び返し",
            )
            assert not boxes.taken

    run(test)


@pytest.mark.parametrize(
    ("domain", "unquoted", "quoted"),
    [
        ("docomo.example", 250, 250),
        ("au.example", 553, 250),
        ("softbank.example", 550, 550),
        ("phone.example", 250, 250),
    ],
)
@pytest.mark.parametrize("local", ["a..b", ".a", "a."])
def test_addresses_that_break_the_rfc_are_taken_as_the_carrier_takes_them(
    domain: str, unquoted: int, quoted: int, local: str
) -> None:
    async def test() -> None:
        async with MailboxServer() as boxes:
            assert await code_of(deliver(boxes, f"{local}@{domain}")) == unquoted
            assert await code_of(deliver(boxes, f'"{local}"@{domain}')) == quoted
            assert await code_of(deliver(boxes, f'"plain"@{domain}')) == 250
            taken = [unquoted, quoted].count(250)
            assert len(boxes.letters(f"{local}@{domain}")) == taken

    run(test)


def test_other_processes_give_rules_and_read_decisions() -> None:
    me = "hanako@softbank.example"
    hosted = HostedMailboxes()
    place = hosted.start()

    async def test() -> None:
        remote = RemoteMailboxes(place.host, place.desk_port)
        await remote.set_rule(me, Rule(filters=Filters(urls=True, allow=frozenset({SERVICE}))))
        await send_mail(Draft(SERVICE, me, "題", URL), place.host, place.smtp_port)
        (found,) = await remote.decisions(me)
        assert isinstance(found, Decision)
        assert (found.fate, found.rule, found.sender) == (Fate.DROPPED, "url", SERVICE)
        assert await remote.decisions(me, after=1) == ()

    try:
        run(test)
    finally:
        hosted.stop()
