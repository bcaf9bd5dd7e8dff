"""`net119 drill list|check|new`: the drills that come along, and files of one's own."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.drill_reading import drill_of, language, no_drill, unknown
from net119_cli.errors import UserError
from net119_cli.language import text


def register(drill: typer.Typer) -> None:
    """Add the commands."""

    @drill.command(
        "list",
        help=text(
            ja="用意された訓練の一覧（名前、時間、題）。",
            en="List the drills that come along: name, length, title.",
        ),
    )
    def list_() -> int:
        from net119_scenarios.acted import library

        for name in library.drills():
            scenario = library.load(name)
            minutes = scenario.drill.minutes if scenario.drill is not None else 0
            length = text(ja=f"{minutes}分", en=f"{minutes} min")
            print(f"{name:<30} {length:>7} {scenario.title.of(language())}")
        return 0

    @drill.command(
        help=text(
            ja="訓練のファイルを調べ、誤りがあれば行と桁を示します。\n\n"
            "終了状態: 0 誤りなし、1 誤りあり。",
            en="Check the file of a drill; errors are shown with line and column.\n\n"
            "Exit status: 0 nothing is wrong; 1 something is.",
        )
    )
    def check(
        which: Annotated[str, typer.Argument(metavar="NAME|FILE", show_default=False)],
    ) -> int:
        from net119_scenarios.acted import library
        from net119_scenarios.acted.reading import read_file
        from net119_scenarios.acted.source import ScenarioError

        try:
            found = library.load(which) if which in library.names() else read_file(Path(which))
        except ScenarioError as wrong:
            print(*(each.shown(language()) for each in wrong.problems), sep="\n")
            return 1
        if found.drill is None:
            wrong_kind = no_drill(which)
            print(f"{wrong_kind.where}: {wrong_kind.what}. {wrong_kind.what_to_do}")
            return 1
        title = found.title.of(language())
        print(text(ja=f"誤りはありません（{title}）", en=f"nothing is wrong ({title})"))
        return 0

    @drill.command(
        help=text(
            ja="用意された訓練を、説明を書き添えてファイルに写します。自分の消防本部の訓練を"
            "作る始まりにしてください。\n\n例: net119 drill new tunnel-and-callback kita.yaml",
            en="Copy a drill that comes along into a file, with comments, as the start of your "
            "own.\n\nExample: net119 drill new tunnel-and-callback ours.yaml",
        )
    )
    def new(
        name: Annotated[str, typer.Argument(metavar="NAME", show_default=False)],
        file: Annotated[Path, typer.Argument(metavar="FILE", show_default=False)],
    ) -> int:
        from net119_scenarios.acted import library
        from net119_scenarios.drills.starting import commented

        if name not in library.drills():
            raise no_drill(name) if name in library.names() else unknown(name)
        if file.suffix not in (".yaml", ".yml"):
            raise UserError(
                text(ja="訓練のファイルは .yaml です", en="the file of a drill ends in .yaml"),
                str(file),
                text(ja=f"例: {file.stem}.yaml", en=f"For instance {file.stem}.yaml"),
            )
        _, source, _ = drill_of(name)
        try:
            with file.open("x", encoding="utf-8") as opened:
                opened.write(commented(source, name, language()))
        except FileExistsError:
            raise UserError(
                text(ja="そのファイルはもうあります", en="there is such a file already"),
                str(file),
                text(ja="別の名前を指定してください", en="Give another name"),
            ) from None
        except OSError as wrong:
            raise UserError(
                text(ja=f"書けません: {wrong.strerror}", en=f"cannot be written: {wrong.strerror}"),
                str(file),
                text(ja="書ける場所を指定してください", en="Name a place that can be written"),
            ) from None
        print(
            text(
                ja=f"書きました: {file}\n"
                f"直したら net119 drill check {file} で調べ、"
                f"net119 drill run {file} で試してください。",
                en=f"wrote {file}\n"
                f"When you have changed it: net119 drill check {file}, "
                f"then net119 drill run {file}.",
            )
        )
        return 0
