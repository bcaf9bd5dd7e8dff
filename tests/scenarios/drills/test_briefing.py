"""The briefing of each drill: all that its leader needs, on one sheet of A4."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe  # type: ignore[import-untyped]  # ships none
from net119_protocol.labels import Language
from net119_scenarios.acted import library
from net119_scenarios.acted.model import Scenario
from net119_scenarios.acted.reading import read_scenario
from net119_scenarios.drills.briefing import as_html, as_text
from playwright.sync_api import Browser

from tests.reference.pages.looking import AXE_RULES, CHROMIUM, chromium

DRILLS = {
    name: scenario for name in library.names() if (scenario := library.load(name)).drill is not None
}
LANGUAGES: tuple[Language, ...] = ("ja", "en")


class Read(HTMLParser):
    """A page's text, and what it would load from elsewhere."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.text = ""
        self.foreign: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.foreign += [f"{tag} {name}" for name, _ in attrs if name in ("src", "href")]
        if tag == "script":
            self.foreign.append(tag)

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.text += data


def said_in(scenario: Scenario, language: Language) -> list[str]:
    """What must stand in the briefing."""
    drill = scenario.drill
    assert drill is not None
    texts = [
        scenario.title,
        scenario.purpose,
        *drill.roles.values(),
        *drill.watch,
        *drill.debrief,
        *(each.what for each in drill.checklist),
        *(each.what for each in drill.injections),
        *(each.what for each in scenario.targets),
    ]
    return [each.of(language) for each in texts]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", DRILLS)
def test_text_and_page_hold_everything(name: str, language: Language) -> None:
    scenario = DRILLS[name]
    page = Read(as_html(name, scenario, language))
    lines = "\n".join(as_text(name, scenario, language))
    for said in said_in(scenario, language):
        assert said in page.text
        assert said in lines
    assert page.foreign == []


def test_what_players_must_not_know_stands_below_the_line() -> None:
    lines = as_text("tunnel-and-callback", DRILLS["tunnel-and-callback"], "ja")
    line = next(n for n, each in enumerate(lines) if each.startswith("ここから下は"))
    assert any("千歳の指令員" in each for each in lines[:line])
    assert not any("トンネルに入る" in each for each in lines[:line])
    assert any("1:10" in each and "トンネルに入る" in each for each in lines[line:])


def test_hostile_text_is_inert() -> None:
    text = library.text_of("first-call").replace("はじめてのNET119通報", "<script>x</script>")

    page = as_html("first-call", read_scenario(text, "x.yaml"), "ja")
    assert "<script" not in page
    assert "&lt;script&gt;x&lt;/script&gt;" in page


def test_a_scenario_that_is_no_drill_has_no_briefing() -> None:
    scenario = library.load("traveller-falls-ill")
    with pytest.raises(ValueError, match="no drill"):
        as_text("traveller-falls-ill", scenario, "ja")


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A real browser."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; see `make deps`")
    with chromium() as started:
        yield started


@pytest.mark.browser
def test_every_briefing_prints_on_one_sheet_of_a4_and_can_be_read_by_everybody(
    browser: Browser, tmp_path: Path
) -> None:
    page = browser.new_page()
    sheets = {}
    for name, scenario in DRILLS.items():
        for language in LANGUAGES:
            page.set_content(as_html(name, scenario, language))
            pdf = page.pdf(prefer_css_page_size=True)
            sheets[f"{name} {language}"] = len(re.findall(rb"/Type\s*/Page\b", pdf))
            box = re.search(rb"/MediaBox\s*\[0 0 ([\d.]+) ([\d.]+)\]", pdf)
            assert box is not None
            # A4 in points.
            assert [round(float(each)) for each in box.groups()] == [595, 842]
            found = Axe().run(page, options=AXE_RULES)
            assert found.violations_count == 0, f"{name} {language}: {found.generate_report()}"
    assert {name: count for name, count in sheets.items() if count != 1} == {}
    assert len(sheets) == 2 * len(DRILLS)
