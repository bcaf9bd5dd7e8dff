"""`pytest --net119-sut`: items of a vendor's own run, and pytest exits as the command would."""

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from net119_conformance.order import Order
from net119_conformance.plan import PlanItem

ROOT = Path(__file__).parents[3]
TOYS = "tests.conformance.engine.toy_for_pytest"


@dataclass(frozen=True)
class Ended:
    status: int
    shown: str
    report: dict[str, Any]

    def verdicts(self) -> dict[str, str]:
        return {result["id"]: result["verdict"] for result in self.report["results"]}


def vendor(folder: Path, *words: str, environment: str = f"{TOYS}:environment") -> Ended:
    """A vendor's pytest, in a folder of its own with a test of its own."""
    (folder / "test_own.py").write_text("def test_own() -> None: ...\n", "ascii")
    ran = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-W", "ignore"),
            *("-p", "net119_conformance.pytest_sut", "-p", "xdist.plugin", "-p", "pytest_timeout"),
            *("--net119-environment", environment, "--net119-purposes", TOYS),
            *("--net119-only", "PLUGIN-*", "--net119-lang", "en", *words),
        ],
        cwd=folder,
        env={
            "PATH": "/usr/bin:/bin",
            "PYTHONPATH": str(ROOT),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    file = folder / "build" / "conformance" / "report.json"
    report = json.loads(file.read_text("utf-8")) if file.exists() else {}
    return Ended(ran.returncode, ran.stdout + ran.stderr, report)


def test_a_failure_turns_pytest_red_and_is_in_the_report(tmp_path: Path) -> None:
    decisions = tmp_path / "build" / "conformance" / "reviews.json"
    decisions.parent.mkdir(parents=True)
    decisions.write_text("of an earlier run", "ascii")
    ended = vendor(tmp_path, "--net119-seed", "7", "-v")
    assert ended.status == 1, ended.shown
    assert "is kept in reviews.old-1.json; it does not count for this run" in ended.shown
    assert not decisions.exists()
    assert "Order: random, seed 7 (--net119-seed 7 repeats it)" in ended.shown
    assert ended.report["seed"] == 7
    names = ("PLUGIN-FAIL", "PLUGIN-PASS", "PLUGIN-SKIP")
    listed = [PlanItem(purpose=name, sut="toy", timeout_s=30.0) for name in names]
    shown = re.findall(r"(?m)^net119::(PLUGIN-[A-Z]+)--toy ", ended.shown)
    assert shown == [item.purpose for item in Order(7).arrange(listed)] != list(names)
    assert ended.verdicts() == {
        "PLUGIN-FAIL": "FAIL",
        "PLUGIN-PASS": "PASS",
        "PLUGIN-SKIP": "NOT_APPLICABLE",
    }
    assert "1 failed, 1 passed, 1 skipped" in ended.shown
    assert "expected: red" in ended.shown
    assert "Does not conform" in ended.shown
    assert "Traceback" not in ended.shown


def test_workers_and_selection_of_pytest_work_on_it(tmp_path: Path) -> None:
    ended = vendor(tmp_path, "-n", "2", "-k", "PASS or SKIP", "test_own.py")
    assert ended.status == 0, ended.shown
    assert "1 passed, 1 skipped" in ended.shown  # -k leaves out the vendor's own test
    assert ended.verdicts() == {"PLUGIN-PASS": "PASS", "PLUGIN-SKIP": "NOT_APPLICABLE"}
    assert ended.report["summary"]["complete"] is True


def test_a_known_failure_is_excused_and_an_outdated_line_is_not(tmp_path: Path) -> None:
    known = tmp_path / "known.toml"
    line = '[[known]]\npurpose = "{}"\nchecks = ["{}"]\nreason = "ticket 7"\n'
    known.write_text(line.format("PLUGIN-FAIL", "it is red"), "ascii")
    stale = line.format("PLUGIN-SKIP", "it squeaks")
    known.write_text(line.format("PLUGIN-FAIL", "it is red") + stale, "ascii")
    ended = vendor(tmp_path, "--net119-baseline", str(known))
    assert "1 passed, 1 skipped, 1 xfailed" in ended.shown
    assert "known: PLUGIN-FAIL" in ended.shown
    assert "out of date in the baseline: PLUGIN-SKIP" in ended.shown
    assert ended.status == 1, ended.shown


def test_what_cannot_be_set_up_is_one_sentence(tmp_path: Path) -> None:
    ended = vendor(tmp_path, environment=f"{TOYS}:out_of_reach")
    assert ended.status == pytest.ExitCode.USAGE_ERROR, ended.shown
    assert "nothing answers at 127.0.0.9:1" in ended.shown
    assert "Traceback" not in ended.shown
    assert "INTERNALERROR" not in ended.shown


def test_only_listed_nothing_starts_and_the_last_report_stays(tmp_path: Path) -> None:
    report = tmp_path / "build" / "conformance" / "report.json"
    report.parent.mkdir(parents=True)
    report.write_text('{"results": []}', "ascii")
    ended = vendor(tmp_path, "--collect-only", "-q", environment=f"{TOYS}:out_of_reach")
    assert ended.status == 0, ended.shown
    listed = [line for line in ended.shown.splitlines() if line.startswith("net119::")]
    # What has to be alone comes last.
    assert [each.partition("--")[0] for each in listed] == [
        f"net119::PLUGIN-{name}" for name in ("PASS", "SKIP", "FAIL")
    ], ended.shown
    assert ended.report == {"results": []}
