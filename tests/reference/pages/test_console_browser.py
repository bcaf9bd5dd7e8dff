"""The dispatcher's console in Chromium: calls are seen, taken by one, talked in, and closed."""

from collections.abc import Iterator

import pytest
from net119_protocol.codes import Kind, Mode
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.calling import Caller, caller
from tests.reference.pages.chatting import open_chat, say
from tests.reference.pages.consoles import (
    DESK_SIZE,
    SATO,
    SUZUKI,
    choose,
    connected,
    console,
    hire,
    in_queue,
)
from tests.reference.pages.looking import look
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser
WIDTHS = (768, 1280)


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def center(town: Site) -> str:
    return hire(town, SATO, SUZUKI)


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


def look_twice(page: Page, name: str) -> None:
    """Look at the page in both languages; it is loaded anew for each."""
    chosen = page.evaluate("net119Console.store.selected && net119Console.store.selected.id")
    for lang in ("ja", "en", "ja"):
        page.goto(f"/console?lang={lang}")
        connected(page)
        if chosen:
            page.locator(f"#queue [data-call='{chosen}']").click()
            expect(page.locator("#map")).to_have_attribute("data-ready", "yes")
        if lang == "ja" and page.viewport_size != DESK_SIZE:
            page.set_viewport_size(DESK_SIZE)
            return
        look(page, name, widths=WIDTHS)


def test_a_call_from_its_alarm_to_its_end(
    who: Caller, town: Site, center: str, browser: Browser
) -> None:
    """ASO-04, CTS-10, CNB-29, I2, I5: two dispatchers, one call, a cut and a reload."""
    with console(browser, town, center, SATO, offline=True) as page:
        expect(page.locator("#sound")).to_have_attribute("data-state", "off")
        look(page, "console-empty", widths=WIDTHS)
        page.set_viewport_size(DESK_SIZE)
        page.locator("h1").click(force=True, position={"x": 0, "y": 0})
        expect(page.locator("#sound")).to_have_attribute("data-state", "on")
        call = who.call(kind=Kind.AMBULANCE, mode=Mode.DRILL)
        in_queue(page, "ringing", call)
        expect(page.locator("#sound")).to_have_attribute("data-played", "drill")
        expect(page).to_have_title("（1件呼び出し中）指令台 - NET119")
        choose(page, call)
        expect(page.locator("#mode")).to_have_text("訓練 本物の通報ではありません")
        expect(page.locator("#person")).to_contain_text("髙橋 𠮷子①")
        expect(page.locator("#sealed")).to_be_visible()
        held = page.evaluate("JSON.stringify([...net119Console.store.calls.values()])")
        assert "𠮷子①" in held
        assert "0000-11-1111" not in held, "the console has optional data before the answer"
        assert "0000-11-1111" not in page.content()
        expect(page.locator("#map")).to_have_attribute("data-shown", "circle-key fix-key")
        look_twice(page, "console-ringing")
        with console(browser, town, center, SUZUKI) as second, who.tab(browser) as phone:
            open_chat(phone, call)
            # The yellow button is the first touch of this page: it must not mute what it promises.
            second.locator("#sound").click()
            expect(second.locator("#sound")).to_have_attribute("data-played", "drill")
            expect(second.locator("#sound")).to_have_attribute("data-state", "on")
            choose(second, call)
            page.keyboard.press("F2")
            in_queue(page, "mine", call)
            in_queue(second, "others", call)
            expect(second.locator("#take-told")).to_contain_text("佐藤 直美さんが対応しています")
            expect(second.locator("#say")).to_be_hidden()
            refused = second.evaluate(
                "id => net119Console.api.ask('POST', `/calls/${id}/answer`)"
                ".then(() => '', error => error.code)",
                str(call.call_id),
            )
            assert refused == "wrong-state"
            expect(page.locator("#optional")).to_contain_text("0000-11-1111")
            page.keyboard.press("Alt+3")
            expect(page.locator("#log .line.dispatcher .text")).to_have_text(
                "急病ですか、けがですか。"
            )
            phone.get_by_role("button", name="急病です", exact=True).click()
            expect(page.locator(".answers [data-chosen]")).to_contain_text("急病です")
            hostile = "<img src=x onerror=alert(1)> 胸が痛い 髙橋　𠮷子①"
            say(phone, hostile)
            expect(page.locator("#log .line.caller .text").last).to_have_text(hostile)
            assert page.locator("#log img").count() == 0
            look_twice(page, "console-answered")
            page.context.set_offline(True)
            expect(page.locator("#lost")).to_be_visible()
            page.locator("#text").fill("いま向かっています。")
            page.keyboard.press("Enter")
            expect(page.locator("#log .pending .fate")).to_contain_text("接続待ち")
            say(phone, "切れている間の文")
            look(page, "console-lost", widths=(1280,))
            page.set_viewport_size(DESK_SIZE)
            page.context.set_offline(False)
            connected(page)
            expect(page.locator("#lost")).to_be_hidden()
            expect(page.locator("#log .pending")).to_have_count(0)
            expect(phone.locator(".line.dispatcher .text").last).to_have_text(
                "いま向かっています。"
            )
            expect(page.get_by_text("切れている間の文", exact=True)).to_be_visible()
            lines = [line.seq for line in call.stored()]
            assert page.locator("#log .line").count() == len(lines)
            second.locator("#take-over").click()
            second.locator("#form button.main").click()
            in_queue(second, "mine", call)
            in_queue(page, "others", call)
            second.keyboard.press("F10")
            second.locator("#form button.main").click()
            expect(second.locator("#form .error")).to_have_text("「結果」を入れてください。")
            second.locator("#form select").select_option("dispatched")
            second.locator("#form button.main").click()
            in_queue(second, "closed", call)
            expect(phone.locator("#state")).to_contain_text("出動します")
            expect(second.locator("#events")).to_contain_text("終了：出動")
