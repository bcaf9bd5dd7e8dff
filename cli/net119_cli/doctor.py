"""`net119 doctor`: is this machine fit, and if not, what is missing and how to get it."""

import json
from collections.abc import Sequence
from dataclasses import asdict
from typing import Annotated, Any

import typer
from net119_protocol import __version__

from net119_cli.language import text
from net119_cli.machine_checks import Finding, State


def register(app: typer.Typer) -> None:
    """Add the command to `app`."""

    @app.command(
        help=text(
            ja="この機器で試験環境が動くかを調べ、足りないものと入手方法を示します。"
            "必須のものがそろっていれば終了状態は 0、足りなければ 1 です。",
            en="Check whether the testbed runs on this machine; tell what is missing and how to "
            "get it. Exit status 0 if nothing required is missing, else 1.",
        )
    )
    def doctor(
        as_json: Annotated[
            bool,
            typer.Option(
                "--json",
                help=text(
                    ja="プログラム向けに JSON で出力します。", en="Print JSON, for programs."
                ),
            ),
        ] = False,
    ) -> int:
        from net119_cli.machine_checks import check_machine
        from net119_cli.optional_checks import check_optional

        findings = [*check_machine(), *check_optional()]
        if as_json:
            print(json.dumps(as_document(findings), ensure_ascii=False, indent=2))
        else:
            print_table(findings)
        return 0 if fit(findings) else 1


def fit(findings: Sequence[Finding]) -> bool:
    """True if nothing required is missing."""
    return all(finding.state is not State.MISSING for finding in findings)


def as_document(findings: Sequence[Finding]) -> dict[str, Any]:
    """The JSON document: `{"version", "fit", "checks": [{id, title, state, found, ...}]}`."""
    return {
        "version": __version__,
        "fit": fit(findings),
        "checks": [asdict(finding) for finding in findings],
    }


def print_table(findings: Sequence[Finding]) -> None:
    """A table of all findings, then what to do, then the verdict in one line."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    marks = {
        State.OK: (text(ja="よし", en="ok"), "green"),
        State.NOTE: (text(ja="任意", en="optional"), "yellow"),
        State.MISSING: (text(ja="不足", en="missing"), "bold red"),
    }
    console = Console()
    table = Table(box=None, pad_edge=False, header_style="bold")
    for heading in (
        "",
        text(ja="項目", en="what"),
        text(ja="状態", en="found"),
        text(ja="用途", en="for"),
    ):
        table.add_column(heading, overflow="fold")
    for finding in findings:
        mark, style = marks[finding.state]
        # Text, not markup: paths and messages of other programs may hold brackets.
        table.add_row(
            Text(mark, style=style), *map(Text, (finding.title, finding.found, finding.purpose))
        )
    console.print(table)
    to_do = [finding for finding in findings if finding.remedy]
    if to_do:
        console.print(Text("\n" + text(ja="対処", en="What to do"), style="bold"))
    for finding in to_do:
        mark, style = marks[finding.state]
        console.print(
            Text.assemble("  ", (mark, style), f"  {finding.title}: {finding.remedy}"),
            soft_wrap=True,
        )
    missing = sum(finding.state is State.MISSING for finding in findings)
    if missing:
        verdict = text(
            ja=f"必須のものが {missing} 件足りません。", en=f"{missing} required missing."
        )
    else:
        verdict = text(ja="この機器で動きます。", en="The testbed runs on this machine.")
    console.print(Text("\n" + verdict, style="bold red" if missing else "bold green"))
