import asyncio
import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

import psutil
import pytest
from net119_simulators.network import ProviderDidNotStart, Supervisor

# Programs in place of a provider. They write "ready" to a file named as their first argument.
READY = """
import os, pathlib, signal, sys, time
if "stubborn" in sys.argv:
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
pathlib.Path(sys.argv[1]).write_text(str(os.getpid()))
"""
OBEDIENT = READY + "time.sleep(600)"
STUBBORN = "import sys; sys.argv.append('stubborn')" + OBEDIENT
FAILING = "import sys; print('port is in use'); print('the reason', file=sys.stderr); sys.exit(3)"
NEVER_READY = "import time; print('thinking', flush=True); time.sleep(600)"
STOPS_WITH_PARENT = READY + "sys.stdin.read()"
WITH_CHILD = (
    "import subprocess, sys;"
    "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)']);"
    "import pathlib; pathlib.Path(sys.argv[1]).write_text(str(child.pid)); sys.exit(0)"
)
DEADLINE_S = 30.0


def supervisor(tmp_path: Path, program: str) -> Supervisor:
    command = [sys.executable, "-c", program, str(tmp_path / "ready")]
    return Supervisor("toy", command, tmp_path / "log" / "toy.log")


def ready_in(tmp_path: Path) -> Callable[[], Awaitable[bool]]:
    async def ready() -> bool:
        file = tmp_path / "ready"
        return file.exists() and bool(file.read_text())

    return ready


def gone(pid: int) -> bool:
    try:
        return psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return True


def wait_until_gone(pid: int) -> None:
    with contextlib.suppress(psutil.NoSuchProcess):
        psutil.Process(pid).wait(DEADLINE_S)
    assert gone(pid)


def test_start_kill_start_again_stop(tmp_path: Path) -> None:
    async def scene() -> None:
        toy = supervisor(tmp_path, OBEDIENT)
        assert (toy.pid, toy.exit_status, toy.log_tail()) == (None, None, "")
        await toy.start(ready_in(tmp_path), DEADLINE_S)
        first = toy.pid
        assert first is not None
        assert os.getsid(first) == first != os.getsid(0)
        with pytest.raises(RuntimeError, match="runs already"):
            await toy.start(ready_in(tmp_path), DEADLINE_S)
        toy.kill()
        assert gone(first)
        assert toy.exit_status == -signal.SIGKILL
        assert toy.pid is None
        (tmp_path / "ready").unlink()
        await toy.start(ready_in(tmp_path), DEADLINE_S)
        second = toy.pid
        assert second is not None
        assert await toy.stop(DEADLINE_S)
        assert gone(second)
        assert toy.exit_status == -signal.SIGTERM
        assert await toy.stop(DEADLINE_S)

    asyncio.run(scene())


def test_who_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    async def scene() -> None:
        toy = supervisor(tmp_path, STUBBORN)
        await toy.start(ready_in(tmp_path), DEADLINE_S)
        pid = toy.pid
        assert pid is not None
        assert not await toy.stop(0.05)
        assert gone(pid)
        assert toy.exit_status == -signal.SIGKILL

    asyncio.run(scene())


def test_who_ends_before_it_is_ready_is_quoted(tmp_path: Path) -> None:
    async def scene() -> None:
        toy = supervisor(tmp_path, FAILING)
        with pytest.raises(ProviderDidNotStart, match="ended with status 3") as caught:
            await toy.start(ready_in(tmp_path), DEADLINE_S)
        assert "port is in use" in caught.value.log
        assert "the reason" in caught.value.what_to_do
        assert caught.value.where.endswith("toy.log")

    asyncio.run(scene())


def test_who_never_gets_ready_is_killed(tmp_path: Path) -> None:
    async def scene() -> None:
        toy = supervisor(tmp_path, NEVER_READY)
        with pytest.raises(ProviderDidNotStart, match="not ready within"):
            await toy.start(ready_in(tmp_path), 0.1)
        assert toy.exit_status == -signal.SIGKILL

    asyncio.run(scene())


def test_a_program_that_is_not_there_is_named(tmp_path: Path) -> None:
    toy = Supervisor("toy", [str(tmp_path / "nothing")], tmp_path / "log")
    with pytest.raises(ProviderDidNotStart, match="nothing"):
        asyncio.run(toy.start(ready_in(tmp_path), DEADLINE_S))


def test_what_a_dead_provider_leaves_in_its_session_is_killed(tmp_path: Path) -> None:
    async def scene() -> None:
        toy = supervisor(tmp_path, WITH_CHILD)

        async def ended() -> bool:
            return False

        with pytest.raises(ProviderDidNotStart, match="ended with status 0"):
            await toy.start(ended, DEADLINE_S)

    asyncio.run(scene())
    wait_until_gone(int((tmp_path / "ready").read_text()))


PARENT = """
import asyncio, os, signal, sys
from pathlib import Path
from net119_simulators.network import Supervisor

async def ready():
    file = Path(sys.argv[2])
    return file.exists() and bool(file.read_text())

async def main():
    command = [sys.executable, "-c", sys.argv[1], sys.argv[2]]
    toy = Supervisor("toy", command, Path(sys.argv[2] + ".log"))
    await toy.start(ready, 30)
    if sys.argv[3] == "kill":
        os.kill(os.getpid(), signal.SIGKILL)
    if sys.argv[3] == "fork":
        child = os.fork()
        if child == 0:
            sys.exit(0)
        os.waitpid(child, 0)
        print("running" if toy.is_running() else "killed by the fork")
    if sys.argv[3] == "raise":
        raise RuntimeError("on purpose")

asyncio.run(main())
"""


@pytest.mark.parametrize(
    ("program", "ending"),
    [(STUBBORN, "return"), (STUBBORN, "raise"), (STUBBORN, "fork"), (STOPS_WITH_PARENT, "kill")],
)
def test_no_process_is_left_however_the_parent_ends(
    tmp_path: Path, program: str, ending: str
) -> None:
    done = subprocess.run(
        [sys.executable, "-c", PARENT, program, str(tmp_path / "ready"), ending],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == {"kill": -signal.SIGKILL, "raise": 1}.get(ending, 0), done.stderr
    assert ending != "fork" or "running" in done.stdout
    wait_until_gone(int((tmp_path / "ready").read_text()))
