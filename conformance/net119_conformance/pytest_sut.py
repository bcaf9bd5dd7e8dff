"""`pytest --net119-sut sut.toml -n 4`: the suite as items of a vendor's own test run.

Each purpose against each system is an item, so that selection (-k), xdist and JUnit of pytest work
on it. pytest itself is told what `net119 conformance run` would exit with: red for whatever blocks,
green only if something passed. The report is written as the command writes it. Without one of its
options the plugin does nothing, and imports nothing.
"""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from net119_conformance.pytest_session import Side

_GROUP = "net119"


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the plugin's options."""
    group = parser.getgroup(_GROUP, "conformance of a NET119 system (net119-testbed)")
    group.addoption(
        "--net119-sut", type=Path, metavar="FILE", help="judge the system of this profile (TOML)"
    )
    group.addoption(
        "--net119-environment",
        metavar="MODULE:FUNCTION",
        help="instead of a profile: a function that makes the Environment of these purposes",
    )
    group.addoption(
        "--net119-purposes",
        action="append",
        default=[],
        metavar="MODULE",
        help="purposes of your own to run besides the suite's; may be repeated",
    )
    group.addoption(
        "--net119-only",
        action="append",
        default=[],
        metavar="ID",
        help="only this purpose, pattern or requirement; may be repeated",
    )
    group.addoption("--net119-baseline", type=Path, metavar="FILE", help="known failures (TOML)")
    group.addoption("--net119-strict", action="store_true", help="warnings fail, too")
    group.addoption(
        "--net119-out",
        type=Path,
        default=Path("build/conformance"),
        metavar="DIR",
        help="folder for the report (build/conformance)",
    )
    group.addoption(
        "--net119-order",
        choices=("random", "listed"),
        default="random",
        help="order of the purposes (random)",
    )
    group.addoption(
        "--net119-seed",
        type=int,
        metavar="N",
        help="repeat the random order of the run that printed this seed",
    )
    group.addoption(
        "--net119-lang", choices=("ja", "en"), default="ja", help="language of the report"
    )


def pytest_configure(config: pytest.Config) -> None:
    """Join in only where a system was named."""
    if not (config.getoption("--net119-sut") or config.getoption("--net119-environment")):
        return
    from net119_conformance.pytest_session import side_of

    side: Side = side_of(config)
    config.pluginmanager.register(side, "net119-session")
