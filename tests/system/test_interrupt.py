"""Commands that start other processes leave none behind, however and whenever they are ended."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.system import fixed
from tests.system.processes import Marked
from tests.turns import part

pytestmark = pytest.mark.timeout(900)
NET119 = str(Path(sys.executable).with_name("net119"))
WITHIN_S = 90.0
"""For what must happen, on a busy machine."""
CONFORMANCE = (NET119, "--lang", "en", "conformance", "run")
SERVE = (NET119, "--lang", "en", "serve")


@pytest.fixture
def fixed_addresses() -> Iterator[None]:
    """See the function."""
    with fixed.addresses():
        yield


def until(command: Marked, moment: str) -> None:
    """Wait for a moment of a command's life."""
    looks = {
        "at once": lambda: True,
        "providers start": lambda: command.runs("net119_reference"),
        "workers start": lambda: command.runs("net119_conformance.pytest_plugin"),
        "purposes run": lambda: any((command.output.parent / "out" / "evidence").glob("*")),
        "it serves": lambda: "Ctrl-C stops everything." in command.said(),
    }
    command.wait_until(looks[moment], moment, WITHIN_S)


def interrupt(command: Marked, number: signal.Signals) -> int:
    """End it as a user does, and see that nothing is left; the exit status."""
    if number is signal.SIGINT:
        os.killpg(command.process.pid, number)
    else:
        command.process.send_signal(number)
    left = command.wait_until_all_ended(WITHIN_S)
    assert left == [], command.said()
    return command.process.wait(WITHIN_S)


def left_behind(folder: Path) -> list[str]:
    """Temporary files, but for locks on ports, which others may hold, and pytest's own folder."""
    names = (each.name for each in (folder / "tmp").iterdir())
    return [name for name in names if not name.startswith(("net119-ports-", "pytest-of-"))]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "number", "statuses"),
    # Of these, ten to thirty seconds of CPU each, half for each commit.
    part(
        [
            ("at once", signal.SIGTERM, {-signal.SIGTERM, 130}),
            ("providers start", signal.SIGINT, {130}),
            ("workers start", signal.SIGTERM, {130}),
            ("purposes run", signal.SIGINT, {130}),
            ("purposes run", signal.SIGKILL, {-signal.SIGKILL}),
        ],
        2,
    ),
)
def test_conformance_leaves_no_process(
    moment: str,
    number: signal.Signals,
    statuses: set[int],
    tmp_path: Path,
    fixed_addresses: None,
) -> None:
    with Marked((*CONFORMANCE, "--out", str(tmp_path / "out")), tmp_path) as command:
        until(command, moment)
        assert interrupt(command, number) in statuses, command.said()
        assert "Traceback" not in command.said()
        if statuses == {130}:
            assert "Interrupted." in command.said()
        if number is not signal.SIGKILL:
            assert left_behind(tmp_path) == []


@pytest.mark.slow
@pytest.mark.parametrize(
    ("moment", "number", "statuses"),
    [
        ("at once", signal.SIGTERM, {-signal.SIGTERM, 0}),
        ("providers start", signal.SIGINT, {0}),
        ("providers start", signal.SIGKILL, {-signal.SIGKILL}),
        ("it serves", signal.SIGINT, {0}),
    ],
)
def test_serve_leaves_no_process(
    moment: str,
    number: signal.Signals,
    statuses: set[int],
    tmp_path: Path,
    fixed_addresses: None,
) -> None:
    with Marked(SERVE, tmp_path) as command:
        until(command, moment)
        if moment == "it serves":
            assert "https://127.0.0.2:8443/r/" in command.said(), "the page to apply at"
        assert interrupt(command, number) in statuses, command.said()
        assert "Traceback" not in command.said()
        if number is not signal.SIGKILL:
            assert left_behind(tmp_path) == []


@pytest.mark.slow
def test_ctrl_c_before_the_command_knows_what_to_do(tmp_path: Path) -> None:
    with Marked((*CONFORMANCE, "--out", str(tmp_path / "out")), tmp_path) as command:
        assert interrupt(command, signal.SIGINT) in {130, -signal.SIGINT}
