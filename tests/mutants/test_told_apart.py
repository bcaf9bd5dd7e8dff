"""What the suite itself was too slow to tell about gets a second chance, and nothing else does."""

from datetime import UTC, datetime
from pathlib import Path

from net119_conformance.record import ItemRecord
from net119_conformance.verdict import Verdict
from net119_simulators.network.forks import Forks

from tests.mutants.harness import JUDGED, told_apart
from tests.mutants.registry import CLEAN


def record(name: str, verdict: Verdict, *, suspect: bool = False) -> ItemRecord:
    return ItemRecord(
        id=name,
        sut=JUDGED,
        verdict=verdict,
        started_at=datetime.now(UTC),
        duration_s=1.0,
        suspect=suspect,
    )


def test_only_what_is_suspect_is_judged_again(forks: Forks, tmp_path: Path) -> None:
    first = [
        record("ROUTE-HOME", Verdict.FAIL),
        record("MSG-MALFORMED-JSON", Verdict.INCONCLUSIVE, suspect=True),
        record("ROUTE-NEIGHBOUR", Verdict.INCONCLUSIVE),
    ]
    told = told_apart(forks, CLEAN, first, tmp_path)
    assert [each.id for each in told] == [each.id for each in first]
    assert [each.verdict for each in told] == [
        Verdict.FAIL,
        Verdict.PASS,
        Verdict.INCONCLUSIVE,
    ]
    assert told[1].checks
    assert told_apart(forks, CLEAN, [first[0]], tmp_path / "none") == [first[0]]
    assert not (tmp_path / "none").exists()
