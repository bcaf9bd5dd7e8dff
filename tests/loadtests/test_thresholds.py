"""Thresholds decide as written, and a wrong file is explained."""

from dataclasses import replace
from pathlib import Path

import pytest
from net119_loadtests.errors import LoadError
from net119_loadtests.figures import Summary
from net119_loadtests.thresholds import (
    P99_BOUND_MS,
    SERIES,
    Measured,
    Outcome,
    compare,
    load_thresholds,
    p99_bound_ms,
    parse_thresholds,
)

GOOD = Summary(count=100, p50=1, p95=2, p99=3, max=4)
QUIET = Measured(0, 0.0, 1.0, dict.fromkeys(SERIES, GOOD))


def outcomes(text: str, measured: Measured = QUIET) -> dict[str, Outcome]:
    return {each.name: each for each in compare(parse_thresholds(text, "given"), measured)}


def test_the_packages_own_are_valid_and_bound_everything() -> None:
    found = compare(load_thresholds(None), QUIET)
    assert all(outcome.held for outcome in found)
    tables = {outcome.name.partition(".")[0] for outcome in found}
    # Shedding is measured only where it is asked for; a late generator is always doubted.
    assert tables == {"violations", "errors", "rate", *SERIES} - {
        "shed_ms",
        "shedding_ack_ms",
        "late_ms",
    }


def test_violations_are_always_bounded() -> None:
    bad = Measured(1, 0.0, 1.0, {})
    assert not outcomes("", bad)["violations"].held


@pytest.mark.parametrize(("limit", "held"), [(2, False), (3, True), (3.5, True)])
def test_a_time_may_be_as_long_as_its_bound(limit: float, held: bool) -> None:
    assert outcomes(f"[ack_ms]\np99 = {limit}")["ack_ms.p99"].held is held


@pytest.mark.parametrize(("rate", "held"), [(0.94, False), (0.95, True), (None, False)])
def test_a_rate_may_be_as_low_as_its_bound(rate: float | None, held: bool) -> None:
    measured = Measured(0, 0.0, rate, {})
    assert outcomes("[rate]\nmin_share = 0.95", measured)["rate.share"].held is held


def test_an_error_share_may_be_as_high_as_its_bound() -> None:
    text = "[errors]\nmax_share = 0.01"
    assert outcomes(text, Measured(0, 0.01, 1, {}))["errors.share"].held
    assert not outcomes(text, Measured(0, 0.011, 1, {}))["errors.share"].held


def test_what_was_not_measured_does_not_hold() -> None:
    nothing = Measured(0, None, None, {"ack_ms": None})
    found = outcomes("[ack_ms]\np50 = 1\n[errors]\nmax_share = 1", nothing)
    assert not found["ack_ms.p50"].held
    assert not found["errors.share"].held


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("[ack_ms]\np98 = 1", "ack_ms.p98: no such key"),
        ("[aks]\np99 = 1", "aks: no such key"),
        ("[ack_ms]\np99 = -1", "ack_ms.p99: "),
        ("[ack_ms]\np99 = inf", "ack_ms.p99: "),
        ('[ack_ms]\np99 = "fast"', "ack_ms.p99: "),
        ("[rate]\nmin_share = 95", "rate.min_share: "),
        ("[rate]", "rate: "),
        ("[violations]\nmax = 3", "violations.max: only 0 is possible"),
        ("[ack_ms\n", "not TOML"),
    ],
)
def test_a_wrong_file_is_explained(text: str, named: str) -> None:
    with pytest.raises(LoadError) as refused:
        parse_thresholds(text, "limits.toml")
    assert named in refused.value.what
    assert refused.value.where == "limits.toml"


def test_every_wrong_key_is_named() -> None:
    with pytest.raises(LoadError) as refused:
        parse_thresholds("[ack_ms]\np1 = 1\n[answer_ms]\np2 = 2", "limits.toml")
    assert "ack_ms.p1" in refused.value.what
    assert "answer_ms.p2" in refused.value.what


@pytest.mark.parametrize("content", [None, b"\xff\xfe"])
def test_an_unreadable_file_is_explained(content: bytes | None, tmp_path: Path) -> None:
    file = tmp_path / "limits.toml"
    if content is not None:
        file.write_bytes(content)
    with pytest.raises(LoadError, match="cannot be read") as refused:
        load_thresholds(file)
    assert str(file) in refused.value.where


def test_each_fault_is_bounded_by_its_name() -> None:
    text = "[fault]\nrecovered_max_s = 10\np99_max_s = 5"
    felt = {"name": "kill-server", "errors": {}, "recovered_s": 9.0, "p99_back_s": None}
    found = outcomes(text, replace(QUIET, faults=(felt,)))
    assert found["kill-server.recovered.s"].held
    assert not found["kill-server.p99.s"].held


def test_a_p99_that_is_not_bounded_has_a_bound_after_faults() -> None:
    assert p99_bound_ms(parse_thresholds("[ack_ms]\np99 = 300", "given")) == 300
    assert p99_bound_ms(parse_thresholds("[ack_ms]\np50 = 300", "given")) == P99_BOUND_MS


@pytest.mark.parametrize(
    ("errors", "held"),
    [
        (
            {"refused: storage-failed": 9, "refused: too-many": 9, "handset connection lost": 9},
            True,
        ),
        ({"refused: internal": 1}, False),
    ],
)
@pytest.mark.parametrize("text", ["", "[fault]\nrecovered_max_s = 10"])
def test_what_is_turned_away_for_good_in_a_fault_fails_the_run(
    errors: dict[str, int], held: bool, text: str
) -> None:
    felt = {"name": "kill-server", "errors": errors, "recovered_s": 9.0, "p99_back_s": 1.0}
    found = outcomes(text, replace(QUIET, faults=(felt,)))
    assert found["kill-server.refused"].held is held


def test_more_may_be_turned_away_in_a_fault_where_that_is_said() -> None:
    felt = {"name": "a", "errors": {"refused: internal": 2}, "recovered_s": 1, "p99_back_s": 1}
    text = "[fault]\nrecovered_max_s = 10\nrefused_max = 2"
    assert outcomes(text, replace(QUIET, faults=(felt,)))["a.refused"].held
