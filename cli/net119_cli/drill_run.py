"""`net119 drill run`: one drill from beginning to end, told in the terminal."""

from pathlib import Path
from typing import Annotated

import typer

from net119_cli.drill_reading import drill_of
from net119_cli.errors import UserError
from net119_cli.language import text


def register(drill: typer.Typer) -> None:
    """Add the command."""

    @drill.command(
        help=text(
            ja="訓練を始めから終わりまで進め、経過を表示して記録を残します。指定がなければ、"
            "すべての役を模擬の人が演じます。通報はすべて訓練などの扱いで、この機器の外には"
            "出ません。\n\n"
            "人が演じるときは、開くアドレスとログインを表示し、Enter を待って始めます。進行中は "
            "p 一時停止、r 再開、s いまの手順を飛ばす、x2 速さ（x0～x8）、i 名前 事象の注入、"
            "e 終了（いずれも Enter）。Ctrl-C でも終了し、記録は残ります。\n\n"
            "例: net119 drill run tunnel-and-callback\n\n"
            "例: net119 drill run tunnel-and-callback --person tomakomai=佐藤 --pace 1\n\n"
            "例: net119 drill run tunnel-and-callback --bad asks-nothing\n\n"
            "終了状態: 0 すべて成り立ち、聞きもらしも遅れもない（--bad では、その悪さが記録に"
            "表れた。人が演じたときは、記録が残った）、1 そうでない、2 指定の誤り、"
            "3 安全確認により始められない、130 始まる前の中断。",
            en="Go through a drill, tell what happens, and leave its record. All roles are "
            "simulated unless you say otherwise. No call is a real one, and nothing leaves this "
            "machine.\n\n"
            "With people, addresses and log-ins are shown, and Enter starts it. Meanwhile: p "
            "pause, r resume, s skip the step, x2 speed (x0 to x8), i NAME inject, e end, each "
            "with Enter. Ctrl-C ends it, too; the record stays.\n\n"
            "Example: net119 drill run tunnel-and-callback\n\n"
            "Example: net119 drill run tunnel-and-callback --person tomakomai=Sato --pace 1\n\n"
            "Example: net119 drill run tunnel-and-callback --bad asks-nothing\n\n"
            "Exit status: 0 everything held, nothing was missed or late (with --bad: the record "
            "shows that fault; with people: the record is there); 1 otherwise; 2 wrong options; "
            "3 the interlock does not let it begin; 130 interrupted before the start.",
        )
    )
    def run(
        which: Annotated[
            str,
            typer.Argument(
                metavar="NAME|FILE",
                show_default=False,
                help=text(
                    ja="net119 drill list の名前か、.yaml のファイル。",
                    en="A name of `net119 drill list`, or a .yaml file.",
                ),
            ),
        ],
        person: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ROLE[=WHO]",
                show_default=False,
                help=text(
                    ja="この役を人が演じる（名前は記録に残る）。くり返せます。",
                    en="A person plays this role (the name goes into the record). Repeatable.",
                ),
            ),
        ] = None,
        rules: Annotated[
            list[str] | None,
            typer.Option(
                metavar="ROLE",
                show_default=False,
                help=text(
                    ja="この指令員は、台本でなく聞き取ることの表に沿って質問する。",
                    en="This dispatcher asks by the checklist, not by the script.",
                ),
            ),
        ] = None,
        bad: Annotated[
            list[str] | None,
            typer.Option(
                metavar="FAULT",
                show_default=False,
                help=text(
                    ja="悪い例で進める（訓練の bad: にあるもの。例 asks-nothing）。くり返せます。",
                    en="Play with somebody bad, one of the drill's `bad:`, as asks-nothing. "
                    "Repeatable.",
                ),
            ),
        ] = None,
        pace: Annotated[
            float | None,
            typer.Option(
                min=0.0,
                max=8.0,
                show_default=False,
                help=text(
                    ja="待ち時間の速さ: 1 で実時間、8 で8倍、0 で待たない。"
                    "指定がなければ、人がいれば 1、いなければ 0。",
                    en="How fast waiting goes: 1 real time, 8 eight times, 0 not at all. "
                    "By default 1 with people, 0 without.",
                ),
            ),
        ] = None,
        out: Annotated[
            Path,
            typer.Option(
                metavar="DIR",
                help=text(
                    ja="記録を残すフォルダー。訓練ごとに一つのフォルダーができます。",
                    en="Folder for the records; each drill gets a folder of its own in it.",
                ),
            ),
        ] = Path("net119-drills"),
        port: Annotated[
            int,
            typer.Option(
                min=1,
                max=65000,
                help=text(
                    ja="人が開くページのはじめのポート（--person のときだけ）。",
                    en="First port of the pages that people open (with --person only).",
                ),
            ),
        ] = 8119,
    ) -> int:
        from net119_cli.drill_running import Options, perform

        if pace is not None and 0 < pace < 1:
            raise UserError(
                text(ja="実時間より遅くはできません", en="it cannot be slower than real time"),
                f"--pace {pace:g}",
                text(ja="0、または 1 から 8 を指定してください", en="Give 0, or 1 to 8"),
            )
        name, source, scenario = drill_of(which)
        return perform(
            name,
            source,
            scenario,
            Options(tuple(person or ()), tuple(rules or ()), tuple(bad or ()), pace, out, port),
        )
