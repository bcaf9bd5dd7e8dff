"""The start page in a real browser: it leads to the consoles, two of them in one browser."""

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.looking import look_in_both_languages, tab
from tests.scenarios.drills.web.running import RunningHouse

pytestmark = pytest.mark.browser


def sit_down(page: Page, desk: int) -> Page:
    """Open a console from the start page and log in with what stands there."""
    row = page.locator("ol.order tbody tr").nth(desk)
    password = row.locator(".key").inner_text()
    with page.context.expect_page() as opened:
        row.locator("a").click()
    console = opened.value
    expect(console.locator("#name")).to_have_value(f"指令員{desk + 1}")
    console.locator("input[name=password]").fill(password)
    console.locator("#log-in button[value=log-in]").click()
    expect(console.locator("#connection")).to_have_attribute("data-state", "connected")
    return console


def test_two_dispatchers_sit_down_in_one_browser_without_a_warning(
    house: RunningHouse, browser: Browser
) -> None:
    with tab(browser, house.url) as page:
        page.goto("/")
        look_in_both_languages(page, "drill-start")
        consoles = [sit_down(page, desk) for desk in (0, 1)]
        for number, console in enumerate(consoles, 1):
            # The second log-in has not taken the first one's place.
            console.reload()
            expect(console.locator(".desk-who")).to_contain_text(f"指令員{number}")
            assert console.evaluate("window.isSecureContext")
            assert console.url.startswith(f"http://tomakomai-{number}.localhost:")
