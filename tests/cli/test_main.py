"""The frame of the command: help in both languages, exit statuses, errors without tracebacks."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import typer
from net119_cli import main as cli
from net119_cli.errors import UserError
from net119_protocol import __version__
from rich.text import Text


class Command:
    """A command `act` whose function a test supplies, in place of the real ones."""

    def __init__(self, act: Callable[[], int | None]) -> None:
        self.act = act

    def register(self, app: typer.Typer) -> None:
        app.command("act")(self.act)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NET119_LANG", "en")
    monkeypatch.delenv("NET119_DEBUG", raising=False)


def run_with(monkeypatch: pytest.MonkeyPatch, act: Callable[[], int | None]) -> int:
    monkeypatch.setattr(cli, "COMMANDS", (Command(act),))
    return cli.main(["act"])


@pytest.mark.parametrize(("returned", "status"), [(None, 0), (0, 0), (1, 1), (7, 7)])
def test_a_commands_result_is_the_exit_status(
    returned: int | None, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert run_with(monkeypatch, lambda: returned) == status


def test_a_user_error_says_what_where_and_what_to_do(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise UserError("no such provider: aoi", "providers.toml, [peers]", "use aoba or midori")

    assert run_with(monkeypatch, act) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.splitlines() == [
        "error: no such provider: aoi",
        "where: providers.toml, [peers]",
        "to do: use aoba or midori",
    ]


def test_an_explained_error_of_another_package_is_shown_alike(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    class ProfileError(Exception):
        what, where, what_to_do = "unknown key", "sut.toml, line 3", "remove it"

    def act() -> int:
        raise ProfileError

    assert run_with(monkeypatch, act) == 2
    assert "where: sut.toml, line 3" in capsys.readouterr().err


def test_an_internal_error_is_told_apart_and_without_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise ZeroDivisionError("by zero")

    assert run_with(monkeypatch, act) == 70
    said = capsys.readouterr().err
    assert "ZeroDivisionError: by zero" in said
    assert "NET119_DEBUG=1" in said
    assert "Traceback" not in said


def test_an_internal_error_shows_its_traceback_on_request(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise ZeroDivisionError("by zero")

    monkeypatch.setenv("NET119_DEBUG", "1")
    assert run_with(monkeypatch, act) == 70
    assert "Traceback" in capsys.readouterr().err


def test_ctrl_c_exits_130(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def act() -> int:
        raise KeyboardInterrupt

    assert run_with(monkeypatch, act) == 130
    assert capsys.readouterr().err == "Interrupted.\n"


@pytest.mark.parametrize(
    ("arguments", "reason", "advice"),
    [
        (["doctr"], "doctr", "net119 --help"),
        (["doctor", "--jsn"], "--jsn", "net119 doctor --help"),
        (["doctor", "now"], "now", "net119 doctor --help"),
    ],
)
@pytest.mark.parametrize(
    ("language", "label"), [("ja", "誤り: "), ("en", "error: ")], ids=["ja", "en"]
)
def test_a_wrong_command_line_is_refused_with_advice(
    arguments: list[str],
    reason: str,
    advice: str,
    language: str,
    label: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert cli.main([*arguments, "--lang", language]) == 2
    said = capsys.readouterr().err
    first, second = said.splitlines()
    assert first.startswith(label)
    assert reason in first
    assert advice in second


def test_an_unknown_language_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["doctor", "--lang", "fr"]) == 2
    assert "'fr'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("language", "present", "absent"),
    [("ja", "この機器で試験環境が動くか", "Show this"), ("en", "Show this help and exit.", "表示")],
)
@pytest.mark.parametrize("arguments", [["--help"], ["doctor", "--help"], []])
def test_help_is_in_the_language_asked_for(
    arguments: list[str],
    language: str,
    present: str,
    absent: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    # Without arguments the help is shown too, but nothing was done: not a success.
    assert cli.main(["--lang", language, *arguments]) == (0 if arguments else 2)
    said = capsys.readouterr().out
    assert present in said.replace("\n", "")
    assert absent not in said


def test_japanese_help_is_not_cut_in_a_narrow_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TERMINAL_WIDTH", "60")
    assert cli.main(["--lang", "ja", "--help"]) == 0
    assert "…" not in capsys.readouterr().out


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["--version"]) == 0
    assert capsys.readouterr().out == f"net119-testbed {__version__}\n"


def in_new_process(code: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        stdin=subprocess.DEVNULL,
    )


def test_help_loads_none_of_the_packages_that_do_the_work() -> None:
    done = in_new_process(
        "import json, sys\n"
        "from net119_cli.main import main\n"
        "main(['--help'])\n"
        "print()\n"
        "print(json.dumps([name for name in sys.modules if name.startswith('net119_')]))\n"
    )
    loaded = {name.split(".")[0] for name in json.loads(done.stdout.splitlines()[-1])}
    assert loaded == {"net119_cli", "net119_protocol"}


def test_a_reader_that_goes_away_is_no_error() -> None:
    done = in_new_process(
        "import os, sys\n"
        "from net119_cli.main import main\n"
        "reader, writer = os.pipe()\n"
        "os.close(reader)\n"
        "os.dup2(writer, 1)\n"
        "sys.exit(main(['--version']))\n"
    )
    assert done.returncode == 141
    assert done.stderr == ""


def test_a_terminal_without_japanese_gets_no_traceback() -> None:
    done = in_new_process(
        "import sys\nfrom net119_cli.main import main\nsys.exit(main(['--lang', 'ja', '--help']))",
        PYTHONIOENCODING="ascii",
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert "--lang" in done.stdout


def helps(command: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, str]]:
    """Every text of help under a command of Typer's, with where it stands."""
    where = " ".join(path)
    yield where, command.help or ""
    for parameter in command.params:
        yield f"{where} {parameter.name}", getattr(parameter, "help", None) or ""
    for name, each in getattr(command, "commands", {}).items():
        yield from helps(each, (*path, name))


@pytest.mark.parametrize("language", ["ja", "en"])
def test_no_word_of_the_help_is_taken_for_markup(
    language: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What stands in brackets would be left out: `[capacity]` is no style."""
    monkeypatch.setenv("NET119_LANG", language)
    found = list(helps(typer.main.get_command(cli.build_app())))
    assert len(found) > 100
    lost = [where for where, text in found if Text.from_markup(text).plain != plain(text)]
    assert lost == []


def plain(text: str) -> str:
    """The text as it is meant: `\\[` stands for a bracket."""
    return text.replace("\\[", "[")
