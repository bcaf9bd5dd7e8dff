"""The fork server: what it starts behaves like a program, and nothing of it is left behind."""

import asyncio
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.network.forks import Forks

from tests.mutants.forkserver import mutant_server
from tests.mutants.registry import CLEAN

OPERATOR = "aoba"
WITHIN_S = 30.0


def alive(pid: int) -> bool:
    """Whether there is such a process, be it a zombie."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until_gone(pids: list[int]) -> None:
    """Return when none of the processes is there; fails after a while."""
    deadline = time.monotonic() + WITHIN_S
    while left := [pid for pid in pids if alive(pid)]:
        assert time.monotonic() < deadline, f"still there: {left}"
        time.sleep(0.02)


def children(pid: int) -> list[int]:
    """The processes that this one has started."""
    return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


@contextmanager
def network(forks: Forks, folder: Path) -> Iterator[tuple[LocalNetwork, asyncio.Runner]]:
    """One clean provider, started through the fork server."""
    net = LocalNetwork([ProviderSpec(OPERATOR, "127.0.0.1")], folder, command=forks.command(CLEAN))
    with asyncio.Runner() as runner:
        runner.run(net.__aenter__())
        try:
            yield net, runner
        finally:
            runner.run(net.stop())


def test_sigterm_stops_the_provider_cleanly(forks: Forks, tmp_path: Path) -> None:
    with network(forks, tmp_path) as (net, runner):
        assert children(forks.process.pid)
        assert runner.run(net.terminate(OPERATOR))
        assert net.supervisor(OPERATOR).exit_status == 0
        log = (tmp_path / OPERATOR / "provider.log").read_text()
        assert '"stopped"' in log
        wait_until_gone(children(forks.process.pid))


def test_a_killed_client_takes_its_provider_along_and_can_be_started_again(
    forks: Forks, tmp_path: Path
) -> None:
    with network(forks, tmp_path) as (net, runner):
        (first,) = children(forks.process.pid)
        net.kill(OPERATOR)
        runner.run(net.start(OPERATOR))
        (second,) = children(forks.process.pid)
        assert second != first
        assert not alive(first)
    assert children(forks.process.pid) == []


def test_what_the_provider_says_and_its_status_come_through(forks: Forks, tmp_path: Path) -> None:
    ended = subprocess.run(
        (*forks.command(CLEAN), "--config", str(tmp_path / "missing.toml")),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert ended.returncode == 2
    assert "missing.toml" in ended.stderr


def test_an_unknown_mutant_is_a_failure(forks: Forks) -> None:
    ended = subprocess.run(
        (*forks.command("no-such"), "--version"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=WITHIN_S,
        check=False,
    )
    assert ended.returncode == 1
    assert "no mutant is named 'no-such'" in ended.stderr


@pytest.mark.parametrize("how", ["the owner's pipe ends", "the server is killed"])
def test_no_provider_outlives_the_server(how: str, tmp_path: Path) -> None:
    with mutant_server() as own:
        with network(own, tmp_path) as (net, _runner):
            started = children(own.process.pid)
            assert started == [net.supervisor(OPERATOR).pid]
            if how == "the server is killed":
                own.process.send_signal(signal.SIGKILL)
            elif own.process.stdin is not None:
                own.process.stdin.close()
            own.process.wait(timeout=WITHIN_S)
            wait_until_gone(started)
            # The client ends by itself as well.
            deadline = time.monotonic() + WITHIN_S
            while net.supervisor(OPERATOR).is_running():
                assert time.monotonic() < deadline
                time.sleep(0.02)
        assert not net.supervisor(OPERATOR).is_running()
