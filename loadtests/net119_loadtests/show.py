"""What a run shows: progress while it runs, and the table at its end, in Japanese or English."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from net119_loadtests.bare_words import BARE_HEADS, bare_rows, bare_words
from net119_loadtests.invariants import UNWRITTEN
from net119_loadtests.page import file_name
from net119_loadtests.report import Result
from net119_loadtests.words import SERIES, Lang

_PHASES = {
    "ramp": ("通報を開始中", "calls arriving"),
    "run": ("測定中", "measuring"),
    "settle": ("応答待ち", "settling"),
    "judge": ("照合中", "checking"),
}
_LEAST_PAUSE_S = 2.0


class Shower:
    """Shows a run on a console, in one language; progress inside ``with``."""

    def __init__(self, console: Console, lang: Lang) -> None:
        self._console = console
        self._lang = lang
        self._now = Text()
        self._told = 0.0
        self._live = (
            Live(get_renderable=lambda: self._now, console=console, transient=True)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        problem: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, *, ja: str, en: str) -> None:
        """A line that stays."""
        self._console.print(Text(self._text(ja, en)), soft_wrap=True)

    def step(self, ja: str, en: str, done: int, total: int) -> None:
        """How far a step of the preparation or the check has come."""
        self._progress(f"{self._text(ja, en)} {done:,}/{total:,}", last=done == total)

    def waiting(self, here: int, wanted: int, left_s: float) -> None:
        """How many workers have come, and how long the others are waited for."""
        self._progress(
            self._text(
                f"ワーカーを待っています {here}/{wanted} (残り {left_s:.0f} 秒)",
                f"waiting for workers {here}/{wanted} ({left_s:.0f} s left)",
            ),
            last=here >= wanted,
        )

    def running(self, message: dict[str, Any]) -> None:
        """The generator's progress."""
        p95 = message["p95"]
        delay = "-" if p95 is None else f"{p95:,.0f} ms"
        phase = self._text(*_PHASES[message["phase"]])
        self._progress(
            self._text(
                f"{phase}  {message['t']:.0f} 秒  通話 {message['open']:,}  "
                f"{message['rate']:,.0f} 件/秒  p95 {delay}  受付済 {message['acked']:,}  "
                f"エラー {message['errors']:,}  違反 {message['violations']:,}",
                f"{phase}  {message['t']:.0f} s  calls {message['open']:,}  "
                f"{message['rate']:,.0f} lines/s  p95 {delay}  acked {message['acked']:,}  "
                f"errors {message['errors']:,}  violations {message['violations']:,}",
            )
        )

    def _progress(self, row: str, *, last: bool = False) -> None:
        self._now = Text(row)
        if self._live is not None:
            self._live.refresh()
        elif last or time.monotonic() - self._told >= _LEAST_PAUSE_S:
            # Not a terminal: lines, but not too many of them.
            self._told = time.monotonic()
            self._console.print(self._now, soft_wrap=True)

    # --- the end --------------------------------------------------------------------------------

    def result(self, result: Result, report: Path) -> None:
        """The tables and the verdict."""
        self._series(result)
        self._counts(result)
        self._bare(result)
        for violation in result.judgement.first:
            self._console.print(
                Text(
                    f"  {violation.invariant.value}  {violation.call_id}  "
                    f"{violation.where}: {violation.detail}",
                    style="red",
                ),
                soft_wrap=True,
            )
        if any(UNWRITTEN in violation.detail for violation in result.judgement.first):
            self.say(
                ja="試験対象が指令員の名で自動的に送る行であれば、その文を --greeting で"
                "知らせてください",
                en="If the system sends such lines by itself in the dispatcher's name, tell their "
                "texts with --greeting",
            )
        self._thresholds(result)
        for doubt in result.doubts:
            self._console.print(
                Text(f"{self._text('確認できず', 'not shown')}: {doubt}", style="bold red"),
                soft_wrap=True,
            )
        page = report.with_name(file_name(self._lang))
        self.say(ja=f"報告書: {page}、{report}", en=f"Report: {page}, {report}")
        self._console.print(self._verdict(result), soft_wrap=True)

    def _series(self, result: Result) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(self._text("時間 (ミリ秒)", "times (ms)"), overflow="fold")
        for heading in (
            self._text("件数", "count"),
            "p50",
            "p95",
            "p99",
            self._text("最大", "max"),
        ):
            table.add_column(heading, justify="right", no_wrap=True)
        for name, words in SERIES.items():
            values = result.figures["series"].get(name)
            if values is not None:
                figures = (f"{values[key]:,.1f}" for key in ("p50", "p95", "p99", "max"))
                table.add_row(self._text(*words), f"{values['count']:,}", *figures)
        self._console.print(table)

    def _counts(self, result: Result) -> None:
        figures, judgement = result.figures, result.judgement
        rate = figures["rate_per_s"] or 0.0
        window, errors = figures["window_s"], sum(figures["errors"].values())
        self.say(
            ja=f"件数: {window:.1f} 秒間に毎秒 {rate:,.1f} 件 (両側合計)、受付済 "
            f"{figures['acked']:,} 件、エラー {errors:,} 件",
            en=f"Rate: {rate:,.1f} lines/s (both sides) for {window:.1f} s, "
            f"{figures['acked']:,} acknowledged, {errors:,} errors",
        )
        if figures["recovered_s"]:
            longest = max(figures["recovered_s"])
            self.say(
                ja=f"復旧: {len(figures['recovered_s'])} 回、最長 {longest:.1f} 秒",
                en=f"Recovery: {len(figures['recovered_s'])} times, {longest:.1f} s at most",
            )
        self._faults(figures.get("faults", ()))
        if figures.get("peaks"):
            found = ", ".join(f"{key} {value:,.0f}" for key, value in figures["peaks"].items())
            self.say(ja=f"メモリの最大値: {found}", en=f"Most memory: {found}")
        for kind, count in sorted(figures["errors"].items()):
            self._console.print(Text(f"  {kind}: {count:,}"), soft_wrap=True)
        self.say(
            ja=f"検査: 通話 {judgement.calls:,} 件、表示 {judgement.lines_checked:,} 件、"
            f"受付確認 {judgement.acks_checked:,} 件、保存 {judgement.stored_lines:,} 件 → "
            f"違反 {judgement.violations:,} 件",
            en=f"Checked: {judgement.calls:,} calls, {judgement.lines_checked:,} lines shown, "
            f"{judgement.acks_checked:,} acknowledgements, {judgement.stored_lines:,} stored -> "
            f"{judgement.violations:,} violations",
        )

    def _bare(self, result: Result) -> None:
        bare = result.bare
        if "ratios" not in bare:
            why = bare["whyNot"]
            self.say(ja=f"素の中継との比: 測定なし ({why})", en=f"No ratio to a bare relay: {why}")
            return
        self._console.print(Text(self._text(*bare_words(bare))), soft_wrap=True)
        table = Table(box=None, pad_edge=False, header_style="bold")
        for number, words in enumerate(BARE_HEADS):
            table.add_column(self._text(*words), justify="right" if number else "left")
        for words, cells in bare_rows(bare, result.figures["series"]):
            table.add_row(self._text(*words), *cells)
        self._console.print(table)

    def _faults(self, faults: Sequence[Mapping[str, Any]]) -> None:
        for fault in faults:
            name, lost = fault["name"], fault["connections_lost"]
            over, recovered, p99 = (
                "-" if fault[key] is None else f"{fault[key]:.1f}"
                for key in ("over_s", "recovered_s", "p99_back_s")
            )
            errors = ", ".join(f"{key} {count}" for key, count in sorted(fault["errors"].items()))
            self.say(
                ja=f"障害 {name}: 障害の長さ {over} 秒、全員の復旧まで {recovered} 秒、"
                f"p99 の回復まで {p99} 秒、切断 {lost:,} 件 {errors}",
                en=f"Fault {name}: lasted {over} s, all recovered after {recovered} s, p99 back "
                f"after {p99} s, {lost:,} connections lost {errors}",
            )

    def _thresholds(self, result: Result) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        headings = (("しきい値", "threshold"), ("条件", "limit"), ("結果", "found"), ("", ""))
        for words in headings:
            table.add_column(self._text(*words))
        for outcome in result.outcomes:
            mark, style = (
                (self._text("よし", "held"), "green")
                if outcome.held
                else (self._text("超過", "not held"), "bold red")
            )
            found = (
                self._text("測定なし", "none") if outcome.found is None else _number(outcome.found)
            )
            table.add_row(
                outcome.name,
                f"{outcome.relation} {_number(outcome.limit)}",
                found,
                Text(mark, style=style),
            )
        self._console.print(table)

    def _verdict(self, result: Result) -> Text:
        if not result.complete:
            return Text(
                self._text(
                    "中断したため途中までの結果です。", "Interrupted: the result is partial."
                ),
                style="bold yellow",
            )
        if result.passed:
            return Text(self._text("合格", "PASSED"), style="bold green")
        return Text(self._text("不合格", "FAILED"), style="bold red")

    def _text(self, ja: str, en: str) -> str:
        return ja if self._lang == "ja" else en


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"
