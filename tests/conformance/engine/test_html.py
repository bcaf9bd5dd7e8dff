"""The HTML report: complete, self-contained, inert, in both languages."""

import re
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest
from net119_conformance.catalogue import Lang
from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.purpose import Purpose
from net119_conformance.report.clean import fit, visible, width
from net119_conformance.report.diagram import sequence_diagram
from net119_conformance.report.html import html_report
from net119_conformance.results import make_report
from net119_conformance.trial import Trial
from net119_conformance.verdict import ExitRule, Verdict

from tests.conformance.engine import toy_purposes
from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy, toy_catalogue

VOID = {"meta", "link", "input", "br"}


class Page(HTMLParser):
    """Collects elements and checks that they nest."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag, f"</{tag}> closes nothing"

    def handle_data(self, data: str) -> None:
        self.text += data

    def ids(self) -> list[str]:
        return [str(attrs["id"]) for _, attrs in self.elements if "id" in attrs]


def page_of(out: Path, *purposes: Purpose, lang: Lang = "ja", complete: bool = True) -> str:
    """The page about these purposes, judged in this process."""
    sut = Sut(key="toy", name="Toy <1.0>")
    records = [judge_item(one, sut, ToyBench({}), out) for one in purposes]
    by_id = {one.id: one for one in purposes}
    catalogue = toy_catalogue()
    report = make_report(
        catalogue_version=catalogue.version,
        statuses=catalogue.join({one.id: one.requirements for one in purposes}),
        purposes=by_id,
        suts=[sut],
        records=records,
        rule=ExitRule(),
        not_run=[] if complete else ["TOY-LATER--toy"],
        complete=complete,
        exit_status=1 if complete else 130,
        started_at=datetime(2026, 7, 1, 3, 0, tzinfo=UTC),
        duration_s=1.5,
    )
    return html_report(report, records, by_id, catalogue.requirements, out, lang)


def test_the_failure_is_on_top_with_clause_expected_seen_and_where_to_look(tmp_path: Path) -> None:
    text = page_of(tmp_path, toy_purposes.PASS, toy_purposes.FAIL)
    problem = text[text.index("<article") : text.index("</article>")]
    for part in ("TOY-FAIL", "『玩具要綱』第1条", "it is red", "red", "blue", "call.offer n=1"):
        assert part in problem
    assert text.index("<article") < text.index("<table")
    assert "2026-07-01 12:00:00 (JST)" in text


def test_it_nests_names_each_id_once_and_links_only_within(tmp_path: Path) -> None:
    page = Page(page_of(tmp_path, toy_purposes.PASS, toy_purposes.FAIL, toy_purposes.RAISE))
    assert page.open == []
    ids = page.ids()
    assert len(ids) == len(set(ids))
    for _, attrs in page.elements:
        href = attrs.get("href")
        if href and href.startswith("#"):
            assert href[1:] in ids
        elif href and href != "data:,":
            assert (tmp_path / href).is_file()
        assert "src" not in attrs


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_both_languages_are_in_one_file_without_script(tmp_path: Path, lang: Lang) -> None:
    text = page_of(tmp_path, toy_purposes.FAIL, lang=lang)
    page = Page(text)
    checked = [attrs["id"] for tag, attrs in page.elements if tag == "input" and "checked" in attrs]
    assert checked == [f"lang-{lang}", "show-all"]
    assert f'<html lang="{lang}">' in text
    assert "玩具をつつく。" in text
    assert "Poke the toy." in text
    assert "script" not in {tag for tag, _ in page.elements}
    assert "default-src &#39;none&#39;" in text or "default-src 'none'" in text
    assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text)


def test_every_verdict_that_there_is_can_be_filtered_by(tmp_path: Path) -> None:
    text = page_of(tmp_path, toy_purposes.PASS, toy_purposes.FAIL, toy_purposes.HOSTILE_ONE)
    page = Page(text)
    radios = [a["id"] for tag, a in page.elements if tag == "input" and a.get("name") == "show"]
    assert sorted(map(str, radios)) == ["show-FAIL", "show-PASS", "show-all"]
    rows = [a.get("class") for tag, a in page.elements if tag == "tr" and a.get("class")]
    assert {"v-PASS", "v-FAIL"} <= set(rows)
    for verdict in Verdict:
        assert f"#show-{verdict}:checked" in text
        assert f":not(.v-{verdict}, " in text


def test_hostile_text_is_inert_and_visible(tmp_path: Path) -> None:
    text = page_of(tmp_path, toy_purposes.HOSTILE_ONE)
    page = Page(text)
    tags = {tag for tag, _ in page.elements}
    assert not tags & {"script", "img", "iframe", "object"}
    assert not [name for _, attrs in page.elements for name in attrs if name.startswith("on")]
    assert "<script>alert(1)</script>" in page.text
    for character in "\u202e\x00\x1b":
        assert character not in text
    assert "\\u202e" in page.text


def test_an_incomplete_report_says_so(tmp_path: Path) -> None:
    text = page_of(tmp_path, toy_purposes.PASS, complete=False)
    assert "この報告書は途中までのものです" in text
    assert "TOY-LATER--toy" in text


def test_a_long_log_is_folded_around_what_failed(tmp_path: Path) -> None:
    async def long(trial: Trial, world: ToyWorld) -> None:
        for number in range(300):
            world.say(f"line {number:03}")
            if number == 150:
                trial.check("in order", False, expected="", seen="", offending="line 150")

    text = page_of(tmp_path, toy("TOY-LONG", long))
    drawing = text[text.index("<svg") : text.index("</svg>")]
    for number in (0, 149, 150, 151, 299):
        assert f"line {number:03}</text>" in drawing
    assert "line 100</text>" not in drawing
    assert "offending" in drawing
    assert "件を省略" in drawing
    assert "51 more lines in the evidence file" in text


def test_a_diagram_needs_a_message() -> None:
    assert sequence_diagram([{"kind": "note", "text": "x"}], "empty") == ""


def test_widths_count_japanese_characters_twice() -> None:
    assert width("ab指令") == 6
    assert fit("指令センター", 7) == "指令セ…"
    assert fit("short", 10) == "short"
    assert visible("a\r\nb\u202ec") == "a\nb\\u202ec"
