"""How long a call between providers takes from its offer to ringing, beside three bare messages.

    .venv/bin/python benchmarks/offer_to_ringing.py [--calls 100] [--rounds 5]

Two reference providers run as processes of their own, joined by STOMP over TLS on loopback, each
with a durable SQLite store (synchronous=FULL).  A *call* begins when the anchor puts `call.offer`
into its outbox, before that is committed, and ends when the other provider hands the frame that
rings to its console's connection.  In between lie three messages (offer, accept, assign) and four
commits, one after the other: the anchor's with the offer, the other's with the accept, the
anchor's with the assignment, the other's with the ringing call.

A *bare exchange* is three messages of the same sizes between the same two processes, over the same
connections and queues and through the same kernel, with the same four commits: a row of the
outbox before sending, a row of the inbox before acknowledging, the answer's row with it.  Nothing
is in them, and nothing is done with them.

An exchange *with a call's commits* is the same, but that each of the four commits also writes,
with the same statements, the rows that the calls before it wrote at that step (call, history,
audit, further messages).  So the first ratio is what a call costs beside its messages, the second
what the provider's own work costs beside messages and disk.

Calls and exchanges take turns, another one beginning each time; each begins when nothing waits at
either provider any more.  The machine's load hits both alike, so the
ratios are what counts; see docs/performance.md.  Exit status 1 if a median ratio is above
`--most`.
"""

import argparse
import asyncio
import contextlib
import dataclasses
import functools
import json
import os
import statistics
import sys
import tempfile
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

# Run as a script, this file's folder is where Python looks for modules.
sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from net119_protocol.codes import CloseOutcome, Kind, Mode, PlaceChoice
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.gps import fixed
from net119_simulators.network import LocalNetwork, ProviderSpec
from net119_simulators.person import make_person
from net119_simulators.smartphone import Smartphone

from benchmarks.relaying.machine import describe, fdatasync_ms, percentile
from benchmarks.ringing.provider import SOCKET

ANCHOR, OTHER = "aoba", "midori"
HOME = ("chitose", "01224")
THERE = ("chita", fixed(34.8867, 136.8324))
BESIDE = {"bare": "a bare exchange", "committed": "one with a call's commits"}
_OFFER = ("call.offer", "call.accept", "call.assign")


class Control:
    """Gives orders to a provider of the benchmark."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, folder: Path) -> "Control":
        """Connect to the provider whose settings are in ``folder``."""
        return cls(*await asyncio.open_unix_connection(folder / SOCKET))

    async def ask(self, **order: Any) -> dict[str, Any]:
        """Give an order, and wait until it is carried out."""
        self._writer.write(json.dumps(order).encode() + b"\n")
        async with asyncio.timeout(60):
            answer: dict[str, Any] = json.loads(await self._reader.readline())
        return answer


@dataclass
class Pair:
    """Both providers, who calls, and who answers."""

    phone: Smartphone
    console: Dispatcher
    anchor: Control
    other: Control

    async def at_rest(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """Wait until neither has anything to send; what they say of themselves."""
        await self.anchor.ask(do="idle")
        there = await self.other.ask(do="idle")
        # Again: what was confirmed meanwhile may have been answered.
        return await self.anchor.ask(do="idle"), there

    async def measured(self, name: str) -> float:
        """Milliseconds from begin to end."""
        end = await self.other.ask(do="wait", what="end", id=name)
        begin = await self.anchor.ask(do="wait", what="begin", id=name)
        return (int(end["at"]) - int(begin["at"])) / 1e6

    async def call(self) -> float:
        """Place a call, wait until it rings, and close it."""
        await self.at_rest()
        call = await self.phone.call(
            Kind.AMBULANCE, PlaceChoice.CURRENT, mode=Mode.TEST, fix=THERE[1], connect=False
        )
        taken = await self.measured(str(call.id))
        await self.console.answer(call.id, over_http=True)
        await self.console.close(call.id, CloseOutcome.PRACTICE_DONE, over_http=True)
        return taken

    async def bare(self, sizes: Sequence[int], *, rows: bool) -> float:
        """Send the bare messages to and fro; with ``rows`` a call's commits are made for them."""
        await self.at_rest()
        name = str(uuid4())
        await self.anchor.ask(do="bare", id=name, peer=OTHER, sizes=list(sizes), rows=rows)
        return await self.measured(name)

    async def sizes(self) -> list[int]:
        """Octets of the last call's offer, accept and assignment."""
        here, there = await self.at_rest()
        known = here["sizes"] | there["sizes"]
        return [known[kind] for kind in _OFFER]


_LIMITS = {"limits": {"registrant_calls": 10_000, "registrant_call_burst": 10_000}}
"""One registrant makes all calls."""


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[Pair]:
    """The providers, with a registrant of one and a console of the other."""
    environment = {"PYTHONPATH": os.pathsep.join((sys.path[0], os.environ.get("PYTHONPATH", "")))}
    specs = [
        ProviderSpec(code, f"127.0.8.{number}", environment=environment, settings=_LIMITS)
        for number, code in enumerate((ANCHOR, OTHER), 2)
    ]
    command = (sys.executable, "-m", "benchmarks.ringing.provider")
    async with contextlib.AsyncExitStack() as stack:
        network = await stack.enter_async_context(
            LocalNetwork(specs, folder, command=command, start_within_s=180.0)
        )
        known = await network.register(ANCHOR, HOME[0], make_person(1, HOME[1]))
        token = await network.dispatcher_token(OTHER, THERE[0])
        await network.wait_until_peers_run(ANCHOR, [OTHER], within=60.0)
        # Caller and dispatcher stand for other machines: what they do with an answer that has come
        # must not keep the providers, which are started, from the cores meanwhile.
        os.nice(19)
        yield Pair(
            phone=await stack.enter_async_context(network.phone(ANCHOR, known)),
            console=await stack.enter_async_context(network.dispatcher(OTHER, token)),
            anchor=await Control.open(folder / ANCHOR),
            other=await Control.open(folder / OTHER),
        )


@dataclass(frozen=True)
class Round:
    """One repetition, in milliseconds; ``committed`` are exchanges with a call's commits."""

    calls: tuple[float, ...]
    bare: tuple[float, ...]
    committed: tuple[float, ...]

    def beside(self, name: str) -> tuple[float, ...]:
        """What calls are compared with."""
        return self.bare if name == "bare" else self.committed

    def ratio(self, share: float, name: str = "bare") -> float:
        """Of the same percentile of both."""
        return percentile(self.calls, share) / percentile(self.beside(name), share)

    def told(self) -> str:
        """The figures of the round."""
        shown = [
            f"call {_both(self.calls)}, bare {_both(self.bare)}, with a call's commits "
            f"{_both(self.committed)}"
        ]
        for name in BESIDE:
            paired = zip(self.calls, self.beside(name), strict=True)
            shown.append(
                f"to {BESIDE[name]}: medians {self.ratio(0.5, name):.2f}, "
                f"p99 {self.ratio(0.99, name):.2f}, "
                f"neighbours {statistics.median(call / other for call, other in paired):.2f}"
            )
        return "; ".join(shown)


async def measure(folder: Path, calls: int, rounds: int, warm: int) -> list[Round]:
    """All rounds, one after the other."""
    found = []
    async with running(folder) as pair:
        for _ in range(warm):
            await pair.call()
            sizes = await pair.sizes()
            await pair.bare(sizes, rows=False)
            await pair.bare(sizes, rows=True)
        sizes = await pair.sizes()
        print(f"sizes of offer, accept, assign: {sizes} octets", flush=True)
        here, there = await pair.at_rest()
        for step, names in sorted((here["rows"] | there["rows"]).items()):
            print(f"commit {step} also writes: {', '.join(names)}", flush=True)
        kinds: tuple[tuple[str, Callable[[], Awaitable[float]]], ...] = (
            ("calls", pair.call),
            ("bare", functools.partial(pair.bare, sizes, rows=False)),
            ("committed", functools.partial(pair.bare, sizes, rows=True)),
        )
        for number in range(1, rounds + 1):
            taken: dict[str, list[float]] = {name: [] for name, _ in kinds}
            for turn in range(calls):
                for name, once in kinds[turn % 3 :] + kinds[: turn % 3]:
                    taken[name].append(await once())
            each = Round(**{name: tuple(values) for name, values in taken.items()})
            found.append(each)
            load = f"(load average {os.getloadavg()[0]:.1f})"
            print(f"round {number}: {each.told()}  {load}", flush=True)
    return found


def _both(values: Sequence[float]) -> str:
    return f"p50 {percentile(values, 0.5):.1f} ms p99 {percentile(values, 0.99):.1f} ms"


def summary(found: Sequence[Round]) -> dict[str, Any]:
    """The ratios: of each round, with their median and spread, and of all rounds together."""
    whole = Round(
        *(
            tuple(taken for each in found for taken in getattr(each, name))
            for name in ("calls", "bare", "committed")
        )
    )
    ratios: dict[str, Any] = {}
    for beside, words in BESIDE.items():
        for name, share in {"median": 0.5, "p99": 0.99}.items():
            values = [each.ratio(share, beside) for each in found]
            ratios[f"{name} to {words}"] = {
                "median of rounds": statistics.median(values),
                "least": min(values),
                "most": max(values),
                "all rounds together": whole.ratio(share, beside),
            }
    return ratios


def main() -> int:
    """Measure and print; 1 if the ratio is above what was asked for."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else "")
    parser.add_argument("--calls", type=int, default=100, help="calls in each round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--warm", type=int, default=10, help="calls before the first round")
    parser.add_argument("--most", type=float, default=0, help="exit 1 above this ratio")
    parser.add_argument("--json", type=Path, help="write everything measured to this file")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="net119-ringing-") as temporary:
        folder = Path(temporary)
        machine = describe()
        disk = fdatasync_ms(folder, 200)
        print(
            f"{machine}, fdatasync p50 {percentile(disk, 0.5):.2f} ms p99 "
            f"{percentile(disk, 0.99):.2f} ms",
            flush=True,
        )
        found = asyncio.run(measure(folder, given.calls, given.rounds, given.warm))
    ratios = summary(found)
    for name, values in ratios.items():
        said = ", ".join(f"{what} {value:.2f}" for what, value in values.items())
        print(f"ratio of {name}: {said}")
    if given.json:
        everything = {
            "machine": machine,
            "ratios": ratios,
            "rounds": [dataclasses.asdict(each) for each in found],
        }
        given.json.write_text(json.dumps(everything, indent=1, default=str), "utf-8")
    worst = max(values["median of rounds"] for values in ratios.values())
    if given.most and worst > given.most:
        print(f"above {given.most}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
