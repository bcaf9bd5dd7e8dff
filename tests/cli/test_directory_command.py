"""`net119 directory`: what a new user gets to read, and the exit status."""

import json
from pathlib import Path

import pytest
import trustme
from net119_cli import main as cli

from tests.protocol.directory.dated import CHITOSE, HEAD, TOMAKOMAI, department, stop

SOON = department("chitose", "01224", "chitose", "adopted_from = 2026-12-01")
NIGHT = stop("center", "chitose", "2026-12-05T01:00:00", "2026-12-05T05:00:00")
AT = "42.8210,141.6509"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "directory.toml"
    path.write_text(HEAD + TOMAKOMAI + SOON + NIGHT, "utf-8")
    return path


def run(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    status = cli.main(["directory", *words])
    said = capsys.readouterr()
    assert "Traceback" not in said.err
    return status, said.out, said.err


def test_the_packaged_directory_can_be_used(capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", "--strict", "--lang", "ja")
    assert status == 0
    assert out.splitlines()[-2:] == ["誤り 0件、注意 0件", "使える一覧です"]


def test_what_is_to_come_is_told_with_row_and_time(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ("check", str(file), "--date", "2026-11-28T12:00", "--days", "7")
    status, out, _ = run(capsys, *words, "--lang", "ja")
    assert status == 0
    assert "版 dated" in out
    assert "2026-12-01 00:00  departments[1] (chitose): 千歳市消防本部でNET119が使える" in out
    assert "2026-12-05 01:00  stops[0]: 指令センター chitose の計画停止が始まります" in out
    _, out, _ = run(capsys, *words, "--lang", "en")
    assert "changes in the next 7 days: 3" in out
    assert "2026-12-01 00:00  departments[1] (chitose): NET119 reaches" in out


def test_mistakes_end_with_1_and_name_the_row(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text(file.read_text("utf-8").replace('"01224"', '"01213"'), "utf-8")
    status, out, _ = run(capsys, "check", str(file), "--lang", "ja")
    assert status == 1
    assert "誤り  departments[1] (chitose): 市町村 01213 は departments[0]（tomakomai）の" in out
    status, out, _ = run(capsys, "check", str(file), "--json")
    found = json.loads(out)
    assert (status, found["ok"]) == (1, False)
    assert found["findings"][0]["kind"] == "overlap"


def test_warnings_count_only_when_asked(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ("check", str(file), "--date", "2027-01-01", "--lang", "en")
    status, out, _ = run(capsys, *words)
    assert (status, "warning  stops[0]: the planned stop ended" in out) == (0, True)
    assert run(capsys, *words, "--strict")[0] == 1


def test_an_area_with_gaps_ends_with_1(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, _ = run(capsys, "check", str(file), "--area", "0122", "--lang", "ja")
    assert status == 1
    assert "北海道士別市（01220）を管轄する消防本部の行がありません" in out
    assert run(capsys, "check", str(file), "--area", "99")[0] == 2


def test_operators_unknown_to_the_settings_are_told(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "aoba.toml"
    leaf = trustme.CA().issue_cert("127.0.0.1")
    leaf.private_key_and_cert_chain_pem.write_to_path(str(tmp_path / "all.pem"))
    settings.write_text('operator = "aoba"\n[http]\ncert = "all.pem"\nkey = "all.pem"\n', "utf-8")
    words = ("check", str(file), "--config", str(settings), "--lang", "en")
    status, out, _ = run(capsys, *words)
    assert status == 1
    assert "error  providers[1] (midori): the settings have no peer midori" in out


@pytest.mark.parametrize(
    ("date", "words"),
    [
        ("2026-11-30T14:59:59Z", ("not-adopted", "2026-12-01 0時（日本時間）から")),
        ("2026-11-30T15:00:00Z", ("other-running", "つながる先  千歳市消防本部（chitose")),
        ("2026-12-05T03:00", ("other-not-running", "計画停止中（2026-12-05 05:00 まで）")),
    ],
)
def test_a_call_is_routed_as_of_a_moment(
    file: Path, date: str, words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ("route", "--at", AT, "--date", date, "--home", "tomakomai", str(file))
    status, out, _ = run(capsys, *arguments, "--lang", "ja")
    assert status == 0
    for each in (
        *words,
        "登録地      苫小牧市消防本部",
        "一覧の版    dated",
        "北海道千歳市 (01224)",
    ):
        assert each in out
    _, out, _ = run(capsys, *arguments, "--json")
    assert json.loads(out)["rule"] == words[0]


def test_a_down_peer_and_a_doubtful_place(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "d.toml"
    file.write_text(HEAD + TOMAKOMAI + CHITOSE, "utf-8")
    words = ("route", "--at", "42.752055,141.478092", "--accuracy", "200", str(file))
    _, out, _ = run(capsys, *words, "--home", "tomakomai", "--lang", "en")
    assert "others      " in out
    assert "within the uncertainty" in out
    _, out, _ = run(capsys, "route", "--at", AT, "--down", "midori", str(file), "--lang", "en")
    assert "because   it does not respond" in out
    assert "(an example; see --home)" in out
    assert "to phone    chitose FD (0000-00-0101)" in out


@pytest.mark.parametrize(
    "words",
    [
        ("--at", "42.8"),
        ("--at", "141.6,42.8"),
        ("--at", "nan,42.8"),
        ("--at", AT, "--accuracy", "-1"),
        ("--at", AT, "--accuracy", "nan"),
        ("--at", AT, "--date", "yesterday"),
        ("--at", AT, "--date", "0001-01-01T00:00+14:00"),
        ("--at", AT, "--home", "nowhere"),
        ("--at", AT, "--home", "m-01100"),
        ("--at", AT, "--down", "nobody"),
        ("--at", AT, "/no/such/file.toml"),
    ],
)
def test_what_cannot_be_asked_is_explained(
    words: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    status, _, err = run(capsys, "route", *words, "--lang", "en")
    assert status == 2
    assert err.startswith("error: ")
    assert "\nto do: " in err


def test_a_broken_directory_is_not_routed_with(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file.write_text("version = ", "utf-8")
    assert run(capsys, "check", str(file))[0] == 2
    file.write_text('version = "x"\nextra = 1\n', "utf-8")
    assert run(capsys, "check", str(file))[0] == 1
    status, _, err = run(capsys, "route", "--at", AT, str(file), "--lang", "ja")
    assert (status, "net119 directory check" in err) == (2, True)
    assert "知らない項目です" in err
