"""What a crowd's figures come to: a broken promise or a missed time never passes."""

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from net119_conformance import crowds_judged as judged
from net119_conformance.capacity import REFERENCE, Chat
from net119_conformance.crowds import Outcome
from net119_conformance.errors import TrialEnded
from net119_conformance.evidence import EvidenceLog
from net119_conformance.trial import Trial
from net119_conformance.verdict import Verdict

from tests.conformance.engine.toy_world import ToyWorld, toy

assert isinstance(REFERENCE.chat, Chat)
CHAT = REFERENCE.chat
QUICK = {
    "ack_ms": [10.0] * 99,
    "seen_by_dispatcher_ms": [12.0] * 50,
    "late_ms": [1.0] * 99,
}


async def _purpose(trial: Trial, world: ToyWorld) -> None:
    """The body is in each test."""


@pytest.fixture
def trial(tmp_path: Path) -> Trial:
    return Trial(toy("TOY-CROWD", _purpose), EvidenceLog(tmp_path / "evidence.jsonl"))


def outcome(**changed: Any) -> Outcome:
    good: dict[str, Any] = {
        "callers": 4,
        "ready": 4,
        "said": 20,
        "acknowledged": 20,
        "checked": 40,
        "series": QUICK,
    }
    return Outcome(**{**good, **changed})


def failed(trial: Trial) -> set[str]:
    return {check.name for check in trial.checks if not check.passed}


def test_a_good_one_passes(trial: Trial) -> None:
    judged.kept_promises(trial, outcome())
    judged.in_time(trial, outcome(), CHAT)
    assert trial.verdict() is Verdict.PASS


@pytest.mark.parametrize(
    ("changed", "check"),
    [
        ({"ready": 3}, judged.ANSWERED),
        ({"acknowledged": 19}, judged.ACKNOWLEDGED),
        ({"again": 1}, judged.ONCE),
        ({"late": 1, "late_details": ("call 1",)}, judged.SHOWN),
        ({"late": 1, "lag_ms": 900.0}, judged.SHOWN),
        ({"counts": {"I2": 1}}, judged.KEPT),
        ({"counts": {"I3": 1}}, judged.SAME),
        ({"counts": {"I4": 1}}, judged.NOT_TWICE),
        ({"errors": Counter({"refused: too-many": 1})}, judged.UNDISTURBED),
        ({"errors": Counter({"handset connection lost": 1})}, judged.UNDISTURBED),
        ({"unread": ("call 1: gone",)}, "the record of every call can be read"),
        ({"checked": 0}, "the record of every call can be read"),
    ],
)
def test_a_broken_promise_fails_on_its_check(
    trial: Trial, changed: dict[str, Any], check: str
) -> None:
    judged.kept_promises(trial, outcome(**changed))
    assert trial.verdict() is Verdict.FAIL
    assert failed(trial) == {check}


def test_a_suite_that_stood_still_cannot_tell_whether_the_last_lines_would_have_come(
    trial: Trial,
) -> None:
    judged.kept_promises(trial, outcome(late=1, late_details=("call 1",), lag_ms=1500.0))
    assert trial.verdict() is Verdict.INCONCLUSIVE
    assert failed(trial) == set()


def test_where_connections_were_cut_losing_them_and_repeating_is_no_fault(trial: Trial) -> None:
    cut = outcome(again=3, errors=Counter({"console connection lost": 1}))
    judged.kept_promises(trial, cut, connections_cut=True)
    assert trial.verdict() is Verdict.PASS


def test_a_crowd_that_wrote_nothing_proves_nothing(trial: Trial) -> None:
    with pytest.raises(TrialEnded):
        judged.kept_promises(trial, outcome(said=0, acknowledged=0))
    assert trial.verdict() is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("measured", "lag", "verdict"),
    [
        (1000.0, 0.0, Verdict.PASS),
        (1000.0, 5000.0, Verdict.PASS),
        (1001.0, 0.0, Verdict.FAIL),
        (1300.0, 200.0, Verdict.FAIL),
        (1300.0, 300.0, Verdict.INCONCLUSIVE),
        (9000.0, 5000.0, Verdict.FAIL),
    ],
)
def test_a_missed_time_fails_unless_the_judge_itself_stood_still_that_long(
    trial: Trial, measured: float, lag: float, verdict: Verdict
) -> None:
    judged.within_claim(trial, judged.ACK_TIME, measured, 1000.0, lag, ja="確認まで")
    assert trial.verdict() is verdict


def test_one_slow_line_in_fifty_misses_the_claim(trial: Trial) -> None:
    slow = {**QUICK, "ack_ms": [10.0] * 98 + [CHAT.ack_p99_ms + 1] * 2}
    judged.in_time(trial, outcome(series=slow), CHAT)
    assert trial.verdict() is Verdict.FAIL
    assert failed(trial) == {judged.ACK_TIME}


@pytest.mark.parametrize("series", [{}, {"late_ms": [1.0], "ack_ms": [1.0]}])
def test_times_that_were_not_measured_do_not_hold(
    trial: Trial, series: dict[str, list[float]]
) -> None:
    with pytest.raises(TrialEnded):
        judged.in_time(trial, outcome(series=series), CHAT)
    assert trial.verdict() is Verdict.INCONCLUSIVE


def test_a_suite_that_is_late_itself_cannot_tell(trial: Trial) -> None:
    with pytest.raises(TrialEnded):
        judged.in_time(trial, outcome(series={**QUICK, "late_ms": [1500.0] * 5}), CHAT)
    assert trial.verdict() is Verdict.INCONCLUSIVE


@pytest.mark.parametrize(
    ("recovered_s", "down", "verdict"),
    [
        ((2.0,), 0, Verdict.PASS),
        ((2.0, 31.0), 0, Verdict.FAIL),
        ((), 3, Verdict.FAIL),
        ((2.0,), 1, Verdict.FAIL),
        ((), 0, Verdict.FAIL),
    ],
)
def test_all_must_come_back_in_time(
    trial: Trial, recovered_s: tuple[float, ...], down: int, verdict: Verdict
) -> None:
    came = outcome(recovered_s=recovered_s, still_down=down)
    judged.recovered(trial, came, within_s=30.0)
    assert trial.verdict() is verdict
