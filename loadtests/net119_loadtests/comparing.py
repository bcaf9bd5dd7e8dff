"""Compares the results of two runs: which figures got better or worse, and what was not alike."""

import itertools
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from net119_loadtests.errors import LoadError
from net119_loadtests.words import SERIES, Lang, Words, chosen

Report = Mapping[str, Any]

_COUNTS: tuple[tuple[str, Words, bool, Callable[[Report], Any]], ...] = (
    (
        "rate_per_s",
        ("毎秒の受付 (両側)", "lines per second (both sides)"),
        True,
        lambda report: report["figures"]["rate_per_s"],
    ),
    (
        "errors",
        ("エラー", "errors"),
        False,
        lambda report: sum(report["figures"]["errors"].values()),
    ),
    ("violations", ("違反", "violations"), False, lambda report: report["violations"]["count"]),
    (
        "doubts",
        ("証明されていないこと", "doubts"),
        False,
        lambda report: len(report["doubts"]),
    ),
    (
        "recovery_s",
        ("復旧までの最長 (秒)", "longest recovery (s)"),
        False,
        lambda report: max(report["figures"]["recovered_s"], default=None),
    ),
)
_STRICT = ("errors", "violations", "doubts")
_FAULT: Mapping[str, Words] = {
    "recovered_s": ("復旧まで (秒)", "recovered after (s)"),
    "p99_back_s": ("p99 の回復まで (秒)", "p99 back after (s)"),
}
_MEMORY: Mapping[str, Words] = {
    "server_rss_mb": ("試験対象の最大メモリ (MB)", "most memory of the system (MB)"),
    "database_pss_mb": ("データベースの最大メモリ (MB)", "most memory of the database (MB)"),
    "generator_rss_mb": ("試験側の最大メモリ (MB)", "most memory of the generator (MB)"),
}
_CPU: Mapping[str, Words] = {
    "server_cpu": ("試験対象の CPU (コア、平均)", "CPU of the system (cores, mean)"),
    "database_cpu_cores": ("データベースの CPU (コア、平均)", "CPU of the database (cores, mean)"),
    "generator_cpu_cores": ("試験側の CPU (コア、平均)", "CPU of the generator (cores, mean)"),
}
_ALIKE = ("asked", "machine", "provider")
_MAY_DIFFER = {"at", "loadAverage", "url"}


@dataclass(frozen=True)
class Row:
    """One figure of both runs; ``worse`` means by more than is tolerated, or no longer there."""

    name: str
    words: Words
    before: float | None
    after: float | None
    worse: bool

    @property
    def ratio(self) -> float | None:
        """After to before; ``None`` where that says nothing."""
        if self.before is None or self.after is None or self.before == 0:
            return None
        return self.after / self.before


@dataclass(frozen=True)
class Comparison:
    """All figures of two runs, and the conditions in which they differ."""

    rows: tuple[Row, ...]
    differences: tuple[str, ...]

    @property
    def worse(self) -> bool:
        """Whether any figure got worse by more than is tolerated."""
        return any(row.worse for row in self.rows)


def read_report(file: Path) -> Report:
    """A ``report.json``; raises LoadError if it is none of ours, or of a run that was cut short."""
    advice = "Give the report.json of a run of net119 load run"
    try:
        report = json.loads(file.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise LoadError(f"this cannot be read: {error}", str(file), advice) from error
    needed = {"figures", "violations", "machine", "asked", "provider", "complete"}
    if not isinstance(report, dict) or report.get("tool") != "net119 load" or needed - set(report):
        raise LoadError("this is no report of a load run", str(file), advice)
    if not report["complete"]:
        raise LoadError("this run was interrupted", str(file), "Compare runs that were carried out")
    return report


def compare_reports(before: Report, after: Report, tolerance: float) -> Comparison:
    """Compare two runs. ``tolerance`` is the share by which a figure may get worse, 0.2 for 20 %.

    Violations, errors and doubts have no tolerance: one more is worse.
    """
    try:
        rows = [
            *_counts(before, after, tolerance),
            *_faults(before["figures"], after["figures"], tolerance),
            *_times(before["figures"]["series"], after["figures"]["series"], tolerance),
            *_needs(before, after, tolerance),
        ]
        differences = tuple(_differences(before, after))
    except (KeyError, TypeError, AttributeError) as error:
        raise LoadError(
            f"a report lacks {error}", "net119 load compare", "Compare reports of one version"
        ) from error
    return Comparison(tuple(rows), differences)


def _counts(before: Report, after: Report, tolerance: float) -> Iterable[Row]:
    for name, words, more_is_better, figure in _COUNTS:
        old, new = figure(before), figure(after)
        strict = name in _STRICT
        yield Row(
            name, words, old, new, _worse(old, new, 0.0 if strict else tolerance, more_is_better)
        )


def _faults(before: Report, after: Report, tolerance: float) -> Iterable[Row]:
    """How long it took after each fault; the same fault is the one in the same place."""
    nothing: Report = {}
    pairs = itertools.zip_longest(
        before.get("faults", ()), after.get("faults", ()), fillvalue=nothing
    )
    for number, (old, new) in enumerate(pairs, 1):
        for figure, words in _FAULT.items():
            name = " / ".join(dict.fromkeys(each["name"] for each in (old, new) if each))
            found = old.get(figure), new.get(figure)
            yield Row(
                f"fault.{number}.{figure}",
                (f"障害 {number} {name}: {words[0]}", f"fault {number} {name}: {words[1]}"),
                *found,
                _worse(*found, tolerance, False),
            )


def _needs(before: Report, after: Report, tolerance: float) -> Iterable[Row]:
    """Memory and CPU, as far as both runs could see them: what one did not see is not worse."""
    for name, words in (*_MEMORY.items(), *_CPU.items()):
        found = _need(before, name), _need(after, name)
        if None not in found:
            yield Row(name, words, *found, _worse(*found, tolerance, False))


def _need(report: Report, name: str) -> float | None:
    values = [
        each[name]
        for each in report.get("timeline", ())
        if each.get(name) is not None and (name in _MEMORY or each["phase"] == "run")
    ]
    if not values:
        return None
    return float(max(values) if name in _MEMORY else sum(values) / len(values))


def _times(before: Report, after: Report, tolerance: float) -> Iterable[Row]:
    for name, words in SERIES.items():
        if name not in before and name not in after:
            continue
        for figure in ("p50", "p95", "p99"):
            old = before[name][figure] if name in before else None
            new = after[name][figure] if name in after else None
            named = tuple(f"{each} {figure}" for each in words)
            yield Row(
                f"{name}.{figure}",
                (named[0], named[1]),
                old,
                new,
                _worse(old, new, tolerance, False),
            )


def _worse(
    before: float | None, after: float | None, tolerance: float, more_is_better: bool
) -> bool:
    if before is None:
        return False
    if after is None:
        # Measured once and no more: what was shown then is not shown now.
        return True
    if more_is_better:
        return after < before * (1 - tolerance)
    return after > before * (1 + tolerance)


def _differences(before: Report, after: Report) -> Iterable[str]:
    for group in _ALIKE:
        for key in sorted({*before[group], *after[group]} - _MAY_DIFFER):
            old, new = before[group].get(key), after[group].get(key)
            if old != new:
                yield f"{group}.{key}: {old} -> {new}"


def show_comparison(comparison: Comparison, console: Console, lang: Lang) -> None:
    """The table, what was not alike, and the verdict."""

    def text(ja: str, en: str) -> str:
        return chosen((ja, en), lang)

    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("")
    for heading in (text("前", "before"), text("後", "after"), text("比", "ratio"), ""):
        table.add_column(heading, justify="right")
    for row in comparison.rows:
        ratio = "-" if row.ratio is None else f"{row.ratio:.2f}"
        mark = Text(text("悪化", "worse"), style="bold red") if row.worse else Text("")
        table.add_row(chosen(row.words, lang), _shown(row.before), _shown(row.after), ratio, mark)
    console.print(table)
    for difference in comparison.differences:
        console.print(
            Text(f"{text('条件の違い', 'not alike')}: {difference}", style="yellow"), soft_wrap=True
        )
    if comparison.worse:
        console.print(
            Text(text("悪化した項目があります", "Some figures got worse"), style="bold red")
        )
    else:
        console.print(Text(text("悪化なし", "Nothing got worse"), style="bold green"))


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:,.4g}"
