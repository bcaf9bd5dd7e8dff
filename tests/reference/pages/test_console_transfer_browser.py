"""A call goes from one department of a joint center to another, at its one console (CNB-01)."""

import pytest
from net119_protocol.codes import Mode
from net119_protocol.places import Fix
from playwright.sync_api import Browser, expect

from tests.reference.pages.calling import caller
from tests.reference.pages.chatting import open_chat, say
from tests.reference.pages.consoles import SATO, choose, connected, console, hire, in_queue
from tests.reference.pages.site import Site

pytestmark = pytest.mark.browser
IN_MINAMICHITA = Fix(lat=34.7150, lon=136.9300, accuracy_m=20.0)


def test_a_transferred_call_rings_again_with_its_whole_chat(
    chita_nanbu: Site, browser: Browser
) -> None:
    """I1, I9: who accepts is seen, and the caller's chat goes on."""
    center = hire(chita_nanbu, SATO)
    who = caller(chita_nanbu)
    with console(browser, chita_nanbu, center, SATO) as page, who.tab(browser) as phone:
        call = who.call(mode=Mode.DRILL, fix=IN_MINAMICHITA)
        in_queue(page, "ringing", call)
        choose(page, call)
        page.keyboard.press("F2")
        in_queue(page, "mine", call)
        open_chat(phone, call)
        say(phone, "転送の前の文")
        expect(page.locator("#log .line.caller .text")).to_have_text("転送の前の文")
        page.locator("[data-act=transfer]").click()
        targets = page.locator("#form option").all_inner_texts()
        assert any("半田市" in each and "受けられます" in each for each in targets), targets
        assert not any("知多南部" in each for each in targets), "it is there already"
        page.locator("#form select").select_option("chita-handa")
        page.locator("#form button.main").click()
        in_queue(page, "ringing", call)
        expect(page.locator("#form")).to_be_hidden()
        expect(page.locator("#events")).to_contain_text("半田市を管轄する消防本部に転送しました")
        expect(page.locator("#events")).to_contain_text("知多南部消防組合消防本部から転送")
        expect(page.locator("[data-place=responsible]")).to_contain_text("半田市")
        page.keyboard.press("F2")
        in_queue(page, "mine", call)
        say(phone, "転送の後の文")
        expect(page.locator("#log .line.caller .text").last).to_have_text("転送の後の文")
        stored = [line.seq for line in call.stored()]
        expect(page.locator("#log .line")).to_have_count(len(stored))
        page.evaluate("net119Console.store.unselect()")  # else the reload opens it again
        page.reload()
        connected(page)
        unread = page.locator(f"[data-call='{call.call_id}'] .unread")
        expect(unread).to_have_text("")
        say(phone, "読み込み直した後の文")
        expect(unread).to_have_text("未読1")
