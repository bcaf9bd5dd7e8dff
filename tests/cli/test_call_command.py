"""`net119 call`: what it takes, what it prints, and that nothing is left behind."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest
from net119_cli import main as cli
from net119_cli.call import parse_position
from net119_cli.errors import UserError
from rich.cells import cell_len

TOMAKOMAI = "42.6341,141.6055"
SAPPORO = "43.06,141.35"


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NET119_LANG", "en")


@pytest.mark.parametrize(
    ("given", "read"),
    [
        (TOMAKOMAI, (42.6341, 141.6055)),
        (" 43.06 , 141.35 ", (43.06, 141.35)),
        ("４３．０６，１４１．３５", (43.06, 141.35)),
        ("43.06、141.35", (43.06, 141.35)),
        ("-33.9,151.2", (-33.9, 151.2)),
    ],
)
def test_positions(given: str, read: tuple[float, float]) -> None:
    assert parse_position(given) == read


@pytest.mark.parametrize("given", ["", "43.06", "43.06,141.35,3", "north,east", "43.06 141.35"])
def test_what_is_no_position(given: str) -> None:
    with pytest.raises(UserError) as wrong:
        parse_position(given)
    assert wrong.value.where == "--from"
    assert repr(given) in wrong.value.what


@pytest.mark.parametrize("given", ["91,0", "0,181", "nan,141", "inf,0", "-90.1,0"])
def test_no_position_on_earth(given: str) -> None:
    with pytest.raises(UserError, match="no position on earth"):
        parse_position(given)


def test_swapped_coordinates_are_noticed() -> None:
    with pytest.raises(UserError, match="seem to be swapped"):
        parse_position("141.6055,42.6341")
    with pytest.raises(UserError) as wrong:
        parse_position("91,0")
    assert "swapped" not in wrong.value.what_to_do


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--mode", "live"], "never live"),
        (["--mode", "dress-rehearsal"], "test, practice, drill"),
        (["--radio", "5g"], "--radio"),
        (["--accuracy", "0"], "--accuracy"),
        (["--accuracy", "nan"], "--accuracy"),
        (["--accuracy", "-5"], "--accuracy"),
        (["--kind", "flood"], "--kind"),
        (["--pace", "9"], "--pace"),
        (["--seed", "x"], "--seed"),
    ],
)
def test_wrong_options_start_nothing(
    options: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["call", "--from", TOMAKOMAI, *options]) == 2
    output = capsys.readouterr()
    assert said in output.err
    assert output.out == ""


def test_a_place_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["call"]) == 2
    assert "--from" in capsys.readouterr().err


@pytest.mark.parametrize("home", ["atlantis", "unnamed-01100"])
def test_a_home_without_registrants_is_refused_with_those_that_have_some(
    home: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["call", "--from", TOMAKOMAI, "--home", home, "--lang", "ja"]) == 2
    said = capsys.readouterr().err
    assert home in said
    for code in ("tomakomai", "chitose", "chita-nanbu", "aso"):
        assert f"  {code} " in said
    assert "阿蘇広域行政事務組合消防本部" in said


@pytest.mark.parametrize(
    ("language", "word"), [("ja", "通報する場所"), ("en", "Where the caller is")]
)
def test_help_in_both_languages(
    language: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["call", "--help", "--lang", language]) == 0
    assert word in "".join(capsys.readouterr().out.replace("│", "").split("\n")).replace("  ", "")


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-c", "from net119_cli.main import main; exit(main())", *arguments]


def environment(folder: Path) -> dict[str, str]:
    return {**os.environ, "TMPDIR": str(folder), "NET119_LANG": "ja", "PYTHONUTF8": "1"}


@pytest.mark.slow
def test_a_call_is_narrated_in_eighty_columns_from_any_folder(tmp_path: Path) -> None:
    done = subprocess.run(
        command("call", "--from", TOMAKOMAI, "--home", "chitose", "--pace", "0"),
        cwd="/",
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stderr == ""
    assert all(cell_len(line) <= 80 for line in done.stdout.splitlines())
    text = " ".join(done.stdout.split())
    assert "これは試験です" in text
    assert "苫小牧市消防本部 呼び出し中" in text
    assert "通報地の指令員 「応答」を押す（人の操作）" in text
    assert text.endswith(
        "正しく終わりました。通報は苫小牧市消防本部につながり、指令員が応答しました。"
    )
    assert not list(tmp_path.glob("net119-call-*"))


@pytest.mark.slow
def test_json_is_one_object_a_line_with_the_checks_at_the_end(tmp_path: Path) -> None:
    done = subprocess.run(
        command("call", "--from", SAPPORO, "--json", "--pace", "0"),
        env=environment(tmp_path),
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert events[0]["event"] == "request"
    assert events[0]["exercise"] is True
    called = next(event for event in events if event["event"] == "called")
    assert called["t"] == 0.0
    advice = next(event for event in events if event["event"] == "dispatcher-told")
    assert advice["details"]["phone_to"][0]["phone"] == "0000-01-0100"
    assert "0000-01-0100（架空の番号）" in advice["text"]
    result = events[-1]
    assert result["event"] == "result"
    assert result["ok"] is True
    assert {check["name"] for check in result["checks"]} >= {"whom-to-phone", "transcripts"}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("number", "moment"), [(signal.SIGTERM, "starting"), (signal.SIGINT, "called")]
)
def test_an_interrupted_call_leaves_nothing_behind(
    number: signal.Signals, moment: str, tmp_path: Path
) -> None:
    # At this pace it is half a minute from the call to its end.
    process = subprocess.Popen(
        command("call", "--from", TOMAKOMAI, "--home", "aso", "--json", "--pace", "5"),
        env=environment(tmp_path),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        stdin=subprocess.DEVNULL,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout is not None
        for line in process.stdout:
            if json.loads(line)["event"] == moment:
                break
        providers = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        _, said = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == 130
    assert said == "中断しました。\n"
    if moment == "called":
        assert len(providers) == 2
    _, alive = psutil.wait_procs(providers, timeout=20)
    assert alive == []
    assert not list(tmp_path.glob("net119-call-*"))
