"""Every probe of a claim notices a system that has what its profile says not to be there.

All lies: `NET119_TURNS=all`; else some of them, others for each commit.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_conformance.purpose import load_purposes
from net119_conformance.runner import CLAIM_PURPOSES
from net119_conformance.world.addresses import AddressBlock

from tests.conformance.foreign.bench import explained, started
from tests.conformance.foreign.hooked import address, command, described, judged
from tests.conformance.foreign.lies import DOOR_PORT, LIES
from tests.turns import part

PROBES = load_purposes(CLAIM_PURPOSES)
PARTS = 6
PROGRAM = "tests.conformance.foreign.lies"


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


def test_every_probe_notices_a_lie() -> None:
    """A probe that nothing was ever seen to fail proves nothing."""
    assert {name for one in LIES.values() for name in one.kills} == PROBES.keys()


@pytest.mark.parametrize("name", part(list(LIES), PARTS))
def test_a_lie_is_noticed(name: str, tmp_path: Path, block: AddressBlock) -> None:
    lie = LIES[name]
    roles = ", ".join(f'"{role}"' for role in lie.roles)
    changes = [('roles = ["home", "receiving"]', f"roles = [{roles}]")]
    if lie.door:
        url = f"https://{address(block)}:{DOOR_PORT}"
        changes.append(("[addresses]\n", f'[addresses]\nbase_url = "{url}"\n'))
    probes = tuple(lie.kills)
    profile = described(tmp_path, block, "chisai", probes, changes=changes)
    with started(command((PROGRAM, name), tmp_path, block, "chisai"), tmp_path / "log"):
        records = judged(profile, tmp_path, probes)
    for probe, check in lie.kills.items():
        told = f"{lie.lie}\n{explained(records[probe])}"
        assert records[probe].verdict.value == lie.verdict, told
        assert check in [each.name for each in records[probe].checks if not each.passed], told
