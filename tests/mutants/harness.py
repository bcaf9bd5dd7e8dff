"""Starts providers through the fork server and has them judged, in this process."""

import asyncio
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest import mock

from net119_conformance import judge
from net119_conformance.drivers.names import DriverName
from net119_conformance.environment import Description
from net119_conformance.errors import TrialEnded
from net119_conformance.purpose import Purpose, load_purposes
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.local import LocalEnvironment
from net119_conformance.world.local_bench import bench
from net119_conformance.world.needs import Needs
from net119_simulators.network.forks import Forks

from tests.mutants.registry import CLEAN

PURPOSES = "net119_conformance.purposes"
JUDGED, PARTNER = "aoba", "midori"
"""Operator codes of the provider that is judged and of the clean one beside it."""


def purposes() -> dict[str, Purpose]:
    """Every test purpose of the suite by ID."""
    return load_purposes([PURPOSES])


@dataclass(frozen=True)
class Running:
    """Providers that can be judged; ``judge`` takes a purpose that they were started for."""

    environment: LocalEnvironment
    description: Description
    out: Path

    def judge(self, purpose: Purpose) -> ItemRecord:
        """Run one purpose against the judged provider; may be called from any thread."""
        system = self.environment.suts()[0]
        return judge.judge_item(purpose, system, bench(self.description, 0), self.out)

    def log(self) -> str:
        """The judged provider's last words."""
        return self.environment.log_tail(JUDGED)


@contextmanager
def running(
    forks: Forks,
    mutant: str,
    wanted: Iterable[Purpose],
    out: Path,
    *,
    driver: DriverName = DriverName.API,
    chromium: str = "",
) -> Iterator[Running]:
    """A mutant to be judged by these purposes; a clean provider beside it if they need one.

    ``chromium``: the URL of a real browser, for those that need one.
    """
    chosen = list(wanted)
    block = AddressBlock()
    addresses = block.providers()
    operators = {JUDGED: next(addresses)}
    if any(isinstance(each.needs, Needs) and each.needs.partner for each in chosen):
        operators[PARTNER] = next(addresses)
    environment = LocalEnvironment(
        chosen,
        operators,
        command=forks.command(CLEAN),
        commands={JUDGED: forks.command(mutant)},
        judged=[JUDGED],
        name=f"mutant {mutant}",
        driver=driver,
        chromium=chromium,
    )
    with asyncio.Runner() as runner:
        try:
            description = runner.run(environment.start())
            yield Running(environment, description, out)
        finally:
            try:
                runner.run(environment.stop())
            finally:
                block.release()


def told_apart(
    forks: Forks, mutant: str, records: Iterable[ItemRecord], out: Path, **options: Any
) -> list[ItemRecord]:
    """The records, in their order; what the suite itself was too slow to tell about is judged
    again, one by one, at providers that are started anew with these options of `running`."""
    first = list(records)
    every = purposes()
    suspect = [each.id for each in first if each.suspect]
    if not suspect:
        return first
    wanted = [every[name] for name in suspect]
    with running(forks, mutant, wanted, out / "again", **options) as system:
        second = {name: system.judge(every[name]) for name in suspect}
    return [second.get(each.id, each) for each in first]


def in_browser(purpose: Purpose) -> bool:
    """Whether a purpose needs a real browser."""
    return isinstance(purpose.needs, Needs) and purpose.needs.browser


@contextmanager
def ending_at(check: str) -> Iterator[None]:
    """Let purposes end as soon as a check of this name has failed: what it is about is known."""

    class Ending(Trial):
        def check(self, name: str, condition: bool, **details: Any) -> bool:
            held = super().check(name, condition, **details)
            if name == check and not held:
                raise TrialEnded(name)
            return held

    with mock.patch.object(judge, "Trial", Ending):
        yield


def explained(record: ItemRecord, log: str = "") -> str:
    """A record's verdict with everything that did not hold, for a failing test."""
    failed = [
        f"check {check.name!r}: expected {check.expected}, seen {check.seen}"
        for check in record.checks
        if not check.passed
    ]
    reasons = [reason.en for reason in record.reasons]
    parts = [f"{record.id}: {record.verdict}", *failed, *reasons, log]
    return "\n  ".join(part for part in parts if part)
