"""What a sound directory leaves to be asked: gaps, rows that are over, operators nobody knows.

The rules without which a file cannot be used are in `check`; these are the questions of whoever
maintains one. ``moment`` is when the question is asked.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date, datetime

from net119_protocol.directory.check import service_of, span_of
from net119_protocol.directory.findings import Finding, FindingKind, Severity
from net119_protocol.directory.model import DirectoryFile, Span, japan_date
from net119_protocol.directory.municipalities import Municipality


def review(
    directory: DirectoryFile,
    known: Mapping[str, Municipality],
    moment: datetime,
    *,
    area: Collection[str] = (),
    operators: Collection[str] | None = None,
) -> list[Finding]:
    """Everything doubtful in a directory whose rules hold, in the order of the file.

    ``area`` are municipality codes, or beginnings of them (``01`` is Hokkaido), that departments
    must cover from ``moment``'s day on; those that the file names at all always count.
    ``operators`` are the operator codes that the asking provider knows, itself included; None if
    that is not known.
    """
    today = japan_date(moment)
    found = [*_gaps(directory, known, today, area), *_adoption_gaps(directory, known, today)]
    if operators is not None:
        found += _unknown_operators(directory, today, operators)
    return [*found, *_expired(directory, moment), *_unused(directory, today)]


def _gaps(
    directory: DirectoryFile,
    known: Mapping[str, Municipality],
    today: date,
    area: Collection[str],
) -> Iterator[Finding]:
    """Municipalities that no department has, from today on."""
    rows: dict[str, list[int]] = {}
    for number, row in enumerate(directory.departments):
        for code in row.municipalities:
            rows.setdefault(code, []).append(number)
    asked = {code for code in known if any(code.startswith(each) for each in area)}
    for code in sorted(asked | set(rows)):
        numbers = rows.get(code, [])
        spans = [span_of(directory.departments[number]) for number in numbers]
        ahead = Span.of(today, None)
        if code not in asked and not any(ahead.meet(span) for span in spans):
            continue  # the file speaks of its past only
        for gap in ahead.minus(spans):
            place = known[code]
            yield Finding(
                Severity.ERROR,
                FindingKind.GAP,
                f"departments[{numbers[-1]}]" if numbers else "departments",
                f"{place.prefecture}{place.name_ja}（{code}）を管轄する消防本部の行がありません"
                f"（{gap.in_japanese}）",
                f"no department has {place.name_en} ({code}) for {gap}",
            )


def _adoption_gaps(
    directory: DirectoryFile, known: Mapping[str, Municipality], today: date
) -> Iterator[Finding]:
    """Days without NET119 between two periods with it: a wrong date more often than a plan."""
    services: dict[str, list[tuple[Span, int]]] = {}
    for number, row in enumerate(directory.departments):
        if row.center is not None:
            for code in row.municipalities:
                services.setdefault(code, []).append((service_of(row), number))
    for code, periods in sorted(services.items()):
        spans = [span for span, _ in periods if span]
        if not spans:
            continue
        whole = Span(
            first=max(min(span.first for span in spans), today.toordinal()),
            last=max(span.last for span in spans),
        )
        for gap in whole.minus(spans) if whole else ():
            # The row that begins right after the hole is the one to look at.
            number = next(n for span, n in periods if span.first == gap.last + 1)
            yield Finding(
                Severity.WARNING,
                FindingKind.ADOPTION_GAP,
                f"departments[{number}]",
                f"{known[code].name_ja}（{code}）では {gap.in_japanese} だけNET119が使えません。"
                "前後には使える期間があります",
                f"NET119 reaches {known[code].name_en} ({code}) before and after, but not for "
                f"{gap}",
            )


def _unknown_operators(
    directory: DirectoryFile, today: date, operators: Collection[str]
) -> Iterator[Finding]:
    """Providers to which no connection is set up: every call for them would go home."""
    for number, row in enumerate(directory.providers):
        if row.code not in operators and Span.of(today, None).meet(span_of(row)):
            yield Finding(
                Severity.ERROR,
                FindingKind.UNKNOWN_OPERATOR,
                f"providers[{number}] ({row.code})",
                f"事業者 {row.code} の接続先が設定にありません。"
                "この事業者の消防本部への通報は、すべて登録地の消防本部につながります",
                f"the settings have no peer {row.code}: every call for its departments would go "
                "to the home department",
            )


def _expired(directory: DirectoryFile, moment: datetime) -> Iterator[Finding]:
    today = japan_date(moment)
    ends: list[tuple[str, str, date]] = []
    for name, rows in (
        ("providers", directory.providers),
        ("centers", directory.centers),
        ("departments", directory.departments),
    ):
        for number, row in enumerate(rows):
            if row.valid_until is not None:
                ends.append((f"{name}[{number}] ({row.code})", "valid_until", row.valid_until))
    for number, department in enumerate(directory.departments):
        if department.adopted_until is not None:
            where = f"departments[{number}] ({department.code})"
            ends.append((where, "adopted_until", department.adopted_until))
    for where, key, last in ends:
        if last < today:
            yield Finding(
                Severity.WARNING,
                FindingKind.EXPIRED,
                where,
                f"{key} = {last} は過ぎています",
                f"{key} = {last} is over",
            )
    for number, stop in enumerate(directory.stops):
        if stop.stop_until <= moment:
            yield Finding(
                Severity.WARNING,
                FindingKind.EXPIRED,
                f"stops[{number}]",
                f"計画停止は {stop.stop_until:%Y-%m-%d %H:%M} に終わっています",
                f"the planned stop ended at {stop.stop_until:%Y-%m-%d %H:%M} in Japan",
            )


def _unused(directory: DirectoryFile, today: date) -> Iterator[Finding]:
    """Centers without a department and providers without a center, from today on."""
    ahead = Span.of(today, None)
    centers = {row.center for row in directory.departments if ahead.meet(service_of(row))}
    providers = {row.provider for row in directory.centers if ahead.meet(span_of(row))}
    unused: Iterable[tuple[str, int, str, str, str]] = [
        *(
            ("centers", n, row.code, "消防本部", "department")
            for n, row in enumerate(directory.centers)
            if row.code not in centers and ahead.meet(span_of(row))
        ),
        *(
            ("providers", n, row.code, "指令センター", "center")
            for n, row in enumerate(directory.providers)
            if row.code not in providers and ahead.meet(span_of(row))
        ),
    ]
    for name, number, code, ja, en in unused:
        yield Finding(
            Severity.WARNING,
            FindingKind.UNUSED,
            f"{name}[{number}] ({code})",
            f"これを使う{ja}がありません",
            f"no {en} uses it",
        )
