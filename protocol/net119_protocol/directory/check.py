"""The rules of a directory file that go across its rows."""

from collections.abc import Collection, Sequence
from itertools import combinations

from net119_protocol.directory.model import (
    DatedRow,
    DepartmentRow,
    DirectoryFile,
    Span,
)

RESERVED_PREFIX = "m-"
"""Codes of the departments that stand for municipalities which no row names."""


def problems_of(directory: DirectoryFile, known: Collection[str]) -> list[str]:
    """Everything that is wrong with a directory, each with the path of the row; empty if sound.

    ``known`` are the municipality codes that exist.
    """
    problems: list[str] = []
    for name, rows in (
        ("providers", directory.providers),
        ("centers", directory.centers),
        ("departments", directory.departments),
    ):
        problems += _dates(name, rows)
    problems += _references(directory)
    for position, department in enumerate(directory.departments):
        problems += _department(f"departments[{position}]", department, known)
    problems += _claims(directory.departments)
    return problems


def _span(row: DatedRow) -> Span:
    return Span.of(row.valid_from, row.valid_until)


def _service(row: DepartmentRow) -> Span:
    """The days on which the row says that NET119 reaches the department."""
    return _span(row).meet(Span.of(row.adopted_from, row.adopted_until))


def _dates(name: str, rows: Sequence[DatedRow]) -> list[str]:
    problems = [
        f"{name}[{i}] ({row.code}): valid_from {row.valid_from} is after "
        f"valid_until {row.valid_until}"
        for i, row in enumerate(rows)
        if not _span(row)
    ]
    for (i, one), (j, other) in combinations(enumerate(rows), 2):
        both = _span(one).meet(_span(other))
        if one.code == other.code and both:
            problems.append(
                f"{name}[{j}] ({other.code}): the code has another row, {name}[{i}], "
                f"on the same days ({both})"
            )
    return problems


def _department(path: str, row: DepartmentRow, known: Collection[str]) -> list[str]:
    problems = []
    if row.code.startswith(RESERVED_PREFIX):
        problems.append(
            f"{path}.code: {row.code!r}: codes starting with {RESERVED_PREFIX!r} are kept for "
            "municipalities that no department names; choose another"
        )
    if not Span.of(row.adopted_from, row.adopted_until):
        problems.append(
            f"{path} ({row.code}): adopted_from {row.adopted_from} is after "
            f"adopted_until {row.adopted_until}"
        )
    if row.center is None and (row.adopted_from or row.adopted_until):
        problems.append(
            f"{path} ({row.code}): adopted_from or adopted_until without a center; "
            "name the center or leave the dates out"
        )
    seen = set()
    for place, code in enumerate(row.municipalities):
        if code not in known:
            problems.append(f"{path}.municipalities[{place}]: unknown municipality code {code!r}")
        if code in seen:
            problems.append(f"{path}.municipalities[{place}]: {code!r} is named twice")
        seen.add(code)
    return problems


def _references(directory: DirectoryFile) -> list[str]:
    problems = []
    for i, center in enumerate(directory.centers):
        problems += _missing(
            f"centers[{i}].provider",
            center.provider,
            "provider",
            directory.providers,
            _span(center),
        )
    for i, department in enumerate(directory.departments):
        if department.center is not None:
            problems += _missing(
                f"departments[{i}].center",
                department.center,
                "center",
                directory.centers,
                _service(department),
            )
    return problems


def _missing(path: str, code: str, what: str, rows: Sequence[DatedRow], needed: Span) -> list[str]:
    """One problem for a reference that no row answers on some of the days it is needed."""
    spans = [_span(row) for row in rows if row.code == code]
    if not spans:
        return [f"{path}: unknown {what} {code!r}"]
    gaps = list(needed.minus(spans)) if needed else []
    return [f"{path}: {what} {code!r} has no row for {gap}" for gap in gaps]


def _claims(departments: Sequence[DepartmentRow]) -> list[str]:
    claims: dict[str, list[tuple[int, DepartmentRow]]] = {}
    for i, row in enumerate(departments):
        for code in dict.fromkeys(row.municipalities):
            claims.setdefault(code, []).append((i, row))
    problems = []
    for code, rows in claims.items():
        for (i, one), (j, other) in combinations(rows, 2):
            both = _span(one).meet(_span(other))
            if one.code != other.code and both:
                problems.append(
                    f"departments[{j}] ({other.code}): municipality {code} is also claimed by "
                    f"departments[{i}] ({one.code}) on the same days ({both})"
                )
    return problems
