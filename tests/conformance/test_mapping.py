"""Every purpose of the interconnect passes where all messages are written in another form."""

import json
import os
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

from tests.mutants.harness import purposes
from tests.system import fixed
from tests.turns import part

ROOT = Path(__file__).parents[2]
PROGRAM = "from net119_cli.main import main; exit(main())"
PARTS = 10
SECOND = "tests.mappings.second:SecondMapping"


def run(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    paths = [str(ROOT), *os.environ.get("PYTHONPATH", "").split(os.pathsep)]
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, "conformance", "run", "--out", str(folder), *arguments],
        env={**os.environ, "NET119_LANG": "en", "PYTHONPATH": os.pathsep.join(filter(None, paths))},
        capture_output=True,
        text=True,
        timeout=280,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.timeout(900)  # it may have to wait for its addresses
def test_all_purposes_of_interface_b_pass_under_another_mapping(tmp_path: Path) -> None:
    """A tenth of them for each commit: all take 95 s of CPU, and as long again in waiting."""
    every = sorted(one.id for one in purposes().values() if "B" in one.interfaces)
    assert len(every) > 60
    chosen = set(part(every, PARTS))
    with fixed.addresses():
        done = run(tmp_path, *(f"--only={name}" for name in chosen), "--mapping", SECOND)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-3000:]
    report = json.loads((tmp_path / "report.json").read_text("utf-8"))
    # An exit status of 0 is also that of a run in which hardly anything was judged.
    verdicts = Counter(each["verdict"] for each in report["results"])
    assert set(verdicts) <= {"PASS", "NOT_APPLICABLE"}, verdicts
    passed = {
        each["id"] for each in report["results"] if each["verdict"] == "PASS" and each["checks"]
    }
    assert passed == chosen, (sorted(chosen - passed), sorted(passed - chosen))
    said = {key: details["mapping"] for key, details in report["sut"].items()}
    assert said == dict.fromkeys(("aoba", "midori"), f"{SECOND} 0.2")


def test_a_mapping_that_is_not_there_is_refused_before_anything_starts(tmp_path: Path) -> None:
    done = run(tmp_path, "--interface", "B", "--mapping", "ts-1022")
    assert done.returncode == 2
    assert "no mapping is called 'ts-1022'; installed: profile" in done.stderr.replace("\n", " ")
