"""`net119 drill check|new|run`: files, errors with their place, and runs with their exit status."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import pytest
from net119_cli import drill_files, drill_reading
from net119_cli import main as cli
from net119_scenarios.acted import library
from net119_scenarios.acted.reading import read_file, read_scenario
from net119_scenarios.drills import folder
from net119_scenarios.drills.record import DrillRecord
from net119_scenarios.drills.starting import commented

FAINT = Path(__file__).parents[1] / "scenarios" / "drills" / "faint.yaml"
TEXT = FAINT.read_text("utf-8")


@pytest.fixture
def port() -> Iterator[int]:
    """The first of several ports in a row that nobody uses."""
    for first in range(20_000, 60_000, 100):
        try:
            with ExitStack() as stack:
                for at in range(first, first + 8):
                    stack.enter_context(closing(socket.create_server(("127.0.0.1", at))))
        except OSError:
            continue
        yield first
        return
    raise LookupError("no eight ports in a row are free")


def the_record(root: Path) -> DrillRecord:
    (found,) = folder.drills_in(root)
    return folder.read(found)


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_file_is_checked(language: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drill", "check", str(FAINT), "--lang", language]) == 0
    assert ("誤りはありません" in capsys.readouterr().out) is (language == "ja")


def test_a_mistake_is_told_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "訓練.yaml"
    file.write_text(TEXT.replace("minutes: 10", "minuts: 10"), "utf-8")
    line = TEXT[: TEXT.index("minutes: 10")].count("\n") + 1
    assert cli.main(["drill", "check", str(file), "--lang", "ja"]) == 1
    told = capsys.readouterr().out
    assert f"{file}:{line}:3: " in told
    assert "minuts" in told
    assert cli.main(["drill", "run", str(file), "--lang", "ja"]) == 2
    assert f"{file}:{line}:3: " in capsys.readouterr().err


def test_a_scenario_without_the_part_is_no_drill(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(TEXT[: TEXT.index("drill:")], "utf-8")
    assert cli.main(["drill", "check", str(file), "--lang", "en"]) == 1
    assert "it has no part `drill:`" in capsys.readouterr().out
    assert cli.main(["drill", "run", str(file), "--lang", "en"]) == 2
    assert "it has no part `drill:`" in capsys.readouterr().err
    assert cli.main(["drill", "run", "abroad", "--lang", "en"]) == 2
    assert cli.main(["drill", "run", "nothing", "--lang", "en"]) == 2
    assert "no such drill: nothing" in capsys.readouterr().err
    assert cli.main(["drill", "run", str(tmp_path / "no.yaml"), "--lang", "en"]) == 2
    assert "cannot be read" in capsys.readouterr().err


@pytest.mark.parametrize("language", ["ja", "en"])
def test_a_copy_with_comments_is_the_same_drill(language: str) -> None:
    copied = commented(TEXT, "faint", "ja" if language == "ja" else "en")
    assert copied.splitlines()[0].startswith("# ")
    head = copied[: copied.index("format: 1")]
    assert ("直したら" in head) is (language == "ja")
    again = read_scenario(copied, "copy.yaml")
    assert again.model_dump() == read_file(FAINT).model_dump()
    for part in ("title", "actors", "timeline", "must", "targets", "drill"):
        before = copied[: copied.index(f"\n{part}:")].splitlines()[-1]
        assert before.startswith("# "), part


def test_new_writes_a_file_and_never_over_another(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(library, "drills", lambda: ("faint",))
    monkeypatch.setattr(drill_files, "drill_of", lambda name: (name, TEXT, read_file(FAINT)))
    file = tmp_path / "うちの訓練.yaml"
    assert cli.main(["drill", "new", "faint", str(file), "--lang", "ja"]) == 0
    assert f"net119 drill check {file}" in capsys.readouterr().out
    assert read_file(file).model_dump() == read_file(FAINT).model_dump()
    before = file.read_text("utf-8")
    assert cli.main(["drill", "new", "faint", str(file), "--lang", "en"]) == 2
    assert "there is such a file already" in capsys.readouterr().err
    assert file.read_text("utf-8") == before
    assert cli.main(["drill", "new", "faint", str(tmp_path / "x.txt"), "--lang", "en"]) == 2
    assert cli.main(["drill", "new", "other", str(tmp_path / "y.yaml"), "--lang", "en"]) == 2
    assert cli.main(["drill", "new", "faint", str(tmp_path / "no" / "y.yaml"), "--lang", "en"]) == 2
    assert not (tmp_path / "x.txt").exists()


def test_the_list_has_every_drill(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drill", "list", "--lang", "ja"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == list(library.drills())


@pytest.mark.parametrize(
    ("stem", "name"), [("うちの訓練", "drill"), ("Our Drill 2", "our-drill-2"), ("a", "a")]
)
def test_records_of_a_file_have_a_name_that_a_folder_can_have(stem: str, name: str) -> None:
    assert drill_reading.name_of(Path(f"{stem}.yaml")) == name


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--person", "chitose"], "there is no actor 'chitose'"),
        (["--rules", "rider"], "rider is no dispatcher"),
        (["--bad", "sleepy"], "there is no fault 'sleepy'"),
        (["--bad", "wrong-transfer"], "not meant to be played wrong-transfer"),
        (["--pace", "0.5"], "it cannot be slower than real time"),
    ],
)
def test_wrong_options_are_told_before_anything_starts(
    arguments: list[str], why: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    given = ["drill", "run", str(FAINT), *arguments, "--out", str(out), "--lang", "en"]
    assert cli.main(given) == 2
    assert why in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.slow
def test_a_drill_goes_through_by_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["drill", "run", str(FAINT), "--out", str(tmp_path), "--lang", "ja"]) == 0
    told = capsys.readouterr().out
    assert "【訓練】 列車で人が倒れた" in told
    assert "○   息を確かめた" in told
    assert "すべて成り立ちました。" in told
    record = the_record(tmp_path)
    assert str(tmp_path / record.id) in told
    assert record.held
    assert record.source == TEXT


@pytest.mark.slow
def test_a_bad_dispatcher_is_told_and_expected(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ["drill", "run", str(FAINT), "--bad", "asks-nothing", "--out", str(tmp_path)]
    assert cli.main([*given, "--lang", "en"]) == 0
    told = capsys.readouterr().out
    assert "NO  asked about breathing" in told
    assert "The record shows the fault (asks-nothing)." in told
    assert not the_record(tmp_path).held


@pytest.mark.slow
def test_people_are_told_how_to_get_in_and_the_leader_ends_it(
    tmp_path: Path,
    port: int,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    text = FAINT.read_text("utf-8").replace(
        "  minutes: 10\n", "  minutes: 10\n  staff: [tomakomai]\n"
    )
    with_staff = tmp_path / FAINT.name
    with_staff.write_text(text, "utf-8")
    read, write = os.pipe()
    with os.fdopen(read, encoding="utf-8") as stdin, os.fdopen(write, "w") as typed:
        # The start, a pause, a slip of the finger, and the end.
        typed.write("\np\nwhat\nr\ni moves\ne\n")
        typed.flush()
        monkeypatch.setattr("sys.stdin", stdin)
        given = ["drill", "run", str(with_staff), "--person", "tomakomai=佐藤"]
        given += ["--port", str(port), "--out", str(tmp_path / "out")]
        assert cli.main([*given, "--lang", "ja"]) == 0
    told = capsys.readouterr().out
    assert f".localhost:{port + 1}/console/log-in?center=tomakomai" in told
    assert "パスワード" in told
    staff = told[told.index("- 職員ページ: 苫小牧市消防本部") :]
    assert f"    http://staff-tomakomai.localhost:{port + 1}/staff\n    職員  パスワード " in staff
    assert "Enter で始めます。" in told
    assert "注入できるもの: falls-silent, moves" in told
    record = the_record(tmp_path / "out")
    assert [each.what for each in record.controls] == ["start", "pause", "resume", "inject", "end"]
    role = record.role("tomakomai")
    assert role is not None
    assert (role.by, role.who) == ("person", "佐藤")
