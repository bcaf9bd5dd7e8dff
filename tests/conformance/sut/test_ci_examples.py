"""The examples for vendors' CI are what CI systems read, and their commands are real ones."""

import re
import shlex
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml
from net119_cli import main as cli
from typer.testing import CliRunner

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples" / "ci"
NEEDS_NO_SYSTEM = {"sut prepare", "sut check", "conformance run"}


def commands(name: str) -> list[str]:
    """The shell lines of an example."""
    read: dict[str, Any] = yaml.safe_load((EXAMPLES / name).read_text("utf-8"))
    if "jobs" in read:
        steps = read["jobs"]["conformance"]["steps"]
        return [step["run"] for step in steps if "run" in step]
    return list(read["net119"]["script"])


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yml")))
def test_every_command_of_an_example_is_understood(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sut.toml").write_text("[sut]\nkey = 3\n", "ascii")
    (tmp_path / "net119-known.toml").write_text("", "ascii")
    ours = [line for line in commands(name) if line.startswith("net119 ")]
    assert {" ".join(line.split()[1:3]) for line in ours} == NEEDS_NO_SYSTEM
    for line in ours:
        done = CliRunner().invoke(typed(), shlex.split(line)[1:])
        # The profile is wrong, which only a command that understood its options can say.
        assert done.exit_code != 0
        said = f"{done.output}{done.exception}"
        assert re.search(r"sut\.key|sut\.toml", said), f"{line}: {said}"
        assert "No such" not in said


def typed() -> typer.Typer:
    """The whole command."""
    return cli.build_app()
