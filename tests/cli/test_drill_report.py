"""`net119 drill report`: files, comments, and what is said when something is wrong."""

from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_scenarios.drills import folder

from tests.scenarios.drills.full import a_full_record


def kept(at: Path) -> Path:
    """The folder of a drill."""
    record = a_full_record()
    folder.write(at / record.id, record, {})
    return at / record.id


def test_a_report_is_written_into_the_folder_or_where_it_is_wanted(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drill = kept(tmp_path)
    assert cli.main(["drill", "report", str(drill), "--lang", "ja"]) == 0
    assert f"書きました: {drill / 'report.html'}" in capsys.readouterr().out
    assert "訓練の振り返り" in (drill / "report.html").read_text("utf-8")
    other = tmp_path / "other.html"
    arguments = ["--html", str(other), "--language", "en", "--lang", "ja"]
    assert cli.main(["drill", "report", str(drill), *arguments]) == 0
    assert "After-action report" in other.read_text("utf-8")


def test_a_comment_is_kept_and_stands_in_the_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    drill = kept(tmp_path)
    said = ["--comment", "場所を先に聞けた。", "--by", "髙橋"]
    assert cli.main(["drill", "report", str(drill), *said, "--lang", "ja"]) == 0
    assert "意見を加えました" in capsys.readouterr().out
    assert not (drill / "report.html").exists(), "a comment alone writes no report"
    assert [each.text for each in folder.read_comments(drill)] == ["場所を先に聞けた。"]
    assert cli.main(["drill", "report", str(drill), "--lang", "ja"]) == 0
    assert "場所を先に聞けた。" in (drill / "report.html").read_text("utf-8")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--comment", "x"], "--comment, --by"),
        (["--by", "x"], "--comment, --by"),
        (["--comment", " ", "--by", "x"], "--comment"),
        (["--comment", "x", "--by", "y" * 101], "--by"),
        (["--language", "fr"], "--language"),
        (["--html", "/proc/none/x.html"], "--html"),
    ],
)
def test_a_wrong_option_is_named(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["drill", "report", str(kept(tmp_path)), *arguments, "--lang", "en"]) == 2
    assert words in capsys.readouterr().err


def test_a_broken_record_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drill", "report", str(tmp_path / "none"), "--lang", "ja"]) == 2
    assert "record.json" in capsys.readouterr().err
    drill = kept(tmp_path)
    (drill / "record.json").write_text('{"format": 7}')
    assert cli.main(["drill", "report", str(drill), "--lang", "en"]) == 2
    assert "format" in capsys.readouterr().err
