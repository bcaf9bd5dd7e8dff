"""`net119 profiles`: what a new user gets to read."""

import json
from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_protocol.profile.load import PACKAGED
from rich.cells import cell_len


def test_the_packaged_profiles_are_right(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "check", "--lang", "en"]) == 0
    assert "All 4 are right." in capsys.readouterr().out


def test_a_wrong_folder_ends_with_2_and_names_file_and_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (PACKAGED / "aso.toml").read_text("utf-8").replace('rule = "none"', 'rule = "any"')
    (tmp_path / "aso.toml").write_text(text, "utf-8")
    assert cli.main(["profiles", "check", str(tmp_path), "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "aso.toml: mail.rule" in said
    assert "Traceback" not in said


def test_faults_are_told_in_japanese_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = (PACKAGED / "aso.toml").read_text("utf-8").replace('"43214"', '"99999"')
    (tmp_path / "aso.toml").write_text(text, "utf-8")
    assert cli.main(["profiles", "check", str(tmp_path), "--lang", "ja"]) == 2
    assert "99999 という市町村コードはありません" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["ja", "en"])
@pytest.mark.parametrize("code", ["tomakomai", "chitose", "chita-nanbu", "aso"])
def test_nothing_is_wider_than_a_terminal(
    code: str, language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["profiles", "show", code, "--lang", language]) == 0
    assert cli.main(["profiles", "diff", code, "tomakomai", "--lang", language]) == 0
    assert max(cell_len(line) for line in capsys.readouterr().out.splitlines()) <= 80


def test_an_empty_folder_is_no_success(tmp_path: Path) -> None:
    assert cli.main(["profiles", "check", str(tmp_path), "--lang", "en"]) == 2


@pytest.mark.parametrize(
    ("language", "words"), [("ja", "手帳なし"), ("en", "without a certificate")]
)
def test_diff_speaks_both_languages(
    language: str, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["profiles", "diff", "tomakomai", "chita-nanbu", "--lang", language]) == 0
    said = capsys.readouterr().out
    assert words in said
    assert "a--b@mail.example" in said


def test_diff_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "diff", "aso", "tomakomai", "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert set(found["missingAtSecond"]) == {"reason", "identity-image"}
    assert {"address": "a..b@mail.example", "first": None, "second": "symbols-doubled"} in found[
        "addresses"
    ]


def test_an_unknown_department_is_told_the_known_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "show", "sapporo", "--lang", "en"]) == 2
    assert "aso, chita-nanbu, chitose, tomakomai" in capsys.readouterr().err


def test_show_as_json_is_the_whole_profile(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "show", "chitose", "--json"]) == 0
    assert (
        json.loads(capsys.readouterr().out)["mail"]["application"]
        == "r.chitose@net119-aoba.example"
    )


def copied(folder: Path) -> None:
    """A department's first draft: the packaged profile under another code."""
    text = (PACKAGED / "chita-nanbu.toml").read_text("utf-8")
    changed = text.replace('department = "chita-nanbu"', 'department = "sample-city"')
    (folder / "handa.toml").write_text(changed, "utf-8")


@pytest.mark.parametrize(
    ("language", "mark", "words"),
    [("en", "doubtful", "ignores this file"), ("ja", "注意", "このファイルを無視します")],
)
def test_doubts_are_told_and_fail_only_if_strict(
    language: str, mark: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(tmp_path)
    assert cli.main(["profiles", "check", str(tmp_path), "--lang", language]) == 0
    said = capsys.readouterr().out
    assert said.startswith(mark)
    assert words in said
    assert "are right" not in said
    assert cli.main(["profiles", "check", str(tmp_path), "--strict", "--lang", language]) == 2
    assert words in capsys.readouterr().err


def test_diff_sets_a_profile_of_ones_own_beside_the_packaged_ones(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copied(tmp_path)
    folder = ["--folder", str(tmp_path), "--lang", "en"]
    assert cli.main(["profiles", "diff", "sample-city", "tomakomai", *folder]) == 0
    assert "(sample-city)" in capsys.readouterr().out
    text = (
        (PACKAGED / "aso.toml").read_text("utf-8").replace("max_contacts = 3", "max_contacts = 1")
    )
    (tmp_path / "aso.toml").write_text(text, "utf-8")
    assert cli.main(["profiles", "show", "aso", "--json", *folder]) == 0
    assert json.loads(capsys.readouterr().out)["max_contacts"] == 1


def test_show_tells_every_period_and_number(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["profiles", "show", "aso", "--lang", "en"]) == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "contacts at most 3",
        "valid for 24 months",
        "reminders 30, 7 days before the expiry",
        "suspended after 30 days",
        "ended after 365 days",
        "gone from backups in 30 days",
    ):
        assert words in said
    assert cli.main(["profiles", "show", "tomakomai", "--lang", "en"]) == 0
    assert "identity image kept 30 days after the review" in " ".join(
        capsys.readouterr().out.split()
    )
