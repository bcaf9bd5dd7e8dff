"""`net119 drill serve`: what is told when it cannot start."""

import socket
from pathlib import Path

import pytest
from net119_cli import main as cli

from tests.scenarios.drills.web.running import free_ports


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--center", "sapporo"], "tomakomai, chitose, chita, aso"),
        (["--pace", "0.5"], "slower than real time"),
    ],
)
def test_a_wrong_option_is_named(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["drill", "serve", *arguments, "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert arguments[0] in said
    assert words in said


@pytest.mark.parametrize(
    ("tongue", "words"), [("ja", "ほかのプログラムが使っています"), ("en", "is in use by another")]
)
def test_a_port_in_use_is_named(
    tongue: str, words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ports = free_ports()
    port = max(ports.all)  # the first that is tried is free
    with socket.create_server(("127.0.0.1", port)):
        arguments = ["--port", str(ports.start), "--folder", str(tmp_path)]
        assert cli.main(["drill", "serve", *arguments, "--lang", tongue]) == 2
    said = capsys.readouterr().err
    assert f"{port}" in said
    assert words in said


def test_a_folder_that_cannot_be_made_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    arguments = ["--port", str(free_ports().start), "--folder", str(tmp_path / "file" / "drills")]
    assert cli.main(["drill", "serve", *arguments, "--lang", "en"]) == 2
    assert "--folder" in capsys.readouterr().err
