"""A sample of benchmarks/border_study.py, whose figures docs/border-study.md gives."""

import pytest

from benchmarks.border_study import CASES, Case, Study, Tally, broken

SEED = 119
PEOPLE = 3_000


@pytest.fixture(scope="module")
def study() -> Study:
    return Study()


def case(name: str) -> Case:
    return next(each for each in CASES if each.name == name)


def test_good_fixes_at_the_border_are_rarely_flagged_and_never_sent_wrong(study: Study) -> None:
    """Bounds for people within 1 km of the border whose fix is honest."""
    row = case("open sky")
    assert (row.bound.flagged, row.bound.wrong) == (0.10, 0.001)
    tally = study.run(row, PEOPLE, SEED)
    assert tally.calls == PEOPLE
    assert broken(row, tally) == []
    # Nor does the sample miss the border: some are flagged, and for some the flag was needed.
    assert tally.share(tally.flagged) > 0.08
    assert tally.wrong > 0
    assert tally.unflagged_wrong == 0


def test_a_border_that_lies_82_m_elsewhere_is_covered_by_the_flag(study: Study) -> None:
    tally = study.run(case("open sky, true border 82 m off"), PEOPLE // 2, SEED)
    assert tally.share(tally.wrong) > 0.02
    assert tally.unflagged_wrong == 0


def test_the_study_sees_what_is_wrong(study: Study) -> None:
    """A datum taken for another goes unnoticed: else the study could not be believed."""
    for name in ("Tokyo datum taken for WGS 84", "WGS 84 converted once more"):
        tally = study.run(case(name), 500, SEED)
        assert tally.share(tally.unflagged_wrong) > 0.05


def test_the_same_seed_gives_the_same_figures(study: Study) -> None:
    row = case("urban canyon")
    assert study.run(row, 200, SEED) == study.run(row, 200, SEED)
    assert study.run(row, 200, SEED) != study.run(row, 200, SEED + 1)


def test_a_broken_bound_is_named() -> None:
    row = case("open sky")
    assert broken(row, Tally(calls=1_000, flagged=100)) == []
    assert len(broken(row, Tally(calls=1_000, flagged=101, wrong=1, unflagged_wrong=1))) == 2


def test_the_upper_end_of_a_share() -> None:
    none, half = Tally(calls=10_000), Tally(calls=100, flagged=50)
    assert none.upper(0) == pytest.approx(0.000384, abs=1e-6)
    assert half.upper(50) == pytest.approx(0.5962, abs=1e-4)
