"""Whole runs of toy purposes: verdicts, exit statuses, reports, crashes."""

import io
import json
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from net119_conformance import runner
from net119_conformance.errors import ConformanceError
from net119_conformance.order import Order
from net119_conformance.results import Report, report_schema
from net119_conformance.runner import Options, run
from net119_conformance.verdict import Verdict
from rich.console import Console

from tests.conformance.engine.toy_world import TOYS, ToyEnvironment, toy_catalogue


@dataclass
class Ran:
    """A run that is over."""

    status: int
    out: Path
    shown: str
    environment: ToyEnvironment

    @property
    def report(self) -> Report:
        return Report.read(self.out / "report.json")

    def verdicts(self) -> dict[str, Verdict]:
        return {result.id: result.verdict for result in self.report.results}


def run_toys(out: Path, *only: str, environment: ToyEnvironment | None = None, **more: Any) -> Ran:
    environment = environment or ToyEnvironment()
    shown = io.StringIO()
    console = Console(file=shown, width=120, force_terminal=False)
    options = Options(
        environment=environment,
        purposes=TOYS,
        only=only,
        workers=more.pop("workers", 1),
        hands=more.pop("hands", 1),
        out=out,
        lang=more.pop("lang", "en"),
        catalogue=toy_catalogue(),
        **more,
    )
    return Ran(run(options, console), out, shown.getvalue(), environment)


ALL_BUT_BLOCK = (
    *("TOY-PASS", "TOY-FAIL", "TOY-WARN", "TOY-RAISE", "TOY-NOTHING", "TOY-PREREQUISITE"),
    *("TOY-TIMEOUT", "TOY-UNREACHABLE", "TOY-NA", "TOY-NOBODY", "TOY-REVIEW", "TOY-CRASH"),
    "TOY-HOSTILE",
)


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    """One run of all toys in an order of chance, two workers, of which one dies on the way."""
    return run_toys(tmp_path_factory.mktemp("everything"), *ALL_BUT_BLOCK, workers=2)


def test_the_order_is_told_everywhere(everything: Ran) -> None:
    seed = everything.report.seed
    assert seed is not None
    said = f"Order: random, seed {seed} (--seed {seed} repeats it)."
    # At the beginning, for a run that never ends, and at the end.
    assert everything.shown.index(said) < everything.shown.index("[ 1/12]")
    assert everything.shown.count(said) == 2
    assert said in (everything.out / "report.html").read_text("utf-8")


def test_every_ending_has_its_verdict(everything: Ran) -> None:
    assert everything.verdicts() == {
        "TOY-PASS": Verdict.PASS,
        "TOY-FAIL": Verdict.FAIL,
        "TOY-WARN": Verdict.WARN,
        "TOY-RAISE": Verdict.HARNESS_ERROR,
        "TOY-NOTHING": Verdict.INCONCLUSIVE,
        "TOY-PREREQUISITE": Verdict.INCONCLUSIVE,
        "TOY-TIMEOUT": Verdict.INCONCLUSIVE,
        "TOY-UNREACHABLE": Verdict.INCONCLUSIVE,
        "TOY-NA": Verdict.NOT_APPLICABLE,
        "TOY-NOBODY": Verdict.NOT_APPLICABLE,
        "TOY-REVIEW": Verdict.NEEDS_REVIEW,
        "TOY-CRASH": Verdict.HARNESS_ERROR,
        "TOY-HOSTILE": Verdict.FAIL,
    }
    assert everything.status == 1
    assert (everything.environment.started, everything.environment.stopped) == (1, 1)


def test_json_has_the_documented_form(everything: Ran) -> None:
    document = json.loads((everything.out / "report.json").read_text("utf-8"))
    jsonschema.Draft202012Validator.check_schema(report_schema())
    jsonschema.validate(document, report_schema())
    assert next(iter(document)) == "catalogue"
    assert document["sut"] == {"toy": {"name": "Toy 1.0", "port": 61614}}
    by_id = {result["id"]: result for result in document["results"]}
    failing = by_id["TOY-FAIL"]
    assert failing["requirements"] == ["TOY-01"]
    assert failing["checks"] == 3
    assert failing["failed"] == [
        {"check": "it is red", "level": "must", "expected": "red", "seen": "blue", "message": 1}
    ]
    assert (everything.out / failing["evidence"]).is_file()
    assert [one["requirement"] for one in document["pending"]] == ["TOY-03"]
    assert document["excluded"][0]["requirement"] == "TOY-04"
    assert document["excluded"][0]["reason"] == "a duty of people"
    assert document["summary"]["verdicts"]["INCONCLUSIVE"] == 4
    assert document["summary"]["complete"] is True


def test_reasons_name_what_happened(everything: Ran) -> None:
    reasons = {result.id: result.reason for result in everything.report.results}
    assert "no such toy" in reasons["TOY-RAISE"]
    assert "no evidence" in reasons["TOY-NOTHING"]
    assert "a child is present" in reasons["TOY-PREREQUISITE"]
    assert "the toy to wake up" in reasons["TOY-TIMEOUT"]
    assert "127.0.0.2:8443 refused" in reasons["TOY-UNREACHABLE"]
    assert "worker process died" in reasons["TOY-CRASH"]
    assert "friendly" in reasons["TOY-REVIEW"]
    assert "role" in reasons["TOY-NOBODY"]


def test_evidence_survives_the_crash_and_holds_no_secret(everything: Ran) -> None:
    crash = everything.out / "evidence" / "TOY-CRASH--toy.jsonl"
    assert "last words" in crash.read_text("utf-8")
    crashed = next(result for result in everything.report.results if result.id == "TOY-CRASH")
    assert crashed.evidence == "evidence/TOY-CRASH--toy.jsonl"
    passed = (everything.out / "evidence" / "TOY-PASS--toy.jsonl").read_text("utf-8")
    assert "s3cret-token" not in passed
    assert "[redacted]" in passed
    raised = (everything.out / "evidence" / "TOY-RAISE--toy.jsonl").read_text("utf-8")
    assert "toy_purposes.py" in raised
    assert str(Path(__file__).parent) not in raised


def test_junit_turns_red_where_the_run_does(everything: Ran) -> None:
    root = ET.fromstring((everything.out / "report.junit.xml").read_text("utf-8"))  # noqa: S314  # our own file, read back
    suite = root.find("testsuite")
    assert suite is not None
    cases = {case.get("name"): case for case in suite.findall("testcase")}

    def kinds(name: str) -> list[str]:
        return [child.tag for child in cases[name] if child.tag != "properties"]

    assert kinds("TOY-PASS") == []
    assert kinds("TOY-FAIL") == ["failure"]
    assert kinds("TOY-WARN") == ["system-out"]
    assert kinds("TOY-NA") == ["skipped"]
    for name in ("TOY-RAISE", "TOY-NOTHING", "TOY-TIMEOUT", "TOY-REVIEW", "TOY-CRASH"):
        assert kinds(name) == ["error"], name
    assert suite.get("tests") == "13"
    assert suite.get("failures") == "2"
    assert suite.get("errors") == "7"
    assert suite.get("skipped") == "2"
    skipped = cases["TOY-NA"].find("skipped")
    assert skipped is not None
    assert skipped.get("message") == "the toy claims no squeaker"
    hostile = cases["TOY-HOSTILE"].find("failure")
    assert hostile is not None
    assert "<script>alert(1)</script>" in (hostile.text or "")
    assert "\\u0000" in (hostile.text or "")


def test_terminal_shows_table_problems_and_summary(everything: Ran) -> None:
    assert "[ 1/12]" in everything.shown
    assert "✗ it is red" in everything.shown
    assert "Does not conform" in everything.shown
    assert "1 judged" not in everything.shown
    assert "2 judged, 1 pending, 1 excluded" in everything.shown


def test_a_strict_run_fails_on_a_warning_and_on_what_must_not_be_left_out(tmp_path: Path) -> None:
    environment = ToyEnvironment(allowed_not_applicable=frozenset())
    ran = run_toys(tmp_path, "TOY-PASS", "TOY-WARN", "TOY-NA", environment=environment, strict=True)
    assert ran.status == 1
    assert {result.id for result in ran.report.results if result.blocking} == {
        "TOY-WARN",
        "TOY-NA",
    }
    junit = (tmp_path / "report.junit.xml").read_text("utf-8")
    assert "<failure" in junit
    assert "<error" in junit


def test_a_lenient_run_passes_with_a_warning_and_something_left_out(tmp_path: Path) -> None:
    environment = ToyEnvironment(allowed_not_applicable=frozenset({"TOY-NA"}))
    order = Order.chosen("listed")
    ran = run_toys(
        tmp_path, "TOY-02", "TOY-NA", environment=environment, interfaces="B", order=order
    )
    assert ran.report.seed is None
    assert ran.shown.count("Order: as listed.") == 2
    assert set(ran.verdicts()) == {"TOY-PASS", "TOY-WARN", "TOY-NA"}
    assert ran.status == 0
    assert "Conforms" in ran.shown
    junit = (tmp_path / "report.junit.xml").read_text("utf-8")
    assert "<failure" not in junit
    assert "<error" not in junit


def test_nothing_but_not_applicable_is_no_success(tmp_path: Path) -> None:
    assert run_toys(tmp_path, "TOY-NOBODY").status == 1


class Stuck(ToyEnvironment):
    """It does not stop."""

    async def stop(self) -> None:
        await super().stop()
        raise KeyError("[bold]髙𠮷①")


def test_a_bench_without_sut_is_inconclusive(tmp_path: Path) -> None:
    """And an environment that breaks in stopping takes the report away from nobody."""
    environment = Stuck(bench="tests.conformance.engine.toy_world:no_bench")
    ran = run_toys(tmp_path, "TOY-PASS", environment=environment)
    assert ran.verdicts() == {"TOY-PASS": Verdict.INCONCLUSIVE}
    assert "nothing listens" in ran.report.results[0].reason


def test_a_bench_that_is_not_there_is_the_harness_fault_and_old_reports_go(tmp_path: Path) -> None:
    (tmp_path / "evidence").mkdir()
    stale = tmp_path / "evidence" / "OLD-ONE--toy.jsonl"
    stale.write_text("{}")
    mine = tmp_path / "notes.txt"
    mine.write_text("mine")
    ran = run_toys(tmp_path, "TOY-PASS", environment=ToyEnvironment(bench="no.such:bench"))
    assert ran.verdicts() == {"TOY-PASS": Verdict.HARNESS_ERROR}
    assert ran.environment.stopped == 1
    assert not stale.exists()
    assert mine.read_text() == "mine"


@pytest.mark.parametrize(
    ("only", "more", "said"),
    [
        (("TOY-PAS",), {}, "did you mean TOY-PASS"),
        (("TOY-04",), {}, "no test purpose judges TOY-04"),
        ((), {"interfaces": "Z"}, "unknown interface Z"),
        ((), {"interfaces": "M"}, "no test purpose is left"),
        ((), {"workers": 0}, "-n: 0 workers. use 1 or more"),
        ((), {"hands": 0}, "--hands: 0 hands. use 1 or more"),
    ],
)
def test_wrong_options_are_explained(
    tmp_path: Path, only: tuple[str, ...], more: dict[str, Any], said: str
) -> None:
    with pytest.raises(ConformanceError, match=said):
        run_toys(tmp_path, *only, **more)
    assert not (tmp_path / "report.json").exists()


def test_a_folder_that_cannot_be_written_is_explained(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ConformanceError, match="cannot be used"):
        run_toys(tmp_path / "file" / "below", "TOY-PASS")


def test_what_is_newer_than_the_claimed_catalogue_is_shown_and_does_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def newer(claimed: str, purposes: Any) -> frozenset[str]:
        assert claimed == "2025.9"
        assert "TOY-PASS" in purposes
        return frozenset({"TOY-FAIL"})

    monkeypatch.setattr(runner, "unscored", newer)
    ran = run_toys(tmp_path, "TOY-PASS", "TOY-FAIL", claimed="2025.9")
    assert ran.status == 0
    assert ran.verdicts() == {"TOY-PASS": Verdict.PASS, "TOY-FAIL": Verdict.FAIL}
    report = ran.report
    assert (report.claimed, report.summary.unscored) == ("2025.9", 1)
    assert report.summary.verdict is Verdict.PASS
    assert report.summary.verdicts == {Verdict.PASS: 1}
    assert {one.id: (one.scored, one.blocking) for one in report.results} == {
        "TOY-PASS": (True, False),
        "TOY-FAIL": (False, False),
    }
    assert "1 not scored: newer than catalogue 2025.9" in ran.shown
    assert "fail (not scored)" in ran.shown
    page = (tmp_path / "report.html").read_text("utf-8")
    assert "1 not scored: newer than catalogue 2025.9" in page
    (skipped,) = ET.parse(tmp_path / "report.junit.xml").iter("skipped")  # noqa: S314  # the report that this run wrote
    assert "not scored (FAIL)" in skipped.attrib["message"]


def test_a_claimed_catalogue_that_nobody_knows_is_refused_before_anything_starts(
    tmp_path: Path,
) -> None:
    environment = ToyEnvironment()
    with pytest.raises(ConformanceError, match=r"'1999\.1'.*2026\.1") as wrong:
        run_toys(tmp_path, "TOY-PASS", environment=environment, claimed="1999.1")
    assert wrong.value.where == "[sut] catalogue"
    assert environment.started == 0
