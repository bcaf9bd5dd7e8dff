"""`net119 handset list` and `show`: what a new user gets to read."""

import json

import pytest
from net119_cli import main as cli
from net119_simulators.handsets import load_handsets
from rich.cells import cell_len


@pytest.mark.parametrize("language", ["ja", "en"])
def test_the_list_has_every_handset_in_columns(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["handset", "list", "--lang", language]) == 0
    lines = capsys.readouterr().out.splitlines()
    for name in load_handsets():
        assert any(line.startswith(f"{name} ") for line in lines), name
    # Every row's TLS stands in the same column, whatever is wide before it.
    places = {cell_len(line[: line.index("TLS")]) for line in lines if "TLS" in line}
    assert len(places) == 1


@pytest.mark.parametrize("language", ["ja", "en"])
def test_every_handset_is_shown_with_sources_and_predictions(
    language: str, capsys: pytest.CaptureFixture[str]
) -> None:
    for handset in load_handsets().values():
        assert cli.main(["handset", "show", handset.name, "--lang", language]) == 0
        out = capsys.readouterr().out
        for source in handset.sources.values():
            assert source.url is None or f" {source.url}\n" in out
        for line in out.splitlines():
            assert cell_len(line) <= 80 or "https://" in line or "http://" in line


def test_why_a_phone_gets_stuck_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["handset", "show", "au-w52ca", "--lang", "ja"]) == 0
    said = "".join(capsys.readouterr().out.split())
    assert "SHA-2のサーバー証明書を確かめられません" in said


def test_json_is_the_data(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["handset", "list", "--json"]) == 0
    listed = json.loads(capsys.readouterr().out)
    assert [each["name"] for each in listed] == list(load_handsets())
    assert cli.main(["handset", "show", "au-w52ca", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["cookies"] == {"http": True, "https": False}


def test_an_unknown_name_is_answered_with_those_near(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["handset", "show", "softbank", "--lang", "en"]) == 2
    said = capsys.readouterr().err
    assert "softbank-202sh" in said
    assert "Traceback" not in said
