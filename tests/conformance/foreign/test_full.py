"""A system that takes few calls in all, and has no bound of one registrant, is a right one."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.standing import StandingEnvironment

from tests.conformance.foreign.bench import explained, started
from tests.conformance.foreign.hooked import SUITE, command, described, judged

NAME = "BOUND-PLAIN"
PROGRAM = "tests.conformance.foreign.full"
SERVED = "another registrant's call is taken"


@pytest.fixture
def block() -> Iterator[AddressBlock]:
    made = AddressBlock()
    yield made
    made.release()


@pytest.mark.parametrize(
    ("most", "claimed", "served"),
    [
        pytest.param(4, "", False, id="full before the presses end"),
        pytest.param(12, "", False, id="full for the other registrant"),
        pytest.param(5, "5", True, id="never full, as it claims its limit"),
    ],
)
def test_a_bound_of_all_calls_is_enough(
    most: int, claimed: str, served: bool, tmp_path: Path, block: AddressBlock
) -> None:
    """Where it is full, nothing follows for the other registrant; where it says how much it takes,
    it is not filled."""
    claim = f'[capacity]\nchat = "none"\nrecovery_s = "none"\nopen_calls = {claimed}\n\n'
    changes = [("[addresses]\n", f"{claim}[addresses]\n")] if claimed else []
    profile = described(tmp_path, block, "chisai", [NAME], changes=changes)
    program = command((PROGRAM, str(most)), tmp_path, block, "chisai")
    with started(program, tmp_path / "log"):
        record = judged(profile, tmp_path, [NAME])[NAME]
    assert record.verdict is Verdict.PASS, explained(record)
    assert (SERVED in [each.name for each in record.checks]) is served, explained(record)


def test_it_is_judged_alone(tmp_path: Path, block: AddressBlock) -> None:
    """Whatever were judged beside it might be refused for its calls."""
    profile = described(tmp_path, block, "chisai", [NAME, "CHAT-ORDER"])
    purposes = [SUITE[NAME], SUITE["CHAT-ORDER"]]
    environment = StandingEnvironment(profile, tmp_path / "sut.toml", purposes)
    assert [environment.alone(each) for each in purposes] == [True, False]
