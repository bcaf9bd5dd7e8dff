"""The matrix in a terminal."""

from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from net119_conformance.catalogue import Lang
from net119_conformance.interop.cells import Cell, Matrix, Pair
from net119_conformance.interop.words import SIDE_WORD, UNTOLD, headline
from net119_conformance.report.clean import visible
from net119_conformance.report.words import VERDICT_STYLE, VERDICT_WORD, say
from net119_conformance.verdict import Verdict


def print_matrix(matrix: Matrix, page: Path, console: Console, lang: Lang) -> None:
    """Print the matrix, every cell that blocks with the side at fault, and where the page is."""
    console.print()
    console.print(_table(matrix, lang))
    for pair in matrix.pairs:
        for cell in pair.cells:
            if cell.blocking or cell.verdict is Verdict.WARN:
                _print_cell(pair, cell, matrix, console, lang)
    console.print()
    console.print(Text(str(page)), soft_wrap=True, highlight=False)
    good = matrix.exit_status == 0
    phrase = headline(matrix)
    console.print(Text(phrase.get(lang), style="bold green" if good else "bold red"))


def _table(matrix: Matrix, lang: Lang) -> Table:
    table = Table(header_style="bold", show_lines=True)
    table.add_column(say(lang, en="originating \\ receiving", ja="送る側 \\ 受ける側"))
    for system in matrix.systems:
        table.add_column(Text(system.key), overflow="fold")
    for one in matrix.systems:
        cells = [_square(matrix.pair(one.key, other.key), lang) for other in matrix.systems]
        table.add_row(Text(one.key, style="bold"), *cells)
    return table


def _square(pair: Pair, lang: Lang) -> Text:
    if pair.verdict is None:
        return Text(say(lang, en="not judged", ja="判定なし"), style="dim")
    words = Text(VERDICT_WORD[pair.verdict].get(lang), style=VERDICT_STYLE[pair.verdict])
    passed = sum(cell.verdict is Verdict.PASS for cell in pair.cells)
    words.append(f" {passed}/{len(pair.cells)}", style="default not bold")
    if pair.at_fault:
        named = ", ".join(pair.at_fault)
        text = say(lang, en=f"\nat fault: {named}", ja=f"\n原因: {named}")
        words.append(text, style="default not bold")
    return words


def _print_cell(pair: Pair, cell: Cell, matrix: Matrix, console: Console, lang: Lang) -> None:
    head = Text("\n").append(
        VERDICT_WORD[cell.verdict].get(lang), style=VERDICT_STYLE[cell.verdict]
    )
    title = matrix.purposes[cell.purpose]
    head.append(f"  {cell.purpose}  {pair.originating} → {pair.receiving}", style="bold")
    head.append(f"  {say(lang, en=title.en, ja=title.ja)}")
    console.print(head, soft_wrap=True, highlight=False)
    lines = []
    for fault in cell.faults:
        side = SIDE_WORD[fault.side].get(lang)
        lines.append(
            say(
                lang,
                en=f"at fault: {fault.system} ({side}): it {fault.why.en}",
                ja=f"原因: {fault.system}（{side}）: {fault.why.ja}",
            )
        )
    if cell.reason is not None:
        lines.append(say(lang, en=cell.reason.en, ja=cell.reason.ja))
    if not lines:
        lines.append(UNTOLD.get(lang))
    for line in lines:
        console.print(Padding(Text(visible(line)), (0, 0, 0, 2)), highlight=False)
