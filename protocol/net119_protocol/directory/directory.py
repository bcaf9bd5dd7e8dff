"""A checked directory, and what it says on a day."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from net119_protocol.codes import ProviderState
from net119_protocol.directory.check import RESERVED_PREFIX, problems_of
from net119_protocol.directory.model import (
    CenterRow,
    DepartmentRow,
    DirectoryFile,
    ProviderRow,
)
from net119_protocol.directory.municipalities import Municipality


class DirectoryError(ValueError):
    """A directory that cannot be used; ``problems`` lists all that is wrong with it."""

    def __init__(self, where: str, problems: list[str]) -> None:
        self.where = where
        self.problems = problems
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"directory {where}: {count}\n" + "\n".join(f"- {p}" for p in problems))


class UnknownDepartment(LookupError):
    """No department has this code on this day."""

    def __init__(self, code: str, day: date, version: str) -> None:
        super().__init__(f"directory {version} has no department {code!r} on {day}")


@dataclass(frozen=True, slots=True)
class Department:
    """A department on a day; ``center`` and ``provider`` are None where NET119 is not adopted."""

    code: str
    name_ja: str
    name_en: str
    phone: str
    municipalities: tuple[str, ...]
    center: str | None
    provider: str | None
    state: ProviderState

    @property
    def adopted(self) -> bool:
        """Whether NET119 reaches the department."""
        return self.center is not None


class DirectoryView:
    """What a directory says on one day; immutable."""

    def __init__(
        self, directory: DirectoryFile, day: date, municipalities: Mapping[str, Municipality]
    ) -> None:
        self.version = directory.version
        self.day = day
        self._known = municipalities
        self.providers: Mapping[str, ProviderRow] = {
            row.code: row for row in directory.providers if row.valid_on(day)
        }
        self.centers: Mapping[str, CenterRow] = {
            row.code: row for row in directory.centers if row.valid_on(day)
        }
        rows = [row for row in directory.departments if row.valid_on(day)]
        self.departments: Mapping[str, Department] = {row.code: self._entry(row) for row in rows}
        self._by_municipality = {m: row.code for row in rows for m in row.municipalities}

    def department_at(self, municipality: str) -> Department:
        """The department responsible for a municipality, made up where no row names one.

        KeyError for a municipality that does not exist.
        """
        code = self._by_municipality.get(municipality)
        return self.departments[code] if code else unnamed_department(self._known[municipality])

    def department(self, code: str) -> Department:
        """A department by its code; `UnknownDepartment` if there is none on that day."""
        found = self.departments.get(code)
        if found is not None:
            return found
        municipality = code.removeprefix(RESERVED_PREFIX)
        unnamed = municipality in self._known and municipality not in self._by_municipality
        if unnamed and code.startswith(RESERVED_PREFIX):
            return unnamed_department(self._known[municipality])
        raise UnknownDepartment(code, self.day, self.version)

    def departments_of(self, center: str) -> tuple[Department, ...]:
        """The departments for which a center answers, in order of the file."""
        return tuple(d for d in self.departments.values() if d.center == center)

    def area_of(self, center: str) -> tuple[str, ...]:
        """The municipalities for which a center answers (CNB-01), in order of code."""
        return tuple(sorted(m for d in self.departments_of(center) for m in d.municipalities))

    def adopted(self) -> Iterator[Department]:
        """The departments that NET119 reaches on this day."""
        return (department for department in self.departments.values() if department.adopted)

    def _entry(self, row: DepartmentRow) -> Department:
        center = self.centers[row.center] if row.center and row.adopted_on(self.day) else None
        provider = self.providers[center.provider] if center else None
        states = [part.state for part in (center, provider) if part]
        return Department(
            code=row.code,
            name_ja=row.name_ja,
            name_en=row.name_en,
            phone=row.phone,
            municipalities=row.municipalities,
            center=center.code if center else None,
            provider=provider.code if provider else None,
            # Center and provider must both be in service; the first that is not tells why.
            state=next((s for s in states if s != ProviderState.NORMAL), ProviderState.NORMAL),
        )


class Directory:
    """A directory file whose rules hold; ask it by day with `on`."""

    def __init__(
        self, content: DirectoryFile, municipalities: Mapping[str, Municipality], where: str = ""
    ) -> None:
        problems = problems_of(content, municipalities)
        if problems:
            raise DirectoryError(where or content.version, problems)
        self.content = content
        self._municipalities = municipalities

    @property
    def version(self) -> str:
        """The version that the file states, kept with every decision."""
        return self.content.version

    def on(self, day: date) -> DirectoryView:
        """What holds on a day in Japan (see `japan_date`)."""
        return DirectoryView(self.content, day, self._municipalities)

    def to_json(self) -> str:
        """The whole file as JSON, as the admin API takes it."""
        return self.content.model_dump_json(indent=2, exclude_none=True)

    @classmethod
    def from_mapping(
        cls, content: Any, municipalities: Mapping[str, Municipality], where: str = "given"
    ) -> "Directory":
        """A directory from parsed TOML or JSON; `DirectoryError` lists everything wrong."""
        try:
            parsed = DirectoryFile.model_validate(content)
        except ValidationError as error:
            raise DirectoryError(where, [_shown(dict(e)) for e in error.errors()]) from None
        return cls(parsed, municipalities, where)

    @classmethod
    def from_json(
        cls, text: str, municipalities: Mapping[str, Municipality], where: str = "JSON"
    ) -> "Directory":
        """A directory from JSON; `DirectoryError` lists everything wrong."""
        try:
            content = json.loads(text)
        except ValueError as error:
            raise DirectoryError(where, [f"not JSON: {error}"]) from None
        return cls.from_mapping(content, municipalities, where)

    @classmethod
    def from_toml(
        cls, text: str, municipalities: Mapping[str, Municipality], where: str = "TOML"
    ) -> "Directory":
        """A directory from TOML; `DirectoryError` lists everything wrong."""
        try:
            content = tomllib.loads(text)
        except ValueError as error:
            raise DirectoryError(where, [f"not TOML: {error}"]) from None
        return cls.from_mapping(content, municipalities, where)


def default_directory_text() -> str:
    """The directory of the four source documents, as TOML."""
    return files(__package__).joinpath("data/directory.toml").read_text("utf-8")


def load_directory(
    municipalities: Mapping[str, Municipality], path: Path | None = None
) -> Directory:
    """The directory in a file (``.json``, else TOML), or the default one.

    `DirectoryError` if the file cannot be read or breaks a rule.
    """
    if path is None:
        return Directory.from_toml(default_directory_text(), municipalities, "default")
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise DirectoryError(str(path), [f"cannot be read: {error}"]) from None
    if path.suffix == ".json":
        return Directory.from_json(text, municipalities, str(path))
    return Directory.from_toml(text, municipalities, str(path))


def unnamed_department(municipality: Municipality) -> Department:
    """The department of a municipality that no row names: not adopted, fictional phone."""
    code = municipality.code
    return Department(
        code=RESERVED_PREFIX + code,
        name_ja=f"{municipality.name_ja}を管轄する消防本部",
        name_en=f"the fire department for {municipality.name_en}",
        phone=f"0000-{code[:2]}-0{code[2:]}",
        municipalities=(code,),
        center=None,
        provider=None,
        state=ProviderState.NORMAL,
    )


def _shown(error: dict[str, Any]) -> str:
    path = ""
    for part in error["loc"]:
        path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else str(part)
    given = error.get("input")
    value = "" if error["type"] == "missing" or isinstance(given, dict | list) else f" ({given!r})"
    return f"{path or 'file'}: {error['msg']}{value}"
