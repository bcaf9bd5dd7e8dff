"""`net119 drill show`: the one-page briefing of a drill."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.drill_reading import drill_of, language
from net119_cli.errors import UserError
from net119_cli.language import text


def register(drill: typer.Typer) -> None:
    """Add the command."""

    @drill.command(
        help=text(
            ja="訓練の手引き（ねらい、役、見るところ、振り返りの問い）を表示します。"
            "--html を付けると、A4一枚に印刷できるページを書きます。\n\n"
            "例: net119 drill show tunnel-and-callback --html tebiki.html\n\n"
            "終了状態: 0 表示した、2 指定の誤り。",
            en="Show the briefing of a drill: purpose, roles, what to watch, questions for "
            "afterwards. --html writes a page that prints on one sheet of A4.\n\n"
            "Example: net119 drill show tunnel-and-callback --html briefing.html\n\n"
            "Exit status: 0 shown; 2 wrong options.",
        )
    )
    def show(
        which: Annotated[
            str,
            typer.Argument(
                metavar="NAME|FILE",
                show_default=False,
                help=text(ja="訓練の名前か、.yaml のファイル。", en="A drill, or a .yaml file."),
            ),
        ],
        html: Annotated[
            Path | None,
            typer.Option(
                metavar="OUT",
                show_default=False,
                help=text(ja="印刷用のページを書くファイル。", en="Write the page to print."),
            ),
        ] = None,
    ) -> int:
        from net119_scenarios.drills.briefing import as_html, as_text

        name, _, scenario = drill_of(which)
        if html is None:
            print(*as_text(name, scenario, language()), sep="\n")
            return 0
        try:
            html.write_text(as_html(name, scenario, language()), encoding="utf-8")
        except OSError as error:
            raise UserError(
                text(ja="ファイルを書けません", en="the file cannot be written"),
                f"--html {html}",
                text(
                    ja=f"書き込める場所を指定してください ({error.strerror})",
                    en=f"Name a place that can be written to ({error.strerror})",
                ),
            ) from None
        print(html)
        return 0
