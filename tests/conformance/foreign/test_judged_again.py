"""A prepared system that runs on is judged again: its desks show the calls of the first time."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock

from tests.conformance.foreign.bench import PROGRAM, explained, started
from tests.conformance.foreign.hooked import command, described, judged

NAMES = ("ADMIT-SUSPENDED", "BOUND-PLAIN")


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


def test_earlier_calls_are_not_taken_for_new_ones(tmp_path: Path, block: AddressBlock) -> None:
    """Nothing was refused and rang: the desk shows what its departments had."""
    profile = described(tmp_path, block, "chisai", NAMES)
    with started(command((PROGRAM,), tmp_path, block, "chisai"), tmp_path / "log"):
        runs = [judged(profile, tmp_path, NAMES) for _ in range(2)]
    records = [one for run in runs for one in run.values()]
    assert [one.verdict for one in records] == [Verdict.PASS] * 4, "\n".join(
        map(explained, records)
    )
