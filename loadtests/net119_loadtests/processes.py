"""CPU and memory of the processes under test, as far as this machine can see them."""

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import psutil

Pids = Callable[[], Sequence[int]]
"""Process numbers at present: what is killed and started again gets others."""
SERVER, DATABASE, GENERATOR = "server", "database", "generator"


class Processes:
    """Groups of processes and their children; what is gone, or not ours to see, is left out.

    Memory of `DATABASE` is the proportional set (PSS), since its processes share their buffers,
    which the resident set would count once for each; that of others the resident set (RSS).
    """

    def __init__(self, groups: Mapping[str, Pids]) -> None:
        self._groups = dict(groups)
        self._used: dict[int, float] = {}
        self._at = time.monotonic()

    def sample(self) -> dict[str, Any]:
        """CPU of each group since the last sample, in cores, and its memory now, in MB."""
        now = time.monotonic()
        span, self._at = max(now - self._at, 1e-3), now
        found: dict[str, Any] = {}
        for name, pids in self._groups.items():
            numbers = pids()
            if numbers:
                found |= self._group(name, numbers, span)
        return found

    def _group(self, name: str, pids: Sequence[int], span: float) -> dict[str, Any]:
        spent, memory, seen = 0.0, 0, False
        for process in _all(pids):
            try:
                times = process.cpu_times()
                memory += _memory(process, shared=name == DATABASE)
            except psutil.Error:
                continue
            used = times.user + times.system
            spent += used - self._used.get(process.pid, used)
            self._used[process.pid] = used
            seen = True
        return {
            f"{name}_cpu_cores" if name != SERVER else "server_cpu": (
                round(spent / span, 3) if seen else None
            ),
            memory_key(name): round(memory / 1e6, 1) if seen else None,
        }


def memory_key(name: str) -> str:
    """Under which name the memory of a group stands in a timeline."""
    return f"{name}_{'pss' if name == DATABASE else 'rss'}_mb"


def peaks(timeline: Sequence[Mapping[str, Any]]) -> dict[str, float]:
    """The most memory that each group had at once, in MB, as far as it was seen."""
    most: dict[str, float] = {}
    for name in (SERVER, DATABASE, GENERATOR):
        key = memory_key(name)
        values = [each[key] for each in timeline if each.get(key) is not None]
        if values:
            most[key] = max(values)
    return most


def _memory(process: psutil.Process, *, shared: bool) -> int:
    return int(process.memory_full_info().pss if shared else process.memory_info().rss)


def _all(pids: Sequence[int]) -> list[psutil.Process]:
    found: dict[int, psutil.Process] = {}
    for pid in pids:
        try:
            process = psutil.Process(pid)
            for each in (process, *process.children(recursive=True)):
                found[each.pid] = each
        except psutil.Error:
            continue
    return list(found.values())
