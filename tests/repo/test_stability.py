"""What `make stability` says of runs: clean means that everything passed, and nothing else."""

import pytest
from net119_conformance.results import Result
from net119_conformance.verdict import Verdict

from scripts import stability
from scripts.stability import Ran

RUN = Ran(7, 0, 150.0, 280.0, 431, ())


@pytest.mark.parametrize(
    ("status", "results", "bad"),
    [(1, 431, ()), (0, 0, ()), (0, 431, ("CHAT-ORDER aoba WARN",))],
)
def test_an_exit_status_no_results_or_a_warning_make_a_run_unclean(
    status: int, results: int, bad: tuple[str, ...]
) -> None:
    ran = Ran(7, status, 150.0, 280.0, results, bad)
    assert not ran.clean
    assert f"NOT clean (exit status {status})" in stability.line(ran)
    assert RUN.clean
    assert "seed      7, 150 s, CPU 280 s, 431 results, clean" in stability.line(RUN)


def test_the_summary_counts_runs_and_names_what_was_not_clean() -> None:
    slow = Ran(8, 1, 190.0, 300.0, 431, ("CHAT-ORDER aoba FAIL",))
    assert stability.summary([RUN, slow, RUN]).splitlines() == [
        "2 of 3 clean",
        "  1 of 3: CHAT-ORDER aoba FAIL",
        "duration: median 150 s, 150 to 190 s",
        "CPU: median 280 s, 280 to 300 s",
    ]
    assert stability.summary([]) == "nothing was run"


def test_whatever_did_not_pass_or_was_not_run_is_named() -> None:
    def result(name: str, verdict: Verdict) -> Result:
        return Result(
            id=name,
            sut="aoba",
            requirements=(),
            derived=(),
            verdict=verdict,
            blocking=False,
            checks=1,
            duration_s=1.0,
            evidence="",
            failed=(),
            reason="",
        )

    results = (
        result("CHAT-ORDER", Verdict.PASS),
        result("CHROME-CARD", Verdict.NOT_APPLICABLE),
        result("ROUTE-PEER", Verdict.INCONCLUSIVE),
    )
    assert stability.not_passed(results, ["OFFER-TAKEN--midori"]) == (
        "CHROME-CARD aoba NOT_APPLICABLE",
        "ROUTE-PEER aoba INCONCLUSIVE",
        "OFFER-TAKEN midori not run",
    )
