"""The chat page loses its connection: it is told at once, and nothing typed is lost."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from net119_protocol.codes import Mode
from playwright.sync_api import Browser, expect

from tests.reference.pages.calling import Caller, Desk, caller, desk
from tests.reference.pages.chatting import connected, fates, open_chat, say, settled, shown
from tests.reference.pages.looking import look
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser

NOON = datetime(2026, 11, 30, 3, 0, tzinfo=UTC)


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


def test_practice_out_of_coverage_sends_nobody_to_call(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CTS-11, I5: what a real call would tell at once must not be told here."""
    call = who.call(mode=Mode.PRACTICE)
    with who.tab(browser, offline=True) as page:
        open_chat(page, call)
        page.context.set_offline(True)
        expect(page.locator("#unreachable")).to_be_visible()
        expect(page.locator("#unreachable")).to_contain_text("通報する必要はありません")
        expect(page.locator("#connection")).to_contain_text("【練習】")
        seen = page.locator("body").inner_text()
        assert "FAX119" not in seen
        assert "119番に電話してください\n" not in seen


def test_out_of_coverage_shows_and_nothing_typed_is_lost(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CNB-36, CNB-38, D8: other means at once, the plea on the page itself, the lines later."""
    call = who.call()
    with who.tab(browser, offline=True) as page:
        open_chat(page, call)
        say(page, "一つ目")
        settled(page)
        page.context.set_offline(True)
        expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
        say(page, "圏外で書いた")
        say(page, "もう一つ")
        page.fill("#text", "書きかけ")
        assert fates(page)[-2:] == ["まだ届いていません。つながると、自動で送ります。"] * 2
        expect(page.locator("#unreachable")).to_be_visible()
        expect(page.locator("#unheard")).to_be_visible()
        expect(page.locator("#unreachable")).to_contain_text("FAX119")
        page.locator("#card").click()
        expect(page.locator("#plea")).to_be_in_viewport()
        assert page.locator("#plea").inner_text().startswith("【試験】119番に電話しないでください")
        look(page, "chat-unreachable")
        page.context.set_offline(False)
        connected(page)
        expect(page.locator("#unreachable")).to_be_hidden()
        settled(page)
        assert page.input_value("#text") == "書きかけ"
        assert shown(page) == ["一つ目", "圏外で書いた", "もう一つ"]
        page.reload()
        connected(page)
        assert page.input_value("#text") == "書きかけ"
    assert [each.text for each in call.stored()] == ["一つ目", "圏外で書いた", "もう一つ"]


def test_a_dead_connection_shows_even_if_the_phone_does_not_notice(
    who: Caller, console: Desk, browser: Browser
) -> None:
    """CNB-36: with a signal and no data no event says so, but six seconds of silence do.

    The page's clock is played. A sign of life is asked for at every third second.
    """
    call = who.call()
    with who.tab(browser, offline=True) as page:
        page.add_init_script("addEventListener('offline', e => e.stopImmediatePropagation(), true)")
        page.add_init_script("Object.defineProperty(navigator, 'onLine', { value: true })")
        page.clock.install(time=NOON)
        open_chat(page, call)
        page.clock.pause_at(NOON + timedelta(hours=1))
        # For the page that was an hour of silence.
        page.clock.run_for(1000)
        connected(page)
        console.answer(call)
        # Heard a moment after a question, as every answer is.
        page.clock.run_for(200)
        console.say(call, "聞こえますか")
        expect(page.locator(".line .text")).to_contain_text("聞こえますか")
        page.context.set_offline(True)
        page.clock.run_for(5000)
        expect(page.locator("#connection")).to_have_attribute("data-state", "connected")
        page.clock.run_for(1500)
        expect(page.locator("#connection")).to_have_attribute("data-state", "lost")
