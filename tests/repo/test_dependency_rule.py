"""The import contracts in pyproject.toml hold what design section 3 says, and notice a breach."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("protocol", "reference", "simulators", "scenarios", "conformance", "loadtests", "cli")

# Who may import whom, written down here a second time so that a contract cannot be loosened unseen.
ALLOWED: dict[str, set[str]] = {
    "protocol": set(),
    "reference": {"protocol"},
    "simulators": {"protocol"},
    "scenarios": {"simulators", "protocol"},
    "conformance": {"loadtests", "simulators", "protocol"},
    "loadtests": {"simulators", "protocol"},
    "cli": set(PACKAGES) - {"cli"},
}


def lint(folder: Path, imports: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Run our contracts over seven miniature packages whose contents are given by short name."""
    for name in PACKAGES:
        package = folder / f"net119_{name}"
        package.mkdir()
        (package / "__init__.py").write_text(imports.get(name, ""))
    (folder / "pyproject.toml").write_text((ROOT / "pyproject.toml").read_text())
    return subprocess.run(
        [sys.executable, "-c", LINT],
        cwd=folder,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
    )


# The miniatures must come before the installed packages of the same names.
LINT = """
import sys
sys.path.insert(0, ".")
from importlinter.cli import lint_imports
sys.exit(lint_imports(config_filename="pyproject.toml", no_cache=True))
"""


def test_all_that_is_allowed_passes(tmp_path: Path) -> None:
    done = lint(
        tmp_path,
        {name: "".join(f"import net119_{to}\n" for to in ALLOWED[name]) for name in PACKAGES},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("importer", [name for name in PACKAGES if name != "cli"])
def test_what_is_not_allowed_is_noticed(importer: str, tmp_path: Path) -> None:
    forbidden = set(PACKAGES) - ALLOWED[importer] - {importer}
    # Lazily, inside a function, is no way round.
    lazy = "".join(f"    import net119_{imported}\n" for imported in sorted(forbidden))
    done = lint(tmp_path, {importer: f"def late():\n{lazy}"})
    assert done.returncode == 1, done.stdout + done.stderr
    breaches = set(re.findall(rf"net119_{importer} -> net119_(\w+)", done.stdout))
    assert breaches == forbidden


def test_contracts_cover_the_packages_that_exist() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    covered = settings["tool"]["importlinter"]["root_packages"]
    built = settings["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"]
    assert sorted(covered) == sorted(f"net119_{name}" for name in PACKAGES)
    assert sorted(built) == sorted(f"{name}/net119_{name}" for name in PACKAGES)
    assert all((ROOT / package / "__init__.py").is_file() for package in built)
