"""The same load on a bare relay, for a short while: what is the machine's, and not the provider's.

Milliseconds say more of a machine than of a provider; their ratio to those of a bare relay, which
the same generators measured in the same run, does not.
"""

import asyncio
import contextlib
import itertools
import sys
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from net119_simulators.network.authority import Authority

from net119_loadtests.bare_relay import HOST
from net119_loadtests.errors import LoadError
from net119_loadtests.generating import generate
from net119_loadtests.plan import Plan, loopback_sources
from net119_loadtests.processes import SERVER, Processes
from net119_loadtests.shapes import STEADY

SERIES = ("ack_ms", "dispatcher_ack_ms", "seen_by_dispatcher_ms", "seen_by_caller_ms")
_MODULE = "net119_loadtests.bare_relay"
_LONGEST_S = 10.0
_ARRIVALS_PER_S = 200.0
_START_S = 30.0
_RAMP_S = 30.0

Timeline = Sequence[Mapping[str, Any]]


def plan_for(plan: Plan, url: str, ca_pem: str | None, callers: int) -> Plan:
    """The same callers, lines and connections at a bare relay: steady, and for 10 s at most.

    ``callers`` is how many are there at once. Where each writes more seldom than that, it is
    measured for twice the time between two lines, but never longer than the provider.
    """
    seats = tuple(
        seat.model_copy(
            update={
                "token": f"{seat.center}/{seat.mail}",
                "calls_at": number / _ARRIVALS_PER_S,
                "leaves_at": None,
            }
        )
        for number, seat in enumerate(plan.callers[:callers])
    )
    consoles = tuple(seat.model_copy(update={"token": f"{seat.center}/"}) for seat in plan.consoles)
    return plan.model_copy(
        update={
            "bare": True,
            "capacity": None,
            "base_url": url,
            "ca_pem": ca_pem,
            "declared_test_hosts": (),
            "own": True,
            "callers": seats,
            "consoles": consoles,
            "shape": STEADY,
            "sources": loopback_sources(0),
            "duration_s": min(plan.duration_s, max(_LONGEST_S, 2 * plan.every_s)),
            "ramp_s": _RAMP_S + callers / _ARRIVALS_PER_S,
        }
    )


async def measure_bare(
    plan: Plan,
    callers: int,
    folder: Path,
    log: Path,
    told: Callable[[dict[str, Any]], None],
    stop: asyncio.Event,
    command: Sequence[str],
) -> dict[str, Any]:
    """Measure a bare relay as the provider of ``plan`` was measured; with TLS, if that has it.

    Raises:
        LoadError: the relay or the generators failed, or were told to stop.
    """
    timeline: list[dict[str, Any]] = []
    async with _relay(folder, tls=plan.base_url.startswith("https:")) as (url, ca_pem, pid):
        processes = Processes({SERVER: lambda: (pid,)})

        def took(message: dict[str, Any]) -> None:
            if message["event"] == "progress":
                timeline.append(message | processes.sample())
                told(message)

        bare = plan_for(plan, url, ca_pem, callers)
        file = folder / "bare-plan.json"
        bare.write(file)
        figures = await generate(file, log, took, stop, command)
    if not figures["complete"] or figures["callers_ready"] < len(bare.callers):
        raise LoadError(
            f"{figures['callers_ready']} of {len(bare.callers)} callers got into a call",
            "the bare relay",
            f"Read {log}, or leave it out with --no-bare",
        )
    return {
        "relay": f"websockets {version('websockets')}",
        "callers": len(bare.callers),
        "seconds": figures["window_s"],
        "ratePerS": figures["rate_per_s"],
        "series": {name: figures["series"][name] for name in SERIES if name in figures["series"]},
        "cpuUsPerLine": cpu_us_per_line(timeline),
    }


def with_ratios(
    bare: dict[str, Any], series: Mapping[str, Any], timeline: Timeline
) -> dict[str, Any]:
    """What was measured at the bare relay, with the provider's ratios to it."""
    ratios: dict[str, Any] = {}
    for name, values in bare["series"].items():
        if name in series:
            ratios[name] = {
                key: round(series[name][key] / values[key], 3) if values[key] else None
                for key in ("p50", "p95", "p99")
            }
    ours, theirs = cpu_us_per_line(timeline), bare["cpuUsPerLine"]
    cpu = round(ours / theirs, 3) if ours is not None and theirs else None
    return bare | {"ratios": ratios | {"cpuPerLine": cpu}, "providerCpuUsPerLine": ours}


def cpu_us_per_line(timeline: Timeline) -> float | None:
    """CPU microseconds of the server for each line acknowledged while it was measured."""
    measured = [
        each for each in timeline if each["phase"] == "run" and each.get("server_cpu") is not None
    ]
    spent, lines = 0.0, 0
    for before, after in itertools.pairwise(measured):
        spent += after["server_cpu"] * (after["t"] - before["t"])
        lines += after["acked"] - before["acked"]
    return round(spent / lines * 1e6, 1) if lines else None


@contextlib.asynccontextmanager
async def _relay(folder: Path, *, tls: bool) -> AsyncIterator[tuple[str, str | None, int]]:
    """A bare relay that serves: its URL, its authority's certificate, its process."""
    ready, pair, ca_pem = folder / "bare-ready", [], None
    if tls:
        authority = Authority(folder / "bare")
        certificate = authority.issue(HOST)
        pair = [str(certificate.cert_file), str(certificate.key_file)]
        ca_pem = authority.ca_file.read_text("ascii")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", _MODULE, str(ready), *pair, stdin=asyncio.subprocess.PIPE
    )
    try:
        until = time.monotonic() + _START_S
        while not ready.exists():
            if process.returncode is not None or time.monotonic() > until:
                raise LoadError(
                    "the bare relay did not start", "net119 load run", "Leave it out with --no-bare"
                )
            await asyncio.sleep(0.05)
        port = int(ready.read_text("ascii"))
        yield f"{'https' if tls else 'http'}://{HOST}:{port}", ca_pem, process.pid
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await process.wait()
