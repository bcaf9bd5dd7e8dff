"""Plays known-bad peers and prints what comes of it."""

import asyncio
import signal
import tempfile
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from net119_simulators.peer.bad import (
    BadPeer,
    BadResult,
    Bench,
    PeerRole,
    Step,
    bench_against,
    local_bench,
    run_bad,
)

from net119_cli.language import text
from net119_cli.peer_output import heading, not_played, step_said, table, verdict


def perform(
    chosen: Sequence[tuple[BadPeer, PeerRole]],
    against: Path | None,
    *,
    table: bool,
    mapping: str = "profile",
) -> int:
    """Play them one after another; 0 if the system survived all that were played, else 1.

    What cannot be played with a system is said, and is no failure if anything else was.

    Raises:
        KeyboardInterrupt: it was ended by Ctrl-C, SIGTERM or SIGHUP; everything is stopped.
        SimulatorError: the system could not be started, or reached.
    """
    try:
        results = asyncio.run(_play(chosen, against, steps=not table, mapping=mapping))
    except asyncio.CancelledError:
        raise KeyboardInterrupt from None
    if table:
        _print_table(results)
    return 0 if results and all(result.survived for result in results) else 1


async def _play(
    chosen: Sequence[tuple[BadPeer, PeerRole]], against: Path | None, *, steps: bool, mapping: str
) -> list[BadResult]:
    task = asyncio.current_task()
    loop = asyncio.get_running_loop()
    end: Callable[[], object] = task.cancel if task is not None else loop.stop
    # Ctrl-C is asyncio's own. These two would end this process without anything being stopped.
    for number in (signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(number, end)
    print(
        text(
            ja="準備しています（数秒から十数秒かかります）…",
            en="Getting ready (this takes a few seconds) ...",
        ),
        flush=True,
    )
    results = []
    async with _bench(against, mapping) as bench:
        for peer, role in chosen:
            lacking = bench.lacks(peer, role)
            if lacking is not None:
                print(heading(peer, role), not_played(lacking), sep="\n", flush=True)
                continue
            if steps:
                print(heading(peer, role), flush=True)
            result = await run_bad(peer.name, role, bench, _print_step if steps else _keep_quiet)
            results.append(result)
            if steps or not result.survived:
                if not steps:
                    print(heading(peer, role))
                    print(*(step_said(each) for each in result.steps), sep="\n")
                print(*verdict(peer, result), sep="\n", flush=True)
    return results


@asynccontextmanager
async def _bench(against: Path | None, mapping: str) -> AsyncIterator[Bench]:
    if against is not None:
        async with bench_against(against, mapping=mapping) as bench:
            yield bench
        return
    with tempfile.TemporaryDirectory(prefix="net119-peer-") as folder:
        async with local_bench(Path(folder), mapping=mapping) as bench:
            yield bench


def _print_step(step: Step) -> None:
    print(step_said(step), flush=True)


def _keep_quiet(step: Step) -> None:
    """The table tells enough."""


def _print_table(results: Sequence[BadResult]) -> None:
    print(*table(results), sep="\n")
