"""What one line of the requirement catalogue is: its source, its level, its role, its status."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

CATALOGUE_VERSION = "2026.1"
"""Version of the catalogue as a whole; every source file states it and must agree."""

Lang = Literal["ja", "en"]


class CatalogueError(Exception):
    """The catalogue, or what purposes say about it, is wrong.

    `problems` holds every problem found, each naming file, table and key (or the purpose), so
    that one run is enough to mend them all.
    """

    def __init__(self, problems: list[str]) -> None:
        self.problems = tuple(problems)
        count = len(self.problems)
        head = f"requirement catalogue: {count} problem{'s' if count != 1 else ''}"
        super().__init__("\n".join([head, *(f"  {problem}" for problem in self.problems)]))


class Side(StrEnum):
    """The interface at which a requirement shows (design: interfaces A, B, C, M, R, H)."""

    HANDSET = "A"
    PROVIDER = "B"
    CONSOLE = "C"
    MAIL = "M"
    RECORDS = "R"
    ALARM = "H"


class Level(StrEnum):
    """How strongly the source asks, read off its wording; the README says how it is read."""

    MUST = "must"
    SHOULD = "should"
    MAY = "may"
    DERIVED = "derived"
    """The source does not say it; its other requirements could not hold without it."""


class Role(StrEnum):
    """What the SUT is, seen from this requirement: whom a vendor's profile makes answerable."""

    HOME = "home"
    """Provider of the caller's home department: the handset is connected to it, it routes."""
    RECEIVING = "receiving"
    """Provider of the responsible department, which gets the call from another provider."""
    BOTH = "both"
    """Asked of the home and of the receiving provider, each on its own side of the call."""
    REGISTRATION = "registration"
    """Keeps the registrants: applications, records and their clocks, mail to registrants."""
    OPERATION = "operation"
    """Runs the service as a whole: notices, planned and emergency stops, dated settings."""
    ALARM = "alarm"
    """Center and registers of the home alarm service."""


class State(StrEnum):
    """Where a requirement stands once the purposes are known; never written by hand."""

    COVERED = "covered"
    PENDING = "pending"
    EXCLUDED = "excluded"


@dataclass(frozen=True, slots=True)
class Text:
    """One statement in both languages."""

    en: str
    ja: str

    def get(self, lang: Lang) -> str:
        """Return the statement in `lang`."""
        return self.ja if lang == "ja" else self.en


@dataclass(frozen=True, slots=True)
class Document:
    """A document that asks something: its key within the source file and its title."""

    key: str
    title: Text


@dataclass(frozen=True, slots=True)
class Source:
    """Who asks: one department, with its documents. `prefix` begins the IDs ("TOM")."""

    prefix: str
    publisher: Text
    documents: tuple[Document, ...]


@dataclass(frozen=True, slots=True)
class Clause:
    """Where a requirement is found: the document and the article, section or page in it."""

    document: Document
    at: str

    def __str__(self) -> str:
        return f"『{self.document.title.ja}』{self.at}"


@dataclass(frozen=True, slots=True)
class Requirement:
    """One requirement in our own words.

    `derived` is the part that is ours and is judged separately (None: there is none);
    `pending` says what is not judged yet, `excluded` why it never will be; at most one is set.
    """

    id: str
    source: Source
    clauses: tuple[Clause, ...]
    text: Text
    derived: Text | None
    sides: tuple[Side, ...]
    level: Level
    role: Role
    pending: Text | None
    excluded: Text | None

    @property
    def has_derived_part(self) -> bool:
        """True if something in it is derived: a part of it, or (level `derived`) all of it."""
        return self.derived is not None or self.level is Level.DERIVED


@dataclass(frozen=True, slots=True)
class RequirementStatus:
    """A requirement joined with the test purposes that name it.

    `purposes` judge what the source says, `derived_purposes` its derived part; both hold purpose
    IDs in alphabetical order. `reason` is the note to show: for COVERED what remains to be judged
    (or None), for PENDING what is missing, for EXCLUDED why it is not judged.
    """

    requirement: Requirement
    state: State
    purposes: tuple[str, ...]
    derived_purposes: tuple[str, ...]
    reason: Text | None
