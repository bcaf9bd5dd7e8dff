"""The page of a matrix as a reader sees it: in a real browser, on a phone's width, by keyboard."""

import shutil
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from net119_conformance.catalogue import Text
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.cells import judged_pairs, pair_key
from net119_conformance.interop.page import matrix_page
from net119_conformance.verdict import ExitStatus, Verdict
from playwright.sync_api import sync_playwright

from tests.conformance.engine.test_report_in_browser import SWITCHES
from tests.conformance.interop.test_cells import PLAYED, PURPOSES, REAL, matrix, pairs_of, record

CHROMIUM = shutil.which("chromium-headless-shell") or shutil.which("chromium")

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed; see `make deps`"),
]


def page_of(folder: Path) -> Path:
    """A page with every verdict in it."""
    keys = [pair_key(one, other) for one, other in judged_pairs([*REAL, *PLAYED])]
    every = [*Verdict, *Verdict]
    records = [
        record(purpose, key, every[number], "長い理由" * 8)
        for purpose in PURPOSES
        for number, key in enumerate(keys)
    ]
    why = Text(en="sent no call.assign", ja="call.assign を送っていません")
    faults = {f"{one}--{key}": [Fault(Side.RECEIVING, why)] for one in PURPOSES for key in keys}
    file = folder / "matrix.html"
    file.write_text(
        matrix_page(matrix(pairs_of(records, faults), ExitStatus.VERDICTS), "ja"), "utf-8"
    )
    return file


def test_the_page_can_be_read_by_everybody(tmp_path: Path) -> None:
    """Nothing runs out of it, axe finds nothing, and the language is switched by keyboard."""
    file = page_of(tmp_path)
    wcag = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=SWITCHES)
        page = browser.new_context(offline=True).new_page()
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(file.as_uri())
        for width in (1280, 320):
            page.set_viewport_size({"width": width, "height": 900})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        found = Axe().run(page, options={"runOnly": wcag})
        assert found.violations_count == 0, found.generate_report()
        english = page.get_by_role("heading", name="NET119 interoperability matrix")
        assert not english.is_visible()
        page.get_by_role("radio", name="日本語").focus()
        page.keyboard.press("ArrowRight")
        assert english.is_visible()
        assert page.get_by_role("columnheader", name="midori version 1.0").count() == 1
        assert all(url.startswith(("file:", "data:")) for url in asked), asked
        browser.close()
