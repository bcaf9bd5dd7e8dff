"""The result of a run as an HTML page, from its JSON document: one file in each language."""

import html
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from net119_loadtests.bare_words import BARE_HEADS, bare_rows, bare_words
from net119_loadtests.charts import Chart, Curve
from net119_loadtests.words import SERIES, Lang, Words, chosen

_STYLE = """
body { font: 16px/1.6 system-ui, sans-serif; margin: 0 auto; max-width: 60rem; padding: 1rem;
  color: #16191d; background: #fff; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.2rem; margin-top: 2rem; }
table { border-collapse: collapse; } th, td { padding: .2rem .8rem .2rem 0; text-align: left;
  border-bottom: 1px solid #c4c9cf; vertical-align: top; }
td.n, th.n { text-align: right; white-space: nowrap; font-variant-numeric: tabular-nums; }
.scroll { overflow-x: auto; }
svg { max-width: 100%; } svg text { font: 12px system-ui, sans-serif; fill: #16191d; }
.legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .2rem 1.5rem; }
.verdict { font-size: 1.2rem; font-weight: bold; padding: .5rem 1rem; border-left: .5rem solid; }
.good { color: #14591f; } .bad { color: #9c1010; }
"""
_FIGURES = ("p50", "p95", "p99", "max")


class _Page:
    def __init__(self, report: Mapping[str, Any], lang: Lang) -> None:
        self._report = report
        self._lang = lang
        self._figures: Mapping[str, Any] = report["figures"]
        self._timeline: Sequence[Mapping[str, Any]] = report["timeline"]

    def html(self) -> str:
        title = self._t(("負荷試験の報告書", "Load test report"))
        other: Lang = "en" if self._lang == "ja" else "ja"
        switch = "English" if self._lang == "ja" else "日本語"
        return (
            f'<!doctype html><html lang="{self._lang}"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>{title}</title><style>{_STYLE}</style></head><body><main>"
            f'<p><a href="{file_name(other)}" hreflang="{other}" lang="{other}">{switch}</a></p>'
            f"<h1>{title}</h1>{''.join(self._parts())}</main></body></html>\n"
        )

    def _parts(self) -> Iterable[str]:
        yield self._verdict()
        yield self._section(("しきい値", "Thresholds"), self._thresholds())
        if self._figures.get("faults"):
            yield self._section(("障害", "Faults"), self._faults())
        yield self._section(("時間 (ミリ秒)", "Times (milliseconds)"), self._series())
        for chart in self._charts():
            drawn = chart.svg()
            if drawn:
                yield f"<h2>{_safe(chart.title)}</h2>{drawn}{chart.legend()}"
        yield self._section(("素の中継との比", "Ratio to a bare relay"), self._bare())
        yield self._section(("検査", "Checks"), self._checks())
        yield self._section(("条件", "Conditions"), self._conditions())

    def _t(self, words: Words) -> str:
        return chosen(words, self._lang)

    def _section(self, words: Words, content: str) -> str:
        return f"<h2>{self._t(words)}</h2>{content}"

    def _verdict(self) -> str:
        report = self._report
        if not report["complete"]:
            words, kind = (
                ("中断したため途中までの結果です。", "Interrupted: a partial result."),
                "bad",
            )
        elif report["passed"]:
            words, kind = ("合格", "PASSED"), "good"
        else:
            words, kind = ("不合格", "FAILED"), "bad"
        doubts = "".join(f"<li>{_safe(doubt)}</li>" for doubt in report["doubts"])
        unproven = self._t(("確認できなかったこと", "What was not shown"))
        more = f"<p>{unproven}</p><ul>{doubts}</ul>" if doubts else ""
        return f'<p class="verdict {kind}">{self._t(words)}</p>{more}'

    def _thresholds(self) -> str:
        rows = []
        for each in self._report["thresholds"]:
            held = self._t(("よし", "held")) if each["held"] else self._t(("超過", "not held"))
            found = (
                self._t(("測定なし", "none")) if each["found"] is None else _number(each["found"])
            )
            kind = "good" if each["held"] else "bad"
            rows.append(
                f"<tr><td>{_safe(each['name'])}</td>"
                f'<td class="n">{_safe(each["relation"])} {_number(each["limit"])}</td>'
                f'<td class="n">{found}</td><td class="{kind}">{held}</td></tr>'
            )
        heads = [
            self._t(words)
            for words in (
                ("しきい値", "threshold"),
                ("条件", "limit"),
                ("結果", "found"),
                ("判定", ""),
            )
        ]
        return _table(heads, rows, numbers=(1, 2))

    def _faults(self) -> str:
        rows = []
        for fault in self._figures["faults"]:
            times = (fault["over_s"], fault["recovered_s"], fault["p99_back_s"])
            cells = "".join(
                f'<td class="n">{"-" if value is None else f"{value:.1f}"}</td>' for value in times
            )
            errors = ", ".join(f"{key} {count}" for key, count in sorted(fault["errors"].items()))
            rows.append(
                f"<tr><td>{_safe(fault['name'])}</td>{cells}"
                f'<td class="n">{fault["connections_lost"]:,}</td><td>{_safe(errors)}</td></tr>'
            )
        heads = [
            self._t(words)
            for words in (
                ("障害", "fault"),
                ("障害の長さ (秒)", "lasted (s)"),
                ("全員の復旧まで (秒)", "all recovered after (s)"),
                ("p99 の回復まで (秒)", "p99 back after (s)"),
                ("切断", "connections lost"),
                ("障害中のエラー", "errors meanwhile"),
            )
        ]
        return _table(heads, rows, numbers=range(1, 5))

    def _series(self) -> str:
        rows = []
        for name, words in SERIES.items():
            values = self._figures["series"].get(name)
            if values is not None:
                cells = "".join(f'<td class="n">{values[key]:,.1f}</td>' for key in _FIGURES)
                rows.append(
                    f"<tr><td>{_safe(self._t(words))}</td>"
                    f'<td class="n">{values["count"]:,}</td>{cells}</tr>'
                )
        heads = ["", self._t(("件数", "count")), "p50", "p95", "p99", self._t(("最大", "max"))]
        return _table(heads, rows, numbers=range(1, 6))

    def _bare(self) -> str:
        bare = self._report.get("bare", {})
        if "ratios" not in bare:
            why = bare.get("whyNot", "")
            return f"<p>{self._t(('測定なし', 'Not measured'))}: {_safe(why)}</p>"
        heads = [self._t(words) for words in BARE_HEADS]
        rows = [
            f"<tr><td>{_safe(self._t(words))}</td>"
            + "".join(f'<td class="n">{cell}</td>' for cell in cells)
            + "</tr>"
            for words, cells in bare_rows(bare, self._figures["series"])
        ]
        return f"<p>{_safe(self._t(bare_words(bare)))}</p>" + _table(heads, rows, numbers=(1, 2, 3))

    def _charts(self) -> Iterable[Chart]:
        seconds = self._t(("秒", "seconds"))
        yield Chart(
            self._t(("受付確認までの時間の推移", "Time to the acknowledgement, second by second")),
            seconds,
            self._t(("ミリ秒", "ms")),
            [Curve(key, self._over_time(key)) for key in ("p50", "p95", "p99")],
        )
        percentiles = self._figures.get("percentiles", {})
        names = [name for name in list(SERIES)[:4] if name in percentiles]
        shares = [share for share, _ in percentiles[names[0]]] if names else []
        yield Chart(
            self._t(("パーセンタイル", "Percentiles")),
            "%",
            self._t(("ミリ秒", "ms")),
            [
                Curve(self._t(SERIES[name]), [(n, y) for n, (_, y) in enumerate(percentiles[name])])
                for name in names
            ],
            x_ticks=[(number, f"{share:g}") for number, share in enumerate(shares)],
        )
        yield Chart(
            self._t(("通話中の件数", "Open chats")),
            seconds,
            self._t(("件", "chats")),
            [
                Curve(self._t(("通話中", "open")), self._over_time("open")),
                Curve(self._t(("切断中", "connections down")), self._over_time("down")),
            ],
        )
        yield Chart(
            self._t(("1 秒あたりの受付", "Lines acknowledged per second")),
            seconds,
            self._t(("件/秒", "lines/s")),
            [Curve(self._t(("両側合計", "both sides")), self._over_time("rate"))],
        )
        cpu = [Curve(self._t(("試験対象", "system under test")), self._over_time("server_cpu"))]
        cpu.append(
            Curve(
                self._t(("負荷発生側", "generators")),
                [(each["t"], sum(each["generator_cpu"])) for each in self._timeline],
            )
        )
        yield Chart(
            self._t(("CPU (コア数)", "CPU (cores)")), seconds, self._t(("コア", "cores")), cpu
        )
        yield Chart(
            self._t(("試験対象のメモリ", "Memory of the system under test")),
            seconds,
            "MB",
            [Curve("RSS", self._over_time("server_rss_mb"))],
        )

    def _over_time(self, key: str) -> list[tuple[float, float | None]]:
        return [(each["t"], each.get(key)) for each in self._timeline]

    def _checks(self) -> str:
        checks, violations = self._report["checks"], self._report["violations"]
        rows = [
            (("通話", "calls"), checks["calls"]),
            (("表示された行", "lines shown"), checks["linesShown"]),
            (("受付確認", "acknowledgements"), checks["acknowledgements"]),
            (("保存された行", "lines stored"), checks["linesStored"]),
            (("違反", "violations"), violations["count"]),
        ]
        table = _pairs([(self._t(words), f"{value:,}") for words, value in rows])
        errors = _pairs(
            [(kind, f"{count:,}") for kind, count in sorted(self._figures["errors"].items())]
        )
        found = "".join(
            f"<li>{_safe(each['invariant'])} {_safe(each['call_id'])} {_safe(each['where'])}: "
            f"{_safe(each['detail'])}</li>"
            for each in violations["first"]
        )
        heading = self._t(("エラー", "Errors"))
        return (
            table
            + (f"<h3>{heading}</h3>{errors}" if self._figures["errors"] else "")
            + (f"<ul>{found}</ul>" if found else "")
        )

    def _conditions(self) -> str:
        report = self._report
        groups = (report["asked"], report["provider"], report["machine"])
        rows = [(key, str(value)) for group in groups for key, value in group.items()]
        return _pairs([("startedAt", report["startedAt"]), *rows])


def _pairs(rows: Iterable[tuple[str, str]]) -> str:
    return _table(
        [], [f"<tr><th>{_safe(key)}</th><td>{_safe(value)}</td></tr>" for key, value in rows]
    )


def _table(heads: Sequence[str], rows: Iterable[str], numbers: Iterable[int] = ()) -> str:
    right = set(numbers)
    cells = "".join(
        f'<th scope="col"{" class=n" if at in right else ""}>{_safe(head)}</th>'
        for at, head in enumerate(heads)
    )
    head = f"<thead><tr>{cells}</tr></thead>" if heads else ""
    return f'<div class="scroll"><table>{head}<tbody>{"".join(rows)}</tbody></table></div>'


def _number(value: float) -> str:
    return f"{value:,.0f}" if value == int(value) else f"{value:,.4g}"


def _safe(text: str) -> str:
    return html.escape(text, quote=True)


def file_name(lang: Lang) -> str:
    """Name of the page in a language."""
    return f"report.{lang}.html"


def page_of(report: Mapping[str, Any], lang: Lang) -> str:
    """The page of a JSON document (`Result.to_json`) in a language."""
    return _Page(report, lang).html()


def write_pages(report: Mapping[str, Any], folder: Path) -> None:
    """Write the page in both languages."""
    for lang in ("ja", "en"):
        (folder / file_name(lang)).write_text(page_of(report, lang), "utf-8")
