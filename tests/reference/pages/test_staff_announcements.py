"""Announcements, undeliverable mail, what expires, and the audit log at the staff pages."""

import pytest
from net119_protocol.api.admin import StaffRole
from net119_protocol.api.staff import NewRegistrant
from net119_reference.mail.address import NeverSent
from net119_reference.web.pages.staff import words
from net119_simulators.mailbox import Outcome, Rule
from playwright.sync_api import Browser

from tests.reference.pages.looking import look_in_both_languages, tab, tab_to
from tests.reference.pages.site import DEADLINE_S, Site
from tests.reference.pages.staffing import CLERK, FormOf, hire, log_in, staff
from tests.reference.registration.support import ME, application

TEXT = {
    "kind": "maintenance",
    "subject": "4月10日の保守",
    "text": "4月10日（金）の午前1時から3時まで、通報できません。",
}


def subjects(site: Site) -> list[str]:
    """Of all letters that anybody has got."""
    boxes = site.town.boxes.mailboxes
    return [letter.subject for letters in boxes.values() for letter in letters]


def test_an_announcement_is_looked_at_confirmed_and_sent_once(tomakomai: Site) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.approved)
    with staff(tomakomai) as clerk:
        sure = clerk.send(clerk.get("/staff/announcements"), "announce", "next", TEXT)
        assert 'data-page="announcement-confirm"' in sure.text
        assert "<strong>1人</strong>" in sure.text
        assert "お問い合わせ" in sure.text
        assert TEXT["subject"] not in subjects(tomakomai)
        first = clerk.send(sure, "announce", "send")
        again = clerk.send(sure, "announce", "send")
        assert first.url == again.url
        tomakomai.do(lambda: tomakomai.town.letter(TEXT["subject"]))
        listed = clerk.get("/staff/announcements").text
        assert listed.count(TEXT["subject"]) == 1
    assert subjects(tomakomai).count(TEXT["subject"]) == 1


def test_a_key_is_no_good_for_another_text(tomakomai: Site) -> None:
    hire(tomakomai)
    with staff(tomakomai) as clerk:
        sure = clerk.send(clerk.get("/staff/announcements"), "announce", "next", TEXT)
        clerk.send(sure, "announce", "send")
        other = clerk.send(sure, "announce", "send", {"text": "別の文章"})
    assert other.status_code == 409
    assert 'data-page="problem"' in other.text


@pytest.mark.parametrize(
    ("name", "text", "code"),
    [
        ("subject", "", "required"),
        ("subject", "長" * 101, "too-long"),
        ("subject", "1行目\n2行目", "line-break"),
        ("text", " ", "required"),
        ("text", "長" * 2001, "too-long"),
        ("kind", "forged", "not-a-choice"),
    ],
)
def test_a_wrong_announcement_is_told_at_its_field(
    tomakomai: Site, name: str, text: str, code: str
) -> None:
    hire(tomakomai)
    with staff(tomakomai) as clerk:
        page = clerk.get("/staff/announcements")
        again = clerk.send(page, "announce", "next", {**TEXT, name: text})
        assert again.status_code == 422
        assert f'id="{name}-error" data-code="{code}"' in again.text
        said = {"subject": "件名", "text": "本文", "kind": "種類"}[name]
        assert f'data-path="{name}" data-code="{code}">{said}' in again.text, "in the summary"
        kept = FormOf(again.text, "announce").fields
    assert kept["text"].strip() == {**TEXT, name: text}["text"].strip()


def test_a_mail_that_did_not_arrive_is_listed(tomakomai: Site) -> None:
    """ASO-09."""
    hire(tomakomai)
    row = tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        assert "届かなかったメールはありません" in clerk.get("/staff/undeliverable").text
        tomakomai.town.boxes.set_rule(row.mail, Rule(Outcome.REJECT))
        page = clerk.get(f"/staff/registrants/{row.registrant_id}?purpose=review")
        clerk.send(page, "decide", "approve")
        tomakomai.do(lambda: tomakomai.town.until(lambda: _undelivered(tomakomai)))
        page = clerk.get("/staff/undeliverable")
        assert row.name in page.text
        assert "登録の完了" in page.text
        assert '<li id="failed-mails"><strong>1</strong>' in clerk.get("/staff").text


def test_a_letter_that_is_never_sent_is_listed_and_told_in_words(tomakomai: Site) -> None:
    """ASO-09: the person has no password, and staff must not learn it from the history alone."""
    hire(tomakomai)
    desk, clerk = tomakomai.town.desk, tomakomai.town.clerk
    body = NewRegistrant(data=application("tomakomai", mail="hana@docomo.ne.jp").data)
    found = tomakomai.do(lambda: desk.enter_by_program(clerk, body))
    tomakomai.do(lambda: desk.approve_by_program(clerk, found.registrant_id))
    why = words.NEVER_SENT[NeverSent.CARRIER]
    with staff(tomakomai) as someone:
        assert '<li id="failed-mails"><strong>1</strong>' in someone.get("/staff").text
        for lang, text, head in (("ja", why.ja, "送っていません"), ("en", why.en, "Not sent")):
            page = someone.get(f"/staff/undeliverable?lang={lang}")
            assert text in page.text
            assert head in page.text
            assert "hana@docomo.ne.jp" in page.text
            record = f"/staff/registrants/{found.registrant_id}?purpose=mail&lang={lang}"
            assert text in someone.get(record).text
            assert NeverSent.CARRIER not in someone.get(record).text


async def _send_again(site: Site) -> None:
    site.town.desk.office.post.wake()


async def _undelivered(site: Site) -> object:
    return await site.town.desk.undeliverable(site.town.clerk) or None


def test_the_audit_log_tells_who_read_what_for_what_itself_included(tomakomai: Site) -> None:
    hire(tomakomai)
    hire(tomakomai, "監査 担当", StaffRole.AUDITOR)
    row = tomakomai.do(tomakomai.town.apply)
    with staff(tomakomai) as clerk:
        clerk.get(f"/staff/registrants/{row.registrant_id}?purpose=inquiry")
    with staff(tomakomai, "監査 担当") as auditor:
        whole = auditor.get("/staff/audit").text
        assert "本人・家族からの問い合わせ" in whole
        assert row.name not in whole
        own = auditor.get("/staff/audit?actor=監査 担当").text
        table = own.partition('id="audit"')[2]
        assert "記録を見た" in table
        assert CLERK not in table
        assert "0件" in auditor.get("/staff/audit?since=2027-01-01").text
        assert CLERK in auditor.get("/staff/audit?since=令和8年4月1日&until=2026-04-01").text
        for asked, name in (("since=2026-02-30", "since"), ("registrant=x", "registrant")):
            wrong = auditor.get(f"/staff/audit?{asked}")
            assert wrong.status_code == 422
            assert f'id="{name}-error"' in wrong.text


@pytest.mark.browser
def test_the_progress_of_an_announcement_refreshes_itself(
    tomakomai: Site, browser: Browser
) -> None:
    hire(tomakomai)
    tomakomai.do(tomakomai.town.approved)
    tomakomai.town.boxes.set_rule(ME, Rule(Outcome.DEFER))
    with tab(browser, tomakomai.base_url) as page:
        log_in(page, tomakomai)
        page.goto("/staff/announcements")
        look_in_both_languages(page, "staff-announcements")
        tab_to(page, "#subject")
        page.keyboard.type(TEXT["subject"])
        tab_to(page, "#text")
        page.keyboard.type(TEXT["text"])
        page.click("button[value=next]")
        page.click("button[value=send]")
        page.wait_for_selector("[data-progress]")
        assert "送信待ち1件" in page.inner_text(".progress-text")
        look_in_both_languages(page, "staff-announcement")
        tomakomai.town.boxes.set_rule(ME, Rule())
        tomakomai.town.clock.advance(60)
        tomakomai.do(lambda: _send_again(tomakomai))
        page.get_by_text("送信済み1件、送信待ち0件").wait_for(timeout=DEADLINE_S * 1000)
        for name in ("undeliverable", "expiring", "audit"):
            page.goto(f"/staff/{name}")
            look_in_both_languages(page, f"staff-{name}")
