"""Looking at a page in a real browser: accessible, not wider than a phone, and pictured."""

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from playwright.sync_api import Browser, Page, expect, sync_playwright

# The shell does what a page sees of a browser for three quarters of the CPU time; the purposes of
# the conformance suite, which tests run too, drive the whole browser.
CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")
# Without these, Chromium asks the closed network for its maker's hosts at every start.
SWITCHES = [
    "--no-sandbox",
    # Also for the script of a service worker, of which `ignore_https_errors` takes no care.
    "--ignore-certificate-errors",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PICTURES = Path(os.environ.get("NET119_PICTURES", "build/pictures"))
"""Where the screenshots of a run are; not kept by git."""
PICTURED = "NET119_PICTURES" in os.environ
"""Whether there are any: four a page and language cost more time than all the checks."""
WIDTHS = (320, 390, 768, 1280)
# The default of five seconds was once too short while the other core was busy as well.
expect.set_options(timeout=30_000)
AXE_RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def chromium() -> Iterator[Browser]:
    """A real browser; it trusts the throw-away certificates of tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def tab(
    browser: Browser, base_url: str, *, script: bool = True, offline: bool = False
) -> Iterator[Page]:
    """A tab with cookies of its own; whatever breaks the page's policy or its script fails.

    Args:
        offline: the test cuts it off: that a connection failed is no complaint then.
    """
    context = browser.new_context(
        base_url=base_url,
        ignore_https_errors=True,
        java_script_enabled=script,
        locale="ja-JP",
        timezone_id="Asia/Tokyo",
        viewport={"width": 390, "height": 844},
    )
    page = context.new_page()
    complaints: list[str] = []
    page.on(
        "console",
        lambda said: complaints.append(said.text) if said.type in {"error", "warning"} else None,
    )
    page.on("pageerror", lambda error: complaints.append(str(error)))
    outside: list[str] = []
    page.on(
        "request",
        lambda asked: (
            None
            if asked.url.startswith((base_url, "data:", "blob:"))
            else outside.append(asked.url)
        ),
    )
    try:
        yield page
    finally:
        context.close()
    # A page that answers 4xx is logged by the browser as an error of its own.
    expected = ["Failed to load resource"] + (["WebSocket connection to"] if offline else [])
    real = [each for each in complaints if not any(part in each for part in expected)]
    assert real == [], f"the browser complained: {real}"
    assert outside == [], "the page asked for something of another host"


def look(page: Page, name: str, *, widths: tuple[int, ...] = WIDTHS) -> None:
    """Check the page that is open, and picture it at each width where NET119_PICTURES says where.

    Nothing may stick out at 320 px, nor at a text size of 200 %, which is a width of 640 px at
    1280; axe finds no violation of WCAG 2.2 AA; every target is 24 px large at least.
    """
    PICTURES.mkdir(parents=True, exist_ok=True)
    # A page that a click led to may be there before its style sheet, and is measured bare then.
    page.wait_for_load_state("load")
    lang = page.locator("html").get_attribute("lang")
    for width in widths:
        page.set_viewport_size({"width": width, "height": 900})
        if PICTURED:
            page.screenshot(path=PICTURES / f"{name}-{lang}-{width}.png", full_page=True)
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} at {width} px is {wide} px wide"
    found = Axe().run(page, options=AXE_RULES)
    assert found.violations_count == 0, f"{name}: {found.generate_report()}"
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        wide = page.evaluate("document.documentElement.scrollWidth")
        assert wide <= width, f"{name} at {width} px and 200 % text is {wide} px wide"
    page.evaluate("document.documentElement.style.fontSize = ''")


def look_in_both_languages(page: Page, name: str) -> None:
    """:func:`look` in Japanese and in English, switched as a reader would; ends in Japanese."""
    look(page, name)
    page.locator(".switch").click()
    assert page.locator("html").get_attribute("lang") == "en"
    heading = page.locator("h1").inner_text()
    assert not re.search(r"[\u3040-\u30ff]", heading), f"the English heading is: {heading}"
    look(page, name)
    page.locator(".switch").click()
    assert page.locator("html").get_attribute("lang") == "ja"


def tab_to(page: Page, wanted: str, most: int = 80) -> None:
    """Press Tab until the focus is on what the selector names; each stop must be visible."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", wanted):
            return
    raise AssertionError(f"{wanted} cannot be reached by the Tab key in {most} stops")
