"""What a check of a directory has found: where, how grave, and in words of both languages."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How grave a finding is."""

    ERROR = "error"
    """A call would go the wrong way, or the file cannot be used at all."""
    WARNING = "warning"
    """Probably not meant so."""
    CHANGE = "change"
    """Nothing wrong: something that will be different from a day or a time on."""


class FindingKind(StrEnum):
    """What a finding is about; the names are stable."""

    FORM = "form"
    DATES = "dates"
    TWICE = "twice"
    RESERVED = "reserved-code"
    UNKNOWN_MUNICIPALITY = "unknown-municipality"
    UNKNOWN_PROVIDER = "unknown-provider"
    UNKNOWN_CENTER = "unknown-center"
    OVERLAP = "overlap"
    STOP = "stop"
    GAP = "gap"
    ADOPTION_GAP = "adoption-gap"
    UNKNOWN_OPERATOR = "unknown-operator"
    EXPIRED = "expired"
    UNUSED = "unused"
    CHANGE = "change"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing found; ``row`` is the path of the row in the file, such as ``departments[3]``."""

    severity: Severity
    kind: FindingKind
    row: str
    text_ja: str
    text_en: str

    def __str__(self) -> str:
        return f"{self.row}: {self.text_en}"


def error(kind: FindingKind, row: str, ja: str, en: str) -> Finding:
    """A finding for which the file cannot be used."""
    return Finding(Severity.ERROR, kind, row, ja, en)
