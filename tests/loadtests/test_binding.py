"""Where a master and its workers meet, and what an earlier run has left, before anything starts."""

import io
import socket
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import pytest
from net119_loadtests.binding import check_bind, reach_master
from net119_loadtests.errors import LoadError
from net119_loadtests.plan import check_parts
from net119_loadtests.run import Options, run
from rich.console import Console

LEFT = ("report.json", "junit.xml", "report.ja.html", "report.en.html")


def refused_by_run(folder: Path, **options: Any) -> LoadError:
    """How a run is refused."""
    asked = Options(callers=100, duration_s=5.0, out=folder, **options)
    with pytest.raises(LoadError) as refused:
        run(asked, Console(file=io.StringIO()))
    return refused.value


def test_a_run_that_is_refused_leaves_no_earlier_report(tmp_path: Path) -> None:
    for name in (*LEFT, "mine.txt"):
        (tmp_path / name).write_text("of an earlier run")
    error = refused_by_run(tmp_path, thresholds=tmp_path / "missing.toml")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["junit.xml", "mine.txt"]
    suite = ET.fromstring((tmp_path / "junit.xml").read_bytes())[0]  # noqa: S314  # our own file
    assert (suite.get("tests"), suite.get("failures"), suite.get("errors")) == ("1", "0", "1")
    told = suite[0].find("error")
    assert told is not None
    assert told.get("message") == f"{error.where}: {error.what}"


def test_a_master_at_a_taken_or_foreign_address_is_refused_before_anything_starts(
    tmp_path: Path,
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        error = refused_by_run(tmp_path, expect=2, bind=("127.0.0.1", port))
        assert (error.where, "in use" in error.what) == (f"--bind 127.0.0.1:{port}", True)
    check_bind("127.0.0.1", port)
    for host in ("192.0.2.1", "nowhere.invalid"):
        with pytest.raises(LoadError, match=host):
            check_bind(host, 0)


def test_too_many_parts_name_the_option_that_asked_for_them() -> None:
    for option in ("--workers", "--master"):
        with pytest.raises(LoadError) as refused:
            check_parts(3, 2, option)
        assert refused.value.where == option


def test_a_worker_waits_for_its_master_and_says_so() -> None:
    told: list[str] = []
    with socket.socket() as master:
        master.bind(("127.0.0.1", 0))
        host, port = master.getsockname()
        reach_master(
            host,
            port,
            lambda: told.append("waiting"),
            within_s=30,
            pause=lambda _: master.listen(),
        )
        reach_master(host, port, lambda: told.append("again"), within_s=30)
    assert told == ["waiting"]
    with pytest.raises(LoadError, match="no master there within 0 s"):
        reach_master(host, port, lambda: None, within_s=0)
    with pytest.raises(LoadError, match="not known"):
        reach_master("nowhere.invalid", port, lambda: None, within_s=30)
