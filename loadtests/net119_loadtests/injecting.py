"""Brings faults about, one after the other, in the midst of a run.

The generators are told before each one, and after: what goes wrong in between is no error of the
run. The next one waits until all has recovered from the one before.
"""

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Sequence
from typing import Any

from net119_loadtests.errors import LoadError
from net119_loadtests.faults import BACKEND, DATABASE, POSTMASTER, SERVER, Act, Fault
from net119_loadtests.generating import Say
from net119_loadtests.house import OPERATOR, House

DATA_DIR = "NET119_LOAD_DATA_DIR"
"""Variable that tells a command where the provider that was started keeps its data."""
_LOOK_S = 0.02
_BACK_WITHIN_S = 120.0


class Injector:
    """The faults of one run, which ends after the last one.

    ``house`` is what was started for it, if anything was.
    """

    def __init__(
        self, faults: Sequence[Fault], house: House | None, first_s: float, pause_s: float
    ) -> None:
        self._faults = tuple(faults)
        self._house = house
        self._first_s, self._pause_s = first_s, pause_s
        self._measuring = asyncio.Event()
        self._faulted = asyncio.Event()
        self._recovered = asyncio.Event()
        self._over = False
        self.done: list[str] = []
        """Names of the faults that were brought about."""
        self.failures: list[str] = []
        """What could not be done, or whose end could not be seen."""

    def took(self, event: str, phase: str = "") -> None:
        """The generators have told something; ``phase``: how far the last of them is."""
        if phase in ("settle", "judge"):
            self._over = True
        events = {
            "measuring": self._measuring,
            "faulted": self._faulted,
            "recovered": self._recovered,
        }
        if event in events:
            events[event].set()

    def missing(self) -> list[str]:
        """Why the faults prove nothing, if they do not."""
        never = [each.name for each in self._faults[len(self.done) :]]
        told = [f"fault {name} was not brought about: the run was over before" for name in never]
        return [*self.failures, *told]

    async def run(self, say: Say) -> None:
        """Bring all about; ends early, with a failure noted, where one cannot be."""
        await self._measuring.wait()
        await asyncio.sleep(self._first_s)
        for number, fault in enumerate(self._faults):
            if number:
                await asyncio.sleep(self._pause_s)
            if self._over:
                # Nobody would measure how all recover from it.
                return
            self._faulted.clear()
            self._recovered.clear()
            await say(f"fault {fault.name}")
            await self._faulted.wait()
            try:
                await self._bring_about(fault, say)
            except Exception as error:
                self.failures.append(f"fault {fault.name}: {error}")
                return
            finally:
                await say("over")
            self.done.append(fault.name)
            await self._recovered.wait()
        await asyncio.sleep(self._pause_s)
        await say("finish")

    async def _bring_about(self, fault: Fault, say: Say) -> None:
        match fault.act:
            case Act.STORM:
                await say("storm")
            case Act.COMMAND:
                await _command(fault.command, self._house)
            case Act.KILL:
                await self._kill(fault.target)
            case Act.STALL:
                await self._stall(fault)
            case Act.FILL:
                await self._fill(fault)

    # --- kill -----------------------------------------------------------------------------------

    async def _kill(self, target: str) -> None:
        house = self._known()
        if target == SERVER:
            house.network.kill(OPERATOR)
            await house.network.start(OPERATOR)
        elif target == DATABASE:
            await asyncio.to_thread(house.postgresql.kill)
            await asyncio.to_thread(house.postgresql.start)
        elif target == POSTMASTER:
            await asyncio.to_thread(house.postgresql.kill, first_only=True)
            # Its children see that it is gone, and go; until then it cannot come back.
            await asyncio.to_thread(house.postgresql.start, patient=True)
        elif target == BACKEND:
            await asyncio.to_thread(_kill_backend, house)
        else:
            await _kill_process(house, target)

    # --- stall ----------------------------------------------------------------------------------

    async def _stall(self, fault: Fault) -> None:
        house = self._known()
        if fault.target == DATABASE:
            house.postgresql.pause()
            try:
                await asyncio.sleep(fault.lasts_s)
            finally:
                house.postgresql.resume()
            return
        pids = _everybody(house) if fault.target == SERVER else [started(house, fault.target)[-1]]
        for pid in pids:
            os.kill(pid, signal.SIGSTOP)
        try:
            await asyncio.sleep(fault.lasts_s)
        finally:
            for pid in pids:
                os.kill(pid, signal.SIGCONT)

    # --- a full disk ----------------------------------------------------------------------------

    async def _fill(self, fault: Fault) -> None:
        house = self._known()
        disk = house.disk
        if disk is None:
            raise LoadError("there is no disk to fill", fault.name, "Name the fault from the start")
        disk.fill()
        try:
            await asyncio.sleep(fault.lasts_s)
        finally:
            disk.free()
        if house.database is not None:
            # A server that cannot write its log ends; whoever looks after it starts it again.
            await asyncio.to_thread(house.postgresql.start_again)

    def _known(self) -> House:
        if self._house is None:
            raise LoadError("nothing was started for this run", "--fault", "Leave --url out")
        return self._house


def started(house: House, name: str) -> list[int]:
    """Process numbers of a part of a provider of several, of every time that it was started."""
    found = []
    for row in house.log_file.read_text("utf-8", "backslashreplace").splitlines():
        if row.startswith("{"):
            entry: dict[str, Any] = json.loads(row)
            if entry.get("event") == "started" and entry.get("which") == name:
                found.append(int(entry["pid"]))
    if not found:
        raise LoadError(f"its log tells of no process {name}", str(house.log_file), "Read the log")
    return found


def _everybody(house: House) -> list[int]:
    """All processes of the provider, the one that looks after the others first."""
    relays = [f"relay-{number + 1}" for number in range(house.kind.relays)]
    parts = ["office", *relays] if relays else []
    return [*house.server_pids(), *(started(house, name)[-1] for name in parts)]


async def _kill_process(house: House, name: str) -> None:
    before = started(house, name)
    os.kill(before[-1], signal.SIGKILL)
    until = time.monotonic() + _BACK_WITHIN_S
    while len(started(house, name)) == len(before):
        if time.monotonic() > until:
            raise LoadError(f"{name} was not started again", str(house.log_file), "Read the log")
        await asyncio.sleep(_LOOK_S)


def _kill_backend(house: House) -> None:
    database = house.postgresql
    pids = database.backends(house.database_name)
    os.kill(pids[0], signal.SIGKILL)
    # The server ends all the others, too, and goes through its log before it takes anybody again.
    database.wait_for_restart(pids[0])


async def _command(command: str, house: House | None) -> None:
    more = {} if house is None else {DATA_DIR: str(house.data_dir)}
    process = await asyncio.create_subprocess_shell(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env={**os.environ, **more},
    )
    try:
        status = await process.wait()
    except asyncio.CancelledError:
        process.kill()
        await process.wait()
        raise
    if status:
        raise LoadError(f"it ended with status {status}", "--fault-command", "Mend the command")
