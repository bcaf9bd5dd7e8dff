"""The proof of the purposes of pairs: each check names a bad partner for it, on the right side."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from net119_conformance import judge
from net119_conformance.environment import Sut
from net119_conformance.errors import TrialEnded
from net119_conformance.interop import bench, reference
from net119_conformance.interop.bench import PairBench
from net119_conformance.interop.blame import Fault, Side
from net119_conformance.interop.cells import pair_key
from net119_conformance.interop.network import PairNetwork
from net119_conformance.interop.reference import Reference
from net119_conformance.interop.run import pair_purposes
from net119_conformance.judge import judge_here
from net119_conformance.record import ItemRecord
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict
from net119_conformance.world.description import estate_key
from net119_conformance.world.local_bench import TIMERS
from net119_simulators.network.forks import Forks

from tests.conformance.interop.bad import Bad
from tests.conformance.interop.bench import PATIENCE_S
from tests.conformance.interop.registry import bad_partners, fits, named_checks, own_checks
from tests.conformance.interop.test_matrix import BAD
from tests.mutants.harness import explained
from tests.mutants.registry import CLEAN
from tests.turns import part

CODES = {Side.ORIGINATING: "aoba", Side.RECEIVING: "midori"}
PAIR = pair_key(*CODES.values())
PARTNERS = {one.name: one for one in bad_partners()}
PARTS = 12
"""A run of all tests takes one part of the partners: all would take minutes (`tests.turns`)."""
NOT_MADE = {("PAIR-CRASH-ORIGINATING", "the owner's dispatcher can … the call")}
"""Made only where the call came home meanwhile: the receiver has answered it already."""
CONNECT_S = 3.0
"""How long those may take to connect again that never do; much more than the others need."""


T3_S = 10.0
"""Longer than one takes to start again, however slow the machine: nobody takes its calls home."""


class EndingAtTheFirst(Trial):
    """A trial that is over once a check has failed: what is about to come follows from it."""

    def check(self, name: str, condition: bool, **details: Any) -> bool:
        held = super().check(name, condition, **details)
        if not held:
            raise TrialEnded(name)
        return held


async def judged(
    forks: Forks, names: dict[Side, str], purpose: str, folder: Path
) -> tuple[ItemRecord, list[Fault]]:
    """What the pair of these two comes to."""
    one = pair_purposes()[purpose]
    sources = [
        Reference(code, command=forks.command(names[side]), patience_s=PATIENCE_S)
        for side, code in CODES.items()
    ]
    network = PairNetwork(sources, [one], folder)
    judging = PairBench(network)
    try:
        await network.start()
        sut = Sut(key=PAIR, name=" → ".join(names.values()))
        record = await judge_here(one, sut, judging, folder / "out", timeout_s=one.timeout_s)
    finally:
        await network.stop()
    return record, judging.faults[estate_key(one.id, PAIR)]


def told(
    forks: Forks, names: dict[Side, str], purpose: str, folder: Path
) -> tuple[ItemRecord, list[Fault]]:
    """As `judged`; what this process itself was too slow to tell about is judged once more."""
    record, faults = asyncio.run(judged(forks, names, purpose, folder))
    if record.in_doubt:
        record, faults = asyncio.run(judged(forks, names, purpose, folder / "again"))
    return record, faults


@pytest.mark.parametrize("name", part(sorted(PARTNERS), PARTS))
def test_a_bad_partner_is_named(
    name: str, partners: Forks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the check that looks for its defect, before any other, and nobody else is at fault."""
    bad = PARTNERS[name]
    monkeypatch.setattr(judge, "Trial", EndingAtTheFirst)
    monkeypatch.setattr(bench, "CONNECT_S", CONNECT_S)
    monkeypatch.setattr(reference, "TIMERS", replace(TIMERS, t3_s=T3_S))
    names = {side: bad.name if side is bad.side else CLEAN for side in Side}
    for purpose in bad.kills:
        # A network for each: what one leaves in pieces is not whole again for the next.
        record, faults = told(partners, names, purpose, tmp_path / purpose)
        story = explained(record)
        assert record.verdict is Verdict.FAIL, story
        failed = [each.name for each in record.checks if not each.passed]
        assert fits(bad.kills[record.id], failed[0]), story
        assert {each.side for each in faults} == {bad.side}, story
        assert bad.why in faults[0].why.en, story
        assert faults[0].why.ja


@pytest.mark.parametrize("purpose", part(sorted(pair_purposes()), 4))
def test_good_partners_pass(purpose: str, partners: Forks, tmp_path: Path) -> None:
    names = dict.fromkeys(Side, CLEAN)
    record, faults = told(partners, names, purpose, tmp_path)
    assert record.verdict is Verdict.PASS, explained(record)
    assert not faults


def proved() -> set[tuple[str, str]]:
    """What bad partners are named for: purposes, and checks."""
    played = {(one.purpose, check) for one in BAD.values() for check in one.checks}
    return played | {pair for one in PARTNERS.values() for pair in one.kills.items()}


def test_every_purpose_has_a_bad_partner() -> None:
    assert {purpose for purpose, _ in proved()} == set(pair_purposes())


def test_every_check_has_a_bad_partner() -> None:
    """In every purpose that makes it; those of scenes that all purposes play: in one of them."""
    by_name = {name for _, name in proved()}
    every = named_checks()
    assert all(len(names) > 3 for names in every.values())
    assert {name for names in every.values() for name in names} - by_name == set()
    own = {(purpose, name) for purpose, names in own_checks().items() for name in names}
    assert len(own) > 40
    assert own - proved() == NOT_MADE


def test_bad_partners_are_named_for_checks_that_there_are() -> None:
    every = named_checks()
    wrong = [
        (one.name, name)
        for one in PARTNERS.values()
        for purpose, name in one.kills.items()
        if name not in every[purpose]
    ]
    assert wrong == []
    assert {one: pair for one, pair in every.items() if "" in pair} == {}


def test_the_side_of_a_bad_partner_varies() -> None:
    """Whoever is named always, or never, would not be looked for."""
    sides: dict[str, set[Side]] = {}
    for one in (*PARTNERS.values(), *_played()):
        for purpose in one.kills:
            sides.setdefault(purpose, set()).add(one.side)
    assert {purpose for purpose, both in sides.items() if len(both) < 2} == set()


def _played() -> list[Bad]:
    """Simulated partners, each on both sides."""
    return [
        Bad(name, side, {one.purpose: check}, "")
        for name, one in BAD.items()
        for side, check in zip((Side.RECEIVING, Side.ORIGINATING), one.checks, strict=True)
    ]
