"""Shows a run of registrations on a console: progress, then the tables and the verdict."""

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Literal, Self

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from net119_loadtests.registrations.course import Course, Stage
from net119_loadtests.registrations.outages import Outage
from net119_loadtests.registrations.result import Result

Lang = Literal["ja", "en"]

_STAGES = {
    Stage.URL_MAIL: ("空メール→URLのメール", "empty mail -> mail with URL"),
    Stage.TERMS: ("利用規約に同意", "terms agreed to"),
    Stage.FORM: ("申請フォームの入力と送信", "form filled in and sent"),
    Stage.SUBMIT: ("確認して申請", "confirmed and submitted"),
    Stage.REVIEW: ("申請→審査→完了メール", "submitted -> approved -> mail"),
    Stage.LOG_IN: ("ログイン", "log-in"),
    Stage.CALL_PAGE: ("通報ページの作成", "call page made and opened"),
}
_LEAST_PAUSE_S = 2.0
_FIRST_FAILURES = 5


class Shower:
    """Shows a run in one language; progress inside ``with``."""

    def __init__(self, console: Console, lang: Lang) -> None:
        self._console = console
        self._lang = lang
        self._now = Text()
        self._told = 0.0
        self._failures: set[int] = set()
        self._live = (
            Live(get_renderable=lambda: self._now, console=console, transient=True)
            if console.is_terminal
            else None
        )

    def __enter__(self) -> Self:
        if self._live is not None:
            self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._live is not None:
            self._live.stop()

    def say(self, *, ja: str, en: str) -> None:
        """A line that stays."""
        self._console.print(Text(self._text(ja, en)), soft_wrap=True)

    def progress(self, courses: Sequence[Course], approved: int) -> None:
        """How far everybody is."""
        failures = {each.number: each.failed for each in courses if each.failed is not None}
        # The first ones are told at once: nobody should wait for the end to learn of them.
        for number, text in failures.items():
            if number not in self._failures and len(self._failures) < _FIRST_FAILURES:
                self._failures.add(number)
                self._console.print(Text(f"  {text}", style="red"), soft_wrap=True)
        if time.monotonic() - self._told < _LEAST_PAUSE_S:
            return
        self._told = time.monotonic()
        total = len(courses)
        submitted = sum(each.has_submitted for each in courses)
        done = sum(each.done for each in courses)
        failed = len(failures)
        row = self._text(
            f"申請 {submitted:,}/{total:,}  承認 {approved:,}  利用開始 {done:,}  失敗 {failed:,}",
            f"submitted {submitted:,}/{total:,}  approved {approved:,}  done {done:,}  "
            f"failed {failed:,}",
        )
        self._now = Text(row)
        if self._live is None:
            self._console.print(self._now, soft_wrap=True)

    def outage(self, outage: Outage) -> None:
        """The mail server is back."""
        self.say(
            ja=f"メールサーバー停止 {outage.down_s:g} 秒（接続 {outage.connections_cut} 本を切断、"
            f"うち送信の途中 {outage.mails_cut} 通。利用者 {outage.busy_at_start} 人が手続き中）",
            en=f"Mail server down for {outage.down_s:g} s ({outage.connections_cut} connections "
            f"cut, {outage.mails_cut} of them in the middle of a mail; {outage.busy_at_start} "
            "people under way)",
        )

    def result(self, result: Result, report: Path) -> None:
        """The tables and the verdict."""
        self._stages(result)
        self._figures(result)
        self._server(result)
        for text in (*result.letters.first, *result.failures[:20], *result.locked_out[:20]):
            self._console.print(Text(f"  {text}", style="red"), soft_wrap=True)
        self._thresholds(result)
        for doubt in result.doubts:
            self._console.print(
                Text(f"{self._text('確認できず', 'not shown')}: {doubt}", style="bold red"),
                soft_wrap=True,
            )
        self.say(ja=f"報告書: {report}", en=f"Report: {report}")
        passed = result.passed
        words = self._text("合格", "PASSED") if passed else self._text("不合格", "FAILED")
        self._console.print(Text(words, style="bold green" if passed else "bold red"))

    def _stages(self, result: Result) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(self._text("段階 (ミリ秒)", "stage (ms)"), overflow="fold")
        for heading in (self._text("人数", "people"), "p50", "p95", self._text("最大", "max")):
            table.add_column(heading, justify="right", no_wrap=True)
        for stage, words in _STAGES.items():
            each = result.series.get(stage.value)
            if each is not None:
                times = (f"{value:,.0f}" for value in (each.p50, each.p95, each.max))
                table.add_row(self._text(*words), f"{each.count:,}", *times)
        self._console.print(table)

    def _figures(self, result: Result) -> None:
        rate = result.rate_per_s or 0.0
        letters, cpu = result.letters, result.cpu
        self.say(
            ja=f"登録: {result.done:,}/{result.asked.people:,} 人、{result.seconds:.1f} 秒、"
            f"毎秒 {rate:.2f} 人（メールサーバーの停止を含む）",
            en=f"Registered: {result.done:,} of {result.asked.people:,} people in "
            f"{result.seconds:.1f} s, {rate:.2f} per second (mail outages included)",
        )
        self.say(
            ja=f"メール: 届くべき {letters.due:,} 通、届いた {letters.arrived:,} 通、"
            f"欠落 {letters.lost:,}、重複 {letters.doubled:,}、"
            f"同じMessage-IDの再送 {letters.repeated:,}、宛先違い {letters.strays:,}",
            en=f"Mail: {letters.due:,} due, {letters.arrived:,} arrived, {letters.lost:,} lost, "
            f"{letters.doubled:,} doubled, {letters.repeated:,} sent again with the same "
            f"Message-ID, {letters.strays:,} to strangers",
        )
        self.say(
            ja=f"CPU時間: 事業者 {cpu.provider_s:g} 秒、利用者・職員・メールサーバー "
            f"{cpu.people_s:g} 秒",
            en=f"CPU time: provider {cpu.provider_s:g} s; people, staff and mail server "
            f"{cpu.people_s:g} s",
        )

    def _server(self, result: Result) -> None:
        rows = list(result.server_times.items())[:8]
        if not rows:
            return
        table = Table(box=None, pad_edge=False, header_style="bold")
        table.add_column(self._text("事業者の処理時間", "time at the provider"), overflow="fold")
        for heading in (self._text("要求", "requests"), self._text("秒", "s"), "ms"):
            table.add_column(heading, justify="right", no_wrap=True)
        for name, row in rows:
            each = row["seconds"] / row["requests"] * 1000 if row["requests"] else 0.0
            table.add_row(name, f"{row['requests']:,.0f}", f"{row['seconds']:,.1f}", f"{each:,.1f}")
        self._console.print(table)

    def _thresholds(self, result: Result) -> None:
        table = Table(box=None, pad_edge=False, header_style="bold")
        for ja, en in (("しきい値", "threshold"), ("条件", "limit"), ("結果", "found"), ("", "")):
            table.add_column(self._text(ja, en))
        for outcome in result.outcomes:
            mark, style = (
                (self._text("よし", "held"), "green")
                if outcome.held
                else (self._text("超過", "not held"), "bold red")
            )
            found = self._text("測定なし", "none")
            if outcome.found is not None:
                found = f"{outcome.found:,.4g}"
            limit = f"{outcome.relation} {outcome.limit:,.4g}"
            table.add_row(outcome.name, limit, found, Text(mark, style=style))
        self._console.print(table)

    def _text(self, ja: str, en: str) -> str:
        return ja if self._lang == "ja" else en
