"""NET119_FORBID_SKIPS turns every way not to run a test into a failure that tells the reason."""

import os
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

EVASIONS = {
    "mark": "import pytest\n@pytest.mark.skip(reason='no-broker')\ndef test_it(): assert True\n",
    "call": "import pytest\ndef test_it(): pytest.skip('no-broker')\n",
    "module": "import pytest\npytest.skip('no-broker', allow_module_level=True)\n",
    "fixture": "import pytest\n@pytest.fixture\ndef broker(): pytest.skip('no-broker')\n"
    "def test_it(broker): assert broker\n",
    "daemon": "import pytest\n"
    "def test_it(): pytest.skip('no Docker daemon can run here: no-broker')\n",
    "xfail": "import pytest\n@pytest.mark.xfail(reason='no-broker')\ndef test_it(): assert False\n",
    "unexpected_pass": "import pytest\n@pytest.mark.xfail(reason='no-broker')\n"
    "def test_it(): assert True\n",
}


def run_pytest(folder: Path, *, forbid: str) -> subprocess.CompletedProcess[str]:
    for name, source in EVASIONS.items():
        (folder / f"test_{name}.py").write_text(source)
    (folder / "test_honest.py").write_text("def test_it(): assert True\n")
    environment = {name: value for name, value in os.environ.items() if "PYTEST" not in name}
    environment |= {"NET119_FORBID_SKIPS": forbid, "PYTHONPATH": str(ROOT)}
    return subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-c", os.devnull, "--rootdir", str(folder)),
            *("-p", "tests.forbid_skips", "-p", "no:cacheprovider"),
            *("-rA", "--continue-on-collection-errors", str(folder)),
        ],
        capture_output=True,
        text=True,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
    )


def test_every_evasion_fails_with_its_reason(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, forbid="1")
    assert done.returncode == 1, done.stdout
    for name in EVASIONS:
        reason = rf"test_{name}\.py.*skips are forbidden.*no-broker"
        assert re.search(reason, done.stdout), f"{name}: {done.stdout}"
    # What happens before the test's own code (mark, fixture, import) is an error to pytest.
    assert counts(done.stdout) == {"failed": 4, "error": 3, "passed": 1}


def test_only_the_tests_of_containers_may_lack_a_kernel_for_them(tmp_path: Path) -> None:
    folder = tmp_path / "containers"
    folder.mkdir()
    text = "import pytest\ndef test_it(): pytest.skip('{}no-broker')\n"
    (folder / "test_permitted.py").write_text(text.format("no Docker daemon can run here: "))
    (folder / "test_other.py").write_text(text.format(""))
    done = run_pytest(tmp_path, forbid="1")
    assert re.search(r"SKIPPED.*test_permitted.py", done.stdout), done.stdout
    assert re.search(r"test_other\.py.*skips are forbidden.*no-broker", done.stdout)
    assert counts(done.stdout) == {"failed": 5, "error": 3, "passed": 1, "skipped": 1}


def test_without_the_variable_pytest_is_left_alone(tmp_path: Path) -> None:
    done = run_pytest(tmp_path, forbid="")
    assert done.returncode == 0, done.stdout
    assert counts(done.stdout) == {"skipped": 5, "xfailed": 1, "xpassed": 1, "passed": 1}


def counts(output: str) -> dict[str, int]:
    """The closing line of pytest as outcome -> number."""
    found = re.findall(
        r"(\d+) (passed|failed|error|skipped|xfailed|xpassed)", output.splitlines()[-1]
    )
    return {outcome: int(number) for number, outcome in found}
