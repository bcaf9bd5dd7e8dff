"""`net119 conformance review`: decisions by options and at a terminal, and the exit status."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest
from net119_cli.main import main
from net119_conformance import runner
from net119_conformance.purpose import Purpose
from net119_conformance.review.model import read_reviews
from net119_conformance.review.source import folder_source

from tests.conformance.review.reported import (
    CATALOGUE,
    FAILS,
    HEARD,
    PASSES,
    PRETTY,
    PURPOSES,
    copied,
    reported,
)
from tests.terminals import INTERRUPT, at_terminal

WITH_TOYS = (sys.executable, "-m", "tests.conformance.review.at_terminal")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reported(tmp_path_factory.mktemp("ran"))


@pytest.fixture
def folder(ran: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(runner, "load_suite", lambda modules: (PURPOSES, CATALOGUE, []))
    return copied(ran, tmp_path / "report")


def review(folder: Path, *words: str) -> int:
    return main(["--lang", "en", "conformance", "review", str(folder), *words])


def shown(folder: Path, item: str) -> str:
    """The item with the fingerprint of what is there, as ``--list`` shows it."""
    items = folder_source(folder).reviews().items
    (one,) = [each.item for each in items if each.item.result.id == item]
    return f"{item}@{one.fingerprint}"


def signed(folder: Path, item: str, *words: str) -> int:
    items = {each.item.result.id for each in folder_source(folder).reviews().items}
    named = shown(folder, item) if item in items else item
    return review(folder, "--item", named, *words, "--reviewer", "R", "--reason", "seen")


def test_the_list_shows_what_a_decision_has_to_name(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(folder, "--list") == 3
    told = capsys.readouterr().out
    name = shown(folder, "TOY-HEARD").replace("@", "--toy@")
    assert f"? TOY-HEARD  toy  not looked at yet  [--item {name}]" in told
    words = ["--accept", "--reviewer", "R", "--reason", "seen"]
    assert review(folder, "--item", name.upper(), *words) == 3
    assert len(read_reviews(folder / "reviews.json")) == 1


@pytest.mark.parametrize(
    ("fingerprint", "says"),
    [
        ("", "names no fingerprint"),
        ("@" + "0" * 12, "is not what is there now"),
        ("@", "is not what is there now"),
    ],
)
@pytest.mark.parametrize("lang", ["en", "ja"])
def test_what_was_not_looked_at_is_not_accepted(
    folder: Path, fingerprint: str, says: str, lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    named = f"TOY-HEARD{fingerprint}"
    words = ["--item", named, "--accept", "--reviewer", "R", "--reason", "x"]
    assert main(["--lang", lang, "conformance", "review", str(folder), *words]) == 2
    told = capsys.readouterr().err
    assert "--list" in told
    assert (says in told) is (lang == "en")
    assert not (folder / "reviews.json").exists()


def test_what_was_changed_since_it_was_listed_is_not_accepted(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    named = shown(folder, "TOY-HEARD")
    (picture,) = (folder / "evidence").glob("*.picture-1.png")
    picture.write_bytes(b"another squeak")
    words = ["--item", named, "--accept", "--reviewer", "R", "--reason", "x"]
    assert review(folder, *words) == 2
    assert "is not what is there now" in capsys.readouterr().err
    # To turn something down nobody has to have seen all of it; a wrong fingerprint is wrong.
    words[2] = "--reject"
    assert review(folder, *words) == 2
    words[1] = "TOY-HEARD"
    assert review(folder, *words) == 1


def test_it_says_what_is_open_and_how_to_decide(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(folder) == 3
    told = capsys.readouterr().out
    assert "? TOY-HEARD  toy  not looked at yet" in told
    assert "TOY-PASS" not in told
    assert "--item ID@FINGERPRINT --accept" in told
    assert not (folder / "reviews.json").exists()


def test_the_exit_status_says_whether_all_is_decided_and_how(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert signed(folder, "TOY-HEARD", "--accept") == 3
    assert signed(folder, "TOY-PRETTY", "--reject") == 1
    told = capsys.readouterr().out
    assert "Needs review: 1 holds; 1 does not hold." in told
    assert "Verdict with the decisions of reviewers: fail" in told
    assert "人の確認による" in (folder / "report.html").read_text("utf-8")
    assert signed(folder, "TOY-PRETTY", "--accept") == 0
    path = folder / "evidence" / "TOY-HEARD--toy.jsonl"
    path.write_text(path.read_text("utf-8") + "\n", "utf-8")
    assert review(folder, "--list") == 3
    assert "no longer what is here: R, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("purposes", "how", "status", "says"),
    [
        ((PASSES,), {}, 0, "The run itself: pass (exit status 0)"),
        ((PASSES, FAILS), {}, 1, "The run itself: fail (exit status 1)"),
        ((PASSES, FAILS), {}, 1, "TOY-FAIL toy: fail, which no decision changes"),
        ((PASSES,), {"complete": False}, 1, "the run was interrupted: 1 not run"),
        # Somebody still has to decide; it will not save the run.
        ((HEARD, FAILS), {}, 1, "TOY-FAIL toy: fail"),
    ],
)
def test_the_verdict_of_the_run_is_always_told_and_counts(
    tmp_path: Path,
    purposes: Sequence[Purpose],
    how: dict[str, bool],
    status: int,
    says: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    folder = reported(tmp_path / "ran", *purposes, **how)
    assert review(folder, "--list") == status
    assert says in capsys.readouterr().out


@pytest.mark.parametrize(("strict", "status"), [(False, 0), (True, 1)])
def test_what_is_accepted_with_a_warning_blocks_a_strict_run(
    strict: bool,
    status: int,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(runner, "load_suite", lambda modules: (PURPOSES, CATALOGUE, []))
    folder = reported(tmp_path / "ran", PRETTY, PASSES, strict=strict)
    assert signed(folder, "TOY-PRETTY", "--accept") == status
    assert ("TOY-PRETTY toy: warning" in capsys.readouterr().out) is strict


def test_a_run_in_which_nothing_passed_does_not_end_well(tmp_path: Path) -> None:
    folder = reported(tmp_path / "ran", PASSES)
    document = json.loads((folder / "report.json").read_text("utf-8"))
    document["results"] = []
    (folder / "report.json").write_text(json.dumps(document), "utf-8")
    assert review(folder) == 1


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--item", "TOY-HEARD"], "add one of --accept and --reject"),
        (["--item", "TOY-HEARD", "--accept", "--reject"], "add one of --accept and --reject"),
        (["--accept", "--reviewer", "R"], "add --item ID"),
        (["--item", "TOY-HEARD", "--reject", "--reason", "x"], "nobody is named"),
        (["--item", "TOY-HEARD", "--reject", "--reviewer", "R"], "gives no reason"),
        (
            ["--item", "TOY-PASS", "--accept", "--reviewer", "R", "--reason", "x"],
            "TOY-PASS needs no review",
        ),
    ],
)
def test_half_a_decision_is_refused(
    folder: Path, words: Sequence[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(folder, *words) == 2
    assert says in capsys.readouterr().err
    assert not (folder / "reviews.json").exists()


def test_of_several_items_one_that_is_wrong_leaves_all_undecided(folder: Path) -> None:
    words = ["--item", "TOY-PASS", "--accept"]
    assert signed(folder, "TOY-HEARD", *words) == 2
    assert not (folder / "reviews.json").exists()


def test_a_folder_without_a_report_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert review(tmp_path / "nowhere") == 2
    assert "there is no report" in capsys.readouterr().err


def test_a_page_that_cannot_be_made_does_not_lose_the_decision(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(runner, "load_suite", lambda modules: ({}, CATALOGUE, []))
    assert signed(folder, "TOY-HEARD", "--accept") == 3
    assert "the page cannot be made anew" in capsys.readouterr().err
    assert len(read_reviews(folder / "reviews.json")) == 1


def test_the_baseline_says_who_has_reviewed_it(folder: Path, tmp_path: Path) -> None:
    signed(folder, "TOY-HEARD", "--accept")
    out = tmp_path / "known.toml"
    words = ["--lang", "en", "conformance", "baseline", str(folder), "--out", str(out)]
    assert main(words) == 0
    text = out.read_text("utf-8")
    assert 'reason = "holds: R, ' in text
    assert "to be filled in" in text


def test_the_export_says_what_to_read_before_filing(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--out", str(tmp_path / "a.zip"), "--key", str(tmp_path / "key"), "--pictures"]
    assert main(["--lang", "en", "conformance", "export", str(folder), *words]) == 0
    told = capsys.readouterr().out
    assert "Before filing it, read what people wrote (2 places)" in told
    assert "pictures (1)" in told
    assert "Needs review: 2 not looked at yet." in told
    assert main(["--lang", "en", "conformance", "verify", str(tmp_path / "a.zip")]) == 0
    assert "Needs review: 2 not looked at yet." in capsys.readouterr().out


def test_a_reviewer_at_a_terminal_sees_everything_and_decides(folder: Path) -> None:
    words = ("--lang", "ja", "conformance", "review", str(folder))
    with at_terminal(*WITH_TOYS, *words) as screen:
        screen.waits_for("== 1/2  TOY-HEARD  toy  玩具の試験")
        screen.waits_for("期待する結果: 音が鳴る。")
        screen.waits_for("人が判断すること:\n     - 優しい音か (実際: a squeak)")
        # A tester's words in several lines do not look like the command's own.
        screen.waits_for("メモ: 高い音\n         | == 9/9 終わり")
        screen.waits_for("TOY-HEARD--toy.picture-1.png")
        screen.waits_for("番号")
        screen.types("7")
        screen.waits_for("番号")
        # A slip of the finger can be taken back.
        screen.types("2")
        screen.waits_for("そう判断した理由")
        screen.types("")
        screen.waits_for("番号: ")
        screen.types("1")
        screen.waits_for("そう判断した理由")
        screen.types("録音を聞いた 𠮷")
        screen.waits_for("あなたの氏名か頭文字")
        screen.types("髙橋")
        screen.waits_for("試験者本人ですか")
        screen.types("y")
        screen.waits_for("記録しました（髙橋、")
        screen.waits_for("== 2/2  TOY-PRETTY")
        screen.waits_for("番号")
        screen.types("3")
        screen.waits_for("成り立つ: 髙橋（お願いに答えた本人）、")
        screen.waits_for("（録音を聞いた 𠮷）")
        screen.waits_for("? TOY-PRETTY")
        assert screen.ends() == 3
    (made,) = read_reviews(folder / "reviews.json")
    assert (made.id, made.decision.value, made.reviewer) == ("TOY-HEARD", "accepted", "髙橋")
    assert (made.reason, made.own_answers) == ("録音を聞いた 𠮷", True)


def test_a_reviewer_who_leaves_half_way_has_decided_nothing_else(folder: Path) -> None:
    words = ("--lang", "en", "conformance", "review", str(folder))
    with at_terminal(*WITH_TOYS, *words) as screen:
        screen.waits_for("Number")
        screen.types("2")
        screen.waits_for("Why")
        screen.presses(INTERRUPT)
        assert screen.ends() == 130
        assert screen.echoes()
    assert "Traceback" not in screen.shown
    assert not (folder / "reviews.json").exists()
