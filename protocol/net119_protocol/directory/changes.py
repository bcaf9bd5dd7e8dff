"""What a directory will say differently within the coming days, and from when on."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from net119_protocol.directory.directory import Department, Directory, DirectoryView
from net119_protocol.directory.findings import Finding, FindingKind, Severity
from net119_protocol.directory.model import JAPAN, DatedRow


@dataclass(frozen=True, slots=True)
class ComingChange:
    """Something that is different from ``at`` on, in Japan's time."""

    at: datetime
    finding: Finding


def coming_changes(directory: Directory, moment: datetime, days: int) -> list[ComingChange]:
    """All changes after ``moment`` and within so many days, in order of time.

    ValueError for a negative number of days, or a moment without offset.
    """
    if days < 0:
        raise ValueError(f"{days} days: 0 or more")
    start = moment.astimezone(JAPAN)
    end = start + timedelta(days=days)
    changes = [*_flips(directory, start, end), *_stops(directory, start, end)]
    return sorted(changes, key=lambda change: change.at)


def next_change(directory: Directory, moment: datetime) -> datetime | None:
    """The next moment at which any row or planned stop begins or ends; None if there is none."""
    start = moment.astimezone(JAPAN)
    midnights = (datetime.combine(day, time(), JAPAN) for day in _days(directory))
    clock = (t for stop in directory.content.stops for t in (stop.stop_from, stop.stop_until))
    return min((each for each in (*midnights, *clock) if each > start), default=None)


def _days(directory: Directory) -> Iterator[date]:
    """The days on which some row begins, and those after the last of some row."""
    content = directory.content
    rows: tuple[DatedRow, ...] = (*content.providers, *content.centers, *content.departments)
    for row in rows:
        yield from _edges(row.valid_from, row.valid_until)
    for department in content.departments:
        yield from _edges(department.adopted_from, department.adopted_until)


def _edges(first: date | None, last: date | None) -> Iterator[date]:
    if first is not None:
        yield first
    if last is not None and last < date.max:
        yield last + timedelta(days=1)


def _flips(directory: Directory, start: datetime, end: datetime) -> Iterator[ComingChange]:
    for day in sorted(set(_days(directory))):
        midnight = datetime.combine(day, time(), JAPAN)
        if start < midnight <= end:
            before = directory.at(midnight - timedelta(microseconds=1))
            for finding in _differences(directory, before, directory.at(midnight)):
                yield ComingChange(midnight, finding)


def _differences(
    directory: Directory, before: DirectoryView, after: DirectoryView
) -> Iterator[Finding]:
    codes = dict.fromkeys((*before.departments, *after.departments))
    for code in codes:
        old, new = before.departments.get(code), after.departments.get(code)
        day = (after if new is not None else before).day
        where = _row(directory, code, day)
        for ja, en in _department(old, new):
            yield _change(where, ja, en)
    for code in before.centers.keys() & after.centers.keys():
        was, now = before.centers[code].provider, after.centers[code].provider
        if was != now:
            number = _index(directory.content.centers, code, after.day)
            yield _change(
                f"centers[{number}] ({code})",
                f"指令センターの事業者が {was} から {now} に変わります",
                f"the center's provider changes from {was} to {now}",
            )


def _department(old: Department | None, new: Department | None) -> Iterator[tuple[str, str]]:
    if old is None and new is not None:
        area = ", ".join(new.municipalities)
        reach = _reach(new)
        yield (
            f"{new.name_ja}の行が始まります（市町村 {area}、{reach[0]}）",
            f"the row of {new.name_en} begins (municipalities {area}; {reach[1]})",
        )
    elif old is not None and new is None:
        yield (f"{old.name_ja}の行が終わります", f"the row of {old.name_en} ends")
    elif old is not None and new is not None:
        yield from _both(old, new)


def _reach(department: Department) -> tuple[str, str]:
    if department.center is None:
        return "NET119なし", "without NET119"
    return f"指令センター {department.center}", f"center {department.center}"


def _both(old: Department, new: Department) -> Iterator[tuple[str, str]]:
    name_ja, name_en = new.name_ja, new.name_en
    if not old.adopted and new.adopted:
        yield (
            f"{name_ja}でNET119が使えるようになります（指令センター {new.center}）",
            f"NET119 reaches {name_en} (center {new.center})",
        )
    elif old.adopted and not new.adopted:
        yield (f"{name_ja}でNET119が使えなくなります", f"NET119 no longer reaches {name_en}")
    elif old.center != new.center:
        yield (
            f"{name_ja}の通報を受ける指令センターが {old.center} から {new.center} に変わります",
            f"calls for {name_en} are answered by center {new.center} instead of {old.center}",
        )
    gone = sorted(set(old.municipalities) - set(new.municipalities))
    come = sorted(set(new.municipalities) - set(old.municipalities))
    if gone:
        yield (
            f"{name_ja}の管轄から {', '.join(gone)} が外れます",
            f"{name_en} no longer has {', '.join(gone)}",
        )
    if come:
        yield (
            f"{name_ja}の管轄に {', '.join(come)} が加わります",
            f"{name_en} also has {', '.join(come)}",
        )
    if old.phone != new.phone:
        yield (
            f"{name_ja}の電話番号が {old.phone} から {new.phone} に変わります",
            f"the phone number of {name_en} changes from {old.phone} to {new.phone}",
        )


def _stops(directory: Directory, start: datetime, end: datetime) -> Iterator[ComingChange]:
    for number, stop in enumerate(directory.content.stops):
        what = stop.provider or stop.center or ""
        ja = f"事業者 {what}" if stop.provider else f"指令センター {what}"
        en = f"provider {what}" if stop.provider else f"center {what}"
        why_ja = f"（{stop.reason_ja}）" if stop.reason_ja else ""
        why_en = f" ({stop.reason_en})" if stop.reason_en else ""
        where = f"stops[{number}]"
        for at, ja_end, en_end in (
            (stop.stop_from, f"の計画停止が始まります{why_ja}", f"stops as planned{why_en}"),
            (stop.stop_until, "の計画停止が終わります", "is back from its planned stop"),
        ):
            if start < at <= end:
                yield ComingChange(at, _change(where, f"{ja} {ja_end}", f"{en} {en_end}"))


def _change(where: str, ja: str, en: str) -> Finding:
    return Finding(Severity.CHANGE, FindingKind.CHANGE, where, ja, en)


def _row(directory: Directory, code: str, day: date) -> str:
    number = _index(directory.content.departments, code, day)
    return f"departments[{number}] ({code})"


def _index(rows: tuple[DatedRow, ...], code: str, day: date) -> int:
    return next(n for n, row in enumerate(rows) if row.code == code and row.valid_on(day))
