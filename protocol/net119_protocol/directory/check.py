"""The rules of a directory file that go across its rows."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from itertools import combinations
from typing import Self

from net119_protocol.directory.findings import Finding, FindingKind, error
from net119_protocol.directory.model import (
    DatedRow,
    DepartmentRow,
    DirectoryFile,
    PlannedStop,
    Span,
    japan_date,
)

RESERVED_PREFIX = "m-"
"""Codes of the departments that stand for municipalities which no row names."""


def problems_of(directory: DirectoryFile, known: Collection[str]) -> list[Finding]:
    """Everything that is wrong with a directory, each with the path of the row; empty if sound.

    ``known`` are the municipality codes that exist.
    """
    problems: list[Finding] = []
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
    known_days = _Days.of(directory)
    for position, stop in enumerate(directory.stops):
        problems += _stop(f"stops[{position}]", stop, known_days)
    return problems


def span_of(row: DatedRow) -> Span:
    """The days on which a row holds."""
    return Span.of(row.valid_from, row.valid_until)


def service_of(row: DepartmentRow) -> Span:
    """The days on which the row says that NET119 reaches the department."""
    return span_of(row).meet(Span.of(row.adopted_from, row.adopted_until))


def _dates(name: str, rows: Sequence[DatedRow]) -> list[Finding]:
    problems = [
        error(
            FindingKind.DATES,
            f"{name}[{i}] ({row.code})",
            f"valid_from {row.valid_from} が valid_until {row.valid_until} より後です",
            f"valid_from {row.valid_from} is after valid_until {row.valid_until}",
        )
        for i, row in enumerate(rows)
        if not span_of(row)
    ]
    # Only rows of one code are compared: a directory of all Japan has half a million pairs.
    same: dict[str, list[int]] = {}
    for i, row in enumerate(rows):
        same.setdefault(row.code, []).append(i)
    pairs = (pair for places in same.values() for pair in combinations(places, 2))
    for i, j in sorted(pairs):
        other = rows[j]
        both = span_of(rows[i]).meet(span_of(other))
        if both:
            problems.append(
                error(
                    FindingKind.TWICE,
                    f"{name}[{j}] ({other.code})",
                    f"同じ日に有効な、同じコードの行 {name}[{i}] があります（{both.in_japanese}）",
                    f"the code has another row, {name}[{i}], on the same days ({both})",
                )
            )
    return problems


def _department(path: str, row: DepartmentRow, known: Collection[str]) -> list[Finding]:
    problems = []
    if row.code.startswith(RESERVED_PREFIX):
        problems.append(
            error(
                FindingKind.RESERVED,
                f"{path}.code",
                f"{row.code!r}: {RESERVED_PREFIX!r} で始まるコードは、どの行にもない市町村のために"
                "空けてあります。別のコードにしてください",
                f"{row.code!r}: codes starting with {RESERVED_PREFIX!r} are kept for "
                "municipalities that no department names; choose another",
            )
        )
    if not Span.of(row.adopted_from, row.adopted_until):
        problems.append(
            error(
                FindingKind.DATES,
                f"{path} ({row.code})",
                f"adopted_from {row.adopted_from} が adopted_until {row.adopted_until} より後です",
                f"adopted_from {row.adopted_from} is after adopted_until {row.adopted_until}",
            )
        )
    if row.center is None and (row.adopted_from or row.adopted_until):
        problems.append(
            error(
                FindingKind.UNKNOWN_CENTER,
                f"{path} ({row.code})",
                "adopted_from か adopted_until があるのに center がありません。"
                "指令センターを書くか、日付を消してください",
                "adopted_from or adopted_until without a center; "
                "name the center or leave the dates out",
            )
        )
    seen = set()
    for place, code in enumerate(row.municipalities):
        where = f"{path}.municipalities[{place}]"
        if code not in known:
            problems.append(
                error(
                    FindingKind.UNKNOWN_MUNICIPALITY,
                    where,
                    f"{code!r} という市町村コードはありません",
                    f"unknown municipality code {code!r}",
                )
            )
        if code in seen:
            problems.append(
                error(
                    FindingKind.TWICE, where, f"{code!r} が二度あります", f"{code!r} is named twice"
                )
            )
        seen.add(code)
    return problems


def _references(directory: DirectoryFile) -> list[Finding]:
    problems = []
    known = _Days.of(directory)
    for i, center in enumerate(directory.centers):
        row = f"centers[{i}].provider"
        problems += _provider(row, center.provider, known, span_of(center))
    for i, department in enumerate(directory.departments):
        if department.center is not None:
            row = f"departments[{i}].center"
            problems += _center(row, department.center, known, service_of(department))
    return problems


@dataclass(frozen=True)
class _Days:
    """On which days there are providers and centers, by their codes."""

    providers: Mapping[str, list[Span]]
    centers: Mapping[str, list[Span]]

    @classmethod
    def of(cls, directory: DirectoryFile) -> Self:
        return cls(_spans(directory.providers), _spans(directory.centers))


def _spans(rows: Sequence[DatedRow]) -> dict[str, list[Span]]:
    spans: dict[str, list[Span]] = {}
    for row in rows:
        spans.setdefault(row.code, []).append(span_of(row))
    return spans


def _provider(row: str, code: str, known: _Days, needed: Span) -> list[Finding]:
    kind = FindingKind.UNKNOWN_PROVIDER
    return _missing(kind, row, code, ("事業者", "provider"), known.providers, needed)


def _center(row: str, code: str, known: _Days, needed: Span) -> list[Finding]:
    kind = FindingKind.UNKNOWN_CENTER
    return _missing(kind, row, code, ("指令センター", "center"), known.centers, needed)


def _missing(
    kind: FindingKind,
    row: str,
    code: str,
    what: tuple[str, str],
    known: Mapping[str, list[Span]],
    needed: Span,
) -> list[Finding]:
    """One problem for a reference that no row answers on some of the days it is needed."""
    spans = known.get(code)
    ja, en = what
    if not spans:
        return [error(kind, row, f"{ja} {code!r} の行がありません", f"unknown {en} {code!r}")]
    gaps = list(needed.minus(spans)) if needed else []
    return [
        error(
            kind,
            row,
            f"{ja} {code!r} の行が {gap.in_japanese} にはありません",
            f"{en} {code!r} has no row for {gap}",
        )
        for gap in gaps
    ]


def _claims(departments: Sequence[DepartmentRow]) -> list[Finding]:
    claims: dict[str, list[tuple[int, DepartmentRow]]] = {}
    for i, row in enumerate(departments):
        for code in dict.fromkeys(row.municipalities):
            claims.setdefault(code, []).append((i, row))
    problems = []
    for code, rows in claims.items():
        for (i, one), (j, other) in combinations(rows, 2):
            both = span_of(one).meet(span_of(other))
            if one.code != other.code and both:
                problems.append(
                    error(
                        FindingKind.OVERLAP,
                        f"departments[{j}] ({other.code})",
                        f"市町村 {code} は departments[{i}]（{one.code}）の管轄でもあります"
                        f"（{both.in_japanese}）",
                        f"municipality {code} is also claimed by departments[{i}] ({one.code}) "
                        f"on the same days ({both})",
                    )
                )
    return problems


def _stop(row: str, stop: PlannedStop, known: _Days) -> list[Finding]:
    problems = []
    if stop.stop_from >= stop.stop_until:
        problems.append(
            error(
                FindingKind.DATES,
                row,
                f"stop_from {stop.stop_from:%Y-%m-%dT%H:%M} が "
                f"stop_until {stop.stop_until:%Y-%m-%dT%H:%M} より前ではありません",
                f"stop_from {stop.stop_from:%Y-%m-%dT%H:%M} is not before "
                f"stop_until {stop.stop_until:%Y-%m-%dT%H:%M}",
            )
        )
    if (stop.provider is None) == (stop.center is None):
        problems.append(
            error(
                FindingKind.STOP,
                row,
                "provider と center のどちらか一方で、止まるものを書いてください",
                "name what stops: either a provider or a center, not both",
            )
        )
    if stop.stop_from < stop.stop_until:
        last = japan_date(stop.stop_until - timedelta(microseconds=1))
        needed = Span.of(japan_date(stop.stop_from), last)
        if stop.provider is not None:
            problems += _provider(f"{row}.provider", stop.provider, known, needed)
        if stop.center is not None:
            problems += _center(f"{row}.center", stop.center, known, needed)
    return problems
