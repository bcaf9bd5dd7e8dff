"""The chat relay of the reference provider against bare relays, in one run on one core.

Bare relays on `websockets` and on `picows` hold everything in memory and promise nothing; the
provider validates each line, numbers it, stores it durably (SQLite, synchronous=FULL) and only
then acknowledges it and shows it to both sides.  Connections and messages are the same: callers
and consoles that hold 50 calls each, lines written in turn by both sides.

    python benchmarks/relay.py                  # the whole comparison, some 20 minutes
    python benchmarks/relay.py --quick          # one short round
    python benchmarks/relay.py --only provider --link plain --rounds 1    # while working on it

The server is kept on one core, the load on another.  `msg/s` is what was relayed with the machine
as it was; `µs/msg` is the server's CPU time for one line and does not suffer from neighbours:
1,000,000 divided by it is what the core can do when it is left alone.
"""

import argparse
import itertools
import json
import statistics
import sys
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

# Run as a script, this file's folder is where Python looks for modules.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from benchmarks.relaying.machine import describe, fdatasync_ms, percentile
from benchmarks.relaying.runs import SERVERS, Certificate, RunFailed, run

_PROBES = 200
_LONG = 10_000
_FEW, _MORE = 100, 1_000
_EDGES = (10, 100, 1_000, 5_000, 10_000)

Result = dict[str, Any]
Figure = Callable[[Result], float]

FIGURES: dict[str, Figure] = {
    "msg/s": lambda r: r["closed"]["rate"],
    "µs/msg": lambda r: r["closed"]["cpu_us"],
    "µs/msg at half": lambda r: r["open"]["cpu_us"],
    "ack p50 ms": lambda r: r["open"]["ack_ms"]["p50"],
    "ack p99 ms": lambda r: r["open"]["ack_ms"]["p99"],
    "other side p99 ms": lambda r: r["open"]["other_ms"]["p99"],
    "kB/chat, fixed costs too": lambda r: r["rss_per_chat"] / 1000,
    "load busy": lambda r: r["closed"]["client_busy"],
}


class Bench:
    """The runs, one after another, and all that came of them."""

    def __init__(self, options: argparse.Namespace, folder: Path) -> None:
        self._options = options
        self._folder = folder
        self._certificate = Certificate(folder)
        self._count = 0
        self.disk: list[float] = []

    def once(self, server: str, *, tls: bool, callers: int, **order: Any) -> Result:
        """One run, with the disk measured before it."""
        self._count += 1
        disk = fdatasync_ms(self._folder, _PROBES)
        self.disk += disk
        where = self._folder / f"{self._count}-{server}"
        result = run(server, where, self._certificate, callers=callers, tls=tls, **order)
        result["fdatasync_p99_ms"] = percentile(disk, 0.99)
        _say(f"  {server} {'tls' if tls else 'plain'} {callers}: {_line(result)}")
        return result

    def compare(self, *, tls: bool) -> dict[str, list[Result]]:
        """Every server in turn, as many rounds as asked for."""
        options = self._options
        found: dict[str, list[Result]] = {server: [] for server in options.only}
        for _ in range(options.rounds):
            for server in options.only:
                found[server].append(
                    self.once(
                        server,
                        tls=tls,
                        callers=options.callers,
                        outstanding=options.outstanding,
                        speakers=0,
                        warm_s=1.0,
                        closed_s=options.seconds,
                        open_s=options.seconds,
                    )
                )
        return found

    def by_memory(self, *, tls: bool) -> dict[str, list[float]]:
        """Memory for one more chat, in kB: what 1,000 more callers add to a server with 100.

        What a server holds once (grids, pages of the database, code) is in both.
        """
        found: dict[str, list[float]] = {server: [] for server in self._options.only}
        for _ in range(self._options.rounds):
            for server in self._options.only:
                few, many = (
                    self.once(
                        server,
                        tls=tls,
                        callers=callers,
                        outstanding=1,
                        speakers=100,
                        warm_s=0.5,
                        closed_s=0.5,
                        open_s=0.0,
                    )["rss_per_chat"]
                    * callers
                    for callers in (_FEW, _FEW + _MORE)
                )
                found[server].append((many - few) / _MORE / 1000)
        return found

    def by_callers(self) -> dict[str, list[Result]]:
        """The provider's cost with few and many calls open, as many lines under way in each."""
        options = self._options
        found: dict[str, list[Result]] = {str(callers): [] for callers in options.sizes}
        for _ in range(options.rounds):
            for callers in options.sizes:
                found[str(callers)].append(
                    self.once(
                        "provider",
                        tls=options.link != "plain",
                        callers=callers,
                        outstanding=max(1, 200 // callers),
                        speakers=200 if callers >= 100 else 0,
                        warm_s=1.0,
                        closed_s=options.seconds,
                        open_s=0.0,
                    )
                )
        return found

    def by_length(self) -> list[dict[str, float]]:
        """The provider's cost from the first to the ten thousandth line of 20 calls."""
        found = []
        for _ in range(self._options.rounds):
            result = self.once(
                "provider",
                tls=self._options.link != "plain",
                callers=20,
                outstanding=4,
                speakers=0,
                warm_s=0.0,
                closed_s=0.0,
                open_s=0.0,
                lines_of_each=_LONG // 2,
            )
            found.append(_segments(result["closed"]["samples"], 20))
        return found


def _segments(samples: Sequence[tuple[float, float, int]], calls: int) -> dict[str, float]:
    """CPU microseconds for a line, by how long the calls were."""
    costs = {}
    for low, high in itertools.pairwise(_EDGES):
        inside = [s for s in samples if low <= s[2] / calls <= high * 1.02]
        if len(inside) > 1 and inside[-1][2] > inside[0][2]:
            cpu = inside[-1][1] - inside[0][1]
            costs[f"{low}-{high}"] = cpu / (inside[-1][2] - inside[0][2]) * 1e6
    return costs


def _line(result: Result) -> str:
    shown = []
    for name, figure in FIGURES.items():
        try:
            shown.append(f"{name} {figure(result):.4g}")
        except KeyError:
            continue
    return ", ".join(shown)


def _table(found: dict[str, list[Result]], names: Sequence[str]) -> str:
    head = ["", *names]
    rows = [head, ["---"] * len(head)]
    for server, results in found.items():
        row = [server]
        for name in names:
            values = [FIGURES[name](result) for result in results]
            spread = f" ({min(values):.4g}-{max(values):.4g})" if len(values) > 1 else ""
            row.append(f"{statistics.median(values):.4g}{spread}")
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def ratios(found: dict[str, list[Result]]) -> dict[str, float]:
    """Medians of the rounds' ratios, provider to the bare `websockets` relay of the same round."""
    pairs = list(zip(found["provider"], found["websockets"], strict=True))

    def median(ratio: Callable[[Result, Result], float]) -> float:
        return statistics.median(ratio(ours, bare) for ours, bare in pairs)

    return {
        "messages/s": median(lambda o, b: o["closed"]["rate"] / b["closed"]["rate"]),
        "messages per CPU second": median(
            lambda o, b: b["closed"]["cpu_us"] / o["closed"]["cpu_us"]
        ),
        "p99 to the bound": median(
            lambda o, b: (
                o["open"]["ack_ms"]["p99"]
                / (3 * b["open"]["ack_ms"]["p99"] + 2 * o["fdatasync_p99_ms"])
            )
        ),
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--quick", action="store_true", help="one round of 2 s, no scaling")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=4.0, help="length of each phase")
    parser.add_argument("--callers", type=int, default=1000)
    parser.add_argument("--outstanding", type=int, default=1, help="lines under way of each side")
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--link", choices=("plain", "tls", "both"), default="both")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 9000])
    parser.add_argument("--no-scaling", action="store_true", help="leave out sizes and lengths")
    parser.add_argument("--memory", action="store_true", help="memory for one more chat, too")
    parser.add_argument("--no-comparison", action="store_true", help="sizes and lengths only")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    return parser


def main() -> int:
    """Measure and print; 1 if a server lost, doubled, reordered or refused a line."""
    options = _parser().parse_args()
    if options.quick:
        options.rounds, options.seconds, options.no_scaling = 1, 2.0, True
    everything: dict[str, Any] = {"machine": describe(), "options": vars(options)}
    with tempfile.TemporaryDirectory(prefix="net119-relay-") as folder:
        bench = Bench(options, Path(folder))
        try:
            _measure(bench, options, everything)
        except RunFailed as failed:
            _say(f"error: {failed}")
            return 1
        disk = {share: percentile(bench.disk, share) for share in (0.5, 0.99)}
        everything["fdatasync_ms"] = disk
        print(f"\nfdatasync of one page: p50 {disk[0.5]:.2f} ms, p99 {disk[0.99]:.2f} ms")
    if options.json:
        options.json.write_text(json.dumps(everything, default=str, indent=1), "utf-8")
    return 0


def _measure(bench: Bench, options: argparse.Namespace, everything: dict[str, Any]) -> None:
    links = {"plain": [False], "tls": [True], "both": [False, True]}[options.link]
    for tls in [] if options.no_comparison else links:
        name = "tls" if tls else "plain"
        found = everything[name] = bench.compare(tls=tls)
        print(f"\n{options.callers} callers, {name}\n\n{_table(found, list(FIGURES))}")
        if {"provider", "websockets"} <= set(found):
            everything[f"{name} ratios"] = ratios(found)
            print(f"\nratios provider/websockets, {name}:")
            for what, ratio in everything[f"{name} ratios"].items():
                print(f"  {what}: {ratio:.2f}")
    for tls in links if options.memory else []:
        name = "tls" if tls else "plain"
        memory = everything[f"{name} memory"] = bench.by_memory(tls=tls)
        print(f"\nkB for one more chat, {name}")
        for server, values in memory.items():
            spread = f" ({min(values):.1f}-{max(values):.1f})"
            print(f"  {server}: {statistics.median(values):.1f}{spread}")
    if not options.no_scaling:
        sizes = everything["callers"] = bench.by_callers()
        shown = ("msg/s", "µs/msg", "kB/chat, fixed costs too")
        print(f"\nprovider, by callers\n\n{_table(sizes, shown)}")
        lengths = everything["length"] = bench.by_length()
        print("\nprovider, µs/msg by length of the call")
        for segment in lengths[0]:
            values = [each[segment] for each in lengths if segment in each]
            print(f"  {segment}: {statistics.median(values):.1f}")


if __name__ == "__main__":
    sys.exit(main())
