"""Runs the generator as a process of its own and hands its progress on."""

import asyncio
import contextlib
import functools
import json
import os
import signal
import sys
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from pathlib import Path
from typing import Any

from net119_loadtests.errors import LoadError

COMMAND = (sys.executable, "-m", "net119_loadtests.generator")
STOP_WITHIN_S = 40.0
_LARGEST_LINE = 4 * 1024 * 1024

Told = Callable[[dict[str, Any]], None]
Say = Callable[[str], Awaitable[None]]


async def generate(
    plan_file: Path,
    log_file: Path,
    told: Told,
    stop: asyncio.Event,
    command: Sequence[str] = COMMAND,
    stop_within_s: float = STOP_WITHIN_S,
    started: Callable[[int], None] = lambda _pid: None,
    besides: Callable[[Say], Coroutine[Any, Any, None]] | None = None,
) -> dict[str, Any]:
    """Run the generator on a plan and return the last thing it tells: its figures.

    ``started`` gets its process number, ``told`` every progress message. ``besides`` runs
    beside it, with a way to tell it something. When ``stop`` is set the generator ends early, in
    good order, or is killed after ``stop_within_s``. Whatever happens here, its process, and all
    that it started, is gone afterwards.

    Raises:
        LoadError: it failed, with its own reason, or ended without figures.
    """
    with log_file.open("wb") as log:
        process = await asyncio.create_subprocess_exec(
            *command,
            "--plan",
            str(plan_file),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=log,
            # Ctrl-C is for us: the generator is told to stop, and settles first.
            start_new_session=True,
            limit=_LARGEST_LINE,
        )
    started(process.pid)
    tasks = [asyncio.create_task(_stop_when(stop, process, stop_within_s))]
    if besides is not None:
        tasks.append(asyncio.create_task(besides(functools.partial(_say, process))))
    try:
        end = await _listen(process, log_file, told)
        await process.wait()
        return end
    finally:
        for task in tasks:
            task.cancel()
        # What was broken is mended before anything else ends.
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        await process.wait()


async def _say(process: asyncio.subprocess.Process, word: str) -> None:
    if process.stdin is not None:
        with contextlib.suppress(ConnectionError):
            process.stdin.write(f"{word}\n".encode())
            await process.stdin.drain()


async def _stop_when(
    stop: asyncio.Event, process: asyncio.subprocess.Process, within_s: float
) -> None:
    await stop.wait()
    await _say(process, "stop")
    await asyncio.sleep(within_s)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)


async def _listen(
    process: asyncio.subprocess.Process, log_file: Path, told: Told
) -> dict[str, Any]:
    end: dict[str, Any] | None = None
    if process.stdout is None:
        raise RuntimeError("the generator was started without a pipe to listen to")
    async for row in process.stdout:
        try:
            message = json.loads(row)
            event = message["event"]
        except (ValueError, TypeError, KeyError):
            raise LoadError(
                f"the generator said something unknown: {row[:200]!r}",
                str(log_file),
                "Read the generator's log",
            ) from None
        if event == "failed":
            raise LoadError(message["what"], message["where"], message["what_to_do"])
        if event == "end":
            end = message
        else:
            told(message)
    if end is None:
        last = _last_rows(log_file)
        raise LoadError(
            "the load generator ended without a result" + "".join(f"\n  {row}" for row in last),
            str(log_file),
            "Read the generator's log",
        )
    return end


def _last_rows(log_file: Path) -> list[str]:
    return log_file.read_text("utf-8", "backslashreplace").strip().splitlines()[-5:]
