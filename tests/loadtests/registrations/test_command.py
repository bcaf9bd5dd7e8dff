"""`net119 load registrations` as its user runs it: exit status, report, and nothing left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from net119_cli import main as cli

PROGRAM = "import sys; from net119_cli.main import main; sys.exit(main())"
DEADLINE_S = 120.0


class Command:
    """A run in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        (folder / "tmp").mkdir()
        self.folder = folder
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "load", "registrations", "--at-once", "3", *options],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder / "tmp"), "NET119_LANG": "en"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def end(self) -> tuple[int, str]:
        """Exit status and what was printed."""
        shown, _ = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, shown

    def report(self) -> dict[str, Any]:
        """The JSON report."""
        file = self.folder / "build" / "load" / "registrations.json"
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found

    def left(self) -> list[str]:
        """Temporary folders and processes that are still there."""
        processes = [
            " ".join(each.info["cmdline"])
            for each in psutil.process_iter(["cmdline"])
            if any(str(self.folder) in word for word in each.info["cmdline"] or ())
        ]
        return processes + [
            path.name for path in (self.folder / "tmp").iterdir() if "net119-load" in path.name
        ]


@pytest.mark.slow
def test_a_run_that_holds_ends_with_0_and_one_that_does_not_with_1(tmp_path: Path) -> None:
    first = tmp_path / "first"
    first.mkdir()
    run = Command(first, "--people", "4", "--mail-outages", "1", "--outage", "500ms")
    status, shown = run.end()
    assert status == 0, shown
    assert "PASSED" in shown
    assert "Mail server down" in shown
    assert run.report()["registered"] == 4
    assert run.report()["mails"]["due"] == 12
    assert run.left() == []

    second = tmp_path / "second"
    second.mkdir()
    (second / "limits.toml").write_text("[rate]\nmin_per_s = 100000\n")
    run = Command(
        second,
        "--people",
        "2",
        "--mail-outages",
        "0",
        "--thresholds",
        "limits.toml",
        "--lang",
        "ja",
    )
    status, shown = run.end()
    assert status == 1, shown
    assert "不合格" in shown
    assert run.report()["passed"] is False
    assert run.left() == []


@pytest.mark.slow
def test_ctrl_c_ends_it_and_stops_everything(tmp_path: Path) -> None:
    run = Command(tmp_path, "--people", "500")
    assert run.process.stdout is not None
    assert any("submitted" in line for line in run.process.stdout)
    run.process.send_signal(signal.SIGINT)
    status, shown = run.end()
    assert status == 130, shown
    assert "Traceback" not in shown
    assert run.left() == []


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--people", "0"], "--people"),
        (["--outage", "soon"], "--outage"),
        (["--mail-outages", "-1"], "--mail-outages"),
        (["--thresholds", "nowhere.toml"], "nowhere.toml"),
    ],
)
def test_wrong_options_start_nothing(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["load", "registrations", *options, "--lang", "en"]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""
