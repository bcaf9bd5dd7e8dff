"""Arithmetic of verdicts and the exit rule."""

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from net119_conformance.verdict import BLOCKING, ExitRule, ExitStatus, Verdict, worst

verdicts = st.sampled_from(Verdict)
some = st.lists(verdicts, min_size=1)
outcomes = st.lists(st.tuples(st.sampled_from(["A-1", "B-2", "C-3"]), verdicts))


def test_every_two_verdicts_have_a_worse_one() -> None:
    for one, other in combinations(Verdict, 2):
        assert worst([one, other]) in (one, other)
        assert worst([one, other]) == worst([other, one])


def test_the_order_is_the_documented_one() -> None:
    assert worst(Verdict) is Verdict.FAIL
    assert worst([Verdict.HARNESS_ERROR, Verdict.INCONCLUSIVE]) is Verdict.HARNESS_ERROR
    assert worst([Verdict.INCONCLUSIVE, Verdict.NEEDS_REVIEW]) is Verdict.INCONCLUSIVE
    assert worst([Verdict.NEEDS_REVIEW, Verdict.WARN]) is Verdict.NEEDS_REVIEW
    assert worst([Verdict.WARN, Verdict.NOT_APPLICABLE]) is Verdict.WARN
    assert worst([Verdict.NOT_APPLICABLE, Verdict.PASS]) is Verdict.NOT_APPLICABLE


def test_nothing_is_inconclusive() -> None:
    assert worst([]) is Verdict.INCONCLUSIVE


@given(some, some)
def test_parts_may_be_grouped_in_any_way(one: list[Verdict], other: list[Verdict]) -> None:
    assert worst(one + other) == worst([worst(one), worst(other)]) == worst(other + one)


@given(some, verdicts)
def test_more_parts_never_make_it_better(parts: list[Verdict], more: Verdict) -> None:
    before, after = worst(parts), worst([*parts, more])
    assert after in (before, more)
    if before in BLOCKING:
        assert after in BLOCKING


@given(some)
def test_pass_needs_everything_to_pass(parts: list[Verdict]) -> None:
    assert (worst(parts) is Verdict.PASS) == (set(parts) == {Verdict.PASS})


@given(outcomes, st.booleans(), st.none() | st.frozensets(st.sampled_from(["A-1", "B-2"])))
def test_exit_0_needs_a_pass_and_nothing_that_blocks(
    results: list[tuple[str, Verdict]], strict: bool, allowed: frozenset[str] | None
) -> None:
    status = ExitRule(strict, allowed).exit_status(results)
    found = [verdict for _, verdict in results]
    left_out = [name for name, verdict in results if verdict is Verdict.NOT_APPLICABLE]
    good = (
        Verdict.PASS in found
        and not BLOCKING & set(found)
        and not (strict and Verdict.WARN in found)
        and (allowed is None or all(name in allowed for name in left_out))
    )
    assert status == (ExitStatus.OK if good else ExitStatus.VERDICTS)


@pytest.mark.parametrize("verdict", sorted(BLOCKING))
def test_each_blocking_verdict_blocks_alone(verdict: Verdict) -> None:
    assert ExitRule().exit_status([("A-1", Verdict.PASS), ("B-2", verdict)]) == 1


def test_the_documented_statuses() -> None:
    assert [int(status) for status in ExitStatus] == [0, 1, 2, 130]


def test_what_is_not_scored_neither_blocks_nor_passes() -> None:
    rule = ExitRule(unscored=frozenset({"NEW"}))
    assert rule.exit_status([("A-1", Verdict.PASS), ("NEW", Verdict.FAIL)]) is ExitStatus.OK
    assert rule.exit_status([("A-1", Verdict.FAIL), ("NEW", Verdict.PASS)]) is ExitStatus.VERDICTS
    assert rule.exit_status([("NEW", Verdict.PASS)]) is ExitStatus.VERDICTS, "nothing counts"
    strict = ExitRule(True, frozenset(), frozenset({"NEW"}))
    for verdict in set(Verdict) - {Verdict.HARNESS_ERROR}:
        assert not strict.blocks("NEW", verdict)
    assert rule.blocks("NEW", Verdict.HARNESS_ERROR), "a defect of the suite always counts"
