"""What comes after an offer's time is nobody's fault; what comes within it is judged."""

from pathlib import Path

import pytest
from net119_conformance.environment import Sut
from net119_conformance.judge import judge_item
from net119_conformance.still_offered import SURE, still_offered
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict

from tests.conformance.engine.toy_world import ToyBench, ToyWorld, toy

T1_TOTAL_S = 2.0


@pytest.mark.parametrize(
    ("passed_s", "verdict"),
    [(0.0, Verdict.FAIL), (1.5, Verdict.FAIL), (1.9, Verdict.INCONCLUSIVE)],
)
def test_only_an_offer_that_may_be_over_leaves_a_doubt(
    passed_s: float, verdict: Verdict, tmp_path: Path
) -> None:
    async def body(trial: Trial, world: ToyWorld) -> None:
        trial.offers_hold_s = SURE * T1_TOTAL_S
        still_offered(trial, passed_s, "the call was closed only", "通報が終了した")
        trial.check("it squeaks", False, expected=1, seen=0)

    purpose = toy("TOY-OFFERED", body)
    record = judge_item(purpose, Sut(key="toy", name="Toy"), ToyBench({}), tmp_path)
    assert record.verdict is verdict
    assert record.suspect is (verdict is Verdict.INCONCLUSIVE)
    assert all("1.9 s after the offer" in each.en for each in record.reasons)
