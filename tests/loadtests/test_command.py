"""`net119 load run` as its user runs it: a real provider, real sockets, real processes."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

DEADLINE_S = 120.0
PROGRAM = "import sys; from net119_cli.main import main; sys.exit(main())"

# Times are the machine's; that all was done, and done right, is the program's.
THRESHOLDS = """
[violations]
max = 0
[errors]
max_share = 0
"""


def processes_of(folder: Path) -> list[psutil.Process]:
    """Processes whose command line names files below ``folder``."""
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if any(str(folder) in word for word in process.cmdline()):
                found.append(process)
    return found


class Command:
    """A run of the command in a folder of its own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        (folder / "limits.toml").write_text(THRESHOLDS)
        (folder / "tmp").mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-c", PROGRAM, "load", "run", *options],
            cwd=folder,
            env={**os.environ, "TMPDIR": str(folder / "tmp"), "NET119_LANG": "en"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def until(self, word: str) -> str:
        """What is printed up to a line that holds ``word``."""
        assert self.process.stdout is not None
        shown = ""
        for row in self.process.stdout:
            shown += row
            if word in row:
                return shown
        raise AssertionError(f"{word!r} was never printed:\n{shown}")

    def end(self) -> tuple[int, str]:
        """Exit status, and what else is printed."""
        shown, _ = self.process.communicate(timeout=DEADLINE_S)
        return self.process.returncode, shown

    def report(self) -> dict[str, Any]:
        """The JSON report."""
        file = self.folder / "build" / "load" / "report.json"
        found: dict[str, Any] = json.loads(file.read_text("utf-8"))
        return found


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    yield tmp_path
    for process in processes_of(tmp_path / "tmp"):
        process.kill()


@pytest.mark.slow
def test_a_small_run_passes(folder: Path) -> None:
    options = "--callers", "20", "--duration", "4s", "--thresholds", "limits.toml"
    command = Command(folder, *options)
    status, shown = command.end()
    assert status == 0, shown
    assert "PASSED" in shown
    report = command.report()
    assert (report["passed"], report["complete"], report["doubts"]) == (True, True, [])
    assert report["violations"] == {"count": 0, "byInvariant": {}, "first": []}
    assert report["checks"]["calls"] == 20
    assert report["provider"]["startedForThisRun"] is True
    figures = report["figures"]
    assert figures["callers_ready"] == 20
    assert figures["errors"] == {}
    assert figures["said"] == figures["acked"] == report["checks"]["linesStored"]
    assert report["checks"]["linesShown"] == 2 * figures["acked"]
    # Both ends have written, and each has seen what the other wrote.
    counts = {name: values["count"] for name, values in figures["series"].items()}
    assert counts["seen_by_dispatcher_ms"] == counts["ack_ms"] > 0
    assert counts["seen_by_caller_ms"] == counts["dispatcher_ack_ms"] > 0
    assert counts["answer_ms"] == 20
    assert report["machine"]["cpus"] >= 1
    bare = report["bare"]
    assert (bare["callers"], set(bare["ratios"])) == (20, {*bare["series"], "cpuPerLine"})
    assert len(bare["series"]) == 4
    assert bare["ratios"]["ack_ms"]["p99"] > 0
    assert bare["ratios"]["cpuPerLine"] > 0
    assert "ratio" in shown
    assert processes_of(folder / "tmp") == []
    assert list((folder / "tmp").glob("net119-load-*")) == []


@pytest.mark.slow
def test_interrupted_it_ends_cleanly_with_a_partial_result(folder: Path) -> None:
    command = Command(folder, "--callers", "5", "--duration", "10m")
    command.until("measuring")
    command.process.send_signal(signal.SIGINT)
    status, shown = command.end()
    assert status == 130, shown
    assert "partial" in shown
    report = command.report()
    assert (report["complete"], report["passed"]) == (False, False)
    assert report["violations"]["count"] == 0
    assert report["checks"]["calls"] == 5
    assert processes_of(folder / "tmp") == []


@pytest.mark.slow
def test_killed_it_leaves_no_process(folder: Path) -> None:
    command = Command(folder, "--callers", "5", "--duration", "10m")
    command.until("measuring")
    started = processes_of(folder / "tmp")
    assert len(started) == 2  # the provider and the generator
    command.process.kill()
    command.process.communicate()
    _, alive = psutil.wait_procs(started, timeout=DEADLINE_S)
    assert alive == []


def test_interrupted_while_preparing_it_ends(folder: Path) -> None:
    command = Command(folder, "--callers", "50", "--duration", "10m")
    command.until("Starting")
    command.process.send_signal(signal.SIGINT)
    status, _ = command.end()
    assert status == 130
    assert processes_of(folder / "tmp") == []
