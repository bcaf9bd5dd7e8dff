"""The chat page in Chromium: two people talk, the connection goes and comes, nothing is lost."""

import json
from collections.abc import Iterator

import pytest
from net119_protocol.api.common import NewLine
from net119_protocol.codes import CloseOutcome, Mode
from playwright.sync_api import Browser, expect

from tests.reference.pages.calling import Caller, Desk, caller, desk
from tests.reference.pages.chatting import connected, fates, open_chat, say, settled, shown
from tests.reference.pages.looking import look, look_in_both_languages, tab_to
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


def test_a_call_from_ringing_to_its_end(who: Caller, console: Desk, browser: Browser) -> None:
    """CTS-09, CTS-10, CNB-29, ASO-15, I9."""
    call = who.call()
    with who.tab(browser) as page:
        page.add_init_script("window.shaken = []; navigator.vibrate = p => shaken.push(p);")
        open_chat(page, call)
        expect(page.locator("#state")).to_contain_text("まだ応答していません")
        look_in_both_languages(page, "chat-ringing")
        connected(page)
        expect(page.locator("#connection")).to_contain_text("システムとつながっています。")
        console.answer(call)
        expect(page.locator("#state")).to_have_text("苫小牧市消防本部の指令員が応答しました。")
        expect(page.locator("#connection")).to_have_text("消防とつながっています。")
        page.locator("#text").click()
        console.say(call, "火事ですか、救急ですか", "火事", "救急", "わかりません")
        page.get_by_role("button", name="救急", exact=True).click()
        expect(page.locator(".chosen")).to_have_text("「救急」と答えました。")
        console.heard_choice(call, "o1")
        settled(page)
        assert page.evaluate("shaken.length") >= 1
        say(page, "父が倒れました。\n髙橋　𠮷子①です ｶﾀｶﾅ")
        console.heard(call, "父が倒れました。\n髙橋　𠮷子①です ｶﾀｶﾅ")
        settled(page)
        assert set(fates(page)) == {"消防のシステムに届きました"}
        page.locator("#quick summary").click()
        page.get_by_role("button", name="文字を打てません").click()
        settled(page)
        console.say(call, "意識はありますか", "はい", "いいえ")
        expect(page.get_by_role("button", name="いいえ", exact=True).first).to_be_visible()
        look_in_both_languages(page, "chat-answered")
        connected(page)
        page.reload()
        connected(page)
        assert shown(page)[:3] == [
            "火事ですか、救急ですか",
            "救急",
            "父が倒れました。\n髙橋　𠮷子①です ｶﾀｶﾅ",
        ]
        expect(page.locator(".chosen").first).to_have_text("「救急」と答えました。")
        console.close(call, CloseOutcome.RELAYED_BY_PHONE)
        expect(page.locator("#state")).to_contain_text("電話で引き継ぎました")
        expect(page.locator("#coming")).to_be_visible()
        expect(page.locator("#say")).to_be_hidden()
        expect(page.locator("#connection")).to_have_text("")
        expect(page.get_by_role("button", name="いいえ", exact=True).first).to_be_hidden()
        look_in_both_languages(page, "chat-closed")
    assert console.console.violations == []


@pytest.mark.parametrize("keyboard", [True, False])
def test_the_card_is_reached_above_the_composer_of_a_small_phone(
    who: Caller, console: Desk, browser: Browser, *, keyboard: bool
) -> None:
    """WCAG 2.2, 2.4.11: what has the focus, or is led to, does not lie under what sticks."""
    call = who.call()
    with who.tab(browser) as page:
        page.set_viewport_size({"width": 320, "height": 568})
        open_chat(page, call)
        page.evaluate("window.scrollTo(0, 0)")
        if keyboard:
            tab_to(page, "#card")
        else:
            page.evaluate("document.getElementById('card').scrollIntoView({ block: 'end' })")
        card, end = page.locator("#card").bounding_box(), page.locator("#end").bounding_box()
        assert card is not None
        assert end is not None
        assert card["y"] >= 0
        assert card["y"] + card["height"] <= end["y"]


def test_a_practice_call_looks_like_one(who: Caller, console: Desk, browser: Browser) -> None:
    """CTS-11."""
    call = who.call(mode=Mode.PRACTICE)
    with who.tab(browser) as page:
        open_chat(page, call)
        expect(page.locator(".practice-banner").first).to_be_visible()
        look_in_both_languages(page, "chat-practice")
        page.goto(f"{call.path}/card")
        expect(page.locator("#plea")).to_contain_text("電話しないでください")
        look_in_both_languages(page, "card-practice")


def test_a_restart_of_the_provider_during_the_chat(
    page_certificates: Certificates, browser: Browser
) -> None:
    """I2, I4: what was acknowledged is there, what was not is sent again, once."""
    with site("tomakomai", page_certificates) as town:
        person = caller(town)
        call = person.call()
        with person.tab(browser, offline=True) as page:
            open_chat(page, call)
            say(page, "止まる前")
            settled(page)
            town.do(town.shut_down)
            expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
            say(page, "止まっている間")
            expect(page.locator(".line.pending")).to_have_count(1)
            town.do(town.start_again)
            connected(page)
            settled(page)
            with desk(town) as console:
                console.answer(call)
                expect(page.locator("#state")).to_have_attribute("data-state", "answered")
                console.say(call, "聞こえていますか")
                expect(page.locator(".line.dispatcher .text")).to_have_text("聞こえていますか")
        texts = [each.text for each in call.stored() if each.sender != "system"]
        assert texts == ["止まる前", "止まっている間", "聞こえていますか"]


def test_two_tabs_show_the_same(who: Caller, console: Desk, browser: Browser) -> None:
    """I3, I4: also where both have the same line still to send, as a duplicated tab has."""
    call = who.call()
    with who.tab(browser) as page:
        open_chat(page, call)
        other = page.context.new_page()
        waiting = json.dumps([{"clientId": "page-same", "text": "同じことば", "choice": None}])
        for each in (page, other):
            each.goto(call.path)
            each.evaluate(
                "value => sessionStorage.setItem(value[0], value[1])",
                [f"net119-waiting-{call.call_id}", waiting],
            )
        for each in (page, other):
            each.reload()
            connected(each)
        for each in (page, other):
            settled(each)
            expect(each.locator(".line .text")).to_have_text(["同じことば"])
        console.answer(call)
        asked = console.say(call, "歩けますか", "はい", "いいえ")
        page.locator(f"[value='{asked}:o0']").click()
        for each in (page, other):
            expect(each.locator(".chosen")).to_have_text("「はい」と答えました。")
            expect(each.locator(".line .text")).to_have_text(["同じことば", "歩けますか", "はい"])
        say(other, "もう一方から")
        expect(page.locator(".line .text").last).to_have_text("もう一方から")
        settled(other)
    assert len(call.stored()) == 4


def test_refused_lines_say_so_and_can_be_sent_again(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """ASO-20, I9: a line that was refused is never shown as received."""
    call = who.call()

    async def fill_up() -> None:
        identity = await who.identity()
        for number in range(20):
            content = NewLine(client_id=f"fill-{number}", text=f"{number}")
            await who.site.town.provider.caller_says(identity, call.call_id, content)

    with who.tab(browser) as page:
        open_chat(page, call)
        who.site.do(fill_up)
        expect(page.locator(".line.caller")).to_have_count(20)
        say(page, "多すぎる")
        expect(page.locator(".line.failed .fate")).to_contain_text("短い間に送りすぎです")
        look(page, "chat-refused", widths=(320, 390))
        page.reload()
        connected(page)
        expect(page.locator(".line.failed .text")).to_have_text("多すぎる")
        page.get_by_role("button", name="書き直す").click()
        assert page.input_value("#text") == "多すぎる"
        say(page, "直した")
        expect(page.locator(".line.failed")).to_have_count(1)
        who.site.town.clock.advance(10)
        page.get_by_role("button", name="もう一度送る").click()
        settled(page)
    assert [each.text for each in call.stored()][-1] == "直した"


def test_the_length_and_emoji_are_told_before_sending(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CNB-30: emoji that are sent all the same arrive as they are."""
    call = who.call()
    with who.tab(browser) as page:
        open_chat(page, call)
        page.fill("#text", "𠮷" * 1900)
        expect(page.locator("#text-count")).to_have_text("あと100文字書けます。")
        page.fill("#text", "𠮷" * 2003)
        expect(page.locator("#text-count")).to_contain_text("3文字多すぎます")
        page.click("#say button")
        assert len(page.input_value("#text")) == 2003, "kept, not cut"
        page.fill("#text", "🚒が来た\U000f0000☎")
        expect(page.locator("#text-count")).to_contain_text("絵文字は")
        page.fill("#text", "髙橋　𠮷子①ｶﾀｶﾅ々〆")
        expect(page.locator("#text-count")).to_have_text("")
        page.fill("#text", " \n　")
        page.click("#say button")
        expect(page.locator("#text-count")).to_have_text("何も書かれていません。")
        say(page, "🚒が来た")
        settled(page)
        page.fill("#text", "一行目")
        page.press("#text", "Enter")
        page.type("#text", "二行目")
        page.press("#text", "Control+Enter")
        settled(page)
    assert [each.text for each in call.stored()] == ["🚒が来た", "一行目\n二行目"]


def test_hostile_text_stays_text(who: Caller, console: Desk, browser: Browser) -> None:
    call = who.call()
    console.answer(call)
    nasty = "<img src=x onerror=\"document.title='x'\">\u202eadnap\u200b" + "ก็็็็็็็็็็็็็็็็็็็็" + "長" * 300
    with who.tab(browser) as page:
        open_chat(page, call)
        asked = console.say(call, nasty, "<b>はい</b>", "\u202eいいえ")
        say(page, nasty)
        settled(page)
        page.locator(f"[value='{asked}:o0']").click()
        settled(page)
        assert shown(page) == [nasty, nasty, "<b>はい</b>"]
        assert page.locator("#lines img, #lines b").count() == 0
        look(page, "chat-hostile", widths=(320,))


def test_by_keyboard_and_to_a_screen_reader(who: Caller, console: Desk, browser: Browser) -> None:
    call = who.call()
    console.answer(call)
    with who.tab(browser) as page:
        open_chat(page, call)
        console.say(call, "意識はありますか", "はい", "いいえ")
        expect(page.get_by_role("log")).to_contain_text("意識はありますか")
        tab_to(page, "[name=choice]")
        page.keyboard.press("Enter")
        expect(page.locator(".chosen")).to_have_text("「はい」と答えました。")
        expect(page.locator("#text")).to_be_focused()
        page.keyboard.type("キーボードから")
        tab_to(page, "#say button")
        page.keyboard.press("Space")
        settled(page)
        assert page.locator("[role=status]").count() >= 2
        # The field stands at the lower edge of what is seen, also on a short screen.
        for height in (844, 420):
            page.set_viewport_size({"width": 390, "height": height})
            expect(page.locator("#text")).to_be_in_viewport(ratio=1)
    assert [each.text for each in call.stored()][-1] == "キーボードから"


def test_a_long_chat_stays_quick(who: Caller, console: Desk, browser: Browser) -> None:
    """A thousand lines are on the page, and the next one is a line like the first."""
    call = who.call()
    provider = who.site.town.provider
    config = provider.core.config
    limits = config.limits.model_copy(update={"line_burst": 5000})

    async def talk() -> None:
        identity = await who.identity()
        for number in range(1200):
            content = NewLine(client_id=f"long-{number}", text=f"行 {number}")
            await provider.caller_says(identity, call.call_id, content)

    provider.core.config = config.model_copy(update={"limits": limits})
    try:
        who.site.do(talk)
        with who.tab(browser) as page:
            open_chat(page, call)
            expect(page.locator(".line")).to_have_count(1200)
            spent = page.evaluate(
                """async () => {
                  const box = document.getElementById("text"), began = performance.now();
                  box.value = "最後"; document.querySelector("#say button").click();
                  while (!document.querySelector(".line:last-child:not(.pending)")) {
                    await new Promise(done => setTimeout(done, 5));
                  }
                  return document.querySelectorAll(".line").length;
                }"""
            )
            assert spent == 1201
            settled(page)
            expect(page.locator("#text")).to_be_in_viewport(ratio=1)
    finally:
        provider.core.config = config
    assert call.stored()[-1].text == "最後"


def test_a_page_that_is_replaced_says_so_and_ends(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CNB-10."""
    call = who.call()

    async def move() -> None:
        await who.site.town.desk.new_call_page(await who.identity(), "another-device-of-mine-02")

    with who.tab(browser) as page:
        open_chat(page, call)
        page.fill("#text", "書きかけ")
        who.site.do(move)
        expect(page.locator("#shut")).to_be_visible()
        expect(page.locator("#shut")).to_have_attribute("data-code", "call-page-replaced")
        expect(page.locator("#shut")).to_contain_text("FAX119")
        expect(page.locator("#say")).to_be_hidden()
        look(page, "chat-shut", widths=(320, 390))
        page.get_by_role("link", name="くわしい説明").click()
        expect(page.locator("body")).to_have_attribute("data-page", "call-page-closed")
