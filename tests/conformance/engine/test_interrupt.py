"""Ctrl-C and sudden death of a run: nothing is left behind."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import pytest
from net119_conformance.results import Report

from tests.conformance.engine import interrupted_run

LIMIT_S = 90.0
ROOT = Path(interrupted_run.__file__).parents[3]


@dataclass
class Running:
    """A run that has come to where it blocks, and all processes below it."""

    process: "subprocess.Popen[str]"
    out: Path
    up: Path
    children: list[psutil.Process]


@contextmanager
def running(tmp_path: Path, where: str = "purpose") -> Iterator[Running]:
    out, up = tmp_path / "out", tmp_path / "up"
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(LIMIT_S)
        port = str(listener.getsockname()[1])
        process = subprocess.Popen(
            [sys.executable, "-m", interrupted_run.__name__, str(out), str(up), port, where],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        try:
            connection, _ = listener.accept()
            with connection:
                children = psutil.Process(process.pid).children(recursive=True)
                yield Running(process, out, up, children)
        finally:
            process.kill()
            process.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_ends_everything_and_leaves_a_partial_report(
    tmp_path: Path, number: signal.Signals
) -> None:
    with running(tmp_path) as run:
        assert run.up.exists()
        assert len(run.children) >= 2, "pytest and its workers"
        run.process.send_signal(number)
        shown, _ = run.process.communicate(timeout=LIMIT_S)
        assert run.process.returncode == 130, shown
        _, alive = psutil.wait_procs(run.children, timeout=LIMIT_S)
        assert alive == []
        assert not run.up.exists()
        report = Report.read(run.out / "report.json")
        assert report.summary.complete is False
        assert report.summary.exit_status == 130
        assert "TOY-BLOCK--toy" in report.summary.not_run
        assert "incomplete" in shown
        assert "NOT_RUN" in (run.out / "report.junit.xml").read_text("utf-8")
        assert (run.out / "report.html").is_file()


def test_an_interruption_while_the_environment_starts(tmp_path: Path) -> None:
    with running(tmp_path, "start") as run:
        assert run.up.exists()
        run.process.send_signal(signal.SIGINT)
        shown, _ = run.process.communicate(timeout=LIMIT_S)
        assert run.process.returncode == 130, shown
        assert not run.up.exists()
        not_run = Report.read(run.out / "report.json").summary.not_run
        assert set(not_run) == {"TOY-BLOCK--toy", "TOY-PASS--toy"}


def test_workers_do_not_outlive_a_runner_that_is_killed(tmp_path: Path) -> None:
    with running(tmp_path) as run:
        run.process.kill()
        _, alive = psutil.wait_procs(run.children, timeout=LIMIT_S)
        assert alive == []
