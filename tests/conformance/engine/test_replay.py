"""Evidence judged again: the report stands, or what it says beyond its evidence is found out."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.errors import ConformanceError
from net119_conformance.export import export
from net119_conformance.logged import verdict_of
from net119_conformance.replay import replay
from net119_conformance.verdict import Verdict

from tests.conformance.engine.test_runner import run_toys
from tests.conformance.engine.test_wire_rules import good, log

TOYS = ("TOY-PASS", "TOY-FAIL", "TOY-WARN", "TOY-NOTHING", "TOY-REVIEW", "TOY-RAISE", "TOY-NA")


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("ran")
    run_toys(out, *TOYS)
    return out


@pytest.fixture
def folder(ran: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(ran, tmp_path / "copy"))


def edit(path: Path, change: Callable[[list[dict[str, Any]]], None]) -> None:
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    change(lines)
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")


def test_every_verdict_is_worked_out_again(folder: Path) -> None:
    again = replay(folder)
    items = again.items
    assert again.disagreements == ()
    assert sorted(item.purpose for item in items) == sorted(TOYS)
    assert [item.purpose for item in items if not item.stands] == []
    assert {item.verdict for item in items} == set(Verdict)


def test_an_archive_is_judged_like_its_folder(folder: Path, tmp_path: Path) -> None:
    export(folder, tmp_path / "a.zip", tmp_path / "key", datetime(2026, 4, 1, tzinfo=UTC))
    archived = replay(tmp_path / "a.zip")
    assert archived.items == replay(folder).items
    assert len(archived.fingerprint) == 39


def test_one_log_is_judged_alone(folder: Path) -> None:
    (item,) = replay(folder / "evidence" / "TOY-FAIL--toy.jsonl").items
    assert (item.purpose, item.sut, item.reported) == ("TOY-FAIL", "toy", None)
    assert item.verdict is Verdict.FAIL


def test_a_report_better_than_its_evidence_is_found_out(folder: Path) -> None:
    report = json.loads((folder / "report.json").read_text("utf-8"))
    for result in report["results"]:
        if result["id"] == "TOY-FAIL":
            result |= {"verdict": "PASS", "failed": [], "blocking": False}
    (folder / "report.json").write_text(json.dumps(report), "utf-8")
    (bad,) = [item for item in replay(folder).items if not item.stands]
    assert bad.purpose == "TOY-FAIL"
    assert "evidence comes to FAIL" in bad.disagreements[0].en


def rewrite(folder: Path, change: Callable[[dict[str, Any]], None]) -> list[str]:
    """Change the report, and say what is found of it as a whole."""
    report = json.loads((folder / "report.json").read_text("utf-8"))
    change(report)
    (folder / "report.json").write_text(json.dumps(report), "utf-8")
    again = replay(folder)
    assert not again.stands
    return [each.en for each in again.disagreements]


def by_id(report: dict[str, Any], name: str) -> dict[str, Any]:
    found: dict[str, Any] = next(each for each in report["results"] if each["id"] == name)
    return found


def test_a_pass_without_evidence_is_found_out(folder: Path) -> None:
    said = rewrite(folder, lambda report: by_id(report, "TOY-PASS").update(evidence=None))
    assert any("TOY-PASS toy is PASS without any evidence" in each for each in said)
    assert any("TOY-PASS--toy.jsonl belongs to no result" in each for each in said)


def test_the_evidence_of_another_purpose_is_no_evidence(folder: Path) -> None:
    other = "evidence/TOY-PASS--toy.jsonl"
    said = rewrite(folder, lambda report: by_id(report, "TOY-FAIL").update(evidence=other))
    assert any("names another's evidence" in each for each in said)


def test_a_result_taken_out_of_the_report_is_missed(folder: Path) -> None:
    def take(report: dict[str, Any]) -> None:
        report["results"] = [each for each in report["results"] if each["id"] != "TOY-FAIL"]

    said = rewrite(folder, take)
    assert any("counts of verdicts" in each for each in said)
    assert any("TOY-FAIL--toy.jsonl" in each for each in said)


def test_an_exit_status_that_nothing_bears_out_is_found_out(folder: Path) -> None:
    said = rewrite(folder, lambda report: report["summary"].update(exit_status=0))
    assert any("exit status 0" in each and "TOY-FAIL" in each for each in said)


def test_a_check_taken_out_of_the_evidence_is_missed(folder: Path) -> None:
    def take(lines: list[dict[str, Any]]) -> None:
        lines[:] = [line for line in lines if line.get("name") != "it is red"]

    edit(folder / "evidence" / "TOY-FAIL--toy.jsonl", take)
    (bad,) = [item for item in replay(folder).items if not item.stands]
    said = " ".join(each.en for each in bad.disagreements)
    assert "comes to PASS" in said
    assert "3 checks" in said


def test_a_message_against_the_rules_turns_a_pass_into_a_fail(folder: Path) -> None:
    def add(lines: list[dict[str, Any]]) -> None:
        messages = good()
        messages[3]["n"] = 2
        lines += [{**line, "source": "toy"} for line in log(messages)]

    edit(folder / "evidence" / "TOY-PASS--toy.jsonl", add)
    (bad,) = [item for item in replay(folder).items if not item.stands]
    assert (bad.purpose, bad.from_checks, bad.verdict) == ("TOY-PASS", Verdict.PASS, Verdict.FAIL)


def check(
    *, passed: object, counts_as: str, seen: str = "x", level: str = "should"
) -> dict[str, Any]:
    told = {"kind": "check", "name": "c", "passed": passed, "counts_as": counts_as, "seen": seen}
    return {**told, "level": level}


@pytest.mark.parametrize(
    ("lines", "verdict"),
    [
        ([], Verdict.INCONCLUSIVE),
        ([check(passed=True, counts_as="PASS", seen="nothing within 2 s")], Verdict.INCONCLUSIVE),
        ([check(passed=False, counts_as="PASS")], Verdict.HARNESS_ERROR),
        ([check(passed=True, counts_as="FINE")], Verdict.HARNESS_ERROR),
        ([check(passed="yes", counts_as="PASS")], Verdict.HARNESS_ERROR),
        ([check(passed=False, counts_as="WARN")], Verdict.WARN),
        ([check(passed=False, counts_as="WARN", level="must")], Verdict.HARNESS_ERROR),
    ],
)
def test_what_cannot_be_understood_is_no_pass(
    lines: list[dict[str, Any]], verdict: Verdict
) -> None:
    assert verdict_of(lines) is verdict


def test_what_is_no_evidence_is_refused(folder: Path, tmp_path: Path) -> None:
    for path in (tmp_path / "none", tmp_path / "none.jsonl", tmp_path):
        with pytest.raises(ConformanceError):
            replay(path)
    (folder / "evidence" / "TOY-PASS--toy.jsonl").unlink()
    with pytest.raises(ConformanceError, match="no such evidence"):
        replay(folder)
