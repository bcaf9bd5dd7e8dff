"""Starts the minimal provider as its vendor would, and has purposes judge it through its hook."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from net119_conformance import judge
from net119_conformance.drivers.http_hook import HookDriver, HookSettings
from net119_conformance.environment import Sut
from net119_conformance.purpose import Purpose
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.local_bench import needs_of
from net119_conformance.world.makers import Maker, issue_for_peer
from net119_conformance.world.plan import Claim, WorldPlan, plan_world
from net119_conformance.world.world import World
from net119_protocol.api.admin import PeerOperator
from net119_protocol.directory import japan_date, load_directory
from net119_protocol.interconnect import PORT
from net119_simulators.network.authority import Authority
from net119_simulators.network.specs import Timers
from net119_simulators.peer import SutEndpoint
from net119_simulators.person import jurisdictions
from net119_simulators.wiretap import Silence

ROOT = Path(__file__).parents[3]
POLYGONS = ROOT / "protocol/net119_protocol/directory/data/municipalities.geojson.gz"
SUT = "aoba"
HOOK_PORT = 9119
PROGRAM = "tests.minimal_provider"
PROGRAM_WITH = "tests.conformance.foreign.defects"
TIMERS = Timers(
    t1_s=1.0, offer_attempts=2, t2_s=4.0, silent_s=3.0, t3_s=3.0, heartbeat_s=0.5, gap_s=0.3
)


@dataclass(frozen=True)
class Judging:
    """The minimal provider, running in a world of these purposes."""

    plan: WorldPlan
    folder: Path
    address: str
    out: Path
    timers: Timers = TIMERS

    @property
    def sut(self) -> Sut:
        """What is judged."""
        return Sut(key=SUT, name="minimal provider", derived_binds=True)

    @asynccontextmanager
    async def open(self, purpose: Purpose, sut: Sut, trial: Trial) -> AsyncIterator[World]:
        """The world of one purpose."""
        estate = self.plan.estates[purpose.id]
        driver = hook_driver(self.address, trial.evidence)
        ca = self.folder / "ca"
        maker = Maker(SutEndpoint(SUT, self.address, PORT), estate, ca / "ca.pem", ca)
        async with AsyncExitStack() as stack:
            stack.push_async_callback(driver.close)
            await driver.look()
            yield World(trial, SUT, driver, estate, self.timers, maker, None, stack)

    def judge(self, purpose: Purpose) -> ItemRecord:
        """Judge by one purpose."""
        return judge.judge_item(purpose, self.sut, self, self.out)


def hook_driver(address: str, wiretap: Any) -> HookDriver:
    """A driver for the hook at an address."""
    return HookDriver(HookSettings(url=f"http://{address}:{HOOK_PORT}"), SUT, wiretap)


@contextmanager
def running(
    purposes: Sequence[Purpose], folder: Path, *, defect: str = "", timers: Timers = TIMERS
) -> Iterator[Judging]:
    """The provider, with a planted defect if one is named, and all that these purposes need."""
    block = AddressBlock()
    try:
        index = jurisdictions()
        claims = [Claim(each.id, SUT, needs_of(each)) for each in purposes]
        base = load_directory(index.municipalities)
        today = japan_date(datetime.now(UTC))
        plan = plan_world(claims, index, base, block.peers(), today)
        address = next(block.providers())
        ca = Authority(folder / "ca")
        ca.issue(address)
        by_id = {each.id: each for each in purposes}
        for key, estate in plan.estates.items():
            issue_for_peer(ca, folder / "ca", estate, address, needs_of(by_id[key]))
        options = [
            *("--me", SUT, "--address", address, "--tls", str(folder / "ca")),
            *("--polygons", str(POLYGONS), "--hook-port", str(HOOK_PORT)),
            *("--t1", str(timers.t1_s), "--attempts", str(timers.offer_attempts)),
            *("--t2", "4", "--t3", "3", "--silent", "3"),
            *("--heart-beat", "0.5", "--gap", "0.3"),
        ]
        program = [PROGRAM] if not defect else [PROGRAM_WITH, defect]
        with started([sys.executable, "-m", *program, *options], folder / "log"):
            asyncio.run(_hand_over(address, plan))
            yield Judging(plan, folder, address, folder / "out", timers)
    finally:
        block.release()


@contextmanager
def started(command: Sequence[str], log: Path) -> Iterator[None]:
    """A process that says a line when it serves."""
    with (
        log.open("wb") as errors,
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=errors, cwd=ROOT) as process,
    ):
        try:
            assert process.stdout is not None
            if not process.stdout.readline():
                raise RuntimeError(f"it did not start: {log.read_text('utf-8')}")
            yield
        finally:
            process.terminate()
            process.wait(10)


async def _hand_over(address: str, plan: WorldPlan) -> None:
    """Give the provider directory and peers, as the suite does where the hook can take them."""
    driver = hook_driver(address, Silence())
    try:
        await driver.load_directory(json.loads(plan.directory))
        await driver.load_operators(
            [
                PeerOperator.model_validate(
                    {"operator": e.peer.operator, "address": e.peer_address, "port": PORT}
                )
                for e in plan.estates.values()
                if e.peer is not None
            ]
        )
    finally:
        await driver.close()


def explained(record: ItemRecord) -> str:
    """A verdict with what did not hold."""
    failed = [
        f"{c.name}: expected {c.expected}, seen {c.seen}" for c in record.checks if not c.passed
    ]
    return "\n  ".join([f"{record.id}: {record.verdict}", *failed, *(r.en for r in record.reasons)])
