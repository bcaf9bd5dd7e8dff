"""A report in a terminal: the table, what blocks, and the summary; and the texts of a purpose."""

from collections.abc import Mapping

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from net119_conformance.catalogue import Catalogue, Lang, Requirement, State
from net119_conformance.left_out import NO_BROWSER
from net119_conformance.order import order_words
from net119_conformance.purpose import Purpose
from net119_conformance.report.clean import visible
from net119_conformance.report.files import ReportFiles
from net119_conformance.report.words import (
    NOT_SCORED,
    VERDICT_STYLE,
    VERDICT_WORD,
    headline,
    newer,
    say,
)
from net119_conformance.results import Report, Result
from net119_conformance.verdict import ExitStatus, Verdict


def print_report(
    report: Report,
    purposes: Mapping[str, Purpose],
    files: ReportFiles,
    console: Console,
    lang: Lang,
) -> None:
    """Print the table of results, every blocking one with its reason, and the summary."""
    console.print(_table(report, purposes, lang))
    for result in report.results:
        if result.blocking:
            _print_problem(result, purposes[result.id], console, lang)
    _print_summary(report, files, console, lang)


def _table(report: Report, purposes: Mapping[str, Purpose], lang: Lang) -> Table:
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(say(lang, en="requirement", ja="要求"), overflow="fold")
    table.add_column(say(lang, en="test purpose", ja="試験"), overflow="fold")
    table.add_column(say(lang, en="SUT", ja="試験対象"), overflow="fold")
    table.add_column(say(lang, en="verdict", ja="判定"), no_wrap=True)
    for result in report.results:
        # Text, not markup: all of this may come from a system under test.
        purpose = Text(result.id, style="bold")
        purpose.append(f"  {purposes[result.id].title.get(lang)}", style="default not bold")
        table.add_row(
            Text(_requirements(result) or "-"),
            purpose,
            Text(result.sut),
            _verdict(result, lang),
        )
    return table


def _verdict(result: Result, lang: Lang) -> Text:
    word = Text(VERDICT_WORD[result.verdict].get(lang), style=VERDICT_STYLE[result.verdict])
    if not result.scored:
        word.append(f" ({NOT_SCORED.get(lang)})", style="default not bold")
    return word


def _requirements(result: Result) -> str:
    names = [*result.requirements, *(f"{one}*" for one in result.derived)]
    return " ".join(names)


def _print_problem(result: Result, purpose: Purpose, console: Console, lang: Lang) -> None:
    word = VERDICT_WORD[result.verdict].get(lang)
    head = Text("\n").append(word, style=VERDICT_STYLE[result.verdict])
    head.append(f"  {result.id}  {result.sut}", style="bold").append(f"  {purpose.title.get(lang)}")
    console.print(head, soft_wrap=True, highlight=False)
    lines = []
    for failed in result.failed:
        lines += [
            f"✗ {failed.check}",
            f"  {say(lang, en='expected', ja='期待')}: {failed.expected}",
            f"  {say(lang, en='seen    ', ja='実際')}: {failed.seen}",
        ]
    reason = result.reason_ja if lang == "ja" else result.reason
    lines += [reason] if reason else []
    if result.verdict is Verdict.NOT_APPLICABLE:
        lines.append(
            say(
                lang,
                en="this run does not allow it to be not applicable",
                ja="この実行では「対象外」は認められていません",
            )
        )
    for line in lines:
        console.print(Padding(Text(visible(line)), (0, 0, 0, 2)), highlight=False)


def _print_summary(report: Report, files: ReportFiles, console: Console, lang: Lang) -> None:
    summary = report.summary
    counts = Text("\n")
    for verdict, count in summary.verdicts.items():
        word = VERDICT_WORD[verdict].get(lang)
        counts.append(f"{word} {count}", style=VERDICT_STYLE[verdict]).append("   ")
    counts.append(
        say(
            lang,
            en=f"{summary.checks} checks, {summary.duration_s:.1f} s",
            ja=f"検査 {summary.checks} 件、{summary.duration_s:.1f} 秒",
        ),
        style="dim",
    )
    console.print(counts, highlight=False)
    states = summary.requirements
    console.print(
        say(
            lang,
            en=f"Requirements: {report.judged} judged, {states[State.PENDING]} pending, "
            f"{states[State.EXCLUDED]} excluded (catalogue {report.catalogue})",
            ja=f"要求: 判定 {report.judged}、準備中 {states[State.PENDING]}、"
            f"対象外 {states[State.EXCLUDED]} (カタログ {report.catalogue})",
        ),
        highlight=False,
    )
    without = sum(result.reason == NO_BROWSER.en for result in report.results)
    if without:
        text = say(
            lang,
            en=f"{without} not judged: {NO_BROWSER.en}",
            ja=f"判定していない試験 {without} 件: {NO_BROWSER.ja}",
        )
        console.print(Text(text, style="yellow"))
    if summary.not_run:
        console.print(
            say(
                lang,
                en=f"Interrupted: {len(summary.not_run)} not run. The report is incomplete.",
                ja=f"中断しました。未実施 {len(summary.not_run)} 件。報告書は途中までのものです。",
            ),
            style="bold red",
            highlight=False,
        )
    console.print(order_words(report.seed).get(lang), highlight=False)
    console.print(Text(str(files.html)), soft_wrap=True)
    _print_review(report, files, console, lang)
    _print_baseline(report, console, lang)
    if summary.unscored:
        console.print(Text(newer(summary.unscored, report.claimed).get(lang)))
    phrase = headline(
        exit_status=summary.exit_status,
        failed=report.has_failed,
        known=summary.known,
        stale=len(summary.stale),
        partial=bool(report.selection),
    )
    good = summary.exit_status == ExitStatus.OK
    style = "bold red" if not good else "bold yellow" if summary.known else "bold green"
    console.print(Text(phrase.get(lang), style=style))


def _print_review(report: Report, files: ReportFiles, console: Console, lang: Lang) -> None:
    """What somebody has to look at, and how."""
    count = sum(result.verdict is Verdict.NEEDS_REVIEW for result in report.results)
    if count:
        command = f"net119 conformance review {files.html.parent}"
        line = say(
            lang,
            en=f"{count} to be reviewed by a person: {command}",
            ja=f"人が確かめるもの {count} 件: {command}",
        )
        console.print(Text(line, style=VERDICT_STYLE[Verdict.NEEDS_REVIEW]), soft_wrap=True)


def _print_baseline(report: Report, console: Console, lang: Lang) -> None:
    """What the list of known failures excused, and which of its lines are out of date."""
    for result in report.results:
        if result.known:
            word = say(lang, en="known", ja="既知")
            line = f"{word}: {result.id}  {result.sut}  {visible(result.known)}"
            console.print(Text(line, style="yellow"), soft_wrap=True)
    for stale in report.summary.stale:
        word = say(lang, en="out of date in the baseline", ja="既知の一覧の古い行")
        why = stale.why_ja if lang == "ja" else stale.why
        console.print(
            Text(f"{word}: {stale.line}: {visible(why)}", style="bold red"), soft_wrap=True
        )


def print_list(purposes: Mapping[str, Purpose], console: Console, lang: Lang) -> None:
    """Print ID, interfaces, requirements and title of every purpose."""
    table = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    table.add_column(say(lang, en="test purpose", ja="試験"), no_wrap=True)
    table.add_column(say(lang, en="interface", ja="接点"), no_wrap=True)
    table.add_column(say(lang, en="requirement", ja="要求"), overflow="fold")
    table.add_column(say(lang, en="what is judged", ja="内容"), overflow="fold")
    for one in purposes.values():
        names = [*one.requirements, *(f"{name}*" for name in one.derived)]
        table.add_row(
            Text(one.id, style="bold"),
            Text(" ".join(one.interfaces)),
            Text(" ".join(names) or "-"),
            Text(one.title.get(lang)),
        )
    console.print(table)
    note = say(
        lang,
        en=f"{len(purposes)} test purposes; * = the part of the requirement that is derived",
        ja=f"試験 {len(purposes)} 件。* は要求から導いた部分を判定するもの",
    )
    console.print(Text(note, style="dim"))


def print_purpose(one: Purpose, catalogue: Catalogue, console: Console, lang: Lang) -> None:
    """Print what a purpose stimulates, expects and why, and what its requirements say."""
    head = Text(one.id, style="bold").append(f"  {one.title.get(lang)}", style="not bold")
    console.print(head, highlight=False)
    for heading, text in (
        (say(lang, en="Stimulus", ja="与える刺激"), one.stimulus.get(lang)),
        (say(lang, en="Expected", ja="期待する結果"), one.expected.get(lang)),
        (say(lang, en="Why", ja="理由"), one.why.get(lang)),
    ):
        _paragraph(heading, text, console)
    interfaces = " ".join(one.interfaces)
    _paragraph(
        say(lang, en="Where", ja="場所"),
        say(
            lang,
            en=f"interface {interfaces}; role of the SUT: {one.role}; at most {one.timeout_s:g} s",
            ja=f"接点 {interfaces}、試験対象の役割 {one.role}、制限時間 {one.timeout_s:g} 秒",
        ),
        console,
    )
    for name in one.judged:
        print_requirement(catalogue.requirements[name], console, lang, (one.id,))


def print_requirement(
    requirement: Requirement, console: Console, lang: Lang, judged_by: tuple[str, ...] = ()
) -> None:
    """Print what a requirement says, where it is found, and what judges it or why nothing does."""
    clauses = ", ".join(str(clause) for clause in requirement.clauses)
    _paragraph(f"{requirement.id} ({requirement.level})", requirement.text.get(lang), console)
    if requirement.derived is not None:
        label = say(lang, en="derived: ", ja="導出: ")
        console.print(Padding(Text(label + requirement.derived.get(lang)), (0, 0, 0, 2)))
    console.print(Padding(Text(clauses, style="dim"), (0, 0, 0, 2)), highlight=False)
    for reason in (requirement.pending, requirement.excluded):
        if reason is not None:
            label = say(lang, en="not judged: ", ja="判定していない点: ")
            console.print(Padding(Text(label + reason.get(lang)), (0, 0, 0, 2)), highlight=False)
    if judged_by:
        label = say(lang, en="judged by: ", ja="判定する試験: ")
        console.print(Padding(Text(label + ", ".join(judged_by)), (0, 0, 0, 2)), highlight=False)


def _paragraph(heading: str, text: str, console: Console) -> None:
    console.print(Text(f"\n{heading}", style="bold"), highlight=False)
    console.print(Padding(Text(text), (0, 0, 0, 2)), highlight=False)
