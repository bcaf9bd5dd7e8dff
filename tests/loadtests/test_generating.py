"""The generator as a process: what it says reaches us, and it never outlives us."""

import asyncio
import os
import stat
import sys
from pathlib import Path
from typing import Any

import psutil
import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.generating import generate
from net119_loadtests.plan import CallerSeat, ConsoleSeat, Plan
from net119_loadtests.shapes import STEADY


def toy(code: str) -> tuple[str, ...]:
    """A generator that does something else."""
    return sys.executable, "-c", f"import json, os, sys, time\n{code}"


def run(
    folder: Path, code: str, stop_at_once: bool = False
) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    told: list[dict[str, Any]] = []

    async def scene() -> dict[str, Any]:
        stop = asyncio.Event()
        if stop_at_once:
            stop.set()
        return await generate(folder / "plan", folder / "log", told.append, stop, toy(code))

    return asyncio.run(asyncio.wait_for(scene(), 60)), told


def test_progress_and_end_are_told(tmp_path: Path) -> None:
    code = (
        "print(json.dumps({'event': 'progress', 'argv': sys.argv[1:]}), flush=True)\n"
        "print(json.dumps({'event': 'end', 'acked': 3}))"
    )
    end, told = run(tmp_path, code)
    assert end == {"event": "end", "acked": 3}
    assert told == [{"event": "progress", "argv": ["--plan", str(tmp_path / "plan")]}]


def test_its_own_refusal_is_passed_on(tmp_path: Path) -> None:
    code = "print(json.dumps({'event': 'failed', 'what': 'a', 'where': 'b', 'what_to_do': 'c'}))"
    with pytest.raises(LoadError) as refused:
        run(tmp_path, code)
    assert (refused.value.what, refused.value.where, refused.value.what_to_do) == ("a", "b", "c")


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("sys.exit('out of luck')", "out of luck"),
        ("print('Hello')", "said something unknown"),
        ("print('{}')", "said something unknown"),
    ],
)
def test_an_end_without_figures_is_an_error(code: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(LoadError, match=said):
        run(tmp_path, code)


def test_it_is_told_to_stop(tmp_path: Path) -> None:
    code = "print(json.dumps({'event': 'end', 'heard': sys.stdin.readline()}))"
    end, _ = run(tmp_path, code, stop_at_once=True)
    assert end["heard"] == "stop\n"


def test_it_is_killed_with_all_its_children_if_we_give_up(tmp_path: Path) -> None:
    code = (
        "import subprocess\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)'])\n"
        "print(json.dumps({'event': 'progress', 'pids': [os.getpid(), child.pid]}), flush=True)\n"
        "time.sleep(600)"
    )
    processes: list[psutil.Process] = []

    async def scene() -> None:
        running = asyncio.Event()

        def told(message: dict[str, Any]) -> None:
            processes.extend(map(psutil.Process, message["pids"]))
            running.set()

        stop = asyncio.Event()
        work = asyncio.create_task(
            generate(tmp_path / "plan", tmp_path / "log", told, stop, toy(code))
        )
        await asyncio.wait_for(running.wait(), 60)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work

    asyncio.run(scene())
    _, alive = psutil.wait_procs(processes, timeout=30)
    assert alive == []


def test_a_plan_is_for_its_owners_eyes_only_and_shows_no_token(tmp_path: Path) -> None:
    plan = Plan(
        base_url="https://127.0.0.2:1",
        callers=(
            CallerSeat(number=0, token="secret-1", mail="a@b.example", center="c", lat=1, lon=2),
        ),
        consoles=(ConsoleSeat(number=0, center="c", token="secret-2"),),
        shape=STEADY,
        duration_s=1,
        every_s=1,
        reply_every=1,
        ramp_s=1,
        settle_s=1,
    )
    file = tmp_path / "plan.json"
    plan.write(file)
    assert stat.S_IMODE(os.stat(file).st_mode) == 0o600
    assert Plan.read(file) == plan
    assert "secret" not in repr(plan)


def test_a_broken_plan_is_explained(tmp_path: Path) -> None:
    (tmp_path / "plan").write_text("{}")
    with pytest.raises(LoadError, match="no plan"):
        Plan.read(tmp_path / "plan")
