"""The generated reference files: writing them, and finding those that drifted from the models."""

import json
from pathlib import Path

from net119_protocol.directory import DirectoryFile
from net119_protocol.profile.model import Profile
from net119_protocol.spec.asyncapi import asyncapi
from net119_protocol.spec.interconnect import interconnect_page, interconnect_schema
from net119_protocol.spec.openapi import openapi
from net119_protocol.spec.schema import Json, union_schema
from net119_protocol.spec.sockets import TALKS


def build() -> dict[str, str]:
    """Content of every generated file by its name; the same models give the same bytes."""
    files = {
        "asyncapi.json": _text(asyncapi()),
        "directory.schema.json": _text(_directory_schema()),
        "interconnect.md": interconnect_page(),
        "interconnect.schema.json": _text(interconnect_schema()),
        "openapi.json": _text(openapi()),
        "profile.schema.json": _text(_profile_schema()),
    }
    for talk in TALKS:
        for frames in (talk.incoming, talk.outgoing):
            schema = union_schema(frames.union, frames.title, frames.description)
            files[f"{frames.file}.schema.json"] = _text(schema)
    return dict(sorted(files.items()))


def _directory_schema() -> Json:
    """Interface D: the form of a directory file; rules across rows are checked on loading."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **DirectoryFile.model_json_schema()}


def _profile_schema() -> Json:
    """A department's profile; rules across keys are checked on loading."""
    dialect = "https://json-schema.org/draft/2020-12/schema"
    return {"$schema": dialect, **Profile.model_json_schema()}


def write(folder: Path) -> list[Path]:
    """Write all files into ``folder``, made if missing; those whose content changed.

    Raises:
        OSError: a file or the folder cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    changed = []
    for name, text in build().items():
        path = folder / name
        if _content(path) != text.encode():
            path.write_bytes(text.encode())
            changed.append(path)
    return changed


def drift(folder: Path) -> list[str]:
    """The files in ``folder`` that are not what the models give, each with what is wrong."""
    found = []
    for name, text in build().items():
        content = _content(folder / name)
        if content is None:
            found.append(f"{folder / name} is missing")
        elif content != text.encode():
            found.append(f"{folder / name} differs from the models (line {_line(content, text)})")
    return found


def _text(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True) + "\n"


def _content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


def _line(content: bytes, text: str) -> int:
    """Number of the first line that differs."""
    old, new = content.split(b"\n"), text.encode().split(b"\n")
    for number, (before, after) in enumerate(zip(old, new, strict=False), start=1):
        if before != after:
            return number
    return min(len(old), len(new)) + 1
