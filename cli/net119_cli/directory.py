"""`net119 directory`: check a directory file, and ask it where a call would go."""

import json
from pathlib import Path
from typing import Annotated

import typer

from net119_cli.language import text

_DAYS = 30


def register(app: typer.Typer) -> None:
    """Add the commands to `app`."""
    group = typer.Typer(
        no_args_is_help=True,
        help=text(
            ja="管轄の一覧（どの市町村がどの消防本部・指令センター・事業者か、いつから使えるか）を"
            "検査し、通報がどこにつながるかを調べます。",
            en="Check the directory (which municipality has which department, center and provider, "
            "and since when), and ask it where a call would go.",
        ),
    )
    app.add_typer(group, name="directory")
    json_option = typer.Option(
        "--json", help=text(ja="JSON で出力します。", en="Print JSON, for programs.")
    )
    file_argument = typer.Argument(
        metavar="FILE",
        show_default=False,
        help=text(
            ja="一覧のファイル（TOML、または .json）。なければ付属の一覧。",
            en="The directory (TOML, or .json); without it, the one that comes with the testbed.",
        ),
    )

    @group.command(
        help=text(
            ja="一覧の誤り、空白、重なり、期限切れを示し、これからの変化を予告します。"
            "終了状態は 0 が誤りなし、1 が誤りあり、2 が読めないファイルです。",
            en="Show mistakes, gaps, overlaps and rows that are over, and what will change. Exit "
            "status 0 if nothing is wrong, 1 if something is, 2 if the file cannot be read.",
        )
    )
    def check(
        file: Annotated[Path | None, file_argument] = None,
        days: Annotated[
            int,
            typer.Option(
                "--days",
                min=0,
                max=3650,
                help=text(
                    ja="何日先までの変化を予告するか。", en="How many days of changes to announce."
                ),
            ),
        ] = _DAYS,
        date: Annotated[
            str | None,
            typer.Option(
                "--date",
                metavar="DATE",
                show_default=False,
                help=text(
                    ja="いつの時点で調べるか（日本時間）。なければ現在。",
                    en="When to look at it (Japan's time); now, without it.",
                ),
            ),
        ] = None,
        area: Annotated[
            list[str] | None,
            typer.Option(
                "--area",
                metavar="CODE",
                show_default=False,
                help=text(
                    ja="空白があってはならない区域: 市町村コードか、その先頭（北海道なら 01）。"
                    "繰り返せます。",
                    en="Area that must have no gap: a municipality's code, or its beginning (01 "
                    "is Hokkaido). May be repeated.",
                ),
            ),
        ] = None,
        config: Annotated[
            Path | None,
            typer.Option(
                "--config",
                metavar="SETTINGS",
                show_default=False,
                help=text(
                    ja="事業者の設定ファイル。接続先のない事業者が一覧にあれば示します。",
                    en="A provider's settings: operators to which it has no connection are shown.",
                ),
            ),
        ] = None,
        strict: Annotated[
            bool,
            typer.Option(
                "--strict",
                help=text(ja="注意も誤りとします。", en="Take warnings for mistakes, too."),
            ),
        ] = False,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        from net119_cli.directory_asking import examine, moment_of

        result = examine(file, moment_of(date), days, tuple(area or ()), config)
        if as_json:
            print(json.dumps(result.as_json(strict), ensure_ascii=False, indent=2))
        else:
            print(*result.lines(strict), sep="\n")
        return result.status(strict)

    @group.command(
        help=text(
            ja="ある地点・日時の通報がどこにつながるかと、それを決めた規則を示します。",
            en="Show where a call from a place at a time would go, and by which rule.",
        )
    )
    def route(
        at: Annotated[
            str,
            typer.Option(
                "--at",
                metavar="LAT,LON",
                show_default=False,
                help=text(
                    ja="通報の地点（緯度,経度。世界測地系の度）。",
                    en="Place of the call (latitude,longitude in degrees, WGS 84).",
                ),
            ),
        ],
        file: Annotated[Path | None, file_argument] = None,
        accuracy: Annotated[
            float | None,
            typer.Option(
                "--accuracy",
                metavar="M",
                show_default=False,
                help=text(
                    ja="端末が示す誤差（メートル）。なければ不明として扱います。",
                    en="Accuracy as the handset states it, in metres; unknown without it.",
                ),
            ),
        ] = None,
        date: Annotated[
            str | None,
            typer.Option(
                "--date",
                metavar="DATE",
                show_default=False,
                help=text(
                    ja="通報の日時（例 2026-12-01T00:00+09:00、時差がなければ日本時間）。"
                    "なければ現在。",
                    en="Time of the call, as in 2026-12-01T00:00+09:00; Japan's time without an "
                    "offset, now without it.",
                ),
            ),
        ] = None,
        home: Annotated[
            str | None,
            typer.Option(
                "--home",
                metavar="DEPARTMENT",
                show_default=False,
                help=text(
                    ja="通報者の登録地の消防本部。なければ、ほかの指令センターの消防本部を例にします。",
                    en="The caller's home department; without it, one of another center is taken.",
                ),
            ),
        ] = None,
        down: Annotated[
            list[str] | None,
            typer.Option(
                "--down",
                metavar="OPERATOR",
                show_default=False,
                help=text(
                    ja="この事業者が止まっているものとします。繰り返せます。",
                    en="Suppose that this provider is down. May be repeated.",
                ),
            ),
        ] = None,
        as_json: Annotated[bool, json_option] = False,
    ) -> int:
        from net119_cli.directory_asking import ask, moment_of, position_of

        answer = ask(file, position_of(at), accuracy, moment_of(date), home, frozenset(down or ()))
        if as_json:
            print(json.dumps(answer.as_json(), ensure_ascii=False, indent=2))
        else:
            from net119_cli.directory_output import answer_lines

            print(*answer_lines(answer), sep="\n")
        return 0
