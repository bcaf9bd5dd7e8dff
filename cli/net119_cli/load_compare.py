"""`net119 load compare`: the results of two load runs beside each other."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.language import current_language, text


def register_compare(group: typer.Typer) -> None:
    """Add the command to `group`."""

    @group.command(
        help=text(
            ja="二つの report.json を比べます。許容範囲を超えて悪くなった値があれば終了状態 1、"
            "なければ 0。条件 (機器、人数など) の違いも表示します。",
            en="Compare two report.json. Exit status 1 if a figure got worse by more than is "
            "tolerated, else 0. Also says in which conditions (machine, callers, ...) they differ.",
        )
    )
    def compare(
        before: Annotated[
            Path,
            typer.Argument(
                metavar="A",
                show_default=False,
                help=text(ja="前の結果。", en="The earlier result."),
            ),
        ],
        after: Annotated[
            Path,
            typer.Argument(
                metavar="B", show_default=False, help=text(ja="後の結果。", en="The later result.")
            ),
        ],
        tolerance: Annotated[
            float,
            typer.Option(
                min=0,
                max=1000,
                help=text(
                    ja="許容する悪化 (%)。エラーと違反には適用しません。",
                    en="By how much a figure may get worse, in percent; not errors and violations.",
                ),
            ),
        ] = 20.0,
    ) -> int:
        from net119_loadtests import comparing
        from rich.console import Console

        found = comparing.compare_reports(
            comparing.read_report(before), comparing.read_report(after), tolerance / 100
        )
        japanese = current_language().value == "ja"
        comparing.show_comparison(found, Console(), "ja" if japanese else "en")
        return 1 if found.worse else 0
