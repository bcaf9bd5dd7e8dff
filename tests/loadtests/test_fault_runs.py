"""Every fault in the midst of a small run against a real provider, and a loss that is planted."""

import asyncio
import contextlib
import io
import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from net119_loadtests import run as running
from net119_loadtests.faults import fault_named, fault_of_command, names_for
from net119_loadtests.house import DATABASE_URL, OPERATOR, Kind
from net119_loadtests.injecting import DATA_DIR
from net119_loadtests.provider import Running
from net119_loadtests.providing import own_provider
from net119_loadtests.world import centers_for, load_directory_for
from net119_protocol.directory import load_municipalities
from net119_simulators.network.postgresql import missing
from rich.console import Console

from tests.turns import part, revision

pytestmark = pytest.mark.slow

CALLERS, EVERY_S = 6, 0.5
FULL_DISK_EVERY = 8
"""Commits of which one fills the disk of PostgreSQL, which takes some 10 s more."""
# How long things take is the machine's; that all recover, and nothing is lost, is the program's.
THRESHOLDS = "[errors]\nmax_share = 0\n[fault]\nrecovered_max_s = 100\n"
FORGET = """
import os, sqlite3
file = os.path.join(os.environ["DATA_DIR"], "net119.db")
last = "SELECT call_id, max(seq) FROM lines WHERE seq > 3 GROUP BY call_id LIMIT 1"
with sqlite3.connect(file, timeout=30) as database:
    database.execute("DELETE FROM lines WHERE (call_id, seq) IN (" + last + ")")
    assert database.total_changes == 1
""".replace("DATA_DIR", DATA_DIR)
"""Takes a line that was acknowledged out of the store, as if it had never been made durable."""


def load(
    folder: Path,
    faults: list[Any],
    duration_s: float,
    kind: Kind | None = None,
    system: Running | None = None,
) -> tuple[int, dict[str, Any], str]:
    """Exit status, report and output of a small run."""
    (folder / "thresholds.toml").write_text(THRESHOLDS)
    shown = io.StringIO()
    options = running.Options(
        callers=CALLERS,
        duration_s=duration_s,
        every_s=EVERY_S,
        running=system,
        bare=False,
        thresholds=folder / "thresholds.toml",
        out=folder,
        lang="en",
        kind=kind or Kind(),
        faults=tuple(faults),
        first_fault_s=1.0,
        fault_pause_s=1.0,
    )
    status = running.run(options, Console(file=shown, width=200))
    report: dict[str, Any] = json.loads((folder / "report.json").read_text("utf-8"))
    return status, report, shown.getvalue()


def check(names: list[str], status: int, report: dict[str, Any], shown: str) -> None:
    """All faults were brought about and recovered from, and nothing was lost or doubled."""
    assert report["doubts"] == [], shown
    assert status == 0, shown
    assert [fault["name"] for fault in report["figures"]["faults"]] == names
    assert report["violations"]["count"] == 0
    assert report["figures"]["said"] == report["figures"]["acked"] > 0, shown
    assert report["checks"]["linesStored"] == report["figures"]["acked"]


def of_a_single_process(folder: Path) -> None:
    names = list(names_for(Kind()))
    assert names == ["storm", "kill-server", "stall-server", "full-disk"]
    status, report, shown = load(folder, [fault_named(each, 2.0) for each in names], 120.0)
    check(names, status, report, shown)
    by_name = {fault["name"]: fault for fault in report["figures"]["faults"]}
    assert by_name["storm"]["connections_lost"] == by_name["kill-server"]["connections_lost"] == 7
    assert by_name["full-disk"]["errors"]["refused: storage-failed"] > 0
    # Whatever was written while it stood still had to wait for it.
    assert by_name["stall-server"]["recovered_s"] >= 2.0
    assert "kill-server: lasted" in shown
    assert "kill-server" in (folder / "report.en.html").read_text("utf-8")


def of_several_processes_on_postgresql(folder: Path) -> None:
    kind = Kind(relays=2)
    # The first relay stands for both, and only what the other test does not do is done.
    left_out = ("storm", "kill-relay-2", "stall-server")
    names = [name for name in names_for(kind) if name not in left_out]
    if "full-disk" in names and revision() % FULL_DISK_EVERY:
        names.remove("full-disk")
    status, report, shown = load(folder, [fault_named(each, 2.0) for each in names], 300.0, kind)
    check(names, status, report, shown)


NEEDS_POSTGRESQL = pytest.mark.skipif(missing() is not None, reason=f"PostgreSQL: {missing()}")
KINDS = [
    of_a_single_process,
    pytest.param(of_several_processes_on_postgresql, marks=NEEDS_POSTGRESQL),
]


@pytest.mark.parametrize("each_fault", part(KINDS, 2))  # they take 8 and 15 s of CPU
def test_each_fault(
    each_fault: Callable[[Path], None], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    each_fault(tmp_path)


def test_a_loss_in_a_fault_fails_the_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    script = tmp_path / "forget.py"
    script.write_text(FORGET)
    forget = fault_of_command(f"'{sys.executable}' '{script}'")
    status, report, shown = load(tmp_path, [forget, fault_named("kill-server")], 60.0)
    assert status == 1, shown
    assert report["violations"]["count"] > 0
    kinds = set(report["violations"]["byInvariant"])
    assert kinds & {"I2", "I3"}, report["violations"]


@pytest.fixture
def foreign(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Running, int]]:
    """A provider that runs already, as its owner tells of it, and its process."""
    monkeypatch.delenv(DATABASE_URL, raising=False)
    directory = tmp_path / "directory.json"
    known = load_directory_for(OPERATOR, centers_for(CALLERS), load_municipalities())
    directory.write_text(known.to_json(), "utf-8")
    with asyncio.Runner() as runner, contextlib.ExitStack() as stack:
        serving = own_provider(tmp_path / "served", CALLERS, EVERY_S, tmp_path / "log", Kind())
        provider = runner.run(serving.__aenter__())
        stack.callback(lambda: runner.run(serving.__aexit__(None, None, None)))
        assert provider.house is not None
        running = Running(provider.base_url, provider.ca_file, provider.admin_token, directory)
        yield running, provider.house.server_pids()[0]


def test_commands_harm_a_system_that_runs_and_one_that_fails_proves_nothing(
    tmp_path: Path, foreign: tuple[Running, int]
) -> None:
    running, pid = foreign
    stall = f"kill -STOP {pid}; sleep 0.5; kill -CONT {pid}"
    faults = [fault_of_command(stall), fault_of_command("exit 3")]
    status, report, shown = load(tmp_path, faults, 8.0, system=running)
    assert status == 1
    first = report["figures"]["faults"][0]
    assert (first["name"], first["recovered_s"] >= 0.5) == ("command", True), shown
    assert any("ended with status 3" in doubt for doubt in report["doubts"])
    assert report["violations"]["count"] == 0
    assert report["provider"]["startedForThisRun"] is False


def test_a_fault_after_the_end_proves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(DATABASE_URL, raising=False)
    slow = fault_of_command("exec sleep 600")
    status, report, _ = load(tmp_path, [slow, fault_named("storm")], 3.0)
    assert status == 1
    assert any("storm was not brought about" in doubt for doubt in report["doubts"])
