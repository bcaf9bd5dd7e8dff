"""Reads the catalogue's TOML files and says everything that is wrong with them at once."""

import re
import tomllib
from enum import StrEnum
from importlib.resources import files
from importlib.resources.abc import Traversable
from typing import Any, TypeVar

from net119_conformance.catalogue.catalogue import Catalogue
from net119_conformance.catalogue.model import (
    CATALOGUE_VERSION,
    CatalogueError,
    Clause,
    Document,
    Level,
    Requirement,
    Role,
    Side,
    Source,
    Text,
)

SOURCE_FILES = ("tom.toml", "cts.toml", "cnb.toml", "aso.toml", "kyo.toml")
"""One file for each source; all must be there, and they are shown in this order."""

_ID = re.compile(r"[A-Z]{3}-[0-9]{2}")
_PREFIX = re.compile(r"[A-Z]{3}")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u3400-\u9fff]")
_TEXTS = ("text", "derived", "pending", "excluded")
_REQUIREMENT_KEYS = frozenset(
    {
        "clause",
        "sides",
        "level",
        "role",
        *(f"{key}_{lang}" for key in _TEXTS for lang in ("en", "ja")),
    }
)
_E = TypeVar("_E", bound=StrEnum)


def load_catalogue(directory: Traversable | None = None) -> Catalogue:
    """Load the catalogue from `directory` (default: the one that comes with this package).

    Raises CatalogueError naming file, table and key of everything that is wrong.
    """
    base = directory if directory is not None else files("net119_conformance.catalogue")
    problems: list[str] = []
    sources: list[Source] = []
    requirements: dict[str, Requirement] = {}
    origin: dict[str, str] = {}
    present = sorted(item.name for item in base.iterdir()) if base.is_dir() else []
    for name in present:
        if name.endswith(".toml") and name not in SOURCE_FILES:
            problems.append(f"{name}: is not in SOURCE_FILES, so its requirements would be ignored")
    for name in SOURCE_FILES:
        table = _read(base.joinpath(name), name, problems)
        if table is None:
            continue
        source, found = _SourceFile(name, table, problems).parse()
        if source.prefix in origin:
            problems.append(f"{name}: prefix: {source.prefix} is used by {origin[source.prefix]}")
        origin.setdefault(source.prefix, name)
        sources.append(source)
        requirements.update(found)
    if problems:
        raise CatalogueError(problems)
    return Catalogue(CATALOGUE_VERSION, tuple(sources), requirements)


def _read(file: Traversable, name: str, problems: list[str]) -> dict[str, Any] | None:
    try:
        return tomllib.loads(file.read_bytes().decode("utf-8"))
    except FileNotFoundError:
        problems.append(f"{name}: file is missing; the catalogue needs {', '.join(SOURCE_FILES)}")
    except OSError as error:
        problems.append(f"{name}: cannot be read: {error.strerror or error}")
    except UnicodeDecodeError as error:
        problems.append(f"{name}: is not UTF-8 (byte {error.start})")
    except tomllib.TOMLDecodeError as error:
        problems.append(f"{name}: is not valid TOML: {error}")
    return None


class _SourceFile:
    """Parses one file; never raises on bad content, but notes it and goes on."""

    def __init__(self, name: str, table: dict[str, Any], problems: list[str]) -> None:
        self._name = name
        self._table = table
        self._problems = problems

    def parse(self) -> tuple[Source, dict[str, Requirement]]:
        top = self._table
        known = frozenset(
            {"catalogue", "prefix", "publisher_en", "publisher_ja", "documents", "requirement"}
        )
        self._no_other_keys("", top, known)
        version = self._string("", top, "catalogue")
        if version and version != CATALOGUE_VERSION:
            self._bad("", "catalogue", f"is {version!r}, but this suite's is {CATALOGUE_VERSION!r}")
        prefix = self._string("", top, "prefix")
        if prefix and not _PREFIX.fullmatch(prefix):
            self._bad("", "prefix", f"needs three capital letters, got {prefix!r}")
        publisher = self._text("", top, "publisher", required=True)
        documents = {
            key: Document(key, self._document(f"documents.{key}", value))
            for key, value in self._tables(top, "documents").items()
        }
        source = Source(prefix, publisher or Text("", ""), tuple(documents.values()))
        found: dict[str, Requirement] = {}
        for rid, value in self._tables(top, "requirement").items():
            where = f"requirement.{rid}"
            if not _ID.fullmatch(rid) or not rid.startswith(f"{prefix}-"):
                self._bad(where, "", f"ID must be {prefix}- and two digits")
            if isinstance(value, dict):
                found[rid] = self._requirement(rid, where, value, source, documents)
            else:
                self._bad(where, "", f"needs a table, got {_kind(value)}")
        return source, found

    def _document(self, where: str, value: Any) -> Text:
        if not isinstance(value, dict):
            self._bad(where, "", f"needs a table, got {_kind(value)}")
            return Text("", "")
        self._no_other_keys(where, value, frozenset({"title_en", "title_ja"}))
        return self._text(where, value, "title", required=True) or Text("", "")

    def _requirement(
        self,
        rid: str,
        where: str,
        table: dict[str, Any],
        source: Source,
        documents: dict[str, Document],
    ) -> Requirement:
        self._no_other_keys(where, table, _REQUIREMENT_KEYS)
        level = self._choice(where, table, "level", Level)
        role = self._choice(where, table, "role", Role)
        derived = self._text(where, table, "derived")
        pending = self._text(where, table, "pending")
        excluded = self._text(where, table, "excluded")
        if derived is not None and level is Level.DERIVED:
            self._bad(where, "derived_en", "level is derived: all of it is, so put it into text_*")
        if pending is not None and excluded is not None:
            self._bad(where, "excluded_en", "is there beside pending_*; only one of them can hold")
        return Requirement(
            id=rid,
            source=source,
            clauses=self._clauses(where, table, documents),
            text=self._text(where, table, "text", required=True) or Text("", ""),
            derived=derived,
            sides=self._sides(where, table),
            level=level or Level.MUST,
            role=role or Role.BOTH,
            pending=pending,
            excluded=excluded,
        )

    def _clauses(
        self, where: str, table: dict[str, Any], documents: dict[str, Document]
    ) -> tuple[Clause, ...]:
        clauses: list[Clause] = []
        for index, item in enumerate(self._list(where, table, "clause")):
            key = f"clause[{index}]"
            if not isinstance(item, dict):
                self._bad(where, key, f"needs {{ doc = ..., at = ... }}, got {_kind(item)}")
                continue
            self._no_other_keys(f"{where}.{key}", item, frozenset({"doc", "at"}))
            doc = self._string(f"{where}.{key}", item, "doc")
            at = self._string(f"{where}.{key}", item, "at")
            if doc and doc not in documents:
                self._bad(where, f"{key}.doc", f"unknown document {doc!r}; {_one_of(documents)}")
            elif doc and at:
                clauses.append(Clause(documents[doc], at))
        return tuple(clauses)

    def _sides(self, where: str, table: dict[str, Any]) -> tuple[Side, ...]:
        sides: list[Side] = []
        for index, item in enumerate(self._list(where, table, "sides")):
            if not isinstance(item, str) or item not in set(Side):
                self._bad(where, f"sides[{index}]", f"unknown side {item!r}; {_one_of(Side)}")
            elif Side(item) in sides:
                self._bad(where, f"sides[{index}]", f"{item} is there twice")
            else:
                sides.append(Side(item))
        return tuple(sides)

    def _choice(self, where: str, table: dict[str, Any], key: str, choices: type[_E]) -> _E | None:
        value = self._string(where, table, key)
        if not value:
            return None
        if value not in set(choices):
            self._bad(where, key, f"unknown {key} {value!r}; {_one_of(choices)}")
            return None
        return choices(value)

    def _text(
        self, where: str, table: dict[str, Any], key: str, *, required: bool = False
    ) -> Text | None:
        if not required and f"{key}_en" not in table and f"{key}_ja" not in table:
            return None
        en = self._string(where, table, f"{key}_en")
        ja = self._string(where, table, f"{key}_ja")
        if ja and not _JAPANESE.search(ja):
            self._bad(where, f"{key}_ja", f"is not Japanese: {ja!r}")
        return Text(en, ja)

    def _string(self, where: str, table: dict[str, Any], key: str) -> str:
        if key not in table:
            self._bad(where, key, "is missing")
            return ""
        value = table[key]
        if not isinstance(value, str):
            self._bad(where, key, f"needs a string, got {_kind(value)}")
            return ""
        if not value.strip():
            self._bad(where, key, "is empty")
        return value.strip()

    def _list(self, where: str, table: dict[str, Any], key: str) -> list[Any]:
        if key not in table:
            self._bad(where, key, "is missing")
            return []
        value = table[key]
        if not isinstance(value, list):
            self._bad(where, key, f"needs a list, got {_kind(value)}")
            return []
        if not value:
            self._bad(where, key, "is empty")
        return value

    def _tables(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key)
        if isinstance(value, dict) and value:
            return value
        self._bad("", key, "is missing" if value is None else "needs at least one table in it")
        return {}

    def _no_other_keys(self, where: str, table: dict[str, Any], known: frozenset[str]) -> None:
        for key in table:
            if key not in known:
                self._bad(where, key, f"unknown key; {_one_of(sorted(known))}")

    def _bad(self, where: str, key: str, what: str) -> None:
        place = ": ".join(part for part in (f"[{where}]" if where else "", key) if part)
        self._problems.append(f"{self._name}: {place}: {what}")


def _one_of(names: Any) -> str:
    return "known: " + ", ".join(str(name) for name in names)


def _kind(value: Any) -> str:
    kinds = {bool: "a truth value", str: "a string", list: "a list", dict: "a table"}
    return kinds.get(type(value), f"{type(value).__name__} {value!r}")
