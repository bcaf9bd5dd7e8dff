"""A drill's folder is read as it was written; a broken file is told with its name and field."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from net119_scenarios.drills import folder
from net119_scenarios.drills.folder import BrokenRecord
from net119_scenarios.drills.record import Comment, Frame

from tests.scenarios.drills.drills import a_record

AT = datetime(2026, 4, 7, 0, 30, tzinfo=UTC)


def written(at: Path, **changed: Any) -> dict[str, Any]:
    """Write a record and change its JSON."""
    folder.write(at, a_record(), {})
    file = at / folder.RECORD
    data: dict[str, Any] = json.loads(file.read_text("utf-8")) | changed
    file.write_text(json.dumps(data, ensure_ascii=False), "utf-8")
    return data


def test_what_was_written_is_read(tmp_path: Path) -> None:
    record = a_record()
    frames = (Frame(at=0, frame={"type": "welcome"}), Frame(at=1.5, frame={"text": "𠮷\u2028髙"}))
    folder.write(tmp_path / "deep" / record.id, record, {"chitose": frames})
    assert folder.read(tmp_path / "deep" / record.id) == record
    assert folder.read_frames(tmp_path / "deep" / record.id, "chitose") == frames
    assert list(folder.drills_in(tmp_path / "deep")) == [tmp_path / "deep" / record.id]
    assert not list(folder.drills_in(tmp_path / "nowhere"))
    folder.write(tmp_path, record, {"chitose": ()})
    assert folder.read_frames(tmp_path, "chitose") == ()


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"mode": "loud"}, "mode"),
        ({"began": "yesterday"}, "began"),
        ({"moments": {"answered": -1}}, "moments.answered"),
        ({"pauses": [{"began_s": 5, "ended_s": 4}]}, "pauses.0"),
        ({"unknown": 1}, "unknown"),
        ({"id": "../../etc"}, "id"),
    ],
)
def test_a_wrong_field_is_named(tmp_path: Path, changed: dict[str, Any], field: str) -> None:
    written(tmp_path, **changed)
    with pytest.raises(BrokenRecord) as told:
        folder.read(tmp_path)
    assert told.value.where == str(tmp_path / "record.json")
    assert told.value.what.startswith(f"{field}: ")
    assert told.value.what_to_do


def test_a_record_of_live_calls_is_none(tmp_path: Path) -> None:
    written(tmp_path, mode="live")
    with pytest.raises(BrokenRecord, match="a drill has no live calls"):
        folder.read(tmp_path)


def test_another_format_is_told(tmp_path: Path) -> None:
    written(tmp_path, format=2)
    with pytest.raises(BrokenRecord, match="another version of the software"):
        folder.read(tmp_path)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff\xfe"])
def test_a_file_that_is_none_is_told(tmp_path: Path, content: bytes) -> None:
    folder.write(tmp_path, a_record(), {})
    (tmp_path / folder.RECORD).write_bytes(content)
    with pytest.raises(BrokenRecord) as told:
        folder.read(tmp_path)
    assert "record.json" in told.value.where


def test_a_folder_that_is_no_drill_is_told(tmp_path: Path) -> None:
    with pytest.raises(BrokenRecord, match="no such file"):
        folder.read(tmp_path)
    with pytest.raises(BrokenRecord, match="no such file"):
        folder.add_comment(tmp_path, Comment(at=AT, by="佐藤", text="よい"))
    assert not list(tmp_path.iterdir()), "nothing is written into a foreign folder"


def test_the_line_of_a_broken_frame_is_named(tmp_path: Path) -> None:
    folder.write(tmp_path, a_record(), {"chitose": (Frame(at=0, frame={}),)})
    with (tmp_path / "frames-chitose.jsonl").open("a") as file:
        file.write('{"at": -1, "frame": {}}\n')
    with pytest.raises(BrokenRecord) as told:
        folder.read_frames(tmp_path, "chitose")
    assert told.value.where.endswith("frames-chitose.jsonl:2")
    assert told.value.what.startswith("at: ")


def test_comments_are_kept_in_their_order(tmp_path: Path) -> None:
    folder.write(tmp_path, a_record(), {})
    assert folder.read_comments(tmp_path) == ()
    said = [
        Comment(at=AT + timedelta(minutes=n), by="髙橋", text=text)
        for n, text in enumerate(["場所を先に聞けた。", "<script>alert(1)</script>"])
    ]
    for each in said:
        folder.add_comment(tmp_path, each)
    assert folder.read_comments(tmp_path) == tuple(said)
    (tmp_path / folder.COMMENTS).write_text("{", "utf-8")
    with pytest.raises(BrokenRecord, match=r"comments\.json"):
        folder.add_comment(tmp_path, said[0])
    assert (tmp_path / folder.COMMENTS).read_text("utf-8") == "{", "a broken file stays as it is"
