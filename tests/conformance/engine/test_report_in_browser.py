"""The HTML report as a reader sees it: in a real browser, without network, by keyboard."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from net119_conformance.catalogue import Lang
from playwright.sync_api import Page, sync_playwright

from tests.conformance.engine import toy_purposes
from tests.conformance.engine.test_html import page_of

# The shell does what a page sees of a browser for three quarters of the CPU time; the purposes of
# the conformance suite, which tests run too, drive the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
# Without these, Chromium asks the closed network for its maker's hosts at every start.
SWITCHES = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; see `make deps`"),
]


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("report")
    made = (toy_purposes.PASS, toy_purposes.FAIL, toy_purposes.HOSTILE_ONE)
    file = folder / "report.html"
    file.write_text(page_of(folder, *made), "utf-8")
    return file


@pytest.fixture(scope="module")
def page(report: Path) -> Iterator[Page]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        context = browser.new_context(offline=True, viewport={"width": 1280, "height": 900})
        opened = context.new_page()
        asked: list[str] = []
        opened.on("request", lambda request: asked.append(request.url))
        opened.goto(report.as_uri())
        assert all(url.startswith(("file:", "data:")) for url in asked), asked
        yield opened
        browser.close()


def shown(page: Page, lang: Lang) -> bool:
    words = {"ja": "NET119 適合性試験 報告書", "en": "NET119 conformance report"}
    return page.get_by_role("heading", name=words[lang]).is_visible()


def test_the_language_is_switched_by_keyboard(page: Page) -> None:
    assert shown(page, "ja")
    assert not shown(page, "en")
    page.get_by_role("radio", name="日本語").focus()
    page.keyboard.press("ArrowRight")
    assert shown(page, "en")
    assert not shown(page, "ja")
    page.keyboard.press("ArrowLeft")
    assert shown(page, "ja")


def test_every_purpose_has_a_diagram_that_can_be_seen(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
    diagrams = page.locator("svg:visible")
    assert diagrams.count() >= 2
    for number in range(diagrams.count()):
        box = diagrams.nth(number).bounding_box()
        assert box is not None
        assert box["width"] > 100


def test_results_are_filtered_by_verdict_with_the_keyboard(page: Page) -> None:
    rows, details = page.locator(".results tbody tr"), page.locator("details.purpose")
    failed = page.locator("tr.v-FAIL").count()
    assert 0 < failed < rows.count()
    page.get_by_role("radio", name="すべて").focus()
    for _ in range(3):
        page.keyboard.press("ArrowRight")
        if page.locator("#show-FAIL").is_checked():
            break
    assert page.get_by_role("group", name="判定でしぼる").is_visible()
    assert page.locator(".results tbody tr:visible").count() == failed
    assert page.locator(".results tbody tr.v-FAIL:visible").count() == failed
    assert page.locator("details.purpose.v-PASS:visible").count() == 0
    # A link leads to what is filtered away; paper shows everything.
    page.evaluate("location.hash = document.querySelector('details.v-PASS').id")
    assert page.locator("details.purpose.v-PASS:visible").count() == 1
    page.evaluate("location.hash = ''")
    page.emulate_media(media="print")
    assert page.locator("details.purpose:visible").count() == details.count()
    assert page.locator(".results tbody tr:visible").count() == rows.count()
    page.emulate_media(media="screen")
    page.get_by_role("radio", name="すべて").check()
    assert page.locator(".results tbody tr:visible").count() == rows.count()


@pytest.mark.parametrize("width", [1280, 320])
def test_nothing_runs_out_of_the_page(page: Page, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_axe_finds_nothing(page: Page) -> None:
    page.set_viewport_size({"width": 1280, "height": 900})
    wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    results = Axe().run(page, options={"runOnly": wcag})
    assert results.violations_count == 0, results.generate_report()
