"""CPU and memory of the processes under test, as far as this machine can see them."""

import time
from collections.abc import Sequence
from typing import Any

import psutil


class Processes:
    """Processes and their children; one that is gone, or not ours to look at, is left out."""

    def __init__(self, pids: Sequence[int]) -> None:
        self._pids = tuple(pids)
        self._used: dict[int, float] = {}
        self._at = time.monotonic()

    def sample(self) -> dict[str, Any]:
        """CPU since the last sample, in cores, and resident memory now, in MB; empty if unknown."""
        if not self._pids:
            return {}
        now, spent, memory, seen = time.monotonic(), 0.0, 0, False
        for process in self._all():
            try:
                times = process.cpu_times()
                memory += process.memory_info().rss
            except psutil.Error:
                continue
            used = times.user + times.system
            spent += used - self._used.get(process.pid, used)
            self._used[process.pid] = used
            seen = True
        span, self._at = max(now - self._at, 1e-3), now
        if not seen:
            return {"server_cpu": None, "server_rss_mb": None}
        return {"server_cpu": round(spent / span, 3), "server_rss_mb": round(memory / 1e6, 1)}

    def _all(self) -> list[psutil.Process]:
        found: dict[int, psutil.Process] = {}
        for pid in self._pids:
            try:
                process = psutil.Process(pid)
                for each in (process, *process.children(recursive=True)):
                    found[each.pid] = each
            except psutil.Error:
                continue
        return list(found.values())
