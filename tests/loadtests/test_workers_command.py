"""`net119 load run --master`, `--worker` and `--web` as their users run them, as real processes."""

import re
import signal
import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.loadtests.test_command import DEADLINE_S, Command, processes_of

_REST = "--every", "1s", "--no-bare", "--thresholds", "limits.toml"
SMALL = "--callers", "51", *_REST
"""Two centers, so that two workers can divide them."""
ALONE = "--callers", "5", *_REST
"""For one worker."""

Start = Callable[..., Command]


@pytest.fixture
def start(tmp_path: Path) -> Iterator[Start]:
    """Starts commands, each in a folder of its own; what is left of them is killed."""
    started: list[Command] = []

    def run(*options: str) -> Command:
        folder = tmp_path / f"{len(started)}"
        folder.mkdir()
        started.append(Command(folder, *options))
        return started[-1]

    yield run
    for command in started:
        if command.process.poll() is None:
            for process in psutil.Process(command.process.pid).children(recursive=True):
                process.kill()
            command.process.kill()
            command.process.wait(DEADLINE_S)
    for process in processes_of(tmp_path):
        process.kill()


@pytest.fixture
def address() -> str:
    """Where a master may wait."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return f"127.0.0.1:{probe.getsockname()[1]}"


@pytest.mark.slow
def test_two_workers_started_elsewhere_share_a_run(start: Start, address: str) -> None:
    early = start("--worker", address, "--wait", "5m")
    assert "waiting for the master" in early.until("waiting")
    master = start(*SMALL, "--duration", "4s", "--master", "2", "--bind", address)
    early.until("joined")
    # One has come: the other is waited for, and the master says so.
    assert re.search(r"waiting for workers 1/2 \(\d+ s left\)", master.until("workers 1/2"))
    late = start("--worker", address)
    status, shown = master.end()
    assert status == 0, shown
    assert "PASSED" in shown
    report = master.report()
    figures = report["figures"]
    assert (report["passed"], report["doubts"]) == (True, [])
    assert (figures["generators"], figures["callers_ready"]) == (2, 51)
    assert (report["checks"]["calls"], report["violations"]["count"]) == (51, 0)
    assert figures["said"] == figures["acked"] == report["checks"]["linesStored"] > 0
    shares = []
    for worker in (early, late):
        status, said = worker.end()
        assert (status, "done; the master has the result" in said) == (0, True), said
        shares += [int(each) for each in re.findall(r"playing (\d+) callers", said)]
    assert (len(shares), sum(shares)) == (2, 51)


@pytest.mark.slow
def test_a_worker_that_never_comes_ends_the_run_with_what_to_do(start: Start, address: str) -> None:
    options = "--master", "2", "--bind", address, "--wait", "20s"
    master = start(*SMALL, *options)
    master.until("waiting for workers 0/2")
    worker = start("--worker", address)
    worker.until("joined")
    status, shown = master.end()
    assert status == 2, shown
    assert "1 of 2 workers came within 20 s" in shown
    assert f"net119 load run --worker {address}" in shown
    assert "--wait" in shown
    assert "Traceback" not in shown
    # Who came is let go, and hears why.
    status, said = worker.end()
    assert status == 2, said
    assert "the master has given the run up: 1 of 2 workers came within 20 s" in said


@pytest.mark.slow
def test_a_worker_that_dies_in_mid_run_fails_it_and_lets_the_others_go(
    start: Start, address: str
) -> None:
    options = "--duration", "10m", "--master", "2", "--bind", address, "--silence", "5s"
    master = start(*SMALL, *options)
    master.until("Workers connect to")
    dying, other = start("--worker", address), start("--worker", address)
    master.until("measuring")
    for process in psutil.Process(dying.process.pid).children(recursive=True):
        process.kill()
    status, shown = master.end()
    assert status == 2, shown
    assert "has told nothing for 5 s" in shown
    assert "--master" in shown
    status, said = other.end()
    assert status == 2, said
    assert "the master has given the run up" in said
    assert not (master.folder / "build" / "load" / "report.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_worker_that_its_user_ends_tells_its_master_at_once(
    start: Start, address: str, number: signal.Signals
) -> None:
    master = start(*ALONE, "--duration", "10m", "--master", "1", "--bind", address)
    master.until("Workers connect to")
    worker = start("--worker", address)
    master.until("measuring")
    worker.process.send_signal(number)
    status, shown = master.end()
    assert status == 2, shown
    assert "was stopped (SIG" in shown
    status, said = worker.end()
    assert status == (130 if number is signal.SIGINT else -signal.SIGTERM), said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_worker_that_its_user_ends_while_others_are_waited_for_is_waited_for_again(
    start: Start, address: str
) -> None:
    options = "--master", "2", "--bind", address, "--duration", "2s"
    master = start(*SMALL, *options)
    master.until("Workers connect to")
    first = start("--worker", address)
    master.until("workers 1/2")
    first.process.send_signal(signal.SIGINT)
    assert first.end()[0] == 130
    master.until("workers 0/2")
    workers = start("--worker", address), start("--worker", address)
    status, shown = master.end()
    assert status == 0, shown
    assert [worker.end()[0] for worker in workers] == [0, 0]


@pytest.mark.slow
def test_a_worker_whose_master_is_killed_ends_and_says_so(start: Start, address: str) -> None:
    options = "--duration", "10m", "--master", "1", "--bind", address
    master = start(*ALONE, *options)
    master.until("Workers connect to")
    worker = start("--worker", address)
    master.until("measuring")
    master.process.kill()
    status, said = worker.end()
    assert status == 2, said
    assert "whoever started the generator is gone" in said


@pytest.mark.slow
def test_a_worker_whose_master_is_silent_ends_and_says_so(start: Start, address: str) -> None:
    options = "--duration", "10m", "--master", "1", "--bind", address
    master = start(*ALONE, *options)
    master.until("Workers connect to")
    worker = start("--worker", address, "--silence", "4s")
    master.until("measuring")
    # Killed with all its processes, as with a machine that loses power: nobody says anything.
    for process in psutil.Process(master.process.pid).children(recursive=True):
        process.kill()
    master.process.kill()
    status, said = worker.end()
    assert status == 2, said
    assert "nothing was heard of the master for 4 s" in said
