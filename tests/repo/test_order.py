"""Tests run in an order that keeps all workers busy, by turns, and keep their bytecode."""

import os
import subprocess
import sys
from pathlib import Path

from tests import bytecode
from tests.turns import part

ROOT = Path(__file__).resolve().parents[2]
SLOW = "import pytest\ndef test_a(): pass\n@pytest.mark.slow\ndef test_b(): pass\n"


def test_modules_with_slow_tests_come_first_and_stay_whole(tmp_path: Path) -> None:
    (tmp_path / "test_1.py").write_text("def test_a(): pass\n")
    (tmp_path / "test_2.py").write_text(SLOW)
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(tmp_path)),
            *("-p", "tests.slow_first", "-p", "no:cacheprovider"),
            *("-q", "--collect-only", str(tmp_path)),
        ],
        capture_output=True,
        text=True,
        env=environment | {"PYTHONPATH": str(ROOT)},
        cwd=tmp_path,
        check=False,
    )
    collected = [line for line in done.stdout.splitlines() if "::" in line]
    assert collected == ["test_2.py::test_a", "test_2.py::test_b", "test_1.py::test_a"], done


def test_what_is_started_keeps_what_python_compiled() -> None:
    kept = subprocess.run(
        [sys.executable, "-c", "import sys; print(sys.dont_write_bytecode)"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert kept.stdout.strip() == "False"
    environment = {"PYTHONDONTWRITEBYTECODE": "1"}
    bytecode.keep(environment)
    # Beside the sources, where the libraries' own is: nothing has to be compiled twice.
    assert environment == {"PYTHONDONTWRITEBYTECODE": ""}


def test_parts_together_are_the_whole() -> None:
    items = [f"test {number}" for number in range(23)]
    parts = [part(items, 5, number) for number in range(1000, 1005)]
    assert sorted(each for one in parts for each in one) == sorted(items)
    assert {len(one) for one in parts} == {4, 5}


def test_a_commit_has_one_part_and_whoever_asks_all() -> None:
    program = "from tests.turns import part; print(len(part(range(100), 10)))"
    for asked, length in (("", "10"), ("all", "100")):
        done = subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            text=True,
            env=os.environ | {"NET119_TURNS": asked},
            cwd=ROOT,
            check=True,
        )
        assert done.stdout.strip() == length
