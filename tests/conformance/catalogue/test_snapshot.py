"""Snapshots of the catalogue: the current is of what there is, older ones tell what is newer."""

import tomllib
from pathlib import Path

import pytest
from net119_conformance.catalogue import CATALOGUE_VERSION, CatalogueError, load_catalogue
from net119_conformance.catalogue.snapshot import (
    Snapshot,
    load_snapshot,
    take,
    unscored,
    versions,
)
from net119_conformance.runner import CLAIM_PURPOSES, DEFAULT_PURPOSES, load_suite

OLD = Snapshot("2025.9", True, ("TOM-01",), {"CHAT-ORDER": ("TOM-01",), "OLD": ()})
NEW = Snapshot("2025.10", False, ("TOM-01", "TOM-02"), {"CHAT-ORDER": ("TOM-01",), "LATER": ()})


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "2025.9.toml").write_text(OLD.to_toml(), "utf-8")
    (tmp_path / "2025.10.toml").write_text(NEW.to_toml(), "utf-8")
    return tmp_path


def test_the_current_snapshot_is_of_the_purposes_that_there_are() -> None:
    """`make schemas` writes it; once it is frozen, CATALOGUE_VERSION has to be raised before."""
    purposes, catalogue, _ = load_suite((*DEFAULT_PURPOSES, *CLAIM_PURPOSES))
    kept = load_snapshot()
    now = take(catalogue, {name: each.judged for name, each in purposes.items()})
    assert (kept.version, kept.requirements) == (CATALOGUE_VERSION, now.requirements)
    assert kept.purposes == now.purposes, (
        "frozen: raise CATALOGUE_VERSION" if kept.frozen else "run `make schemas`"
    )


def test_only_the_current_snapshot_may_still_change() -> None:
    assert versions()[-1] == CATALOGUE_VERSION
    assert [each for each in versions()[:-1] if not load_snapshot(each).frozen] == []


def test_a_snapshot_is_read_as_it_was_written(folder: Path) -> None:
    assert load_snapshot("2025.9", folder) == OLD
    assert load_snapshot("2025.10", folder) == NEW
    assert versions(folder) == ("2025.9", "2025.10"), "by number, not by letter"


def test_what_is_newer_than_the_claim_is_not_scored(folder: Path) -> None:
    there = ["CHAT-ORDER", "CHAT-NEW"]
    assert unscored("2025.9", there, folder) == {"CHAT-NEW"}
    assert unscored("", there, folder) == frozenset()
    purposes, _, _ = load_suite(DEFAULT_PURPOSES)
    assert unscored(CATALOGUE_VERSION, purposes) == frozenset()


def test_an_unknown_version_is_told_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(LookupError, match=r"'2024\.1'.*2025\.9, 2025\.10"):
        unscored("2024.1", [], folder)
    with pytest.raises(LookupError):
        load_snapshot("../kyo", folder)


@pytest.mark.parametrize("text", ["version = ", 'version = "2025.9"\n', OLD.to_toml() + "more = 1"])
def test_a_damaged_file_is_named(text: str, folder: Path) -> None:
    (folder / "2025.9.toml").write_text(text, "utf-8")
    with pytest.raises(CatalogueError, match=r"snapshots/2025\.9\.toml"):
        load_snapshot("2025.9", folder)


def test_a_frozen_text_says_so() -> None:
    taken = take(load_catalogue(), {"X-1": ("TOM-02", "TOM-01", "TOM-02")}, frozen=True)
    table = tomllib.loads(taken.to_toml())
    assert table["frozen"] is True
    assert table["purposes"] == {"X-1": ["TOM-01", "TOM-02"]}
