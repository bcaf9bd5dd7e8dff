"""What is judged again meets a system as if it had never been judged."""

import asyncio
from pathlib import Path

import pytest
from net119_conformance.environment import Description
from net119_conformance.judge import judge_item
from net119_conformance.verdict import Verdict
from net119_conformance.world.addresses import AddressBlock
from net119_conformance.world.local import LocalEnvironment
from net119_conformance.world.local_bench import bench
from net119_simulators.network.forks import Forks

from tests.mutants.harness import JUDGED, purposes
from tests.mutants.registry import CLEAN

ONCE_ONLY = "PAPER-ELIGIBLE"
"""Keys a person in, whom the same system would have registered already."""


@pytest.mark.slow
def test_a_local_system_is_started_anew(forks: Forks, tmp_path: Path) -> None:
    one = purposes()[ONCE_ONLY]
    block = AddressBlock()
    operators = {JUDGED: next(block.providers())}
    environment = LocalEnvironment([one], operators, command=forks.command(CLEAN))

    def judged(description: Description, turn: str) -> Verdict:
        system = environment.suts()[0]
        return judge_item(one, system, bench(description, 0), tmp_path / turn).verdict

    with asyncio.Runner() as runner:
        try:
            first = runner.run(environment.start())
            assert judged(first, "first") is Verdict.PASS
            assert judged(first, "again") is not Verdict.PASS, "it shows nothing"
            second = runner.run(environment.renew())
            assert judged(second, "second") is Verdict.PASS
            assert not Path(str(first["folder"])).exists()
        finally:
            runner.run(environment.stop())
            block.release()
    assert not Path(str(second["folder"])).exists()
