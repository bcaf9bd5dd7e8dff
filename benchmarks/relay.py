"""The chat relay of the reference provider against bare relays and chat servers, in one run.

Bare relays on `websockets` and on `picows` hold everything in memory and promise nothing; the
provider validates each line, numbers it, stores it durably (SQLite, synchronous=FULL) and only
then acknowledges it and shows it to both sides.  RabbitMQ (STOMP over WebSocket, quorum queue) and
Prosody (XMPP over WebSocket, archive in SQLite) are what else one might take; both flush a line
before they acknowledge it.  One that is not installed is left out.  Connections and messages are
the same: callers and consoles that hold 50 calls each, lines written in turn by both sides.

    python benchmarks/relay.py                  # two short rounds, some minutes
    python benchmarks/relay.py --whole          # five rounds, up to 9,000 callers, memory: an hour
    python benchmarks/relay.py --only provider --link plain --rounds 1    # while working on it
    python benchmarks/relay.py --memory --only websockets provider --link tls --rounds 5
    python benchmarks/relay.py --merge A.json B.json    # tables of several runs together

A server is kept on one core, the load on another.  `msg/s` is what was relayed with the machine
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
from benchmarks.relaying.runs import OTHERS, SERVERS, Certificate, RunFailed, run

_PROBES = 200
_LONG = 10_000
_FEW, _MORE = 100, 1_000
_EDGES = (10, 100, 1_000, 5_000, 10_000)

TARGETED = ("websockets", "provider")
PARTS = ("comparison", "memory", "growth", "length")

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
                        primed=True,
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
        found: dict[str, list[float]] = {server: [] for server in self._options.weighed}
        for _ in range(self._options.rounds):
            for server in self._options.weighed:
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
            row.append(_middle([FIGURES[name](result) for result in results]))
        rows.append(row)
    return "\n".join(f"| {' | '.join(row)} |" for row in rows)


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


RATIOS: dict[str, Figure] = {
    "messages/s": lambda r: r["closed"]["rate"],
    "messages per CPU second": lambda r: 1 / r["closed"]["cpu_us"],
    "ack p99 at half": lambda r: r["open"]["ack_ms"]["p99"],
    "kB/chat, fixed costs too": lambda r: r["rss_per_chat"],
}


def ratios(found: dict[str, list[Result]]) -> dict[str, dict[str, list[float]]]:
    """Of each round, the provider's figures to those of each other server of the same round."""
    told: dict[str, dict[str, list[float]]] = {}
    for server, results in found.items():
        if server == "provider":
            continue
        pairs = list(zip(found["provider"], results, strict=True))
        told[server] = {
            name: [figure(ours) / figure(other) for ours, other in pairs]
            for name, figure in RATIOS.items()
        }
        if server == "websockets":
            told[server]["p99 to the bound"] = [
                ours["open"]["ack_ms"]["p99"]
                / (3 * bare["open"]["ack_ms"]["p99"] + 2 * ours["fdatasync_p99_ms"])
                for ours, bare in pairs
            ]
    return told


def memory_ratios(found: dict[str, list[float]]) -> dict[str, list[float]]:
    """Of each round, a chat's memory at the provider to that at each other server."""
    ours = found.get("provider", [])
    return {
        server: [mine / other for mine, other in zip(ours, values, strict=True)]
        for server, values in found.items()
        if ours and server != "provider"
    }


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--whole", action="store_true", help="5 rounds of 4 s, sizes, memory")
    parser.add_argument("--rounds", type=int)
    parser.add_argument("--seconds", type=float, help="length of each phase")
    parser.add_argument("--callers", type=int, default=200)
    parser.add_argument("--outstanding", type=int, default=1, help="lines under way of each side")
    parser.add_argument("--only", nargs="+", choices=SERVERS, default=list(SERVERS))
    parser.add_argument("--link", choices=("plain", "tls", "both"), default="both")
    parser.add_argument("--sizes", type=int, nargs="*", default=[100, 1000, 9000])
    for part in PARTS:
        parser.add_argument(f"--{part}", action="store_true", help=f"{part}; the parts named only")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    parser.add_argument("--merge", type=Path, nargs="+", help="tables of such files, no new run")
    return parser


def _options() -> argparse.Namespace:
    options = _parser().parse_args()
    rounds, seconds = (5, 4.0) if options.whole else (2, 2.0)
    options.rounds = options.rounds or rounds
    options.seconds = options.seconds or seconds
    named = any(getattr(options, part) for part in PARTS)
    if not named:
        options.comparison = options.memory = True
        options.growth = options.length = options.whole
    for server in list(options.only):
        reason = OTHERS[server]() if server in OTHERS else None
        if reason:
            print(f"left out: {reason}")
            options.only.remove(server)
    # In the short run only the two whose ratio has a target, over the link that is shipped.
    short = not named and not options.whole
    options.weighed = [each for each in options.only if each in TARGETED or not short]
    options.weighed_links = ("tls",) if short else ("plain", "tls")
    return options


def main() -> int:
    """Measure and print; 1 if a server lost, doubled, reordered or refused a line."""
    options = _options()
    if options.merge:
        show(merged([json.loads(file.read_text("utf-8")) for file in options.merge]))
        return 0
    everything: dict[str, Any] = {"machine": describe(), "options": vars(options)}
    with tempfile.TemporaryDirectory(prefix="net119-relay-") as folder:
        bench = Bench(options, Path(folder))
        try:
            _measure(bench, options, everything)
        except RunFailed as failed:
            _say(f"error: {failed}")
            return 1
        finally:
            everything["fdatasync"] = bench.disk
            if options.json:
                text = json.dumps(everything, default=str, indent=1)
                options.json.write_text(text, "utf-8")
    show(everything)
    return 0


def _measure(bench: Bench, options: argparse.Namespace, everything: dict[str, Any]) -> None:
    links = {"plain": [False], "tls": [True], "both": [False, True]}[options.link]
    for tls in links:
        name = "tls" if tls else "plain"
        if options.comparison:
            everything[f"{name}, {options.callers} callers"] = bench.compare(tls=tls)
        if options.memory and name in options.weighed_links:
            everything[f"memory, {name}"] = bench.by_memory(tls=tls)
    if options.growth:
        everything["growth"] = bench.by_callers()
    if options.length:
        everything["length"] = bench.by_length()


def merged(runs: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """The rounds of several runs as if they were of one."""
    found: dict[str, Any] = {}
    for run_ in runs:
        for name, measured in run_.items():
            if isinstance(measured, list):
                found[name] = found.get(name, []) + measured
            elif name not in ("machine", "options"):
                rows = found.setdefault(name, {})
                for server, results in measured.items():
                    rows[server] = rows.get(server, []) + results
    return found


def show(everything: dict[str, Any]) -> None:
    """Print the tables of what was measured: medians, and in brackets least and most."""
    for name, found in everything.items():
        if name.startswith(("plain", "tls")):
            print(f"\n{name}\n\n{_table(found, list(FIGURES))}")
            if "provider" in found:
                _show_ratios(found)
        elif name.startswith("memory"):
            print(f"\nkB for one more chat, {name.partition(', ')[2]}")
            for server, values in found.items():
                print(f"  {server}: {_middle(values)}")
            for server, values in memory_ratios(found).items():
                print(f"  provider to {server}, of the same round: {_middle(values)}")
    if "growth" in everything:
        shown = ("msg/s", "µs/msg", "kB/chat, fixed costs too")
        print(f"\nprovider, by callers\n\n{_table(everything['growth'], shown)}")
    if everything.get("length"):
        print("\nprovider, µs/msg by length of the call")
        for segment in everything["length"][0]:
            print(f"  {segment}: {_middle([each[segment] for each in everything['length']])}")
    disk = {share: percentile(everything["fdatasync"], share) for share in (0.5, 0.99)}
    print(f"\nfdatasync of one page: p50 {disk[0.5]:.2f} ms, p99 {disk[0.99]:.2f} ms")


def _show_ratios(found: dict[str, list[Result]]) -> None:
    names = [*RATIOS, "p99 to the bound"]
    print("\nprovider to each, of the same round\n")
    print(f"| | {' | '.join(names)} |\n| {' | '.join(['---'] * (1 + len(names)))} |")
    for server, told in ratios(found).items():
        row = (_middle(told[name]) if name in told else "" for name in names)
        print(f"| {server} | {' | '.join(row)} |")


def _middle(values: Sequence[float]) -> str:
    spread = f" ({min(values):.3g}-{max(values):.3g})" if len(values) > 1 else ""
    return f"{statistics.median(values):.4g}{spread}"


if __name__ == "__main__":
    sys.exit(main())
