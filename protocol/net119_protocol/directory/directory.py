"""A checked directory, and what it says on a day."""

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from importlib.resources import files
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from net119_protocol.codes import ProviderState
from net119_protocol.directory.check import RESERVED_PREFIX, problems_of
from net119_protocol.directory.findings import Finding, FindingKind, error
from net119_protocol.directory.form import form_problem
from net119_protocol.directory.model import (
    JAPAN,
    CenterRow,
    DepartmentRow,
    DirectoryFile,
    PlannedStop,
    ProviderRow,
    japan_date,
)
from net119_protocol.directory.municipalities import Municipality


class DirectoryError(ValueError):
    """A directory that cannot be used.

    ``findings`` lists all that is wrong with it, ``problems`` the same as lines of English.
    """

    def __init__(self, where: str, findings: list[Finding]) -> None:
        self.where = where
        self.findings = findings
        self.problems = problems = [str(each) for each in findings]
        count = "1 problem" if len(problems) == 1 else f"{len(problems)} problems"
        super().__init__(f"directory {where}: {count}\n" + "\n".join(f"- {p}" for p in problems))


class UnknownDepartment(LookupError):
    """No department has this code on this day."""

    def __init__(self, code: str, day: date, version: str) -> None:
        super().__init__(f"directory {version} has no department {code!r} on {day}")


@dataclass(frozen=True, slots=True)
class Department:
    """A department on a day; ``center`` and ``provider`` are None where NET119 is not adopted.

    ``stop`` is the planned stop that is under way there, None without one.
    """

    code: str
    name_ja: str
    name_en: str
    phone: str
    municipalities: tuple[str, ...]
    center: str | None
    provider: str | None
    state: ProviderState
    stop: PlannedStop | None = None

    @property
    def adopted(self) -> bool:
        """Whether NET119 reaches the department."""
        return self.center is not None


class DirectoryView:
    """What a directory says at one moment in Japan; immutable.

    It stays right until the day ends, or a planned stop begins or ends: see `holds_at`.
    """

    def __init__(
        self, directory: DirectoryFile, moment: datetime, municipalities: Mapping[str, Municipality]
    ) -> None:
        self.version = directory.version
        self.day = day = japan_date(moment)
        self._file = directory
        self._known = municipalities
        self.stops = _lasting(directory, moment)
        self.providers: Mapping[str, ProviderRow] = {
            row.code: row for row in directory.providers if row.valid_on(day)
        }
        self.centers: Mapping[str, CenterRow] = {
            row.code: row for row in directory.centers if row.valid_on(day)
        }
        rows = [row for row in directory.departments if row.valid_on(day)]
        self.departments: Mapping[str, Department] = {row.code: self._entry(row) for row in rows}
        self._by_municipality = {m: row.code for row in rows for m in row.municipalities}

    def holds_at(self, moment: datetime) -> bool:
        """Whether the directory says the same at another moment."""
        return japan_date(moment) == self.day and _lasting(self._file, moment) == self.stops

    def adopts_on(self, municipality: str) -> date | None:
        """The first later day from which a row lets NET119 reach a municipality; None if none."""
        days = (
            max(filter(None, (row.valid_from, row.adopted_from)), default=None)
            for row in self._file.departments
            if row.center is not None and municipality in row.municipalities
            if row.adopted_on(max(filter(None, (row.valid_from, row.adopted_from, self.day))))
        )
        return min((day for day in days if day is not None and day > self.day), default=None)

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
        stop = next((each for each in self.stops if center and _stops(each, center)), None)
        if stop is not None:
            states.append(ProviderState.MAINTENANCE)
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
            stop=stop,
        )


def _lasting(directory: DirectoryFile, moment: datetime) -> tuple[PlannedStop, ...]:
    """The planned stops under way, the one that lasts longest first."""
    found = (stop for stop in directory.stops if stop.lasts_at(moment))
    return tuple(sorted(found, key=lambda stop: stop.stop_until, reverse=True))


def _stops(stop: PlannedStop, center: CenterRow) -> bool:
    return center.code == stop.center or center.provider == stop.provider


class Directory:
    """A directory file whose rules hold; ask it by moment with `at`, or by day with `on`."""

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

    def at(self, moment: datetime) -> DirectoryView:
        """What holds at a moment; ValueError for a time without offset."""
        return DirectoryView(self.content, moment, self._municipalities)

    def on(self, day: date) -> DirectoryView:
        """What holds when a day begins in Japan: rows change then; a planned stop may start later.

        Whoever decides about a call asks `at` the moment of the call.
        """
        return self.at(datetime.combine(day, time(), JAPAN))

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
        except ValidationError as wrong:
            raise DirectoryError(
                where, [form_problem(dict(each)) for each in wrong.errors()]
            ) from None
        return cls(parsed, municipalities, where)

    @classmethod
    def from_json(
        cls, text: str, municipalities: Mapping[str, Municipality], where: str = "JSON"
    ) -> "Directory":
        """A directory from JSON; `DirectoryError` lists everything wrong."""
        try:
            content = json.loads(text)
        except (ValueError, RecursionError) as wrong:
            raise DirectoryError(
                where, [_unread("JSON として読めません", "not JSON", wrong)]
            ) from None
        return cls.from_mapping(content, municipalities, where)

    @classmethod
    def from_toml(
        cls, text: str, municipalities: Mapping[str, Municipality], where: str = "TOML"
    ) -> "Directory":
        """A directory from TOML; `DirectoryError` lists everything wrong."""
        try:
            content = tomllib.loads(text)
        except (ValueError, RecursionError) as wrong:
            raise DirectoryError(
                where, [_unread("TOML として読めません", "not TOML", wrong)]
            ) from None
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
    except (OSError, UnicodeDecodeError) as wrong:
        unread = _unread("読めません", "cannot be read", wrong)
        raise DirectoryError(str(path), [unread]) from None
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


def _unread(ja: str, en: str, why: Exception) -> Finding:
    return error(FindingKind.FORM, "file", f"{ja}（{why}）", f"{en}: {why}")
