"""The report's page: what it says, that hostile text is inert, and that people can read it."""

from datetime import timedelta
from functools import partial
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from net119_protocol.labels import Language
from net119_scenarios.acted.timeline import Sort
from net119_scenarios.drills import folder
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import Control, Pause, Told
from net119_scenarios.drills.report.analysis import analysed, is_paced
from net119_scenarios.drills.report.as_html import page, report_html
from net119_scenarios.drills.report.compare import Earlier, earlier
from net119_scenarios.drills.report.words import Speaker
from playwright.sync_api import Browser, ConsoleMessage

from tests.reference.pages.looking import look
from tests.scenarios.drills.drills import BEGAN, a_record, both
from tests.scenarios.drills.full import ASKED, COMMENT, HOSTILE, a_full_record

LANGUAGES: tuple[Language, ...] = ("ja", "en")


class Read(HTMLParser):
    """A page's text, its tags, the tags left open, and what it would load from elsewhere."""

    VOID = frozenset({"meta", "br", "circle", "polygon", "line", "rect", "path"})

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.tags: set[str] = set()
        self.open: list[str] = []
        self.foreign: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """See HTMLParser."""
        self.tags.add(tag)
        self.foreign += [n for n, _ in attrs if n in ("src", "href") or n.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """See HTMLParser."""
        self.text += " "
        if tag not in self.VOID:
            assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        """See HTMLParser."""
        self.text += data


def read(language: Language, others: Earlier | None = None) -> Read:
    """The page of the full record."""
    found = Read(page(analysed(a_full_record()), others or Earlier(), [COMMENT], language))
    assert found.open == []
    return found


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_people_wrote_is_shown_as_text(language: Language) -> None:
    found = read(language)
    assert not found.tags & {"script", "img", "iframe", "link", "object"}
    assert found.foreign == [], "the page needs nothing else"
    # Title (twice), options, line, dispatch, what was seen, comment and its writer, entry, control.
    assert found.text.count(HOSTILE) >= 9


def test_the_page_says_how_it_was_in_words() -> None:
    said = " ".join(read("ja").text.split())
    for words in (
        "訓練の記録です。本当の通報ではありません。",
        "× 成り立たない判定項目があった",
        "2026年4月7日（火） 09:30:00〜09:35:00",
        "長さ 4分40秒（ほかに一時停止 20秒）",
        "指令員: 人 佐藤",
        "応答まで 20秒以内 10秒 ○ 目標内",
        "呼び返しまで 1分以内 1分25秒 × 25秒超過",
        "転送まで 1分30秒以内 ― × 行われなかった",
        "呼吸を確かめた 指令員 ○ 聞いた 2:00",
        "場所を聞いた例: 「息をしていますか。」 指令員 × 聞いていない ―",
        "△ 聞いていない（必須ではない）",
        "JCSはいくつですか。 専門用語がわからない",
        f"髙橋 𠮷子さんの画面に、発言6「{ASKED}」が出なかった",
        "髙橋 𠮷子さんの画面に、発言4が26秒遅れて出た",
        "端末が切れていた時間 15秒",
        "同じシナリオの、これより前の記録はない。",
        "0:30 速さ 4",
        "なぜ切れたと思ったか",
        "苫小牧市 42.63400, 141.60500 誤差 20 m",
    ):
        assert words in said, words
    english = " ".join(read("en").text.split())
    for words in ("answer within 20 s 10 s ○ in time", "× 25 s over", "place", "× missed"):
        assert words in english, words


def test_earlier_drills_stand_beside_it_newest_first() -> None:
    record = a_full_record()
    before = [record.model_copy(update={"began": BEGAN - timedelta(days=days)}) for days in (3, 1)]
    slower = before[1].model_copy(update={"questions": record.questions[:1], "not_understood": ()})
    said = " ".join(read("ja", earlier(record, [before[0], slower])).text.split())
    assert "今回 前回との差 2026-04-06 09:30 2026-04-04 09:30" in said
    assert "応答まで 8秒 同じ 8秒 8秒" in said
    assert "聞き取れたこと 1 / 3 1 / 1 1 / 3" in said
    assert "伝わらなかった発言 1 +1 0 1" in said


def test_the_report_of_a_folder_has_its_comments_and_the_drills_beside_it(tmp_path: Path) -> None:
    now, before = a_full_record(), a_record(BEGAN - timedelta(days=1))
    for each in (now, before):
        folder.write(tmp_path / each.id, each, {})
    folder.add_comment(tmp_path / now.id, COMMENT)
    (tmp_path / "20260101-000000-tunnel").mkdir()
    (tmp_path / "20260101-000000-tunnel" / "record.json").write_text("{}")
    said = Read(report_html(tmp_path / now.id, "ja")).text
    assert f"佐藤{HOSTILE}" in said
    assert "2026-04-06 09:30" in said
    assert "読めなかった記録: " in said
    with pytest.raises(BrokenRecord, match="no such file"):
        report_html(tmp_path / "nothing", "ja")


def test_it_says_that_it_ran_faster_than_people_would() -> None:
    def told(at_s: float, **more: Any) -> bool:
        last = Told(at_s=at_s, clock=BEGAN, actor="", sort=Sort.DEED, words=both("x"), planned_s=90)
        record = a_record(entries=(last,), **more)
        said = page(analysed(record), Earlier(), [], "ja")
        assert ("待ち時間を縮めて進めた" in said) is is_paced(record)
        return is_paced(record)

    assert not told(80)
    assert told(10)
    assert told(80, pauses=(Pause(began_s=10, ended_s=60),))
    assert told(80, controls=(Control(at_s=1, what="pace", detail="8"),))
    assert not is_paced(a_record())
    # A record that tells its pace: people may be quicker than the scenario.
    assert not told(10, pace=1)
    assert told(80, pace=8)
    assert told(80, pace=0)
    assert told(80, pace=1, controls=(Control(at_s=1, what="pace", detail="0"),))
    assert not told(10, pace=1, controls=(Control(at_s=1, what="pace", detail="1"),))


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "― 途中までの記録。"), ("en", "– interrupted: it stopped")]
)
def test_it_says_that_a_drill_was_interrupted(language: Language, words: str) -> None:
    record = a_full_record().model_copy(update={"interrupted": True})
    said = page(analysed(record), Earlier(), [], language)
    assert words in " ".join(Read(said).text.split())
    assert "verdict interrupted" in said


@pytest.mark.parametrize("seconds", [0.4, 59.6, 119.5, 120.5, 547.6, 548.4, 3661.7])
def test_a_moment_and_the_time_until_then_are_written_alike(seconds: float) -> None:
    speaker = Speaker("ja")
    minutes, rest = map(int, speaker.at(seconds).split(":"))
    assert speaker.long(minutes * 60 + rest) == speaker.long(seconds if seconds > 1 else 0)
    fine = speaker.at(9.96, fine=True)
    assert (fine, speaker.long(9.96)) == ("0:10.0", "10秒")


def test_a_drill_without_anything_has_a_report() -> None:
    for language, words in zip(LANGUAGES, ("通報はなかった。", "There was no call."), strict=True):
        found = Read(page(analysed(a_record()), Earlier(), [], language))
        assert found.open == []
        assert words in found.text


def _note(complaints: list[str], said: ConsoleMessage) -> None:
    complaints.append(said.text)


@pytest.mark.browser
def test_people_can_read_it(browser: Browser, tmp_path: Path) -> None:
    record = a_full_record()
    others = earlier(record, [a_record(BEGAN - timedelta(days=1))])
    for language in LANGUAGES:
        file = tmp_path / f"{language}.html"
        file.write_text(page(analysed(record), others, [COMMENT], language), "utf-8")
        context = browser.new_context()
        tab = context.new_page()
        complaints: list[str] = []
        tab.on("console", partial(_note, complaints))
        tab.goto(file.as_uri())
        look(tab, "drill-report")
        assert complaints == []
        context.close()
