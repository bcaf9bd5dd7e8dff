"""Reads the handsets' TOML files, and says all that is wrong with them at once.

A file holds ``[[handset]]`` tables, and in ``[defaults]`` what they have in common; a handset's own
values are laid over these, table by table.
"""

import functools
import tomllib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from pydantic import ValidationError

from net119_simulators.errors import SimulatorError
from net119_simulators.handsets.model import Family, Handset

PACKAGED = Path(__file__).parent / "data"
_FAMILIES = list(Family)


class HandsetDataError(SimulatorError, ValueError):
    """Handset files cannot be used; ``problems`` has a line each: file, handset, key, what."""

    def __init__(self, problems: list[str], where: str) -> None:
        listed = "\n".join(problems)
        super().__init__(f"handset data is wrong:\n{listed}", where, "Mend the lines named")
        self.problems = tuple(problems)


class UnknownHandset(SimulatorError, KeyError):
    """There is no handset of this name."""

    def __init__(self, name: str, known: Mapping[str, Handset]) -> None:
        near = [each for each in known if name.lower() in each] or list(known)
        super().__init__(f"no handset {name!r}", "NAME", f"There is: {', '.join(near)}")


def load_handsets(folder: Path | None = None) -> Mapping[str, Handset]:
    """All handsets of a folder (``*.toml``) by name, family by family and by year.

    Without a folder the packaged ones.

    Raises:
        HandsetDataError: with every problem of every file.
    """
    return _packaged() if folder is None else _read(folder)


def find_handset(name: str, folder: Path | None = None) -> Handset:
    """The handset of this name; raises `UnknownHandset`, which lists those there are."""
    known = load_handsets(folder)
    if name not in known:
        raise UnknownHandset(name, known)
    return known[name]


@functools.cache
def _packaged() -> Mapping[str, Handset]:
    return _read(PACKAGED)


def _read(folder: Path) -> Mapping[str, Handset]:
    files = sorted(folder.glob("*.toml"))
    if not files:
        raise HandsetDataError(["no *.toml there"], str(folder))
    problems: list[str] = []
    found: dict[str, Handset] = {}
    for file in files:
        for number, table in enumerate(_tables(file, problems), start=1):
            name = table.get("name", f"(handset no. {number})")
            where = f"{file.name}: {name}"
            try:
                handset = Handset.model_validate(table)
            except ValidationError as wrong:
                problems += [_line(where, fault) for fault in wrong.errors()]
                continue
            if handset.name in found:
                problems.append(f"{where}: name: there is another handset of this name")
            found[handset.name] = handset
    if problems:
        raise HandsetDataError(problems, str(folder))
    order = sorted(found.values(), key=lambda each: (_FAMILIES.index(each.family), each.year))
    return MappingProxyType({each.name: each for each in order})


def _tables(file: Path, problems: list[str]) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as wrong:
        problems.append(f"{file.name}: {wrong}")
        return []
    for key in content.keys() - {"defaults", "handset"}:
        problems.append(f"{file.name}: {key}: unknown; there is [defaults] and [[handset]]")
    defaults, tables = content.get("defaults", {}), content.get("handset", [])
    if not isinstance(tables, list) or not isinstance(defaults, dict) or not tables:
        problems.append(f"{file.name}: handset: write [[handset]] tables, and a table [defaults]")
        return []
    return [_laid_over(defaults, each) for each in tables]


def _laid_over(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    merged = dict(below)
    for key, value in above.items():
        under = merged.get(key)
        # A source or a prediction is one thing: half of an older one must not show through.
        if isinstance(value, dict) and isinstance(under, dict) and not _is_whole(value):
            merged[key] = _laid_over(under, value)
        else:
            merged[key] = value
    return merged


def _is_whole(table: Mapping[str, Any]) -> bool:
    return "url" in table or "assumed" in table or bool(table.keys() & {"connect", "check", "call"})


def _line(where: str, fault: Any) -> str:
    key = ".".join(str(part) for part in fault["loc"])
    given = fault.get("input")
    shown = f" (given: {given!r})" if isinstance(given, str | int | float | bool) else ""
    message = str(fault["msg"]).removeprefix("Value error, ")
    return f"{where}: {key or 'the whole'}: {message}{shown}"
