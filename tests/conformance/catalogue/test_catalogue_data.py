"""The catalogue that we ship: complete, bilingual, and marked as the sources mark it."""

from collections import Counter

import pytest
from net119_conformance.catalogue import (
    CATALOGUE_VERSION,
    Catalogue,
    CatalogueError,
    Level,
    Requirement,
    Role,
    Side,
    State,
    load_catalogue,
)

COUNTS = {"TOM": 26, "CTS": 16, "CNB": 55, "ASO": 32, "KYO": 27}

# What is ours in a requirement, not the source's, is judged separately.
_DERIVED_NUMBERS = {
    "TOM": (7, 22),
    "CTS": (2, 3, 4, 8, 11),
    "CNB": (3, 7, 14, 21, 25, 30, 31, 32, 35, 36, 38, 40, 43),
    "ASO": (4, 6, 8, 9, 10, 22, 28),
    "KYO": (4, 16),
}
DERIVED = {f"{prefix}-{n:02}" for prefix, numbers in _DERIVED_NUMBERS.items() for n in numbers}

# What nothing of a system could ever show; all others are judged or will be.
EXCLUDED: set[str] = set()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def _requirements() -> list[Requirement]:
    return list(load_catalogue().requirements.values())


def test_holds_every_id_once_and_no_other(catalogue: Catalogue) -> None:
    expected = [f"{prefix}-{n:02}" for prefix, count in COUNTS.items() for n in range(1, count + 1)]
    assert list(catalogue.requirements) == expected
    assert len(expected) == 156


def test_every_requirement_is_filed_under_its_own_id_and_source(catalogue: Catalogue) -> None:
    for rid, requirement in catalogue.requirements.items():
        assert requirement.id == rid
        assert requirement.source.prefix == rid[:3]
    assert Counter(r.source.prefix for r in catalogue.requirements.values()) == COUNTS


def test_version(catalogue: Catalogue) -> None:
    assert catalogue.version == CATALOGUE_VERSION == "2026.1"


def test_derived_parts_are_exactly_the_marked_ones(catalogue: Catalogue) -> None:
    assert {r.id for r in catalogue.requirements.values() if r.has_derived_part} == DERIVED
    wholly = [r.id for r in catalogue.requirements.values() if r.level is Level.DERIVED]
    assert wholly == ["TOM-22"]


def test_excluded_are_the_accepted_few(catalogue: Catalogue) -> None:
    assert {r.id for r in catalogue.requirements.values() if r.excluded} == EXCLUDED


def test_home_alarm_requirements_are_kyotos(catalogue: Catalogue) -> None:
    for requirement in catalogue.requirements.values():
        is_alarm = requirement.source.prefix == "KYO"
        assert (requirement.role is Role.ALARM) is is_alarm
        assert (Side.ALARM in requirement.sides) is is_alarm


@pytest.mark.parametrize("requirement", _requirements(), ids=lambda r: r.id)
def test_each_says_its_parts_in_both_languages(requirement: Requirement) -> None:
    parts = [requirement.text, requirement.derived, requirement.pending, requirement.excluded]
    for part in parts:
        if part is None:
            continue
        assert part.en.isascii() or "“" in part.en or "あんしんネット119" in part.en
        assert part.en.endswith(".")
        assert part.ja.endswith("。")
    assert requirement.text.ja.count("。") == 1, "one sentence for each requirement"
    assert requirement.sides
    assert requirement.clauses
    for clause in requirement.clauses:
        assert clause.document in requirement.source.documents


def test_every_document_is_cited(catalogue: Catalogue) -> None:
    for source in catalogue.sources:
        cited = {
            clause.document.key
            for requirement in catalogue.requirements.values()
            if requirement.source == source
            for clause in requirement.clauses
        }
        assert cited == {document.key for document in source.documents}


def test_without_purposes_the_requirements_without_reason_are_all_named(
    catalogue: Catalogue,
) -> None:
    open_ids = [r.id for r in catalogue.requirements.values() if not (r.pending or r.excluded)]
    assert "ASO-18" in open_ids
    with pytest.raises(CatalogueError) as caught:
        catalogue.join({})
    assert [problem.split(":")[0] for problem in caught.value.problems] == open_ids


def test_joined_with_purposes_every_requirement_has_a_status(catalogue: Catalogue) -> None:
    open_ids = [r.id for r in catalogue.requirements.values() if not (r.pending or r.excluded)]
    statuses = catalogue.join({"P-1": open_ids})
    assert [status.requirement.id for status in statuses] == list(catalogue.requirements)
    by_state = Counter(status.state for status in statuses)
    assert by_state[State.COVERED] == len(open_ids)
    assert by_state[State.EXCLUDED] == len(EXCLUDED)
    assert by_state.total() == 156
