"""The folder of a drill: its record, the consoles' frames, and people's comments.

``record.json`` (`DrillRecord`), ``frames-<center>.jsonl`` (a `Frame` a line), ``comments.json``
(`Comments`). A file is written beside its place and then moved there, so that none is ever half.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

from net119_simulators.errors import SimulatorError
from pydantic import BaseModel, ValidationError

from net119_scenarios.drills.record import ID, Comment, Comments, DrillRecord, Frame

RECORD, COMMENTS = "record.json", "comments.json"
Model = TypeVar("Model", bound=BaseModel)


class BrokenRecord(SimulatorError):
    """A file of a drill cannot be read or written; says which, and which field."""


def write(folder: Path, record: DrillRecord, frames: Mapping[str, Sequence[Frame]]) -> None:
    """Write the record and each center's frames; the folder is made if it is not there.

    Raises:
        BrokenRecord: the folder cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for center, each in frames.items():
            text = "".join(f"{_dumped(frame)}\n" for frame in each)
            _put(folder / f"frames-{center}.jsonl", text)
        _put(folder / RECORD, record.model_dump_json(indent=1) + "\n")
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None


def read(folder: Path) -> DrillRecord:
    """The record of a drill.

    Raises:
        BrokenRecord: there is none, or it is broken; the error names file and field.
    """
    return _read(folder / RECORD, DrillRecord)


def read_frames(folder: Path, center: str) -> tuple[Frame, ...]:
    """What the consoles of a center were told, in order of time; raises `BrokenRecord`."""
    file = folder / f"frames-{center}.jsonl"
    found = []
    # Not `splitlines`: what people write may hold U+2028.
    lines = _text(file).split("\n")
    for number, line in enumerate(lines if lines[-1] else lines[:-1], 1):
        try:
            found.append(Frame.model_validate_json(line))
        except ValidationError as wrong:
            raise _broken(f"{file}:{number}", wrong) from None
    return tuple(found)


def centers_with_frames(folder: Path) -> tuple[str, ...]:
    """The centers whose frames are kept, by code."""
    names = (re.fullmatch(r"frames-(.+)\.jsonl", each.name) for each in folder.glob("frames-*"))
    return tuple(sorted(found.group(1) for found in names if found))


def read_comments(folder: Path) -> tuple[Comment, ...]:
    """The comments, oldest first; none without the file. Raises `BrokenRecord`."""
    file = folder / COMMENTS
    return _read(file, Comments).comments if file.exists() else ()


def add_comment(folder: Path, comment: Comment) -> None:
    """Add one at the end; raises `BrokenRecord`, and leaves a file that is broken as it is."""
    if not (folder / RECORD).is_file():
        raise _missing(folder / RECORD)
    try:
        with (folder / RECORD).open("rb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # two people may comment at once
            comments = Comments(comments=(*read_comments(folder), comment))
            _put(folder / COMMENTS, comments.model_dump_json(indent=1) + "\n")
    except OSError as wrong:
        raise _unwritable(folder, wrong) from None


def drills_in(root: Path) -> Iterator[Path]:
    """The folders of all drills under ``root``, newest first; nothing where there is no root."""
    folders = sorted(root.glob("*"), reverse=True) if root.is_dir() else []
    return (each for each in folders if re.match(ID, each.name) and (each / RECORD).is_file())


def _put(file: Path, text: str) -> None:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_text(text, "utf-8")
    beside.replace(file)


def _dumped(frame: Frame) -> str:
    return json.dumps(frame.model_dump(), ensure_ascii=False, separators=(",", ":"))


def _read(file: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate_json(_text(file))
    except ValidationError as wrong:
        raise _broken(str(file), wrong) from None


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except FileNotFoundError:
        raise _missing(file) from None
    except UnicodeDecodeError as wrong:
        raise BrokenRecord(
            f"it is not UTF-8 (octet {wrong.start})", str(file), "Take it from a backup"
        ) from None
    except OSError as wrong:
        raise BrokenRecord(
            f"it cannot be read: {wrong.strerror}", str(file), "Look at its rights"
        ) from None


def _missing(file: Path) -> BrokenRecord:
    return BrokenRecord(
        "there is no such file", str(file), f"Name the folder of a drill, which holds {RECORD}"
    )


def _unwritable(folder: Path, wrong: OSError) -> BrokenRecord:
    return BrokenRecord(
        f"it cannot be written: {wrong.strerror}", str(folder), "Name a folder that can be written"
    )


def _broken(where: str, wrong: ValidationError) -> BrokenRecord:
    first = wrong.errors(include_url=False)[0]
    field = ".".join(map(str, first["loc"]))
    what = f"{field}: {first['msg']}" if field else first["msg"]
    given = first.get("input")
    if first["type"] == "literal_error" and field == "format":
        advice = f"It is of another version of the software (format {given!r}): read it with that"
    else:
        advice = "Mend this field, or take the file from a backup"
    return BrokenRecord(what, where, advice)
