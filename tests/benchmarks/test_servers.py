"""The servers of the relay benchmark as they are: they relay and keep each line, and are gone."""

import contextlib
import sqlite3
from pathlib import Path
from typing import Any

import psutil
import pytest

from benchmarks.relaying.runs import OTHERS, SERVERS, Certificate, run
from tests.turns import part

ORDER: dict[str, Any] = {
    "outstanding": 1,
    "speakers": 0,
    "warm_s": 0.0,
    "closed_s": 0.5,
    "open_s": 0.5,
}


def _marks(server: str) -> list[pytest.MarkDecorator]:
    reason = OTHERS[server]() if server in OTHERS else None
    return [pytest.mark.slow, pytest.mark.skipif(reason is not None, reason=str(reason))]


def _processes_in(folder: Path) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with contextlib.suppress(psutil.Error):
            if str(folder) in " ".join([*process.cmdline(), process.cwd()]):
                found.append(process)
    return found


# One of each server's two ways for each commit.
@pytest.mark.parametrize("tls", part([False, True], 2))
@pytest.mark.parametrize("server", [pytest.param(s, marks=_marks(s)) for s in SERVERS])
def test_a_server_relays_and_is_gone_afterwards(tmp_path: Path, server: str, tls: bool) -> None:
    result = run(server, tmp_path / "run", Certificate(tmp_path), callers=3, tls=tls, **ORDER)
    assert result["callers"] == 3
    assert result["closed"]["rate"] > 0
    assert result["closed"]["cpu_us"] >= 0
    assert result["open"]["ack_ms"]["p99"] > 0
    assert _processes_in(tmp_path) == []


@pytest.mark.parametrize("server", [pytest.param("prosody", marks=_marks("prosody"))])
def test_what_is_acknowledged_is_in_the_archive(tmp_path: Path, server: str) -> None:
    # In half a second of a busy machine not everybody comes to write a line; primed, each has.
    order = ORDER | {"primed": True}
    run(server, tmp_path / "run", Certificate(tmp_path), callers=3, tls=False, **order)
    with contextlib.closing(sqlite3.connect(tmp_path / "run" / "archive.sqlite")) as database:
        (mode,) = database.execute("PRAGMA journal_mode").fetchone()
        stored = [row for (row,) in database.execute("SELECT value FROM prosodyarchive")]
    assert mode == "wal"
    # Three calls with two sides, and each wrote at least one line.
    for speaker in range(6):
        assert sum(f"id='bench-{speaker}-1'" in each for each in stored) == 1
