"""The pages in a real browser that calls itself a docomo phone, which writes Shift_JIS itself."""

from collections.abc import Iterator
from uuid import UUID

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.sync_api import Browser, Page

from tests.reference.mobile.answering import Desk
from tests.reference.mobile.phones import TOMAKOMAI, USER_AGENTS
from tests.reference.pages.looking import AXE_RULES, CHROMIUM, PICTURES, chromium
from tests.reference.pages.person import Person
from tests.reference.pages.site import Site


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; see `make deps`")
    with chromium() as started:
        yield started


def look(page: Page, name: str) -> None:
    """Picture the page, and let axe find nothing; nothing sticks out at the width of a phone."""
    assert page.locator("body").get_attribute("data-page") == name
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-240.png", full_page=True)
    assert page.evaluate("document.characterSet") == "Shift_JIS"
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= 240, f"{name} is {wide} px wide"
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"


def test_every_page_of_a_call(
    tomakomai: Site, person: Person, desk: Desk, browser: Browser
) -> None:
    context = browser.new_context(
        base_url=tomakomai.base_url,
        ignore_https_errors=True,
        java_script_enabled=True,
        user_agent=USER_AGENTS["docomo"],
        viewport={"width": 240, "height": 320},
    )
    page = context.new_page()
    page.goto("/m")
    look(page, "m-start")
    page.get_by_text("使えるか確認").click()
    look(page, "m-check")
    page.goto(f"/m/check/result?{TOMAKOMAI['docomo']}")
    page.locator("input[name=charset]").click()
    look(page, "m-check-result")
    assert page.locator("body").get_attribute("data-verdict") == "usable"
    page.goto("/m/log-in")
    look(page, "m-log-in")
    page.fill("#login_id", person.login_id.removeprefix("n"))
    page.fill("#password", person.password)
    page.locator("input[name=log-in]").click()
    look(page, "m-menu")
    page.get_by_text("通報する").click()
    look(page, "m-kind")
    page.get_by_text("救急").click()
    look(page, "m-place")
    page.get_by_text("現在地").click()
    look(page, "m-locate")
    back = page.locator("a[lcs]").get_attribute("href")
    page.goto(f"{back}?{TOMAKOMAI['docomo']}")
    look(page, "m-confirm")
    page.locator("input[name=call]").click()
    look(page, "m-chat")
    call_id = _call_of(page)
    desk.answer(call_id)
    desk.say(call_id, "救急です。息をしていますか🚑", "はい", "いいえ", "わからない")
    # What Shift_JIS does not have goes as a numeric reference, as real browsers write it.
    page.fill("#text", "髙橋 𠮷子🔥①～\n二行目")
    page.locator("input[name=say]").click()
    look(page, "m-chat")
    (said,) = [each.text for each in desk.lines(call_id) if each.sender.value == "caller"]
    assert said == "髙橋 𠮷子🔥①～\n二行目"
    page.locator("input[accesskey='1']").click()
    assert [each.choice.option_id for each in desk.lines(call_id) if each.choice] == ["o0"]
    page.get_by_text("周りの人").click()
    look(page, "m-card")
    desk.close(call_id)
    page.get_by_text("チャットへ").click()
    look(page, "m-ended")
    page.goto("/m/nowhere")
    look(page, "m-refused")
    context.close()


def _call_of(page: Page) -> UUID:
    found = page.locator("body").get_attribute("data-call")
    assert found
    return UUID(found)
