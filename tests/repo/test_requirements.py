"""The requirement files hold what pyproject.toml asks for, pinned, hashed, and alike."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).resolve().parents[2]
REQUIREMENTS = ROOT / "requirements"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
EXTRAS = PROJECT["project"]["optional-dependencies"]
FILES = {
    "runtime": [],
    "conformance": ["ui", "docker"],
    "load": ["load"],
    "dev": list(EXTRAS),
}


def pins(name: str) -> dict[str, tuple[str, int]]:
    """Package -> (version, number of hashes)."""
    blocks = re.split(
        r"^(?=[a-z0-9])", (REQUIREMENTS / f"{name}.txt").read_text(), flags=re.MULTILINE
    )
    found: dict[str, tuple[str, int]] = {}
    for block in blocks:
        if match := re.match(r"([a-z0-9._-]+)==([^\s;]+)", block):
            found[canonicalize_name(match[1])] = (match[2], block.count("--hash=sha256:"))
    return found


@pytest.mark.parametrize("name", FILES)
def test_every_pin_is_hashed(name: str) -> None:
    assert pins(name)
    assert [package for package, (_, hashes) in pins(name).items() if not hashes] == []


@pytest.mark.parametrize("name", FILES)
def test_what_the_project_asks_for_is_pinned(name: str) -> None:
    asked = list(PROJECT["project"]["dependencies"]) + PROJECT["build-system"]["requires"]
    for extra in FILES[name]:
        asked += EXTRAS[extra]
    pinned = pins(name)
    for requirement in map(Requirement, asked):
        package = canonicalize_name(requirement.name)
        if package == canonicalize_name(PROJECT["project"]["name"]):
            continue  # an extra that names other extras of this project
        assert package in pinned, f"{package}: not in {name}.txt; run make lock"
        assert pinned[package][0] in requirement.specifier, f"{package}: run make lock"


def test_a_package_has_one_version_everywhere() -> None:
    dev = pins("dev")
    for name in ("runtime", "conformance", "load"):
        assert pins(name).items() <= dev.items(), f"{name}.txt and dev.txt differ; run make lock"
        assert pins("runtime").items() <= pins(name).items()


def test_the_build_needs_the_same_in_both_places() -> None:
    lines = (REQUIREMENTS / "build.in").read_text().splitlines()
    asked = {line for line in lines if line and not line.startswith("#")}
    assert asked == set(PROJECT["build-system"]["requires"])
