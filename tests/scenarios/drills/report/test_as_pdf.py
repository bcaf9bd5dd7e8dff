"""Printing: a real PDF with Japanese fonts, or a reason why there is none."""

import re
import shutil
import zlib
from pathlib import Path

import pytest
from net119_scenarios.drills.report.analysis import analysed
from net119_scenarios.drills.report.as_html import page
from net119_scenarios.drills.report.as_pdf import BROWSERS, VARIABLE, CannotPrint, write_pdf
from net119_scenarios.drills.report.compare import Earlier

from tests.reference.pages.looking import CHROMIUM
from tests.scenarios.drills.full import a_full_record


def program(at: Path, script: str) -> str:
    """A program that does what the script says."""
    at.write_text(f"#!/bin/sh\n{script}\n")
    at.chmod(0o755)
    return str(at)


def letters(pdf: bytes) -> set[str]:
    """The letters that single glyphs of a PDF's fonts stand for, by its ToUnicode maps."""
    found = set()
    for each in re.finditer(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.DOTALL):
        try:
            text = zlib.decompress(each.group(1))
        except zlib.error:
            continue
        for code in re.findall(rb"^<[0-9A-F]+> <([0-9A-F]{4}|[0-9A-F]{8})>$", text, re.MULTILINE):
            found.add(bytes.fromhex(code.decode()).decode("utf-16-be", "replace"))
    return found


@pytest.mark.browser
def test_a_report_is_printed_on_a4_with_japanese_fonts(tmp_path: Path) -> None:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed; see `make deps`")
    html = page(analysed(a_full_record()), Earlier(), [], "ja")
    pdf = tmp_path / "髙橋 報告.pdf"
    write_pdf(html, pdf)
    data = pdf.read_bytes()
    assert data.startswith(b"%PDF-")
    assert re.search(rb"/MediaBox\s*\[0 0 59[45]\.?\d* 84[12]\.?\d*\]", data), "A4"
    # Fonts say which letters their glyphs are: none is a box.
    assert {"訓", "髙", "𠮷"} <= letters(data)
    assert [each.name for each in tmp_path.iterdir()] == [pdf.name], "nothing is left behind"


def test_without_a_browser_it_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(CannotPrint, match="no Chromium, Chrome or Edge was found") as told:
        write_pdf("<p>x</p>", tmp_path / "x.pdf", which=lambda _: None)
    assert "--html" in told.value.what_to_do
    assert not list(tmp_path.iterdir())


def test_a_browser_that_is_named_wrongly_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(VARIABLE, "no-such-browser")
    with pytest.raises(CannotPrint, match="there is no such program") as told:
        write_pdf("<p>x</p>", tmp_path / "x.pdf")
    assert told.value.where == "NET119_CHROMIUM=no-such-browser"


@pytest.mark.parametrize(
    ("script", "words"),
    [
        ("echo broken >&2; exit 3", r"printed nothing \(exit 3\): broken"),
        ("exit 0", r"printed nothing \(exit 0\)"),
        (
            'for a in "$@"; do case $a in --print-to-pdf=*) echo half > "${a#*=}";; esac; done',
            r"printed nothing \(exit 0\)",
        ),
    ],
)
def test_a_browser_that_prints_nothing_is_told(tmp_path: Path, script: str, words: str) -> None:
    broken = program(tmp_path / "browser", script)
    where = {BROWSERS[0]: broken}.get
    with pytest.raises(CannotPrint, match=words):
        write_pdf("<p>x</p>", tmp_path / "x.pdf", which=where)
    assert not (tmp_path / "x.pdf").exists()


def test_without_a_japanese_font_nothing_is_printed(tmp_path: Path) -> None:
    found = {
        "fc-list": program(tmp_path / "fc-list", "exit 0"),
        BROWSERS[0]: program(tmp_path / "browser", "exit 0"),
    }
    with pytest.raises(CannotPrint, match="there is no Japanese font"):
        write_pdf("<p>x</p>", tmp_path / "x.pdf", which=found.get)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    found = {BROWSERS[0]: program(tmp_path / "browser", "exit 0"), "fc-list": shutil.which("true")}
    with pytest.raises(CannotPrint, match="cannot be written"):
        write_pdf("<p>x</p>", tmp_path / "no" / "x.pdf", which=lambda name: found.get(name))
