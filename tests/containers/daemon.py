"""A Docker daemon of the tests' own, with its images, containers and socket in one folder."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import docker
from docker.errors import DockerException

START_S = 60.0
STOP_S = 30.0
GUARD = 'exec 3<&0; (read _ <&3; kill -TERM 0) & exec "$@" </dev/null 3<&-'
"""Runs a command whose whole process group ends with its standard input: it does not outlive the
tests, even where those are killed."""
_ADMINISTRATOR = 1 << 21


class DidNotStart(Exception):
    """The daemon ended, or did not answer in time; with the end of its log."""


def not_installed() -> bool:
    """Whether there is no daemon to start."""
    return shutil.which("dockerd") is None


def not_permitted() -> str | None:
    """Why a daemon that is installed cannot run here; None if nothing is known against it."""
    status = Path("/proc/self/status").read_text("ascii")
    (rights,) = [line.split()[1] for line in status.splitlines() if line.startswith("CapEff")]
    if os.geteuid() != 0 or not int(rights, 16) & _ADMINISTRATOR:
        return "it needs root with CAP_SYS_ADMIN"
    return None


@contextmanager
def daemon() -> Iterator[str]:
    """A running daemon; gives what DOCKER_HOST has to be.

    It makes no networks and no firewall rules: containers have the machine's network or none.
    """
    # A socket's path may have 107 characters, fewer than pytest's folders take.
    folder = Path(tempfile.mkdtemp(prefix="net119-docker-"))
    host = f"unix://{folder}/socket"
    options = {"data-root": "data", "exec-root": "exec", "pidfile": "pid"}
    command = [
        "dockerd",
        "--host",
        host,
        *(f"--{name}={folder / place}" for name, place in options.items()),
        *("--bridge=none", "--iptables=false", "--ip6tables=false"),
        *("--ip-forward=false", "--ip-masq=false"),
    ]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            ["/bin/sh", "-c", GUARD, "dockerd", *command],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    try:
        _wait(host, process, folder / "log")
        yield host
    finally:
        process.terminate()
        with suppress(subprocess.TimeoutExpired):
            process.wait(STOP_S)
        os.killpg(process.pid, signal.SIGKILL)
        assert process.stdin is not None
        process.stdin.close()
        process.wait()
        _unmount(folder)
        shutil.rmtree(folder)


def _unmount(folder: Path) -> None:
    """Undo what a daemon mounted and leaves: always its network namespace."""
    mounted = [line.split()[1] for line in Path("/proc/mounts").read_text("utf-8").splitlines()]
    for place in sorted(mounted, key=len, reverse=True):
        if Path(place).is_relative_to(folder):
            subprocess.run(("umount", "--lazy", place), check=True)


def _wait(host: str, process: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + START_S
    while time.monotonic() < until and process.poll() is None:
        try:
            client = docker.DockerClient(base_url=host)
            client.ping()
        except DockerException:
            time.sleep(0.05)
        else:
            client.close()
            return
    raise DidNotStart(f"dockerd did not start:\n{log.read_text('utf-8', 'replace')[-3000:]}")
