"""Kill providers at random, again and again, while people call through them.

    python -m scripts.sigkills --seed 1 --kills 1000

Two real providers, each with callers and a dispatcher; calls go to the own area and to the other
provider's, chat goes both ways, calls are transferred and closed.  At random moments a provider's
process gets SIGKILL and is started again.  After each kill the dead provider's database is looked
at: every line that was acknowledged must be in it.  At the end, when all has come to rest: every
call has one owner, both providers have the same lines, no call has changed its mode, none is live.
Ends with status 1 and what was wrong if something was.
"""

import argparse
import asyncio
import contextlib
import json
import os
import random
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from net119_protocol.api.common import LineStored, NewLine
from net119_protocol.api.console_acts import NewTransfer, Transfer
from net119_protocol.codes import CloseOutcome, Kind, Mode, PlaceChoice
from net119_simulators.dispatcher import Dispatcher
from net119_simulators.errors import SimulatorError
from net119_simulators.gps import fixed
from net119_simulators.line_sender import new_client_id
from net119_simulators.network import ProviderSpec, Timers
from net119_simulators.person import make_person
from net119_simulators.phone_call import PhoneCall
from net119_simulators.smartphone import Smartphone

from scripts.forked_providers import ForkedNetwork

T = TypeVar("T")
UNITS = {
    "aoba": ("chitose", "chitose", "01224", fixed(42.8210, 141.6509)),
    "midori": ("chita-tokoname", "chita", "23216", fixed(34.8867, 136.8324)),
}
"""Department, center and municipality of each provider's callers, and a place in its area."""
MODES = (Mode.TEST, Mode.PRACTICE, Mode.DRILL)
TIMERS = Timers(t1_s=2.0, offer_attempts=2, t2_s=20.0, t3_s=8.0, heartbeat_s=1.0, reconnect_s=0.1)
STALE_KILLS = 100
"""In so many kills some calls must have been transferred."""
LIMITS = {
    "limits": {
        "line_burst": 10_000,
        "lines_per_s": 10_000.0,
        # Few people make all the calls.
        "registrant_calls": 10_000,
        "registrant_call_burst": 10_000,
    }
}


@dataclass
class Kept:
    """A call, and what its caller and dispatchers were told."""

    call_id: UUID
    anchor: str
    mode: Mode
    acknowledged: dict[str, int] = field(default_factory=dict)


@dataclass
class Run:
    """The whole run, and its figures."""

    network: ForkedNetwork
    chance: random.Random
    calls: dict[UUID, Kept] = field(default_factory=dict)
    figures: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    consoles: dict[str, Dispatcher] = field(default_factory=dict)

    def rows(self, operator: str, query: str, *parameters: object) -> list[Any]:
        """What a provider has committed."""
        file = self.network.folder / operator / "data" / "net119.db"
        with contextlib.closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as raw:
            return raw.execute(query, parameters).fetchall()

    def record(self, operator: str, call_id: UUID) -> dict[str, Any] | None:
        rows = self.rows(operator, "SELECT document FROM calls WHERE call_id = ?", str(call_id))
        return json.loads(rows[0][0]) if rows else None

    async def again(self, work: Callable[[], Awaitable[T]]) -> T | None:
        """Do it until the provider has answered; ``None`` if it refused, or the run is over."""
        while not self.over.is_set():
            try:
                return await work()
            except SimulatorError as error:
                if type(error).__name__ == "CallRefused":
                    self.figures["refused"] += 1
                    return None
                await asyncio.sleep(0.1)
        return None


# --- people -----------------------------------------------------------------------------------


async def caller(run: Run, phone: Smartphone, anchor: str) -> None:
    """Call, talk, and call again."""
    chance = run.chance
    while not run.over.is_set():
        place = UNITS[chance.choice(sorted(UNITS))][3]
        mode, name = chance.choice(MODES), new_client_id()
        call: PhoneCall | None = await run.again(
            lambda: phone.call(  # awaited before the loop goes on
                Kind.AMBULANCE,
                PlaceChoice.CURRENT,
                mode=mode,  # noqa: B023  # awaited before the loop goes on
                fix=place,  # noqa: B023  # awaited before the loop goes on
                client_call_id=name,  # noqa: B023  # awaited before the loop goes on
                connect=False,
            )
        )
        if call is None:
            continue
        kept = run.calls.setdefault(call.id, Kept(call.id, anchor, mode))
        run.figures["calls"] += 1
        for number in range(chance.randint(3, 12)):
            line = NewLine(client_id=new_client_id(), text=f"助けて {number} 髙橋𠮷子①")
            stored = await run.again(lambda: call.say_over_http(line))  # noqa: B023  # awaited before the loop goes on
            if stored is None:
                break
            keep(run, kept, stored)
            await asyncio.sleep(chance.uniform(0, 0.3))


def keep(run: Run, kept: Kept, stored: LineStored) -> None:
    """A line was acknowledged."""
    run.figures["acknowledged"] += 1
    before = kept.acknowledged.setdefault(stored.client_id, stored.seq)
    if before != stored.seq:
        run.wrong.append(f"{stored.client_id} has two numbers: {before}, {stored.seq}")


async def dispatcher(run: Run, operator: str) -> None:
    """Answer what rings here, write, transfer some, close them in the end."""
    console = run.consoles[operator]
    said: Counter[UUID] = Counter()
    while not run.over.is_set():
        calls = await run.again(console.center_calls)
        for view in calls or ():
            kept = run.calls.get(view.call_id)
            if kept is None or view.closed_at is not None or run.over.is_set():
                continue
            await serve(run, operator, kept, said)
        await asyncio.sleep(0.2)


async def serve(run: Run, operator: str, kept: Kept, said: Counter[UUID]) -> None:
    """One turn with one call, at the provider that has it."""
    console, chance, call_id = run.consoles[operator], run.chance, kept.call_id
    record = run.record(operator, call_id)
    if record is None or record["owner"]["provider"] != operator:
        return
    if record["state"] == "ringing":
        await run.again(lambda: console.answer(call_id, over_http=True))
        return
    said[call_id] += 1
    dice = chance.random()
    if said[call_id] > 5 or dice < 0.1:
        outcome = CloseOutcome.PRACTICE_DONE
        closed = await run.again(lambda: console.close(call_id, outcome, over_http=True))
        run.figures["closed"] += closed is not None
    elif dice < 0.25:
        to = UNITS[chance.choice(sorted(UNITS))][0]
        body, path = NewTransfer(department=to, reason="管轄違い"), {"call_id": call_id}
        done = await run.again(lambda: console.api.ask("transfer", Transfer, path=path, body=body))
        if done is not None and done.failure is None and done.ended_at is not None:
            run.figures["transferred"] += 1
    else:
        line, text = new_client_id(), f"どうしましたか {said[call_id]}"
        stored = await run.again(lambda: console.say(call_id, text, client_id=line, over_http=True))
        if stored is not None:
            keep(run, kept, stored)


async def keep_connected(run: Run, operator: str) -> None:
    """Without a console no call is accepted."""
    console = run.consoles[operator]
    while True:
        try:
            await console.wait_for_drop(within=3600)
            await console.resume(within=60)
        except SimulatorError:
            await asyncio.sleep(0.1)


# --- killing ----------------------------------------------------------------------------------


async def killer(run: Run, kills: int, until: float) -> None:
    """Kill one after the other, each while the last may still be starting."""
    chance, began, transferred = run.chance, time.monotonic(), 0
    starting: dict[str, asyncio.Task[None]] = {}
    while run.figures["kills"] < kills and time.monotonic() < until and not run.wrong:
        await asyncio.sleep(chance.uniform(0.05, 0.8))
        victim = chance.choice(sorted(UNITS))
        if victim in starting:
            await starting.pop(victim)
            await asyncio.sleep(chance.uniform(0.0, 1.0))
        run.network.kill(victim)
        run.figures["kills"] += 1
        look_after_kill(run, victim)
        starting[victim] = asyncio.create_task(run.network.start(victim))
        if run.figures["kills"] % STALE_KILLS == 0:
            # A run in which no console comes back, or no link, kills providers that do nothing.
            if run.figures["transferred"] == transferred:
                run.wrong.append(f"nothing was transferred during {STALE_KILLS} kills")
            transferred = run.figures["transferred"]
        if run.figures["kills"] % 10 == 0:
            seconds = time.monotonic() - began
            print(f"{seconds:6.0f} s  {figures(run)}", flush=True)
    await asyncio.gather(*starting.values())


def figures(run: Run) -> str:
    """The figures so far, on one line."""
    names = ("kills", "calls", "acknowledged", "transferred", "closed", "refused", "lines checked")
    return ", ".join(f"{name} {run.figures[name]}" for name in names)


def look_after_kill(run: Run, victim: str) -> None:
    """Every acknowledged line of the dead anchor is in its database (I2)."""
    stored: dict[str, set[str]] = {}
    for call_id, client_id in run.rows(victim, "SELECT call_id, client_id FROM lines"):
        stored.setdefault(call_id, set()).add(client_id)
    for kept in run.calls.values():
        if kept.anchor == victim:
            lost = kept.acknowledged.keys() - stored.get(str(kept.call_id), set())
            run.figures["lines checked"] += len(kept.acknowledged)
            run.wrong += [f"{kept.call_id}: {each} was acknowledged and is lost" for each in lost]


# --- the end ----------------------------------------------------------------------------------


async def come_to_rest(run: Run, within: float) -> bool:
    """Wait until nothing waits to be sent between the providers."""
    query = "SELECT count(*) FROM outbox WHERE NOT confirmed"
    quiet, until = 0, time.monotonic() + within
    while quiet < 5 and time.monotonic() < until:
        waiting = sum(run.rows(name, query)[0][0] for name in UNITS)
        quiet = 0 if waiting else quiet + 1
        await asyncio.sleep(0.5)
    return quiet >= 5


def check(run: Run) -> None:
    """What must hold of every call in the end."""
    for name in UNITS:
        look_after_kill(run, name)
    for kept in run.calls.values():
        (other,) = set(UNITS) - {kept.anchor}
        here, there = run.record(kept.anchor, kept.call_id), run.record(other, kept.call_id)
        if here is None:
            run.wrong.append(f"{kept.call_id}: the anchor has no record")
            continue
        is_open = here["state"] != "closed"
        run.figures["open in the end"] += is_open
        for record in (here, there):
            if record is not None and record["mode"] != kept.mode.value:
                run.wrong.append(f"{kept.call_id}: {kept.mode.value} became {record['mode']}")
        owners = [here["owner"]["provider"] == kept.anchor]
        owners.append(
            there is not None
            and there["owner"]["provider"] == other
            and (there["state"] != "closed" or not is_open)
            and there["epoch"] == here["epoch"]
        )
        if is_open and sum(owners) != 1:
            run.wrong.append(f"{kept.call_id}: {sum(owners)} owners; {_brief(here, there)}")
        if there is not None and there["state"] != "closed":
            believes = there["owner"]["provider"] == other
            if believes and not (is_open and owners[1]):
                run.wrong.append(f"{kept.call_id}: {other} owns it too; {_brief(here, there)}")
        query = "SELECT seq, document FROM lines WHERE call_id = ? ORDER BY seq"
        lines = run.rows(kept.anchor, query, str(kept.call_id))
        if [seq for seq, _ in lines] != list(range(1, len(lines) + 1)):
            run.wrong.append(f"{kept.call_id}: the anchor's lines have gaps")
        copy = run.rows(other, query, str(kept.call_id))
        whole = is_open and here["owner"]["provider"] == other
        same = copy == lines if whole else all(lines[seq - 1] == (seq, d) for seq, d in copy)
        if not same:
            run.wrong.append(f"{kept.call_id}: the transcripts differ; {_brief(here, there)}")


def _brief(*records: dict[str, Any] | None) -> str:
    return "; ".join(
        "none"
        if each is None
        else f"{each['side']} {each['state']} epoch {each['epoch']} of {each['owner']['provider']}"
        for each in records
    )


async def work(seed: int, kills: int, minutes: float, callers: int, folder: Path) -> Run:
    """The whole run."""
    specs = (ProviderSpec("aoba", "127.0.7.2"), ProviderSpec("midori", "127.0.7.3"))
    async with contextlib.AsyncExitStack() as stack:
        network = ForkedNetwork(specs, folder, timers=TIMERS, settings=LIMITS, start_within_s=120.0)
        await stack.enter_async_context(network)
        run = Run(network, random.Random(seed))  # no secret
        people: list[Any] = []
        for operator, (department, center, municipality, _place) in UNITS.items():
            token = await network.dispatcher_token(operator, center)
            console = network.dispatcher(operator, token)
            run.consoles[operator] = await stack.enter_async_context(console)
            people += [keep_connected(run, operator), dispatcher(run, operator)]
            for number in range(callers):
                person = make_person(number + 1, municipality)
                known = await network.register(operator, department, person)
                phone = await stack.enter_async_context(network.phone(operator, known))
                people.append(caller(run, phone, operator))
        tasks = [asyncio.create_task(each) for each in people]
        for task in tasks:
            task.add_done_callback(lambda done: _failed(run, done))
        await killer(run, kills, time.monotonic() + 60 * minutes)
        run.over.set()
        await asyncio.sleep(2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        if not await come_to_rest(run, 60):
            run.wrong.append("messages between the providers still wait after 60 s")
        for operator in UNITS:
            network.kill(operator)
        check(run)
    return run


def _failed(run: Run, done: "asyncio.Task[Any]") -> None:
    if not done.cancelled() and done.exception() is not None:
        run.wrong.append(f"a person gave up: {done.exception()!r}")


def main() -> int:
    """Run, print the figures; 1 if something was wrong."""
    parser = argparse.ArgumentParser(prog="sigkills", description=__doc__)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--kills", type=int, default=1000)
    parser.add_argument("--minutes", type=float, default=60.0, help="stop earlier after so long")
    parser.add_argument("--callers", type=int, default=3, help="at each provider")
    parser.add_argument("--folder", type=Path, help="keep everything here; default: thrown away")
    given = parser.parse_args()
    print(f"seed {given.seed}, up to {given.kills} kills, {os.cpu_count()} cores", flush=True)
    with tempfile.TemporaryDirectory(prefix="net119-sigkills-") as temporary:
        folder = given.folder or Path(temporary)
        run = asyncio.run(work(given.seed, given.kills, given.minutes, given.callers, folder))
    print(f"{figures(run)}, open in the end {run.figures['open in the end']}")
    for each in run.wrong:
        print(f"WRONG {each}")
    print("every acknowledged line kept, one owner each" if not run.wrong else "failed")
    return 1 if run.wrong else 0


if __name__ == "__main__":
    sys.exit(main())
