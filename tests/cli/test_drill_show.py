"""`net119 drill show`: the briefing on the terminal and as a page."""

from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_scenarios.acted import library


@pytest.mark.parametrize(
    ("language", "said"), [("ja", "振り返りの問い"), ("en", "Questions for afterwards")]
)
def test_the_briefing_is_shown(
    language: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["drill", "show", "first-call", "--lang", language]) == 0
    assert said in capsys.readouterr().out


def test_the_page_of_an_own_file_is_written(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own, page = tmp_path / "own.yaml", tmp_path / "own.html"
    own.write_text(library.text_of("first-call").replace("はじめての", "わたしたちの"), "utf-8")
    assert cli.main(["drill", "show", str(own), "--html", str(page), "--lang", "ja"]) == 0
    assert capsys.readouterr().out.strip() == str(page)
    assert "わたしたちのNET119通報" in page.read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["first-cal"], "そのような訓練はありません"),
        (["traveller-falls-ill"], "訓練ではありません"),
        (["first-call", "--html", "no-such-folder/page.html"], "ファイルを書けません"),
    ],
)
def test_what_cannot_be_shown_is_told(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["drill", "show", *arguments, "--lang", "ja"]) == 2
    assert said in capsys.readouterr().err
