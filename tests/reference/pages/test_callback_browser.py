"""The pages of a callback's URL in a real browser."""

from collections.abc import Iterator

import pytest
from net119_protocol.codes import Mode
from playwright.sync_api import Browser, expect

from tests.reference.pages.calling import Desk, desk
from tests.reference.pages.calling_back import Lost
from tests.reference.pages.chatting import connected, say, settled
from tests.reference.pages.looking import look_in_both_languages, tab
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    with site("tomakomai", page_certificates) as running:
        yield running


@pytest.fixture(scope="module")
def console(town: Site) -> Iterator[Desk]:
    with desk(town) as sitting:
        yield sitting


def test_a_caller_comes_back_by_the_mail_and_writes(
    town: Site, console: Desk, browser: Browser
) -> None:
    lost = Lost(town, console)
    lost.close()
    path = lost.called_back()
    with tab(browser, town.base_url) as page:
        page.goto(path)
        look_in_both_languages(page, "callback")
        page.click("#reopen")
        connected(page)
        console.answer(lost.call)
        expect(page.locator("#state")).to_have_attribute("data-state", "answered")
        say(page, "𠮷子です。けがはありません")
        console.heard(lost.call, "𠮷子です。けがはありません")
        settled(page)
        console.say(lost.call, "わかりました")
        expect(page.locator(".line.dispatcher .text").last).to_have_text("わかりました")
        page.reload()
        connected(page)
        look_in_both_languages(page, "callback-chat")
        connected(page)
        # On another day the same browser may still be open: the call has ended meanwhile.
        lost.close()
        expect(page.locator("#after a")).to_be_visible()
        page.click("#after a")
        expect(page.locator("body")).to_have_attribute("data-page", "callback")


def test_the_pages_of_calls_that_are_not_live_and_of_urls_that_are_over(
    town: Site, console: Desk, browser: Browser
) -> None:
    lost = Lost(town, console, mode=Mode.PRACTICE)
    lost.close()
    older = lost.called_back()
    newer = lost.called_back()
    with tab(browser, town.base_url) as page:
        page.goto(newer)
        look_in_both_languages(page, "callback-practice")
        page.goto(older)
        expect(page.locator("body")).to_have_attribute("data-page", "callback-shut")
        look_in_both_languages(page, "callback-shut")
        page.goto(newer)
        page.click("#reopen")
        expect(page.locator("body")).to_have_attribute("data-page", "call-chat")
