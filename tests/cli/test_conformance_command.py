"""`net119 conformance`: options reach the runner, help is in the user's language."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
from net119_cli import conformance
from net119_cli.language import Language, use_language
from net119_conformance import runner
from net119_conformance.capacity import REFERENCE, Capacity, read_capacity
from net119_conformance.drivers.names import DriverName
from net119_conformance.purpose import Purpose
from net119_conformance.runner import Options
from typer.testing import CliRunner

from tests.conformance.engine.toy_world import ToyEnvironment


def environment(
    purposes: Sequence[Purpose],
    driver: DriverName,
    *,
    mapping: str,
    require_browser: bool,
    capacity: Capacity,
) -> ToyEnvironment:
    """The environment factory that these tests put in place of the real one."""
    told: dict[str, object] = {"purposes": len(purposes), "driver": driver.value}
    told["browser"] = require_browser
    told |= {"mapping": mapping, "capacity": capacity}
    return ToyEnvironment(description=told)


@pytest.fixture
def app() -> typer.Typer:
    made = typer.Typer()

    # With a callback the group keeps its name on the command line.
    @made.callback()
    def nothing() -> None: ...

    conformance.register(made)
    return made


def test_options_reach_the_runner(app: typer.Typer, monkeypatch: pytest.MonkeyPatch) -> None:
    given: list[Options] = []

    def run(options: Options, console: Any) -> int:
        given.append(options)
        return 1

    monkeypatch.setattr("net119_conformance.world.environment", environment)
    monkeypatch.setattr(runner, "selected_purposes", lambda only, interfaces: [])
    monkeypatch.setattr(runner, "run", run)
    use_language(Language.JA)
    words = ["conformance", "run", "-n", "3", "--hands", "5", "--only", "ASO-18"]
    words += ["--only", "CHAT-*", "--interface", "ab", "--strict", "--out", "there"]
    words += ["--driver", "pages", "--require-browser", "--mapping", "tests.mappings:second"]
    result = CliRunner().invoke(app, words, standalone_mode=False)
    assert result.exception is None
    assert result.return_value == 1
    (options,) = given
    assert options.only == ("ASO-18", "CHAT-*")
    assert (options.interfaces, options.strict) == ("AB", True)
    assert (options.workers, options.hands) == (3, 5)
    assert (options.lang, options.out) == ("ja", Path("there"))
    assert isinstance(options.environment, ToyEnvironment)
    assert options.environment.description == {
        "purposes": 0,
        "driver": "pages",
        "browser": True,
        "mapping": "tests.mappings:second",
        "capacity": REFERENCE,
    }


def test_what_a_system_claims_reaches_the_runner(
    app: typer.Typer, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    given: list[Options] = []

    def run(options: Options, console: Any) -> int:
        given.append(options)
        return 0

    monkeypatch.setattr("net119_conformance.world.environment", environment)
    monkeypatch.setattr(runner, "selected_purposes", lambda only, interfaces: [])
    monkeypatch.setattr(runner, "run", run)
    file = tmp_path / "sut.toml"
    file.write_text('[capacity]\nchat = "none"\nrecovery_s = 45\nopen_calls = "none"\n', "utf-8")
    words = ["conformance", "run", "--sut", str(file)]
    result = CliRunner().invoke(app, words, standalone_mode=False)
    assert result.exception is None
    environment_given = given[0].environment
    assert isinstance(environment_given, ToyEnvironment)
    assert environment_given.description["capacity"] == read_capacity(file) != REFERENCE


@pytest.mark.parametrize(
    ("language", "word"), [(Language.JA, "終了状態"), (Language.EN, "Exit status")]
)
def test_help_is_in_the_language_in_use(language: Language, word: str) -> None:
    use_language(language)
    made = typer.Typer()
    conformance.register(made)
    made.callback()(lambda: None)
    shown = CliRunner().invoke(made, ["conformance", "run", "--help"], env={"COLUMNS": "100"})
    assert word in shown.output
    assert "--strict" in shown.output


def test_every_driver_of_the_suite_can_be_chosen() -> None:
    assert [each.value for each in conformance.DriverChoice] == [each.value for each in DriverName]
