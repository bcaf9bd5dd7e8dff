"""The read-aloud card in Chromium, with a voice and without one."""

import re
from collections.abc import Iterator

import pytest
from net119_protocol.codes import Mode
from net119_reference.config.model import Modes
from playwright.sync_api import Browser, expect

from tests.reference.pages.calling import Caller, caller
from tests.reference.pages.looking import look_in_both_languages
from tests.reference.pages.site import Site, site
from tests.reference.web.live_server import Certificates

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def town(page_certificates: Certificates) -> Iterator[Site]:
    modes = Modes(accepted=frozenset(Mode))
    with site("tomakomai", page_certificates, modes=modes) as running:
        core = running.town.provider.core
        core.config = core.config.model_copy(update={"modes": modes})
        yield running


@pytest.fixture
def who(town: Site) -> Caller:
    return caller(town)


SPEECH = """
window.spoken = [];
window.SpeechSynthesisUtterance = function (text) { this.text = text; };
Object.defineProperty(window, "speechSynthesis", { value: {
  getVoices: () => [{ lang: "en-US" }, { lang: "ja-JP", name: "kyoko" }],
  speak: one => { document.body.dataset.spoken = spoken.push(one); one.onstart(); },
  cancel: () => { window.cancelled = (window.cancelled || 0) + 1; }
} });
"""


def test_the_card_reads_aloud_in_japanese(who: Caller, browser: Browser) -> None:
    """CTS-08: once, again and again, and not any more."""
    call = who.call(mode=Mode.LIVE)
    with who.tab(browser) as page:
        page.add_init_script(SPEECH)
        page.goto(f"{call.path}/card")
        look_in_both_languages(page, "card")
        page.click("#speak")
        expect(page.locator("#voice")).to_have_text("読み上げています…")
        text, lang, voice = page.evaluate("[spoken[0].text, spoken[0].lang, spoken[0].voice.name]")
        assert (lang, voice) == ("ja-JP", "kyoko")
        assert text.startswith("すみません。119番に、電話してください。")
        assert "救急車をお願いします" in text
        assert "タカハシ　ヨシコ" in text
        page.evaluate("spoken[0].onend()")
        expect(page.locator("#voice")).to_have_text("止まりました。")
        page.click("#repeat")
        page.evaluate("spoken[1].onend()")
        expect(page.locator("body")).to_have_attribute("data-spoken", "3")
        page.click("#stop")
        expect(page.locator("#repeat")).to_have_attribute("aria-pressed", "false")
        page.evaluate("spoken[2].onend()")
        expect(page.locator("#voice")).to_have_text("止まりました。")
        page.click("#back")
        expect(page.locator("body")).to_have_attribute("data-page", "call-chat")


def test_a_phone_without_a_voice_is_told(who: Caller, browser: Browser) -> None:
    with who.tab(browser) as page:
        page.add_init_script(re.sub(r', \{ lang: "ja-JP", name: "kyoko" \}', "", SPEECH))
        page.goto(f"{who.path}/card")
        look_in_both_languages(page, "card-before")
        page.click("#speak")
        expect(page.locator("#voice")).to_contain_text("日本語を読み上げられません")
        assert page.evaluate("spoken.length") == 0
        page.get_by_role("link", name="自宅にいる").click()
        expect(page.locator("#plea")).to_contain_text("苫小牧市")


def test_the_card_of_a_test_says_aloud_that_nobody_is_to_phone(
    who: Caller, browser: Browser
) -> None:
    """I5."""
    call = who.call(mode=Mode.TEST)
    with who.tab(browser) as page:
        page.add_init_script(SPEECH)
        page.goto(f"{call.path}/card")
        look_in_both_languages(page, "card-test")
        page.click("#speak")
        said = page.evaluate("spoken[0].text").strip()
        assert said == "これは試験です。電話は、しないでください。"
