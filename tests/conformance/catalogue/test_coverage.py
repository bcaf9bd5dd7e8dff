"""`net119 conformance coverage`: the join, its gaps and its exit status."""

import io
import json
from pathlib import Path

import pytest
from net119_cli import conformance_coverage
from net119_cli import main as cli
from net119_conformance.catalogue import CATALOGUE_VERSION, RequirementStatus, State, Text
from net119_conformance.coverage import Coverage, cover, show
from net119_conformance.purpose import load_purposes
from net119_conformance.runner import ALL_PURPOSES, CLAIM_PURPOSES, DEFAULT_PURPOSES, load_suite
from rich.console import Console

PURPOSES, CATALOGUE, STATUSES = load_suite(DEFAULT_PURPOSES)
ALL = {"kills-all": list(PURPOSES)}
NAMELESS = "DISCREPANCY-BOTH-WAYS"
"""A purpose that judges no requirement of the catalogue."""


def covered(kills: dict[str, list[str]] | None = ALL) -> Coverage:
    return cover(CATALOGUE, STATUSES, PURPOSES, kills)


def shown(coverage: Coverage, lang: str, *, gaps_only: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, width=200)
    show(coverage, console, "ja" if lang == "ja" else "en", gaps_only=gaps_only)
    return file.getvalue()


def test_every_requirement_says_all_that_a_reader_needs() -> None:
    """156 IDs, each with level, role, interface, and with purposes or a reason in two languages."""
    rows = json.loads(covered().to_json())["requirements"]
    assert len({row["id"] for row in rows}) == len(rows) == 156
    for row in rows:
        assert row["level"], row["id"]
        assert row["role"], row["id"]
        assert row["interfaces"], row["id"]
        assert row["purposes"] or (row["reason"] and row["reasonJa"]), row["id"]


def test_a_purpose_without_a_mutant_is_a_gap() -> None:
    left_out = "CHAT-ORDER"
    found = covered({"most": [name for name in PURPOSES if name != left_out]})
    assert [gap.name for gap in found.gaps()] == [left_out]
    assert covered().gaps() == []


def test_a_mutant_of_no_purpose_is_a_gap() -> None:
    (gap,) = covered({**ALL, "stray": ["NO-SUCH"]}).gaps()
    assert gap.name == "NO-SUCH"


def test_a_requirement_that_nothing_judges_is_a_gap() -> None:
    rid = STATUSES[0].requirement.id
    judged = {name: one.judged for name, one in PURPOSES.items() if rid not in one.judged}
    kept = [status for status in STATUSES if status.requirement.id != rid]
    pending = cover(CATALOGUE, [*kept, _pending(rid)], {n: PURPOSES[n] for n in judged}, None)
    (gap,) = pending.gaps()
    assert gap.name == rid
    for lang in ("ja", "en"):
        assert rid in shown(pending, lang, gaps_only=True)


def _pending(rid: str) -> RequirementStatus:
    reason = Text(en="nobody has written it", ja="まだありません")
    return RequirementStatus(CATALOGUE.requirements[rid], State.PENDING, (), (), reason)


@pytest.mark.parametrize(
    ("lang", "word", "plainly"),
    [("ja", "不足はありません", "変異体は確かめていません"), ("en", "No gaps", "not looked at")],
)
def test_where_there_are_no_mutants_it_says_so(lang: str, word: str, plainly: str) -> None:
    without = shown(covered(None), lang)
    assert plainly in without.replace("\n", "")
    assert word in without
    assert plainly not in shown(covered(), lang)
    assert "CHAT-ORDER (1)" in shown(covered(), lang)
    assert "CHAT-ORDER (" not in without
    assert f"{NAMELESS} (1)" in shown(covered(), lang)
    assert NAMELESS in without


def test_a_probe_of_a_claim_without_a_mutant_is_a_gap() -> None:
    suite = load_suite(ALL_PURPOSES)[0]
    found = cover(CATALOGUE, STATUSES, suite, ALL).gaps()
    assert {gap.name for gap in found} == suite.keys() - PURPOSES.keys() != set()


def test_the_command_reads_the_mutants_of_this_checkout(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert cli.main(["conformance", "coverage", "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["catalogue"] == CATALOGUE_VERSION
    assert told["gaps"] == []
    assert told["mutants"] > 500
    probes = load_purposes(CLAIM_PURPOSES)
    counted = {name: told["withoutRequirement"].get(name) for name in probes}
    assert len(counted) == 9
    assert all(counted.values()), counted
    monkeypatch.setattr(conformance_coverage, "ROOT", tmp_path)
    assert cli.main(["conformance", "coverage", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["mutants"] is None


def test_gaps_end_with_1(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(conformance_coverage, "kills", lambda root: {"one": ["CHAT-ORDER"]})
    assert cli.main(["conformance", "coverage", "--gaps", "--lang", "ja"]) == 1
    said = capsys.readouterr().out
    assert "不足: " in said
    assert "不足はありません" not in said
