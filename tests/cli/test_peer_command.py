"""`net119 peer`: the list, the table of the documentation, and one run against the reference."""

from pathlib import Path

import pytest
from net119_cli import main as cli
from net119_simulators.peer.bad import bad_peers

DOC = Path(__file__).parents[2] / "docs" / "bad-peers.md"


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_has_every_peer(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["peer", "list", "--lang", language]) == 0
    listed = capsys.readouterr().out
    for peer in bad_peers():
        title = peer.title.ja if language == "ja" else peer.title.en
        assert any(
            line.startswith(f"{peer.name} ") and line.endswith(title)
            for line in listed.splitlines()
        )


def test_a_peer_is_shown_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["peer", "show", "late-accept", "--lang", "ja"]) == 0
    out = capsys.readouterr().out
    assert "遅れた承諾" in out
    assert "call.withdraw" in out


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["show", "nobody"], "redelivery"),
        (["run", "late-acept"], "did you mean 'late-accept'?"),
        (["run"], "--all"),
        (["run", "garbage", "--all"], "--all"),
        (["run", "garbage", "--role", "watches"], "originates"),
        (["run", "late-accept", "--role", "originates"], "--role"),
        (["run", "garbage", "--mapping", "ts-1022"], "no mapping is called"),
    ],
)
def test_wrong_options_end_with_2(
    arguments: list[str], says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["peer", *arguments, "--lang", "en"]) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("content", "says"),
    [(None, "No such file"), ("[system", "system.toml"), ("[system]\nx = 1\n", "system.")],
)
def test_a_file_that_describes_no_system_ends_with_2(
    content: str | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "system.toml"
    if content is not None:
        file.write_text(content, "utf-8")
    command = ["peer", "run", "garbage", "--against", str(file), "--lang", "en"]
    assert cli.main(command) == 2
    err = capsys.readouterr().err
    assert says in err
    assert "Traceback" not in err


@pytest.mark.slow
def test_a_run_tells_its_steps_and_the_verdict(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["peer", "run", "garbage", "--role", "receives", "--lang", "en"]) == 0
    out = capsys.readouterr().out
    assert "It sends octets that are no JSON." in out
    assert "[refusal] the system refuses by error malformed-json" in out
    assert "verdict: survived" in out


def test_the_table_of_the_documentation_is_that_of_the_registry() -> None:
    told = {}
    for line in DOC.read_text("utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[0].startswith("`"):
            told[cells[0].strip("`")] = cells[1:]
    assert told == {
        peer.name: [
            ", ".join(role.value for role in peer.roles),
            peer.wrong.en,
            peer.source,
            peer.refusal or "nothing to refuse",
            ", ".join(peer.invariants),
        ]
        for peer in bad_peers()
    }
