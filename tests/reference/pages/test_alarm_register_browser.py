"""The register's pages in Chromium: looked at in both languages, and used by the keyboard alone.

All states are looked at once in four commits: each is checked by axe at two widths and two text
sizes, which takes its time.
"""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.reference.pages.looking import look, tab, tab_to
from tests.reference.pages.registering_alarms import (
    HOME,
    NAMES,
    STATION,
    acted,
    alarm_site,
    at_register,
    enter_card,
    ledger_of,
    opened,
    today,
)
from tests.reference.pages.site import Site
from tests.reference.pages.staffing import PASSWORD
from tests.reference.web.live_server import Certificates
from tests.turns import part

pytestmark = pytest.mark.browser
_L = f"{HOME}/ledgers/2001"
PAGES = {
    "home": HOME,
    "find": f"{HOME}/ledgers?registration=x",
    "card": f"{HOME}/cards/new",
    "ledger": f"{_L}?purpose=processing",
    "consulted": f"{HOME}/ledgers/2002?purpose=processing",
    "purpose": _L,
    "visit": f"{_L}/visit?purpose=guidance",
    "return": f"{_L}/unit-return?purpose=processing",
    "move": f"{_L}/move?purpose=processing",
    "opinions": f"{HOME}/opinions",
    "paper": f"{_L}/paper?purpose=processing",
    "evacuation": f"{_L}/evacuation-record?purpose=evacuation",
}
PARTS = 4


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with alarm_site(page_certificates) as running:
        with at_register(running) as clerk:
            enter_card(clerk, registration="2001")
            acted(clerk, 2001, "visit", {"kind": "guidance", "changes_heard": "転居の予定①"})
            gone = {f"helpers__1__{each}": "" for each in ("name", "phone", "minutes", "available")}
            enter_card(clerk, registration="2002", helpers__1__has_key="", **gone)
            acted(clerk, 2002, "attendance", {"planned_on": today(running).isoformat()})
        yield running


def log_in(page: Page) -> None:
    """By the keyboard alone."""
    page.goto(HOME)
    tab_to(page, "#department")
    for _ in range(page.locator("#department option").count()):
        if page.locator("#department").input_value() != STATION:
            page.keyboard.press("ArrowDown")
    tab_to(page, "#name")
    page.keyboard.insert_text(NAMES[STATION])
    tab_to(page, "input[name=password]")
    page.keyboard.insert_text(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"**{HOME}")


def test_the_register_is_used_by_the_keyboard_and_its_pages_are_accessible(
    town: Site, browser: Browser
) -> None:
    with tab(browser, town.base_url) as page:
        page.goto(HOME)
        look(page, "alarms-log-in", widths=(320, 1280))
        log_in(page)
        for name, path in part(list(PAGES.items()), PARTS):
            for lang in ("en", "ja"):
                page.goto(f"{path}{'&' if '?' in path else '?'}lang={lang}")
                look(page, f"alarms-{name}", widths=(320, 1280))
        page.goto(f"{_L}?purpose=processing")
        tab_to(page, "a[href*='/heard?']")
        page.keyboard.press("Enter")
        page.wait_for_url("**/heard?**")
        tab_to(page, "button[value=next]")
        page.keyboard.press("Enter")
        expect(page.locator("#errors")).to_be_focused()
        look(page, "alarms-wrong", widths=(320, 1280))
        tab_to(page, "#what")
        page.keyboard.insert_text("電話が替わった")
        tab_to(page, "button[value=next]")
        page.keyboard.press("Enter")
        expect(page.locator(".notice.good")).to_contain_text("聞いた変更を記録しました")
    assert [each.what for each in ledger_of(town, 2001).heard] == ["転居の予定①", "電話が替わった"]


def test_a_form_on_paper_has_neither_menu_nor_buttons(town: Site, browser: Browser) -> None:
    with tab(browser, town.base_url) as page, at_register(town) as clerk:
        assert "添付：個別台帳の写し" in opened(clerk, 2001, "evacuation-record").text
        log_in(page)
        page.goto(PAGES["evacuation"])
        page.emulate_media(media="print")
        expect(page.locator(".paper h1").first).to_be_visible()
        for hidden in ("header.site", "footer.site", ".no-print"):
            expect(page.locator(hidden)).to_be_hidden()
        pages = page.pdf(prefer_css_page_size=True).count(b"/Type /Page\n")
        assert pages == 2
