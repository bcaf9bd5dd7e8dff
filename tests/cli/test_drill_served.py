"""`net119 drill serve` as a department runs it: one drill is played, and one is cut off.

The way of docs/drills.ja.md, with the program in the dispatcher's place: the leader's forms are
filled in and posted as a browser does.
"""

import contextlib
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from net119_cli import main as cli
from net119_scenarios.drills import folder as folders

from tests.scenarios.drills.web.running import free_ports

DEADLINE_S = 180.0
DRILL = "tunnel-and-callback"


@contextlib.contextmanager
def serving(folder: Path, log: Path) -> Iterator[tuple[subprocess.Popen[bytes], httpx.Client]]:
    """The running program, and the leader's browser. Nothing of it is left behind."""
    port = free_ports().start
    net119 = str(Path(sys.executable).with_name("net119"))
    command = [net119, "drill", "serve", "--center", "chitose", "--lang", "ja"]
    command += ["--port", str(port), "--folder", str(folder)]
    with log.open("wb") as out:
        process = subprocess.Popen(command, stdout=out, stderr=out, start_new_session=True)
    try:
        with httpx.Client(base_url=f"http://localhost:{port}", timeout=30) as leader:
            until(lambda: "準備ができました" in log.read_text("utf-8"), log, process)
            yield process, leader
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)  # a killed one's providers, too
        process.wait(DEADLINE_S)


def until(holds: Callable[[], bool], log: Path, process: subprocess.Popen[bytes]) -> None:
    """Look again until something holds, while the program runs."""
    deadline = time.monotonic() + DEADLINE_S
    while not holds():
        assert process.poll() is None, log.read_text("utf-8")
        assert time.monotonic() < deadline, log.read_text("utf-8")
        time.sleep(0.05)


def send(leader: httpx.Client, address: str, path: str, **given: str) -> None:
    """Fill in the form of a page and post it."""
    shown = leader.get(address).text
    csrf = re.search(r'name="csrf" value="([^"]+)"', shown)
    assert csrf is not None, shown
    origin = str(leader.base_url).rstrip("/")
    form = {"csrf": csrf.group(1)} | given
    answer = leader.post(path, data=form, headers={"Origin": origin})
    assert answer.status_code == 303, answer.text
    assert "refused" not in answer.headers["location"]


@pytest.mark.slow
def test_a_drill_is_played_and_one_that_is_killed_has_a_report(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder, log = tmp_path / "net119-drills", tmp_path / "log"
    with serving(folder, log) as (process, leader):

        def start(pace: str) -> None:
            by = {"by-rider": "simulator", "by-chitose": "simulator"}
            send(leader, f"/drills/{DRILL}", f"/drills/{DRILL}", pace=pace, **by)
            until(lambda: state().get("can", {}).get("start", False), log, process)
            send(leader, "/now", "/now/act", what="start", detail="")

        def state() -> dict[str, Any]:
            return dict(leader.get("/now/state").json())

        start("0")
        until(lambda: state()["state"] == "ended", log, process)
        (played,) = folders.drills_in(folder)
        assert f"/past/{played.name}" in leader.get("/past").text
        report = leader.get(f"/past/{played.name}/report").text
        assert "トンネルで切れた通報" in report
        assert "判定項目は、すべて成り立った" in report
        assert "× 行われなかった" not in report
        record = folders.read(played)
        assert record.held, [each for each in record.checks if not each.held]
        assert (record.interrupted, record.pace) == (False, 0)

        start("1")

        def begun() -> bool:
            others = [each for each in folders.drills_in(folder) if each != played]
            return bool(others) and folders.read(others[0]).steps[0].state == "done"

        until(begun, log, process)
        (cut,) = (each for each in folders.drills_in(folder) if each != played)
        assert f"/past/{cut.name}" not in leader.get("/past").text, "it is not past yet"
        process.kill()
        process.wait(DEADLINE_S)
    half = folders.read(cut)
    assert (half.interrupted, half.checks, half.pace) == (True, (), 1)
    assert len(half.calls) == 1
    for lang, words in (("ja", "途中までの記録。"), ("en", "interrupted: it stopped")):
        assert cli.main(["drill", "report", str(cut), "--lang", lang]) == 0
        assert words in (cut / "report.html").read_text("utf-8")
    assert "report.html" in capsys.readouterr().out
