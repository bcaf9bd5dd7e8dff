"""A forked provider is killed as any other is: it is dead, not only the one that stands for it."""

import asyncio
import contextlib
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from net119_simulators.network import Supervisor
from net119_simulators.network.forkclient import HANDOVER
from net119_simulators.network.forks import Forks, fork_server

SERVER = """
import os, pathlib, sys, time, types
toy = types.ModuleType("net119_reference.app")
def main(arguments):
    folder = pathlib.Path(arguments[0])
    (folder / "environment").write_text(repr(dict(os.environ)))
    (folder / "begun").write_text(str(os.getpid()))
    (folder / "begun").rename(folder / "ready")
    time.sleep(600)
toy.main = main
sys.modules["net119_reference.app"] = toy
from net119_reference.forks.server import ForkServer
server = ForkServer(sys.argv[1])
print("ready", flush=True)
server.run()
"""
"""A fork server with its real code, and a provider that only is there."""
WITHIN_S = 30.0


@pytest.fixture(scope="module")
def toys() -> Iterator[Forks]:
    with fork_server((sys.executable, "-c", SERVER)) as forks:
        yield forks


def gone(pid: int) -> bool:
    """Whether a process has ended, be it not buried yet."""
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


async def started(toys: Forks, folder: Path) -> tuple[Supervisor, int]:
    """A supervisor, and the number of the provider by its own word."""
    supervisor = Supervisor("toy", (*toys.command(), str(folder)), folder / "log")

    async def ready() -> bool:
        return (folder / "ready").exists()

    await supervisor.start(ready, WITHIN_S)
    return supervisor, int((folder / "ready").read_text())


def stopped(pid: int) -> None:
    """Return once a process that was sent SIGSTOP has stopped."""
    deadline = time.monotonic() + WITHIN_S
    while psutil.Process(pid).status() != psutil.STATUS_STOPPED:
        assert time.monotonic() < deadline, "it does not stop"
        os.sched_yield()


def test_the_number_is_the_providers_and_kill_returns_once_that_is_dead(
    toys: Forks, tmp_path: Path
) -> None:
    """The server is held meanwhile: nobody else can have killed it."""
    supervisor, provider = asyncio.run(started(toys, tmp_path))
    assert supervisor.pid == provider
    os.kill(toys.process.pid, signal.SIGSTOP)
    try:
        stopped(toys.process.pid)
        supervisor.kill()
        assert gone(provider)
    finally:
        os.kill(toys.process.pid, signal.SIGCONT)
    assert supervisor.pid is None
    assert HANDOVER not in (tmp_path / "environment").read_text()


def test_a_provider_that_is_held_is_the_provider_and_is_killed_too(
    toys: Forks, tmp_path: Path
) -> None:
    supervisor, provider = asyncio.run(started(toys, tmp_path))
    assert supervisor.pid is not None
    os.kill(supervisor.pid, signal.SIGSTOP)
    stopped(provider)
    supervisor.kill()
    assert gone(provider)


def test_a_provider_that_ends_by_itself_or_by_sigterm_is_known_to_have_ended(
    toys: Forks, tmp_path: Path
) -> None:
    async def scene() -> None:
        supervisor, provider = await started(toys, tmp_path)
        assert await supervisor.stop(WITHIN_S)
        assert gone(provider)
        assert supervisor.exit_status == 128 + signal.SIGTERM

    asyncio.run(scene())


def test_a_stand_in_that_somebody_else_kills_takes_its_provider_along(
    toys: Forks, tmp_path: Path
) -> None:
    """As the out-of-memory killer may; nothing was handed over then."""
    log = (tmp_path / "log").open("wb")
    with log, subprocess.Popen((*toys.command(), str(tmp_path)), stdout=log) as stand_in:
        deadline = time.monotonic() + WITHIN_S
        while not (tmp_path / "ready").exists():
            assert time.monotonic() < deadline
            os.sched_yield()
        provider = psutil.Process(int((tmp_path / "ready").read_text()))
        stand_in.kill()
        with contextlib.suppress(psutil.NoSuchProcess):
            provider.wait(WITHIN_S)
    assert gone(provider.pid)


def test_the_server_waits_for_no_client(toys: Forks, tmp_path: Path) -> None:
    """One that has connected and says nothing, or what is no request, keeps nobody waiting."""
    path = toys.command()[-2]
    with (
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as silent,
        socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as wrong,
    ):
        silent.connect(path)
        wrong.connect(path)
        wrong.send(b"{")
        assert wrong.recv(1) == b""
        supervisor, provider = asyncio.run(started(toys, tmp_path))
        supervisor.kill()
        assert gone(provider)
    assert toys.process.poll() is None
