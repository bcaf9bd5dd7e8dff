"""`net119 register`: what it takes, what it prints, and that nothing is left behind."""

import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psutil
import pytest
from net119_cli import main as cli
from net119_protocol.application import Guardian
from net119_protocol.directory import japan_date
from net119_scenarios.registration.plan import RegisterRequest, plan_registration
from rich.cells import cell_len

from tests.turns import part

PROGRAM = "from net119_cli.main import main; exit(main())"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--department", "atlantis"], "tomakomai"),
        (["--pace", "9"], "--pace"),
        (["--seed", "x"], "--seed"),
        (["--seed", "-1"], "--seed"),
    ],
)
def test_wrong_options_start_nothing(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["register", *options, "--lang", "en"]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


def test_an_unknown_department_is_refused_with_those_there_are(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main(["register", "--department", "atlantis", "--lang", "ja"]) == 2
    said = capsys.readouterr().err
    assert "atlantis" in said
    for code in ("tomakomai", "chitose", "chita-nanbu", "aso"):
        assert f"  {code} " in said
    assert "阿蘇広域行政事務組合消防本部" in said


@pytest.mark.parametrize(("language", "word"), [("ja", "申請者"), ("en", "applicant")])
def test_help_in_both_languages(
    language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["register", "--help", "--lang", language]) == 0
    assert word in capsys.readouterr().out


def performed(folder: Path, *options: str, **more: str) -> tuple[int, str]:
    """Exit status and output of the command run in a folder of its own."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM, "register", "--pace", "0", *options],
        cwd=folder,
        env={
            **os.environ,
            "TMPDIR": str(folder),
            "NET119_LANG": "ja",
            "PYTHONUTF8": "1",
            **more,
        },
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=150,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def left_of(folder: Path) -> list[str]:
    """Temporary folders and processes of a run that are still there."""
    folders = [path.name for path in folder.iterdir() if path.name.startswith("net119-register")]
    processes = [
        " ".join(process.cmdline())
        for process in psutil.process_iter(["cmdline"])
        if any(str(folder) in word for word in process.info["cmdline"] or ())
    ]
    return folders + processes


@pytest.mark.slow
# Five seconds of CPU each; both are run over the commits.
@pytest.mark.parametrize("department", part(["tomakomai", "chita-nanbu"], 2))
def test_a_registration_is_narrated_in_eighty_columns(department: str, tmp_path: Path) -> None:
    status, said = performed(tmp_path, "--department", department, "--seed", "7")
    assert status == 0, said
    assert all(cell_len(line) <= 80 for line in said.splitlines())
    assert "登録が完了し" in "".join(said.splitlines()[-3:])
    assert "通報できるようになりました" not in said, "the call page does not place calls yet"
    assert "不可" not in said
    words = ("空メール", "身分証") if department == "tomakomai" else ("窓口", "代行入力")
    for word in (*words, "試験", "承認", "ログイン", "通報ページ"):
        assert word in said
    assert left_of(tmp_path) == []


@pytest.mark.slow
def test_for_a_minor_the_guardian_applies(tmp_path: Path) -> None:
    """CNB-47."""
    today = japan_date(datetime.now(UTC))

    def guardian(seed: int) -> Guardian | None:
        plan = plan_registration(RegisterRequest("chita-nanbu", seed), today)
        return plan.person.application.guardian

    seed, found = next((seed, each) for seed in range(200) if (each := guardian(seed)) is not None)
    status, said = performed(tmp_path, "--department", "chita-nanbu", "--seed", str(seed), "--json")
    assert status == 0, said
    keyed_in = next(
        line for line in map(json.loads, said.splitlines()) if line["event"] == "key-in"
    )
    assert keyed_in["details"]["guardian"] == found.name
    assert found.name in keyed_in["text"]


@pytest.mark.slow
@pytest.mark.parametrize("department", part(["chitose", "aso"], 2))
def test_a_registration_as_json(department: str, tmp_path: Path) -> None:
    status, said = performed(tmp_path, "--department", department, "--json")
    lines: list[dict[str, Any]] = [json.loads(line) for line in said.splitlines()]
    assert status == 0, said
    assert lines[0]["exercise"] is True
    assert lines[-1]["ok"] is True
    checks = [check["name"] for check in lines[-1]["checks"]]
    assert checks == lines[0]["steps"] == [line["event"] for line in lines[2:-1]]
    review = next(line for line in lines if line["event"] == "review")
    if department == "chitose":
        assert review["details"]["sealed"] is False
    completion = next(line for line in lines if line["event"] == "completion-mail")
    assert completion["details"]["login_id"]
    assert "password" not in completion["details"]
