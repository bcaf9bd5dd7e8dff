"""What the kernel says of a process and of the disk."""

import math
import os
import time
from collections.abc import Sequence
from pathlib import Path

_TICK = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")
_BLOCK = 4096
SERVER_CORE = 0
CLIENT_CORE = 1


def pin(core: int) -> None:
    """Keep this process, and what it starts, on one core, if there are several."""
    if len(os.sched_getaffinity(0)) > 1:
        os.sched_setaffinity(0, {core})


def cpu_seconds(pid: int) -> float:
    """CPU time of all threads of a process so far (proc(5), stat: utime + stime)."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def rss_bytes(pid: int) -> int:
    """Resident memory of a process (proc(5), statm)."""
    return int(Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]) * _PAGE


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that ``share`` of the values do not exceed."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]


def fdatasync_ms(folder: Path, times: int) -> list[float]:
    """Milliseconds of each of ``times`` appends of a page, each made durable, in ``folder``."""
    file = folder / "fdatasync.probe"
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    taken = []
    try:
        for _ in range(times):
            began = time.perf_counter()
            os.write(descriptor, bytes(_BLOCK))
            os.fdatasync(descriptor)
            taken.append((time.perf_counter() - began) * 1000)
    finally:
        os.close(descriptor)
        file.unlink()
    return taken


def describe() -> dict[str, object]:
    """The machine, as far as the figures depend on it."""
    model = next(
        (
            line.partition(":")[2].strip()
            for line in Path("/proc/cpuinfo").read_text("utf-8").splitlines()
            if line.startswith("model name")
        ),
        "unknown",
    )
    return {"cpu": model, "cores": os.cpu_count(), "load_average": os.getloadavg()}
